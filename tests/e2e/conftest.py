"""Worlds for every test: in both deployment modes, and on both kinds of store for the main path."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from floorbroker.config import DiscordTransport
from floorbroker.domain.modes import DeploymentMode
from tests.e2e.world import World, opened
from tests.stores import Store

Open = Callable[..., AbstractAsyncContextManager[World]]
MODES = tuple(DeploymentMode)


@pytest_asyncio.fixture
async def sqlite(tmp_path: Path) -> AsyncIterator[Store]:
    """An empty SQLite store."""
    store = Store("sqlite", str(tmp_path / "world.db"))
    yield store
    await store.close()


@pytest_asyncio.fixture
async def mongo(mongo_uri: str) -> AsyncIterator[Store]:
    """An empty MongoDB, through the driver that the product uses."""
    store = Store("motor", mongo_uri)
    yield store
    await store.close()


@pytest_asyncio.fixture(params=["sqlite", "motor"])
async def either_store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    """An empty store, once on SQLite and once on MongoDB."""
    sqlite = request.param == "sqlite"
    place = str(tmp_path / "world.db") if sqlite else request.getfixturevalue("mongo_uri")
    store = Store(request.param, place)
    yield store
    await store.close()


GATEWAY_ONLY = pytest.mark.parametrize("transport", [DiscordTransport.GATEWAY], indirect=True)
"""For a test of what is otherwise at the signed door."""


@pytest.fixture(params=DiscordTransport, ids=[one.value for one in DiscordTransport])
def transport(request: pytest.FixtureRequest) -> DiscordTransport:
    """How Discord reaches the bot: each test is made once over a gateway, once over HTTP."""
    return request.param


@pytest.fixture(params=MODES, ids=[mode.value for mode in MODES])
def mode(request: pytest.FixtureRequest) -> DeploymentMode:
    """Each deployment mode."""
    return request.param


@pytest_asyncio.fixture
async def anywhere(
    mode: DeploymentMode, transport: DiscordTransport, either_store: Store
) -> AsyncIterator[World]:
    """A world in each mode, on each store."""
    async with opened(mode, either_store.open(), discord_transport=transport) as world:
        yield world


@pytest_asyncio.fixture
async def world(
    mode: DeploymentMode, transport: DiscordTransport, sqlite: Store
) -> AsyncIterator[World]:
    """A world in each mode, on SQLite."""
    async with opened(mode, sqlite.open(), discord_transport=transport) as world:
        yield world


@pytest_asyncio.fixture
async def cloud(transport: DiscordTransport, sqlite: Store) -> AsyncIterator[World]:
    """A world in multi-user mode, on SQLite."""
    many = DeploymentMode.MULTI_USER
    async with opened(many, sqlite.open(), discord_transport=transport) as world:
        yield world


@pytest.fixture
def open_cloud(transport: DiscordTransport, sqlite: Store) -> Open:
    """Opens a world in multi-user mode with settings or a broker of the test's own."""

    def one(**parts: Any) -> AbstractAsyncContextManager[World]:
        chosen = {"discord_transport": transport, **parts}
        return opened(DeploymentMode.MULTI_USER, sqlite.open(), **chosen)

    return one
