"""/market-data/…: snapshots, depth, ticks and bars of shares, options and coins.

Shapes and words of the sandbox: numbers are strings, times are integers in snapshots, strings in
ticks, and ISO with +0000 in bars. Bars of shares come by POST, as `result` of `result`s; those of
options and coins by GET as a bare array. A symbol that is not known is left out (unverified).
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

from tests.simulators.webull.apps import COINS, OPTIONS, STOCKS
from tests.simulators.webull.asking import Answer, Ask, Route, json_answer, needed
from tests.simulators.webull.instruments import (
    COIN,
    EQUITY,
    OPTION,
    Catalogue,
    Contract,
    Instrument,
)
from tests.simulators.webull.market import TIMESPANS, Bar, Market, Quote
from tests.simulators.webull.refusals import illegal, not_subscribed, wrong_category
from tests.simulators.webull.wire import fixed, millis, offset_iso, read_object, text

_KINDS: Final = {
    EQUITY: ("US_STOCK", STOCKS, 100),
    OPTION: ("US_OPTION", OPTIONS, 20),
    COIN: ("US_CRYPTO", COINS, 20),
}
"""Category, subscription, and symbols a request."""

_MOST_BARS: Final = 1200


class DataApi:
    """The market's side."""

    def __init__(self, market: Market, catalogue: Catalogue) -> None:
        """As the test sets it."""
        self._market = market
        self._catalogue = catalogue

    def routes(self) -> Sequence[Route]:
        """Its paths."""
        start = "/market-data"
        return [
            Route("GET", f"{start}/stocks/snapshots/list", lambda ask: self._snap(ask, EQUITY)),
            Route("GET", f"{start}/options/snapshots/list", lambda ask: self._snap(ask, OPTION)),
            Route("GET", f"{start}/crypto/snapshots/list", lambda ask: self._snap(ask, COIN)),
            Route("GET", f"{start}/stocks/depths/list", self._depth),
            Route("GET", f"{start}/stocks/ticks/list", self._ticks),
            Route("POST", f"{start}/stocks/bars/list", self._stock_bars),
            Route("GET", f"{start}/options/bars/list", lambda ask: self._bars(ask, OPTION)),
            Route("GET", f"{start}/crypto/bars/list", lambda ask: self._bars(ask, COIN)),
        ]

    def _snap(self, ask: Ask, kind: str) -> Answer:
        self._check(ask, kind, needed(ask, "category"))
        found = self._known(kind, needed(ask, "symbols").split(","))
        quotes = ((one, self._market.quotes.get(one.symbol)) for one in found)
        return json_answer([self._snapshot(one, quote) for one, quote in quotes if quote])

    def _snapshot(self, one: Instrument, quote: Quote) -> dict[str, Any]:
        change = quote.last - quote.previous
        ratio = change / quote.previous if quote.previous else Decimal(0)
        shown: dict[str, Any] = {
            "symbol": one.symbol,
            "instrument_id": one.id,
            "price": text(quote.last),
            "open": text(quote.previous),
            "high": text(max(quote.last, quote.previous)),
            "low": text(min(quote.last, quote.previous)),
            "close": text(quote.last),
            "pre_close": text(quote.previous),
            "change": text(change),
            "change_ratio": text(ratio.quantize(Decimal("1e-6"))),
            "bid": text(quote.bid),
            "bid_size": text(quote.size),
            "ask": text(quote.ask),
            "ask_size": text(quote.size),
            "last_trade_time": millis(quote.at),
            "quote_time": millis(quote.at),
        }
        if one.kind != COIN:
            shown["volume"] = "1000"
        if isinstance(one, Contract):
            greeks = {"delta": "0.5", "gamma": "0.01", "theta": "-0.02", "vega": "0.1"}
            shown |= {**greeks, "rho": "0.05", "imp_vol": "0.3", "open_interest": "100"}
            shown["strike_price"] = text(one.strike)
        return shown

    def _depth(self, ask: Ask) -> Answer:
        self._check(ask, EQUITY, needed(ask, "category"))
        if ask.query.get("depth", "1") != "1":
            raise illegal("depth not more than 1")
        one, quote = self._one(needed(ask, "symbol"))
        level = {"size": text(quote.size)}
        return json_answer(
            {
                "symbol": one.symbol,
                "instrument_id": one.id,
                "asks": [{"price": fixed(quote.ask)[:-6], **level}],
                "bids": [{"price": fixed(quote.bid)[:-6], **level}],
                "quote_time": millis(quote.at),
            }
        )

    def _ticks(self, ask: Ask) -> Answer:
        self._check(ask, EQUITY, needed(ask, "category"))
        one, quote = self._one(needed(ask, "symbol"))
        tick = {
            "time": str(millis(quote.at)),
            "price": text(quote.last),
            "volume": text(quote.size),
            "side": "N",
            "trading_session": self._market.phase,
        }
        return json_answer({"symbol": one.symbol, "instrument_id": one.id, "result": [tick]})

    def _stock_bars(self, ask: Ask) -> Answer:
        body = read_object(ask.body)
        self._check(ask, EQUITY, str(body.get("category", "")))
        symbols = body.get("symbols")
        if not isinstance(symbols, list) or not symbols:
            raise illegal("symbols is required")
        fields = {name: str(value) for name, value in body.items() if not isinstance(value, list)}
        return json_answer({"result": self._result(EQUITY, symbols, fields)})

    def _bars(self, ask: Ask, kind: str) -> Answer:
        self._check(ask, kind, needed(ask, "category"))
        if kind == COIN and "real_time_required" not in ask.query:
            raise illegal("real_time_required is required")
        symbols = needed(ask, "symbols").split(",")
        return json_answer(self._result(kind, symbols, dict(ask.query)))

    def _result(
        self, kind: str, symbols: list[str], fields: dict[str, str]
    ) -> list[dict[str, Any]]:
        span, count = fields.get("timespan", ""), fields.get("count") or "200"
        if span not in TIMESPANS:
            raise illegal("timespan is not supported")
        if not count.isdigit() or not 0 < int(count) <= _MOST_BARS:
            raise illegal(f"count not more than {_MOST_BARS}")
        since, until = int(fields.get("start_time") or 0), int(fields.get("end_time") or 10**15)
        shown = []
        for one in self._known(kind, symbols):
            fits = [
                b for b in self._market.bars(one.symbol, span) if since <= millis(b.at) <= until
            ]
            bars = [_bar(bar, kind) for bar in fits[: int(count)]]
            shown.append({"symbol": one.symbol, "instrument_id": one.id, "result": bars})
        return shown

    def _check(self, ask: Ask, kind: str, category: str) -> None:
        known, product, _ = _KINDS[kind]
        if category != known:
            raise wrong_category(category)
        if product not in ask.owner.app.subscriptions:
            raise not_subscribed(product)

    def _known(self, kind: str, symbols: list[str]) -> list[Instrument]:
        most = _KINDS[kind][2]
        if len(symbols) > most:
            raise illegal(f"symbols not more than {most}")
        found = (self._catalogue.instruments.get(symbol) for symbol in symbols)
        return [one for one in found if one is not None and one.kind == kind]

    def _one(self, symbol: str) -> tuple[Instrument, Quote]:
        found, quote = self._known(EQUITY, [symbol]), self._market.quotes.get(symbol)
        if not found or quote is None:
            raise illegal(f"symbol is not supported:{symbol}")
        return found[0], quote


def _bar(bar: Bar, kind: str) -> dict[str, str]:
    shown = {
        "time": offset_iso(bar.at),
        "open": text(bar.open),
        "close": text(bar.close),
        "high": text(bar.high),
        "low": text(bar.low),
    }
    if kind != COIN:
        shown["volume"] = text(bar.volume)
    return shown | ({"trading_session": ""} if kind == EQUITY else {})
