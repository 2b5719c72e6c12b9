"""What a portfolio was worth over time."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from floorbroker.domain.modes import Environment

_LABELS: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Worth:
    """A value that was stored at one moment."""

    at: datetime
    value: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class EquityChart:
    """What to draw: at least two values, oldest first.

    Attributes:
        environment: Whose money it is: real and paper are never one line.
        note: In a sentence or two, what the line leaves out; empty where it leaves out nothing.
    """

    points: tuple[Worth, ...]
    currency: str
    environment: Environment
    span: str
    note: str = ""
    zone: str = "America/New_York"

    def __post_init__(self) -> None:
        """Refuses a line of one point."""
        if len(self.points) < 2:  # a line has two ends
            raise ValueError("A line needs two points.")

    @property
    def name(self) -> str:
        """The picture's file name."""
        return "equity.png"

    def png(self) -> bytes:
        """The picture; takes some tenths of a second of a processor."""
        from floorbroker.charts import equity_drawing  # imports matplotlib

        return equity_drawing.png(self)

    @property
    def title(self) -> str:
        """The heading: `PAPER equity · 3 months`."""
        return f"{self.environment.value.upper()} equity · {self.span}"

    @property
    def change(self) -> float:
        """From the first value to the last, as a fraction; money that came and went included."""
        first = float(self.points[0].value)
        return (float(self.points[-1].value) - first) / first if first else 0.0

    @property
    def alt(self) -> str:
        """The picture in words."""
        first, last = self.points[0], self.points[-1]
        high = max(point.value for point in self.points)
        low = min(point.value for point in self.points)
        words = (
            f"{self.environment.value.upper()} equity, {self.span}: "
            f"from {first.value:,.2f} to {last.value:,.2f} {self.currency} "
            f"({self.change * 100:+.2f} %), highest {high:,.2f}, lowest {low:,.2f}, "
            f"{len(self.points)} values from {self._written(first.at)} to {self._written(last.at)}."
        )
        return f"{words} {self.note}".rstrip()

    def labels(self) -> tuple[list[datetime], list[str]]:
        """Where the time axis is labelled, and with what."""
        first, last = self.points[0].at, self.points[-1].at
        moments = [first + (last - first) * (2 * n + 1) / (2 * _LABELS) for n in range(_LABELS)]
        return moments, [self._written(moment) for moment in moments]

    def _written(self, at: datetime) -> str:
        days = (self.points[-1].at - self.points[0].at).days
        style = "%d %b %H:%M" if days < 3 else "%d %b" if days < 200 else "%b %Y"
        return at.astimezone(ZoneInfo(self.zone)).strftime(style)
