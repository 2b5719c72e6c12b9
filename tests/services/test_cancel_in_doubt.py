"""A cancel whose answer is missing, late or a refusal, and what stands beside it."""

import asyncio
from decimal import Decimal

import pytest

from floorbroker.domain.errors import (
    Busy,
    InvalidInput,
    NotSent,
    OrderRejected,
    OutcomeUnknown,
)
from floorbroker.domain.order import IntentKind, IntentState, Order
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import OrderChanges
from floorbroker.domain.service_pause import ServicePause
from tests.fakes.clock import ManualClock
from tests.fakes.exchange.venue import Venue, accepted, filled
from tests.floor import ANNA, House, caller, settings
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


async def test_a_cancel_without_an_answer_is_unknown_and_then_found_done(
    house: House, venue: Venue, resting: Order, clock: ManualClock
) -> None:
    venue.failing_after["cancel_order"] = UNKNOWN

    order = await house.changes.cancel(caller(), resting.order_id)

    assert order.state is OrderState.ACCEPTED
    assert _intent(order) == (IntentKind.CANCEL, IntentState.UNKNOWN)
    again = await house.changes.cancel(caller(), resting.order_id)
    assert _intent(again) == (IntentKind.CANCEL, IntentState.UNKNOWN)
    clock.advance(2)
    await house.reconciler.sweep()
    ended = await house.stored(order)
    assert ended.state is OrderState.CANCELED
    assert _intent(ended) == (IntentKind.CANCEL, IntentState.DONE)
    assert venue.count("cancel_order") == 1


async def test_a_cancel_that_left_no_trace_is_given_up_after_the_settle_time_only(
    house: House, venue: Venue, resting: Order, clock: ManualClock
) -> None:
    venue.failing["cancel_order"] = UNKNOWN
    order = await house.changes.cancel(caller(), resting.order_id)
    for _ in range(29):
        clock.advance(1)
        await house.reconciler.sweep()
    assert _intent(await house.stored(order)) == (IntentKind.CANCEL, IntentState.UNKNOWN)

    for _ in range(5):
        clock.advance(1)
        await house.reconciler.sweep()

    given_up = await house.stored(order)
    assert given_up.state is OrderState.ACCEPTED
    assert _intent(given_up) == (IntentKind.CANCEL, IntentState.REFUSED)
    assert venue.count("cancel_order") == 1
    venue.failing.clear()
    asked_again = await house.changes.cancel(caller(), order.order_id)
    assert asked_again.state is OrderState.CANCELED


async def test_a_cancel_of_an_order_that_filled_meanwhile_is_refused_and_the_fill_is_kept(
    house: House, venue: Venue, resting: Order, clock: ManualClock
) -> None:
    venue.failing_after["cancel_order"] = UNKNOWN
    venue.cancels_at_once = False
    order = await house.changes.cancel(caller(), resting.order_id)
    venue.book[order.order_id] = filled("X-1", Decimal(10), clock.now())
    clock.advance(5)

    await house.reconciler.sweep()

    ended = await house.stored(order)
    assert ended.state is OrderState.FILLED
    assert ended.filled_quantity == 10
    assert _intent(ended) == (IntentKind.CANCEL, IntentState.REFUSED)
    assert ended.intent is not None
    assert ended.intent.reason == "The order was filled before that."


async def test_the_brokers_refusal_of_a_cancel_is_kept_in_its_words(
    house: House, venue: Venue, resting: Order
) -> None:
    venue.failing["cancel_order"] = OrderRejected("Too late to cancel.")

    order = await house.changes.cancel(caller(), resting.order_id)

    assert order.state is OrderState.ACCEPTED
    assert order.intent is not None
    assert order.intent.state is IntentState.REFUSED
    assert order.intent.reason == "Too late to cancel."
    assert order.check_at is not None


async def test_a_cancel_that_never_left_can_be_asked_for_again(
    house: House, venue: Venue, resting: Order
) -> None:
    venue.failing["cancel_order"] = NotSent(broker="alpaca")
    order = await house.changes.cancel(caller(), resting.order_id)
    assert _intent(order) == (IntentKind.CANCEL, IntentState.NOT_SENT)
    venue.failing.clear()

    again = await house.changes.cancel(caller(), resting.order_id)

    assert again.state is OrderState.CANCELED
    assert venue.count("cancel_order") == 2


async def test_a_pause_never_stands_in_a_cancels_way(
    house: House, venue: Venue, resting: Order
) -> None:
    await house.choose(ANNA, paused=True)
    await house.stored_people.save_service_pause(ServicePause(everybody=True))

    assert (await house.changes.cancel(caller(), resting.order_id)).state is OrderState.CANCELED


