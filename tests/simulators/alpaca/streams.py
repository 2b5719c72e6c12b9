"""The websockets of market data: `{stream}/v2/{feed}` and `{stream}/v1beta3/crypto/us`.

Messages, codes and the one connection an endpoint and person are those of
https://docs.alpaca.markets/docs/streaming-market-data (August 2026).
"""

import re
from collections.abc import Callable
from typing import Any, Final

from aiohttp import web

from tests.simulators.alpaca.drawing import quote_json, trade_json
from tests.simulators.alpaca.lines import Line
from tests.simulators.alpaca.market import Market
from tests.simulators.alpaca.people import Person

SHARES: Final = re.compile(r"/streams/v2/(sip|iex)")
COINS: Final = "/streams/v1beta3/crypto/us"
CHANNELS: Final = ("trades", "quotes", "bars")
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

Proved = Callable[[str, str], Person | None]
"""Whose key and secret these are; a token comes with the key `oauth`."""


class DataStreams:
    """Pushes every price that the market is given to those who subscribed.

    Attributes:
        opened: How many connections were taken, refused ones too.
        most_symbols: Of a connection and channel; None where there is no limit.
        taken: Endpoints and names of people whose own program is connected there.
        silent: Whether nothing is answered after the welcome.
        unwelcome: A code that every login gets instead of an answer.
        status: An HTTP status that every opening handshake gets instead of a connection.
        deaf: Whether pings stay without an answer, on connections that are opened from now on.
    """

    def __init__(self, market: Market, proved: Proved) -> None:
        """Nobody is connected."""
        self.opened = 0
        self.most_symbols: int | None = None
        self.taken: set[tuple[str, str]] = set()
        self.silent = False
        self.unwelcome: int | None = None
        self.status: int | None = None
        self.deaf = False
        self.lines: list[Line] = []
        self._subscribed: dict[Line, dict[str, list[str]]] = {}
        self._market = market
        self._proved = proved
        market.listeners.append(self._push)

    def serves(self, path: str) -> bool:
        """Whether a websocket may be opened there."""
        return path == COINS or SHARES.fullmatch(path) is not None

    def symbols(self, channel: str = "quotes") -> list[str]:
        """What is subscribed to at present, over all connections."""
        return sorted(one for told in self._subscribed.values() for one in told[channel])

    async def serve(self, request: web.BaseRequest) -> web.StreamResponse:
        """One connection, from the handshake to its end."""
        self.opened += 1
        if self.status is not None:
            return web.Response(status=self.status, text="<html></html>")
        line = Line(request, binary=False, deaf=self.deaf)
        self.lines.append(line)
        self._subscribed[line] = {channel: [] for channel in CHANNELS}
        try:
            welcome = [{"T": "success", "msg": "connected"}]
            answer: web.StreamResponse = await line.serve(
                lambda: line.say(welcome), lambda told: self._hear(line, told)
            )
            return answer
        finally:
            self.lines.remove(line)
            del self._subscribed[line]

    def _hear(self, line: Line, told: dict[str, Any]) -> None:
        if self.silent:
            return
        match told.get("action"):
            case "auth":
                self._log_in(line, str(told.get("key")), str(told.get("secret")))
            case "subscribe" | "unsubscribe" if line.person is None:
                line.say(_error(401))
            case "subscribe":
                self._subscribe(line, told)
            case "unsubscribe":
                for channel, held in self._subscribed[line].items():
                    gone = told.get(channel, ())
                    self._subscribed[line][channel] = [one for one in held if one not in gone]
                self._list(line)
            case _:
                line.say(_error(400))

    def _log_in(self, line: Line, key: str, secret: str) -> None:
        person = self._proved(key, secret)
        if self.unwelcome is not None:
            line.say(_error(self.unwelcome))
        elif line.person is not None:
            line.say(_error(403))
        elif person is None:
            line.say(_error(402))
        elif line.path.endswith("/sip") and not person.sip:
            line.say(_error(409))
        elif self._is_taken(line.path, person):
            line.say(_error(406))
        else:
            line.person = person
            line.say([{"T": "success", "msg": "authenticated"}])

    def _is_taken(self, path: str, person: Person) -> bool:
        held = {(one.path, one.person.name) for one in self.lines if one.person is not None}
        return (path, person.name) in held | self.taken

    def _subscribe(self, line: Line, told: dict[str, Any]) -> None:
        wanted = {
            channel: sorted({*held, *told.get(channel, ())})
            for channel, held in self._subscribed[line].items()
        }
        most = self.most_symbols
        if most is not None and any(len(symbols) > most for symbols in wanted.values()):
            line.say(_error(405))
            return
        self._subscribed[line] = wanted
        self._list(line)

    def _list(self, line: Line) -> None:
        line.say([{"T": "subscription", **self._subscribed[line]}])

    def _push(self, symbol: str) -> None:
        quote = self._market.quotes[symbol]
        for line, held in self._subscribed.items():
            if ("/" in symbol) is not (line.path == COINS):
                continue
            points = []
            if symbol in held["quotes"]:
                points.append({"T": "q", "S": symbol, **quote_json(symbol, quote)})
            if symbol in held["trades"]:
                points.append({"T": "t", "S": symbol, **trade_json(symbol, quote)})
            if points:
                line.say(points)


def _error(code: int) -> list[dict[str, Any]]:
    return [{"T": "error", "code": code, "msg": ERRORS[code]}]
