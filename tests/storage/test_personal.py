"""Whatever is kept on a person is known in one place, read page by page and removed whole."""

import json
from pathlib import Path
from typing import Any, Final

import pytest
import pytest_asyncio

from floorbroker.domain.ids import UserId
from floorbroker.storage import personal
from floorbroker.storage.documents import OLDEST_FIRST, AtLeast, AtMost, Document, Documents
from floorbroker.storage.indexes import INDEXES
from floorbroker.storage.personal import HOLDINGS, NOBODYS, Personal
from floorbroker.storage.sqlite import SqliteDocuments
from floorbroker.storage.sqlite_query import find
from tests.domain.building import ANNA, BEN
from tests.storage.test_sqlite import plan
from tests.storage.walked import all_collections, collections_in

PAGE: Final = 3
BY_COLLECTION: Final = {one.collection: one for one in HOLDINGS}


@pytest_asyncio.fixture
async def kept(documents: Documents) -> Personal:
    await documents.start(INDEXES)
    return Personal(documents, page=PAGE)


async def fill(documents: Documents, who: UserId, number: int) -> None:
    """So many documents of a person in each collection that can hold several."""
    for collection, holding in BY_COLLECTION.items():
        many = 1 if collection == "users" else number
        for one in range(1, many + 1):
            document: dict[str, Any] = {"_id": f"{who}-{collection}-{one:04}", "mark": f"of {who}"}
            if collection == "users":
                document["_id"] = who
            elif collection == "counters":
                document["_id"] = f"nonce:{who}-links-{one:04}"
            elif collection == "audit":
                document |= {"person": f"name of {who}", "number": one}
            else:
                document |= {holding.field: who, "origin_key": document["_id"]}
            await documents.insert(collection, document)


async def read(kept: Personal, who: UserId) -> dict[str, list[Document]]:
    found: dict[str, list[Document]] = {}
    async for holding, page in kept.pages(who, f"name of {who}"):
        assert len(page) <= PAGE
        found.setdefault(holding.collection, []).extend(page)
    return found


def test_every_collection_of_the_store_is_somebodys_or_nobodys() -> None:
    named = all_collections()

    assert all(named.values()), "a file of storage whose collections are not found"
    assert set().union(*named.values()) == BY_COLLECTION.keys() | NOBODYS.keys()
    assert not BY_COLLECTION.keys() & NOBODYS.keys()


def test_a_collection_that_is_added_would_be_found() -> None:
    source = """
_THINGS: Final = "things"
_MORE: Final = "more"
_THIRD: Final = "third"
INDEXES = (Index(collection=_MORE, name="x", fields=("y",)),)
class Things:
    async def add(self):
        await self._documents.insert(_THINGS, {"_id": _OTHER})
        await self._save(_THIRD, {})
"""
    assert collections_in(source) == {"things", "more", "third"}


@pytest.mark.parametrize("number", [1, PAGE, 2 * PAGE + 1])
async def test_a_persons_documents_are_read_once_each_and_nobody_elses(
    kept: Personal, documents: Documents, number: int
) -> None:
    await fill(documents, ANNA, number)
    await fill(documents, BEN, 3)

    found = await read(kept, ANNA)

    assert found.keys() == BY_COLLECTION.keys()
    assert BEN not in json.dumps(found)
    for collection, read_ones in found.items():
        ids = [document["_id"] for document in read_ones]
        assert len(ids) == len(set(ids)) == (1 if collection == "users" else number), collection


async def test_audit_entries_come_in_their_order(kept: Personal, documents: Documents) -> None:
    await fill(documents, ANNA, PAGE + 7)

    found = await read(kept, ANNA)

    assert [entry["number"] for entry in found["audit"]] == list(range(1, PAGE + 8))


async def test_of_somebody_unknown_there_is_nothing(kept: Personal, documents: Documents) -> None:
    await fill(documents, BEN, 2)

    assert not any((await kept.counts(ANNA, limit=10)).values())
    assert {name: page for name, page in (await read(kept, ANNA)).items() if page} == {}


async def test_erasing_leaves_the_timer_the_trail_and_other_people(
    kept: Personal, documents: Documents
) -> None:
    await fill(documents, ANNA, 3)
    await fill(documents, BEN, 3)
    others = await read(kept, BEN)

    removed = await kept.erase(ANNA)

    left = {name: len(page) for name, page in (await read(kept, ANNA)).items() if page}
    assert left == {"users": 1, "audit": 3}
    assert removed == 3 * (len(HOLDINGS) - 2)
    assert await kept.erase(ANNA) == 0
    assert await read(kept, BEN) == others


async def test_counts_tell_what_would_go(kept: Personal, documents: Documents) -> None:
    await fill(documents, ANNA, 3)

    counts = await kept.counts(ANNA, limit=2)

    assert counts["settings"] == 1
    assert {n for called, n in counts.items() if called != "settings"} == {2}


async def test_on_sqlite_an_index_serves_every_page(tmp_path: Path) -> None:
    documents = SqliteDocuments(tmp_path / "test.db")
    await documents.start(INDEXES)
    await documents.close()
    by_id, several = ("_id", OLDEST_FIRST), personal.INDEXES
    pages = {
        f"{one.collection}.whose": find(
            one.collection, {"user_id": "u", "_id": AtLeast("a")}, by_id, 10
        )
        for one in several
    }
    audit = find("audit", {"person": "p", "number": AtLeast(3)}, ("number", OLDEST_FIRST), 10)
    names = find("audit", {"person": AtLeast("p ")}, ("person", OLDEST_FIRST), 1)
    due = find(
        "users", {"leaving.erase_at": AtMost("2026")}, ("leaving.erase_at", OLDEST_FIRST), 10
    )

    plans = {index: plan(tmp_path / "test.db", page) for index, page in pages.items()}

    assert all(index in found and "TEMP B-TREE" not in found for index, found in plans.items())
    for statement, index in ((audit, "person_number"), (names, "person_number"), (due, "erase_at")):
        found = plan(tmp_path / "test.db", statement)
        assert index in found
        assert "TEMP B-TREE" not in found
