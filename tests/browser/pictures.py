"""Makes the pictures of docs/pictures anew: `python -m tests.browser.pictures`.

They are the demo's own cards as Chromium shows them, without the page around them, each once on
Discord's dark ground and once on its light one (`review.png`, `review-light.png`).
"""

import asyncio
import random
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Final

from playwright.async_api import Locator, ViewportSize

from floorbroker.storage.codec import from_document
from floorbroker.storage.day_values import DayValue, DayValues
from floorbroker.storage.indexes import INDEXES
from floorbroker.storage.opening import SQLITE_FILE
from floorbroker.storage.sqlite import SqliteDocuments
from tests.browser.demo import Channel, chromium, running_demo

FOLDER: Final = Path(__file__).parents[2] / "docs" / "pictures"
SHARP: Final = 2
"""Pixels a point: the pictures are looked at on good screens."""

TALL: Final = ViewportSize(width=1280, height=1800)
"""The longest card fits above the text box."""

LOOKS: Final = {
    "/quote AAPL": ("AAPL", "quote"),
    "/quote AAPL,MSFT,BTC/USD": ("Quotes", "quotes"),
    "/hours": ("Hours", "hours"),
    "/volatility AAPL": ("AAPL", "volatility"),
    "/alert price symbol:AAPL price:300 direction:above": ("AAPL", "alert"),
    "/chart symbol:AAPL range:3m averages:20 rsi:True": ("AAPL", "chart"),
    "/portfolio": ("Portfolio", "portfolio"),
    "/history": ("History", "history"),
    "/risk show": ("Risk", "risk"),
}
"""What is typed, a text of the card that answers, and the picture's name."""

_LIGHT: Final[Mapping[str, str]] = {
    "color": "#2f3035",
    "--discord-bg": "#fbfbfb",
    "--discord-surface": "#ffffff",
    "--discord-elevated": "#ffffff",
    "--discord-control": "#ebebed",
    "--discord-hover": "#e3e3e6",
    "--discord-text": "#2f3035",
    "--discord-muted": "#5c5e66",
    "--discord-subtle": "#4e5058",
    "--discord-border": "#d5d6da",
    "--component-surface": "#ffffff",
    "--component-border": "#d5d6da",
    "--control-border": "#d5d6da",
    "--subtle-surface": "#e3e3e6",
    "--subtle-surface-text": "#2f3035",
    "--button-alt": "#80848e",
    "--code-surface": "#f2f3f5",
    "--code-border": "#e0e1e5",
    "--code-text": "#2f3035",
    "--input-surface": "#ffffff",
    "--link-text": "#006ce7",
}
"""Discord's light theme, as styles of simcord's page, which has a dark one only."""

_LOADED: Final = """card => new Promise(done => {
    const there = image => image.complete && image.naturalWidth > 0;
    const images = () => [...card.querySelectorAll("img")];
    const look = () => images().every(there) ? done() : setTimeout(look, 50);
    look();
})"""
_PAINT: Final = """colors => {
    const look = document.documentElement.style;
    for (const [name, color] of Object.entries(colors)) look.setProperty(name, color);
}"""


