"""The prices that a test sets, and the bars it gives."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final

from tests.simulators.kraken.pairs import Catalogue, Pair

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SHAPE: Final = ("0.998", "1.004", "0.995", "1.001")


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """What the market shows of one pair.

    Attributes:
        index: What `trigger=index` looks at; None where the pair has no index.
    """

    bid: Decimal
    ask: Decimal
    last: Decimal
    at: datetime
    index: Decimal | None = None
    bid_size: Decimal = Decimal(10)
    ask_size: Decimal = Decimal(10)

    def touch(self, side: str) -> Decimal:
        """Where an order of that side fills at once."""
        return self.ask if side == "buy" else self.bid

    def signal(self, trigger: str) -> Decimal:
        """What a stop listens to."""
        return self.last if trigger == "last" or self.index is None else self.index


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar; `at` is its beginning."""

    at: datetime
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: Decimal = Decimal(100)
    count: int = 50


@dataclass(slots=True)
class Market:
    """Prices of everything; a pair may be named as Kraken takes it.

    Attributes:
        quotes: By pair id.
        bars: By pair id and minutes.
        heard: Hear the id of each pair whose price is set.
    """

    catalogue: Catalogue
    now: Callable[[], datetime]
    quotes: dict[str, Quote] = field(default_factory=dict)
    bars: dict[tuple[str, int], list[Bar]] = field(default_factory=dict)
    heard: list[Callable[[str], None]] = field(default_factory=list)

    def set(
        self,
        pair: str,
        *,
        bid: str | Decimal,
        ask: str | Decimal,
        last: str | Decimal | None = None,
        index: str | Decimal | None = None,
        bid_size: str | Decimal = "10",
        ask_size: str | Decimal = "10",
        at: datetime | None = None,
    ) -> None:
        """A new quote; the last trade is the middle unless it is given. Nothing is matched yet."""
        low, high = Decimal(bid), Decimal(ask)
        self.quotes[self._id(pair)] = Quote(
            bid=low,
            ask=high,
            last=(low + high) / 2 if last is None else Decimal(last),
            at=at or self.now(),
            index=None if index is None else Decimal(index),
            bid_size=Decimal(bid_size),
            ask_size=Decimal(ask_size),
        )
        for hear in self.heard:
            hear(self._id(pair))

    def quote(self, pair: Pair) -> Quote | None:
        """The present one."""
        return self.quotes.get(pair.id)

    def forget(self, pair: str) -> None:
        """No quote any more."""
        self.quotes.pop(self._id(pair), None)

    def give_bars(self, pair: str, minutes: int, bars: Sequence[Bar]) -> None:
        """Replaces the bars of that pair and length; the newest is the one still forming."""
        self.bars[self._id(pair), minutes] = sorted(bars, key=lambda bar: bar.at)

    def make_bars(
        self, pair: str, minutes: int, count: int, *, until: datetime | None = None
    ) -> None:
        """`count` bars around the last price; the newest is the one that holds `until` (now)."""
        end = until or self.now()
        step = timedelta(minutes=minutes)
        newest = end - (end - _EPOCH) % step
        last = self.quotes[self._id(pair)].last
        bars = []
        for n in range(count):
            base = last * (100 + n % 7) / 100
            o, h, low, c = ((base * Decimal(f)).quantize(Decimal("0.0000001")) for f in _SHAPE)
            bars.append(Bar(at=newest - n * step, open=o, high=h, low=low, close=c))
        self.give_bars(pair, minutes, bars)

    def _id(self, name: str) -> str:
        pair = self.catalogue.pair(name)
        if pair is None:
            raise KeyError(name)
        return pair.id
