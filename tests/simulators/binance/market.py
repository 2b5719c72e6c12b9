"""Prices: an order book, a last price and bars for each symbol."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from tests.simulators.binance.wire import ZERO

INTERVALS: Final = {
    "1s": timedelta(seconds=1),
    **{f"{n}m": timedelta(minutes=n) for n in (1, 3, 5, 15, 30)},
    **{f"{n}h": timedelta(hours=n) for n in (1, 2, 4, 6, 8, 12)},
    **{f"{n}d": timedelta(days=n) for n in (1, 3)},
    "1w": timedelta(weeks=1),
    "1M": timedelta(days=31),
}
"""Case-sensitive: rest-api.md, "Kline/Candlestick data". A month is no fixed time; see `Market`."""

Level = tuple[Decimal, Decimal]
"""Price and quantity."""


@dataclass(slots=True, kw_only=True)
class Book:
    """What others offer; people's own orders are not in it, and they do not trade with each other.

    Attributes:
        bids: Best first, as `asks`.
        average: Of the last minutes, for the filters; the last price unless a test says otherwise.
        opened: The price of 24 hours ago.
    """

    bids: list[Level] = field(default_factory=list)
    asks: list[Level] = field(default_factory=list)
    last: Decimal
    average: Decimal
    opened: Decimal
    at: datetime
    trades: int = 0
    volume: Decimal = ZERO
    turnover: Decimal = ZERO

    def offers(self, side: str) -> list[Level]:
        """What an order of that side takes."""
        return self.asks if side == "BUY" else self.bids

    def touch(self, side: str) -> Decimal | None:
        """The best of them; None where there is none."""
        offers = self.offers(side)
        return offers[0][0] if offers else None

    def take(self, side: str, price: Decimal, qty: Decimal, at: datetime) -> None:
        """A trade: so much of that level is gone, and it is the last price."""
        offers = self.offers(side)
        left = [(p, q - qty if p == price else q) for p, q in offers]
        offers[:] = [(p, q) for p, q in left if q > 0]
        self.last = price
        self.at = at
        self.trades += 1
        self.volume += qty
        self.turnover += qty * price


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A kline."""

    at: datetime
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: Decimal


class Market:
    """What a test says of the prices.

    Attributes:
        books: By symbol.
        bars: By symbol and interval, oldest first.
        heard: Hear each symbol whose prices are set.
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        """There are none yet."""
        self.books: dict[str, Book] = {}
        self.bars: dict[tuple[str, str], list[Bar]] = {}
        self.heard: list[Callable[[str], None]] = []
        self._now = now

    def set(
        self,
        symbol: str,
        *,
        bid: str,
        ask: str,
        bid_qty: str = "100",
        ask_qty: str = "100",
        last: str | None = None,
    ) -> None:
        """One level on each side; the last price is the middle unless it is given."""
        middle = (Decimal(bid) + Decimal(ask)) / 2
        self.set_book(
            symbol, bids=[(bid, bid_qty)], asks=[(ask, ask_qty)], last=last or str(middle)
        )

    def set_book(
        self,
        symbol: str,
        *,
        bids: Iterable[tuple[str, str]],
        asks: Iterable[tuple[str, str]],
        last: str,
    ) -> None:
        """Prices and quantities, best first; either side may be empty."""
        before = self.books.get(symbol)
        price = Decimal(last)
        self.books[symbol] = Book(
            bids=_levels(bids),
            asks=_levels(asks),
            last=price,
            average=price,
            opened=before.opened if before else price,
            at=self._now(),
        )
        for hear in self.heard:
            hear(symbol)

    def set_last(self, symbol: str, last: str) -> None:
        """A trade among others: stops look at it, the book stays."""
        book = self.books[symbol]
        book.last = Decimal(last)
        book.at = self._now()

    def set_bars(self, symbol: str, interval: str, bars: Sequence[Bar]) -> None:
        """Oldest first."""
        self.bars[symbol, interval] = list(bars)

    def make_bars(self, symbol: str, interval: str, count: int) -> None:
        """Bars around the last price; the newest is the one that is not over yet.

        Raises:
            KeyError: The interval is none, or is "1M", whose bars a test gives with `set_bars`.
        """
        if interval == "1M":
            raise KeyError(interval)
        length = INTERVALS[interval]
        middle = self.books[symbol].last
        now = self._now()
        newest = now - (now - datetime.min.replace(tzinfo=now.tzinfo)) % length
        self.bars[symbol, interval] = [
            Bar(
                at=newest - length * (count - 1 - place),
                open=middle,
                high=middle + 1 + place % 3,
                low=middle - 1 - place % 2,
                close=middle + place % 2,
                volume=Decimal(100 + place),
            )
            for place in range(count)
        ]


def _levels(given: Iterable[tuple[str, str]]) -> list[Level]:
    return [(Decimal(price), Decimal(qty)) for price, qty in given]
