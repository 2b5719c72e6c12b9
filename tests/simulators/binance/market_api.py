"""What needs no key: ping, time, exchangeInfo, tickers, depth and klines."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from tests.simulators.binance import drawing
from tests.simulators.binance.asking import Ask, Route, by_symbol
from tests.simulators.binance.limits import Limits
from tests.simulators.binance.market import INTERVALS, Book, Market
from tests.simulators.binance.parameters import Parameters
from tests.simulators.binance.refusals import Refusal, bad_combination, mandatory
from tests.simulators.binance.symbols import EXCHANGE_MAX_NUM_ORDERS, Catalogue, Symbol
from tests.simulators.binance.wire import fixed, millis
from tests.simulators.serving import Answer, json_answer


class MarketApi:
    """Answers about the market.

    Attributes:
        clock: What `GET /api/v3/time` says, by which requests are timed.
    """

    def __init__(
        self,
        market: Market,
        catalogue: Catalogue,
        limits: Limits,
        clock: Callable[[], datetime],
    ) -> None:
        """Of all symbols."""
        self.clock = clock
        self._market = market
        self._catalogue = catalogue
        self._limits = limits

    def routes(self) -> list[Route]:
        """With the weights of rest-api.md."""
        return [
            Route("GET", "/api/v3/ping", self._ping),
            Route("GET", "/api/v3/time", self._time),
            Route("GET", "/api/v3/exchangeInfo", self._info, weight=20),
            Route("GET", "/api/v3/depth", self._depth, weight=_depth_weight),
            Route("GET", "/api/v3/klines", self._klines, weight=2),
            Route("GET", "/api/v3/avgPrice", self._average, weight=2),
            Route("GET", "/api/v3/ticker/bookTicker", self._book_ticker, weight=by_symbol(2, 4)),
            Route("GET", "/api/v3/ticker/price", self._price, weight=by_symbol(2, 4)),
            Route("GET", "/api/v3/ticker/24hr", self._day, weight=_by_symbols),
        ]

    def _ping(self, ask: Ask) -> Answer:
        Parameters(ask).done()
        return json_answer({})

    def _time(self, ask: Ask) -> Answer:
        Parameters(ask).done()
        return json_answer({"serverTime": millis(self.clock())})

    def _info(self, ask: Ask) -> Answer:
        parameters = Parameters(ask)
        chosen = self._chosen(parameters)
        permissions = parameters.words("permissions")
        status = parameters.text("symbolStatus")
        sets = parameters.flag("showPermissionSets", usual=True)
        parameters.done()
        if chosen is not None and (permissions or status):
            raise bad_combination()
        wanted = permissions or ["SPOT", "MARGIN", "LEVERAGED"]
        symbols = chosen or [
            one
            for one in self._catalogue.symbols.values()
            if any(word in wanted for words in one.permission_sets for word in words)
            and status in {None, one.status}
        ]
        exchange = {
            "filterType": "EXCHANGE_MAX_NUM_ORDERS",
            "maxNumOrders": EXCHANGE_MAX_NUM_ORDERS,
        }
        return json_answer(
            {
                "timezone": "UTC",
                "serverTime": millis(self.clock()),
                "rateLimits": self._limits.wire(),
                "exchangeFilters": [exchange],
                "symbols": [one.wire(sets=sets) for one in symbols],
            }
        )

    def _depth(self, ask: Ask) -> Answer:
        parameters = Parameters(ask)
        symbol = self._catalogue.find(parameters.symbol())
        limit = parameters.count("limit", usual=100, most=5000)
        parameters.done()
        return json_answer(drawing.depth(self._book(symbol), limit))

    def _klines(self, ask: Ask) -> Answer:
        parameters = Parameters(ask)
        symbol = self._catalogue.find(parameters.symbol())
        interval = parameters.needed("interval")
        start, end = parameters.moment("startTime"), parameters.moment("endTime")
        limit = parameters.count("limit", usual=500, most=1000)
        parameters.done()
        if interval not in INTERVALS:
            raise Refusal(-1120, "Invalid interval.")
        bars = [
            bar
            for bar in self._market.bars.get((symbol.name, interval), [])
            if (start is None or start <= bar.at) and (end is None or bar.at <= end)
        ]
        chosen = bars[:limit] if start is not None else bars[max(len(bars) - limit, 0) :]
        return json_answer([drawing.kline(bar, INTERVALS[interval]) for bar in chosen])

    def _average(self, ask: Ask) -> Answer:
        parameters = Parameters(ask)
        book = self._book(self._catalogue.find(parameters.symbol()))
        parameters.done()
        price = fixed(book.average if book else None)
        at = millis(book.at if book else None)
        return json_answer({"mins": 5, "price": price, "closeTime": at})

    def _book_ticker(self, ask: Ask) -> Answer:
        return self._tickers(ask, drawing.book_ticker)

    def _price(self, ask: Ask) -> Answer:
        return self._tickers(ask, drawing.price_ticker)

    def _day(self, ask: Ask) -> Answer:
        return self._tickers(ask, drawing.day_ticker, kinds=True)

    def _tickers(
        self,
        ask: Ask,
        draw: Callable[[str, Book | None], dict[str, Any]],
        *,
        kinds: bool = False,
    ) -> Answer:
        parameters = Parameters(ask)
        chosen = self._chosen(parameters)
        status = parameters.text("symbolStatus")
        mini = kinds and parameters.text("type") == "MINI"
        parameters.done()
        single = "symbol" in ask.query
        symbols = list(self._catalogue.symbols.values()) if chosen is None else chosen
        if single and status not in {None, symbols[0].status}:
            raise Refusal(-1220, "The symbol's status does not match the requested symbolStatus.")
        shown = [draw(one.name, self._book(one)) for one in symbols if status in {None, one.status}]
        if mini:
            shown = [{name: one[name] for name in drawing.MINI} for one in shown]
        return json_answer(shown[0] if single else shown)

    def _chosen(self, parameters: Parameters) -> list[Symbol] | None:
        one, several = parameters.text("symbol"), parameters.words("symbols")
        if one is not None and several is not None:
            raise bad_combination()
        if several is not None and len(set(several)) < len(several):
            raise Refusal(-1151, "Symbol is present multiple times in the list.")
        if several == []:
            raise mandatory("symbols")
        names = [one] if one is not None else several
        return None if names is None else [self._catalogue.find(name) for name in names]

    def _book(self, symbol: Symbol) -> Book | None:
        return self._market.books.get(symbol.name)


def _depth_weight(ask: Ask) -> int:
    given = ask.query.get("limit", "100")
    limit = int(given) if given.isdecimal() else 100
    return next(weight for most, weight in _DEPTHS if limit <= most)


_DEPTHS = ((100, 5), (500, 25), (1000, 50), (float("inf"), 250))


def _by_symbols(ask: Ask) -> int:
    if "symbol" in ask.query:
        return 2
    number = ask.query.get("symbols", "").count('"') // 2
    if not number:
        return 80
    return next(weight for most, weight in ((20, 2), (100, 40), (10**6, 80)) if number <= most)
