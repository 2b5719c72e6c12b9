"""Prices, sizes, candles, and the hours of the US market."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

NEW_YORK: Final = ZoneInfo("America/New_York")
ZERO: Final = Decimal(0)

PRE: Final = "PRE_MARKET_BEGIN"
REGULAR: Final = "AFTERNOON"
AFTER: Final = "AFTER_HOURS_BEGIN"
OVERNIGHT: Final = "OVERNIGHT"
CLOSED: Final = "CLOSED"
STATES: Final = {CLOSED: 6, PRE: 8, REGULAR: 5, AFTER: 10, OVERNIGHT: 37}
"""`Qot_Common.QotMarketState`."""

_HOURS: Final = (
    (time(4), OVERNIGHT),
    (time(9, 30), PRE),
    (time(16), REGULAR),
    (time(20), AFTER),
)


@dataclass(slots=True, kw_only=True)
class Quote:
    """What is known of one code.

    Attributes:
        greeks: `iv` in percent, `delta`, `gamma`, `vega`, `theta`, `rho`, `open_interest`.
    """

    bid: Decimal = ZERO
    ask: Decimal = ZERO
    last: Decimal = ZERO
    bid_size: int = 100
    ask_size: int = 100
    open: Decimal = ZERO
    high: Decimal = ZERO
    low: Decimal = ZERO
    previous: Decimal = ZERO
    volume: int = 0
    at: datetime
    greeks: dict[str, float] = field(default_factory=dict)

    def touch(self, buys: bool) -> Decimal:
        """The price at which somebody who trades now trades."""
        return self.ask if buys else self.bid


@dataclass(frozen=True, slots=True)
class Bar:
    """One candle; `at` is when OpenD says that it ends (a day's is its midnight)."""

    at: datetime
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: int


class Market:
    """All prices.

    Attributes:
        quotes: By code.
        bars: By code and kind of candle (`Qot_Common.KLType`), oldest first.
        state: A word that overrules the clock; None: by the clock.
        holidays: Days without trading, besides Saturdays and Sundays.
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        """No prices yet."""
        self.quotes: dict[str, Quote] = {}
        self.bars: dict[tuple[str, int], Sequence[Bar]] = {}
        self.state: str | None = None
        self.holidays: set[date] = set()
        self.now = now

    def local(self) -> datetime:
        """Now in New York, where OpenD's times of US orders and quotes are."""
        return self.now().astimezone(NEW_YORK)

    def is_trading_day(self, day: date) -> bool:
        """Whether the exchange opens."""
        return day.weekday() < 5 and day not in self.holidays

    @property
    def session(self) -> str:
        """One of `STATES`."""
        if self.state is not None:
            return self.state
        local = self.local()
        if not self.is_trading_day(local.date()):
            return CLOSED
        return next((state for end, state in _HOURS if local.time() < end), OVERNIGHT)

    def set(self, code: str, **fields: object) -> Quote:
        """New prices; what is not given stays, and `last` lies between bid and ask."""
        quote = self.quotes.setdefault(code, Quote(at=self.now()))
        for name, value in fields.items():
            if value is not None:
                price = name in {"bid", "ask", "last", "open", "high", "low", "previous"}
                setattr(quote, name, Decimal(str(value)) if price else value)
        if fields.get("last") is None and quote.bid and quote.ask:
            quote.last = (quote.bid + quote.ask) / 2
        quote.open = quote.open or quote.last
        quote.previous = quote.previous or quote.last
        quote.high = max(quote.high, quote.last)
        quote.low = min(quote.low or quote.last, quote.last)
        quote.at = self.now()
        return quote

    def stamp(self, at: datetime | None = None) -> str:
        """A time as OpenD writes it."""
        local = (at or self.now()).astimezone(NEW_YORK)
        return f"{local:%Y-%m-%d %H:%M:%S}.{local.microsecond // 1000:03}"
