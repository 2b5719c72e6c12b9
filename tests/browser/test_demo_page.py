"""A real browser drives `floorbroker demo`."""

import re
import signal
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.browser.demo import CHROMIUM, PHONE, Channel, chromium, running_demo

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"needs {CHROMIUM}"),
]

FILLS_SECONDS = 150


async def test_a_first_order_goes_from_the_picker_to_a_position(tmp_path: Path) -> None:
    async with running_demo(tmp_path) as demo, chromium() as page:
        channel = Channel(page)
        await channel.open(demo.url)

        await channel.pick("buy", {"symbol": "AAPL"}, {"quantity": "10"})
        await channel.press(channel.card("Review · Buy 10 AAPL"), "Confirm")
        receipt = channel.card("Filled · Buy 10 AAPL")
        await expect(receipt).to_contain_text(re.compile(r"Filled 10 at \$\d"))
        await channel.say("/positions")

        await expect(channel.card("Positions")).to_contain_text(re.compile(r"AAPL 10 at \$\d"))
        await expect(channel.card("Welcome")).to_contain_text("/buy symbol:AAPL quantity:10")
        demo.process.send_signal(signal.SIGINT)
        assert await demo.ended() == 0
        assert "Traceback" not in demo.printed
        assert "warning" not in demo.printed


@pytest.mark.long
async def test_the_kill_switch_closes_every_position_after_two_more_buttons(
    tmp_path: Path,
) -> None:
    async with running_demo(tmp_path) as demo, chromium() as page:
        channel = Channel(page)
        await channel.open(demo.url)
        for order in ("/buy AAPL 10", "/buy MSFT 4"):
            await channel.say(order)
            await channel.press(channel.card("Review"), "Confirm")
            await channel.card("Review").wait_for(state="detached")

        await channel.say("/panic")
        await channel.press(channel.card("Trading is paused"), "Close 2 positions …")
        await channel.press(channel.card("Close 2 positions?"), "Close 2 positions …")
        await channel.press(channel.card("Really close 2 positions"), "Yes, close 2 positions")

        done = channel.card("Closing orders · 2")
        await expect(done).to_contain_text("✓ 10 AAPL")
        await expect(done).to_contain_text("✓ 4 MSFT")


@pytest.mark.long
async def test_a_resting_order_can_be_canceled_on_its_card(tmp_path: Path) -> None:
    async with running_demo(tmp_path) as demo, chromium() as page:
        channel = Channel(page)
        await channel.open(demo.url)

        await channel.say("/buy symbol:AAPL quantity:5 limit:100")
        await channel.press(channel.card("Review · Buy 5 AAPL"), "Confirm")
        await channel.press(channel.card("Accepted · Buy 5 AAPL"), "Cancel order")

        await expect(channel.card("Canceled · Buy 5 AAPL")).to_be_visible()
        await expect(page.get_by_role("button", name="Cancel order")).to_have_count(0)


@pytest.mark.long
@pytest.mark.timeout(2 * FILLS_SECONDS)
async def test_an_order_that_fills_by_itself_turns_its_card_into_the_receipt(
    tmp_path: Path,
) -> None:
    """One order just below the market, one just above: whichever way it moves, one fills."""
    async with running_demo(tmp_path) as demo, chromium() as page:
        channel = Channel(page)
        await channel.open(demo.url)
        await channel.say("/buy BTC/USD 0.2")
        await channel.press(channel.card("Review · Buy 0.2 BTC/USD"), "Confirm")
        receipt = await channel.card("Filled · Buy 0.2 BTC/USD").inner_text()
        paid = Decimal(receipt.partition("Filled 0.2 at $")[2].split()[0].replace(",", ""))

        for side, limit in (("Buy", paid - 15), ("Sell", paid + 15)):
            await channel.say(f"/{side.lower()} BTC/USD 0.1 limit:{limit}")
            await channel.press(channel.card(f"Review · {side} 0.1 BTC/USD"), "Confirm")
            await channel.card(f"Review · {side}").wait_for(state="detached")
        cards = page.locator(".component-container").filter(has_text="0.1 BTC/USD")
        resting = cards.filter(has_text="Accepted ·")
        at_work = await resting.count()

        assert at_work >= 1
        await expect(resting).not_to_have_count(at_work, timeout=FILLS_SECONDS * 1000)
        await expect(cards.filter(has_text="Filled ·").first).to_contain_text("Filled 0.1 at $")


@pytest.mark.long
async def test_setup_lists_what_this_deployment_allows_and_why_the_rest_is_not_there(
    tmp_path: Path,
) -> None:
    async with running_demo(tmp_path) as demo, chromium() as page:
        channel = Channel(page)
        await channel.open(demo.url)

        await channel.say("/setup broker")
        brokers = channel.card("Select your broker:")
        await expect(brokers).to_contain_text(
            re.compile("Interactive Brokers.{0,20}TWS or IB Gateway")
        )
        await brokers.get_by_role("combobox").click()
        offered = " ".join(await channel.offered.all_inner_texts())
        await page.keyboard.press("Escape")
        await channel.choose(brokers, "TD Ameritrade")

        await expect(channel.card("How to link it")).to_contain_text("Charles Schwab")
        assert all(name in offered for name in ("Paper trading", "Alpaca", "Webull"))
        assert not any(name in offered for name in ("Interactive Brokers", "Moomoo"))


@pytest.mark.long
async def test_mistakes_are_answered_on_a_card(tmp_path: Path) -> None:
    async with running_demo(tmp_path) as demo, chromium() as page:
        channel = Channel(page)
        await channel.open(demo.url)

        await channel.say("/buy NOPE 1")
        await expect(channel.card("Unknown symbol")).to_contain_text("Nothing was sent")
        await channel.say("/buy AAPL quantty:1")
        await expect(channel.card("not a command")).to_contain_text("has no option quantty")
        await channel.say("hello")
        await expect(channel.card("not a command")).to_contain_text("begin with a slash")


@pytest.mark.long
async def test_a_phone_shows_every_card_in_its_width(tmp_path: Path) -> None:
    async with running_demo(tmp_path) as demo, chromium(size=PHONE) as page:
        channel = Channel(page)
        await channel.open(demo.url)

        await channel.say("/buy symbol:AAPL quantity:10")
        await channel.press(channel.card("Review"), "Confirm")
        await channel.card("Filled").wait_for()
        for line in ("/positions", "/setup broker", "/settings", "/help"):
            await channel.say(line)
        await expect(channel.card("Floorbroker")).to_be_visible()

        boxes = [
            await card.bounding_box() for card in await page.locator(".component-container").all()
        ]
        assert len(boxes) >= 6
        for box in boxes:
            assert box is not None
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= PHONE["width"]


@pytest.mark.long
async def test_the_page_can_end_the_demo_and_the_next_one_knows_the_position(
    tmp_path: Path,
) -> None:
    async with running_demo(tmp_path) as demo, chromium() as page:
        channel = Channel(page)
        await channel.open(demo.url)
        await channel.say("/buy AAPL 3")
        await channel.press(channel.card("Review"), "Confirm")
        await channel.card("Filled").wait_for()

        await page.get_by_text("More", exact=True).click()
        await page.get_by_role("button", name="End preview session").click()
        assert await demo.ended() == 0

    async with running_demo(tmp_path) as demo, chromium() as page:
        channel = Channel(page)
        await channel.open(demo.url)
        await channel.say("/positions")
        await expect(channel.card("Positions")).to_contain_text("AAPL 3 at")
