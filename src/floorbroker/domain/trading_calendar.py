"""On which days a market trades, from when to when, and on which it does not."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from floorbroker.domain.market import Market, MarketHours


@dataclass(frozen=True, slots=True, kw_only=True)
class TradingDay:
    """One day's regular session; `early` where it ends before the usual hour."""

    day: date
    opens: datetime
    closes: datetime
    early: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Holiday:
    """A weekday without trading; the name is empty where the source has none."""

    day: date
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TradingCalendar:
    """A market's sessions over some months.

    Attributes:
        source: Who says so, in words for people.
        start: The first moment that the calendar speaks of; `end` is the first one after it.
        days: Oldest first, as `holidays` are.
    """

    market: Market
    source: str
    start: datetime
    end: datetime
    days: Sequence[TradingDay]
    holidays: Sequence[Holiday]

    def covers(self, now: datetime) -> bool:
        """Whether the calendar speaks of that moment, and of the sessions after it."""
        return self.start <= now < self.end and self.following(now) is not None

    def session(self, now: datetime) -> TradingDay | None:
        """The session that is on; None while the market is closed."""
        place = bisect_right(self.days, now, key=_opens)
        last = self.days[place - 1] if place else None
        return last if last is not None and now < last.closes else None

    def following(self, now: datetime) -> TradingDay | None:
        """The next session that begins; None beyond the calendar's end."""
        place = bisect_right(self.days, now, key=_opens)
        return self.days[place] if place < len(self.days) else None

    def hours(self, now: datetime) -> MarketHours | None:
        """As a broker would tell them; None for a moment that the calendar does not cover."""
        if not self.covers(now):
            return None
        session, following = self.session(now), self.following(now)
        assert following is not None  # noqa: S101  # or it would not be covered
        return MarketHours(
            market=self.market,
            open_now=session is not None,
            next_open=following.opens,
            next_close=(session or following).closes,
        )

    def nearest(self, now: datetime) -> TradingDay | None:
        """The session that is on, else the next one."""
        return self.session(now) or self.following(now)

    def coming(self, today: date, most: int) -> Sequence[Holiday | TradingDay]:
        """Holidays and days that end early, from `today` on, the nearest first."""
        special: list[Holiday | TradingDay] = [*self.holidays]
        special += [one for one in self.days if one.early]
        ahead = sorted((one for one in special if one.day >= today), key=lambda one: one.day)
        return ahead[:most]


def _opens(day: TradingDay) -> datetime:
    return day.opens
