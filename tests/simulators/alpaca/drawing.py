"""Quotes, trades, bars and snapshots as the market data shows them: numbers, short names."""

from typing import Any

from tests.simulators.alpaca.market import Bar, Market, Quote
from tests.simulators.alpaca.wire import moment, number, seconds


def quote_json(symbol: str, quote: Quote) -> dict[str, Any]:
    """Shares have exchanges, conditions and a tape; coins have sizes in parts of a coin."""
    common = {
        "t": moment(quote.at),
        "bp": number(quote.bid),
        "bs": number(quote.bid_size),
        "ap": number(quote.ask),
        "as": number(quote.ask_size),
    }
    if "/" in symbol:
        return common
    if _is_option(symbol):
        return {**common, "bx": "C", "ax": "C", "c": "A"}
    return {**common, "bx": "V", "ax": "V", "c": ["R"], "z": "C"}


def trade_json(symbol: str, quote: Quote) -> dict[str, Any]:
    """The last trade, one unit."""
    common = {"t": moment(quote.at), "p": number(quote.last), "s": 1}
    if "/" in symbol:
        return {**common, "i": 1, "tks": "B"}
    if _is_option(symbol):
        return {**common, "x": "C", "c": "I"}
    return {**common, "i": 1, "x": "V", "c": ["@"], "z": "C"}


def bar_json(bar: Bar) -> dict[str, Any]:
    """One bar; its average price is the middle of its range."""
    return {
        "t": seconds(bar.at),
        "o": number(bar.open),
        "h": number(bar.high),
        "l": number(bar.low),
        "c": number(bar.close),
        "v": number(bar.volume),
        "n": 10,
        "vw": number((bar.high + bar.low) / 2),
    }


def snapshot_json(market: Market, symbol: str) -> dict[str, Any]:
    """The latest of everything; bars only where the test gave some."""
    quote = market.quotes[symbol]
    shown: dict[str, Any] = {
        "latestTrade": trade_json(symbol, quote),
        "latestQuote": quote_json(symbol, quote),
    }
    if minutes := market.bars.get((symbol, "1Min")):
        shown["minuteBar"] = bar_json(minutes[-1])
    if days := market.bars.get((symbol, "1Day")):
        shown["dailyBar"] = bar_json(days[-1])
        if len(days) > 1:
            shown["prevDailyBar"] = bar_json(days[-2])
    return shown


def _is_option(symbol: str) -> bool:
    return len(symbol) > 14 and symbol[-8:].isdigit()
