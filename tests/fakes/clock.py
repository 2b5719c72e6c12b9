"""A clock that stands still until a test moves it."""

from datetime import UTC, datetime, timedelta

NOON = datetime(2026, 3, 4, 17, 0, tzinfo=UTC)
"""A Wednesday, noon in New York: every market is open."""


class ManualClock:
    """See `floorbroker.domain.clock.Clock`."""

    def __init__(self, start: datetime = NOON) -> None:
        """Stands at `start`."""
        self._now = start

    def now(self) -> datetime:
        """The moment at which the test has put it."""
        return self._now

    def advance(self, seconds: float) -> None:
        """Moves on; a negative number moves back, as a clock that is set right does."""
        self._now += timedelta(seconds=seconds)

    def move_to(self, moment: datetime) -> None:
        """Stands at `moment` from now on."""
        self._now = moment
