"""When the next daily summary is due."""

from datetime import date, datetime, time, timedelta
from typing import Final

from floorbroker.domain.digests import DigestChoice, DigestTime
from floorbroker.domain.trading_calendar import TradingCalendar, TradingDay
from floorbroker.services.gates import EXCHANGE_ZONE

_USUAL: Final = {DigestTime.OPEN: time(9, 30), DigestTime.CLOSE: time(16)}
_SEARCHED_DAYS: Final = 15
_SATURDAY: Final = 5


def next_digest(
    choice: DigestChoice, calendar: TradingCalendar | None, after: datetime
) -> datetime | None:
    """The next one, later than `after`; None where the person wants none.

    Without a calendar every weekday counts as a trading day of the usual hours: `needless` looks
    again when it is due.
    """
    if choice.at is DigestTime.OFF:
        return None
    today = after.astimezone(EXCHANGE_ZONE).date()
    for ahead in range(_SEARCHED_DAYS):
        moment = _moment(choice, calendar, today + timedelta(days=ahead))
        if moment is not None and moment > after:
            return moment.astimezone(after.tzinfo)
    return None


def day_after(moment: datetime) -> datetime:
    """When the exchange's next day begins."""
    following = moment.astimezone(EXCHANGE_ZONE).date() + timedelta(days=1)
    return datetime.combine(following, time(), EXCHANGE_ZONE).astimezone(moment.tzinfo)


def needless(choice: DigestChoice, calendar: TradingCalendar | None) -> bool:
    """Whether the one that is due stands on a day without trading, and the person wants none."""
    if choice.every_day or calendar is None or choice.due_at is None:
        return False
    return calendar.covers(choice.due_at) and session_of(calendar, choice.due_at) is None


def session_of(calendar: TradingCalendar, moment: datetime) -> TradingDay | None:
    """The session of that day of the exchange; None where it does not trade."""
    return _session(calendar, moment.astimezone(EXCHANGE_ZONE).date())


def _moment(choice: DigestChoice, calendar: TradingCalendar | None, day: date) -> datetime | None:
    usual = datetime.combine(day, _USUAL[choice.at], EXCHANGE_ZONE)
    if calendar is None or not calendar.start <= usual < calendar.end:
        return usual if choice.every_day or day.weekday() < _SATURDAY else None
    session = _session(calendar, day)
    if session is None:
        return usual if choice.every_day else None
    return session.opens if choice.at is DigestTime.OPEN else session.closes


def _session(calendar: TradingCalendar, day: date) -> TradingDay | None:
    return next((one for one in calendar.days if one.day == day), None)
