"""What version 0.1.0 stored is read by today's code, and loses nothing when it is written back.

`stored/version-1.json` was written by that version's own code, with simulated prices: orders in
every state that it knew, every kind of cancel and modify, people, links, tickets, chains, books. It
is never edited; a change that cannot read it needs a new `NEWEST_SCHEMA` and a reader for the old
one.
"""

import json
from pathlib import Path
from typing import Any, Final

import pytest

from floorbroker.brokers.paper.book_record import book_from
from floorbroker.domain.audit import AuditEntry
from floorbroker.domain.connections import ConnectionEvent
from floorbroker.domain.ids import LinkId, OrderId, UserId
from floorbroker.domain.link_ticket import LinkTicket
from floorbroker.domain.order import IntentKind, IntentState, Order
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.people import Link, Person, ServerPolicy
from floorbroker.domain.portfolio import Snapshot
from floorbroker.services.audit_check import AuditCheck
from floorbroker.storage.audit import AuditTrail
from floorbroker.storage.codec import (
    NEWEST_SCHEMA,
    UnreadableDocument,
    from_document,
    to_document,
)
from floorbroker.storage.connection_events import ConnectionEvents
from floorbroker.storage.documents import Document, Documents
from floorbroker.storage.indexes import INDEXES
from floorbroker.storage.link_tickets import LinkTickets
from floorbroker.storage.marks import Marks
from floorbroker.storage.notices import Notices
from floorbroker.storage.orders import Orders
from floorbroker.storage.paper_books import StoredPaperBooks
from floorbroker.storage.people import People
from floorbroker.storage.snapshots import Snapshots
from floorbroker.storage.whole import COLLECTIONS
from tests.domain.building import ANNA, NOON
from tests.rotating import process
from tests.storage.walked import all_collections

STORED: Final[dict[str, list[Document]]] = json.loads(
    (Path(__file__).parent / "stored" / "version-1.json").read_text()
)
KEY: Final = "fixture:Zm9yIHRlc3RzIG9ubHksIG5vYm9keSdzIGtleSA9PT0="
"""Sealed what is sealed in it."""

KINDS: Final[dict[str, tuple[type, str]]] = {
    "audit": (AuditEntry, ""),
    "connection_events": (ConnectionEvent, ""),
    "link_tokens": (LinkTicket, "ticket_id"),
    "links": (Link, "link_id"),
    "orders": (Order, "order_id"),
    "policies": (ServerPolicy, "guild_id"),
    "snapshots": (Snapshot, ""),
    "users": (Person, "user_id"),
}
"""What a document is read as, and the field that its id is."""

EACH: Final = [
    pytest.param(kind, key, document, id=f"{name}-{document['_id']}")
    for name, (kind, key) in KINDS.items()
    for document in STORED[name]
]


@pytest.fixture
async def kept(documents: Documents) -> Documents:
    await documents.start(INDEXES)
    for collection, those in STORED.items():
        for document in those:
            await documents.insert(collection, dict(document))
    return documents


def test_there_is_something_of_every_collection_and_of_every_state() -> None:
    orders = [from_document(Order, {**one, "order_id": one["_id"]}) for one in STORED["orders"]]
    intents = {(one.intent.kind, one.intent.state) for one in orders if one.intent is not None}

    assert {name for name, those in STORED.items() if those} <= set(COLLECTIONS)
    assert {name for name in all_collections()["people"] | KINDS.keys() if not STORED[name]} == (
        set()
    )
    assert {one.state for one in orders} == set(OrderState) - {OrderState.GONE}
    assert intents >= {(kind, state) for kind in IntentKind for state in IntentState}
    assert any(one.legs for one in orders)
    assert any(one.fills for one in orders)
    assert any(one.candidates for one in orders)


def lost(old: Any, new: Any, where: str = "") -> list[str]:
    """Where something of `old` is missing or another in `new`, which may hold more fields."""
    if isinstance(old, dict) and isinstance(new, dict):
        return [
            place
            for name, one in old.items()
            for place in lost(one, new.get(name), f"{where}.{name}")
        ]
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        return [
            place for one, other in zip(old, new, strict=True) for place in lost(one, other, where)
        ]
    return [] if old == new else [where]


def test_a_loss_is_seen_at_any_depth() -> None:
    old = {"a": 1, "fills": [{"price": "1"}, {"price": "2"}]}

    assert lost(old, {"a": 1, "b": 2, "fills": [{"price": "1", "x": 0}, {"price": "2"}]}) == []
    assert lost(old, {"a": 1, "fills": [{"price": "1"}, {"price": "3"}]}) == [".fills.price"]
    assert lost(old, {"a": 2, "fills": []}) == [".a", ".fills"]


