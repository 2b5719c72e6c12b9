"""The prices that a test sets, and the bars it gives."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Final

from tests.simulators.alpaca.calendar import NEW_YORK, by_the_calendar, sessions

STEPS: Final = {
    "Min": timedelta(minutes=1),
    "T": timedelta(minutes=1),
    "Hour": timedelta(hours=1),
    "H": timedelta(hours=1),
    "Day": timedelta(days=1),
    "D": timedelta(days=1),
    "Week": timedelta(days=7),
    "W": timedelta(days=7),
}
_TIMEFRAME: Final = re.compile(r"(\d+)([A-Z][a-z]*)")
_SHAPE: Final = ("0.998", "1.004", "0.995", "1.001")


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """What the market shows of one symbol; a price of zero means that nobody is there."""

    bid: Decimal
    ask: Decimal
    last: Decimal
    at: datetime
    bid_size: Decimal = Decimal(100)
    ask_size: Decimal = Decimal(100)

    def touch(self, side: str) -> Decimal:
        """Where an order of that side fills at once; zero where it cannot."""
        return self.ask if side == "buy" else self.bid


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar; `at` is its beginning."""

    at: datetime
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: Decimal = Decimal(1000)


@dataclass(slots=True)
class Market:
    """Prices of everything.

    Attributes:
        open: Whether regular hours run; None asks the calendar.
        extended: Whether, while it is closed, the extended hours run.
        quotes: By symbol.
        bars: By symbol and time frame in Alpaca's long words ("1Day", "5Min").
        listeners: Told of every symbol that gets a price.
    """

    now: Callable[[], datetime]
    open: bool | None = True
    extended: bool = False
    quotes: dict[str, Quote] = field(default_factory=dict)
    bars: dict[tuple[str, str], list[Bar]] = field(default_factory=dict)
    listeners: list[Callable[[str], None]] = field(default_factory=list)

    @property
    def open_now(self) -> bool:
        """Whether regular hours run."""
        return by_the_calendar(self.now()) if self.open is None else self.open

    def set(
        self,
        symbol: str,
        *,
        bid: str | Decimal,
        ask: str | Decimal,
        last: str | Decimal | None = None,
        bid_size: int | str = 100,
        ask_size: int | str = 100,
        at: datetime | None = None,
    ) -> None:
        """A new quote; the last trade is the middle unless it is given. Nothing is matched yet."""
        low, high = Decimal(bid), Decimal(ask)
        self.quotes[symbol] = Quote(
            bid=low,
            ask=high,
            last=(low + high) / 2 if last is None else Decimal(last),
            at=at or self.now(),
            bid_size=Decimal(bid_size),
            ask_size=Decimal(ask_size),
        )
        for listener in self.listeners:
            listener(symbol)

    def forget(self, symbol: str) -> None:
        """No quote any more."""
        self.quotes.pop(symbol, None)

    def give_bars(self, symbol: str, timeframe: str, bars: list[Bar]) -> None:
        """Replaces the bars of that symbol and time frame."""
        self.bars[symbol, long_words(timeframe)] = sorted(bars, key=lambda bar: bar.at)

    def make_bars(
        self, symbol: str, timeframe: str, count: int, *, until: datetime | None = None
    ) -> None:
        """`count` bars around the last price; the newest begins one step or less before `until`."""
        end = until or self.now()
        last = self.quotes[symbol].last
        bars = []
        for n, at in enumerate(_beginnings(symbol, timeframe, count, end)):
            base = last * (100 + n % 7) / 100
            o, h, low, c = ((base * Decimal(f)).quantize(Decimal("0.0001")) for f in _SHAPE)
            bars.append(Bar(at=at, open=o, high=h, low=low, close=c))
        self.give_bars(symbol, timeframe, bars)


def _beginnings(symbol: str, timeframe: str, count: int, end: datetime) -> list[datetime]:
    """Newest first. A day of shares begins at New York's midnight, one of coins at UTC's."""
    if long_words(timeframe) == "1Day" and "/" not in symbol:
        today = end.astimezone(NEW_YORK).date()
        days = [one.day for one in sessions(today - timedelta(days=2 * count + 10), today)]
        midnights = [datetime.combine(day, time(), NEW_YORK).astimezone(UTC) for day in days]
        return [at for at in reversed(midnights) if at < end][:count]
    step = step_of(timeframe)
    newest = end - (end - datetime(1970, 1, 1, tzinfo=UTC)) % step
    if newest == end:
        newest -= step
    return [newest - n * step for n in range(count)]


def long_words(timeframe: str) -> str:
    """The one of Alpaca's two spellings that is kept: "1Day" for "1D" too."""
    count, unit = _split(timeframe)
    return count + {"T": "Min", "H": "Hour", "D": "Day", "W": "Week", "M": "Month"}.get(unit, unit)


def step_of(timeframe: str) -> timedelta:
    """The length of one bar; months are not made here."""
    count, unit = _split(timeframe)
    return int(count) * STEPS[unit]


def _split(timeframe: str) -> tuple[str, str]:
    found = _TIMEFRAME.fullmatch(timeframe)
    if found is None:
        raise ValueError(timeframe)
    return found[1], found[2]
