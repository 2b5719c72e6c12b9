"""Replicas of background work in one process, each with its own connections to Redis."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Final

from pydantic import SecretStr

from floorbroker.observability.metrics import Metrics
from floorbroker.replicas.jobs import Jobs
from floorbroker.replicas.opening import open_redis
from floorbroker.services.supervisor import Supervisor
from tests.floor import settings

PATIENCE_SECONDS: Final = 30.0
SOON: Final = timedelta(seconds=0.05)


class Replica:
    """One process's share of the work; `start` it once it knows what there is to do."""

    def __init__(self, url: str, *, alone_after: float = 3600.0) -> None:
        """On the Redis at `url`; alone after so many seconds without it."""
        redis = open_redis(settings(redis_url=SecretStr(url)))
        assert redis is not None
        self.redis = redis
        self.metrics = Metrics()
        self.supervisor = Supervisor()
        self.jobs = Jobs(redis, self.metrics, self.supervisor, alone_after=alone_after)

    async def end(self) -> int:
        """Drains as a process does at SIGTERM; how much was still running then."""
        unfinished = await self.supervisor.drain(timedelta(seconds=PATIENCE_SECONDS))
        await self.gone()
        return unfinished

    async def gone(self) -> None:
        """Ends without draining."""
        await self.supervisor.stop()
        await self.redis.aclose()


@asynccontextmanager
async def replicas(
    url: str, count: int, *, alone_after: float = 3600.0
) -> AsyncIterator[list[Replica]]:
    """So many; those that live at the end are ended."""
    made = [Replica(url, alone_after=alone_after) for _ in range(count)]
    try:
        yield made
    finally:
        await asyncio.gather(*(one.gone() for one in made))


async def until(holds: Callable[[], bool]) -> None:
    """Waits for what has no event of its own."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not holds():  # noqa: ASYNC110  # several places may bring it about
            await asyncio.sleep(0.01)
