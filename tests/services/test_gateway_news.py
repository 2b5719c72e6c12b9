"""The owner hears that a gateway was lost, and in the same message that it is back."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest
import pytest_asyncio

from floorbroker.domain.connections import ConnectionEvent, ConnectionState
from floorbroker.domain.ids import BrokerId, UserId
from floorbroker.domain.people import Leaving, Person
from floorbroker.services.gateway_news import SAME_OUTAGE, GatewayNews
from floorbroker.services.supervisor import Supervisor
from floorbroker.storage.connection_events import ConnectionEvents
from floorbroker.storage.documents import Documents
from floorbroker.storage.people import People
from tests.fakes.clock import ManualClock
from tests.fakes.flaky_documents import FlakyDocuments
from tests.floor import ANNA

IBKR, MOOMOO = BrokerId("ibkr"), BrokerId("moomoo")
CONNECTING, CONNECTED, RECONNECTING, FAILED, DISCONNECTED = (
    ConnectionState.CONNECTING,
    ConnectionState.CONNECTED,
    ConnectionState.RECONNECTING,
    ConnectionState.FAILED,
    ConnectionState.DISCONNECTED,
)


class Owner:
    """Takes messages, and gives each an id; counts the edits."""

    def __init__(self) -> None:
        self.open = True
        self.told: list[tuple[BrokerId, ConnectionState, str]] = []
        self._last = 0

    async def tell_gateway(
        self, owner: UserId, event: ConnectionEvent, message: str | None
    ) -> str | None:
        assert owner == ANNA
        await asyncio.sleep(0)
        if not self.open:
            return None
        if message is None:
            self._last += 1
        self.told.append((event.broker, event.state, message or str(self._last)))
        return message or str(self._last)


class Line:
    """A gateway's connection whose changes a test makes."""

    def __init__(self, news: GatewayNews, supervisor: Supervisor, clock: ManualClock) -> None:
        self._news, self._supervisor, self._clock = news, supervisor, clock
        self._state: dict[BrokerId, ConnectionState] = {}

    async def passes(self, *states: ConnectionState, broker: BrokerId = IBKR) -> None:
        for state in states:
            before = self._state.get(broker, DISCONNECTED)
            self._state[broker] = state
            at = self._clock.now()
            self._news.heard(
                ConnectionEvent(broker=broker, before=before, state=state, at=at, detail="Why.")
            )
        await self._supervisor.settled(timedelta(seconds=5))


@pytest.fixture
def owner() -> Owner:
    return Owner()


@pytest.fixture
def events(store: FlakyDocuments) -> ConnectionEvents:
    return ConnectionEvents(store)


@pytest_asyncio.fixture
async def people(store: FlakyDocuments) -> People:
    """With the owner's choices."""
    people = People(store)
    await people.save_person(Person(user_id=ANNA))
    return people


@pytest.fixture
def line(events: ConnectionEvents, people: People, owner: Owner, clock: ManualClock) -> Line:
    supervisor = Supervisor()
    return Line(GatewayNews(events, people, owner, supervisor, ANNA), supervisor, clock)


def messages(owner: Owner) -> Sequence[tuple[str, str]]:
    return [(state.value, message) for _, state, message in owner.told]


async def test_the_first_connection_is_no_news(line: Line, owner: Owner) -> None:
    await line.passes(CONNECTING, CONNECTED)

    assert owner.told == []


async def test_an_outage_is_one_message_that_is_kept_up_to_date(line: Line, owner: Owner) -> None:
    await line.passes(CONNECTING, CONNECTED, RECONNECTING, FAILED, CONNECTED)

    assert messages(owner) == [("reconnecting", "1"), ("failed", "1"), ("connected", "1")]


async def test_another_outage_is_another_message(
    line: Line, owner: Owner, clock: ManualClock
) -> None:
    await line.passes(CONNECTING, CONNECTED, RECONNECTING, CONNECTED)
    clock.advance(SAME_OUTAGE.total_seconds() + 1)

    await line.passes(RECONNECTING)

    assert messages(owner)[-1] == ("reconnecting", "2")


async def test_a_connection_that_breaks_again_at_once_makes_no_further_sound(
    line: Line, owner: Owner
) -> None:
    await line.passes(CONNECTING, CONNECTED)

    await line.passes(*[RECONNECTING, CONNECTED] * 10)

    assert {message for _, message in messages(owner)} == {"1"}
    assert messages(owner)[-1] == ("connected", "1")


async def test_two_gateways_have_a_message_each(line: Line, owner: Owner) -> None:
    await line.passes(CONNECTING, CONNECTED, RECONNECTING)
    await line.passes(CONNECTING, CONNECTED, RECONNECTING, broker=MOOMOO)
    await line.passes(CONNECTED)

    assert [(one, message) for one, _, message in owner.told] == [
        (IBKR, "1"),
        (MOOMOO, "2"),
        (IBKR, "1"),
    ]


async def test_a_gateway_that_was_never_there_is_told(line: Line, owner: Owner) -> None:
    await line.passes(CONNECTING, FAILED)

    assert messages(owner) == [("failed", "1")]


async def test_the_end_of_the_process_is_no_outage(line: Line, owner: Owner) -> None:
    await line.passes(CONNECTING, CONNECTED, DISCONNECTED)

    assert owner.told == []


async def test_whoever_takes_no_messages_is_tried_again_with_the_next_change(
    line: Line, owner: Owner
) -> None:
    owner.open = False
    await line.passes(CONNECTING, CONNECTED, RECONNECTING)
    owner.open = True

    await line.passes(FAILED)

    assert messages(owner) == [("failed", "1")]


async def test_every_change_is_stored(line: Line, events: ConnectionEvents) -> None:
    await line.passes(CONNECTING, CONNECTED, RECONNECTING)

    stored = await events.last(ANNA, IBKR)
    assert {one.state for one in stored} == {CONNECTING, CONNECTED, RECONNECTING}


async def test_the_owner_is_told_also_while_the_store_is_away(
    line: Line, owner: Owner, store: FlakyDocuments, documents: Documents
) -> None:
    store.fail("insert", "connection_events")

    await line.passes(CONNECTING, CONNECTED, RECONNECTING)

    assert messages(owner) == [("reconnecting", "1")]
    assert await ConnectionEvents(documents).last(ANNA, IBKR) == []


async def test_what_happens_after_the_owners_data_was_erased_brings_nothing_back(
    line: Line, events: ConnectionEvents, people: People, owner: Owner, clock: ManualClock
) -> None:
    leaving = Leaving(asked_at=clock.now(), erase_at=clock.now(), begun=True)
    await people.save_person(Person(user_id=ANNA, version=1, leaving=leaving))
    await line.passes(CONNECTING, CONNECTED)
    await people.forget_person(ANNA)

    await line.passes(RECONNECTING)

    assert await events.last(ANNA, IBKR) == []
    assert len(owner.told) == 1
