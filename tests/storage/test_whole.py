"""A walk over everything that is stored, whatever the engine and whatever happens meanwhile."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import pytest

from floorbroker.storage.documents import Document, Documents
from floorbroker.storage.indexes import INDEXES
from floorbroker.storage.sqlite import SqliteDocuments
from floorbroker.storage.whole import COLLECTIONS, is_empty, pages_of, whole_store
from tests.storage.walked import all_collections

PAGE: Final = 3


async def fill(documents: Documents, collection: str, number: int) -> set[str]:
    made = set()
    for one in range(1, number + 1):
        document: Document = {"_id": f"{collection}-{one}", "origin_key": f"{collection}-{one}"}
        if collection == "audit":
            document = entry("anna", one)
        await documents.insert(collection, document)
        made.add(document["_id"])
    return made


def entry(person: str, number: int) -> Document:
    return {"_id": f"{person}:{number}", "person": person, "number": number}


async def walked(documents: Documents) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    async for collection, page in whole_store(documents, page=PAGE):
        assert len(page) <= PAGE
        found.setdefault(collection, []).extend(document["_id"] for document in page)
    return found


def test_every_collection_of_the_store_is_walked_and_orders_first() -> None:
    assert set(COLLECTIONS) == set().union(*all_collections().values())
    assert len(COLLECTIONS) == len(set(COLLECTIONS))
    assert COLLECTIONS[0] == "orders"


@pytest.mark.parametrize("number", [1, PAGE, PAGE + 1, 3 * PAGE + 2])
async def test_each_document_is_met_once(documents: Documents, number: int) -> None:
    await documents.start(INDEXES)
    made = {collection: await fill(documents, collection, number) for collection in COLLECTIONS}

    found = await walked(documents)

    assert {collection: set(ids) for collection, ids in found.items()} == made
    assert all(len(ids) == number for ids in found.values())


async def test_an_empty_store_is_empty_and_one_document_makes_it_another(
    documents: Documents,
) -> None:
    assert await is_empty(documents)
    assert await walked(documents) == {}

    await documents.insert("switches", {"_id": "mark:x"})

    assert not await is_empty(documents)
    assert await is_empty(documents, but="mark:x")


async def _meanwhile(
    documents: Documents, pages: AsyncIterator[tuple[str, object]]
) -> list[tuple[str, object]]:
    """Between two pages the chain grows by one."""
    found, number = list[tuple[str, object]](), 10
    async for collection, page in pages:
        if collection == "audit":
            number += 1
            await documents.insert("audit", entry("anna", number))
        found.append((collection, page))
    return found


async def test_a_chain_that_grows_meanwhile_is_read_without_a_gap(documents: Documents) -> None:
    """By their ids 10 comes before 2, so that a walk by ids would miss some and meet later ones."""
    await documents.start(INDEXES)
    for number in range(1, 11):
        await documents.insert("audit", entry("anna", number))

    pages = await _meanwhile(documents, whole_store(documents, page=PAGE))

    numbers = [one["number"] for _, page in pages for one in page]  # type: ignore[attr-defined]
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) > 10


async def test_sqlite_can_hold_still_while_others_write(tmp_path: Path) -> None:
    writing, reading = (SqliteDocuments(tmp_path / "floor.db") for _ in range(2))
    await writing.start(INDEXES)
    await reading.start(())
    await writing.insert("orders", {"_id": "a", "state": "draft"})
    await reading.hold_still(COLLECTIONS)

    await writing.insert("orders", {"_id": "b"})
    await writing.upsert("orders", {"_id": "a", "state": "filled"})
    await writing.insert("counters", {"_id": "nonce:a"})

    assert await reading.find("orders", {}, limit=9) == [{"_id": "a", "state": "draft"}]
    assert await reading.find("counters", {}, limit=9) == []
    assert [len(page) async for page in pages_of(writing, "orders")] == [2]
    await reading.close()
    await writing.close()
