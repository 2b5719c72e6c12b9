"""A store, a clock and houses for every test of the services."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from floorbroker.storage.documents import Documents
from tests.fakes.clock import ManualClock
from tests.fakes.exchange.venue import Venue
from tests.fakes.flaky_documents import FlakyDocuments
from tests.floor import House, built, opened
from tests.simulators.paper_faults import Counting

Build = Callable[..., House]


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest_asyncio.fixture
async def documents(tmp_path: Path) -> AsyncIterator[Documents]:
    """A started store on SQLite."""
    documents = await opened(tmp_path / "floor.db")
    yield documents
    await documents.close()


@pytest.fixture
def store(documents: Documents) -> FlakyDocuments:
    """The same store, which can be made to fail."""
    return FlakyDocuments(documents)


@pytest_asyncio.fixture
async def build(store: FlakyDocuments, clock: ManualClock) -> AsyncIterator[Build]:
    """Makes processes on the store; each is stopped when the test ends."""
    houses: list[House] = []

    def one(on: Documents = store, **parts: Any) -> House:
        houses.append(built(on, clock, **parts))
        return houses[-1]

    yield one
    store.recover()
    for house in houses:
        await house.stop()


@pytest.fixture
def broker() -> Counting:
    """The paper broker's faults: none, and every call is counted."""
    return Counting()


@pytest.fixture
def house(build: Build, broker: Counting) -> House:
    """One process with a paper broker that works."""
    return build(faults=broker)


@pytest.fixture
def venue() -> Venue:
    return Venue()