@pytest.mark.parametrize(("kind", "key", "document"), EACH)
def test_it_is_read_and_written_back_without_a_loss(
    kind: type, key: str, document: dict[str, Any]
) -> None:
    fields = {**document, key: document["_id"]} if key else document

    value = from_document(kind, fields)

    written = to_document(value)
    kept = {name: one for name, one in fields.items() if name in written}
    assert lost(kept, written) == []
    assert fields.keys() - written.keys() <= {"_id", "schema_version", "user_id"}


async def test_every_repository_reads_its_own(kept: Documents) -> None:
    people = People(kept)
    orders = [
        await Orders(kept).get(UserId(one["user_id"]), OrderId(one["_id"]))
        for one in STORED["orders"]
    ]
    links = [
        await people.link(UserId(one["user_id"]), LinkId(one["_id"])) for one in STORED["links"]
    ]

    assert None not in orders
    assert None not in links
    assert None not in [await people.person(UserId(one["_id"])) for one in STORED["users"]]
    assert None not in [await people.policy(one["_id"]) for one in STORED["policies"]]
    assert await LinkTickets(kept).get(STORED["link_tokens"][0]["_id"]) is not None
    assert await Marks(kept).get("commands") == "1:abc"
    assert await Notices(kept).unseen(ANNA) == [OrderId("everystate00000001")]
    assert (
        len(await ConnectionEvents(kept).last(ANNA, STORED["connection_events"][0]["broker"])) == 1
    )
    (snapshot,) = STORED["snapshots"]
    found = await Snapshots(kept).since(
        snapshot["user_id"], snapshot["link_id"], snapshot["account_id"], NOON
    )
    assert len(found) == 1


async def test_what_was_sealed_opens_and_the_chains_are_whole(kept: Documents) -> None:
    one = process(kept, KEY)

    walked = [chain async for chain in AuditCheck(AuditTrail(kept)).chains({})]

    link = await one.people.link(UserId("user-alpaca-1"), LinkId("alpaca-1"))
    assert link is not None
    assert await one.opens(link)
    assert await one.keys.trouble() is None
    assert walked
    assert not any(chain.broken for chain in walked)


async def test_the_paper_brokers_books_are_read(kept: Documents) -> None:
    books = StoredPaperBooks(kept)
    for stored in STORED["paper_books"]:
        loaded = await books.load(stored["user_id"], stored["link_id"])
        assert loaded is not None
        assert book_from(loaded[0]) is not None


# And the other way round: what a newer version wrote is not read as if it were known


@pytest.mark.parametrize(("kind", "key"), KINDS.values(), ids=KINDS)
def test_a_document_of_a_newer_version_is_refused_with_words(kind: type, key: str) -> None:
    name = next(name for name, (one, _) in KINDS.items() if one is kind)
    document = {**STORED[name][0], "schema_version": NEWEST_SCHEMA + 1}
    if key:
        document[key] = document["_id"]

    with pytest.raises(UnreadableDocument, match="written by a newer version of floorbroker"):
        from_document(kind, document)


@pytest.mark.parametrize("version", [None, "1", [1], 1.5])
def test_a_version_that_is_none_is_refused(version: object) -> None:
    with pytest.raises(UnreadableDocument):
        from_document(Person, {"user_id": "a", "version": 1, "schema_version": version})


async def test_a_newer_order_is_refused_where_people_ask_and_passed_over_where_all_are_read(
    kept: Documents,
) -> None:
    found = next(one for one in STORED["orders"] if one.get("check_at"))
    await kept.upsert("orders", {**found, "schema_version": NEWEST_SCHEMA + 1})

    due = await Orders(kept).due_for_check(NOON.replace(year=2100), limit=1_000)

    assert found["_id"] not in {order.order_id for order in due}
    assert due
    with pytest.raises(UnreadableDocument, match="newer"):
        await Orders(kept).get(UserId(found["user_id"]), OrderId(found["_id"]))


async def test_a_newer_paper_book_is_refused(kept: Documents) -> None:
    book = {**STORED["paper_books"][0], "schema_version": NEWEST_SCHEMA + 1}
    await kept.upsert("paper_books", book)

    with pytest.raises(UnreadableDocument, match="newer"):
        await StoredPaperBooks(kept).load(book["user_id"], book["link_id"])
