"""New York's days, by which E*TRADE counts: a token ends at midnight, lists go by days. Pure."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

EASTERN: Final = ZoneInfo("America/New_York")


def day_of(moment: datetime) -> date:
    """The day in New York."""
    return moment.astimezone(EASTERN).date()


def midnight_after(moment: datetime) -> datetime:
    """The next midnight in New York, in UTC: 23 to 25 hours after the one before."""
    tomorrow = day_of(moment) + timedelta(days=1)
    return datetime.combine(tomorrow, time(), EASTERN).astimezone(UTC)


def written(day: date) -> str:
    """As E*TRADE's lists take it: MMDDYYYY."""
    return f"{day:%m%d%Y}"
