"""Whether the time of day can be believed: a clock is set right, and a machine sleeps."""

from datetime import timedelta
from typing import Final

from floorbroker.domain.clock import Clock

EVEN: Final = timedelta(seconds=2)
"""The time of day may part from the steady time by so much between two looks."""


class Leaps:
    """Compares the time of day with one that nobody sets; is looked at often."""

    def __init__(self, clock: Clock) -> None:
        """Believes the clock as it is now."""
        self._clock = clock
        self._seen, self._steady = clock.now(), clock.steady()
        self._even_since: float | None = None

    def even_for(self) -> timedelta:
        """How long the time of day has gone by evenly; without end if it never leapt here."""
        now, steady = self._clock.now(), self._clock.steady()
        leapt = (now - self._seen) - timedelta(seconds=steady - self._steady)
        self._seen, self._steady = now, steady
        if abs(leapt) > EVEN:
            self._even_since = steady
        if self._even_since is None:
            return timedelta.max
        return timedelta(seconds=steady - self._even_since)
