"""Prices, as a test sets them, and bars."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from tests.simulators.webull import hours

TIMESPANS: Final = ("M1", "M5", "M15", "M30", "M60", "M120", "M240", "D", "W", "M", "Y")


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """What the market shows of a symbol."""

    bid: Decimal
    ask: Decimal
    last: Decimal
    size: Decimal
    previous: Decimal
    at: datetime

    def touch(self, side: str) -> Decimal:
        """What a buyer pays at once, or a seller gets."""
        return self.ask if side == "BUY" else self.bid


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A candle that begins at `at`."""

    at: datetime
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: Decimal


class Market:
    """Where prices are set.

    Attributes:
        quotes: By symbol; of an option its OCC symbol.
        always_open: Whether the hours play no part.
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        """No prices yet."""
        self.quotes: dict[str, Quote] = {}
        self.always_open = False
        self._bars: dict[tuple[str, str], list[Bar]] = defaultdict(list)
        self._now = now

    @property
    def phase(self) -> str:
        """See `hours.phase`."""
        return hours.REGULAR if self.always_open else hours.phase(self._now())

    def set(
        self,
        symbol: str,
        *,
        bid: str | Decimal,
        ask: str | Decimal,
        last: str | Decimal | None = None,
        size: str | Decimal = "100",
        previous: str | Decimal | None = None,
    ) -> None:
        """A new quote; nothing fills before `match`.

        Args:
            last: The middle if it is not given.
            previous: Yesterday's close; `last` if it is not given.
        """
        low, high = Decimal(bid), Decimal(ask)
        price = (low + high) / 2 if last is None else Decimal(last)
        self.quotes[symbol] = Quote(
            bid=low,
            ask=high,
            last=price,
            size=Decimal(size),
            previous=price if previous is None else Decimal(previous),
            at=self._now(),
        )

    def last(self, symbol: str) -> Decimal | None:
        """The price of the last trade."""
        quote = self.quotes.get(symbol)
        return quote.last if quote else None

    def add_bars(self, symbol: str, timespan: str, *bars: Bar) -> None:
        """Candles, in any order."""
        self._bars[symbol, timespan].extend(bars)

    def bars(self, symbol: str, timespan: str) -> list[Bar]:
        """Newest first, as they were seen in answers."""
        return sorted(self._bars[symbol, timespan], key=lambda bar: bar.at, reverse=True)