class Album:
    """Keeps each card in both themes."""

    def __init__(self, channel: Channel) -> None:
        """Of this channel's page."""
        self._channel = channel

    async def keep(self, card: Locator, name: str) -> None:
        """Saves one card."""
        page = self._channel.page
        await card.wait_for()
        await page.mouse.move(0, 0)  # a button under the pointer looks different
        for ending, colors in (("", dict.fromkeys(_LIGHT, "")), ("-light", dict(_LIGHT))):
            await page.evaluate(_PAINT, colors)
            await card.evaluate(_LOADED)
            await card.screenshot(path=FOLDER / f"{name}{ending}.png")
        await page.evaluate(_PAINT, dict.fromkeys(_LIGHT, ""))

    async def answer(self, typed: str, text: str) -> Locator:
        """The card that answers a command, and no earlier one with the same text."""
        cards = self._channel.page.locator(".component-container")
        shown = await cards.count()
        await self._channel.say(typed)
        card = cards.nth(shown)
        await card.filter(has_text=text).wait_for()
        return card

    async def orders(self) -> None:
        """A review, its receipt, and something to look at afterwards."""
        channel = self._channel
        review = await self.answer("/buy symbol:AAPL quantity:10", "Review · Buy 10 AAPL")
        await review.get_by_role("button").first.wait_for()
        await self.keep(review, "review")
        await channel.press(review, "Confirm")
        receipt = channel.card("Filled · Buy 10 AAPL")
        await receipt.get_by_role("button").first.wait_for()
        await self.keep(receipt, "receipt")
        for order in ("/buy BTC/USD amount:2500", "/buy MSFT 4"):
            await channel.say(order)
            await channel.press(channel.card("Review"), "Confirm")
            await channel.card("Review").wait_for(state="detached")
        await self.keep(await self.answer("/positions", "Positions"), "positions")

    async def looks(self) -> None:
        """What is there to see before and after an order."""
        for typed, (text, name) in LOOKS.items():
            await self.keep(await self.answer(typed, text), name)

    async def options(self) -> None:
        """A chain, and the contract that is chosen from it."""
        card = await self.answer("/options chain symbol:AAPL", "AAPL")
        await card.get_by_role("combobox").first.wait_for()
        await self.keep(card, "options-chain")
        await card.get_by_role("combobox").last.click()
        await self._channel.offered.first.click()
        contract = self._channel.card("Delta")
        await self.keep(contract, "options-contract")

    async def equity(self, store: Path) -> None:
        """A month's curve; the days before today, on which nobody has looked, are made up."""
        documents = SqliteDocuments(store)
        await documents.start(INDEXES)
        (stored,) = await documents.find("day_values", {}, limit=1)
        today = from_document(DayValue, {**stored, "_id": None})
        chance, earlier = random.Random(4), today
        for back in range(1, 30):
            change = Decimal(chance.randrange(-700, 640))
            earlier = replace(
                today,
                day=today.day - timedelta(days=back),
                at=today.at - timedelta(days=back),
                value=replace(earlier.value, amount=earlier.value.amount + change),
            )
            await DayValues(documents).put(earlier)
        await documents.close()
        card = await self.answer("/portfolio range:1m", "Portfolio")
        await card.get_by_role("img").last.wait_for()
        await self.keep(card, "equity")

    async def idea(self) -> None:
        """What a channel sees of an idea."""
        await self._channel.say(
            '/idea symbol:AAPL side:buy reason:"Earnings are due, and services grow." '
            "limit:230 target:260 stop:215"
        )
        card = self._channel.card("Idea: Buy AAPL")
        await card.get_by_role("button").first.wait_for()
        await self.keep(card, "idea")

    async def watch(self) -> None:
        """A list whose prices move."""
        for symbol in ("AAPL", "MSFT", "BTC/USD"):
            await self.answer(f"/watch add symbol:{symbol}", symbol)
        card = await self.answer("/watch show", "Refreshed until")
        await card.get_by_text("BTC/USD").first.wait_for()
        await self.keep(card, "watch")

    async def setup(self) -> None:
        """The brokers to choose from."""
        card = await self.answer("/setup broker", "Select your broker:")
        await card.get_by_role("combobox").first.wait_for()
        await self.keep(card, "setup-broker")


async def main() -> None:
    """Trades a little, looks around, and keeps the cards."""
    with tempfile.TemporaryDirectory() as folder:
        async with running_demo(Path(folder)) as demo, chromium(size=TALL, scale=SHARP) as page:
            channel = Channel(page)
            await channel.open(demo.url)
            album = Album(channel)
            await album.orders()
            await album.looks()
            await album.options()
            await album.equity(Path(folder) / SQLITE_FILE)
            await album.idea()
            await album.watch()
            await album.setup()


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    asyncio.run(main())