async def test_a_change_in_doubt_does_not_stand_in_a_cancels_way(
    house: House, venue: Venue, resting: Order
) -> None:
    venue.failing["modify_order"] = UNKNOWN
    changes = OrderChanges(limit_price=Decimal("91.00"))
    doubtful = await house.changes.modify(caller(), resting.order_id, changes)
    assert _intent(doubtful) == (IntentKind.MODIFY, IntentState.UNKNOWN)

    order = await house.changes.cancel(caller(), resting.order_id)

    assert order.state is OrderState.CANCELED
    assert _intent(order) == (IntentKind.CANCEL, IntentState.DONE)


async def test_a_cancel_beside_a_change_on_its_way_says_so_instead_of_nothing(
    house: House, venue: Venue, resting: Order
) -> None:
    venue.blocked["modify_order"] = asyncio.Event()
    changes = OrderChanges(limit_price=Decimal("91.00"))
    modifying = asyncio.ensure_future(house.changes.modify(caller(), resting.order_id, changes))
    await venue.heard("modify_order")

    with pytest.raises(Busy):
        await house.changes.cancel(caller(), resting.order_id)

    venue.blocked["modify_order"].set()
    await modifying
    assert venue.count("cancel_order") == 0


@pytest.mark.parametrize("ended", ["draft", "filled", "unknown"])
async def test_only_a_working_order_can_be_canceled(
    house: House, venue: Venue, clock: ManualClock, ended: str
) -> None:
    await house.link()
    if ended == "filled":
        venue.on_place = lambda o: filled("X-1", Decimal(10), clock.now())
    if ended == "unknown":
        venue.failing["place_order"] = UNKNOWN
    order = await house.draft(limit="90.00")
    if ended != "draft":
        order = await house.confirm(order)

    with pytest.raises(InvalidInput):
        await house.changes.cancel(caller(), order.order_id)

    assert venue.count("cancel_order") == 0


async def test_a_fill_after_a_cancel_was_taken_is_never_lost(
    house: House, venue: Venue, resting: Order, clock: ManualClock
) -> None:
    venue.cancels_at_once = False
    order = await house.changes.cancel(caller(), resting.order_id)
    venue.book[order.order_id] = filled("X-1", Decimal(4), clock.now())
    venue.cancels_at_once = True
    venue.cancel(order)
    clock.advance(5)

    await house.reconciler.sweep()

    ended = await house.stored(order)
    assert ended.state is OrderState.CANCELED
    assert ended.filled_quantity == 4


async def test_a_read_back_during_a_cancel_leaves_its_claim_alone(
    house: House, venue: Venue, resting: Order, clock: ManualClock
) -> None:
    """A look-up that began before the click finds something new while the cancel is out."""
    clock.advance(10)
    venue.blocked["find_order"] = asyncio.Event()
    reading = asyncio.ensure_future(house.reconciler.sweep())
    await venue.heard("find_order")
    venue.blocked["cancel_order"] = asyncio.Event()
    click = asyncio.ensure_future(house.changes.cancel(caller(), resting.order_id))
    await venue.heard("cancel_order")
    venue.book[resting.order_id] = accepted(f"X-{resting.order_id}", limit_price=Decimal("89.00"))

    venue.blocked["find_order"].set()
    await reading

    asking = await house.stored(resting)
    assert asking.request.limit_price == Decimal("89.00")
    assert _intent(asking) == (IntentKind.CANCEL, IntentState.SENDING)
    assert asking.claim is not None
    assert asking.check_at == asking.claim.until
    venue.blocked["cancel_order"].set()
    assert (await click).state is OrderState.CANCELED


async def test_an_answer_that_comes_after_another_request_took_its_place_does_not_count_for_it(
    build: Build, venue: Venue, clock: ManualClock
) -> None:
    house = build(venue=venue, chosen=settings(order_deadline_seconds=14))
    await house.link()
    order = await house.resting()
    venue.blocked["modify_order"] = asyncio.Event()
    changes = OrderChanges(limit_price=Decimal("91.00"))
    modifying = asyncio.ensure_future(house.changes.modify(caller(), order.order_id, changes))
    await venue.heard("modify_order")
    clock.advance(31)
    await house.reconciler.sweep()
    venue.blocked["cancel_order"] = asyncio.Event()
    canceling = asyncio.ensure_future(house.changes.cancel(caller(), order.order_id))
    await venue.heard("cancel_order")

    venue.failing["modify_order"] = NotSent(broker="alpaca")
    venue.blocked["modify_order"].set()
    await modifying

    assert _intent(await house.stored(order)) == (IntentKind.CANCEL, IntentState.SENDING)
    venue.blocked["cancel_order"].set()
    assert (await canceling).state is OrderState.CANCELED
