"""What OpenD tells unasked, waiting for one listener."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from typing import Any, Final

from floorbroker.brokers.moomoo.errors import BROKER
from floorbroker.domain.errors import BrokerConnectionError

MOST_WAITING: Final = 1000
"""A listener that leaves more lying is let go, and asks anew."""

ENDED: Final = "The connection to OpenD ended."


class Pushes(AsyncIterator[tuple[str, Any]]):
    """Name and content of each, from the moment that this is made."""

    __slots__ = ("_ended", "_leave", "_names", "_news", "_waiting")

    def __init__(self, names: tuple[str, ...], leave: Callable[["Pushes"], None]) -> None:
        """`leave` is called once it hears no more."""
        self._names = names
        self._leave = leave
        self._waiting: deque[tuple[str, Any]] = deque()
        self._news = asyncio.Event()
        self._ended = False

    def put(self, name: str, told: Any) -> None:
        """One more, if it is one of those that are listened for."""
        if name not in self._names:
            return
        self._waiting.append((name, told))
        self._news.set()
        if len(self._waiting) > MOST_WAITING:
            self.end()

    def end(self) -> None:
        """No more come; what waits is dropped, since something is missing after it."""
        self._ended = True
        self._waiting.clear()
        self._news.set()
        self._leave(self)

    async def __anext__(self) -> tuple[str, Any]:
        """The next one.

        Raises:
            BrokerConnectionError: The connection ended, or too much was left lying.
        """
        while not self._waiting:
            if self._ended:
                raise BrokerConnectionError(ENDED, broker=BROKER)
            self._news.clear()
            await self._news.wait()
        return self._waiting.popleft()
