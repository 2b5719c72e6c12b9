"""The prices that a test sets, and the candles it gives."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal

from tests.simulators.schwab.hours import is_open


@dataclass(frozen=True, slots=True, kw_only=True)
class Greeks:
    """Of an option; `volatility` is in per cent."""

    delta: Decimal
    gamma: Decimal
    theta: Decimal
    vega: Decimal
    rho: Decimal
    volatility: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """What the market shows of one symbol; a price of zero means that nobody is there.

    Attributes:
        delayed: Told as `realtime: false`, and as `delayed` by a chain.
        status: "Normal", "Halted" or "Closed".
    """

    bid: Decimal
    ask: Decimal
    last: Decimal
    at: datetime
    delayed: bool = False
    bid_size: int = 100
    ask_size: int = 100
    volume: int = 1_000_000
    open_interest: int = 100
    greeks: Greeks | None = None
    status: str = "Normal"

    @property
    def mark(self) -> Decimal:
        """The middle."""
        return (self.bid + self.ask) / 2

    def touch(self, buys: bool) -> Decimal:
        """Where an order fills at once; zero where it cannot."""
        return self.ask if buys else self.bid


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One candle; `at` is its beginning."""

    at: datetime
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: int = 1000


@dataclass(slots=True)
class Market:
    """Prices of everything.

    Attributes:
        open: Whether regular hours run, for orders; None asks the clock.
        extended: Whether, while they do not, the extended hours run.
        quotes: By symbol, options by their 21 characters.
        bars: By symbol, frequency type ("minute", "daily", …) and frequency.
        listeners: Told of every symbol that gets a price.
    """

    now: Callable[[], datetime]
    open: bool | None = True
    extended: bool = False
    quotes: dict[str, Quote] = field(default_factory=dict)
    bars: dict[tuple[str, str, int], list[Bar]] = field(default_factory=dict)
    listeners: list[Callable[[str], None]] = field(default_factory=list)

    @property
    def open_now(self) -> bool:
        """Whether regular hours run."""
        return is_open(self.now()) if self.open is None else self.open

    def set(
        self,
        symbol: str,
        *,
        bid: str | Decimal,
        ask: str | Decimal,
        last: str | Decimal | None = None,
        delayed: bool = False,
        at: datetime | None = None,
    ) -> None:
        """A new quote; the last trade is the middle unless it is given. Nothing is matched yet."""
        low, high = Decimal(bid), Decimal(ask)
        old = self.quotes.get(symbol)
        self.quotes[symbol] = Quote(
            bid=low,
            ask=high,
            last=(low + high) / 2 if last is None else Decimal(last),
            at=at or self.now(),
            delayed=delayed,
            greeks=old.greeks if old else None,
        )
        for listener in self.listeners:
            listener(symbol)

    def set_greeks(
        self,
        symbol: str,
        *,
        delta: str,
        gamma: str = "0.02",
        theta: str = "-0.05",
        vega: str = "0.10",
        rho: str = "0.03",
        volatility: str = "25.5",
    ) -> None:
        """Of an option that has a quote; without them a chain shows -999.0."""
        greeks = Greeks(
            delta=Decimal(delta),
            gamma=Decimal(gamma),
            theta=Decimal(theta),
            vega=Decimal(vega),
            rho=Decimal(rho),
            volatility=Decimal(volatility),
        )
        self.quotes[symbol] = replace(self.quotes[symbol], greeks=greeks)

    def forget(self, symbol: str) -> None:
        """No quote any more."""
        self.quotes.pop(symbol, None)

    def give_bars(self, symbol: str, frequency_type: str, frequency: int, bars: list[Bar]) -> None:
        """Replaces the candles of that symbol and frequency."""
        ordered = sorted(bars, key=lambda bar: bar.at)
        self.bars[symbol, frequency_type, frequency] = ordered

    def make_bars(
        self, symbol: str, frequency_type: str, frequency: int, count: int, *, price: str = "100"
    ) -> None:
        """`count` candles around a price; the newest began one step ago."""
        step = timedelta(minutes=frequency) if frequency_type == "minute" else timedelta(days=1)
        base = Decimal(price)
        bars = [
            Bar(
                at=self.now() - step * (n + 1),
                open=base,
                high=base + 1,
                low=base - 1,
                close=base + Decimal("0.5"),
            )
            for n in range(count)
        ]
        self.give_bars(symbol, frequency_type, frequency, bars)
