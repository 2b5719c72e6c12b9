"""The machine's clock is set, or the machine slept: nothing is said that time alone would prove."""

import asyncio

import pytest

from floorbroker.domain.errors import DraftExpired, OutcomeUnknown
from floorbroker.domain.order import IntentState
from floorbroker.domain.order_state import OrderState
from floorbroker.services.leaps import Leaps
from tests.fakes.clock import ManualClock
from tests.fakes.exchange.venue import Venue, accepted
from tests.floor import caller
from tests.services.conftest import Build

TEN_MINUTES = 600


def test_a_clock_that_never_leapt_is_believed() -> None:
    clock = ManualClock()
    leaps = Leaps(clock)

    clock.advance(TEN_MINUTES)

    assert leaps.even_for().total_seconds() > 1e9


@pytest.mark.parametrize("seconds", [TEN_MINUTES, -TEN_MINUTES, 3])
def test_a_clock_that_leapt_is_believed_from_then_on(seconds: float) -> None:
    clock = ManualClock()
    leaps = Leaps(clock)

    clock.leap(seconds)

    assert leaps.even_for().total_seconds() == 0
    clock.advance(7)
    assert leaps.even_for().total_seconds() == 7


async def test_an_order_on_its_way_is_not_called_absent_because_the_clock_leapt_ahead(
    build: Build, venue: Venue, clock: ManualClock
) -> None:
    house = build(venue=venue)
    await house.link()
    draft = await house.draft(limit="90.00")
    venue.blocked["place_order"] = on_its_way = asyncio.Event()
    click = asyncio.ensure_future(house.confirm(draft))
    await venue.heard("place_order")

    clock.leap(TEN_MINUTES)
    await house.reconciler.sweep()
    meanwhile = (await house.stored(draft)).state
    on_its_way.set()
    await click

    assert meanwhile is OrderState.UNKNOWN
    assert (await house.stored(draft)).state is OrderState.ACCEPTED
    assert venue.count("place_order") == 1


async def test_an_order_that_never_arrived_is_absent_the_settle_time_after_a_leap(
    build: Build, venue: Venue, clock: ManualClock
) -> None:
    house = build(venue=venue)
    await house.link()
    draft = await house.draft(limit="90.00")
    venue.failing["place_order"] = OutcomeUnknown(broker="venue")
    await house.confirm(draft)

    clock.leap(TEN_MINUTES)
    await house.reconciler.sweep()
    at_first = (await house.stored(draft)).state
    clock.advance(60)
    await house.reconciler.sweep()

    assert at_first is OrderState.UNKNOWN
    assert (await house.stored(draft)).state is OrderState.NOT_PLACED


async def test_a_cancel_on_its_way_is_not_given_up_because_the_clock_leapt_ahead(
    build: Build, venue: Venue, clock: ManualClock
) -> None:
    house = build(venue=venue)
    await house.link()
    order = await house.confirm(await house.draft(limit="90.00"))
    venue.book[order.order_id] = accepted("X-1")
    venue.blocked["cancel_order"] = on_its_way = asyncio.Event()
    click = asyncio.ensure_future(house.changes.cancel(caller(), order.order_id))
    await venue.heard("cancel_order")

    clock.leap(TEN_MINUTES)
    await house.reconciler.sweep()

    intent = (await house.stored(order)).intent
    assert intent is not None and intent.state is IntentState.UNKNOWN
    on_its_way.set()
    await click


async def test_orders_are_looked_after_at_once_when_the_clock_was_set_back(
    build: Build, venue: Venue, clock: ManualClock
) -> None:
    house = build(venue=venue)
    await house.link()
    venue.failing["place_order"] = OutcomeUnknown(broker="venue")
    draft = await house.draft(limit="90.00")
    await house.confirm(draft)
    venue.book[draft.order_id] = accepted("X-1")
    await house.reconciler.sweep()

    clock.leap(-TEN_MINUTES)
    await house.reconciler.sweep()

    assert (await house.stored(draft)).state is OrderState.ACCEPTED


async def test_the_claim_of_a_dead_process_does_not_last_longer_because_the_clock_was_set_back(
    build: Build, venue: Venue, clock: ManualClock
) -> None:
    dying = build(venue=venue)
    await dying.link()
    draft = await dying.draft(limit="90.00")
    venue.blocked["place_order"] = asyncio.Event()
    click = asyncio.ensure_future(dying.confirm(draft))
    await venue.heard("place_order")
    await dying.supervisor.stop()
    with pytest.raises(asyncio.CancelledError):
        await click
    venue.book[draft.order_id] = accepted("X-1")
    restarted = build(venue=venue)

    clock.leap(-TEN_MINUTES)
    await restarted.reconciler.sweep()

    assert (await restarted.stored(draft)).state is OrderState.ACCEPTED
    assert venue.count("place_order") == 1


async def test_a_review_from_before_the_clock_was_set_back_has_expired(
    build: Build, venue: Venue, clock: ManualClock
) -> None:
    house = build(venue=venue)
    await house.link()
    draft = await house.draft(limit="90.00")

    clock.leap(-TEN_MINUTES)
    with pytest.raises(DraftExpired):
        await house.confirm(draft)

    assert venue.count("place_order") == 0
