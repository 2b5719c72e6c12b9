"""Candles or a line, with volume, averages, RSI and one's own fills."""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from floorbroker.charts.indicators import moving_average, relative_strength
from floorbroker.domain.market import Bar, Timeframe
from floorbroker.domain.orders import Side

_LABELS: Final = 5
_FORMATS: Final = {
    Timeframe.MINUTE: "%H:%M",
    Timeframe.FIVE_MINUTES: "%H:%M",
    Timeframe.HOUR: "%d %b %H:%M",
    Timeframe.DAY: "%d %b",
}
_LONG: Final = 200
"""Days from which on the label of a daily bar names the year."""


class Style(StrEnum):
    """How prices are drawn."""

    CANDLES = "candles"
    LINE = "line"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One of the person's own fills."""

    at: datetime
    side: Side
    price: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceChart:
    """What to draw.

    Attributes:
        bars: Oldest first, at least one.
        zone: In which the times are written.
        averages: Lengths, in bars.
        strength: Whether to draw the RSI.
    """

    symbol: str
    bars: tuple[Bar, ...]
    timeframe: Timeframe
    span: str
    zone: str = "America/New_York"
    style: Style = Style.CANDLES
    averages: tuple[int, ...] = ()
    volume: bool = True
    strength: bool = False
    marks: tuple[Mark, ...] = ()

    def __post_init__(self) -> None:
        """Refuses a chart of nothing."""
        if not self.bars:
            raise ValueError("A chart needs a bar.")

    @property
    def name(self) -> str:
        """The picture's file name."""
        return f"{_file(self.symbol)}-{_file(self.span)}.png"

    def png(self) -> bytes:
        """The picture; takes some tenths of a second of a processor."""
        from floorbroker.charts import price_drawing  # imports matplotlib

        return price_drawing.png(self)

    @property
    def closes(self) -> list[float]:
        """As drawn."""
        return [float(bar.close) for bar in self.bars]

    @property
    def change(self) -> float:
        """From the first open to the last close, as a fraction."""
        first = float(self.bars[0].open)
        return (float(self.bars[-1].close) - first) / first if first else 0.0

    @property
    def alt(self) -> str:
        """The picture in words."""
        first, last = self.bars[0], self.bars[-1]
        high = max(bar.high for bar in self.bars)
        low = min(bar.low for bar in self.bars)
        count = len(self.placed())
        fills = "1 of your fills is" if count == 1 else f"{count} of your fills are"
        own = f" {fills} marked." if count else ""
        return (
            f"{self.symbol}, {self.span}: from {first.open} to {last.close} "
            f"({self.change * 100:+.2f} %), highest {high}, lowest {low}, "
            f"{len(self.bars)} bars until {self._written(last.at, '%d %b %Y %H:%M')}.{own}"
        )

    def averaged(self) -> list[tuple[int, list[float | None]]]:
        """Each average that has a value somewhere."""
        lines = [(length, moving_average(self.closes, length)) for length in self.averages]
        return [line for line in lines if any(value is not None for value in line[1])]

    def strengths(self) -> list[float | None]:
        """The RSI of each bar."""
        return relative_strength(self.closes)

    def placed(self) -> list[tuple[int, Mark]]:
        """Each mark with the bar in which it happened; the last bar takes what came after it.

        What is older than the first bar is left out.
        """
        starts = [bar.at for bar in self.bars]
        return [
            (bisect_right(starts, mark.at) - 1, mark) for mark in self.marks if mark.at >= starts[0]
        ]

    def labels(self) -> tuple[list[int], list[str]]:
        """Where the time axis is labelled, and with what."""
        count = len(self.bars)
        every = max(1, -(-count // _LABELS))
        places = list(range(every // 2, count, every)) or [0]
        days = (self.bars[-1].at - self.bars[0].at).days
        style = "%b %Y" if days > _LONG else _FORMATS[self.timeframe]
        if self.timeframe in {Timeframe.MINUTE, Timeframe.FIVE_MINUTES} and days >= 1:
            style = "%d %b %H:%M"
        return places, [self._written(self.bars[place].at, style) for place in places]

    def _written(self, at: datetime, style: str) -> str:
        # A day's bar starts at midnight of the exchange or of UTC: its date is what counts.
        if self.timeframe is Timeframe.DAY:
            return at.strftime(style.replace(" %H:%M", ""))
        return at.astimezone(ZoneInfo(self.zone)).strftime(style)


def _file(text: str) -> str:
    return "".join(letter if letter.isalnum() else "-" for letter in text).strip("-").lower()
