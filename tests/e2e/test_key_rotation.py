"""Master keys are rotated while people go on, on both stores; also by a process that dies at it."""

import asyncio
import random
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final
from uuid import uuid4

import pytest
import pytest_asyncio

from floorbroker.domain.errors import AuthenticationFailed
from floorbroker.domain.ids import LinkId, UserId
from floorbroker.domain.people import Link
from floorbroker.storage.audit import AuditTrail
from floorbroker.storage.documents import Document, Documents, Where
from floorbroker.storage.indexes import INDEXES
from tests.e2e.mortal import DEAD, Place
from tests.fakes.flaky_documents import FlakyDocuments
from tests.rotating import BOTH, NEW, OLD, Process, given, process

PEOPLE: Final = 6
RENAMES: Final = 0.2
"""The share of turns that change something."""

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


async def linked(on: Process, number: int) -> Sequence[Link]:
    """So many people's links."""
    made: list[Link] = []
    for first in range(0, number, 100):
        names = [f"l{n:05}" for n in range(first, min(first + 100, number))]
        for links in await asyncio.gather(*(on.linked(name) for name in names)):
            made += links
    return made


async def all_open(on: Process, links: Sequence[Link]) -> bool:
    return all([await on.opens(link) for link in links])


class Crowd(FlakyDocuments):
    """The store of the process that rotates, and people who use another process meanwhile.

    With every record that is sealed anew somebody has a turn: they look at an account, or rename
    it. The rotation is never further ahead of them than they are people.

    Attributes:
        labels: The name that each link was given last.
    """

    def __init__(self, engine: Documents, serving: Process, links: Sequence[Link]) -> None:
        """`serving` is the process that people use."""
        super().__init__(engine)
        self.reads = self.failed = self.writes = 0
        self.labels: dict[LinkId, str] = {}
        self._serving, self._links = serving, links
        self._turns, self._idle = asyncio.Semaphore(0), asyncio.Semaphore(PEOPLE)
        self._over = False

    async def replace(self, collection: str, document: Document, *, where: Where) -> bool:
        """See the port."""
        await self._idle.acquire()
        self._turns.release()
        return await super().replace(collection, document, where=where)

    async def during(self, work: Awaitable[object]) -> None:
        """Goes on for as long as `work` takes."""
        async with asyncio.TaskGroup() as tasks:
            for number in range(PEOPLE):
                tasks.create_task(self._go_on(number))
            try:
                await work
            finally:
                self._over = True
                for _ in range(PEOPLE):
                    self._turns.release()

    async def _go_on(self, number: int) -> None:
        choose, own = random.Random(number), self._links[number::PEOPLE]
        while True:
            await self._turns.acquire()
            if self._over:
                return
            if choose.random() < RENAMES:
                await self._rename(choose.choice(own))
            else:
                await self._look(choose.choice(self._links))
            self._idle.release()

    async def _look(self, link: Link) -> None:
        stored = await self._serving.people.link(link.user_id, link.link_id)
        assert stored is not None
        self.reads += 1
        try:
            self.failed += self._serving.credentials.opened(stored) != given(link.link_id)
        except AuthenticationFailed:
            self.failed += 1

    async def _rename(self, link: Link) -> None:
        """Nobody else renames it; whoever is too late looks again."""
        label, stored = f"{link.link_id} {self.writes}", None
        while stored is None:
            present = await self._serving.people.link(link.user_id, link.link_id)
            assert present is not None
            stored = await self._serving.people.save_link(replace(present, label=label))
        self.labels[link.link_id] = label
        self.writes += 1


@pytest.mark.parametrize(
    "number",
    [
        pytest.param(100, id="100"),
        pytest.param(10_000, id="10000", marks=[pytest.mark.long, pytest.mark.timeout(900)]),
    ],
)
async def test_keys_are_rotated_under_load_without_a_failed_read_or_a_lost_change(
    start: Start, number: int
) -> None:
    old = await start(OLD)
    links, name = await linked(old, number), await old.audit.pseudonym(UserId("anna"))
    rotating = await start(BOTH)
    crowd = Crowd(rotating.documents, await start(BOTH), links)

    await crowd.during(process(crowd, BOTH).rotation.run())

    later = await start(NEW)
    assert crowd.failed == 0
    assert crowd.reads + crowd.writes >= number - PEOPLE
    assert min(crowd.reads, crowd.writes) >= number / 20
    assert await rotating.records.keys_in_use() == ["new"]
    assert await later.keys.trouble() is None
    assert await all_open(later, links)
    assert await later.audit.pseudonym(UserId("anna")) == name
    for link_id, label in crowd.labels.items():
        stored = await later.records.again(link_id)
        assert stored is not None
        assert stored.link is not None
        assert stored.link.label == label


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
