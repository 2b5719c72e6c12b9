"""How much may be asked of a broker, in the scopes that the vendor meters.

A caller that finds no room waits a moment; after that it is told to come back. What closes,
cancels or reads back goes through a reserve that nothing else may use. Where the broker itself
says to stay away, everybody stays away until then: going on would get the whole bot banned.
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final, Protocol

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


Counted = tuple[timedelta | None, float]
"""How long to wait for room, None if it was used now; and the share that is used."""


class Together(Protocol):
    """What all replicas of the service count as one. Who waits for it waits for moments only.

    `who` is whoever the vendor counts as one, in a scope of one broker. None is the answer where
    nobody knows. Test and use are one step.
    """

    async def away(self, who: str) -> timedelta | None:
        """For how long the broker wants to be left alone, if it does."""
        ...

    async def use(
        self, who: str, cost: int, *, most: int, seconds: int, kept_back: int
    ) -> Counted | None:
        """Uses `cost` of `most` within `seconds` if that leaves `kept_back`."""
        ...

    async def use_of_counter(
        self, who: str, cost: int, *, most: float, per_second: float, kept_back: float
    ) -> Counted | None:
        """The same of a counter up to `most` that falls by `per_second`."""
        ...

    def stay_away(self, who: str, pause: timedelta) -> None:
        """Tells everybody, from any thread and without waiting."""
        ...


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
        self._together: Together | None = None
        self._who = ""
        self._share: float | None = None

    def count_together(self, together: Together, who: str) -> None:
        """From now on other replicas count too; `who` is what they know it by."""
        self._together, self._who = together, who

    async def take(self, cost: int = 1, *, urgent: bool = False) -> None:
        """Uses `cost` of the allowance, after a short wait if need be.

        Raises:
            NoAllowance: There is none, and there will be none for a while.
        """
        left = LONGEST_WAIT
        while True:
            wait = self._banned() or await self._banned_elsewhere()
            wait = wait or await self._take_now(cost, 0.0 if urgent else RESERVE)
            if wait is None:
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
            if self._together is not None:
                self._together.stay_away(self._who, retry_after)

    async def _take_now(self, cost: int, reserve: float) -> timedelta | None:
        """Uses `cost` if there is room beside the reserve; else how long until there is.

        This process's own count goes on beside that of all replicas: it decides where theirs is
        unknown, and keeps what was used meanwhile.
        """
        wait = self._wait_for(cost, reserve)
        if wait is None and self._together is not None:
            counted = await self._use_together(self._together, cost, reserve)
            if counted is None:
                self._share = None
                wait = self._wait_for(cost, reserve)  # anew: others asked meanwhile, too
            else:
                wait, self._share = counted
        if wait is None:
            self._use(cost)
        return wait

    async def _use_together(self, together: Together, cost: int, reserve: float) -> Counted | None:
        """What all replicas' count says; None where each counts for itself."""
        del together, cost, reserve
        return None

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

    async def _banned_elsewhere(self) -> timedelta | None:
        return None if self._together is None else await self._together.away(self._who)

    def _tell(self) -> None:
        used = self._used() if self._share is None else self._share
        self._told(used)
        if used >= NEARLY_USED and not self._warned:
            _log.warning("limit_nearly_used", limit=self._name, percent=round(100 * used))
        self._warned = used >= NEARLY_USED
