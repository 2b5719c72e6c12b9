"""Words between replicas, for tests that wait until they are heard."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from typing import Any, Final, TypeVar

from redis.asyncio import Redis

from floorbroker.observability.metrics import Metrics
from floorbroker.replicas.word import Word, channel_of
from floorbroker.services.supervisor import Supervisor
from tests.redis_server import RedisServer

LONG: Final = 10.0
"""Seconds within which everything has happened, or the test fails. What stands behind a word that
is not heard takes longer: a feed looks at its link every 30 seconds."""

_T = TypeVar("_T")


async def soon(awaited: Awaitable[_T]) -> _T:
    """What must happen."""
    async with asyncio.timeout(LONG):
        return await awaited


async def listening(server: RedisServer, number: int) -> None:
    """Waits until so many replicas hear each other."""
    async with Redis.from_url(server.url) as redis, asyncio.timeout(LONG):
        channel = channel_of(redis)
        while dict(await redis.pubsub_numsub(channel))[channel.encode()] < number:
            pass  # its answer lets the others have their turn


@asynccontextmanager
async def words(server: RedisServer, number: int, **patience: float) -> AsyncIterator[list[Word]]:
    """So many, each as of a process of its own; none listens yet."""
    async with AsyncExitStack() as stack:
        made = []
        for _ in range(number):
            redis = await stack.enter_async_context(Redis.from_url(server.url, socket_timeout=2))
            supervisor = Supervisor()
            stack.push_async_callback(supervisor.stop)
            stack.push_async_callback(supervisor.settled, timedelta(seconds=LONG))
            made.append(Word(redis, Metrics(), supervisor.hand_over, **patience))
        yield made


@asynccontextmanager
async def heard(*several: Word) -> AsyncIterator[None]:
    """Each of them listens inside."""
    tasks = [asyncio.create_task(word.listen()) for word in several]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class Heard:
    """Writes down the ids of one kind of word."""

    def __init__(self) -> None:
        self._ids: asyncio.Queue[tuple[Any, ...]] = asyncio.Queue()

    async def __call__(self, *ids: str) -> None:
        self._ids.put_nowait(ids)

    async def next(self) -> tuple[Any, ...]:
        """The next one, which must come."""
        return await soon(self._ids.get())

    @property
    def nothing(self) -> bool:
        """Whether all that came was looked at."""
        return self._ids.empty()
