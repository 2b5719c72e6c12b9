"""The websockets of market data: `{stream}/v2/{feed}` and `{stream}/v1beta3/crypto/us`.

Messages, codes and the one connection an endpoint and person are those of
https://docs.alpaca.markets/docs/streaming-market-data (August 2026).
"""

from collections.abc import Callable
from typing import Any, Final

from tests.simulators.alpaca.drawing import quote_json, trade_json
from tests.simulators.alpaca.market import Market
from tests.simulators.alpaca.people import Person
from tests.simulators.serving import Stream, Visitor

SIP: Final = "/streams/v2/sip"
IEX: Final = "/streams/v2/iex"
COINS: Final = "/streams/v1beta3/crypto/us"
ERRORS: Final = {
    400: "invalid syntax",
    401: "not authenticated",
    402: "auth failed",
    403: "already authenticated",
    405: "symbol limit exceeded",
    406: "connection limit exceeded",
    407: "slow client",
    409: "insufficient subscription",
    500: "internal error",
}
_CHANNELS: Final = ("trades", "quotes", "bars")

Proved = Callable[[str, str], Person | None]
"""Whose key and secret these are; a token comes with the key `oauth`."""


class PriceStream(Stream):
    """One endpoint: pushes every price that the market is given to those who subscribed.

    Attributes:
        most_symbols: Of a connection and channel; None where there is no limit.
        elsewhere: Names of people whose own program is connected here.
        refuses_tokens: Whether tokens are refused that REST takes.
        unwelcome: A code that every login gets instead of an answer.
    """

    def __init__(self, path: str, market: Market, proved: Proved) -> None:
        """Nobody is connected."""
        super().__init__()
        self.most_symbols: int | None = None
        self.elsewhere: set[str] = set()
        self.refuses_tokens = False
        self.unwelcome: int | None = None
        self._path = path
        self._market = market
        self._proved = proved
        self._who: dict[Visitor, Person] = {}
        market.listeners.append(self._push)

    def followed(self, channel: str = "quotes") -> list[str]:
        """The symbols that are subscribed to at present, over all connections."""
        return sorted(one for visitor in self.standing for one in _of(visitor, channel))

    def error(self, code: int) -> None:
        """Says an error to everybody."""
        self.say(_error(code))

    def greet(self, visitor: Visitor) -> None:
        """See the base."""
        visitor.say([{"T": "success", "msg": "connected"}])

    def answer(self, visitor: Visitor, message: Any) -> None:
        """See the base."""
        match message.get("action"):
            case "auth":
                self._log_in(visitor, str(message.get("key")), str(message.get("secret")))
            case "subscribe" | "unsubscribe" if not visitor.logged_in:
                visitor.say(_error(401))
            case "subscribe":
                self._subscribe(visitor, message)
            case "unsubscribe":
                visitor.subscribed -= _wanted(message)
                self._list(visitor)
            case _:
                visitor.say(_error(400))

    def _log_in(self, visitor: Visitor, key: str, secret: str) -> None:
        person = self._proved(key, secret)
        if self.unwelcome is not None:
            visitor.say(_error(self.unwelcome))
        elif visitor.logged_in:
            visitor.say(_error(403))
        elif person is None or (key == "oauth" and self.refuses_tokens):
            visitor.say(_error(402))
        elif self._path == SIP and not person.sip:
            visitor.say(_error(409))
        elif person.name in self.elsewhere | {
            self._who[one].name for one in self.standing if one.logged_in
        }:
            visitor.say(_error(406))
        else:
            visitor.logged_in = True
            self._who[visitor] = person
            visitor.say([{"T": "success", "msg": "authenticated"}])

    def _subscribe(self, visitor: Visitor, message: Any) -> None:
        before = visitor.subscribed
        visitor.subscribed = before | _wanted(message)
        most = self.most_symbols
        if most is not None and any(len(_of(visitor, one)) > most for one in _CHANNELS):
            visitor.subscribed = before
            visitor.say(_error(405))
        elif any(not symbol.isupper() for symbol in _of(visitor, "quotes")):
            visitor.subscribed = before
            visitor.say(_error(400))
        else:
            self._list(visitor)

    def _list(self, visitor: Visitor) -> None:
        held = {channel: _of(visitor, channel) for channel in _CHANNELS}
        visitor.say([{"T": "subscription", **held}])

    def _push(self, symbol: str) -> None:
        if ("/" in symbol) is not (self._path == COINS):
            return
        quote = self._market.quotes[symbol]
        for visitor in self.standing:
            points = []
            if symbol in _of(visitor, "quotes"):
                points.append({"T": "q", "S": symbol, **quote_json(symbol, quote)})
            if symbol in _of(visitor, "trades"):
                points.append({"T": "t", "S": symbol, **trade_json(symbol, quote)})
            if points:
                visitor.say(points)


def _wanted(message: Any) -> set[str]:
    return {f"{channel}:{one}" for channel in _CHANNELS for one in message.get(channel, ())}


def _of(visitor: Visitor, channel: str) -> list[str]:
    held = (one.partition(":") for one in sorted(visitor.subscribed))
    return [symbol for kept, _, symbol in held if kept == channel]


def _error(code: int) -> list[dict[str, Any]]:
    return [{"T": "error", "code": code, "msg": ERRORS[code]}]
