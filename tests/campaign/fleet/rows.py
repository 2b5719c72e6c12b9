"""Replicas that are killed, and a Redis that is away, while people trade without a pause."""

import asyncio
import random
from collections import Counter
from http import HTTPStatus
from typing import Final

from tests.campaign.fleet.fleet import NEEDS, Fleet, fleet_of
from tests.campaign.fleet.floor import SEATS, Floor
from tests.campaign.fleet.throughput import THROUGHPUT
from tests.campaign.fleet.truth import settled
from tests.campaign.row import Reached, Row

COUNT: Final = 3
EVERY_SECONDS: Final = 5.0


def _kills(engine: str) -> Row:
    def run(size: int, seed: int) -> Reached:
        with fleet_of(COUNT, engine) as fleet:
            return asyncio.run(_killed_meanwhile(fleet, size, random.Random(seed)))

    return Row(
        name=f"fleet-kills-{engine}",
        what=(
            f"{COUNT} replicas behind nginx, with Redis, on {engine}; one is killed every "
            f"{EVERY_SECONDS:.0f} s while people trade"
        ),
        unit="orders",
        goal=10_000 if engine == "sqlite" else 1_000,
        short=40,
        passes_when=(
            "0 orders lost, 0 sent twice, each equals the broker's, and its newest card says so."
        ),
        run=run,
        needs=NEEDS,
        waits=True,
    )


async def _killed_meanwhile(fleet: Fleet, size: int, chance: random.Random) -> Reached:
    floor = Floor(fleet, chance, SEATS)
    killing = asyncio.create_task(_kill(fleet, chance, min(EVERY_SECONDS, size / 40)))
    try:
        await floor.trade(lambda: floor.done["confirmed"] >= size and fleet.killed > 0)
    finally:
        killing.cancel()
        await asyncio.gather(killing, return_exceptions=True)
    broken, orders = await asyncio.to_thread(settled, fleet)
    broken += unheard(fleet.killed, len(SEATS), floor.done["not answered"])
    return Reached(
        trials=floor.done["confirmed"],
        broken=broken,
        figures={
            "killed": fleet.killed,
            "requests at the broker": sum(fleet.exchange.book()["sent"].values()),
            **floor.done,
            **Counter(f"{order.state}" for order in orders),
        },
    )


def unheard(killed: int, seats: int, not_answered: int) -> list[str]:
    """Who dies takes along what each seat waits for; everything else is answered."""
    most = killed * seats
    if not_answered <= most:
        return []
    return [
        f"{not_answered} interactions were not answered, and {killed} kills explain {most} at most"
    ]


async def _kill(fleet: Fleet, chance: random.Random, every: float) -> None:
    while True:
        await asyncio.sleep(every)
        await asyncio.to_thread(fleet.one_dies, chance)


def _without_redis(size: int, seed: int) -> Reached:
    with fleet_of(COUNT, "sqlite") as fleet:
        return asyncio.run(_away(fleet, size, random.Random(seed)))


async def _away(fleet: Fleet, seconds: int, chance: random.Random) -> Reached:
    floor = Floor(fleet, chance, SEATS)
    enough = asyncio.Event()
    trading = asyncio.create_task(floor.trade(enough.is_set))
    await asyncio.sleep(seconds / 3)
    before = Counter(floor.done)
    await asyncio.to_thread(fleet.redis.stop)
    await asyncio.sleep(seconds)
    status, told = await asyncio.to_thread(fleet.readiness)
    meanwhile = floor.done - before
    await asyncio.to_thread(fleet.redis.start)
    await asyncio.sleep(seconds / 3)
    enough.set()
    await trading
    broken, orders = await asyncio.to_thread(settled, fleet)
    if meanwhile["receipts"] < seconds:
        broken.append(f"{meanwhile['receipts']} receipts in {seconds} s without Redis")
    if status != HTTPStatus.OK or "redis" not in told.get("degraded", ()):
        broken.append(f"readiness said {status} {told}")
    return Reached(
        trials=seconds,
        broken=broken,
        figures={
            "receipts without Redis": meanwhile["receipts"],
            "receipts in all": floor.done["receipts"],
            "not answered": floor.done["not answered"],
            **Counter(f"{order.state}" for order in orders),
        },
    )


FLEET: Final = (
    _kills("sqlite"),
    _kills("mongodb"),
    Row(
        name="fleet-redis",
        what=f"{COUNT} replicas behind nginx whose Redis is away while people trade",
        unit="seconds without Redis",
        goal=30,
        short=3,
        passes_when=(
            "Orders go on, readiness says that it is degraded, and what is done in the background "
            "catches up: each order equals the broker's, and its newest card says so."
        ),
        run=_without_redis,
        needs=NEEDS,
        waits=True,
    ),
    THROUGHPUT,
)
