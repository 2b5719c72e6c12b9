"""The calendar of US shares, computed from rules: for whoever's broker does not tell the hours.

The rules are in the library exchange_calendars, which a short-lived process runs. What they say is
the same until another version of it is installed; a closure that was not foreseen is not in it.
"""

import asyncio
import sys
from asyncio.subprocess import DEVNULL, PIPE
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from typing import Final, Protocol

import structlog
from pydantic import BaseModel, ConfigDict, ValidationError

from floorbroker.config import passed_on
from floorbroker.domain.clock import Clock
from floorbroker.domain.market import Market
from floorbroker.domain.trading_calendar import Holiday, TradingCalendar, TradingDay
from floorbroker.services.gates import EXCHANGE_ZONE

SOURCE: Final = "exchange_calendars"
KEPT: Final = timedelta(days=1)
"""After that it is computed anew, so that it always reaches a year ahead."""

AGAIN: Final = timedelta(minutes=1)
"""After a failure nobody tries again before that."""

_BACK: Final = timedelta(days=10)
_AHEAD: Final = timedelta(days=400)
_SECONDS: Final = 15.0
_PROGRAM: Final = "floorbroker.services.calendar_process"
_log = structlog.get_logger(__name__)


class NoCalendar(Exception):
    """The calendar could not be computed. The message says why."""


class Calendar(Protocol):
    """Where a calendar of US shares comes from."""

    def at_hand(self) -> TradingCalendar | None:
        """What is known at once; None has it computed for the next who asks."""
        ...

    async def calendar(self) -> TradingCalendar:
        """The calendar, computed if need be.

        Raises:
            NoCalendar: There is none.
        """
        ...


class MarketCalendar:
    """Computes it when first asked, however many ask at once, and keeps it for a day."""

    def __init__(self, clock: Clock, *, program: str = _PROGRAM, seconds: float = _SECONDS) -> None:
        """`program` is a module that prints what `calendar_process` does, within `seconds`."""
        self._clock = clock
        self._program = program
        self._seconds = seconds
        self._kept: TradingCalendar | None = None
        self._computed_at: datetime | None = None
        self._failed_at: datetime | None = None
        self._computing: asyncio.Task[TradingCalendar] | None = None

    def at_hand(self) -> TradingCalendar | None:
        """See the port."""
        now = self._clock.now()
        if self._kept is not None and self._kept.covers(now):
            return self._kept
        if not self._failed_lately(now):
            self._begun()
        return None

    async def calendar(self) -> TradingCalendar:
        """See the port; one of yesterday that still covers this moment is better than none."""
        now, known = self._clock.now(), self.at_hand()
        if known is not None and self._computed_at is not None:
            if timedelta(0) <= now - self._computed_at < KEPT or self._failed_lately(now):
                return known
        elif self._failed_lately(now):
            raise NoCalendar("It failed a moment ago.")
        try:
            # Whoever gives up must not take it from the others.
            return await asyncio.shield(self._begun())
        except NoCalendar:
            if known is not None:
                return known
            raise

    async def aclose(self) -> None:
        """Ends the other process, if it runs."""
        if self._computing is not None:
            self._computing.cancel()
            await asyncio.gather(self._computing, return_exceptions=True)

    def _failed_lately(self, now: datetime) -> bool:
        return self._failed_at is not None and timedelta(0) <= now - self._failed_at < AGAIN

    def _begun(self) -> "asyncio.Task[TradingCalendar]":
        if self._computing is None:
            self._computing = asyncio.ensure_future(self._computed())
            self._computing.add_done_callback(self._done)
        return self._computing

    def _done(self, computing: "asyncio.Task[TradingCalendar]") -> None:
        self._computing = None
        if computing.cancelled():
            return
        error = computing.exception()
        if error is None:
            self._kept, self._computed_at = computing.result(), self._clock.now()
            self._failed_at = None
        else:
            self._failed_at = self._clock.now()
            _log.warning("no_market_calendar", why=str(error), error=type(error).__name__)

    async def _computed(self) -> TradingCalendar:
        now = self._clock.now()
        first, last = (now - _BACK).date(), (now + _AHEAD).date()
        try:
            told = _Told.model_validate_json(await self._printed(first, last))
        except TimeoutError as error:
            raise NoCalendar("It was not computed in time.") from error
        except (OSError, ValidationError) as error:
            raise NoCalendar("It could not be computed.") from error
        calendar = told.calendar(first, last)
        if not calendar.covers(now):
            raise NoCalendar("It does not speak of today.")
        return calendar

    async def _printed(self, first: date, last: date) -> bytes:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", self._program, first.isoformat(), last.isoformat(),
            stdin=DEVNULL, stdout=PIPE, stderr=DEVNULL,
            env=passed_on(),
        )  # fmt: skip
        try:
            async with asyncio.timeout(self._seconds):
                printed, _ = await process.communicate()
        finally:
            if process.returncode is None:
                with suppress(ProcessLookupError):
                    process.kill()
                await process.communicate()
        return printed


class _Told(BaseModel):
    """What the other process prints: day, open, close and whether it ends early; day and name."""

    model_config = ConfigDict(frozen=True)

    days: tuple[tuple[date, datetime, datetime, bool], ...]
    holidays: tuple[tuple[date, str], ...]

    def calendar(self, first: date, last: date) -> TradingCalendar:
        return TradingCalendar(
            market=Market.US_EQUITIES,
            source=SOURCE,
            start=datetime.combine(first, time(), EXCHANGE_ZONE),
            end=datetime.combine(last, time(), EXCHANGE_ZONE),
            days=[
                TradingDay(day=day, opens=opens, closes=closes, early=early)
                for day, opens, closes, early in self.days
            ],
            holidays=[Holiday(day=day, name=name) for day, name in self.holidays],
        )
