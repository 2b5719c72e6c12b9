"""A clock that stands still until a test moves it."""

from datetime import UTC, datetime, timedelta

NOON = datetime(2026, 3, 4, 17, 0, tzinfo=UTC)
"""A Wednesday, noon in New York: every market is open."""


class ManualClock:
    """See `floorbroker.domain.clock.Clock`."""

    def __init__(self, start: datetime = NOON) -> None:
        """Stands at `start`."""
        self._now = start
        self._steady = 0.0

    def now(self) -> datetime:
        """The moment at which the test has put it."""
        return self._now

    def advance(self, seconds: float) -> None:
        """Time goes by; a negative number moves back, as a clock that is set right does."""
        self._now += timedelta(seconds=seconds)
        self._steady += max(seconds, 0.0)

    def move_to(self, moment: datetime) -> None:
        """Time goes by until `moment`, or the clock is set back to it."""
        self.advance((moment - self._now).total_seconds())

    def leap(self, seconds: float) -> None:
        """The clock is set, or the machine slept: no time has gone by for what runs."""
        self._now += timedelta(seconds=seconds)

    def steady(self) -> float:
        """The seconds that have gone by."""
        return self._steady
