"""People who use their accounts while somebody rotates the master keys."""

import asyncio
import random
from collections.abc import Awaitable, Sequence
from dataclasses import replace
from typing import Final

from floorbroker.domain.errors import AuthenticationFailed
from floorbroker.domain.ids import LinkId
from floorbroker.domain.people import Link
from floorbroker.storage.documents import Document, Documents, Where
from tests.fakes.flaky_documents import FlakyDocuments
from tests.rotating import Process, given

PEOPLE: Final = 6
RENAMES: Final = 0.2
"""The share of turns that change something."""


async def linked(on: Process, number: int) -> Sequence[Link]:
    """So many people's links."""
    made: list[Link] = []
    for first in range(0, number, 100):
        names = [f"l{n:05}" for n in range(first, min(first + 100, number))]
        for links in await asyncio.gather(*(on.linked(name) for name in names)):
            made += links
    return made


async def all_open(on: Process, links: Sequence[Link]) -> bool:
    """Whether each credential comes out as its person gave it."""
    return all([await on.opens(link) for link in links])


class Crowd(FlakyDocuments):
    """The store of the process that rotates, and people who use another process meanwhile.

    With every record that is sealed anew somebody has a turn: they look at an account, or rename
    it. The rotation is never further ahead of them than they are people.

    Attributes:
        labels: The name that each link was given last.
    """

    def __init__(
        self, engine: Documents, serving: Process, links: Sequence[Link], seed: int
    ) -> None:
        """`serving` is the process that people use."""
        super().__init__(engine)
        self.reads = self.failed = self.writes = 0
        self.labels: dict[LinkId, str] = {}
        self._serving, self._links, self._seed = serving, links, seed
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
        choose, own = random.Random(f"{self._seed} {number}"), self._links[number::PEOPLE]
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
