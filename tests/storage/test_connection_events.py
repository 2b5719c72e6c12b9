"""Events of gateways' connections, on every engine."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest_asyncio

from floorbroker.domain.connections import ConnectionEvent, ConnectionState
from floorbroker.domain.ids import BrokerId
from floorbroker.storage.connection_events import INDEXES, ConnectionEvents
from floorbroker.storage.documents import Documents
from tests.domain.building import ANNA, BEN

IBKR = BrokerId("ibkr")
LOST = ConnectionEvent(
    broker=IBKR,
    before=ConnectionState.CONNECTED,
    state=ConnectionState.RECONNECTING,
    at=datetime(2026, 3, 4, 17, 0, tzinfo=UTC),
    detail="The gateway closed the connection.",
    facts={"attempt": "1", "version": "176"},
)


@pytest_asyncio.fixture
async def events(documents: Documents) -> ConnectionEvents:
    await documents.start(INDEXES)
    return ConnectionEvents(documents)


async def test_what_was_stored_comes_back_newest_first(events: ConnectionEvents) -> None:
    back = replace(LOST, state=ConnectionState.CONNECTED, at=LOST.at + timedelta(seconds=3))
    await events.add(ANNA, LOST)
    await events.add(ANNA, back)

    assert await events.last(ANNA, IBKR) == [back, LOST]
    assert await events.last(ANNA, IBKR, limit=1) == [back]


async def test_two_events_of_one_moment_are_two(events: ConnectionEvents) -> None:
    await events.add(ANNA, LOST)
    await events.add(ANNA, LOST)

    assert await events.last(ANNA, IBKR) == [LOST, LOST]


async def test_nobody_sees_anybody_elses_and_brokers_stay_apart(events: ConnectionEvents) -> None:
    await events.add(ANNA, LOST)

    assert await events.last(BEN, IBKR) == []
    assert await events.last(ANNA, BrokerId("moomoo")) == []
