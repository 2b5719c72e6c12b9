"""Master keys are rotated by several processes, and by one that dies at it, on both stores.

That it goes on under load is a row of the campaign: tests/campaign/rotation.py.
"""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Final
from uuid import uuid4

import pytest
import pytest_asyncio

from floorbroker.domain.ids import UserId
from floorbroker.storage.audit import AuditTrail
from floorbroker.storage.indexes import INDEXES
from tests.e2e.mortal import DEAD, Place
from tests.rotating import BOTH, NEW, OLD, Process, process
from tests.rotating_crowd import all_open, linked

_ROOT: Final = Path(__file__).parents[2]

# A process that rotates and is gone at its n-th write, before or after the store has it.
ROTATE_AND_DIE: Final = """
import asyncio, os, sys
from tests.e2e.mortal import DEAD, Place
from tests.fakes.flaky_documents import FlakyDocuments
from floorbroker.storage.indexes import INDEXES
from tests.rotating import process

engine, address, name, keys, writes, when = sys.argv[1:]

class Mortal(FlakyDocuments):
    left = int(writes)

    async def replace(self, collection, document, *, where):
        self.left -= 1
        if self.left == 0 and when == "before":
            os._exit(DEAD)
        done = await super().replace(collection, document, where=where)
        if self.left == 0:
            os._exit(DEAD)
        return done

async def main():
    documents = Mortal(Place(engine=engine, address=address, name=name).open())
    await documents.start(INDEXES)
    await process(documents, keys).rotation.run()

asyncio.run(main())
"""


@pytest.fixture(params=["sqlite", "motor"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """An empty database that several processes open."""
    if request.param == "sqlite":
        return Place(engine="sqlite", address=str(tmp_path / "floor.db"), name="")
    uri = request.getfixturevalue("mongo_uri")
    return Place(engine="motor", address=uri, name=f"rotated_{uuid4().hex}")


Start = Callable[[str], Awaitable[Process]]


@pytest_asyncio.fixture
async def start(place: Place) -> AsyncIterator[Start]:
    """Starts a process with these keys, with a connection of its own."""
    opened = []

    async def one(keys: str) -> Process:
        documents = place.open()
        opened.append(documents)
        await documents.start(INDEXES)
        return process(documents, keys)

    yield one
    for documents in opened:
        await documents.close()


async def test_two_rotations_at_once_seal_everything_once(start: Start) -> None:
    links = await linked(await start(OLD), 200)
    here, there = await start(BOTH), await start(BOTH)

    first, second = await asyncio.gather(here.rotation.run(), there.rotation.run())

    assert first.resealed + second.resealed == 200
    assert first.unreadable + second.unreadable == 0
    assert await all_open(await start(NEW), links)


async def test_chains_of_the_audit_trail_stay_whole_without_the_old_key(start: Start) -> None:
    old, rotating = await start(OLD), await start(BOTH)
    people = [UserId(f"person {n}") for n in range(5)]
    for person in people:
        await old.audit.write(person, "before", {"n": "1"})
    await linked(old, 3)

    await asyncio.gather(
        rotating.rotation.run(), *(old.audit.write(person, "meanwhile", {}) for person in people)
    )

    later = await start(NEW)
    for person in people:
        await later.audit.write(person, "after", {})
    assert [await later.audit.verify(person) for person in people] == [None] * 5
    for person in people:
        name = await later.audit.pseudonym(person)
        entries = await AuditTrail(later.documents).entries(name)
        assert [entry.action for entry in entries] == ["before", "meanwhile", "after"]


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("writes", [1, 2, 15, 31])
async def test_a_rotation_that_was_killed_is_repeated_and_nothing_was_lost(
    place: Place, start: Start, writes: int, when: str
) -> None:
    old = await start(OLD)
    await old.audit.pseudonym(UserId("anna"))
    links = await linked(old, 30)

    died = await asyncio.to_thread(rotate_and_die, place, writes, when)

    both = await start(BOTH)
    sealed_before = sum([use.links + use.audit for use in await both.keys.uses() if use.newest])
    assert died == DEAD
    assert sealed_before == writes - (when == "before")
    assert await all_open(both, links)
    assert await both.keys.trouble() is None
    done = await both.rotation.run()
    later = await start(NEW)
    assert (done.resealed, done.unreadable) == (31 - sealed_before, 0)
    assert await all_open(later, links)
    assert await later.keys.trouble() is None


def rotate_and_die(place: Place, writes: int, when: str) -> int:
    """How the process ended."""
    arguments = [place.engine, place.address, place.name, BOTH, str(writes), when]
    command = [sys.executable, "-c", ROTATE_AND_DIE, *arguments]
    return subprocess.run(command, cwd=_ROOT, check=False, timeout=60).returncode
