"""How long Redis has been away, as whoever asks it has seen."""

from collections.abc import Callable
from time import monotonic
from typing import Final

import structlog

_BLINK: Final = 1.0
"""Seconds. A connection that Redis has closed fails once, and says nothing of Redis."""

_log = structlog.get_logger(__name__)


class Outage:
    """One for all that ask; an outage is logged when it begins and when it is over."""

    def __init__(self, steady: Callable[[], float] = monotonic) -> None:
        """`steady` is a time in seconds that nobody sets."""
        self._steady = steady
        self._since: float | None = None
        self._told = False

    @property
    def seconds(self) -> float:
        """Since when there was no answer; 0 while there is one."""
        return 0.0 if self._since is None else self._steady() - self._since

    def failed(self, error: BaseException) -> None:
        """Somebody asked, and got no answer."""
        if self._since is None:
            self._since = self._steady()
        if not self._told and self.seconds >= _BLINK:
            self._told = True
            _log.error("redis_away", error=type(error).__name__)

    def answered(self) -> None:
        """Somebody asked, and got an answer."""
        if self._told:
            _log.warning("redis_back", seconds=round(self.seconds))
        self._since, self._told = None, False
