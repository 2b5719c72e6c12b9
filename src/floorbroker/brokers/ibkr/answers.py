"""Waiting for TWS's word about an order that was handed over: each message as it comes."""

import asyncio
from typing import Any

from floorbroker.brokers.ibkr.client import IbkrClient
from floorbroker.brokers.ibkr.errors import unknown
from floorbroker.brokers.ibkr.told import OrderNews


class Answers:
    """What is told of some orders, on the connection on which something was asked about them."""

    def __init__(
        self, news: "asyncio.Queue[OrderNews]", client: IbkrClient, seconds: float
    ) -> None:
        """`seconds` is the patience for all of it."""
        self._news = news
        self._client = client
        self._until = asyncio.get_running_loop().time() + seconds

    def hurry(self, seconds: float) -> None:
        """From now on there is less patience."""
        self._until = min(self._until, asyncio.get_running_loop().time() + seconds)

    async def next(self) -> OrderNews:
        """The next message.

        Raises:
            OutcomeUnknown: None came in time, or the connection ended before.
        """
        if self._news.empty():
            got = asyncio.ensure_future(self._news.get())
            left = max(self._until - asyncio.get_running_loop().time(), 0)
            ends: set[asyncio.Future[Any]] = {got, self._client.lost}
            try:
                await asyncio.wait(ends, timeout=left, return_when=asyncio.FIRST_COMPLETED)
                if got.done():
                    return got.result()
            finally:
                got.cancel()
            lost = self._client.lost.done()
            raise unknown("the connection ended" if lost else "silence")
        return self._news.get_nowait()
