"""When the paper market trades: New York's weekday hours. Holidays are not modelled."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from floorbroker.domain.market import Market, MarketHours
from floorbroker.domain.orders import Session

NEW_YORK: Final = ZoneInfo("America/New_York")
_DAY: Final = timedelta(days=1)
_OPENS: Final = {Session.REGULAR: time(9, 30), Session.EXTENDED: time(4)}
_CLOSES: Final = {Session.REGULAR: time(16), Session.EXTENDED: time(20)}


def last_midnight(at: datetime) -> datetime:
    """When the day of `at` began in New York; in UTC."""
    here = at.astimezone(NEW_YORK)
    return datetime.combine(here.date(), time(), NEW_YORK).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class TradingHours:
    """The hours of shares; `enforced` False keeps them open all the time, like crypto."""

    enforced: bool

    def open_at(self, at: datetime, session: Session, *, crypto: bool) -> bool:
        """Whether an order of that session can fill at `at`."""
        if crypto or not self.enforced:
            return True
        here = at.astimezone(NEW_YORK)
        return here.weekday() < 5 and _OPENS[session] <= here.time() < _CLOSES[session]

    def day_order_ends(self, at: datetime, session: Session, *, crypto: bool) -> datetime:
        """When a DAY order placed at `at` expires: the session's close, else midnight."""
        if crypto or not self.enforced:
            here = at.astimezone(NEW_YORK)
            return _moment(here + _DAY, time())
        return _next(at, _CLOSES[session])

    def price_time(self, at: datetime, *, crypto: bool) -> datetime:
        """`at`, or the last moment before it at which the market made a price."""
        if self.open_at(at, Session.EXTENDED, crypto=crypto):
            return at
        here = at.astimezone(NEW_YORK)
        for days in range(5):
            day = here - days * _DAY
            close = _moment(day, _CLOSES[Session.EXTENDED])
            if day.weekday() < 5 and close <= at:
                return close
        raise AssertionError("Every five days hold a weekday.")

    def opens_between(self, start: datetime, end: datetime, session: Session) -> list[datetime]:
        """Every open after `start` and before `end`; none where the market never closes."""
        opens: list[datetime] = []
        at = start
        while self.enforced:
            at = _next(at, _OPENS[session])
            if at >= end:
                break
            opens.append(at)
        return opens

    def of(self, market: Market, now: datetime) -> MarketHours:
        """The regular session's hours as commands show them."""
        if market is Market.CRYPTO or not self.enforced:
            return MarketHours(market=market, open_now=True, next_open=None, next_close=None)
        return MarketHours(
            market=market,
            open_now=self.open_at(now, Session.REGULAR, crypto=False),
            next_open=_next(now, _OPENS[Session.REGULAR]),
            next_close=_next(now, _CLOSES[Session.REGULAR]),
        )


def _moment(day: datetime, clock_time: time) -> datetime:
    return datetime.combine(day.date(), clock_time, NEW_YORK).astimezone(UTC)


def _next(after: datetime, clock_time: time) -> datetime:
    """The next weekday's `clock_time` in New York strictly after `after`."""
    here = after.astimezone(NEW_YORK)
    for days in range(5):
        day = here + days * _DAY
        moment = _moment(day, clock_time)
        if day.weekday() < 5 and moment > after:
            return moment
    raise AssertionError("Every five days hold a weekday.")
