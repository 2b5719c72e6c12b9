"""What operators may see across all people, on every engine: numbers, and who is linked where."""

import sqlite3
from dataclasses import fields, replace
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from floorbroker.domain.ids import BrokerId, LinkId, UserId
from floorbroker.domain.modes import Environment
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.people import Link, Person, ServerPolicy
from floorbroker.storage import sqlite_query
from floorbroker.storage.documents import Document, Documents, Where
from floorbroker.storage.indexes import INDEXES
from floorbroker.storage.overview import MOST, LinkSeen, Overview, PersonSeen
from floorbroker.storage.people import People
from tests.domain.building import ANNA, BEN, NOON

KRAKEN = BrokerId("kraken")


@pytest_asyncio.fixture
async def overview(documents: Documents) -> Overview:
    await documents.start(INDEXES)
    return Overview(documents)


@pytest.fixture
def people(documents: Documents, overview: Overview) -> People:
    return People(documents)


def _link(link_id: str, user_id: UserId = ANNA, **changes: Any) -> Link:
    usual: dict[str, Any] = {
        "broker": KRAKEN,
        "environment": Environment.LIVE,
        "label": f"label of {link_id}",
        "created_at": NOON,
    }
    return Link(link_id=LinkId(link_id), user_id=user_id, **{**usual, **changes})


async def _orders(documents: Documents, number: int, state: OrderState, **more: Any) -> None:
    for one in range(number):
        name = f"{state}-{one}-{more.get('sent_at', '')}"
        document = {"_id": name, "origin_key": name, "user_id": ANNA, "state": state.value, **more}
        await documents.insert("orders", document)


async def test_links_are_counted_by_broker_and_by_how_they_are(
    overview: Overview, people: People
) -> None:
    soon = NOON + timedelta(days=2)
    for link in (
        _link("works"),
        _link("dead", dead_since=NOON),
        _link("over", ends_at=NOON),
        _link("ends", ends_at=NOON + timedelta(hours=1)),
        _link("lasts", ends_at=soon),
        _link("gone", removed=True, dead_since=NOON, ends_at=NOON),
        _link("elsewhere", broker=BrokerId("paper")),
    ):
        await people.save_link(link)

    at = await overview.links_at(KRAKEN, NOON, soon)

    assert (at.in_use, at.dead, at.ended, at.ending) == (5, 1, 1, 1)


async def test_orders_are_counted_by_state_and_by_when_they_were_sent(
    overview: Overview, documents: Documents
) -> None:
    await _orders(documents, 2, OrderState.UNKNOWN, sent_at="2026-11-20T12:00:00.000000Z")
    await _orders(documents, 1, OrderState.UNKNOWN, sent_at="2026-11-21T11:00:00.000000Z")
    await _orders(documents, 3, OrderState.DRAFT)

    since = NOON - timedelta(days=1)

    assert await overview.orders(OrderState.UNKNOWN) == 3
    assert await overview.orders(OrderState.DRAFT) == 3
    assert await overview.orders(OrderState.DRAFT, since=since) == 0
    oldest = await overview.oldest(OrderState.UNKNOWN)
    assert oldest is not None
    assert oldest.isoformat() == "2026-11-20T12:00:00+00:00"
    assert await overview.oldest(OrderState.SENDING) is None


async def test_only_what_is_due_by_now_is_a_backlog(
    overview: Overview, documents: Documents
) -> None:
    later = "2999-01-01T00:00:00.000000Z"
    past = "2000-01-01T00:00:00.000000Z"
    await _orders(documents, 2, OrderState.UNKNOWN, check_at=past, news_at=None)
    await _orders(documents, 3, OrderState.ACCEPTED, check_at=later, news_at=past)

    assert await overview.to_read_back(NOON) == 2
    assert await overview.to_tell(NOON) == 3
    assert await overview.untold() == 0


async def test_nothing_is_counted_further_than_the_bound(
    overview: Overview, documents: Documents
) -> None:
    await _orders(documents, MOST + 5, OrderState.SENDING)

    assert await overview.orders(OrderState.SENDING) == MOST + 1


async def test_people_come_one_after_another_whether_they_have_links_or_only_choices(
    overview: Overview, people: People
) -> None:
    ids = [UserId(text) for text in ("1", "10", "100", "11", "2", "20")]
    for number, user_id in enumerate(ids):
        if number % 2:
            await people.save_person(Person(user_id=user_id))
        for one in range(number % 3):
            await people.save_link(_link(f"{user_id}-{one}", user_id, removed=one == 1))
    listed = [one for number, one in enumerate(ids) if number % 2 or number % 3]

    pages: list[UserId] = []
    while page := await overview.ids_after(pages[-1] if pages else "", limit=2):
        pages += page

    assert pages == listed
    assert await overview.people() == 3


