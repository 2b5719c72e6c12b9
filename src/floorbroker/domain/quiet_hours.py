"""Hours in which a person is not to be rung, in the person's own time zone."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from floorbroker.domain.errors import InvalidInput

_MINUTE: Final = timedelta(minutes=1)
_CLOCK: Final = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietHours:
    """From `start` to `end`, over midnight where `end` is the earlier one.

    Attributes:
        start: Minutes after midnight; the first quiet one.
        end: Minutes after midnight; the first one that is not quiet.
        zone: A name of the IANA time zone database, such as `Europe/Berlin`.
    """

    start: int
    end: int
    zone: str

    def __post_init__(self) -> None:
        """Refuses what is no time of a day.

        Raises:
            InvalidInput: Start and end are the same, or no times of a day.
        """
        if not (0 <= self.start < 1440 and 0 <= self.end < 1440) or self.start == self.end:
            raise InvalidInput("Quiet hours begin and end at different times of the day.")

    def hold(self, moment: datetime) -> bool:
        """Whether the moment lies within them."""
        local = moment.astimezone(ZoneInfo(self.zone))
        minute = local.hour * 60 + local.minute
        if self.start < self.end:
            return self.start <= minute < self.end
        return minute >= self.start or minute < self.end

    def until(self, moment: datetime) -> datetime | None:
        """When they end, if they hold at the moment; else None."""
        if not self.hold(moment):
            return None
        zone = ZoneInfo(self.zone)
        local = moment.astimezone(zone)
        at = time(self.end // 60, self.end % 60)
        for days in (0, 1):
            day = local.date() + timedelta(days=days)
            # Where a clock is set back, the same time of day comes twice.
            for fold in (0, 1):
                end = datetime.combine(day, at, zone).replace(fold=fold).astimezone(UTC)
                if end > moment:
                    return self._first_loud(end)
        raise AssertionError("Every time of day comes within a day.")

    def _first_loud(self, end: datetime) -> datetime:
        """`end`, or where a clock that is set forward leaves it out, the moment of the change."""
        while not self.hold(end - _MINUTE):
            end -= _MINUTE
        return end

    @property
    def words(self) -> str:
        """`22:00 to 07:00, Europe/Berlin`."""
        return f"{_clock(self.start)} to {_clock(self.end)}, {self.zone}"


def parse_quiet_hours(start: str, end: str, zone: str) -> QuietHours:
    """Quiet hours as people write them.

    Raises:
        InvalidInput: A time or the zone cannot be read.
    """
    if zone not in available_timezones():
        raise InvalidInput("Choose a time zone from the suggestions, such as Europe/Berlin.")
    return QuietHours(start=_minutes(start), end=_minutes(end), zone=zone)


def _minutes(text: str) -> int:
    found = _CLOCK.fullmatch(text)
    if found is None:
        raise InvalidInput("Invalid time of day. Write it like 22:00 or 7:30.")
    return int(found[1]) * 60 + int(found[2])


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
