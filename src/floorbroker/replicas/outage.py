"""Redis that does not answer is told of twice: when that begins, and when it is over."""

from typing import Final

import structlog

from floorbroker.observability.metrics import Metrics

_log: Final = structlog.get_logger(__name__)


class Outage:
    """Of one use of Redis, as this process sees it."""

    def __init__(self, use: str, metrics: Metrics) -> None:
        """`use` is a word for the log and the metric: limits, word."""
        self._use = use
        self._metrics = metrics
        self.lasts = False

    def failed(self, error: BaseException) -> None:
        """Redis did not answer. The error's kind is logged, its text may name the address."""
        self._metrics.redis_failed(self._use)
        if not self.lasts:
            self.lasts = True
            _log.warning("redis_away", use=self._use, error=type(error).__name__)

    def answered(self) -> None:
        """It does."""
        if self.lasts:
            self.lasts = False
            _log.warning("redis_back", use=self._use)
