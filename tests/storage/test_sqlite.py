"""What holds on SQLite alone: index use, the file, and other processes' locks."""

import asyncio
import sqlite3
import stat
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest
import pytest_asyncio

from floorbroker.domain.errors import StoreUnavailable
from floorbroker.storage import sqlite_query
from floorbroker.storage.documents import (
    NEWEST_FIRST,
    AtLeast,
    AtMost,
    Below,
    Between,
    Condition,
    EachOf,
    Index,
    OneOf,
    Where,
)
from floorbroker.storage.sqlite import SqliteDocuments

CREATED = Index(collection="orders", name="created", fields=("user_id", "created_at"))
CHECK = Index(collection="orders", name="check", fields=("deep.check_at",))
REMOVED = Index(collection="orders", name="removed", fields=("removed",))
ORIGIN = Index(collection="orders", name="origin", fields=("origin_key",), unique=True)


@pytest_asyncio.fixture
async def documents(path: Path) -> AsyncIterator[SqliteDocuments]:
    documents = SqliteDocuments(path, busy_timeout_seconds=0.05)
    await documents.start((CREATED, CHECK, REMOVED, ORIGIN))
    yield documents
    await documents.close()


def plan(path: Path, statement: sqlite_query.Statement) -> str:
    sql, values = statement
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute(f"EXPLAIN QUERY PLAN {sql}", values).fetchall()
    return "; ".join(row[3] for row in rows)


@pytest.mark.parametrize(
    ("where", "index"),
    [
        ({"user_id": "u"}, "orders.created"),
        ({"user_id": "u", "created_at": Between("a", "b")}, "orders.created"),
        ({"user_id": OneOf(("u", "v")), "created_at": AtLeast("a")}, "orders.created"),
        ({"deep.check_at": AtMost("2026")}, "orders.check"),
        ({"deep.check_at": Below(5)}, "orders.check"),
        ({"deep.check_at": None}, "orders.check"),
        ({"removed": False}, "orders.removed"),
        ({"removed": 3}, "orders.removed"),
        ({"origin_key": "k", "user_id": "u"}, "orders.origin"),
        ({"_id": "1"}, "sqlite_autoindex_orders_1"),
        ({"_id": "1", "user_id": "u"}, "sqlite_autoindex_orders_1"),
    ],
)
async def test_a_declared_index_is_searched_and_nothing_is_scanned(
    documents: SqliteDocuments, path: Path, where: Where, index: str
) -> None:
    await documents.ping()

    for statement in (
        sqlite_query.find("orders", where, None, 5),
        sqlite_query.count("orders", where, 5),
        sqlite_query.replace("orders", {"_id": "1"}, {**where, "_id": "1"}),
        sqlite_query.delete("orders", where),
    ):
        steps = plan(path, statement).replace("SCAN (subquery-1)", "")  # what COUNT counts

        assert "SCAN" not in steps
        assert "SEARCH orders USING" in steps
    assert index in plan(path, sqlite_query.find("orders", where, None, 5))


async def test_an_index_gives_the_order_without_sorting(
    documents: SqliteDocuments, path: Path
) -> None:
    await documents.ping()

    steps = plan(
        path,
        sqlite_query.find("orders", {"user_id": "u"}, ("created_at", NEWEST_FIRST), 5),
    )

    assert steps == "SEARCH orders USING INDEX orders.created (<expr>=?)"


async def test_each_of_few_values_is_looked_up_by_itself_and_merged_in_order(
    path: Path,
) -> None:
    documents = SqliteDocuments(path)
    state = Index(collection="orders", name="state", fields=("user_id", "state", "created_at"))
    await documents.start((CREATED, state))
    for number, name in enumerate(("open", "ended", "sent", "open", "ended", "sent")):
        order = {"_id": str(number), "user_id": "u", "state": name, "created_at": str(number)}
        await documents.insert("orders", order)
    where: Where = {"state": EachOf(("open", "sent")), "user_id": "u"}

    newest = await documents.find("orders", where, order=("created_at", NEWEST_FIRST), limit=3)
    steps = plan(path, sqlite_query.find("orders", where, ("created_at", NEWEST_FIRST), 3))
    await documents.close()

    assert [one["_id"] for one in newest] == ["5", "3", "2"]
    assert steps.count("SEARCH orders USING INDEX orders.state (<expr>=? AND <expr>=?)") == 2
    assert "SCAN" not in steps
    assert "TEMP B-TREE" not in steps


