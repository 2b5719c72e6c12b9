"""The websocket of order updates, `/stream` at the trading host: binary frames of JSON.

Messages are those of https://docs.alpaca.markets/docs/websocket-streaming and of alpaca-py's
trading/stream.py; a token is sent as https://docs.alpaca.markets/docs/using-oauth2-and-trading-api
says.
"""

from typing import Any, Final

from aiohttp import web

from tests.simulators.alpaca.lines import Line
from tests.simulators.alpaca.orders import Order
from tests.simulators.alpaca.streams import Proved
from tests.simulators.alpaca.wire import moment, text

PATH: Final = "/stream"
UPDATES: Final = "trade_updates"
EVENTS: Final = {"filled": "fill", "partially_filled": "partial_fill"}


class TradeStreams:
    """Tells each person what becomes of their orders.

    Attributes:
        opened: How many connections were taken, refused ones too.
        silent: Whether nothing is answered.
        status: An HTTP status that every opening handshake gets instead of a connection.
        deaf: Whether pings stay without an answer, on connections that are opened from now on.
    """

    def __init__(self, proved: Proved) -> None:
        """Nobody is connected."""
        self.opened = 0
        self.silent = False
        self.status: int | None = None
        self.deaf = False
        self.lines: list[Line] = []
        self._listening: set[Line] = set()
        self._proved = proved

    @property
    def listening(self) -> int:
        """How many connections get updates."""
        return len(self._listening)

    def serves(self, path: str) -> bool:
        """Whether a websocket may be opened there."""
        return path == PATH

    async def serve(self, request: web.BaseRequest) -> web.StreamResponse:
        """One connection, from the handshake to its end."""
        self.opened += 1
        if self.status is not None:
            return web.Response(status=self.status, text="<html></html>")
        line = Line(request, binary=True, deaf=self.deaf)
        self.lines.append(line)
        try:
            answer: web.StreamResponse = await line.serve(
                lambda: None, lambda told: self._hear(line, told)
            )
            return answer
        finally:
            self.lines.remove(line)
            self._listening.discard(line)

    def tell(self, order: Order) -> None:
        """Whoever owns the order hears its present state."""
        for line in self._listening:
            if line.person is order.person:
                line.say({"stream": UPDATES, "data": _update(order)})

    def _hear(self, line: Line, told: dict[str, Any]) -> None:
        if self.silent:
            return
        data = told.get("data") or {}
        match told.get("action"):
            case "authenticate":
                self._log_in(line, data)
            case "listen" if line.person is not None:
                streams = [one for one in data.get("streams", ()) if one == UPDATES]
                (self._listening.add if streams else self._listening.discard)(line)
                line.say({"stream": "listening", "data": {"streams": streams}})
            case _:
                line.say({"stream": "listening", "data": {"error": "not authorized"}})

    def _log_in(self, line: Line, data: dict[str, Any]) -> None:
        token = data.get("oauth_token")
        key, secret = ("oauth", token) if token else (data.get("key_id"), data.get("secret_key"))
        line.person = self._proved(str(key), str(secret))
        status = "unauthorized" if line.person is None else "authorized"
        answer = {"action": "authenticate", "status": status}
        line.say({"stream": "authorization", "data": answer})


def _update(order: Order) -> dict[str, Any]:
    told: dict[str, Any] = {
        "event": EVENTS.get(order.status, order.status),
        "timestamp": moment(order.updated_at),
        "order": order.wire(),
    }
    if order.status in EVENTS and order.executions:
        last = order.executions[-1]
        told |= {"qty": text(last.qty), "price": text(last.price)}
        told["position_qty"] = text(order.person.held(order.symbol))
    return told
