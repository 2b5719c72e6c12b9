"""When the US market is open: weekdays, the exchange's holidays and its early closes."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

NEW_YORK: Final = ZoneInfo("America/New_York")
_DAY: Final = timedelta(days=1)

# https://www.nyse.com/markets/hours-calendars
_CLOSED: Final = frozenset(
    map(
        date.fromisoformat,
        [
            "2025-01-01",
            "2025-01-09",
            "2025-01-20",
            "2025-02-17",
            "2025-04-18",
            "2025-05-26",
            "2025-06-19",
            "2025-07-04",
            "2025-09-01",
            "2025-11-27",
            "2025-12-25",
            "2026-01-01",
            "2026-01-19",
            "2026-02-16",
            "2026-04-03",
            "2026-05-25",
            "2026-06-19",
            "2026-07-03",
            "2026-09-07",
            "2026-11-26",
            "2026-12-25",
            "2027-01-01",
            "2027-01-18",
            "2027-02-15",
            "2027-03-26",
            "2027-05-31",
            "2027-06-18",
            "2027-07-05",
            "2027-09-06",
            "2027-11-25",
            "2027-12-24",
        ],
    )
)
_SHORT: Final = frozenset(
    map(
        date.fromisoformat,
        ["2025-07-03", "2025-11-28", "2025-12-24", "2026-11-27", "2026-12-24", "2027-11-26"],
    )
)


@dataclass(frozen=True, slots=True)
class Session:
    """One day's regular hours."""

    day: date
    open: datetime
    close: datetime

    def wire(self) -> dict[str, Any]:
        """An element of /v2/calendar."""
        return {
            "date": self.day.isoformat(),
            "open": self.open.strftime("%H:%M"),
            "close": self.close.strftime("%H:%M"),
            "session_open": "0400",
            "session_close": "2000",
            "settlement_date": _next(self.day).isoformat(),
        }


def session(day: date) -> Session | None:
    """The session of `day`, if there is one."""
    if day.weekday() > 4 or day in _CLOSED:
        return None
    close = time(13) if day in _SHORT else time(16)
    return Session(
        day,
        datetime.combine(day, time(9, 30), NEW_YORK),
        datetime.combine(day, close, NEW_YORK),
    )


def sessions(start: date, end: date) -> list[Session]:
    """All of them from `start` to `end`, both included."""
    days = (start + _DAY * n for n in range((end - start).days + 1))
    return [found for day in days if (found := session(day))]


def next_open(now: datetime) -> datetime:
    """The first opening after `now`, in New York's time."""
    return _first(now, "open")


def next_close(now: datetime) -> datetime:
    """The first close after `now`, in New York's time."""
    return _first(now, "close")


def by_the_calendar(now: datetime) -> bool:
    """Whether regular hours run at `now`."""
    today = session(now.astimezone(NEW_YORK).date())
    return today is not None and today.open <= now < today.close


def _first(now: datetime, which: str) -> datetime:
    day = now.astimezone(NEW_YORK).date()
    for found in sessions(day, day + 14 * _DAY):
        at: datetime = getattr(found, which)
        if at > now:
            return at
    raise AssertionError("two weeks without a session")


def _next(day: date) -> date:
    return sessions(day + _DAY, day + 14 * _DAY)[0].day


def utc_close(now: datetime) -> datetime:
    """The end of a day order that is placed at `now`."""
    return next_close(now).astimezone(UTC)