@pytest.mark.parametrize("name", ['x"; DROP TABLE orders; --', "", "Orders", "a.b", "é", "a\n"])
async def test_only_plain_names_reach_sql(documents: SqliteDocuments, name: str) -> None:
    with pytest.raises(ValueError, match="named by"):
        await documents.get(name, "1")
    with pytest.raises(ValueError, match="named by"):
        await documents.start((Index(collection="orders", name=name, fields=("a",)),))


@pytest.mark.parametrize("field", ["a'", 'a"', "", "a..b", ".a", "a.", "$.a", "a b", "a\n", "1"])
async def test_only_plain_fields_reach_sql(documents: SqliteDocuments, field: str) -> None:
    conditions: tuple[Condition, ...] = ("x", 1, True, None, AtLeast("x"), OneOf(("x", 1)))
    for condition in conditions:
        with pytest.raises(ValueError, match="named by"):
            await documents.find("orders", {field: condition}, limit=1)
    with pytest.raises(ValueError, match="named by"):
        await documents.find("orders", {}, order=(field, 1), limit=1)
    with pytest.raises(ValueError, match="named by"):
        await documents.increment("orders", "1", field)


async def test_what_is_no_condition_is_refused(documents: SqliteDocuments) -> None:
    with pytest.raises(TypeError):
        await documents.find("orders", {"a": {"$ne": 1}}, limit=1)  # type: ignore[dict-item]  # on purpose


async def test_an_index_whose_fields_changed_is_made_anew(
    documents: SqliteDocuments, path: Path
) -> None:
    await documents.start((Index(collection="orders", name="created", fields=("other",)),))

    steps = plan(path, sqlite_query.find("orders", {"other": "x"}, None, 5))

    assert "orders.created" in steps


async def test_the_files_are_for_their_owner_alone(documents: SqliteDocuments, path: Path) -> None:
    await documents.insert("orders", {"_id": "1"})

    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}

    assert modes == dict.fromkeys(("test.db", "test.db-wal", "test.db-shm"), 0o600)


async def test_every_commit_reaches_the_disk(documents: SqliteDocuments) -> None:
    _, settings = await documents._asked(
        "orders",
        ("SELECT journal_mode, synchronous FROM pragma_journal_mode, pragma_synchronous", []),
    )

    assert settings == [("wal", 2)]  # 2 is FULL


async def test_another_process_holding_the_lock_makes_writing_unavailable(
    documents: SqliteDocuments, path: Path
) -> None:
    await documents.insert("orders", {"_id": "1"})
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")

        with pytest.raises(StoreUnavailable) as caught:
            await documents.insert("orders", {"_id": "2"})

        assert caught.value.detail == "OperationalError"
        assert await documents.get("orders", "1") == {"_id": "1"}

    await documents.insert("orders", {"_id": "2"})


async def test_a_deleted_file_is_not_written_to(documents: SqliteDocuments, path: Path) -> None:
    await documents.insert("orders", {"_id": "1"})
    await asyncio.to_thread(path.unlink)

    with pytest.raises(StoreUnavailable):
        await documents.insert("orders", {"_id": "2"})

    await asyncio.to_thread(path.touch)
    with pytest.raises(StoreUnavailable):
        await documents.insert("orders", {"_id": "2"})


async def test_a_file_that_is_no_database_is_unavailable(path: Path) -> None:
    await asyncio.to_thread(path.write_bytes, b"no database" * 1000)
    documents = SqliteDocuments(path)

    with pytest.raises(StoreUnavailable) as caught:
        await documents.start(())

    assert caught.value.detail == "DatabaseError"
    await documents.close()


async def test_a_folder_that_is_missing_is_unavailable(tmp_path: Path) -> None:
    documents = SqliteDocuments(tmp_path / "missing" / "test.db")

    with pytest.raises(StoreUnavailable) as caught:
        await documents.start(())

    assert caught.value.detail == "FileNotFoundError"
    with pytest.raises(StoreUnavailable):
        await documents.ping()
    await documents.close()


async def test_what_was_asked_before_closing_is_still_done(path: Path) -> None:
    documents = SqliteDocuments(path)
    await documents.start(())
    inserts = [
        asyncio.ensure_future(documents.insert("orders", {"_id": str(number)}))
        for number in range(20)
    ]
    await asyncio.sleep(0)  # lets them ask

    await documents.close()

    await asyncio.gather(*inserts)
    again = SqliteDocuments(path)
    await again.start(())
    assert await again.count("orders", {}, limit=50) == 20
    await again.close()
