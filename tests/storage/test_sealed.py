"""Links by the key that sealed them, on every engine."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest
import pytest_asyncio

from floorbroker.domain.ids import BrokerId, LinkId, UserId
from floorbroker.domain.modes import Environment
from floorbroker.domain.people import Link
from floorbroker.storage import people, sqlite_query
from floorbroker.storage.documents import OLDEST_FIRST, AtLeast, Documents
from floorbroker.storage.people import People
from floorbroker.storage.sealed import INDEXES, SealedRecords
from floorbroker.storage.sqlite import SqliteDocuments
from tests.domain.building import NOON
from tests.fakes.flaky_documents import FlakyDocuments

AWKWARD: Final = ("-", "--", "0", "a", "a-", "a-b", "a0", "aa", "b", "z" * 16)
"""Key ids whose neighbours in the index begin alike."""


@pytest_asyncio.fixture
async def documents(documents: Documents) -> Documents:
    await documents.start((*people.INDEXES, *INDEXES))
    return documents


@pytest.fixture
def records(documents: Documents) -> SealedRecords:
    return SealedRecords(documents)


def link(link_id: str, sealed_by: str = "k1", **changes: object) -> Link:
    made = Link(
        link_id=LinkId(link_id),
        user_id=UserId(f"user of {link_id}"),
        broker=BrokerId("alpaca"),
        environment=Environment.PAPER,
        label=link_id,
        created_at=NOON,
        sealed=f"1.{sealed_by}.x.y.z" if sealed_by else "",
        sealed_by=sealed_by,
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # whatever a test says


async def stored(documents: Documents, *links: Link) -> None:
    for one in links:
        assert await People(documents).save_link(one) is not None


async def test_every_key_that_sealed_a_link_is_found_once_and_in_order(
    documents: Documents, records: SealedRecords
) -> None:
    for number in range(3):
        await stored(documents, *(link(f"{key}.{number}", key) for key in reversed(AWKWARD)))
    await stored(documents, link("paper", ""))

    assert await records.keys_in_use() == sorted(AWKWARD)


async def test_where_nothing_is_sealed_no_key_is_in_use(
    documents: Documents, records: SealedRecords
) -> None:
    assert await records.keys_in_use() == []
    await stored(documents, link("paper", ""))

    assert await records.keys_in_use() == []


async def test_keys_are_found_with_one_look_each_however_many_links_there_are(
    documents: Documents,
) -> None:
    await stored(documents, *(link(f"l{n}", f"k{n % 2}") for n in range(40)))
    watched = FlakyDocuments(documents)

    await SealedRecords(watched).keys_in_use()

    assert watched.calls == [("find", "links")] * 3


async def test_what_a_link_should_not_name_is_found_too_and_the_search_ends(
    documents: Documents, records: SealedRecords
) -> None:
    await stored(documents, link("l1", "k1"), link("l2", "ключ"), link("l3", "K1"))
    await documents.upsert("links", {"_id": "l4", "sealed_by": 7})
    await documents.upsert("links", {"_id": "l5", "sealed_by": None})
    await documents.upsert("links", {"_id": "l6"})

    assert await records.keys_in_use() == ["K1", "k1", "ключ"]


async def test_links_are_counted_by_key_no_further_than_asked(
    documents: Documents, records: SealedRecords
) -> None:
    await stored(documents, *(link(f"l{n}") for n in range(5)), link("other", "k2"))

    counts = [await records.count("k1", limit=limit) for limit in (3, 5, 100)]

    assert counts == [3, 5, 5]
    assert await records.count("k2", limit=10) == 1
    assert await records.count("k", limit=10) == 0


@pytest.mark.parametrize("size", [1, 2, 3, 7, 100])
async def test_batches_hold_every_link_of_a_key_once(
    documents: Documents, records: SealedRecords, size: int
) -> None:
    names = ["a", "a-b", "a0", "aa", "b", "paper-1", "paper-10"]
    await stored(documents, *(link(name) for name in names), link("other", "k2"))

    found: list[str] = []
    after: LinkId | None = None
    while batch := await records.sealed_by("k1", after=after, limit=size):
        assert len(batch) <= size
        found += [one.link_id for one in batch]
        after = batch[-1].link_id

    assert found == sorted(names)


async def test_a_link_is_found_as_it_is_stored(
    documents: Documents, records: SealedRecords
) -> None:
    made = link("l1")
    await stored(documents, made)

    [found] = await records.sealed_by("k1", limit=10)

    assert found.link == replace(made, version=1)
    assert await records.again(LinkId("l1")) == found
    assert await records.again(LinkId("nobody")) is None


async def test_a_new_seal_is_stored_and_everything_else_stays(
    documents: Documents, records: SealedRecords
) -> None:
    """Also what a newer version wrote, which this one does not know."""
    await stored(documents, link("l1"))
    before = {**(await documents.get("links", "l1") or {}), "of_tomorrow": {"a": [1]}}
    await documents.upsert("links", before)
    [found] = await records.sealed_by("k1", limit=10)
    assert found.link is not None

    done = await records.reseal(
        found, replace(found.link, sealed="new", sealed_by="k2", label="not this")
    )

    assert done
    changes = {"sealed": "new", "sealed_by": "k2", "version": 2}
    assert await documents.get("links", "l1") == {**before, **changes}


async def test_a_link_that_was_changed_meanwhile_is_not_written_over(
    documents: Documents, records: SealedRecords
) -> None:
    await stored(documents, link("l1"))
    [found] = await records.sealed_by("k1", limit=10)
    assert found.link is not None
    changed = await People(documents).save_link(replace(found.link, label="changed"))

    assert not await records.reseal(found, replace(found.link, sealed="new", sealed_by="k2"))

    again = await records.again(found.link_id)
    assert again is not None
    assert again.link == changed


async def test_a_link_that_is_gone_does_not_come_back(
    documents: Documents, records: SealedRecords
) -> None:
    await stored(documents, link("l1"))
    [found] = await records.sealed_by("k1", limit=10)
    assert found.link is not None
    await documents.delete("links", {"_id": "l1"})

    assert not await records.reseal(found, replace(found.link, sealed="new", sealed_by="k2"))
    assert await records.again(found.link_id) is None


@pytest.mark.parametrize("change", [{"version": "x"}, {"label": 1.5}, {"broker": None}])
async def test_a_document_that_is_no_link_is_found_without_one(
    documents: Documents, records: SealedRecords, change: dict[str, object]
) -> None:
    await stored(documents, link("l1"))
    await documents.upsert("links", {**(await documents.get("links", "l1") or {}), **change})

    [found] = await records.sealed_by("k1", limit=10)

    assert (found.link_id, found.link) == ("l1", None)


async def test_on_sqlite_the_index_serves_every_question(tmp_path: Path) -> None:
    documents = SqliteDocuments(tmp_path / "test.db")
    await documents.start((*people.INDEXES, *INDEXES))
    by_key = sqlite_query.find("links", {"sealed_by": AtLeast(" ")}, ("sealed_by", OLDEST_FIRST), 1)
    batch = sqlite_query.find(
        "links", {"sealed_by": "k1", "_id": AtLeast("a ")}, ("_id", OLDEST_FIRST), 10
    )
    count = sqlite_query.count("links", {"sealed_by": "k1"}, 10)

    with closing(sqlite3.connect(tmp_path / "test.db")) as connection:
        plans = [
            "; ".join(row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}", values))
            for sql, values in (by_key, batch, count)
        ]

    assert all("links.sealed_by" in plan and "TEMP B-TREE" not in plan for plan in plans), plans
    assert "(<expr>=? AND id>?)" in plans[1]
    await documents.close()
