"""Somebody who follows the prices of one instrument at an adapter, in the background."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import cast

import pytest

from floorbroker.brokers.port import BrokerAdapter
from floorbroker.domain.errors import BrokerError
from floorbroker.domain.instruments import Instrument
from floorbroker.domain.market import Quote

LONG = 20.0
"""Seconds within which everything has happened, or the test fails."""


class Follower:
    """Keeps what it hears.

    Attributes:
        quotes: All that was read, oldest first.
    """

    def __init__(self, adapter: BrokerAdapter, *instruments: Instrument) -> None:
        self.quotes: list[Quote] = []
        self._heard = asyncio.Event()
        self.task = asyncio.create_task(self._follow(adapter, instruments))

    async def _follow(self, adapter: BrokerAdapter, instruments: Sequence[Instrument]) -> None:
        stream = cast("AsyncGenerator[Quote, None]", adapter.stream_quotes(instruments))
        async with aclosing(stream) as quotes:
            async for quote in quotes:
                self.quotes.append(quote)
                self._heard.set()

    async def next(self) -> Quote:
        """The latest, once there is another one."""
        async with asyncio.timeout(LONG):
            heard = asyncio.ensure_future(self._heard.wait())
            await asyncio.wait({heard, self.task}, return_when=asyncio.FIRST_COMPLETED)
            heard.cancel()
        if not self._heard.is_set():
            await self.task
            raise AssertionError("the stream has ended")
        self._heard.clear()
        return self.quotes[-1]

    async def failure(self) -> BrokerError:
        """What ends it."""
        async with asyncio.timeout(LONG):
            with pytest.raises(BrokerError) as failed:
                await self.task
        return failed.value

    async def end(self) -> None:
        """It ends without a failure."""
        async with asyncio.timeout(LONG):
            await self.task

    async def leave(self) -> None:
        """Listens no more."""
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)
