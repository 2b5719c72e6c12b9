"""The contract of `Documents`, run on SQLite and on both asyncio drivers of MongoDB."""

import asyncio
import gc
import warnings
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from floorbroker.domain.errors import StoreUnavailable
from floorbroker.storage.documents import (
    NEWEST_FIRST,
    OLDEST_FIRST,
    AtLeast,
    AtMost,
    Below,
    Between,
    Document,
    Documents,
    DuplicateKey,
    EachOf,
    Index,
    OneOf,
    Where,
)
from tests.stores import MongoServer, Store

ORIGIN = Index(collection="orders", name="origin", fields=("user_id", "origin_key"), unique=True)
NUMBER = Index(collection="audit", name="number", fields=("person", "number"), unique=True)
CREATED = Index(collection="orders", name="created", fields=("user_id", "created_at"))
INDEXES = (ORIGIN, NUMBER, CREATED)

THINGS: tuple[Document, ...] = (
    {"_id": "a", "number": 1, "text": "ape", "flag": True, "deep": {"at": "2026-01-01"}},
    {"_id": "b", "number": 2, "text": "bee", "flag": False, "deep": {"at": "2026-01-02"}},
    {"_id": "c", "number": 3, "text": "cow", "flag": None, "deep": None},
    {"_id": "d"},
    {"_id": "e", "number": "2", "text": 2, "flag": 1, "deep": "2026-01-01"},
    {"_id": "f", "number": True, "text": "", "flag": 0, "deep": {"at": None}},
)

WHERE: tuple[tuple[Where, str], ...] = (
    ({}, "abcdef"),
    ({"number": 2}, "b"),
    ({"number": 1}, "a"),
    ({"number": "2"}, "e"),
    ({"text": "bee"}, "b"),
    ({"text": ""}, "f"),
    ({"text": "bee' OR 1=1 --"}, ""),
    ({"text": "$ne"}, ""),
    ({"flag": True}, "a"),
    ({"flag": False}, "b"),
    ({"flag": 1}, "e"),
    ({"flag": 0}, "f"),
    ({"flag": None}, "cd"),
    ({"number": None}, "d"),
    ({"nowhere": None}, "abcdef"),
    ({"nowhere": "x"}, ""),
    ({"number": Below(3)}, "ab"),
    ({"number": AtMost(3)}, "abc"),
    ({"number": AtLeast(2)}, "bc"),
    ({"number": Between(1, 3)}, "ab"),
    ({"number": Between(1, "3")}, ""),
    ({"number": Between("1", 3)}, ""),
    ({"number": Below("3")}, "e"),
    ({"number": AtMost("2")}, "e"),
    ({"number": AtLeast("")}, "e"),
    ({"text": Below("bee")}, "af"),
    ({"text": AtMost("bee")}, "abf"),
    ({"text": AtLeast("bee")}, "bc"),
    ({"text": Between("ape", "cow")}, "ab"),
    ({"text": AtLeast(0)}, "e"),
    ({"flag": AtLeast(0)}, "ef"),
    ({"text": OneOf(("ape", "cow", "dog"))}, "ac"),
    ({"number": OneOf((1, 3))}, "ac"),
    ({"number": OneOf((1, "2"))}, "ae"),
    ({"number": OneOf(())}, ""),
    ({"text": EachOf(("ape", "cow", "dog"))}, "ac"),
    ({"number": EachOf((1, "2"))}, "ae"),
    ({"number": EachOf(())}, ""),
    ({"deep.at": "2026-01-01"}, "a"),
    ({"deep.at": None}, "cdef"),
    ({"deep.at": Between("2026-01-01", "2026-01-03")}, "ab"),
    ({"_id": "c"}, "c"),
    ({"_id": None}, ""),
    ({"_id": 1}, ""),
    ({"_id": AtLeast("e")}, "ef"),
    ({"_id": OneOf(("a", "f", "z"))}, "af"),
    ({"number": AtLeast(1), "text": Below("cow"), "flag": True}, "a"),
    ({"number": AtLeast(1), "text": OneOf(("cow", 7))}, "c"),
)


