"""What is the same for everybody at a broker, fetched once: lists of instruments, calendars."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from datetime import datetime, timedelta
from typing import Any, TypeVar, cast

from floorbroker.domain.clock import Clock

_V = TypeVar("_V")


class SharedCache:
    """Values by key, each with an age. Never anything that belongs to one person."""

    def __init__(self, clock: Clock) -> None:
        """`clock` tells when a value is too old."""
        self._clock = clock
        self._values: dict[Hashable, tuple[datetime, Any]] = {}
        self._loading: dict[Hashable, asyncio.Lock] = {}

    async def get(self, key: Hashable, load: Callable[[], Awaitable[_V]], max_age: timedelta) -> _V:
        """The value of `key`; loaded by one caller at a time where it is missing or too old.

        Raises:
            Exception: Whatever `load` raises; nothing is kept then.
        """
        known = self._fresh(key, max_age)
        if known is not None:
            return cast(_V, known[1])
        lock = self._loading.setdefault(key, asyncio.Lock())
        try:
            async with lock:
                known = self._fresh(key, max_age)
                if known is None:
                    value = await load()
                    known = self._values[key] = (self._clock.now(), value)
        finally:
            # Keys can come from what people type: those that lead to nothing leave nothing.
            if self._loading.get(key) is lock:
                del self._loading[key]
        return cast(_V, known[1])

    def peek(self, key: Hashable) -> Any:
        """The value of `key` however old, or None; asks nobody."""
        known = self._values.get(key)
        return None if known is None else known[1]

    def _fresh(self, key: Hashable, max_age: timedelta) -> tuple[datetime, Any] | None:
        known = self._values.get(key)
        if known is None or self._clock.now() - known[0] >= max_age:
            return None
        return known
