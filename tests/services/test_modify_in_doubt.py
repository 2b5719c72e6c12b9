"""A change without an answer, asked twice, or of somebody else's order: never repeated blindly."""

import asyncio
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from floorbroker.domain.errors import (
    Busy,
    InvalidInput,
    NotSent,
    NotSupported,
    NotYours,
    OrderRejected,
    OutcomeUnknown,
)
from floorbroker.domain.ids import BrokerId
from floorbroker.domain.order import IntentKind, IntentState, Order
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import OrderChanges
from tests.fakes.clock import ManualClock
from tests.fakes.exchange.venue import Venue, filled
from tests.floor import BEN, House, caller
from tests.services.conftest import Build

UNKNOWN = OutcomeUnknown(broker="alpaca")
CHEAPER = OrderChanges(limit_price=Decimal("89.00"))


@pytest.fixture
def house(build: Build, venue: Venue) -> House:
    return build(venue=venue)


@pytest.fixture
async def resting(house: House) -> Order:
    """Buy 10 AAPL at 90.00, working at the scripted broker."""
    await house.link()
    return await house.resting()


def _state(order: Order) -> IntentState:
    assert order.intent is not None
    assert order.intent.kind is IntentKind.MODIFY
    return order.intent.state


async def test_a_change_without_an_answer_is_unknown_and_then_found_done(
    house: House, venue: Venue, resting: Order, clock: ManualClock
) -> None:
    venue.failing_after["modify_order"] = UNKNOWN
    order = await house.changes.modify(caller(), resting.order_id, CHEAPER)
    assert _state(order) is IntentState.UNKNOWN
    assert order.request.limit_price == Decimal("90.00")
    clock.advance(2)

    await house.reconciler.sweep()

    found = await house.stored(order)
    assert _state(found) is IntentState.DONE
    assert found.request.limit_price == Decimal("89.00")
    assert venue.count("modify_order") == 1


async def test_a_change_that_left_no_trace_is_given_up_after_the_settle_time(
    house: House, venue: Venue, resting: Order, clock: ManualClock
) -> None:
    venue.failing["modify_order"] = UNKNOWN
    order = await house.changes.modify(caller(), resting.order_id, CHEAPER)
    clock.advance(2)
    await house.reconciler.sweep()
    assert _state(await house.stored(order)) is IntentState.UNKNOWN

    clock.advance(30)
    await house.reconciler.sweep()

    given_up = await house.stored(order)
    assert _state(given_up) is IntentState.REFUSED
    assert given_up.request.limit_price == Decimal("90.00")
    assert given_up.state is OrderState.ACCEPTED
    assert venue.count("modify_order") == 1


@pytest.mark.parametrize(
    ("failure", "state"),
    [(OrderRejected("Not now."), IntentState.REFUSED), (NotSent(), IntentState.NOT_SENT),
     (KeyError("x"), IntentState.UNKNOWN), (TimeoutError(), IntentState.UNKNOWN)],
    ids=["refused", "not sent", "defect", "timeout"],
)  # fmt: skip
async def test_the_order_stands_as_it_was_until_a_change_is_proven(
    house: House, venue: Venue, resting: Order, failure: Any, state: IntentState
) -> None:
    venue.failing["modify_order"] = failure

    order = await house.changes.modify(caller(), resting.order_id, CHEAPER)

    assert _state(order) is state
    assert order.state is OrderState.ACCEPTED
    assert order.request == resting.request
    assert venue.count("modify_order") == 1


async def test_a_change_of_an_order_that_filled_meanwhile_is_refused(
    house: House, venue: Venue, resting: Order, clock: ManualClock
) -> None:
    venue.failing["modify_order"] = UNKNOWN
    order = await house.changes.modify(caller(), resting.order_id, CHEAPER)
    venue.book[order.order_id] = filled("X-1", Decimal(10), clock.now())
    clock.advance(2)

    await house.reconciler.sweep()

    ended = await house.stored(order)
    assert ended.state is OrderState.FILLED
    assert _state(ended) is IntentState.REFUSED


async def test_the_same_interaction_delivered_again_asks_once(
    house: House, venue: Venue, resting: Order
) -> None:
    by = caller()

    first = await house.changes.modify(by, resting.order_id, CHEAPER)
    again = await house.changes.modify(by, resting.order_id, CHEAPER)

    assert venue.count("modify_order") == 1
    assert again == first


async def test_many_clicks_at_once_ask_once(house: House, venue: Venue, resting: Order) -> None:
    venue.failing["modify_order"] = UNKNOWN

    await asyncio.gather(
        *(house.changes.modify(caller(), resting.order_id, CHEAPER) for _ in range(10))
    )

    assert venue.count("modify_order") == 1


async def test_another_change_beside_one_in_doubt_says_so_instead_of_nothing(
    house: House, venue: Venue, resting: Order
) -> None:
    venue.failing["modify_order"] = UNKNOWN
    await house.changes.modify(caller(), resting.order_id, CHEAPER)

    with pytest.raises(Busy):
        await house.changes.modify(
            caller(), resting.order_id, OrderChanges(limit_price=Decimal("70.00"))
        )

    assert venue.count("modify_order") == 1


async def test_somebody_elses_order_cannot_be_changed(
    house: House, venue: Venue, resting: Order
) -> None:
    with pytest.raises(NotYours):
        await house.changes.modify(caller(BEN), resting.order_id, CHEAPER)

    assert venue.count("modify_order") == 0


async def test_an_order_at_its_end_cannot_be_changed(
    house: House, venue: Venue, resting: Order
) -> None:
    await house.changes.cancel(caller(), resting.order_id)

    with pytest.raises(InvalidInput, match="This order is canceled"):
        await house.changes.modify(caller(), resting.order_id, CHEAPER)


async def test_a_broker_that_cannot_change_orders_is_not_asked(
    house: House, venue: Venue, resting: Order
) -> None:
    stored = await house.stored(resting)
    elsewhere = replace(stored, broker=BrokerId("binance"))
    assert await house.stored_orders.advance(stored, elsewhere)

    with pytest.raises(NotSupported):
        await house.changes.modify(caller(), resting.order_id, CHEAPER)
