"""Ticker, order book and bars: texts with the pair's decimals, in rows without names.

Prices of the ticker and the book have the decimals of costs, those of bars the pair's own: recorded
for BTC/USD.
"""

from decimal import Decimal
from typing import Any, Final

from tests.simulators.kraken.market import Bar, Quote
from tests.simulators.kraken.pairs import Pair
from tests.simulators.kraken.wire import fixed

_ZERO: Final = Decimal(0)


def ticker(pair: Pair, quote: Quote | None) -> dict[str, Any]:
    """`a` asks, `b` bids, `c` the last trade; the day's figures are all the last price.

    What a pair shows that nobody trades is unverified; here all is zero.
    """
    bid, ask, last = (quote.bid, quote.ask, quote.last) if quote else (_ZERO, _ZERO, _ZERO)
    at = fixed(last, pair.cost_decimals)
    day = fixed(_ZERO if quote is None else Decimal(1000), 8)
    return {
        "a": _side(pair, ask, quote.ask_size if quote else _ZERO),
        "b": _side(pair, bid, quote.bid_size if quote else _ZERO),
        "c": [at, fixed(_ZERO if quote is None else Decimal("0.01"), pair.lot_decimals)],
        "v": [day, day],
        "p": [at, at],
        "t": [100, 200] if quote else [0, 0],
        "l": [at, at],
        "h": [at, at],
        "o": at,
    }


def depth(pair: Pair, quote: Quote | None, count: int) -> dict[str, Any]:
    """`count` levels of each side at most, a tick apart, all of the size of the first."""
    if quote is None:
        return {"asks": [], "bids": []}
    at = int(quote.at.timestamp())
    levels = range(min(count, 10))

    def rows(price: Decimal, step: Decimal, size: Decimal) -> list[list[Any]]:
        return [
            [fixed(price + n * step, pair.cost_decimals), fixed(size, 3), at]
            for n in levels
            if price + n * step > 0
        ]

    return {
        "asks": rows(quote.ask, pair.tick_size, quote.ask_size),
        "bids": rows(quote.bid, -pair.tick_size, quote.bid_size),
    }


def bar_row(pair: Pair, bar: Bar) -> list[Any]:
    """Time in seconds, open, high, low, close, average, volume, number of trades."""
    prices = (bar.open, bar.high, bar.low, bar.close, (bar.high + bar.low) / 2)
    texts = [fixed(price, pair.pair_decimals) for price in prices]
    return [int(bar.at.timestamp()), *texts, fixed(bar.volume, 8), bar.count]


def _side(pair: Pair, price: Decimal, size: Decimal) -> list[str]:
    return [fixed(price, pair.cost_decimals), str(int(size)), fixed(size, 3)]
