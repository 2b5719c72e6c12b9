"""Time is asked for, never taken: every service gets a clock."""

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """The present moment."""

    def now(self) -> datetime:
        """The present moment, aware and in UTC. It leaps where the machine's clock is set."""
        ...

    def steady(self) -> float:
        """Seconds since no particular moment; nobody sets them, and they stand while it sleeps."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """See `Clock.now`."""
        return datetime.now(UTC)

    def steady(self) -> float:
        """See `Clock.steady`."""
        return time.monotonic()
