"""Reading back: every order in doubt finds its end, nobody sends anything, nobody works twice."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from floorbroker.domain.errors import ApiError
from floorbroker.domain.order import Order
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import Ambiguous
from tests.fakes.clock import ManualClock
from tests.fakes.exchange.venue import Venue, accepted
from tests.floor import ANNA, opened
from tests.services.conftest import Build
from tests.simulators.paper_faults import Counting


async def _dies_while_sending(build: Build, venue: Venue) -> Order:
    """An order of a process that was killed between the request and its answer."""
    dying = build(venue=venue)
    await dying.link()
    draft = await dying.draft(limit="90.00")
    never = asyncio.Event()
    venue.blocked["place_order"] = never
    click = asyncio.ensure_future(dying.confirm(draft))
    await venue.heard("place_order")
    await dying.supervisor.stop()
    with pytest.raises(asyncio.CancelledError):
        await click
    del venue.blocked["place_order"]
    return draft


async def test_a_new_process_recovers_the_order_of_a_dead_one(
    build: Build, venue: Venue, clock: ManualClock
) -> None:
    order = await _dies_while_sending(build, venue)
    venue.book[order.order_id] = accepted("X-1")
    restarted = build(venue=venue)
    assert (await restarted.stored(order)).state is OrderState.SENDING

    clock.advance(30)
    await restarted.reconciler.sweep()

    found = await restarted.stored(order)
    assert found.state is OrderState.ACCEPTED
    assert found.broker_order_id == "X-1"
    assert found.claim is None
    assert [event.what for event in found.events][-2:] == ["claim lapsed", "broker:accepted"]
    assert venue.count("place_order") == 1


async def test_the_order_of_a_dead_process_that_never_arrived_is_not_placed(
    build: Build, venue: Venue, clock: ManualClock
) -> None:
    order = await _dies_while_sending(build, venue)
    restarted = build(venue=venue)

    clock.advance(31)
    await restarted.reconciler.sweep()

    assert (await restarted.stored(order)).state is OrderState.NOT_PLACED
    assert venue.count("place_order") == 1


async def test_a_claim_is_respected_until_it_lapses(
    build: Build, venue: Venue, clock: ManualClock
) -> None:
    order = await _dies_while_sending(build, venue)
    restarted = build(venue=venue)
    clock.advance(29.999)

    assert await restarted.reconciler.sweep() == 0

    assert (await restarted.stored(order)).state is OrderState.SENDING
    assert venue.count("find_order") == 0


async def test_a_person_who_presses_refresh_does_not_break_a_claim(
    build: Build, venue: Venue
) -> None:
    order = await _dies_while_sending(build, venue)
    restarted = build(venue=venue)
    claimed = await restarted.stored(order)

    seen = await restarted.reconciler.check(claimed)

    assert seen.state is OrderState.SENDING
    assert await restarted.stored(order) == claimed
    assert venue.count("find_order") == 0


async def test_two_processes_look_one_order_up_once(
    build: Build, venue: Venue, clock: ManualClock, tmp_path: Path
) -> None:
    order = await _dies_while_sending(build, venue)
    venue.book[order.order_id] = accepted("X-1")
    here = build(venue=venue)
    elsewhere = await opened(tmp_path / "floor.db")
    there = build(on=elsewhere, venue=venue)
    clock.advance(30)

    await asyncio.gather(*(h.reconciler.sweep() for h in (here, there) for _ in range(5)))

    assert venue.count("find_order") == 1
    assert (await here.stored(order)).state is OrderState.ACCEPTED
    await there.stop()
    await elsewhere.close()


async def test_several_orders_that_fit_stay_unknown_and_are_told_once(
    build: Build, venue: Venue, clock: ManualClock
) -> None:
    order = await _dies_while_sending(build, venue)
    venue.found = Ambiguous(candidates=(accepted("X-1"), accepted("X-2")))
    house = build(venue=venue)
    clock.advance(31)

    await house.reconciler.sweep()

    doubtful = await house.stored(order)
    assert doubtful.state is OrderState.UNKNOWN
    assert doubtful.reason.startswith("2 orders at your broker fit this one.")
    assert doubtful.news_at == clock.now()
    clock.advance(120)
    await house.reconciler.sweep()
    later = await house.stored(order)
    assert later.state is OrderState.UNKNOWN
    assert later.news_at == doubtful.news_at
    assert venue.count("place_order") == 1


async def test_an_ambiguous_order_that_becomes_clear_is_settled(
    build: Build, venue: Venue, clock: ManualClock
) -> None:
    order = await _dies_while_sending(build, venue)
    venue.found = Ambiguous(candidates=(accepted("X-1"), accepted("X-2")))
    house = build(venue=venue)
    clock.advance(31)
    await house.reconciler.sweep()

    venue.found = None
    venue.book[order.order_id] = accepted("X-2")
    clock.advance(60)
    await house.reconciler.sweep()

    assert (await house.stored(order)).state is OrderState.ACCEPTED


async def test_a_broker_that_is_down_leaves_the_order_due(
    build: Build, venue: Venue, clock: ManualClock
) -> None:
    order = await _dies_while_sending(build, venue)
    venue.book[order.order_id] = accepted("X-1")
    house = build(venue=venue)
    clock.advance(30)
    venue.failing["find_order"] = ApiError(broker="alpaca")
    await house.reconciler.sweep()
    unknown = await house.stored(order)
    assert unknown.state is OrderState.UNKNOWN
    assert unknown.check_at is not None

    venue.failing.clear()
    clock.move_to(unknown.check_at)
    await house.reconciler.sweep()

    assert (await house.stored(order)).state is OrderState.ACCEPTED


async def test_a_broker_that_stays_down_is_asked_at_most_every_minute_and_at_least_that_often(
    build: Build, venue: Venue, clock: ManualClock
) -> None:
    order = await _dies_while_sending(build, venue)
    house = build(venue=venue)
    venue.failing["find_order"] = ApiError(broker="alpaca")
    clock.advance(30)
    pauses: list[timedelta] = []
    for _ in range(40):
        await house.reconciler.sweep()
        due = (await house.stored(order)).check_at
        assert due is not None
        pauses.append(due - clock.now())
        clock.move_to(due)

    assert pauses == sorted(pauses)
    assert pauses[0] == timedelta(seconds=3)
    assert pauses[-1] == timedelta(seconds=60)


async def test_one_order_that_cannot_be_read_does_not_hold_up_the_others(
    build: Build, venue: Venue, broker: Counting, clock: ManualClock
) -> None:
    silent = await _dies_while_sending(build, venue)
    venue.failing["find_order"] = KeyError("a defect of the adapter")
    house = build(venue=venue, faults=broker)
    paper = await house.accounts.open_paper(ANNA)
    resting = await house.draft(limit="100.00", account=f"{paper.link_id}/PAPER-1")
    await house.confirm(resting)
    clock.advance(31)

    await house.reconciler.sweep()

    assert (await house.stored(silent)).state is OrderState.UNKNOWN
    assert broker.operations.count("find_order") == 1


async def test_a_broker_that_hangs_does_not_hold_up_the_next_sweep(
    build: Build, venue: Venue, clock: ManualClock
) -> None:
    order = await _dies_while_sending(build, venue)
    house = build(venue=venue, read_seconds=0.05)
    venue.blocked["connect"] = asyncio.Event()
    clock.advance(31)

    await asyncio.wait_for(house.reconciler.sweep(), timeout=5)

    unknown = await house.stored(order)
    assert unknown.state is OrderState.UNKNOWN
    assert unknown.check_at is not None
    venue.blocked["connect"].set()
