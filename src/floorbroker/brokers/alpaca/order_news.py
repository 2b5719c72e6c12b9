"""What Alpaca pushes of orders, as news of ours: the stream `trade_updates` of the trading host.

Messages: https://docs.alpaca.markets/docs/websocket-streaming and alpaca-py's trading/stream.py; a
token instead of keys: https://docs.alpaca.markets/docs/using-oauth2-and-trading-api. Nothing says
how many such connections an account may have.
"""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any, Final

from floorbroker.brokers.alpaca import answers, errors, readers, receipts
from floorbroker.brokers.context import BrokerContext
from floorbroker.brokers.port import OrderNews
from floorbroker.brokers.shared.wire import NotBegun, Unanswered, Unreadable
from floorbroker.domain.errors import AuthenticationFailed
from floorbroker.domain.ids import OrderId, is_order_id

if TYPE_CHECKING:
    from floorbroker.brokers.shared.websocket import WebSocket

OPEN_SECONDS: Final = 10.0
MOST_KNOWN: Final = 500
"""Of Alpaca's ids of orders that are ours by another order: the legs of a bracket, and what a
change put in their place."""

_UPDATES: Final = "trade_updates"
_OPENED: Final = 101


class News:
    """Of one account, for as long as its adapter is open."""

    def __init__(
        self, context: BrokerContext, opens: Mapping[str, Any], *, patience: float = 1.0
    ) -> None:
        """Connects to nobody yet. `patience` stretches or shortens the deadline."""
        self._transport = context.transport
        self._address = f"{context.endpoints[context.environment]}/stream"
        self._opens: Mapping[str, Any] | None = opens
        self._open_seconds = OPEN_SECONDS * patience
        self._over = asyncio.Event()
        self._known: dict[str, OrderId] = {}

    def close(self) -> None:
        """Ends it and lets go of the access."""
        self._opens = None
        self._over.set()

    async def told(self) -> AsyncGenerator[OrderNews, None]:
        """News of our orders from now on, until `close`.

        Raises:
            BrokerError: The connection cannot be made or has ended.
        """
        with errors.reading():
            async with AsyncExitStack() as stack:
                socket = await self._opened(stack)
                while (message := await self._next(socket)) is not None:
                    news = self._understood(message)
                    if news is not None:
                        yield news

    async def _opened(self, stack: AsyncExitStack) -> "WebSocket":
        """Connected, let in, and listening."""
        try:
            async with asyncio.timeout(self._open_seconds):
                socket = await stack.enter_async_context(self._transport.websocket(self._address))
                await socket.send({"action": "authenticate", "data": self._access()})
                if (await _answer(socket, "authorization")).get("status") != "authorized":
                    raise AuthenticationFailed(
                        "Alpaca does not accept these keys.", broker=errors.BROKER
                    )
                await socket.send({"action": "listen", "data": {"streams": [_UPDATES]}})
                if _UPDATES not in (await _answer(socket, "listening")).get("streams", ()):
                    raise Unreadable(_OPENED)
                return socket
        except TimeoutError:
            pass
        raise Unanswered(sent=True, late=True)

    def _access(self) -> Mapping[str, Any]:
        if self._opens is None:
            raise NotBegun("closed")
        token = self._opens.get("oauth_token")
        if token is not None:
            return {"oauth_token": token}
        return {"key_id": self._opens["api_key"], "secret_key": self._opens["secret_key"]}

    async def _next(self, socket: "WebSocket") -> Any:
        """The next message; None once the adapter is closed."""
        hearing = asyncio.ensure_future(socket.hear())
        over = asyncio.ensure_future(self._over.wait())
        try:
            await asyncio.wait({hearing, over}, return_when=asyncio.FIRST_COMPLETED)
            return hearing.result() if hearing.done() else None
        finally:
            hearing.cancel()
            over.cancel()
            await asyncio.gather(hearing, over, return_exceptions=True)

    def _understood(self, message: Any) -> OrderNews | None:
        """None for what is no update, cannot be read, or is about somebody else's order."""
        try:
            if message["stream"] != _UPDATES:
                return None
            order = readers.ORDER(message["data"]["order"])
        except (ValueError, TypeError, LookupError):
            return None  # it would only have woken a look that comes anyhow
        ours = self._ours(order)
        if ours is None:
            return None
        return OrderNews(order_id=ours, receipt=receipts.receipt(order, whole=not order.filled_qty))

    def _ours(self, order: answers.Order) -> OrderId | None:
        """By our own id, or by that of an order that it belongs to."""
        ours = self._known.get(order.id) or self._known.get(order.replaces or "")
        if is_order_id(order.client_order_id):
            ours = OrderId(order.client_order_id)
        if ours is not None:
            legs = [leg.id for leg in order.legs or ()]
            for one in (order.id, order.replaced_by, *legs):
                if one is not None:
                    self._known[one] = ours
            for oldest in list(self._known)[:-MOST_KNOWN]:
                del self._known[oldest]
        return ours


async def _answer(socket: "WebSocket", stream: str) -> Mapping[str, Any]:
    """What the stream says of itself next; others are passed over."""
    while True:
        message = await socket.hear()
        try:
            if message["stream"] == stream:
                told: Mapping[str, Any] = dict(message["data"])
                return told
        except (ValueError, TypeError, LookupError):
            break
    raise Unreadable(_OPENED)
