"""Replicas that are killed, and a Redis that is away, while people trade without a pause."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Final

from floorbroker.domain.order import Order
from floorbroker.domain.order_state import OrderState
from floorbroker.storage.documents import Documents
from tests.campaign import books
from tests.campaign.fleet.fleet import Fleet, fleet_of
from tests.campaign.fleet.floor import SEATS, Floor
from tests.campaign.row import Reached, Row
from tests.campaign.settling import PATIENCE_SECONDS, until_agreed

NEEDS: Final = ("nginx", "redis-server")
COUNT: Final = 3
EVERY_SECONDS: Final = 5.0
_TITLES: Final[Mapping[OrderState, str]] = {
    OrderState.DRAFT: "Review",
    OrderState.LAPSED: "Review expired",
    OrderState.ACCEPTED: "Accepted",
    OrderState.FILLED: "Filled",
    OrderState.NOT_PLACED: "Not placed",
}


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
    broken, orders = await asyncio.to_thread(_settled, fleet)
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


async def _kill(fleet: Fleet, chance: random.Random, every: float) -> None:
    while True:
        await asyncio.sleep(every)
        await asyncio.to_thread(fleet.one_dies, chance)


def _settled(fleet: Fleet) -> tuple[list[str], Sequence[Order]]:
    """What does not agree in the end, at the broker or on a card; and all orders."""
    with asyncio.Runner() as run:
        documents = fleet.place.open()
        run.run(documents.start(()))
        _, differing = until_agreed(fleet.exchange, documents, run, PATIENCE_SECONDS)
        orders, untrue = run.run(_until_told(fleet, documents))
        run.run(documents.close())
    return [*differing, *untrue], orders


async def _until_told(fleet: Fleet, documents: Documents) -> tuple[Sequence[Order], Sequence[str]]:
    """All orders, and those whose newest card says something else after a while."""
    end = time.monotonic() + PATIENCE_SECONDS
    while True:
        orders, told = await books.stored_orders(documents), fleet.exchange.told()
        untrue = [line for line in (_untrue(order, told) for order in orders) if line]
        if not untrue or time.monotonic() > end:
            return orders, untrue
        await asyncio.sleep(1)


def _untrue(order: Order, told: Mapping[str, str]) -> str:
    said, is_so = told.get(order.order_id), _TITLES.get(order.state, str(order.state))
    if order.state is OrderState.DRAFT and said is None:
        return ""  # its replica died before the card; nothing was sent
    if said == is_so or (order.state is OrderState.LAPSED and said == "Review"):
        return ""
    return f"order {order.order_id} is {order.state}, and its card says {said}"


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
    broken, orders = await asyncio.to_thread(_settled, fleet)
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
)
