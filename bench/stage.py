"""The real bot before a simulated Discord in another process, for the rows to play on."""

import asyncio
import re
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any

import aiohttp
from discord.http import Route

from bench.stub_store import StubDocuments
from floorbroker.bootstrap import App, running
from floorbroker.config import Settings
from floorbroker.domain.ids import BrokerId
from floorbroker.observability.logging import configure_logging
from floorbroker.storage.documents import Documents
from floorbroker.storage.mongo import MongoDocuments, motor_database
from floorbroker.storage.sqlite import SqliteDocuments
from floorbroker.vault.keyring import new_key, parse_keyring
from floorbroker.vault.seal import Vault
from tests.stores import MongoServer

_CONFIRM = re.compile(r"fb:confirm:[a-z0-9]{18}")


class Store(Enum):
    """Where documents are.

    `MONGODB` is the wire server of the tests, one Python process: what it costs is its own.
    """

    MEMORY = "stub store"
    SQLITE = "SQLite"
    MONGODB = "MongoDB's wire server"


class Marking:
    """Paper-broker faults that only write down when each order request began."""

    def __init__(self) -> None:
        """Nothing is written down yet."""
        self.began: list[float] = []

    async def before(self, operation: str) -> None:
        """See `floorbroker.brokers.paper.faults.Faults`."""
        if operation == "place_order":
            self.began.append(time.perf_counter())

    async def after(self, operation: str) -> None:
        """See `floorbroker.brokers.paper.faults.Faults`."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A running application, logged in to the simulated Discord.

    Attributes:
        file: The store's, where it is SQLite.
    """

    app: App
    file: Path
    base: str
    marking: Marking
    vault: Vault

    def feed(self, payload: Mapping[str, Any]) -> None:
        """Hands one gateway payload to discord.py, as its websocket would."""
        self.app.bot._connection.parse_interaction_create(dict(payload))

    async def seen(self) -> list[tuple[str, str, float]]:
        """What the simulated Discord was asked: method, path, monotonic time."""
        async with aiohttp.ClientSession() as session, session.get(f"{self.base}/seen") as answer:
            return [(method, path, at) for method, path, at in await answer.json()]

    async def forget(self) -> None:
        """Empties that list."""
        async with aiohttp.ClientSession() as session, session.delete(f"{self.base}/seen"):
            pass


@asynccontextmanager
async def stage(
    *,
    store: Store = Store.SQLITE,
    broker_seconds: float = 0.0,
    discord: bool = True,
    broker_endpoints: tuple[tuple[str, str], ...] = (),
) -> AsyncIterator[Stage]:
    """The application on a throw-away store.

    Args:
        store: Where documents are.
        broker_seconds: How long the paper broker takes for each answer.
        discord: Whether to start the simulated Discord and log in.
        broker_endpoints: Where brokers on the wire are.
    """
    configure_logging("ERROR", json=False)
    with tempfile.TemporaryDirectory() as folder:
        marking, keyring = Marking(), parse_keyring(new_key("bench"))
        options = {"latency_seconds": broker_seconds, "faults": marking}
        async with (
            _documents(Path(folder), store) as documents,
            running(
                settings_in(Path(folder), broker_endpoints),
                documents=documents,
                keyring=keyring,
                broker_options={BrokerId("paper"): options},
                shard_count=1,
            ) as app,
            _logged_in(app, discord) as base,
        ):
            yield Stage(app, _file(Path(folder)), base, marking, Vault(keyring))


def settings_in(folder: Path, endpoints: tuple[tuple[str, str], ...] = ()) -> Settings:
    """The product's own, but for limits that nobody reaches."""
    return Settings.model_construct(
        data_dir=folder,
        operator_ids=frozenset(),
        max_orders_per_day=1_000_000,
        max_position_value=Decimal(10_000_000),
        broker_endpoints=endpoints,
    )


def _file(folder: Path) -> Path:
    return folder / "bench.sqlite3"


@asynccontextmanager
async def _documents(folder: Path, store: Store) -> AsyncIterator[Documents]:
    if store is Store.MEMORY:
        yield StubDocuments()
    elif store is Store.SQLITE:
        yield SqliteDocuments(_file(folder))
    else:
        with MongoServer(folder) as server:
            yield MongoDocuments(motor_database(server.uri, "bench"))


@asynccontextmanager
async def _logged_in(app: App, wanted: bool) -> AsyncIterator[str]:
    if not wanted:
        yield ""
        return
    server = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.simulators.discord",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert server.stdout is not None and server.stdin is not None
    port = int(await server.stdout.readline())
    before, Route.BASE = Route.BASE, f"http://127.0.0.1:{port}/api/v10"
    try:
        await app.bot.login("bench")
        yield f"http://127.0.0.1:{port}"
        await app.bot.close()
    finally:
        Route.BASE = before
        server.stdin.close()
        await server.wait()
