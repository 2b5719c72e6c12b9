"""The prices, names and option contracts that a test sets."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from tests.simulators.etrade.instruments import Instrument, option, read_key

Symbol = str | Instrument
BUYS = frozenset({"BUY", "BUY_TO_COVER", "BUY_OPEN", "BUY_CLOSE"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """What the market shows of one instrument; a price of zero means that nobody is there."""

    bid: Decimal
    ask: Decimal
    last: Decimal
    at: datetime
    status: str
    previous_close: Decimal
    bid_size: int = 100
    ask_size: int = 100
    volume: int = 1000

    def touch(self, action: str) -> Decimal:
        """Where an order of that action fills at once; zero where it cannot."""
        return self.ask if action in BUYS else self.bid


@dataclass(slots=True)
class Market:
    """Prices of everything.

    Attributes:
        quotes: By instrument; what is not in it is unknown to E*TRADE.
        names: Of companies, by symbol.
        expirations: By symbol: days and kinds, "WEEKLY" or "MONTHLY".
        greeks: Of options: words such as "delta" and their values.
    """

    now: Callable[[], datetime]
    quotes: dict[Instrument, Quote] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    expirations: dict[str, dict[date, str]] = field(default_factory=dict)
    greeks: dict[Instrument, Mapping[str, str]] = field(default_factory=dict)

    def set(
        self,
        symbol: Symbol,
        *,
        bid: str | Decimal,
        ask: str | Decimal,
        last: str | Decimal | None = None,
        delayed: bool = False,
        status: str | None = None,
        previous_close: str | Decimal | None = None,
        name: str | None = None,
        at: datetime | None = None,
    ) -> None:
        """A new quote; the last trade is the middle unless it is given. Nothing is matched yet.

        Args:
            symbol: "AAPL", an option such as "AAPL:2026:12:18:CALL:200", or an `Instrument`.
            status: REALTIME, or DELAYED if it is; else CLOSING, EH_REALTIME, EH_CLOSED, …
        """
        instrument = named(symbol)
        low, high = Decimal(bid), Decimal(ask)
        traded = (low + high) / 2 if last is None else Decimal(last)
        self.quotes[instrument] = Quote(
            bid=low,
            ask=high,
            last=traded,
            at=at or self.now(),
            status=status or ("DELAYED" if delayed else "REALTIME"),
            previous_close=traded if previous_close is None else Decimal(previous_close),
        )
        self.names.setdefault(instrument.symbol, f"{instrument.symbol} INC COM")
        if name:
            self.names[instrument.symbol] = name
        if instrument.expiry is not None:
            self.add_expiration(instrument.symbol, instrument.expiry)

    def set_option(
        self,
        symbol: str,
        expiry: date,
        strike: str | Decimal,
        right: str,
        *,
        bid: str | Decimal,
        ask: str | Decimal,
        last: str | Decimal | None = None,
        delayed: bool = False,
        greeks: Mapping[str, str] | None = None,
    ) -> Instrument:
        """A contract and its quote; its day is among the expirations from now on.

        Args:
            right: "CALL" or "PUT".
            greeks: rho, vega, theta, delta, gamma, iv.
        """
        contract = option(symbol, expiry, strike, right)
        self.set(contract, bid=bid, ask=ask, last=last, delayed=delayed)
        self.greeks[contract] = greeks or {}
        return contract

    def add_expiration(self, symbol: str, expiry: date, kind: str | None = None) -> None:
        """A day on which options end, with or without contracts."""
        third_friday = expiry.weekday() == 4 and 15 <= expiry.day <= 21
        days = self.expirations.setdefault(symbol, {})
        days[expiry] = kind or ("MONTHLY" if third_friday else "WEEKLY")

    def forget(self, symbol: Symbol) -> None:
        """Unknown from now on."""
        self.quotes.pop(named(symbol), None)

    def age(self, symbol: Symbol, **delta: float) -> None:
        """Makes a quote older by a timedelta's arguments."""
        instrument = named(symbol)
        old = self.quotes[instrument]
        self.set(
            instrument,
            bid=old.bid,
            ask=old.ask,
            last=old.last,
            status=old.status,
            previous_close=old.previous_close,
            at=old.at - timedelta(**delta),
        )

    def contracts(self, symbol: str, expiry: date) -> list[Instrument]:
        """Of one day, by strike."""
        mine = (one for one in self.quotes if one.symbol == symbol and one.expiry == expiry)
        return sorted(mine, key=lambda one: (one.strike or Decimal(0), one.right))


def named(symbol: Symbol) -> Instrument:
    """An instrument as a test names it."""
    instrument = read_key(symbol) if isinstance(symbol, str) else symbol
    if instrument is None:
        raise ValueError(symbol)
    return instrument
