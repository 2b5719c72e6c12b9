"""Redis that does not answer is told of twice: when that begins, and when it is over."""

from collections.abc import Callable
from time import monotonic
from typing import Final

import structlog

from floorbroker.observability.metrics import Metrics

_log: Final = structlog.get_logger(__name__)


class Outage:
    """Of one use of Redis, as this process sees it."""

    def __init__(
        self,
        use: str,
        metrics: Metrics,
        *,
        blink: float = 0.0,
        steady: Callable[[], float] = monotonic,
    ) -> None:
        """Nothing has failed yet.

        Args:
            use: A word for the log and the metric: limits, word, turns, jobs.
            blink: What lasts no longer is not logged, in seconds: a connection that Redis has
                closed fails once, and says nothing of Redis.
            steady: A time in seconds that nobody sets.
        """
        self._use = use
        self._metrics = metrics
        self._blink = blink
        self._steady = steady
        self._since: float | None = None
        self._told = False

    @property
    def lasts(self) -> bool:
        """Whether the last question had no answer."""
        return self._since is not None

    @property
    def seconds(self) -> float:
        """Since when there was no answer; 0 while there is one."""
        return 0.0 if self._since is None else self._steady() - self._since

    def failed(self, error: BaseException) -> None:
        """Redis did not answer. The error's kind is logged, its text may name the address."""
        self._metrics.redis_failed(self._use)
        if self._since is None:
            self._since = self._steady()
        if not self._told and self.seconds >= self._blink:
            self._told = True
            _log.warning("redis_away", use=self._use, error=type(error).__name__)

    def answered(self) -> None:
        """It does."""
        if self._told:
            _log.warning("redis_back", use=self._use, seconds=round(self.seconds))
        self._since, self._told = None, False
