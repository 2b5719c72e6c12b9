"""How much may be asked of a broker, in the scopes that the vendor meters.

A caller that finds no room waits a moment; after that it is told to come back. What closes,
cancels or reads back goes through a reserve that nothing else may use. Where the broker itself
says to stay away, everybody stays away until then: going on would get the whole bot banned.
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final

import structlog

from floorbroker.brokers.shared.wire import NoAllowance
from floorbroker.domain.clock import Clock

LONGEST_WAIT: Final = timedelta(seconds=2)
RESERVE: Final = 0.2
"""The share of each allowance that only urgent requests may use."""

NEARLY_USED: Final = 0.8
Pause = Callable[[float], Awaitable[object]]
Told = Callable[[float], None]
"""Hears how much of an allowance is used, from 0 to 1 and beyond."""

_log = structlog.get_logger(__name__)


class Allowance(ABC):
    """One scope of one broker: an application's, a key's, an account's."""

    def __init__(
        self, name: str, clock: Clock, told: Told, *, pause: Pause = asyncio.sleep
    ) -> None:
        """`name` is the broker's id and the scope, for the log; never a key."""
        self._name = name
        self._clock = clock
        self._told = told
        self._pause = pause
        self._banned_until: datetime | None = None
        self._warned = False

    async def take(self, cost: int = 1, *, urgent: bool = False) -> None:
        """Uses `cost` of the allowance, after a short wait if need be.

        Raises:
            NoAllowance: There is none, and there will be none for a while.
        """
        left = LONGEST_WAIT
        while True:
            wait = self._banned() or self._wait_for(cost, 0.0 if urgent else RESERVE)
            if wait is None:
                self._use(cost)
                self._tell()
                return
            if wait > left:
                raise NoAllowance(wait)
            left -= wait
            await self._pause(wait.total_seconds())

    def stay_away(self, retry_after: timedelta) -> None:
        """The broker said so."""
        until = self._clock.now() + retry_after
        if self._banned_until is None or until > self._banned_until:
            self._banned_until = until
            seconds = round(retry_after.total_seconds())
            _log.warning("broker_says_stay_away", limit=self._name, seconds=seconds)

    @abstractmethod
    def _wait_for(self, cost: int, reserve: float) -> timedelta | None:
        """How long until there is room beside the reserve; None if there is now."""

    @abstractmethod
    def _use(self, cost: int) -> None:
        """Writes down that `cost` was used, room or not."""

    @abstractmethod
    def _used(self) -> float:
        """The share that is used."""

    def _banned(self) -> timedelta | None:
        if self._banned_until is None:
            return None
        wait = self._banned_until - self._clock.now()
        if wait > timedelta(0):
            return wait
        self._banned_until = None
        return None

    def _tell(self) -> None:
        used = self._used()
        self._told(used)
        if used >= NEARLY_USED and not self._warned:
            _log.warning("limit_nearly_used", limit=self._name, percent=round(100 * used))
        self._warned = used >= NEARLY_USED
