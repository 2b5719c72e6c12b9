"""Documents on SQLite: the embedded engine of single-user mode and the demo.

One table a collection (id, JSON text), one thread that owns the connection. Every change is a
single statement, so it takes the write lock at once and another process can never come between.
"""

import asyncio
import json
import os
import sqlite3
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final, TypeVar

from floorbroker.domain.errors import StoreUnavailable
from floorbroker.storage import sqlite_query
from floorbroker.storage.documents import Document, DuplicateKey, Index, Where

_T = TypeVar("_T")

_AGAIN_SECONDS: Final = 0.0002
"""A write lasts about as long. SQLite itself sleeps ever longer, up to 0.1 s: of two processes that
write all the time one then waits for a second and more."""

_BUSY: Final = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_BUSY_RECOVERY}
_OWNER_ONLY: Final = 0o600
_UNIQUE: Final = {sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY}


class SqliteDocuments:
    """See `Documents`. A new file is for its owner's eyes only."""

    def __init__(self, path: Path, *, busy_timeout_seconds: float = 5.0) -> None:
        """Opens nothing yet.

        Args:
            path: The database file, in a folder that exists.
            busy_timeout_seconds: How long to wait for another process's write.
        """
        self._path = path
        self._busy_timeout_seconds = busy_timeout_seconds
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="sqlite")
        self._connection: sqlite3.Connection | None = None
        self._file = (0, 0)
        self._tables: set[str] = set()
        self._closed = False

    async def start(self, indexes: Sequence[Index]) -> None:
        """See `Documents.start`. An index whose definition changed is made anew."""
        await self._in_thread(self._connect)
        await self._in_thread(lambda: self._declare(self._ready(), indexes))

    async def close(self) -> None:
        """See `Documents.close`; what was asked before is still done."""
        if self._closed:
            return
        self._closed = True
        try:
            await asyncio.get_running_loop().run_in_executor(self._thread, self._disconnect)
        finally:
            self._thread.shutdown(wait=False)

    async def ping(self) -> None:
        """See `Documents.ping`."""
        await self._in_thread(lambda: self._ready().execute("PRAGMA schema_version").fetchone())

    async def hold_still(self, collections: Sequence[str]) -> None:
        """Lets reads see these collections as they are now, whatever others write, until `close`.

        Others are not held up; this one is for reading only from here on.
        """

        def hold() -> None:
            connection = self._ready()
            for collection in collections:
                self._wait_for(connection, sqlite_query.create_table(collection))
                self._tables.add(collection)
            connection.execute("BEGIN")
            # From here on it holds.
            self._wait_for(connection, "SELECT 1 FROM sqlite_schema").fetchone()

        await self._in_thread(hold)

    async def insert(self, collection: str, document: Document) -> None:
        """See `Documents.insert`."""
        await self._change(collection, sqlite_query.insert(collection, document))

    async def get(self, collection: str, document_id: str) -> Document | None:
        """See `Documents.get`."""
        found = await self.find(collection, {"_id": document_id}, limit=1)
        return found[0] if found else None

    async def find(
        self,
        collection: str,
        where: Where,
        *,
        order: tuple[str, int] | None = None,
        limit: int,
    ) -> list[Document]:
        """See `Documents.find`."""
        statement = sqlite_query.find(collection, where, order, limit)
        return [json.loads(text) for (text,) in await self._rows(collection, statement)]

    async def count(self, collection: str, where: Where, *, limit: int) -> int:
        """See `Documents.count`."""
        statement = sqlite_query.count(collection, where, limit)
        [(number,)] = await self._rows(collection, statement)
        return int(number)

    async def replace(self, collection: str, document: Document, *, where: Where) -> bool:
        """See `Documents.replace`."""
        statement = sqlite_query.replace(collection, document, where)
        return await self._change(collection, statement) == 1

    async def upsert(self, collection: str, document: Document) -> None:
        """See `Documents.upsert`."""
        await self._change(collection, sqlite_query.upsert(collection, document))

    async def increment(self, collection: str, document_id: str, field: str, by: int = 1) -> int:
        """See `Documents.increment`."""
        statement = sqlite_query.increment(collection, document_id, field, by)
        [(number,)] = await self._rows(collection, statement)
        return int(number)

    async def delete(self, collection: str, where: Where) -> int:
        """See `Documents.delete`."""
        return await self._change(collection, sqlite_query.delete(collection, where))

    async def _change(self, collection: str, statement: sqlite_query.Statement) -> int:
        """How many documents it changed."""
        return await self._in_thread(lambda: self._executed(collection, statement).rowcount)

    async def _rows(
        self, collection: str, statement: sqlite_query.Statement
    ) -> list[tuple[Any, ...]]:
        return await self._in_thread(lambda: self._executed(collection, statement).fetchall())

    async def _in_thread(self, work: Callable[[], _T]) -> _T:
        if self._closed:
            raise StoreUnavailable(detail="Closed")
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, work)
        except sqlite3.IntegrityError as error:
            if error.sqlite_errorcode not in _UNIQUE:
                raise StoreUnavailable(detail=type(error).__name__) from error
            raise DuplicateKey(_index_name(error)) from error
        except (sqlite3.Error, OSError) as error:
            raise StoreUnavailable(detail=type(error).__name__) from error

    # From here on, everything runs in the one thread.

    def _connect(self) -> None:
        if self._connection is not None:
            return
        # Made before SQLite opens it: the -wal and -shm files take their mode from this one.
        os.close(os.open(self._path, os.O_CREAT | os.O_RDWR, _OWNER_ONLY))
        connection = sqlite3.connect(self._path, timeout=0, isolation_level=None)
        try:
            self._wait_for(connection, "PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
        except sqlite3.Error:
            connection.close()
            raise
        self._file = _identity(self._path)
        self._connection = connection

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _ready(self) -> sqlite3.Connection:
        if self._connection is None:
            raise StoreUnavailable(detail="NotStarted")
        # SQLite itself would go on writing to a file that was deleted or replaced.
        if _identity(self._path) != self._file:
            raise StoreUnavailable(detail="FileReplaced")
        return self._connection

    def _executed(self, collection: str, statement: sqlite_query.Statement) -> sqlite3.Cursor:
        connection = self._ready()
        if collection not in self._tables:
            self._wait_for(connection, sqlite_query.create_table(collection))
            self._tables.add(collection)
        return self._wait_for(connection, *statement)

    def _wait_for(
        self, connection: sqlite3.Connection, sql: str, values: Sequence[Any] = ()
    ) -> sqlite3.Cursor:
        """Carries out a statement as soon as no other process writes.

        One that is refused as busy has changed nothing: each is a transaction of its own, or only
        begins one.
        """
        end = time.monotonic() + self._busy_timeout_seconds
        while True:
            try:
                return connection.execute(sql, values)
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode not in _BUSY or time.monotonic() > end:
                    raise
            time.sleep(_AGAIN_SECONDS)

    def _declare(self, connection: sqlite3.Connection, indexes: Sequence[Index]) -> None:
        self._wait_for(connection, "BEGIN IMMEDIATE")
        with connection:
            for index in indexes:
                connection.execute(sqlite_query.create_table(index.collection))
                name, definition = sqlite_query.create_index(index)
                known = connection.execute(
                    "SELECT sql FROM sqlite_schema WHERE type = 'index' AND name = ?", (name,)
                ).fetchone()
                if known != (definition,):
                    connection.execute(f'DROP INDEX IF EXISTS "{name}"')
                    connection.execute(definition)


def _identity(path: Path) -> tuple[int, int]:
    """The file behind a path."""
    status = path.stat()
    return status.st_dev, status.st_ino


def _index_name(error: sqlite3.IntegrityError) -> str:
    """From `UNIQUE constraint failed: index 'orders.origin'`, or `…: orders.id`."""
    _, _, name = str(error).rstrip("'").rpartition(".")
    return "_id" if error.sqlite_errorcode == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY else name
