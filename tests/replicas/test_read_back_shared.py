"""Reading orders back is shared: each due order is read once, by whichever replica has a hand."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Final

from redis.asyncio import Redis

from floorbroker.bootstrap.background import READ_BACK, share_reading_back
from floorbroker.domain.order import Order
from floorbroker.domain.order_state import OrderState
from floorbroker.storage.indexes import INDEXES
from floorbroker.storage.sqlite import SqliteDocuments
from tests.fakes.clock import ManualClock
from tests.fakes.exchange.venue import Venue, accepted
from tests.floor import House, built
from tests.observability.scraped import samples
from tests.redis_server import RedisServer
from tests.replicas.at_replicas import in_doubt
from tests.replicas.replicated import Replica, replicas, until

ORDERS: Final = 60
SWEEPS: Final = timedelta(seconds=0.1)


@asynccontextmanager
async def houses(
    path: Path, clock: ManualClock, venue: Venue, count: int
) -> AsyncIterator[list[House]]:
    """So many processes' services on one store."""
    made = []
    for _ in range(count):
        documents = SqliteDocuments(path, busy_timeout_seconds=20)
        await documents.start(INDEXES)
        made.append(built(documents, clock, venue=venue))
    try:
        yield made
    finally:
        for house in made:
            await house.stop()
            await house.documents.close()


def shared(house: House, replica: Replica, *, sweeps: bool = True) -> None:
    """As `bootstrap` wires it."""
    if sweeps:
        replica.jobs.every(SWEEPS, "reconcile", house.reconciler.sweep)
    share_reading_back(house.reconciler, replica.jobs)


async def in_doubt_at(house: House, venue: Venue, clock: ManualClock, count: int) -> list[Order]:
    """Due orders that the venue knows."""
    link = await house.link()
    orders = [in_doubt(link, clock.now(), number) for number in range(count)]
    for one in orders:
        await house.stored_orders.add(one)
    venue.book = {one.order_id: accepted(f"X-{one.order_id}") for one in orders}
    clock.advance(1)
    return orders


def read_by(replica: Replica) -> float:
    """How many orders a replica has read back."""
    name = "floorbroker_job_seconds_count"
    return samples(replica.metrics).get((name, ("OK", READ_BACK)), 0.0)


async def test_several_replicas_read_and_no_order_is_read_twice(
    redis_server: RedisServer, tmp_path: Path
) -> None:
    clock, venue = ManualClock(), Venue()
    venue.blocked["find_order"] = asyncio.Event()
    async with (
        houses(tmp_path / "floor.db", clock, venue, 3) as three,
        replicas(redis_server.url, 3) as beside,
    ):
        orders = await in_doubt_at(three[0], venue, clock, ORDERS)
        for house, replica in zip(three, beside, strict=True):
            shared(house, replica)
            replica.jobs.start()
        await until(lambda: len(venue.looked) > 2 * 16)  # more than two of them have hands
        venue.blocked["find_order"].set()
        await until(lambda: len(venue.looked) == ORDERS)
        await until(lambda: sum(read_by(one) for one in beside) >= ORDERS)
        states = {(await three[0].stored(one)).state for one in orders}

    assert states == {OrderState.ACCEPTED}
    assert set(venue.looked.values()) == {1}
    assert venue.at_once == 1
    assert all(read_by(one) > 0 for one in beside)


async def test_an_order_that_waits_is_not_sent_again(
    redis_server: RedisServer, tmp_path: Path
) -> None:
    clock, venue = ManualClock(), Venue()
    async with (
        houses(tmp_path / "floor.db", clock, venue, 1) as (house,),
        replicas(redis_server.url, 1) as (replica,),
        Redis.from_url(redis_server.url) as redis,
    ):
        await in_doubt_at(house, venue, clock, 5)
        shared(house, replica, sweeps=False)  # and nobody begins to work

        found = [await house.reconciler.sweep() for _ in range(3)]
        waiting = await redis.llen("saq:floorbroker-errands:queued")

    assert (found, waiting) == ([5, 5, 5], 5)
    assert not venue.looked


async def test_an_order_that_changed_since_it_was_sent_is_left_alone(
    redis_server: RedisServer, tmp_path: Path
) -> None:
    clock, venue = ManualClock(), Venue()
    async with houses(tmp_path / "floor.db", clock, venue, 1) as (house,):
        (order,) = await in_doubt_at(house, venue, clock, 1)

        await house.reconciler.read_back(order.user_id, order.order_id, order.version + 1)
        await house.reconciler.read_back("100000000000000009", order.order_id, order.version)
        untouched = dict(venue.looked)
        await house.reconciler.read_back(order.user_id, order.order_id, order.version)

    assert (untouched, venue.looked[order.order_id]) == ({}, 1)


async def test_without_redis_who_finds_an_order_reads_it(
    redis_server: RedisServer, tmp_path: Path
) -> None:
    clock, venue = ManualClock(), Venue()
    async with (
        houses(tmp_path / "floor.db", clock, venue, 1) as (house,),
        replicas(redis_server.url, 1) as (replica,),
    ):
        orders = await in_doubt_at(house, venue, clock, 5)
        shared(house, replica, sweeps=False)
        redis_server.stop()

        assert await house.reconciler.sweep() == len(orders)

        assert {(await house.stored(one)).state for one in orders} == {OrderState.ACCEPTED}


async def test_what_stands_in_redis_of_an_order_are_ids_alone(
    redis_server: RedisServer, tmp_path: Path
) -> None:
    clock, venue = ManualClock(), Venue()
    async with (
        houses(tmp_path / "floor.db", clock, venue, 1) as (house,),
        replicas(redis_server.url, 1) as (replica,),
        Redis.from_url(redis_server.url) as redis,
    ):
        (order,) = await in_doubt_at(house, venue, clock, 1)
        shared(house, replica, sweeps=False)
        await house.reconciler.sweep()
        (key,) = await redis.keys("saq:job:*")
        job = await redis.get(key)
        replica.jobs.every(timedelta(hours=1), "reconcile", house.reconciler.sweep)
        replica.jobs.start()
        await until(lambda: read_by(replica) == 1)
        await replica.end()
        left = [key for key in await redis.keys("saq:*") if not key.endswith(b":beat")]

    assert job is not None
    assert order.request.instrument.symbol not in job.decode()
    assert '"kwargs": {"user_id": ' in job.decode()
    assert left == []
