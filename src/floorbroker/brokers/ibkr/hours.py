"""Trading hours as contracts tell them, and whether a market trades now. Pure.

`20261123:0930-20261123:1600;20261126:CLOSED`, in the contract's own zone; older gateways wrote
`20261123:0930-1600,1700-1800` (https://interactivebrokers.github.io/tws-api/contract_details.html).
A zone is told by a name of the time zone database, or by one of Java's short ones.
"""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from floorbroker.domain.market import Market, MarketHours

_PART: Final = re.compile(r"(?:(\d{8}):)?(\d{4})-(?:(\d{8}):)?(\d{4})", re.ASCII)
_JAVAS: Final = {
    # In the time zone database EST and MST know no summer; to Java they are places.
    "EST": "America/New_York",
    "EST5EDT": "America/New_York",
    "CST": "America/Chicago",
    "CST6CDT": "America/Chicago",
    "MST": "America/Denver",
    "PST": "America/Los_Angeles",
    "MET": "Europe/Paris",
    "JST": "Asia/Tokyo",
    "US/Eastern": "America/New_York",
    "US/Central": "America/Chicago",
}
_GAP: Final = timedelta(minutes=1)
"""23:59 and 00:00 of the next day are one session to whoever trades."""

_WITHOUT_END: Final = timedelta(days=2)
"""A session that has no other behind it and is longer does not end: the list does."""


class Session(NamedTuple):
    """Open from `start` until `end`, in UTC."""

    start: datetime
    end: datetime


def zone_of(name: str) -> ZoneInfo:
    """By the contract's `timeZoneId`.

    Raises:
        ValueError: It is none.
    """
    short = name.partition(" ")[0]
    try:
        return ZoneInfo(_JAVAS.get(short, short))
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError("not a time zone") from error


def sessions(told: str, zone: ZoneInfo) -> list[Session]:
    """Those of `tradingHours` or `liquidHours`, oldest first, joined where nothing is between them.

    Raises:
        ValueError: They cannot be read.
    """
    found: list[Session] = []
    for span in re.split("[;,]", told):
        if not span or span.endswith("CLOSED"):
            continue
        part = _PART.fullmatch(span)
        if part is None:
            raise ValueError("hours that cannot be read")
        first, opens, last, closes = part.groups()
        if first is None and not found:
            raise ValueError("hours without a day")
        day = _day(first) if first else found[-1].start.astimezone(zone).date()
        start = _moment(day, opens, zone)
        end = _moment(_day(last) if last else day, closes, zone)
        if end <= start and last is None:
            end = _moment(day + timedelta(days=1), closes, zone)
        if end > start:
            found.append(Session(start, end))
    return _joined(sorted(found))


def market_hours(market: Market, told: Sequence[Session], now: datetime) -> MarketHours:
    """Of sessions, oldest first; what lies beyond them is not known."""
    ahead = [session for session in told if session.end > now]
    first = ahead[0] if ahead else None
    if first is None:
        return MarketHours(market=market, open_now=False, next_open=None, next_close=None)
    if first.start > now:
        return MarketHours(
            market=market, open_now=False, next_open=first.start, next_close=first.end
        )
    following = ahead[1].start if len(ahead) > 1 else None
    endless = following is None and first.end - first.start > _WITHOUT_END
    return MarketHours(
        market=market,
        open_now=True,
        next_open=following,
        next_close=None if endless else first.end,
    )


def _joined(found: Sequence[Session]) -> list[Session]:
    joined: list[Session] = []
    for session in found:
        if joined and session.start - joined[-1].end <= _GAP:
            before = joined.pop()
            session = Session(before.start, max(before.end, session.end))  # noqa: PLW2901 # the two as one
        joined.append(session)
    return joined


def _day(digits: str) -> date:
    return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))


def _moment(day: date, digits: str, zone: ZoneInfo) -> datetime:
    """24:00 is the next day's beginning."""
    hour, minute = int(digits[:2]), int(digits[2:])
    if (hour, minute) == (24, 0):
        day, hour = day + timedelta(days=1), 0
    return datetime.combine(day, time(hour, minute), zone).astimezone(UTC)
