"""What can be in the way before an order is sent: each has its own card, and nothing leaves."""

from datetime import UTC, datetime
from typing import Any

import pytest

from floorbroker.domain.error_codes import ErrorCode
from tests.e2e.conftest import GATEWAY_ONLY, Open
from tests.e2e.people import Seen
from tests.e2e.world import START, World
from tests.simulators.paper_faults import Down, Refusing

SUNDAY = datetime(2026, 1, 4, 17, 0, tzinfo=UTC)


def _says(card: Seen, title: str, *words: str) -> None:
    """The three parts of every refusal: what happened, whether anything was sent, what now."""
    assert card.title.endswith(title), card.text
    assert card.private
    assert "Sent?" in card.text
    assert "Nothing was sent to your broker." in card.text
    assert "Now " in card.text
    for one in words:
        assert one in card.text


async def test_an_unknown_symbol(world: World) -> None:
    card = await world.alice.types("buy", symbol="ZZZZ", quantity="1")

    _says(card, "Unknown symbol", "Check the spelling")
    assert await world.orders(world.alice) == []


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "Give a quantity or an amount of money"),
        ({"quantity": "1", "amount": "5"}, "Give a quantity or an amount of money"),
        ({"quantity": "0"}, "It must be above zero"),
        ({"quantity": "1", "type": "limit"}, "limit"),
        ({"quantity": "1", "limit": "0"}, "Invalid limit price"),
        ({"quantity": "1", "trail": "x"}, "Invalid trail"),
        ({"quantity": "1", "account": "Savings"}, "You have no account of that name"),
    ],
    ids=lambda value: ",".join(value) if isinstance(value, dict) else "",
)
async def test_what_does_not_make_an_order(
    cloud: World, options: dict[str, str], words: str
) -> None:
    card = await cloud.alice.types("buy", symbol="AAPL", **options)

    assert words in card.text
    assert "Nothing was sent to your broker." in card.text
    assert await cloud.orders(cloud.alice) == []


async def test_a_hundred_thousand_shares_of_apple_out_of_the_box(world: World) -> None:
    card = await world.alice.types("buy", symbol="AAPL", quantity="100000")

    _says(card, "Position too large", "/risk show has the limits")
    assert "$50,000.00" in card.text
    assert "$100,000.00" in card.text
    assert await world.orders(world.alice) == []


async def test_too_little_buying_power(open_cloud: Open) -> None:
    generous: dict[str, Any] = {"max_order_value": 10**9, "max_position_value": 10**9}
    async with open_cloud(**generous) as world:
        card = await world.alice.types("buy", symbol="AAPL", quantity="2000")

        _says(card, "Not enough buying power", "Insufficient funds for this trade", "/balance")
        assert world.broker.orders_received == 0


async def test_a_symbol_that_the_operator_denied(open_cloud: Open) -> None:
    async with open_cloud(denied_symbols="TSLA") as world:
        card = await world.alice.types("buy", symbol="tsla", quantity="1")

    assert "Nothing was sent" in card.text
    assert "TSLA" in card.text


async def test_more_orders_than_a_day_may_have(open_cloud: Open) -> None:
    async with open_cloud(max_orders_per_day=2) as world:
        reviews = [await world.alice.types("buy", symbol="KO", quantity="1") for _ in range(3)]
        for review in reviews[:2]:
            await world.alice.clicks(review, "Confirm")

        third = await world.alice.clicks(reviews[2], "Confirm")
        fourth = await world.alice.types("buy", symbol="KO", quantity="1")

        _says(third.refusal, "Limit reached", "Daily order limit reached (2, the operator's)")
        _says(fourth, "Limit reached", "Daily order limit reached (2, the operator's)")
        assert world.broker.orders_received == 2


async def test_a_closed_market_refuses_a_market_order_and_keeps_a_limit_order(
    open_cloud: Open,
) -> None:
    async with open_cloud(paper_market_hours="on") as world:
        await world.later((SUNDAY - START).total_seconds())

        review = await world.alice.types("buy", symbol="AAPL", quantity="1")
        resting = await world.alice.types(
            "buy", symbol="AAPL", quantity="1", limit="100", time_in_force="gtc"
        )
        waiting = await world.alice.clicks(resting, "Confirm")

        assert "The market is closed now." in review.text
        assert "Accepted" in waiting.title
        assert world.broker.orders_received == 1
        refused = await world.alice.clicks(review, "Confirm")
        assert "Market closed" in refused.title
        assert "the broker refused it" in refused.text


async def test_selling_what_is_not_held(world: World) -> None:
    sold = await world.alice.types("sell", symbol="AAPL", quantity="1")
    closed = await world.alice.types("close", symbol="AAPL")

    assert "You hold no AAPL, so there is nothing to sell." in sold.text
    assert "You hold no AAPL, so there is nothing to close." in closed.text


async def test_closing_more_than_is_held(world: World) -> None:
    await world.alice.clicks(await world.alice.types("buy", symbol="AAPL", quantity="2"), "Confirm")

    card = await world.alice.types("close", symbol="AAPL", quantity="3")

    assert "You hold 2 AAPL; that is less than 3." in card.text


async def test_a_broker_that_is_down(open_cloud: Open) -> None:
    async with open_cloud(broker=Down()) as world:
        answers = [
            await world.alice.types("buy", symbol="AAPL", quantity="1"),
            await world.alice.types("close", symbol="AAPL"),
        ]
        status = await world.alice.types("setup status")
        positions = await world.alice.types("positions")

        for card in answers:
            _says(card, "No connection", "Unable to connect to broker")
        assert "Unable to connect to broker" in status.text
        assert "Paper is missing: Unable to connect to broker" in positions.text


async def test_a_broker_that_goes_down_between_review_and_confirm(open_cloud: Open) -> None:
    broker = Down()
    broker.up = True
    async with open_cloud(broker=broker) as world:
        review = await world.alice.types("buy", symbol="AAPL", quantity="1")
        broker.up = False

        card = await world.alice.clicks(review, "Confirm")

        assert "Not placed" in card.title
        assert "It is safe to review and confirm it again." in card.text
        broker.up = True
        assert await world.at_broker(world.alice) == []


@pytest.mark.parametrize(
    ("reason", "title"),
    [
        (ErrorCode.ORDER_REJECTED, "Order rejected"),
        (ErrorCode.INSUFFICIENT_FUNDS, "Not enough buying power"),
        (ErrorCode.MARKET_CLOSED, "Market closed"),
    ],
)
async def test_a_broker_that_says_no(open_cloud: Open, reason: ErrorCode, title: str) -> None:
    async with open_cloud(broker=Refusing("No shares to borrow today", reason)) as world:
        review = await world.alice.types("buy", symbol="AAPL", quantity="1")

        card = await world.alice.clicks(review, "Confirm")
        again = await world.alice.types("orders")

        assert title in card.title
        assert "the broker refused it" in card.text
        assert "No shares to borrow today" in card.text
        assert card.buttons == {}
        assert "rejected" in again.text
        assert world.broker.orders_received == 1


@GATEWAY_ONLY  # over HTTP it is another process that answers: see test_over_http.py
async def test_a_server_that_is_about_to_stop(open_cloud: Open) -> None:
    async with open_cloud() as world:
        review = await world.alice.types("buy", symbol="AAPL", quantity="1")
        world.app.supervisor.draining = True

        card = await world.alice.clicks(review, "Confirm")

        _says(card.refusal, "Busy", "Try again in a minute")
        assert "Review" in card.title
        assert world.broker.orders_received == 0
