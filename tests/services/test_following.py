"""Working orders are followed to their end, and nothing is lost or sent on the way."""

import asyncio
from decimal import Decimal

import pytest

from floorbroker.domain.order import Order
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import Absent, Ambiguous, Receipt
from tests.fakes.clock import ManualClock
from tests.fakes.exchange.venue import Venue, accepted, filled
from tests.fakes.flaky_documents import FlakyDocuments
from tests.floor import House
from tests.services.conftest import Build
from tests.simulators.paper_faults import Hanging


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


async def test_absence_counts_only_for_orders_in_doubt(
    build: Build, venue: Venue, clock: ManualClock
) -> None:
    house = build(venue=venue)
    await house.link()
    order = await house.resting()
    venue.found = Absent()
    clock.advance(3600)

    await house.reconciler.check(await house.stored(order))

    assert (await house.stored(order)).state is OrderState.ACCEPTED


@pytest.mark.parametrize("state", [OrderState.CANCELED, OrderState.EXPIRED, OrderState.REJECTED])
async def test_a_working_order_is_followed_to_its_end(
    build: Build, venue: Venue, clock: ManualClock, state: OrderState
) -> None:
    house = build(venue=venue)
    await house.link()
    order = await house.resting()
    venue.book[order.order_id] = Receipt(broker_order_id="X-1", state=state, reason="As it is.")
    clock.advance(5)

    await house.reconciler.sweep()

    ended = await house.stored(order)
    assert ended.state is state
    assert ended.reason == "As it is."
    assert ended.check_at is None
    assert ended.news_at == clock.now()
    clock.advance(3600)
    assert await house.reconciler.sweep() == 0


async def test_a_working_order_is_followed_through_parts_to_filled(
    house: House, clock: ManualClock
) -> None:
    order = await house.bought("180")
    assert order.state is OrderState.PARTIALLY_FILLED

    for _ in range(600):
        clock.advance(10)
        await house.reconciler.sweep()
        if (await house.stored(order)).state.final:
            break

    done = await house.stored(order)
    assert done.state is OrderState.FILLED
    assert done.filled_quantity == 180


async def test_no_news_is_stored_when_nothing_is_new(
    build: Build, venue: Venue, clock: ManualClock
) -> None:
    house = build(venue=venue)
    await house.link()
    order = await house.resting()
    await house.orders.told(order)
    clock.advance(10)

    await house.reconciler.sweep()

    seen = await house.stored(order)
    assert seen.state is OrderState.ACCEPTED
    assert seen.news_at is None
    assert seen.check_at is not None
    assert seen.check_at > clock.now()


async def test_a_fill_while_the_broker_was_read_is_not_lost_to_a_faster_writer(
    build: Build, venue: Venue, clock: ManualClock, store: FlakyDocuments
) -> None:
    house, other = build(venue=venue), build(venue=venue)
    await house.link()
    order = await house.resting()
    clock.advance(10)
    venue.book[order.order_id] = filled("X-1", Decimal(10), clock.now())
    stale = await house.stored(order)
    venue.blocked["find_order"] = asyncio.Event()
    reading = asyncio.ensure_future(house.reconciler.check(stale))
    await venue.heard("find_order")
    assert await other.stored_orders.advance(await other.stored(order), await other.stored(order))

    venue.blocked["find_order"].set()
    after = await reading

    assert after.state is OrderState.FILLED
    assert (await house.stored(order)).filled_quantity == order.request.quantity


async def test_a_hanging_order_and_a_sweep_never_make_two_orders(
    build: Build, clock: ManualClock
) -> None:
    broker = Hanging()
    house = build(faults=broker)
    draft = await house.draft()
    click = asyncio.ensure_future(house.confirm(draft))
    await broker.saved.wait()
    clock.advance(31)

    await house.reconciler.sweep()
    broker.released.set()
    await click

    done = await house.stored(draft)
    assert done.state is OrderState.FILLED
    assert done.filled_quantity == 10
    assert broker.orders_received == 1


async def test_reading_back_never_sends_an_order(
    build: Build, venue: Venue, clock: ManualClock
) -> None:
    order = await _dies_while_sending(build, venue)
    house = build(venue=venue)
    before = venue.count("place_order")
    for look in (Absent(), Ambiguous(candidates=(accepted("A"),)), None):
        venue.found = look
        clock.advance(10)
        await house.reconciler.sweep()

    assert venue.count("place_order") == before == 1
    assert (await house.stored(order)).state is not OrderState.DRAFT
