"""A round of background work that tells who made it."""

import asyncio
from datetime import timedelta
from typing import Final

from tests.replicas.replicated import SOON, Replica

ROUND: Final = "a round"
HOUR: Final = timedelta(hours=1)


class Rounds:
    """A round that every replica knows: who made it, and how many were under way at once."""

    def __init__(self) -> None:
        """Nobody has made one."""
        self.made: list[Replica] = []
        self.at_once = self._under_way = 0
        self.go = asyncio.Event()
        self.go.set()

    def of(self, replica: Replica, interval: timedelta = SOON, name: str = ROUND) -> None:
        """From its start on that replica takes turns with the others."""

        async def one() -> None:
            self.made.append(replica)
            self._under_way += 1
            self.at_once = max(self.at_once, self._under_way)
            try:
                await self.go.wait()
            finally:
                self._under_way -= 1

        replica.jobs.every(interval, name, one)
