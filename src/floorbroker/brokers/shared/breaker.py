"""Leaves a broker alone for a while after it has failed several times in a row.

Not a library's: it needs our clock, lets one caller try again instead of all of them, and keeps
nothing of what failed, since an exception can hold somebody's keys.
"""

from datetime import timedelta
from typing import Final

from floorbroker.domain.clock import Clock

FAILURES: Final = 5
REST: Final = timedelta(seconds=60)


class Breaker:
    """One broker's. Closed at first: everything passes."""

    def __init__(self, clock: Clock, failures: int = FAILURES, rest: timedelta = REST) -> None:
        """Opens after `failures` in a row, and lets one call try after each `rest`."""
        self._clock = clock
        self._most = failures
        self._rest = rest
        self._failures = 0
        self._rests_until: float | None = None

    @property
    def is_open(self) -> bool:
        """Whether it leaves the broker alone, or waits for what the one call that tries finds."""
        return self._rests_until is not None

    def wait(self) -> timedelta | None:
        """How long a call must stay away; None lets it through.

        Of those that ask once the rest is over, the first is let through and the others wait for
        what it finds.
        """
        if self._rests_until is None:
            return None
        now = self._clock.steady()  # a clock that is set must not make the rest longer
        if now < self._rests_until:
            return timedelta(seconds=self._rests_until - now)
        self._rests_until = now + self._rest.total_seconds()
        return None

    def worked(self) -> None:
        """A call was answered: everything passes again."""
        self._failures = 0
        self._rests_until = None

    def failed(self) -> None:
        """A call was not answered, or with an error of the broker's own."""
        self._failures += 1
        if self._failures >= self._most:
            self._rests_until = self._clock.steady() + self._rest.total_seconds()
