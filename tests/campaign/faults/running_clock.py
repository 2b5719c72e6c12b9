"""A clock that goes on by itself and can be moved ahead."""

from datetime import datetime, timedelta
from time import monotonic

from tests.fakes.clock import ManualClock


class RunningClock(ManualClock):
    """From noon on; what a broker allows per second comes back as real seconds pass."""

    def __init__(self) -> None:
        """Starts now."""
        super().__init__()
        self._begin = monotonic()

    def now(self) -> datetime:
        """Wherever it was moved to, and the real time since the start."""
        return super().now() + timedelta(seconds=monotonic() - self._begin)