async def test_a_person_is_their_links_in_use_and_their_pauses(
    overview: Overview, people: People
) -> None:
    await people.save_person(Person(user_id=ANNA, paused=True, suspended=True))
    await people.save_link(_link("new", created_at=NOON + timedelta(days=1)))
    await people.save_link(_link("old", dead_since=NOON))
    await people.save_link(_link("gone", removed=True))
    await people.save_link(_link("other", BEN))

    seen = await overview.person(ANNA)

    assert (seen.paused, seen.suspended) == (True, True)
    assert [one.created_at for one in seen.links] == [NOON, NOON + timedelta(days=1)]
    assert [one.dead_since for one in seen.links] == [NOON, None]
    assert await overview.person(UserId("9")) == PersonSeen(user_id=UserId("9"))


async def test_a_link_that_cannot_be_read_hides_nobody(
    overview: Overview, people: People, documents: Documents
) -> None:
    await people.save_link(_link("fine"))
    await people.save_link(_link("odd", created_at=NOON + timedelta(days=1)))
    stored = await documents.get("links", "odd")
    assert stored is not None
    await documents.upsert("links", {**stored, "environment": "neither"})

    assert len((await overview.person(ANNA)).links) == 1


async def test_who_is_suspended_is_listed_up_to_a_bound(overview: Overview, people: People) -> None:
    for number in range(4):
        user_id, on = UserId(str(number)), number != 2
        await people.save_person(Person(user_id=user_id, suspended=on))
        await people.save_policy(ServerPolicy(guild_id=str(number), suspended=not on))

    assert set(await overview.suspended_people(limit=10)) == {"0", "1", "3"}
    assert len(await overview.suspended_people(limit=2)) == 2
    assert await overview.suspended_servers(limit=10) == ["2"]


async def test_a_lifted_suspension_is_not_listed(overview: Overview, people: People) -> None:
    stored = await people.save_person(Person(user_id=ANNA, suspended=True))
    assert stored is not None
    await people.save_person(replace(stored, suspended=False))

    assert await overview.suspended_people(limit=10) == []


def test_nothing_but_these_fields_of_people_gets_out() -> None:
    assert {one.name for one in fields(PersonSeen)} == {"user_id", "paused", "suspended", "links"}
    assert {one.name for one in fields(LinkSeen)} == {
        "broker", "environment", "created_at", "dead_since", "ends_at",
    }  # fmt: skip


class _Planning:
    """Stands in for a store: notes how SQLite would look for what is asked."""

    def __init__(self) -> None:
        self._engine = sqlite3.connect(":memory:")
        for collection in sorted({one.collection for one in INDEXES}):
            self._engine.execute(sqlite_query.create_table(collection))
        for index in INDEXES:
            self._engine.execute(sqlite_query.create_index(index)[1])
        self.plans: list[str] = []

    async def find(
        self, collection: str, where: Where, *, order: tuple[str, int] | None = None, limit: int
    ) -> list[Document]:
        sql, values = sqlite_query.find(collection, where, order, limit)
        rows = self._engine.execute(f"EXPLAIN QUERY PLAN {sql}", values).fetchall()
        self.plans.append("; ".join(row[3] for row in rows))
        return []

    async def count(self, collection: str, where: Where, *, limit: int) -> int:
        if where:  # without a condition the limit alone bounds it
            await self.find(collection, where, limit=limit)
        return 0

    async def get(self, collection: str, document_id: str) -> Document | None:
        return None


async def test_whatever_is_asked_is_found_by_an_index_and_sorted_by_it() -> None:
    store = _Planning()
    overview = Overview(store)  # type: ignore[arg-type]  # as much of a store as is asked
    try:
        await overview.people()
        await overview.links_at(KRAKEN, NOON, NOON)
        await overview.orders(OrderState.UNKNOWN)
        await overview.orders(OrderState.FILLED, since=NOON)
        await overview.oldest(OrderState.UNKNOWN)
        await overview.to_read_back(NOON)
        await overview.to_tell(NOON)
        await overview.untold()
        await overview.suspended_people(limit=5)
        await overview.suspended_servers(limit=5)
        await overview.person(ANNA)
        await overview.ids_after("1", limit=5)
    finally:
        store._engine.close()

    assert len(store.plans) > 10
    for plan in store.plans:
        assert plan.startswith("SEARCH"), plan
        assert "SCAN" not in plan
        assert "TEMP B-TREE" not in plan
