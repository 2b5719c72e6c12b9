"""Accounts behind a standing connection are written down; none is opened for it."""

import asyncio
from decimal import Decimal

import pytest

from floorbroker.brokers.shared.gateways import Gateways
from floorbroker.domain.errors import BrokerConnectionError
from floorbroker.domain.people import Link
from floorbroker.domain.portfolio import Snapshot
from floorbroker.services.snapshots import SnapshotTaker
from floorbroker.storage.documents import Documents
from floorbroker.storage.snapshots import Snapshots
from tests.fakes.clock import NOON, ManualClock
from tests.fakes.exchange.venue import ACCOUNT, Venue, held
from tests.fakes.gateway_wire import ScriptedWire
from tests.floor import ANNA, EXCHANGE, House
from tests.services.conftest import Build


@pytest.fixture
def house(build: Build, venue: Venue) -> House:
    return build(venue=venue)


@pytest.fixture
def gateways(clock: ManualClock) -> Gateways:
    return Gateways(clock)


@pytest.fixture
def snapshots(documents: Documents) -> Snapshots:
    return Snapshots(documents)


@pytest.fixture
def taker(house: House, gateways: Gateways, snapshots: Snapshots) -> SnapshotTaker:
    return SnapshotTaker(house.stored_people, house.sessions, gateways, snapshots, ANNA)


async def connected(gateways: Gateways) -> ScriptedWire:
    gateway = gateways.of(EXCHANGE, ScriptedWire)
    await gateway.up()
    return gateway.wire


async def taken(snapshots: Snapshots, link: Link) -> list[Snapshot]:
    return list(await snapshots.since(ANNA, link.link_id, ACCOUNT.account_id, NOON))


async def test_nothing_is_asked_before_a_gateway_is_connected(
    house: House, taker: SnapshotTaker, venue: Venue
) -> None:
    await house.link()

    assert await taker.sweep() == 0
    assert venue.count("balances") == 0


async def test_each_account_is_written_down_as_it_is(
    house: House, taker: SnapshotTaker, gateways: Gateways, snapshots: Snapshots, venue: Venue
) -> None:
    link = await house.link()
    venue.positions = (held(3, house.clock.now()),)
    await connected(gateways)

    assert await taker.sweep() == 1

    [snapshot] = await taken(snapshots, link)
    assert snapshot.invested is not None
    assert snapshot.invested.amount == snapshot.value.amount - snapshot.cash.amount
    await gateways.aclose()


async def test_a_holding_that_was_closed_is_no_longer_in_it(
    house: House, taker: SnapshotTaker, gateways: Gateways, snapshots: Snapshots, venue: Venue
) -> None:
    link = await house.link()
    venue.positions = (held(3, house.clock.now()),)
    await connected(gateways)
    await taker.sweep()

    venue.positions = ()
    house.clock.advance(60)
    await taker.sweep()

    before, after = await taken(snapshots, link)
    assert before.unrealised_profit is not None
    assert after.unrealised_profit is None
    assert after.return_percent != Decimal(0)
    await gateways.aclose()


async def test_a_broker_that_does_not_answer_is_left_out(
    house: House, taker: SnapshotTaker, gateways: Gateways, snapshots: Snapshots, venue: Venue
) -> None:
    link = await house.link()
    await connected(gateways)
    venue.failing["balances"] = BrokerConnectionError(broker=EXCHANGE)

    assert await taker.sweep() == 0
    assert await taken(snapshots, link) == []
    await gateways.aclose()


async def test_a_link_that_goes_while_its_broker_is_asked_leaves_nothing(
    house: House, taker: SnapshotTaker, gateways: Gateways, snapshots: Snapshots, venue: Venue
) -> None:
    link = await house.link()
    await connected(gateways)
    venue.blocked["positions"] = asyncio.Event()
    asked = asyncio.create_task(taker.sweep())
    await venue.heard("positions")

    await house.documents.delete("links", {"_id": link.link_id})
    venue.blocked["positions"].set()

    assert await asked == 0
    assert await taken(snapshots, link) == []
    await gateways.aclose()
