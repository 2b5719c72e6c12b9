"""Empty databases on every engine, for all tests that store something.

A fixture module: `pytest_plugins = ["tests.stores"]` in `tests/conftest.py` brings in `mongo_uri`,
`store` and `documents`, of which the latter two run their test once an engine.
"""

import json
import select
import subprocess
import sys
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import pytest
import pytest_asyncio
from motor.motor_asyncio import AsyncIOMotorClient
from pymongo import AsyncMongoClient, MongoClient

from floorbroker.storage.documents import Documents
from floorbroker.storage.mongo import CLIENT_OPTIONS, MongoDocuments
from floorbroker.storage.sqlite import SqliteDocuments
from tests.left_behind import keep, kept_in

ENGINES: Final = ("sqlite", "motor", "pymongo")
"""SQLite, and both asyncio drivers of MongoDB."""

_START_SECONDS: Final = 30
_STOP_SECONDS: Final = 20
# A process of its own: its licence stays outside, and no lock of ours can hold it up.
_SERVER: Final = """
import sys
from secantus import SecantusDBServer
with SecantusDBServer(host="127.0.0.1", port=0, storage_path=sys.argv[1]) as server:
    print(server.uri, flush=True)
    sys.stdin.read()
"""


class MongoServer:
    """SecantusDB, which speaks MongoDB's wire protocol, on a free loopback port."""

    def __init__(self, folder: Path) -> None:
        """Starts it, within a bounded time; its data lives in `folder`."""
        self._process = subprocess.Popen(
            [sys.executable, "-c", _SERVER, str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        ready, _, _ = select.select([self._process.stdout], [], [], _START_SECONDS)
        self.uri = self._process.stdout.readline().strip() if ready else ""
        if not self.uri:
            self.stop()
            raise RuntimeError("SecantusDB did not start.")

    def stop(self) -> None:
        """Ends it; a second time changes nothing."""
        if kept_in() is not None and self._process.poll() is None and self.uri:
            self._keep()
        try:
            self._process.communicate(timeout=_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.communicate()
        except ValueError:
            pass  # its pipes are closed already: it was stopped before

    def _keep(self) -> None:
        """For the canary row: the engine's own files are compressed."""
        with MongoClient[dict[str, Any]](self.uri, directConnection=True) as client:
            for database in client.list_database_names():
                for collection in client[database].list_collection_names():
                    for document in client[database][collection].find():
                        keep("dumps", f"{collection} {json.dumps(document, default=str)}")

    def __enter__(self) -> Self:
        """Itself, running."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Ends it."""
        self.stop()


class Store:
    """One empty database. Every `open()` is one more process's own connection to it."""

    def __init__(self, engine: str, place: str, *, patience_seconds: float = 5.0) -> None:
        """`place` is a file's path or a server's URI."""
        self.engine = engine
        self.place = place
        self._name = f"test_{uuid.uuid4().hex}"
        self._patience_seconds = patience_seconds
        self._open: list[Documents] = []

    def open(self) -> Documents:
        """Not started yet; closed with the store."""
        documents = self._documents()
        self._open.append(documents)
        return documents

    async def close(self) -> None:
        """Closes whatever was opened."""
        for documents in self._open:
            await documents.close()

    def _documents(self) -> Documents:
        if self.engine == "sqlite":
            return SqliteDocuments(Path(self.place), busy_timeout_seconds=self._patience_seconds)
        patience = {"serverSelectionTimeoutMS": int(self._patience_seconds * 1000)}
        options = {**CLIENT_OPTIONS, **patience}
        if self.engine == "motor":
            return MongoDocuments(AsyncIOMotorClient(self.place, **options)[self._name])
        return MongoDocuments(AsyncMongoClient(self.place, **options)[self._name])


@pytest.fixture(scope="session")
def mongo_uri(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One server for the whole run; each test takes a database of its own."""
    with MongoServer(tmp_path_factory.mktemp("secantus")) as server:
        yield server.uri


@pytest_asyncio.fixture(params=ENGINES)
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    """An empty database on each engine."""
    sqlite = request.param == "sqlite"
    place = str(tmp_path / "test.db") if sqlite else request.getfixturevalue("mongo_uri")
    store = Store(request.param, place)
    yield store
    await store.close()


@pytest_asyncio.fixture
async def documents(store: Store) -> Documents:
    """Started, without indexes; `start` may be called again with the ones under test."""
    documents = store.open()
    await documents.start(())
    return documents