async def filled(documents: Documents) -> Documents:
    for thing in THINGS:
        await documents.insert("things", dict(thing))
    return documents


def ids(found: list[Document]) -> str:
    return "".join(document["_id"] for document in found)


async def test_a_document_comes_back_as_it_was_stored(documents: Documents) -> None:
    document = {
        "_id": "1",
        "text": 'café "$" \\ \n 北',
        "numbers": [0, -1, 2**53 + 1, -(2**63), 2**63 - 1],
        "truths": [True, False, None],
        "deep": {"BRK.B": {"BTC/USD": []}, "$set": {}, "": ""},
    }

    await documents.insert("things", dict(document))

    assert await documents.get("things", "1") == document


async def test_what_was_never_stored_is_not_there(documents: Documents) -> None:
    assert await documents.get("nothing", "1") is None
    assert await documents.find("nothing", {}, limit=5) == []
    assert await documents.count("nothing", {}, limit=5) == 0
    assert await documents.delete("nothing", {}) == 0
    assert await documents.replace("nothing", {"_id": "1"}, where={}) is False


@pytest.mark.parametrize(("where", "expected"), WHERE, ids=lambda value: str(value)[:60])
async def test_a_condition_finds_what_mongodb_would_find(
    documents: Documents, where: Where, expected: str
) -> None:
    await filled(documents)

    found = await documents.find("things", where, order=("_id", OLDEST_FIRST), limit=100)

    assert ids(found) == expected
    assert await documents.count("things", where, limit=100) == len(expected)


@pytest.mark.parametrize(
    ("field", "direction", "expected"),
    [
        ("number", OLDEST_FIRST, "abc"),
        ("number", NEWEST_FIRST, "cba"),
        ("text", NEWEST_FIRST, "cba"),
        ("_id", NEWEST_FIRST, "cba"),
        ("deep.at", OLDEST_FIRST, "cab"),
        ("deep.at", NEWEST_FIRST, "bac"),
    ],
)
async def test_documents_come_in_the_order_asked_for(
    documents: Documents, field: str, direction: int, expected: str
) -> None:
    await filled(documents)

    found = await documents.find("things", {"_id": Below("d")}, order=(field, direction), limit=10)

    assert ids(found) == expected


async def test_no_more_is_found_or_counted_than_the_limit(documents: Documents) -> None:
    await filled(documents)

    first = await documents.find("things", {}, order=("_id", NEWEST_FIRST), limit=2)

    assert ids(first) == "fe"
    assert await documents.count("things", {}, limit=4) == 4
    for nothing in (0, -1):
        assert await documents.find("things", {}, limit=nothing) == []
        assert await documents.count("things", {}, limit=nothing) == 0


async def test_an_id_is_given_once(documents: Documents) -> None:
    await documents.insert("things", {"_id": "1", "text": "first"})

    with pytest.raises(DuplicateKey) as caught:
        await documents.insert("things", {"_id": "1", "text": "second"})

    assert caught.value.index == "_id"
    assert await documents.get("things", "1") == {"_id": "1", "text": "first"}


async def test_a_unique_value_is_stored_once(documents: Documents) -> None:
    await documents.start(INDEXES)
    await documents.insert("orders", {"_id": "1", "user_id": "u", "origin_key": "k"})
    await documents.insert("orders", {"_id": "2", "user_id": "v", "origin_key": "k"})

    with pytest.raises(DuplicateKey) as inserting:
        await documents.insert("orders", {"_id": "3", "user_id": "u", "origin_key": "k"})
    second = {"_id": "2", "user_id": "u", "origin_key": "k"}
    with pytest.raises(DuplicateKey) as replacing:
        await documents.replace("orders", second, where={})
    with pytest.raises(DuplicateKey) as upserting:
        await documents.upsert("orders", second)

    for caught in (inserting, replacing, upserting):
        assert caught.value.index == "origin"
    assert await documents.get("orders", "2") == {"_id": "2", "user_id": "v", "origin_key": "k"}


