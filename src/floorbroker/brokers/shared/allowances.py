"""The allowances of a process: made on first use, each shared by whoever the vendor counts as one.

A sliding window fits most vendors; some count for themselves and tell. Kraken's counter, which
decays as time goes by, fits no window.

Where several replicas serve, they count windows and counters together, and a broker that says stay
away is left alone by all of them. What a vendor tells in its headers each of them hears for itself.
"""

import asyncio
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Final, TypeVar, cast

from limits import RateLimitItem, RateLimitItemPerSecond
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from floorbroker.brokers.shared.allowance import Allowance, Counted, Pause, Together, Told
from floorbroker.brokers.shared.told_allowance import ToldAllowance
from floorbroker.domain.clock import Clock
from floorbroker.observability.metrics import Metrics

MOST_KEPT: Final = 20_000
"""Beyond it the oldest are forgotten: whoever has not asked for long has nothing used."""

_Counted = TypeVar("_Counted", bound=Allowance)


class Allowances:
    """By broker, scope and identity; an identity is a link's id, or empty for the application."""

    def __init__(
        self,
        clock: Clock,
        metrics: Metrics,
        *,
        pause: Pause = asyncio.sleep,
        together: Together | None = None,
    ) -> None:
        """`pause` is how a caller waits; `together` is what other replicas count too."""
        self._clock = clock
        self._metrics = metrics
        self._pause = pause
        self._together = together
        self._windows = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._kept: dict[tuple[str, str, str], Allowance] = {}

    def window(
        self, broker: str, scope: str, identity: str = "", *, most: int, seconds: int
    ) -> Allowance:
        """At most `most` within any `seconds`."""
        counted = partial(
            _Window,
            windows=self._windows,
            item=RateLimitItemPerSecond(most, seconds, namespace=broker),
            identity=f"{scope}/{identity}",
        )
        return self._the_one(broker, scope, identity, counted)

    def decaying(
        self, broker: str, scope: str, identity: str = "", *, most: float, per_second: float
    ) -> Allowance:
        """A counter up to `most` that falls by `per_second`."""
        counted = partial(_Decaying, most=most, per_second=per_second)
        return self._the_one(broker, scope, identity, counted)

    def told(
        self, broker: str, scope: str, identity: str = "", *, most: int, seconds: int
    ) -> ToldAllowance:
        """As the vendor's headers tell; `most` within `seconds` until they do."""
        counted = partial(ToldAllowance, most=most, seconds=seconds)
        return self._the_one(broker, scope, identity, counted)

    def meter(self, broker: str, scope: str) -> Told:
        """Where a broker's folder that counts by itself tells how much of a scope is used."""
        return partial(self._metrics.limit_used, broker, scope)

    def _the_one(
        self,
        broker: str,
        scope: str,
        identity: str,
        counted: Callable[[str, Clock, Told, Pause], _Counted],
    ) -> _Counted:
        """Whoever the vendor counts as one has one: `counted` makes it on first use."""
        key = (broker, scope, identity)
        if key not in self._kept:
            if len(self._kept) >= MOST_KEPT:
                del self._kept[next(iter(self._kept))]
            told = self.meter(broker, scope)
            self._kept[key] = counted(f"{broker} {scope}", self._clock, told, self._pause)
            if self._together is not None:
                self._kept[key].count_together(self._together, "/".join(key))
        return cast(_Counted, self._kept[key])  # a vendor counts a scope in one way


class _Window(Allowance):
    """Counted by the library, in its own time."""

    def __init__(
        self,
        name: str,
        clock: Clock,
        told: Told,
        pause: Pause,
        *,
        windows: SlidingWindowCounterRateLimiter,
        item: RateLimitItem,
        identity: str,
    ) -> None:
        super().__init__(name, clock, told, pause=pause)
        self._windows = windows
        self._item = item
        self._identity = identity

    async def _use_together(self, together: Together, cost: int, reserve: float) -> Counted | None:
        most, seconds = self._item.amount, self._item.get_expiry()
        kept_back = int(most * reserve)
        return await together.use(self._who, cost, most=most, seconds=seconds, kept_back=kept_back)

    def _wait_for(self, cost: int, reserve: float) -> timedelta | None:
        kept_back = int(self._item.amount * reserve)
        if self._windows.test(self._item, self._identity, cost=cost + kept_back):
            return None
        # The library tells when the window is empty; half a step is when there is room again.
        stats = self._windows.get_window_stats(self._item, self._identity)
        left = stats.reset_time - time.time()
        return timedelta(seconds=max(left / 2, 0.05))

    def _use(self, cost: int) -> None:
        self._windows.hit(self._item, self._identity, cost=cost)

    def _used(self) -> float:
        stats = self._windows.get_window_stats(self._item, self._identity)
        return 1 - stats.remaining / self._item.amount


class _Decaying(Allowance):
    """Rises with each request and falls as time goes by."""

    def __init__(
        self, name: str, clock: Clock, told: Told, pause: Pause, *, most: float, per_second: float
    ) -> None:
        super().__init__(name, clock, told, pause=pause)
        self._most = most
        self._per_second = per_second
        self._counter = 0.0
        self._at = clock.now()

    async def _use_together(self, together: Together, cost: int, reserve: float) -> Counted | None:
        most, kept_back = self._most, self._most * reserve
        return await together.use_of_counter(
            self._who, cost, most=most, per_second=self._per_second, kept_back=kept_back
        )

    def _wait_for(self, cost: int, reserve: float) -> timedelta | None:
        over = self._now() + cost - self._most * (1 - reserve)
        return timedelta(seconds=over / self._per_second) if over > 1e-9 else None

    def _use(self, cost: int) -> None:
        self._counter = self._now() + cost
        self._at = self._clock.now()

    def _used(self) -> float:
        return self._now() / self._most

    def _now(self) -> float:
        passed = (self._clock.now() - self._at).total_seconds()
        return max(self._counter - max(passed, 0.0) * self._per_second, 0.0)
