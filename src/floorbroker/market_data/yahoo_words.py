"""Yahoo Finance's words for instruments, prices and times. Pure.

What a chart's metadata holds was read in yfinance's `scrapers/history.py`; the interface itself is
documented by nobody.
"""

import math
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from floorbroker.domain.errors import NotSupported
from floorbroker.domain.instruments import AssetClass, Instrument
from floorbroker.domain.market import Bar, MarketDataError, Quote, Timeframe

NAME: Final = "Yahoo Finance"
LABEL: Final = f"{NAME}, unofficial, delayed"

READ: Final = (
    "symbol",
    "currency",
    "instrumentType",
    "regularMarketPrice",
    "regularMarketTime",
    "regularMarketVolume",
)
"""What is read of a chart's metadata."""

_SHARE: Final = re.compile(r"[A-Z]{1,6}(?:\.[A-Z]{1,2})?", re.ASCII)
_COINS: Final = frozenset({"ADA", "BCH", "BTC", "DOGE", "ETH", "LTC", "XRP"})
"""Yahoo numbers younger coins whose letters were taken: theirs may stand for another coin."""

_KINDS: Final = {
    AssetClass.EQUITY: frozenset({"EQUITY", "ETF"}),
    AssetClass.CRYPTO: frozenset({"CRYPTOCURRENCY"}),
}
_INTERVALS: Final = {
    Timeframe.MINUTE: "1m",
    Timeframe.FIVE_MINUTES: "5m",
    Timeframe.HOUR: "1h",
    Timeframe.DAY: "1d",
}
_PERIODS: Final = (("5d", 5), ("1mo", 28), ("3mo", 88), ("6mo", 180), ("1y", 364), ("2y", 730))
_DIGITS: Final = 8
"""Prices come as binary fractions of 24 bits: what lies behind that is noise."""

MOST_BARS: Final = 1_000


def symbol_of(instrument: Instrument) -> str:
    """As Yahoo writes it: `AAPL`, `BRK-B`, `BTC-USD`.

    Raises:
        NotSupported: It is nothing that can be named there beyond doubt.
    """
    symbol = instrument.symbol
    if instrument.currency == "USD":
        if instrument.asset_class is AssetClass.EQUITY and _SHARE.fullmatch(symbol):
            return symbol.replace(".", "-")
        coin, _, quoted = symbol.partition("/")
        if instrument.asset_class is AssetClass.CRYPTO and quoted == "USD" and coin in _COINS:
            return f"{coin}-USD"
    raise NotSupported("Yahoo Finance is not asked for this.")


def interval_of(timeframe: Timeframe) -> str:
    """The length of a bar."""
    return _INTERVALS[timeframe]


def period_of(back: timedelta) -> str:
    """The shortest period that reaches back so far."""
    return next((name for name, days in _PERIODS if back <= timedelta(days=days)), "2y")


def quote(instrument: Instrument, told: Mapping[str, Any]) -> Quote:
    """The last price that a chart's metadata tells; Yahoo has no bid and no ask there.

    Raises:
        MarketDataError: It tells none, or is about something else.
    """
    _check(instrument, told)
    last = _price(told.get("regularMarketPrice"))
    at = told.get("regularMarketTime")
    if last is None or not isinstance(at, datetime) or at.tzinfo is None:
        raise nothing()
    return Quote(
        instrument=instrument,
        bid=None,
        ask=None,
        last=last,
        at=_moment(at),
        source=LABEL,
        delayed=True,
        volume=_volume(told.get("regularMarketVolume")),
    )


def bars(
    instrument: Instrument,
    told: Mapping[str, Any],
    rows: Iterable[tuple[datetime, Any, Any, Any, Any, Any]],
    start: datetime,
    end: datetime,
) -> tuple[Bar, ...]:
    """The bars of that time, the last thousand; a row with a gap in it is left out.

    Raises:
        MarketDataError: They are about something else.
    """
    _check(instrument, told)
    found: list[Bar] = []
    for at, *figures, volume in rows:
        prices = [_price(figure) for figure in figures]
        if not start <= at < end or None in prices:
            continue
        first, high, low, close = (price for price in prices if price is not None)
        found.append(
            Bar(
                at=_moment(at),
                open=first,
                high=high,
                low=low,
                close=close,
                volume=_volume(volume) or Decimal(0),
            )
        )
    return tuple(found[-MOST_BARS:])


def nothing() -> MarketDataError:
    """There is no such price."""
    return MarketDataError("Yahoo Finance shows no price of this.")


def _check(instrument: Instrument, told: Mapping[str, Any]) -> None:
    """Letters may stand for something else there: symbol, kind and currency must agree."""
    agrees = (
        told.get("symbol") == symbol_of(instrument)
        and told.get("currency") == instrument.currency
        and told.get("instrumentType") in _KINDS[instrument.asset_class]
    )
    if not agrees:
        raise nothing()


def _price(told: Any) -> Decimal | None:
    number = _number(told)
    return None if number is None or number <= 0 else Decimal(f"{number:.{_DIGITS}g}")


def _volume(told: Any) -> Decimal | None:
    number = _number(told)
    return None if number is None or number < 0 else Decimal(int(number))


def _number(told: Any) -> float | None:
    if isinstance(told, bool) or not isinstance(told, int | float):
        return None
    return float(told) if math.isfinite(told) else None


def _moment(at: datetime) -> datetime:
    """A plain datetime: pandas' own kind counts nanoseconds as well."""
    return datetime.fromtimestamp(at.timestamp(), UTC)
