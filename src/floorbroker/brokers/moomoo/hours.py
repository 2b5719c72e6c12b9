"""When the US market trades: moomoo's trading days, and whether it says that it is open now."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from floorbroker.brokers.moomoo import words
from floorbroker.brokers.moomoo.calls import MoomooCalls
from floorbroker.brokers.moomoo.eastern import EASTERN
from floorbroker.brokers.moomoo.errors import BROKER
from floorbroker.brokers.moomoo.refusals import Garbled
from floorbroker.brokers.shared.cache import SharedCache
from floorbroker.domain.clock import Clock
from floorbroker.domain.errors import NotSupported
from floorbroker.domain.market import Market, MarketHours

AHEAD: Final = timedelta(days=10)
KEPT: Final = timedelta(hours=6)
OPENS: Final = time(9, 30)
CLOSES: Final = time(16)
CLOSES_EARLY: Final = time(13)
_Session = tuple[datetime, datetime]


class Hours:
    """See the module's first line."""

    __slots__ = ("_cache", "_calls", "_clock", "_place")

    def __init__(
        self, calls: MoomooCalls, cache: SharedCache, clock: Clock, place: tuple[str, int]
    ) -> None:
        """`place` is where OpenD listens."""
        self._calls = calls
        self._cache = cache
        self._clock = clock
        self._place = place

    async def of(self, market: Market) -> MarketHours:
        """Of US shares and options; moomoo's word on "open now" goes before the calendar's."""
        if market is not Market.US_EQUITIES:
            raise NotSupported("Here Moomoo trades US shares and options only.", broker=BROKER)
        now = self._clock.now()
        first = now.astimezone(EASTERN).date()

        async def load() -> tuple[_Session, ...]:
            return sessions(await self._calls.get_days(first, first + AHEAD))

        ahead = await self._cache.get((self._place, "days", first), load, KEPT)
        open_now = await self._calls.get_us_state() in words.OPEN_STATES
        later = [begin for begin, _ in ahead if begin > now]
        ends = [end for begin, end in ahead if end > (now if open_now else max(now, begin))]
        return MarketHours(
            market=market,
            open_now=open_now,
            next_open=later[0] if later else None,
            next_close=ends[0] if ends else None,
        )


def sessions(told: Iterable[Any]) -> tuple[_Session, ...]:
    """Opening and close of each trading day, in UTC, earliest first."""
    found = []
    for one in told:
        day = _day(one.time)
        early = one.tradeDateType == words.MORNING_ONLY
        close = CLOSES_EARLY if early else CLOSES
        found.append((_at(day, OPENS), _at(day, close)))
    return tuple(sorted(found))


def _day(text: str) -> date:
    try:
        return datetime.fromisoformat(text).date()
    except ValueError as error:
        raise Garbled("no day") from error


def _at(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, EASTERN).astimezone(UTC)
