"""Answers that are kept for a moment, so that ten clicks on one symbol are one question."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from typing import Final, Generic, TypeVar

from floorbroker.domain.clock import Clock

MOST: Final = 5_000

_V = TypeVar("_V")


class BriefCache(Generic[_V]):
    """Values by key, the newest `most` of them. Whoever asks meanwhile waits for the same answer.

    A key of what a broker told one person holds that person's link: entitlements differ.
    """

    def __init__(self, clock: Clock, most: int = MOST) -> None:
        """`clock` tells when a value is too old."""
        self._clock = clock
        self._most = most
        self._values: OrderedDict[Hashable, tuple[float, _V]] = OrderedDict()
        self._asked: dict[Hashable, asyncio.Future[_V]] = {}

    def __len__(self) -> int:
        """How many are kept."""
        return len(self._values)

    async def get(self, key: Hashable, seconds: float, load: Callable[[], Awaitable[_V]]) -> _V:
        """The value of `key`, loaded anew where it is `seconds` old or not there.

        Raises:
            Exception: Whatever `load` raises, for all who wait for it; nothing is kept then.
        """
        while True:
            known = self._values.get(key)
            if known is not None and self._clock.steady() - known[0] < seconds:
                return known[1]
            asked = self._asked.get(key)
            if asked is None:
                return await self._load(key, load)
            await asyncio.wait((asked,))
            if not asked.cancelled():
                return asked.result()
            # Whoever asked gave up: the next one asks.

    async def _load(self, key: Hashable, load: Callable[[], Awaitable[_V]]) -> _V:
        answer = asyncio.get_running_loop().create_future()
        self._asked[key] = answer
        try:
            value = await load()
        except Exception as error:
            answer.set_exception(error)
            answer.exception()  # perhaps nobody else waits
            raise
        except BaseException:
            answer.cancel()
            raise
        finally:
            del self._asked[key]
        answer.set_result(value)
        self._keep(key, value)
        return value

    def _keep(self, key: Hashable, value: _V) -> None:
        self._values[key] = (self._clock.steady(), value)
        self._values.move_to_end(key)
        while len(self._values) > self._most:
            self._values.popitem(last=False)
