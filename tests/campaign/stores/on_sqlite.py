"""SQLite: another process holds the lock, the disk is full, the file is gone or read-only."""

import asyncio
import resource
import sqlite3
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random
from typing import Final

from floorbroker.storage.documents import Documents
from floorbroker.storage.sqlite import SqliteDocuments
from tests.campaign.stores.fault import Outages

LOCKED: Final = "locked by another process"
FULL: Final = "disk full"
GONE: Final = "file moved away"
READ_ONLY: Final = "read-only"
OUTAGES: Final = (LOCKED, FULL, GONE, READ_ONLY)

_PATIENCE_SECONDS: Final = 0.05
_A_SECTOR: Final = 512

# Another process: locks of this one's own connections would not tell the same.
_HOLDER: Final = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=10)
for line in sys.stdin:
    connection.execute(line)
    print("done", flush=True)
"""


class OnSqlite(Outages):
    """See the module's first line."""

    def __init__(self) -> None:
        """Nothing is wrong."""
        self._chosen = self._struck = ""
        self._path = Path()
        self._engine: SqliteDocuments
        self._holder: Process
        self._limit = resource.getrlimit(resource.RLIMIT_FSIZE)

    @asynccontextmanager
    async def open(self, folder: Path) -> AsyncIterator[Documents]:
        """See the base."""
        self._path = folder / "floor.db"
        self._engine = SqliteDocuments(self._path, busy_timeout_seconds=_PATIENCE_SECONDS)
        arguments = (sys.executable, "-c", _HOLDER, str(self._path))
        self._holder = await asyncio.create_subprocess_exec(*arguments, stdin=PIPE, stdout=PIPE)
        try:
            yield self._engine
        finally:
            assert self._holder.stdin is not None
            self._holder.stdin.close()
            await self._holder.wait()

    def choose(self, chance: Random) -> str:
        """See the base."""
        self._chosen = chance.choice(OUTAGES)
        return self._chosen

    async def strike(self) -> None:
        """See the base."""
        self._struck = self._chosen
        match self._chosen:
            case "locked by another process":
                await self._hold("BEGIN IMMEDIATE")
            case "disk full":
                # No file grows beyond this: SQLite sees what a full disk answers.
                resource.setrlimit(resource.RLIMIT_FSIZE, (_A_SECTOR, self._limit[1]))
            case "file moved away":
                self._path.rename(self._path.with_suffix(".away"))
            case _:
                await self._pragma("query_only = ON")

    async def lift(self) -> None:
        """See the base."""
        struck, self._struck = self._struck, ""
        match struck:
            case "locked by another process":
                await self._hold("ROLLBACK")
            case "disk full":
                resource.setrlimit(resource.RLIMIT_FSIZE, self._limit)
            case "file moved away":
                self._path.with_suffix(".away").rename(self._path)
            case "read-only":
                await self._pragma("query_only = OFF")

    def broken(self) -> list[str]:
        """See the base."""
        with sqlite3.connect(self._path) as connection:
            (verdict,) = connection.execute("PRAGMA integrity_check").fetchone()
        connection.close()
        return [] if verdict == "ok" else [f"integrity_check: {verdict}"]

    async def _hold(self, statement: str) -> None:
        assert self._holder.stdin is not None
        assert self._holder.stdout is not None
        self._holder.stdin.write(f"{statement}\n".encode())
        await self._holder.stdin.drain()
        assert await self._holder.stdout.readline() == b"done\n"

    async def _pragma(self, words: str) -> None:
        await self._engine._in_thread(lambda: self._engine._file.ready().execute(f"PRAGMA {words}"))
