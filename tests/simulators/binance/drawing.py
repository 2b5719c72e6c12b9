"""Tickers, depth and klines as the market data shows them."""

from datetime import timedelta
from typing import Any, Final

from tests.simulators.binance.market import Bar, Book
from tests.simulators.binance.wire import ZERO, fixed, millis

MINI: Final = (
    "symbol",
    "openPrice",
    "highPrice",
    "lowPrice",
    "lastPrice",
    "volume",
    "quoteVolume",
    "openTime",
    "closeTime",
    "firstId",
    "lastId",
    "count",
)
"""What `type=MINI` leaves of a day's statistics."""

_DAY: Final = timedelta(hours=24)


def book_ticker(symbol: str, book: Book | None) -> dict[str, Any]:
    """The best of each side; zeros where there is none."""
    bid = book.bids[0] if book and book.bids else (ZERO, ZERO)
    ask = book.asks[0] if book and book.asks else (ZERO, ZERO)
    return {
        "symbol": symbol,
        "bidPrice": fixed(bid[0]),
        "bidQty": fixed(bid[1]),
        "askPrice": fixed(ask[0]),
        "askQty": fixed(ask[1]),
    }


def price_ticker(symbol: str, book: Book | None) -> dict[str, Any]:
    """The last price."""
    return {"symbol": symbol, "price": fixed(book.last if book else None)}


def day_ticker(symbol: str, book: Book | None) -> dict[str, Any]:
    """Statistics of 24 hours, of what was traded in this simulator."""
    last, opened = (book.last, book.opened) if book else (ZERO, ZERO)
    volume, turnover = (book.volume, book.turnover) if book else (ZERO, ZERO)
    trades = book.trades if book else 0
    at = book.at if book else None
    best = book_ticker(symbol, book)
    return {
        "symbol": symbol,
        "priceChange": fixed(last - opened),
        "priceChangePercent": f"{(last - opened) / opened * 100 if opened else ZERO:.3f}",
        "weightedAvgPrice": fixed(turnover / volume if volume else last),
        "prevClosePrice": fixed(opened),
        "lastPrice": fixed(last),
        "lastQty": fixed(ZERO),
        **{name: best[name] for name in ("bidPrice", "bidQty", "askPrice", "askQty")},
        "openPrice": fixed(opened),
        "highPrice": fixed(max(last, opened)),
        "lowPrice": fixed(min(last, opened)),
        "volume": fixed(volume),
        "quoteVolume": fixed(turnover),
        "openTime": millis(at - _DAY if at else None),
        "closeTime": millis(at),
        "firstId": 1 if trades else -1,
        "lastId": trades or -1,
        "count": trades,
    }


def depth(book: Book | None, limit: int) -> dict[str, Any]:
    """The levels of both sides, best first."""
    bids, asks = (book.bids, book.asks) if book else ([], [])
    return {
        "lastUpdateId": 1027024 + (book.trades if book else 0),
        "bids": [[fixed(price), fixed(qty)] for price, qty in bids[:limit]],
        "asks": [[fixed(price), fixed(qty)] for price, qty in asks[:limit]],
    }


def kline(bar: Bar, length: timedelta) -> list[Any]:
    """One bar; the takers bought half of it."""
    turnover = bar.volume * (bar.high + bar.low) / 2
    return [
        millis(bar.at),
        fixed(bar.open),
        fixed(bar.high),
        fixed(bar.low),
        fixed(bar.close),
        fixed(bar.volume),
        millis(bar.at + length) - 1,
        fixed(turnover),
        10,
        fixed(bar.volume / 2),
        fixed(turnover / 2),
        "0",
    ]
