"""The websocket of order updates, `/stream` at the trading host: binary frames of JSON.

Messages are those of https://docs.alpaca.markets/docs/websocket-streaming and of alpaca-py's
trading/stream.py; a token is sent as https://docs.alpaca.markets/docs/using-oauth2-and-trading-api
says.
"""

from typing import Any, Final

from tests.simulators.alpaca.orders import Order
from tests.simulators.alpaca.people import Person
from tests.simulators.alpaca.streams import Proved
from tests.simulators.alpaca.wire import moment, text
from tests.simulators.serving import Stream, Visitor

PATH: Final = "/stream"
UPDATES: Final = "trade_updates"
EVENTS: Final = {"filled": "fill", "partially_filled": "partial_fill"}


class TradeStream(Stream):
    """Tells each person what becomes of their orders."""

    def __init__(self, proved: Proved) -> None:
        """Nobody is connected."""
        super().__init__()
        self._proved = proved
        self._who: dict[Visitor, Person] = {}

    @property
    def listening(self) -> int:
        """How many connections get updates."""
        return sum(UPDATES in visitor.subscribed for visitor in self.standing)

    def tell(self, order: Order) -> None:
        """Whoever owns the order hears its present state."""
        for visitor in self.standing:
            if UPDATES in visitor.subscribed and self._who[visitor] is order.person:
                visitor.say({"stream": UPDATES, "data": _update(order)})

    def greet(self, visitor: Visitor) -> None:
        """See the base: nothing is said, and what is said later comes in binary frames."""
        visitor.binary = True

    def answer(self, visitor: Visitor, message: Any) -> None:
        """See the base."""
        data = message.get("data") or {}
        match message.get("action"):
            case "authenticate":
                self._log_in(visitor, data)
            case "listen" if visitor.logged_in:
                visitor.subscribed = {UPDATES} & set(data.get("streams", ()))
                streams = sorted(visitor.subscribed)
                visitor.say({"stream": "listening", "data": {"streams": streams}})
            case _:
                visitor.say({"stream": "listening", "data": {"error": "not authorized"}})

    def _log_in(self, visitor: Visitor, data: dict[str, Any]) -> None:
        token = data.get("oauth_token")
        key, secret = ("oauth", token) if token else (data.get("key_id"), data.get("secret_key"))
        person = self._proved(str(key), str(secret))
        if person is not None:
            visitor.logged_in = True
            self._who[visitor] = person
        status = "unauthorized" if person is None else "authorized"
        answer = {"action": "authenticate", "status": status}
        visitor.say({"stream": "authorization", "data": answer})


def _update(order: Order) -> dict[str, Any]:
    told: dict[str, Any] = {
        "event": EVENTS.get(order.status, order.status),
        "timestamp": moment(order.updated_at),
        "order": order.wire(nested=True),
    }
    if order.status in EVENTS and order.executions:
        last = order.executions[-1]
        told |= {"qty": text(last.qty), "price": text(last.price)}
        told["position_qty"] = text(order.person.held(order.symbol))
    return told
