"""The market streams, as web-socket-streams.md has them: combined, with live subscriptions.

Real ones tell a ticker once a second. Here it is told with the subscription and with each price
that is set.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from tests.simulators.binance import drawing
from tests.simulators.binance.market import Market
from tests.simulators.binance.wire import millis
from tests.simulators.serving import Stream, Visitor

PATH: Final = "/stream"
_LETTERS: Final = {
    "symbol": "s",
    "priceChange": "p",
    "priceChangePercent": "P",
    "weightedAvgPrice": "w",
    "lastPrice": "c",
    "lastQty": "Q",
    "bidPrice": "b",
    "bidQty": "B",
    "askPrice": "a",
    "askQty": "A",
    "openPrice": "o",
    "highPrice": "h",
    "lowPrice": "l",
    "volume": "v",
    "quoteVolume": "q",
    "openTime": "O",
    "closeTime": "C",
    "firstId": "F",
    "lastId": "L",
    "count": "n",
}


class MarketStream(Stream):
    """Takes every name, as Binance does, also of a pair that is not there.

    Attributes:
        refuses_requests: Every request is answered with an error.
    """

    def __init__(self, market: Market, now: Callable[[], datetime]) -> None:
        """Hears of every price from `market`."""
        super().__init__()
        self.refuses_requests = False
        self._market = market
        self._now = now
        market.heard.append(self._push)

    def answer(self, visitor: Visitor, message: Any) -> None:
        """SUBSCRIBE and UNSUBSCRIBE."""
        if self.refuses_requests:
            error = {"code": 2, "msg": "Invalid request: too many parameters"}
            visitor.say({"error": error, "id": message["id"]})
            return
        names = message["params"]
        if message["method"] == "SUBSCRIBE":
            visitor.subscribed |= set(names)
        else:
            visitor.subscribed -= set(names)
        visitor.say({"result": None, "id": message["id"]})
        for name in names:
            self._tell(visitor, name)

    def _push(self, symbol: str) -> None:
        for visitor in self.standing:
            self._tell(visitor, f"{symbol.lower()}@ticker")

    def _tell(self, visitor: Visitor, name: str) -> None:
        symbol, _, kind = name.partition("@")
        book = self._market.books.get(symbol.upper())
        if name not in visitor.subscribed or kind != "ticker" or book is None:
            return
        day = drawing.day_ticker(symbol.upper(), book)
        told = {letter: day[word] for word, letter in _LETTERS.items()}
        told |= {"e": "24hrTicker", "E": millis(self._now())}
        visitor.say({"stream": name, "data": told})
