"""An SQLite file as one process has it open: called in one thread, step by step."""

import os
import sqlite3
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from floorbroker.domain.errors import StoreUnavailable
from floorbroker.storage import sqlite_query
from floorbroker.storage.documents import Index

Done = tuple[int, list[tuple[Any, ...]]]
"""How many documents a statement changed, and the rows that it returned."""

_AGAIN_SECONDS: Final = 0.0002
"""A write lasts about as long. SQLite itself sleeps ever longer, up to 0.1 s: of two processes that
write all the time one then waits for a second and more."""

_BUSY: Final = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_BUSY_RECOVERY}
_OWNER_ONLY: Final = 0o600


class SqliteFile:
    """One connection. Everything may raise `sqlite3.Error`, `OSError` and `StoreUnavailable`."""

    def __init__(self, path: Path, *, busy_timeout_seconds: float) -> None:
        """Opens nothing yet; see `SqliteDocuments`."""
        self._path = path
        self._busy_timeout_seconds = busy_timeout_seconds
        self._connection: sqlite3.Connection | None = None
        self._file = (0, 0)
        self._tables: set[str] = set()
        self._held = False

    def connect(self) -> None:
        """Opens the file, and makes it if there is none."""
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

    def close(self) -> None:
        """Lets go of the file; what no commit has kept is gone."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def ready(self) -> sqlite3.Connection:
        """The connection, if it still leads to the file of that name."""
        if self._connection is None:
            raise StoreUnavailable(detail="NotStarted")
        # SQLite itself would go on writing to a file that was deleted or replaced.
        if _identity(self._path) != self._file:
            raise StoreUnavailable(detail="FileReplaced")
        return self._connection

    def answer(self) -> None:
        """Proves that the file can be read."""
        self.ready().execute("PRAGMA schema_version").fetchone()

    def carry_out(self, collection: str, sql: str, values: Sequence[Any]) -> Done:
        """One statement, by itself or within what has begun."""
        connection = self.ready()
        if collection not in self._tables:
            self._wait_for(connection, sqlite_query.create_table(collection))
            if not connection.in_transaction:  # else it may still be taken back
                self._tables.add(collection)
        cursor = self._wait_for(connection, sql, values)
        rows = cursor.fetchall()
        return cursor.rowcount, rows

    def begin(self) -> bool:
        """Begins a transaction for changes; false where the file is held still."""
        if not self._held:
            self._wait_for(self.ready(), "BEGIN IMMEDIATE")
        return not self._held

    def commit(self) -> None:
        """Keeps what was done since it began."""
        self.ready().execute("COMMIT")

    def take_back(self) -> None:
        """Undoes what was done since it began.

        A connection that cannot even do that is given up: it would keep nothing that it is told.
        """
        if self._connection is not None and self._connection.in_transaction:
            try:
                self._connection.execute("ROLLBACK")
            except sqlite3.Error:
                self.close()

    def hold_still(self, collections: Sequence[str]) -> None:
        """See `SqliteDocuments.hold_still`."""
        connection = self.ready()
        for collection in collections:
            self._wait_for(connection, sqlite_query.create_table(collection))
            self._tables.add(collection)
        connection.execute("BEGIN")
        self._held = True
        # From here on it holds.
        self._wait_for(connection, "SELECT 1 FROM sqlite_schema").fetchone()

    def declare(self, indexes: Sequence[Index]) -> None:
        """Makes sure of the indexes; one whose definition changed is made anew."""
        connection = self.ready()
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

    def _wait_for(
        self, connection: sqlite3.Connection, sql: str, values: Sequence[Any] = ()
    ) -> sqlite3.Cursor:
        """Carries out a statement as soon as no other process writes.

        One that is refused as busy has changed nothing: each is a transaction of its own, begins
        one, or stands in one that has the lock.
        """
        end = time.monotonic() + self._busy_timeout_seconds
        while True:
            try:
                return connection.execute(sql, values)
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode not in _BUSY or time.monotonic() > end:
                    raise
            time.sleep(_AGAIN_SECONDS)


def _identity(path: Path) -> tuple[int, int]:
    """The file behind a path."""
    status = path.stat()
    return status.st_dev, status.st_ino
