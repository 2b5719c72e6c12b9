"""Several processes on one store, each with its own connection: each armed order goes out once."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
import pytest_asyncio

from floorbroker.domain.ids import UserId
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.placing import Stage
from floorbroker.services.alert_orders import CLAIM
from floorbroker.storage.indexes import INDEXES
from tests.fakes.clock import ManualClock
from tests.fakes.exchange.venue import Venue
from tests.floor import House, built
from tests.services.armed import allowing, armed, order_of
from tests.services.own_alerts import A_LOOK, Lookout, lookout, trades_at
from tests.stores import Store

PEOPLE = 6
PROCESSES = 3


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def venue() -> Venue:
    return Venue()


@pytest_asyncio.fixture
async def processes(store: Store, clock: ManualClock, venue: Venue) -> AsyncIterator[list[Lookout]]:
    """Each with its own connection, and its own idea of whose turn it is."""
    houses: list[House] = []
    for _ in range(PROCESSES):
        documents = store.open()
        await documents.start(INDEXES)
        houses.append(built(documents, clock, venue=venue, chosen=allowing()))
    yield [lookout(house) for house in houses]
    for house in houses:
        await house.stop()
        await house.documents.close()


async def all_armed(out: Lookout) -> list[Any]:
    """One armed alert of each person."""
    people = [UserId(str(100000000000000001 + number)) for number in range(PEOPLE)]
    alerts = []
    for person in people:
        await out.house.link(person)
        alerts.append(await armed(out, person))
    return alerts


async def everyone_sees_to_it(processes: list[Lookout], clock: ManualClock) -> None:
    for _ in range(4):
        await asyncio.gather(*(one.orders.sweep() for one in processes))
        clock.advance(CLAIM.total_seconds() + 1)


async def test_each_goes_out_once(
    processes: list[Lookout], venue: Venue, clock: ManualClock
) -> None:
    alerts = await all_armed(processes[0])
    trades_at(venue, "110.50")
    clock.advance(A_LOOK)

    await asyncio.gather(*(one.prices.sweep() for one in processes))
    await everyone_sees_to_it(processes, clock)
    await asyncio.gather(*(one.telling.sweep() for one in processes))

    assert venue.count("place_order") == PEOPLE
    told = Counter(alert.alert_id for one in processes for alert in one.told)
    assert told == Counter(alert.alert_id for alert in alerts)
    for alert in alerts:
        assert (await processes[1].now(alert)).stage is Stage.SENT


@pytest.mark.parametrize("seed", range(4))
async def test_with_claims_that_lapse_and_people_who_disarm_meanwhile(
    processes: list[Lookout], venue: Venue, clock: ManualClock, seed: int
) -> None:
    """Nobody's claim holds here: all see to all at once, and half of the people press Disarm."""
    alerts = await all_armed(processes[0])
    chance = random.Random(seed)  # a test's own interleaving
    trades_at(venue, "110.50")
    clock.advance(A_LOOK)
    await processes[0].prices.sweep()

    async def lapses(one: Lookout) -> None:
        for alert in alerts:
            await asyncio.sleep(chance.random() / 100)
            present = await one.now(alert)
            if present.place_at is not None:
                await one.stored.advance(present, replace(present, place_at=clock.now()))

    async def disarms(one: Lookout, number: int) -> bool:
        await asyncio.sleep(chance.random() / 20)
        alert = alerts[number]
        return (await one.arming.disarm(alert.user_id, alert.alert_id))[1] is None

    async def sees_to_it(one: Lookout) -> None:
        for _ in range(5):
            await one.orders._one_by_one(await one.stored.to_place(clock.now(), limit=50))

    _, disarmed, *_ = await asyncio.gather(
        lapses(processes[0]),
        asyncio.gather(*(disarms(processes[1], number) for number in range(0, PEOPLE, 2))),
        *(sees_to_it(one) for one in processes),
    )
    await everyone_sees_to_it(processes, clock)

    placed = Counter(order_id for order_id in venue.book)
    assert venue.count("place_order") == len(placed)
    for number, alert in enumerate(alerts):
        present, order = await processes[0].now(alert), await order_of(processes[0], alert)
        assert order is not None
        at_broker = order.order_id in placed
        assert (order.state is OrderState.ACCEPTED) == at_broker
        assert (present.stage is Stage.SENT) == at_broker
        assert present.place_at is None
        if number % 2 == 0:
            assert at_broker != disarmed[number // 2]
