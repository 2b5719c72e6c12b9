"""Documents on SQLite: the embedded engine of single-user mode and the demo.

One table a collection (id, JSON text), one thread that owns the connection. Every change is a
single statement, by itself or with those that wait beside it in one transaction, which takes the
write lock at its beginning: another process can never come between.
"""

import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TypeVar

from floorbroker.domain.errors import StoreUnavailable
from floorbroker.storage import sqlite_query
from floorbroker.storage.documents import Document, DuplicateKey, Index, Where
from floorbroker.storage.sqlite_file import Done, SqliteFile
from floorbroker.storage.sqlite_thread import SqliteThread

_T = TypeVar("_T")

_UNIQUE: Final = {sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY}


class SqliteDocuments:
    """See `Documents`. A new file is for its owner's eyes only."""

    def __init__(self, path: Path, *, busy_timeout_seconds: float = 5.0) -> None:
        """Opens nothing yet.

        Args:
            path: The database file, in a folder that exists.
            busy_timeout_seconds: How long to wait for another process's write.
        """
        self._file = SqliteFile(path, busy_timeout_seconds=busy_timeout_seconds)
        self._thread = SqliteThread(self._file)
        self._closed = False

    async def start(self, indexes: Sequence[Index]) -> None:
        """See `Documents.start`."""
        await self._in_thread(self._file.connect)
        await self._in_thread(lambda: self._file.declare(indexes))

    async def close(self) -> None:
        """See `Documents.close`; what was asked before is still done."""
        if self._closed:
            return
        self._closed = True
        try:
            await self._thread.run(self._file.close)
        finally:
            self._thread.end()

    async def ping(self) -> None:
        """See `Documents.ping`."""
        await self._in_thread(self._file.answer)

    async def hold_still(self, collections: Sequence[str]) -> None:
        """Lets reads see these collections as they are now, whatever others write, until `close`.

        Others are not held up; this one is for reading only from here on.
        """
        await self._in_thread(lambda: self._file.hold_still(collections))

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
        _, rows = await self._asked(collection, statement)
        return [json.loads(text) for text, *_ in rows]

    async def count(self, collection: str, where: Where, *, limit: int) -> int:
        """See `Documents.count`."""
        statement = sqlite_query.count(collection, where, limit)
        _, [(number,)] = await self._asked(collection, statement)
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
        _, [(number,)] = await self._asked(collection, statement, changes=True)
        return int(number)

    async def delete(self, collection: str, where: Where) -> int:
        """See `Documents.delete`."""
        return await self._change(collection, sqlite_query.delete(collection, where))

    async def _change(self, collection: str, statement: sqlite_query.Statement) -> int:
        """How many documents it changed."""
        number, _ = await self._asked(collection, statement, changes=True)
        return number

    async def _asked(
        self, collection: str, statement: sqlite_query.Statement, *, changes: bool = False
    ) -> Done:
        with self._as_the_port_says():
            return await self._thread.ask(collection, *statement, changes=changes)

    async def _in_thread(self, work: Callable[[], _T]) -> _T:
        with self._as_the_port_says():
            return await self._thread.run(work)

    @contextmanager
    def _as_the_port_says(self) -> Iterator[None]:
        if self._closed:
            raise StoreUnavailable(detail="Closed")
        try:
            yield
        except sqlite3.IntegrityError as error:
            if error.sqlite_errorcode not in _UNIQUE:
                raise StoreUnavailable(detail=type(error).__name__) from error
            raise DuplicateKey(_index_name(error)) from error
        except (sqlite3.Error, OSError) as error:
            raise StoreUnavailable(detail=type(error).__name__) from error


def _index_name(error: sqlite3.IntegrityError) -> str:
    """From `UNIQUE constraint failed: index 'orders.origin'`, or `…: orders.id`."""
    _, _, name = str(error).rstrip("'").rpartition(".")
    return "_id" if error.sqlite_errorcode == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY else name
