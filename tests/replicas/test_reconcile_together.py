"""Several processes on one store: no order is looked up by two at once, and none is forgotten."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from floorbroker.domain.errors import ApiError, SymbolNotFound
from floorbroker.domain.ids import OrderId
from floorbroker.domain.order import Order
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import LookUp
from floorbroker.services.reconcile import Reconciler
from floorbroker.storage.documents import Documents
from floorbroker.storage.indexes import INDEXES
from tests.fakes.clock import ManualClock
from tests.fakes.exchange.venue import Venue, accepted
from tests.fakes.flaky_documents import FlakyDocuments
from tests.floor import House, built, caller
from tests.replicas.at_replicas import in_doubt
from tests.stores import Store

TEN = 10
"""So many orders a process here takes from the store at a time; a hundred otherwise."""


class Poisoned(Venue):
    """An exchange that fails at the look-up of some orders, every time."""

    bad: frozenset[OrderId] = frozenset()

    def find(self, order: Order) -> LookUp:
        if order.order_id in self.bad:
            raise SymbolNotFound(broker=order.broker)
        return super().find(order)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def venue() -> Poisoned:
    return Poisoned()


@pytest_asyncio.fixture
async def replica(store: Store, clock: ManualClock, venue: Venue) -> AsyncIterator[Any]:
    """Starts one more process on the store, with a connection of its own."""
    houses: list[House] = []

    async def one(on: Documents | None = None) -> House:
        documents = on or store.open()
        await documents.start(INDEXES)
        house = built(documents, clock, venue=venue)
        houses.append(replace(house, reconciler=Reconciler(house.desk, at_once=TEN)))
        return houses[-1]

    yield one
    for house in houses:
        if isinstance(house.documents, FlakyDocuments):
            house.documents.recover()
        await house.stop()


async def stored(house: House, count: int, clock: ManualClock, **fields: Any) -> list[Order]:
    """So many orders in doubt; the lowest number is the longest due."""
    link = await house.link()
    orders = [in_doubt(link, clock.now(), number, **fields) for number in range(count)]
    for one in orders:
        await house.stored_orders.add(one)
    return orders


async def test_two_processes_that_sweep_at_once_look_each_order_up_once(
    replica: Any, venue: Poisoned, clock: ManualClock
) -> None:
    here, there = await replica(), await replica()
    orders = await stored(here, 25, clock)
    venue.book = {one.order_id: accepted(f"X-{one.order_id}") for one in orders}
    clock.advance(1)

    await asyncio.gather(*(one.reconciler.sweep() for one in (here, there) for _ in range(2)))

    assert venue.at_once == 1
    assert set(venue.looked.values()) == {1}
    ends = [await there.stored(one) for one in orders]
    assert {one.state for one in ends} == {OrderState.ACCEPTED}
    assert {one.claim for one in ends} == {None}


async def test_a_slow_answer_keeps_the_order_from_everybody_else(
    replica: Any, venue: Poisoned, clock: ManualClock
) -> None:
    here, there = await replica(), await replica()
    [order] = await stored(here, 1, clock)
    venue.book[order.order_id] = accepted("X-1")
    venue.blocked["find_order"] = asyncio.Event()
    clock.advance(1)
    slow = asyncio.ensure_future(here.reconciler.sweep())
    await venue.heard("find_order")

    clock.advance(9)  # its next look would have come long ago
    await there.reconciler.sweep()
    refreshed = await there.reconciler.check(await there.stored(order))
    again = await here.reconciler.check(await here.stored(order))
    venue.blocked.pop("find_order").set()
    await slow

    assert venue.count("find_order") == 1
    assert refreshed.state is again.state is OrderState.UNKNOWN
    assert (await there.stored(order)).state is OrderState.ACCEPTED


async def test_an_order_of_a_process_that_died_at_the_look_up_is_taken_over(
    replica: Any, store: Store, venue: Poisoned, clock: ManualClock
) -> None:
    dying = FlakyDocuments(store.open())
    here, there = await replica(dying), await replica()
    [order] = await stored(there, 1, clock)
    venue.book[order.order_id] = accepted("X-1")
    venue.blocked["find_order"] = asyncio.Event()
    clock.advance(1)
    sweep = asyncio.ensure_future(here.reconciler.sweep())
    await venue.heard("find_order")
    dying.fail("replace", "orders")  # a dead process stores nothing more
    sweep.cancel()
    await asyncio.gather(sweep, return_exceptions=True)
    del venue.blocked["find_order"]

    claimed = await there.stored(order)
    assert claimed.claim is not None
    clock.move_to(claimed.claim.until - timedelta(milliseconds=1))
    assert await there.reconciler.sweep() == 0
    clock.move_to(claimed.claim.until)
    await there.reconciler.sweep()

    assert (await there.stored(order)).state is OrderState.ACCEPTED
    assert venue.count("find_order") == 2


async def test_one_sweep_serves_more_than_it_reads_at_a_time(
    replica: Any, venue: Poisoned, clock: ManualClock
) -> None:
    house = await replica()
    orders = await stored(house, 3 * TEN + 5, clock)
    venue.book = {one.order_id: accepted(f"X-{one.order_id}") for one in orders}
    clock.advance(1)

    assert await house.reconciler.sweep() == len(orders)

    assert set(venue.looked) == {one.order_id for one in orders}
    assert set(venue.looked.values()) == {1}


async def test_orders_that_always_fail_do_not_starve_the_others(
    replica: Any, venue: Poisoned, clock: ManualClock
) -> None:
    house = await replica()
    orders = await stored(house, TEN + 6, clock)
    venue.bad = frozenset(one.order_id for one in orders[: TEN + 2])
    venue.book = {one.order_id: accepted(f"X-{one.order_id}") for one in orders}
    clock.advance(1)

    await house.reconciler.sweep()

    good = [await house.stored(one) for one in orders[TEN + 2 :]]
    assert {one.state for one in good} == {OrderState.ACCEPTED}
    bad = await house.stored(orders[0])
    assert (bad.state, bad.claim) == (OrderState.UNKNOWN, None)
    assert bad.check_at is not None and bad.check_at > clock.now()


async def test_documents_that_cannot_be_read_do_not_stop_the_sweep(
    replica: Any, venue: Poisoned, clock: ManualClock
) -> None:
    house = await replica()
    orders = await stored(house, TEN + 2, clock)
    venue.book = {one.order_id: accepted(f"X-{one.order_id}") for one in orders}
    for one in orders[:TEN]:
        document = await house.documents.get("orders", one.order_id)
        assert document is not None
        await house.documents.upsert("orders", {**document, "state": "of a later version"})
    clock.advance(1)

    for _ in range(2):
        await house.reconciler.sweep()

    whole = [await house.stored(one) for one in orders[TEN:]]
    assert {one.state for one in whole} == {OrderState.ACCEPTED}


async def test_the_last_look_at_an_absent_order_is_made_again_if_the_broker_is_away(
    replica: Any, venue: Poisoned, clock: ManualClock
) -> None:
    house = await replica()
    [order] = await stored(house, 1, clock, state=OrderState.NOT_PLACED)
    clock.advance(1)
    venue.failing["find_order"] = ApiError(broker=order.broker)
    await house.reconciler.sweep()
    venue.failing.clear()
    venue.book[order.order_id] = accepted("X-1")

    clock.advance(60)
    await house.reconciler.sweep()

    assert (await house.stored(order)).state is OrderState.ACCEPTED


async def test_the_last_look_is_the_last(replica: Any, venue: Poisoned, clock: ManualClock) -> None:
    house = await replica()
    [order] = await stored(house, 1, clock, state=OrderState.NOT_PLACED)
    clock.advance(1)

    await house.reconciler.sweep()

    ended = await house.stored(order)
    assert (ended.state, ended.check_at, ended.claim) == (OrderState.NOT_PLACED, None, None)


@pytest.mark.parametrize("who", ["a push", "a sweep"])
async def test_a_cancel_is_not_lost_in_somebody_elses_look(
    replica: Any, store: Store, venue: Poisoned, clock: ManualClock, who: str
) -> None:
    documents = FlakyDocuments(store.open())
    here, there = await replica(documents), await replica()
    await here.link()
    order = await here.resting()
    clock.advance(20)
    looks = {
        "a push": lambda: _looked(there, order),
        "a sweep": there.reconciler.sweep,
    }

    documents.before["replace", "orders"] = looks[who]
    canceled = await here.changes.cancel(caller(), order.order_id)

    assert canceled.state is OrderState.CANCELED
    assert venue.count("cancel_order") == 1
    assert venue.at_once == 1


async def _looked(house: House, order: Order) -> None:
    await house.reconciler.check(await house.stored(order))
