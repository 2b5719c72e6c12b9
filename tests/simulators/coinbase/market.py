"""The prices that a test sets, and the candles it gives."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from tests.simulators.coinbase.wire import moment, text

GRANULARITIES: Final = {
    "ONE_MINUTE": timedelta(minutes=1),
    "FIVE_MINUTE": timedelta(minutes=5),
    "FIFTEEN_MINUTE": timedelta(minutes=15),
    "THIRTY_MINUTE": timedelta(minutes=30),
    "ONE_HOUR": timedelta(hours=1),
    "TWO_HOUR": timedelta(hours=2),
    "FOUR_HOUR": timedelta(hours=4),
    "SIX_HOUR": timedelta(hours=6),
    "ONE_DAY": timedelta(days=1),
}
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SHAPE: Final = ("0.998", "1.004", "0.995", "1.001")


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """What the market shows of one product; a price of zero means that nobody is there."""

    bid: Decimal
    ask: Decimal
    last: Decimal
    at: datetime
    bid_size: Decimal = Decimal(1)
    ask_size: Decimal = Decimal(1)

    def touch(self, side: str) -> Decimal:
        """Where an order of that side fills at once; zero where it cannot."""
        return self.ask if side == "BUY" else self.bid

    def book(self, product_id: str) -> dict[str, Any]:
        """A pricebook of one level a side."""
        return {
            "product_id": product_id,
            "bids": _levels(self.bid, self.bid_size),
            "asks": _levels(self.ask, self.ask_size),
            "time": moment(self.at),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Candle:
    """One candle; `at` is its beginning."""

    at: datetime
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: Decimal = Decimal(10)

    def wire(self) -> dict[str, str]:
        """Its beginning is in UNIX seconds; everything is a string."""
        return {
            "start": str(int(self.at.timestamp())),
            "low": text(self.low),
            "high": text(self.high),
            "open": text(self.open),
            "close": text(self.close),
            "volume": text(self.volume),
        }


@dataclass(slots=True)
class Market:
    """Prices of everything, by the product whose book it is.

    Attributes:
        quotes: By product.
        candles: By product and granularity.
        heard: Hear each product whose price is set.
    """

    now: Callable[[], datetime]
    quotes: dict[str, Quote] = field(default_factory=dict)
    candles: dict[tuple[str, str], list[Candle]] = field(default_factory=dict)
    heard: list[Callable[[str], None]] = field(default_factory=list)

    def set(
        self,
        product_id: str,
        *,
        bid: str | Decimal,
        ask: str | Decimal,
        last: str | Decimal | None = None,
        bid_size: str = "1",
        ask_size: str = "1",
        at: datetime | None = None,
    ) -> None:
        """A new quote; the last trade is the middle unless it is given. Nothing is matched yet."""
        low, high = Decimal(bid), Decimal(ask)
        self.quotes[product_id] = Quote(
            bid=low,
            ask=high,
            last=(low + high) / 2 if last is None else Decimal(last),
            at=at or self.now(),
            bid_size=Decimal(bid_size),
            ask_size=Decimal(ask_size),
        )
        for hear in self.heard:
            hear(product_id)

    def forget(self, product_id: str) -> None:
        """No quote any more."""
        self.quotes.pop(product_id, None)

    def give_candles(self, product_id: str, granularity: str, candles: list[Candle]) -> None:
        """Replaces those of that product and granularity."""
        self.candles[product_id, granularity] = sorted(candles, key=lambda one: one.at)

    def make_candles(
        self, product_id: str, granularity: str, count: int, *, until: datetime | None = None
    ) -> None:
        """`count` around the last price; the newest begins one step or less before `until`."""
        end, step = until or self.now(), GRANULARITIES[granularity]
        newest = end - (end - _EPOCH) % step
        if newest == end:
            newest -= step
        last = self.quotes[product_id].last
        made = []
        for n in range(count):
            base = last * (100 + n % 7) / 100
            o, h, low, c = ((base * Decimal(f)).quantize(Decimal("0.01")) for f in _SHAPE)
            made.append(Candle(at=newest - n * step, open=o, high=h, low=low, close=c))
        self.give_candles(product_id, granularity, made)


def _levels(price: Decimal, size: Decimal) -> list[dict[str, str]]:
    return [{"price": text(price), "size": text(size)}] if price > 0 else []
