"""Worlds for every test: in both deployment modes, and on both kinds of store for the main path."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

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


@pytest.fixture(params=MODES, ids=[mode.value for mode in MODES])
def mode(request: pytest.FixtureRequest) -> DeploymentMode:
    """Each deployment mode."""
    return request.param


@pytest_asyncio.fixture
async def anywhere(mode: DeploymentMode, either_store: Store) -> AsyncIterator[World]:
    """A world in each mode, on each store."""
    async with opened(mode, either_store.open()) as world:
        yield world


@pytest_asyncio.fixture
async def world(mode: DeploymentMode, sqlite: Store) -> AsyncIterator[World]:
    """A world in each mode, on SQLite."""
    async with opened(mode, sqlite.open()) as world:
        yield world


@pytest_asyncio.fixture
async def cloud(sqlite: Store) -> AsyncIterator[World]:
    """A world in multi-user mode, on SQLite."""
    async with opened(DeploymentMode.MULTI_USER, sqlite.open()) as world:
        yield world


@pytest.fixture
def open_cloud(sqlite: Store) -> Open:
    """Opens a world in multi-user mode with settings or a broker of the test's own."""

    def one(**parts: Any) -> AbstractAsyncContextManager[World]:
        return opened(DeploymentMode.MULTI_USER, sqlite.open(), **parts)

    return one