async def test_numbers_are_unique_too(documents: Documents) -> None:
    await documents.start(INDEXES)
    await documents.insert("audit", {"_id": "1", "person": "p", "number": 1})
    await documents.insert("audit", {"_id": "2", "person": "p", "number": 2})

    with pytest.raises(DuplicateKey):
        await documents.insert("audit", {"_id": "3", "person": "p", "number": 1})


async def test_missing_and_null_values_are_not_compared(documents: Documents) -> None:
    await documents.start(INDEXES)

    for number, lacking in enumerate(({}, {"origin_key": None}, {"origin_key": None}, {})):
        await documents.insert("orders", {"_id": str(number), "user_id": "u", **lacking})

    assert await documents.count("orders", {"user_id": "u"}, limit=10) == 4


async def test_a_replacement_needs_the_state_it_was_made_for(documents: Documents) -> None:
    await documents.insert("orders", {"_id": "1", "version": 1, "open": True, "gone": 1})

    stale = await documents.replace("orders", {"_id": "1", "version": 9}, where={"version": 2})
    other = await documents.replace("orders", {"_id": "2", "version": 2}, where={"version": 1})
    right = await documents.replace(
        "orders", {"_id": "1", "version": 2}, where={"version": 1, "open": True, "lost": None}
    )

    assert (stale, other, right) == (False, False, True)
    assert await documents.find("orders", {}, limit=5) == [{"_id": "1", "version": 2}]


async def test_a_replacement_by_the_same_is_one(documents: Documents) -> None:
    await documents.insert("orders", {"_id": "1", "version": 1})

    assert await documents.replace("orders", {"_id": "1", "version": 1}, where={"version": 1})


async def test_an_upsert_adds_and_then_replaces(documents: Documents) -> None:
    await documents.upsert("things", {"_id": "1", "text": "first", "more": 1})
    await documents.upsert("things", {"_id": "1", "text": "second"})

    assert await documents.find("things", {}, limit=5) == [{"_id": "1", "text": "second"}]


async def test_a_count_starts_from_nothing_and_keeps_what_stands_beside_it(
    documents: Documents,
) -> None:
    await documents.insert("counters", {"_id": "b", "name": "n", "day": {"sent": 5}})

    assert await documents.increment("counters", "a", "sent") == 1
    assert await documents.increment("counters", "a", "sent", 4) == 5
    assert await documents.increment("counters", "a", "sent", -6) == -1
    assert await documents.increment("counters", "a", "other") == 1
    assert await documents.increment("counters", "a", "day.sent", 3) == 3
    assert await documents.increment("counters", "b", "day.sent", 2) == 7

    assert await documents.get("counters", "a") == {
        "_id": "a",
        "sent": -1,
        "other": 1,
        "day": {"sent": 3},
    }
    assert await documents.get("counters", "b") == {"_id": "b", "name": "n", "day": {"sent": 7}}


async def test_a_removal_says_how_many_went(documents: Documents) -> None:
    await filled(documents)

    assert await documents.delete("things", {"number": AtLeast(2)}) == 2
    assert await documents.delete("things", {"number": AtLeast(2)}) == 0
    assert await documents.delete("things", {}) == 4


async def test_of_fifty_who_saw_the_same_version_one_wins(store: Store) -> None:
    here, there = await opened(store), await opened(store)
    await here.insert("orders", {"_id": "1", "version": 0, "by": -1})

    async def attempt(number: int) -> bool:
        documents = here if number % 2 else there
        order = {"_id": "1", "version": 1, "by": number}
        return await documents.replace("orders", order, where={"version": 0})

    won = await asyncio.gather(*(attempt(number) for number in range(50)))

    assert sum(won) == 1
    assert await there.get("orders", "1") == {"_id": "1", "version": 1, "by": won.index(True)}


