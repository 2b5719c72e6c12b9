"""How many orders go to one broker at once: a slow broker slows only its own people."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Final

from floorbroker.domain.errors import Busy
from floorbroker.domain.ids import BrokerId

AT_ONCE: Final = 100
MOST_WAITING: Final = 2_000


class Lanes:
    """One lane a broker. Cancels, closing orders and read-back never pass through here."""

    def __init__(self, *, at_once: int = AT_ONCE, most_waiting: int = MOST_WAITING) -> None:
        """`most_waiting`: whoever comes when so many wait already is told to come later."""
        self._slots: defaultdict[BrokerId, asyncio.Semaphore] = defaultdict(
            lambda: asyncio.Semaphore(at_once)
        )
        self._waiting: Counter[BrokerId] = Counter()
        self._most_waiting = most_waiting

    def waiting(self) -> Mapping[BrokerId, int]:
        """How many orders wait for their turn, where any do."""
        return {broker: number for broker, number in self._waiting.items() if number}

    @asynccontextmanager
    async def lane(self, broker: BrokerId) -> AsyncIterator[None]:
        """A place in the broker's lane, once it is this order's turn.

        Raises:
            Busy: Too many wait already; nothing was sent.
        """
        if self._waiting[broker] >= self._most_waiting:
            raise Busy("Too many orders wait for this broker.", broker=broker)
        self._waiting[broker] += 1
        try:
            await self._slots[broker].acquire()
        finally:
            self._waiting[broker] -= 1
        try:
            yield
        finally:
            self._slots[broker].release()
