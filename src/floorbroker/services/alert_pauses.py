"""Links that failed when people's alerts looked through them: each is asked again later."""

from datetime import timedelta

from floorbroker.domain.clock import Clock
from floorbroker.domain.errors import FloorbrokerError
from floorbroker.domain.ids import LinkId


class AlertPauses:
    """One link's failures hold up no other's; a broker that is down is its breaker's to see.

    The steady clock counts, so that a clock that is set makes no flood and no silence.
    """

    def __init__(self, clock: Clock, first: timedelta, longest: timedelta) -> None:
        """`first` after one failure, and twice as long after each one more."""
        self._clock = clock
        self._first = first
        self._longest = longest
        self._failures: dict[LinkId, int] = {}
        self._until: dict[LinkId, float] = {}

    def hold(self, link_id: LinkId) -> bool:
        """Whether the link is not asked yet."""
        return self._until.get(link_id, 0.0) > self._clock.steady()

    def failing(self, link_id: LinkId) -> bool:
        """Whether it failed when it was asked last."""
        return link_id in self._failures

    def failed(self, link_id: LinkId, error: FloorbrokerError | TimeoutError) -> None:
        """It was asked, and failed; no sooner asked again than its broker says."""
        failures = self._failures[link_id] = min(self._failures.get(link_id, 0) + 1, 10)
        asked = error.retry_after if isinstance(error, FloorbrokerError) else None
        pause = min(self._first * (1 << (failures - 1)), self._longest)
        pause = max(pause, asked or timedelta(0))
        self._until[link_id] = self._clock.steady() + pause.total_seconds()

    def worked(self, link_id: LinkId) -> None:
        """It was asked, and answered."""
        self._failures.pop(link_id, None)
        self._until.pop(link_id, None)
