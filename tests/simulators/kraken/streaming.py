"""The public WebSocket, version 2: the ticker channel.

Messages as in the reference at
https://docs.kraken.com/exchange/api-reference/spot-websocket-v2/ticker; numbers are JSON's own.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from tests.simulators.kraken.market import Market
from tests.simulators.kraken.pairs import Pair
from tests.simulators.serving import Stream, Visitor

PATH: Final = "/v2"


class TickerStream(Stream):
    """Tells each subscriber of every price that is set, as `event_trigger` "bbo" does.

    Attributes:
        names_refused: A refusal says which pair it is for.
        tells_time: A ticker has its `timestamp`.
    """

    def __init__(self, market: Market, now: Callable[[], datetime]) -> None:
        """Hears of every price from `market`."""
        super().__init__()
        self.names_refused = True
        self.tells_time = True
        self._market = market
        self._now = now
        market.heard.append(self._push)

    def greet(self, visitor: Visitor) -> None:
        """The exchange's status comes first."""
        status = {"version": "2.0.10", "system": "online", "api_version": "v2"}
        visitor.say({"channel": "status", "type": "update", "data": [status]})

    def answer(self, visitor: Visitor, message: Any) -> None:
        """One answer for each pair, then its snapshot."""
        method, params = message["method"], message["params"]
        assert params["channel"] == "ticker"
        assert params["event_trigger"] == "bbo"
        for symbol in params["symbol"]:
            pair = self._pair(symbol)
            if pair is None:
                visitor.say(self._refusal(method, symbol, message.get("req_id")))
            elif method == "unsubscribe":
                visitor.subscribed.discard(symbol)
                visitor.say(self._done(method, symbol, message.get("req_id")))
            else:
                visitor.subscribed.add(symbol)
                visitor.say(self._done(method, symbol, message.get("req_id")))
                self._tell(visitor, pair, "snapshot")

    def _push(self, pair_id: str) -> None:
        pair = self._market.catalogue.pairs[pair_id]
        for visitor in self.standing:
            if pair.symbol in visitor.subscribed:
                self._tell(visitor, pair, "update")

    def _tell(self, visitor: Visitor, pair: Pair, kind: str) -> None:
        quote = self._market.quote(pair)
        if quote is None:
            return
        told = {
            "symbol": pair.symbol,
            "bid": _number(quote.bid),
            "bid_qty": _number(quote.bid_size),
            "ask": _number(quote.ask),
            "ask_qty": _number(quote.ask_size),
            "last": _number(quote.last),
            "volume": 1000.0,
            "vwap": _number(quote.last),
            "low": _number(quote.last),
            "high": _number(quote.last),
            "change": 0.0,
            "change_pct": 0.0,
        }
        if self.tells_time:
            told["timestamp"] = _stamp(quote.at)
        visitor.say({"channel": "ticker", "type": kind, "data": [told]})

    def _done(self, method: str, symbol: str, number: Any) -> dict[str, Any]:
        result = {"channel": "ticker", "symbol": symbol, "event_trigger": "bbo", "snapshot": True}
        return {"method": method, "result": result, "success": True, **self._times(number)}

    def _refusal(self, method: str, symbol: str, number: Any) -> dict[str, Any]:
        told = {"error": f"Currency pair not supported {symbol}", "method": method}
        named = {"symbol": symbol} if self.names_refused else {}
        return {**told, "success": False, **named, **self._times(number)}

    def _times(self, number: Any) -> dict[str, Any]:
        at = _stamp(self._now())
        return {"time_in": at, "time_out": at, "req_id": number}

    def _pair(self, symbol: str) -> Pair | None:
        pairs = self._market.catalogue.pairs.values()
        return next((pair for pair in pairs if pair.symbol == symbol), None)


def _number(amount: Decimal) -> Any:
    """A JSON number of the same digits, as far as the test's prices need them."""
    return json.loads(str(amount))


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