async def test_of_fifty_who_insert_the_same_origin_one_wins(store: Store) -> None:
    here, there = await opened(store), await opened(store)

    async def attempt(number: int) -> bool:
        documents = here if number % 2 else there
        order = {"_id": str(number), "user_id": "u", "origin_key": "k"}
        try:
            await documents.insert("orders", order)
        except DuplicateKey:
            return False
        return True

    won = await asyncio.gather(*(attempt(number) for number in range(50)))

    assert sum(won) == 1
    assert ids(await here.find("orders", {}, limit=50)) == str(won.index(True))


async def test_fifty_who_count_at_once_see_fifty_numbers(store: Store) -> None:
    here, there = await opened(store), await opened(store)

    numbers = await asyncio.gather(
        *(here.increment("counters", "nonce", "n") for _ in range(25)),
        *(there.increment("counters", "nonce", "n") for _ in range(25)),
    )

    assert sorted(numbers) == list(range(1, 51))


async def test_two_may_start_at_once_and_again(store: Store) -> None:
    many = [store.open() for _ in range(4)]

    await asyncio.gather(*(documents.start(INDEXES) for documents in many))
    await asyncio.gather(*(documents.start(INDEXES) for documents in many))

    await many[0].insert("orders", {"_id": "1", "user_id": "u", "origin_key": "k"})
    with pytest.raises(DuplicateKey):
        await many[3].insert("orders", {"_id": "2", "user_id": "u", "origin_key": "k"})


async def test_what_was_stored_outlives_the_connection(store: Store) -> None:
    first = await opened(store)
    await first.insert("orders", {"_id": "1", "user_id": "u"})

    await first.close()

    second = await opened(store)
    assert await second.get("orders", "1") == {"_id": "1", "user_id": "u"}


async def test_existing_duplicates_keep_a_unique_index_from_starting(documents: Documents) -> None:
    for number in ("1", "2"):
        await documents.insert("orders", {"_id": number, "user_id": "u", "origin_key": "k"})

    with pytest.raises(DuplicateKey) as caught:
        await documents.start(INDEXES)

    assert caught.value.index == "origin"


USES: tuple[Callable[[Documents], Coroutine[Any, Any, object]], ...] = (
    lambda documents: documents.ping(),
    lambda documents: documents.insert("things", {"_id": "new"}),
    lambda documents: documents.get("things", "a"),
    lambda documents: documents.find("things", {}, limit=1),
    lambda documents: documents.count("things", {}, limit=1),
    lambda documents: documents.replace("things", {"_id": "a"}, where={}),
    lambda documents: documents.upsert("things", {"_id": "a"}),
    lambda documents: documents.increment("things", "a", "n"),
    lambda documents: documents.delete("things", {}),
    lambda documents: documents.start(INDEXES),
)


async def test_a_closed_database_is_unavailable(documents: Documents) -> None:
    await documents.ping()
    await documents.close()
    await documents.close()

    for use in USES:
        with pytest.raises(StoreUnavailable):
            await use(documents)


@pytest.mark.parametrize("engine", ["motor", "pymongo"])
async def test_a_server_that_went_away_is_unavailable(
    engine: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with MongoServer(tmp_path_factory.mktemp("short-lived")) as server:
        store = Store(engine, server.uri, patience_seconds=0.1)
        documents = await filled(await opened(store))

    errors = await asyncio.gather(*(use(documents) for use in USES), return_exceptions=True)

    await store.close()
    await forget_leaked_sockets()
    for error in errors:
        assert isinstance(error, StoreUnavailable)
        assert error.detail.isidentifier()
        assert "127.0.0.1" not in str(error)


async def forget_leaked_sockets() -> None:
    """PyMongo's asyncio monitor drops its socket unclosed if it is cancelled while connecting."""
    await asyncio.sleep(0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


async def opened(store: Store) -> Documents:
    documents = store.open()
    await documents.start(INDEXES)
    return documents
