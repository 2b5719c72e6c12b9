"""How long a condition must last before it counts, and be gone before it is over."""

from collections import deque
from collections.abc import Mapping
from datetime import datetime, timedelta

from floorbroker.domain.alerts import Alert


class Hold:
    """One condition in one process.

    Attributes:
        since: When the condition began, counted or not yet; None where it is not seen.
        firing: Whether it has lasted long enough, and is not long enough gone.
    """

    def __init__(self, alert: Alert) -> None:
        """Nothing is seen at first."""
        self._alert = alert
        self._gone_since: datetime | None = None
        self.since: datetime | None = None
        self.firing = False

    def feel(self, seen: bool | None, now: datetime) -> None:
        """Takes one look; None where it cannot be told, which changes nothing."""
        if seen:
            self._gone_since = None
            self.since = self.since or now
            self.firing = self.firing or now - self.since >= self._alert.holds
        elif seen is not None:
            self._gone_since = self._gone_since or now
            if not self.firing or now - self._gone_since >= self._alert.over_after:
                self.since, self._gone_since, self.firing = None, None, False


class Window:
    """By how much counters rose of late."""

    def __init__(self, span: timedelta) -> None:
        """Looks back so far, or to the first look."""
        self._span = span
        self._looks: deque[tuple[datetime, Mapping[str, float]]] = deque()

    def rise(self, totals: Mapping[str, float], now: datetime) -> Mapping[str, float]:
        """Takes one look at counters that only rise; how much each rose within the span."""
        self._looks.append((now, totals))
        while len(self._looks) > 1 and now - self._looks[1][0] >= self._span:
            self._looks.popleft()
        before = self._looks[0][1]
        return {name: total - before.get(name, 0.0) for name, total in totals.items()}
