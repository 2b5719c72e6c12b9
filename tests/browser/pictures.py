"""Makes the pictures of docs/pictures anew: `python -m tests.browser.pictures`.

They are the demo's own cards as Chromium shows them, without the page around them.
"""

import asyncio
import tempfile
from pathlib import Path
from typing import Final

from playwright.async_api import Locator

from tests.browser.demo import Channel, chromium, running_demo

FOLDER: Final = Path(__file__).parents[2] / "docs" / "pictures"
SHARP: Final = 2
"""Pixels a point: the pictures are looked at on good screens."""


async def main() -> None:
    """Trades a little and keeps four cards."""
    with tempfile.TemporaryDirectory() as folder:
        async with running_demo(Path(folder)) as demo, chromium(scale=SHARP) as page:
            channel = Channel(page)
            await channel.open(demo.url)

            await channel.say("/buy symbol:AAPL quantity:10")
            review = channel.card("Review · Buy 10 AAPL")
            await keep(review, "review")
            await channel.press(review, "Confirm")
            await keep(channel.card("Filled · Buy 10 AAPL"), "receipt")

            for order in ("/buy BTC/USD amount:2500", "/buy MSFT 4"):
                await channel.say(order)
                await channel.press(channel.card("Review"), "Confirm")
                await channel.card("Review").wait_for(state="detached")
            await channel.say("/positions")
            await keep(channel.card("Positions"), "positions")

            await channel.say("/setup broker")
            await keep(channel.card("Select your broker:"), "setup-broker")


async def keep(card: Locator, name: str) -> None:
    """Saves one card."""
    await card.get_by_role("button").or_(card.get_by_role("combobox")).first.wait_for()
    await card.page.mouse.move(0, 0)  # a button under the pointer looks different
    await card.screenshot(path=FOLDER / f"{name}.png")


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    asyncio.run(main())
