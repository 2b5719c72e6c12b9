"""Short-lived answers of one open session, which nobody else ever sees."""

from collections.abc import Awaitable, Callable, Hashable
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar, cast
from weakref import WeakKeyDictionary

from floorbroker.brokers.port import BrokerAdapter
from floorbroker.domain.clock import Clock

MOST: Final = 32
"""Answers a session; the oldest goes first."""

_V = TypeVar("_V")


class Kept:
    """By the adapter that gave them: what it knew goes with it."""

    def __init__(self, clock: Clock, max_age: timedelta) -> None:
        """`max_age` is how long an answer is good for."""
        self._clock = clock
        self._max_age = max_age
        self._by_adapter: WeakKeyDictionary[BrokerAdapter, dict[Hashable, tuple[datetime, Any]]] = (
            WeakKeyDictionary()
        )

    async def get(
        self, adapter: BrokerAdapter, key: Hashable, load: Callable[[], Awaitable[_V]]
    ) -> _V:
        """The answer of that key, asked for where it is missing or too old.

        Raises:
            Exception: Whatever `load` raises; nothing is kept then.
        """
        own = self._by_adapter.setdefault(adapter, {})
        known = own.get(key)
        now = self._clock.now()
        if known is not None and now - known[0] < self._max_age:
            return cast(_V, known[1])
        value = await load()
        own.pop(key, None)
        own[key] = (now, value)
        for old in list(own)[:-MOST]:
            del own[old]
        return value
