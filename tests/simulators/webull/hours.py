"""When US markets are open: weekdays only, without holidays (Webull documents no calendar)."""

from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

NEW_YORK: Final = ZoneInfo("America/New_York")
PRE: Final = "PRE"
REGULAR: Final = "RTH"
AFTER: Final = "ATH"
CLOSED: Final = "CLOSED"

_PHASES: Final = (
    (time(4), CLOSED),
    (time(9, 30), PRE),
    (time(16), REGULAR),
    (time(20), AFTER),
)
_SATURDAY: Final = 5


def phase(at: datetime) -> str:
    """PRE, RTH, ATH (market data's words for the sessions) or CLOSED."""
    local = at.astimezone(NEW_YORK)
    if local.weekday() >= _SATURDAY:
        return CLOSED
    return next((name for end, name in _PHASES if local.time() < end), CLOSED)


def day_ends(at: datetime, session: str) -> datetime:
    """When an order for the day that comes at `at` ends."""
    local = at.astimezone(NEW_YORK)
    last = time(20) if session == "ALL" else time(16)
    day = local.date()
    while datetime.combine(day, last, NEW_YORK) <= local or day.weekday() >= _SATURDAY:
        day += timedelta(days=1)
    return datetime.combine(day, last, NEW_YORK)
