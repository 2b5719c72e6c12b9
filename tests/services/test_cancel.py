"""A cancel is asked for once, stored first, and believed only when the broker proves it."""

import asyncio
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from floorbroker.domain.errors import (
    NotSent,
    NotYours,
    OrderRejected,
    OutcomeUnknown,
    StoreUnavailable,
)
from floorbroker.domain.order import IntentKind, IntentState, Order
from floorbroker.domain.order_state import OrderState
from tests.fakes.clock import ManualClock
from tests.fakes.exchange.venue import Venue, filled
from tests.fakes.flaky_documents import FlakyDocuments
from tests.floor import BEN, House, caller, opened
from tests.services.conftest import Build

UNKNOWN = OutcomeUnknown(broker="alpaca")


@pytest.fixture
async def resting(house: House) -> Order:
    """An order that works at the scripted broker."""
    await house.link()
    return await house.resting()


@pytest.fixture
def house(build: Build, venue: Venue) -> House:
    return build(venue=venue)


def _intent(order: Order) -> tuple[IntentKind, IntentState]:
    assert order.intent is not None
    return order.intent.kind, order.intent.state


async def test_a_cancel_that_the_broker_carries_out_at_once_ends_the_order(
    house: House, venue: Venue, resting: Order
) -> None:
    order = await house.changes.cancel(caller(), resting.order_id)

    assert order.state is OrderState.CANCELED
    assert _intent(order) == (IntentKind.CANCEL, IntentState.DONE)
    assert order == await house.stored(order)
    assert order.check_at is None
    assert venue.count("cancel_order") == 1


async def test_a_cancel_that_is_only_taken_is_followed_to_its_end(
    house: House, venue: Venue, resting: Order, clock: ManualClock
) -> None:
    venue.cancels_at_once = False
    order = await house.changes.cancel(caller(), resting.order_id)
    assert order.state is OrderState.ACCEPTED
    assert _intent(order) == (IntentKind.CANCEL, IntentState.ACCEPTED)

    venue.cancels_at_once = True
    venue.cancel(order)
    clock.advance(5)
    await house.reconciler.sweep()

    ended = await house.stored(order)
    assert ended.state is OrderState.CANCELED
    assert _intent(ended) == (IntentKind.CANCEL, IntentState.DONE)
    assert venue.count("cancel_order") == 1


async def test_the_intent_is_stored_before_the_broker_hears_of_it(
    house: House, venue: Venue, resting: Order
) -> None:
    venue.blocked["cancel_order"] = asyncio.Event()
    click = asyncio.ensure_future(house.changes.cancel(caller(), resting.order_id))
    await venue.heard("cancel_order")

    asking = await house.stored(resting)

    assert _intent(asking) == (IntentKind.CANCEL, IntentState.SENDING)
    assert asking.claim is not None
    venue.blocked["cancel_order"].set()
    await click


async def test_a_store_that_is_down_before_the_intent_asks_for_nothing(
    house: House, venue: Venue, resting: Order, store: FlakyDocuments
) -> None:
    store.fail("replace", "orders")

    with pytest.raises(StoreUnavailable):
        await house.changes.cancel(caller(), resting.order_id)

    assert venue.count("cancel_order") == 0


async def test_a_store_that_is_down_after_the_answer_says_unknown_and_is_read_back(
    house: House, venue: Venue, resting: Order, store: FlakyDocuments, clock: ManualClock
) -> None:
    store.fail("replace", "orders", skip=1)

    shown = await house.changes.cancel(caller(), resting.order_id)

    assert _intent(shown) == (IntentKind.CANCEL, IntentState.UNKNOWN)
    store.recover()
    clock.advance(31)
    await house.reconciler.sweep()
    ended = await house.stored(resting)
    assert ended.state is OrderState.CANCELED
    assert _intent(ended) == (IntentKind.CANCEL, IntentState.DONE)
    assert venue.count("cancel_order") == 1


async def test_the_same_interaction_delivered_again_asks_once(
    house: House, venue: Venue, resting: Order
) -> None:
    venue.cancels_at_once = False
    by = caller()

    await house.changes.cancel(by, resting.order_id)
    await house.changes.cancel(by, resting.order_id)

    assert venue.count("cancel_order") == 1


async def test_twenty_clicks_in_two_processes_ask_once(
    house: House, build: Build, venue: Venue, resting: Order, tmp_path: Path
) -> None:
    venue.cancels_at_once = False
    elsewhere = await opened(tmp_path / "floor.db")
    there = build(on=elsewhere, venue=venue)

    await asyncio.gather(
        *(h.changes.cancel(caller(), resting.order_id) for h in (house, there) for _ in range(10))
    )

    assert venue.count("cancel_order") == 1
    await there.stop()
    await elsewhere.close()


async def test_somebody_elses_order_cannot_be_canceled(
    house: House, venue: Venue, resting: Order
) -> None:
    with pytest.raises(NotYours):
        await house.changes.cancel(caller(BEN), resting.order_id)

    assert venue.count("cancel_order") == 0


async def test_whoever_cancels_again_and_again_what_has_filled_is_told_so(
    house: House, venue: Venue, resting: Order, clock: ManualClock
) -> None:
    clock.advance(3600)
    venue.book[resting.order_id] = filled("X-1", Decimal(10), clock.now())
    venue.failing["cancel_order"] = OrderRejected("It is filled.")

    for _ in range(3):
        await house.changes.cancel(caller(), resting.order_id)
        clock.advance(5)  # less than a tenth of the order's age
    await house.reconciler.sweep()

    assert (await house.stored(resting)).state is OrderState.FILLED


async def test_a_cancel_that_never_left_puts_off_no_look(
    house: House, venue: Venue, resting: Order, clock: ManualClock
) -> None:
    clock.advance(3600)
    venue.failing["cancel_order"] = NotSent(broker="alpaca")

    order = await house.changes.cancel(caller(), resting.order_id)

    assert order.check_at == clock.now()


async def test_a_cancel_in_doubt_of_an_old_order_is_looked_for_soon(
    house: House, venue: Venue, resting: Order, clock: ManualClock
) -> None:
    clock.advance(3600)
    venue.failing["cancel_order"] = UNKNOWN

    order = await house.changes.cancel(caller(), resting.order_id)

    assert order.check_at == clock.now() + timedelta(seconds=1)
