"""What all replicas use of a limit, counted as one in Redis.

Whoever is counted stands there under a keyed mark: no address, account or link can be read out of
it. Every key goes by itself when its window, or the broker's demand, is over.
"""

import asyncio
import time
from collections.abc import Callable, Coroutine
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, cast

from limits import RateLimitItem, RateLimitItemPerSecond

from floorbroker.replicas.asking import Asking

if TYPE_CHECKING:
    from redis.asyncio import Redis

USED: Final = "floorbroker:used"
COUNTER: Final = "floorbroker:counter"
AWAY: Final = "floorbroker:away"
_LONGER_STANDS: Final = """
if redis.call('pttl', KEYS[1]) < tonumber(ARGV[1]) then
    redis.call('set', KEYS[1], 1, 'PX', ARGV[1])
end
return 1
"""

# Falls as time goes by, by Redis' own clock. Answers how long to wait, 0 if it was used, and what
# is used then; as texts, since Redis cuts numbers of a script down to whole ones.
_FALLING: Final = """
local most, falls, cost = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local time = redis.call('time')
local now = tonumber(time[1]) + tonumber(time[2]) / 1000000
local known = redis.call('hmget', KEYS[1], 'used', 'at')
local used = 0
if known[1] then
    local passed = math.max(now - tonumber(known[2]), 0)
    used = math.max(tonumber(known[1]) - passed * falls, 0)
end
local over = used + cost - most
if over > 1e-9 then
    return {string.format('%.6f', over / falls + 1e-6), string.format('%.6f', used)}
end
used = used + cost
local told = string.format('%.6f', used)
redis.call('hset', KEYS[1], 'used', told, 'at', string.format('%.6f', now))
redis.call('pexpire', KEYS[1], math.ceil(used / falls * 1000) + 1)
return {'0', told}
"""

HandOver = Callable[[Coroutine[Any, Any, None]], object]
"""Runs work to its end; nobody waits for it."""


class SharedCounts:
    """Sliding windows of the library, on its own script: test and use are one step in Redis."""

    def __init__(
        self, redis: "Redis", asking: Asking, mark: Callable[[str], str], hand_over: HandOver
    ) -> None:
        """Made inside a running loop; `mark` names whoever is counted, in every replica alike."""
        from limits.aio.storage import RedisStorage
        from limits.aio.strategies import SlidingWindowCounterRateLimiter

        pool = cast(Any, redis.connection_pool)  # the library takes one, and its types do not
        self._storage = RedisStorage(
            "redis://", implementation="redispy", key_prefix=USED, connection_pool=pool
        )
        self._windows = SlidingWindowCounterRateLimiter(self._storage)
        self._redis = redis
        self._asking = asking
        self._mark = mark
        self._hand_over = hand_over
        self._loop = asyncio.get_running_loop()
        self._keep_longer = redis.register_script(_LONGER_STANDS)
        self._falling = redis.register_script(_FALLING)

    async def use(
        self, who: str, cost: int, *, most: int, seconds: int, kept_back: int = 0
    ) -> tuple[timedelta | None, float] | None:
        """Uses `cost` of `most` within `seconds` if that leaves `kept_back`.

        Returns:
            How long to wait for room, None if it was used; and the share that is used. None where
            Redis does not answer.
        """
        item, mark = RateLimitItemPerSecond(most, seconds), self._mark(who)
        return await self._asking.answer(lambda: self._use(item, mark, cost, kept_back))

    async def use_of_counter(
        self, who: str, cost: int, *, most: float, per_second: float, kept_back: float = 0.0
    ) -> tuple[timedelta | None, float] | None:
        """The same of a counter up to `most` that falls by `per_second`."""
        key, room = f"{COUNTER}:{self._mark(who)}", most - kept_back

        async def ask() -> tuple[timedelta | None, float]:
            wait, used = await self._falling(keys=[key], args=[room, per_second, cost])
            return timedelta(seconds=float(wait)) or None, float(used) / most

        return await self._asking.answer(ask)

    async def away(self, who: str) -> timedelta | None:
        """For how long whoever it is must not be asked; None if it may, or Redis is away."""
        left = await self._asking.answer(lambda: self._left(self._mark(who)))
        return left or None

    def stay_away(self, who: str, pause: timedelta) -> None:
        """Tells every replica, from any thread and without waiting; the longest demand stands."""
        with suppress(RuntimeError):  # the loop has ended, and the process with it
            self._loop.call_soon_threadsafe(self._tell, who, pause)

    async def _use(
        self, item: RateLimitItem, mark: str, cost: int, kept_back: int
    ) -> tuple[timedelta | None, float]:
        seconds = item.get_expiry()
        used = await self._storage.acquire_sliding_window_entry(
            item.key_for(mark), item.amount - kept_back, seconds, cost
        )
        stats = await self._windows.get_window_stats(item, mark)
        share = 1 - stats.remaining / item.amount
        if used:
            return None, share
        # The library tells when the window is empty; half a step is when there is room again.
        return timedelta(seconds=max((stats.reset_time - time.time()) / 2, 0.05)), share

    async def _left(self, mark: str) -> timedelta:
        answer: Any = self._redis.pttl(f"{AWAY}:{mark}")  # its types cannot tell that it is awaited
        return timedelta(milliseconds=max(int(await answer), 0))

    def _tell(self, who: str, pause: timedelta) -> None:
        self._hand_over(self._told(who, max(round(pause.total_seconds() * 1000), 1)))

    async def _told(self, who: str, milliseconds: int) -> None:
        key = f"{AWAY}:{self._mark(who)}"

        async def tell() -> object:
            return await self._keep_longer(keys=[key], args=[milliseconds])

        await self._asking.answer(tell)
