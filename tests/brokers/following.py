"""Somebody who follows prices in the background, for tests of streams."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from typing import cast

import pytest

from floorbroker.brokers.port import BrokerAdapter
from floorbroker.domain.errors import BrokerError
from floorbroker.domain.instruments import Instrument
from floorbroker.domain.market import Quote

PATIENCE = 20.0


class Follower:
    """Keeps what it hears, from now on.

    Attributes:
        quotes: All of it.
    """

    def __init__(self, begin: Callable[[], AsyncIterator[Quote]]) -> None:
        """`begin` may fail as the stream may."""
        self.quotes: list[Quote] = []
        self._heard = asyncio.Event()
        self._task = asyncio.create_task(self._follow(begin), name="follower")

    async def next(self) -> Quote:
        """The latest, once there is another one; what ends the stream before that is raised."""
        heard = asyncio.ensure_future(self._heard.wait())
        async with asyncio.timeout(PATIENCE):
            await asyncio.wait({heard, self._task}, return_when=asyncio.FIRST_COMPLETED)
        heard.cancel()
        if not self._heard.is_set():
            await self._task
            raise AssertionError("the stream has ended")
        self._heard.clear()
        return self.quotes[-1]

    async def leave(self) -> None:
        """Stops listening."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def end(self) -> None:
        """Waits until the stream ends by itself."""
        async with asyncio.timeout(PATIENCE):
            await self._task

    async def failure(self) -> BrokerError:
        """Waits until the stream fails, and why."""
        with pytest.raises(BrokerError) as failed:
            await self.end()
        return failed.value

    async def _follow(self, begin: Callable[[], AsyncIterator[Quote]]) -> None:
        stream = cast("AsyncGenerator[Quote, None]", begin())
        async with aclosing(stream) as quotes:
            async for quote in quotes:
                self.quotes.append(quote)
                self._heard.set()


def follow(adapter: BrokerAdapter, *instruments: Instrument) -> Follower:
    """Somebody who follows these at an adapter."""
    return Follower(lambda: adapter.stream_quotes(instruments))


def open_lines() -> int:
    """How many connections of prices have a task of their own."""
    return sum(task.get_name() == "prices" for task in asyncio.all_tasks())
