"""What waits beside other work on an SQLite file: done together, and told apart."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Awaitable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from floorbroker.domain.errors import StoreUnavailable
from floorbroker.storage.documents import DuplicateKey, Index
from floorbroker.storage.sqlite import SqliteDocuments

ORIGIN = Index(collection="orders", name="origin", fields=("origin_key",), unique=True)
CROWD = 40


@pytest_asyncio.fixture
async def documents(path: Path) -> AsyncIterator[SqliteDocuments]:
    documents = SqliteDocuments(path, busy_timeout_seconds=0.05)
    await documents.start((ORIGIN,))
    await documents.insert("orders", {"_id": "first", "origin_key": "first", "n": 0})
    yield documents
    await documents.close()


@contextmanager
def kept_waiting(documents: SqliteDocuments) -> Iterator[None]:
    """Until the end of this, whatever is asked waits."""
    go_on = threading.Event()
    documents._thread._thread.submit(go_on.wait)
    yield
    go_on.set()


async def asked_at_once(documents: SqliteDocuments, *asked: Awaitable[Any]) -> list[Any]:
    """What comes of calls that all wait at the same moment; errors among it."""
    with kept_waiting(documents):
        tasks = [asyncio.ensure_future(one) for one in asked]
        await asyncio.sleep(0)  # lets them ask
    return await asyncio.gather(*tasks, return_exceptions=True)


def inserts(documents: SqliteDocuments, count: int = CROWD, **fields: Any) -> list[Awaitable[None]]:
    return [
        documents.insert("orders", {"_id": f"{n}", "origin_key": f"{n}", **fields})
        for n in range(count)
    ]


def stored(path: Path) -> set[str]:
    with closing(sqlite3.connect(path)) as connection:
        return {name for (name,) in connection.execute("SELECT id FROM orders")}


async def statements(documents: SqliteDocuments) -> list[str]:
    """The first word of each statement that is carried out from here on."""
    seen: list[str] = []

    def note(sql: str) -> None:
        seen.append(sql.split(maxsplit=1)[0])

    await documents._in_thread(lambda: documents._file.ready().set_trace_callback(note))
    return seen


async def test_a_crowd_of_changes_shares_one_commit(documents: SqliteDocuments, path: Path) -> None:
    seen = await statements(documents)

    outcomes = await asked_at_once(documents, *inserts(documents))

    assert outcomes == [None] * CROWD
    assert len(stored(path)) == CROWD + 1
    assert seen == ["BEGIN", *["INSERT"] * CROWD, "COMMIT"]


async def test_one_change_alone_is_its_own_transaction(documents: SqliteDocuments) -> None:
    seen = await statements(documents)

    await documents.insert("orders", {"_id": "alone", "origin_key": "alone"})

    assert seen == ["INSERT"]


async def test_reads_do_not_wait_for_the_disk_of_others(documents: SqliteDocuments) -> None:
    seen = await statements(documents)

    *_, read = await asked_at_once(
        documents, *inserts(documents, 2), documents.get("orders", "first")
    )

    assert read == {"_id": "first", "origin_key": "first", "n": 0}
    assert seen == ["SELECT", "BEGIN", "INSERT", "INSERT", "COMMIT"]


async def test_what_is_refused_harms_nothing_beside_it(
    documents: SqliteDocuments, path: Path
) -> None:
    twice = documents.insert("orders", {"_id": "twice", "origin_key": "first"})
    again = documents.insert("orders", {"_id": "first", "origin_key": "again"})

    first, second, *others = await asked_at_once(documents, twice, again, *inserts(documents))

    assert isinstance(first, DuplicateKey)
    assert first.index == "origin"
    assert isinstance(second, DuplicateKey)
    assert second.index == "_id"
    assert others == [None] * CROWD
    assert len(stored(path)) == CROWD + 1


async def test_a_value_that_sqlite_cannot_hold_harms_nothing_beside_it(
    documents: SqliteDocuments, path: Path
) -> None:
    odd = documents.delete("orders", {"n": 2**80})

    first, *others = await asked_at_once(documents, odd, *inserts(documents))

    assert isinstance(first, OverflowError)
    assert others == [None] * CROWD
    assert len(stored(path)) == CROWD + 1


async def test_of_two_that_replace_the_same_one_wins(documents: SqliteDocuments) -> None:
    outcomes = await asked_at_once(
        documents,
        *(
            documents.replace(
                "orders", {"_id": "first", "origin_key": "first", "n": n}, where={"n": 0}
            )
            for n in range(1, 9)
        ),
    )

    assert sorted(map(bool, outcomes)) == [False] * 7 + [True]


async def test_a_number_that_many_raise_at_once_rises_for_each(documents: SqliteDocuments) -> None:
    numbers = await asked_at_once(
        documents, *(documents.increment("counters", "nonce", "value") for _ in range(CROWD))
    )

    assert set(numbers) == set(range(1, CROWD + 1))
    assert len(await documents.find("counters", {}, limit=5)) == 1


async def test_where_the_disk_is_full_in_the_middle_what_was_acknowledged_is_there(
    documents: SqliteDocuments, path: Path
) -> None:
    (pages,) = await documents._in_thread(
        lambda: documents._file.ready().execute("PRAGMA page_count").fetchone()
    )
    await documents._in_thread(
        lambda: documents._file.ready().execute(f"PRAGMA max_page_count = {pages + 6}").fetchone()
    )

    outcomes = await asked_at_once(documents, *inserts(documents, much="x" * 1_000))

    done = {str(n) for n, outcome in enumerate(outcomes) if outcome is None}
    failed = [outcome for outcome in outcomes if outcome is not None]
    assert done
    assert failed
    assert all(isinstance(outcome, StoreUnavailable) for outcome in failed)
    assert stored(path) == {"first", *done}


async def test_a_crowd_that_meets_a_locked_file_hears_so_and_changes_nothing(
    documents: SqliteDocuments, path: Path
) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        *outcomes, read = await asked_at_once(
            documents, *inserts(documents), documents.get("orders", "first")
        )

    assert all(isinstance(outcome, StoreUnavailable) for outcome in outcomes)
    assert read == {"_id": "first", "origin_key": "first", "n": 0}
    assert stored(path) == {"first"}
    assert await asked_at_once(documents, *inserts(documents)) == [None] * CROWD


async def test_a_collection_that_a_failed_crowd_would_have_made_is_made_later(
    documents: SqliteDocuments, path: Path
) -> None:
    both = [documents.insert("fresh", {"_id": name}) for name in ("a", "b")]
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        await asked_at_once(documents, *both)

    await documents.insert("fresh", {"_id": "c"})

    assert await documents.find("fresh", {}, limit=5) == [{"_id": "c"}]


async def test_who_gives_up_before_its_turn_changes_nothing(
    documents: SqliteDocuments, path: Path
) -> None:
    with kept_waiting(documents):
        task = asyncio.ensure_future(documents.insert("orders", {"_id": "gone"}))
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.sleep(0)

    await documents.ping()

    assert stored(path) == {"first"}


async def test_a_connection_that_cannot_take_back_is_given_up(
    documents: SqliteDocuments, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What no SQLite does, as far as is known: it must not acknowledge anything afterwards.
    def never() -> None:
        raise sqlite3.OperationalError("disk I/O error")

    def roll_back_refused(action: int, *_: Any) -> int:
        return sqlite3.SQLITE_DENY if action == sqlite3.SQLITE_TRANSACTION and never_ends else 0

    never_ends = False
    await documents._in_thread(lambda: documents._file.ready().set_authorizer(roll_back_refused))
    begin = documents._file.begin

    def begin_and_never_end() -> bool:
        nonlocal never_ends
        begun = begin()
        never_ends = True
        return begun

    monkeypatch.setattr(documents._file, "begin", begin_and_never_end)
    monkeypatch.setattr(documents._file, "commit", never)

    outcomes = await asked_at_once(documents, *inserts(documents))

    assert all(isinstance(outcome, StoreUnavailable) for outcome in outcomes)
    with pytest.raises(StoreUnavailable):
        await documents.insert("orders", {"_id": "later", "origin_key": "later"})
    assert stored(path) == {"first"}
