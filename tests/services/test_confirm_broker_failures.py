"""Whatever the broker does: an order is sent once, and only proof says what became of it."""

import asyncio
from typing import Any

import pytest

from floorbroker.domain.errors import (
    ApiError,
    BrokerConnectionError,
    BrokerTimeout,
    InsufficientFunds,
    NotSent,
    OrderRejected,
    OutcomeUnknown,
    RateLimited,
    SessionExpired,
)
from floorbroker.domain.order import Order
from floorbroker.domain.order_state import OrderState
from tests.fakes.clock import ManualClock
from tests.fakes.exchange.venue import Venue, accepted
from tests.floor import House, settings
from tests.services.conftest import Build
from tests.simulators.paper_faults import Down, Hanging, Refusing, Silent


async def _swept(house: House, order: Order, clock: ManualClock, seconds: float) -> Order:
    """The order after read-back has run every second for so long."""
    for _ in range(int(seconds)):
        clock.advance(1)
        await house.reconciler.sweep()
    return await house.stored(order)


async def test_an_order_that_never_left_is_not_placed(build: Build, clock: ManualClock) -> None:
    broker = Down()
    broker.up = True
    house = build(faults=broker)
    draft = await house.draft()
    clock.advance(1)
    broker.up = False

    order = await house.confirm(draft)

    assert order.state is OrderState.NOT_PLACED
    assert order.reason == NotSent().message
    assert order.check_at is None
    assert order.claim is None


async def test_a_refusal_is_kept_in_the_brokers_words(build: Build) -> None:
    broker = Refusing("You may not trade AAPL today.")
    house = build(faults=broker)

    order = await house.confirm(await house.draft())

    assert order.state is OrderState.REJECTED
    assert order.reason == "You may not trade AAPL today."
    assert order.events[-1].what == "refused:INSUFFICIENT_FUNDS"
    assert order.check_at is None
    assert broker.orders_received == 1


async def test_silence_after_accepting_is_unknown_and_read_back_as_filled(
    build: Build, clock: ManualClock
) -> None:
    broker = Silent()
    house = build(faults=broker)

    order = await house.confirm(await house.draft())

    assert order.state is OrderState.UNKNOWN
    assert order == await house.stored(order)
    found = await _swept(house, order, clock, 2)
    assert found.state is OrderState.FILLED
    assert found.filled_quantity == 10
    assert found.news_at is not None
    assert broker.orders_received == 1


async def test_silence_without_accepting_is_not_placed_only_after_the_settle_time(
    build: Build, clock: ManualClock, venue: Venue
) -> None:
    house = build(venue=venue)
    await house.link()
    draft = await house.draft(limit="90.00")
    venue.failing["place_order"] = OutcomeUnknown(broker="alpaca")

    order = await house.confirm(draft)

    assert order.state is OrderState.UNKNOWN
    assert (await _swept(house, order, clock, 29)).state is OrderState.UNKNOWN
    assert venue.count("find_order") >= 3
    ended = await _swept(house, order, clock, 5)
    assert ended.state is OrderState.NOT_PLACED
    assert ended.reason == "The broker has no such order."
    assert venue.count("place_order") == 1


async def test_absence_counts_only_once_the_request_can_no_longer_be_on_its_way(
    build: Build, clock: ManualClock, venue: Venue
) -> None:
    house = build(venue=venue, chosen=settings(order_deadline_seconds=10))
    await house.link()
    venue.failing["place_order"] = OutcomeUnknown(broker="alpaca")
    order = await house.confirm(await house.draft(limit="90.00"))

    assert (await _swept(house, order, clock, 49)).state is OrderState.UNKNOWN
    assert (await _swept(house, order, clock, 6)).state is OrderState.NOT_PLACED


async def test_an_order_that_turns_up_after_it_was_called_absent_is_told_after_all(
    build: Build, clock: ManualClock, venue: Venue
) -> None:
    house = build(venue=venue)
    await house.link()
    venue.failing["place_order"] = OutcomeUnknown(broker="alpaca")
    order = await house.confirm(await house.draft(limit="90.00"))
    ended = await _swept(house, order, clock, 60)
    assert ended.state is OrderState.NOT_PLACED

    venue.place(ended)
    found = await _swept(house, order, clock, 700)

    assert found.state is OrderState.ACCEPTED
    assert found.news_at is not None
    assert venue.count("place_order") == 1


async def test_an_order_that_turns_up_late_within_the_settle_time_is_found(
    build: Build, clock: ManualClock, venue: Venue
) -> None:
    house = build(venue=venue)
    await house.link()
    draft = await house.draft(limit="90.00")
    venue.failing["place_order"] = OutcomeUnknown(broker="alpaca")
    order = await house.confirm(draft)
    assert (await _swept(house, order, clock, 20)).state is OrderState.UNKNOWN

    venue.book[order.order_id] = accepted("X-late")

    found = await _swept(house, order, clock, 9)
    assert found.state is OrderState.ACCEPTED
    assert found.broker_order_id == "X-late"


async def test_a_broker_that_hangs_is_unknown_at_the_deadline(
    build: Build, clock: ManualClock
) -> None:
    broker = Hanging()
    house = build(faults=broker)

    order = await asyncio.wait_for(house.confirm(await house.draft()), timeout=5)

    assert order.state is OrderState.UNKNOWN
    assert broker.saved.is_set()
    assert (await _swept(house, order, clock, 2)).state is OrderState.FILLED
    assert broker.orders_received == 1


@pytest.mark.parametrize(
    "failure",
    [
        KeyError("price"),
        ZeroDivisionError(),
        AssertionError(),
        TimeoutError(),
        ConnectionResetError(),
        OutcomeUnknown(),
        ApiError(),
        BrokerTimeout(),
        BrokerConnectionError(),
        RateLimited(),
        SessionExpired(),
        InsufficientFunds(),
        asyncio.CancelledError(),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_anything_but_a_receipt_a_refusal_or_not_sent_is_unknown(
    build: Build, venue: Venue, failure: BaseException
) -> None:
    house = build(venue=venue)
    await house.link()
    draft = await house.draft(limit="90.00")
    venue.failing_after["place_order"] = failure

    order = await house.confirm(draft)

    assert order.state is OrderState.UNKNOWN
    assert (await house.stored(order)).state is OrderState.UNKNOWN
    assert venue.count("place_order") == 1


@pytest.mark.parametrize(
    ("failure", "state"),
    [(NotSent(), OrderState.NOT_PLACED), (OrderRejected("No."), OrderState.REJECTED)],
)
async def test_only_the_two_proofs_end_an_order_without_a_receipt(
    build: Build, venue: Venue, failure: Any, state: OrderState
) -> None:
    house = build(venue=venue)
    await house.link()
    draft = await house.draft(limit="90.00")
    venue.failing["place_order"] = failure

    assert (await house.confirm(draft)).state is state


async def test_a_second_click_on_an_unknown_order_sends_nothing(build: Build) -> None:
    broker = Silent()
    house = build(faults=broker)
    draft = await house.draft()
    await house.confirm(draft)

    again = await house.confirm(draft)

    assert again.state is OrderState.UNKNOWN
    assert broker.orders_received == 1
