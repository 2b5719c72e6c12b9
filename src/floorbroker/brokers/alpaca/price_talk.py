"""What Alpaca says on its websockets of prices, and how it is understood.

Messages and codes: https://docs.alpaca.markets/docs/streaming-market-data, August 2026. Fields of
quotes and trades: https://docs.alpaca.markets/docs/real-time-stock-pricing-data and
…/real-time-crypto-pricing-data.
"""

from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from floorbroker.brokers.alpaca import mapping, readers
from floorbroker.brokers.alpaca.errors import BROKER
from floorbroker.brokers.alpaca.last_trades import LastTrades
from floorbroker.brokers.shared.price_talk import (
    Prices,
    PriceTalk,
    Refused,
    Taken,
    Told,
    Update,
)
from floorbroker.brokers.shared.wire import NoAllowance, Unreadable
from floorbroker.domain.errors import ApiError, NotSupported, RateLimited

if TYPE_CHECKING:
    from floorbroker.brokers.shared.websocket import WebSocket

HELD_ELSEWHERE: Final = timedelta(minutes=1)
"""So long a place that somebody else has is not asked for again."""

NOT_MADE_NOW: Final = frozenset("479CHMNPQRUVWZ")
"""Conditions of trades whose price is an earlier one, an average or another contract's: they move
no last price. Odd lots (I) and trades outside regular hours (T) do here, as they do in Alpaca's own
latest trade. https://docs.alpaca.markets/docs/market-data-faq, https://www.utpplan.com (UTDF)."""

_OPENED: Final = 101
_SYMBOL_INVALID, _NO_SUCH_CHANNEL = 400, 410
_NOT_LET_IN: Final = frozenset({401, 402, 404})
_TOO_MANY_SYMBOLS: Final = 405
_TOO_MANY_CONNECTIONS: Final = 406
_NOT_PAID_FOR: Final = 409


class AlpacaTalk(PriceTalk):
    """One connection to one feed."""

    def __init__(
        self,
        find: Callable[[], Awaitable[tuple[str, str]]],
        opens: Callable[[], Mapping[str, str]],
        refused: Callable[[], Awaitable[None]],
        taken_elsewhere: Callable[[], None],
        lasts: LastTrades,
    ) -> None:
        """Nothing was said.

        Args:
            find: The feed and the address of its stream.
            opens: The access, by the names of the SDK's own client.
            refused: Awaited when the stream refuses the access; raises if REST does so too.
            taken_elsewhere: Called when another program has the one place.
            lasts: Shared with those who ask.
        """
        self._find = find
        self._opens = opens
        self._refused = refused
        self._taken_elsewhere = taken_elsewhere
        self._lasts = lasts
        self._asked: deque[str | None] = deque()
        self._waiting: dict[str, Told] = {}
        self._lasting: set[str] = set()

    async def address(self) -> str:
        """See the base."""
        feed, address = await self._find()
        self.source = mapping.SOURCES[feed]
        return address

    async def log_in(self, socket: "WebSocket") -> None:
        """See the base."""
        await self._expect(socket, "connected")
        opens = self._opens()
        # A token goes with this word in the place of a key.
        key, secret = opens.get("api_key", "oauth"), opens.get("secret_key")
        secret = secret or opens["oauth_token"]
        await socket.send({"action": "auth", "key": key, "secret": secret})
        await self._expect(socket, "authenticated")

    def subscribe(self, keys: Sequence[str]) -> Iterable[Any]:
        """See the base; one by one, since a refusal does not say whom it is for."""
        self._forget(keys)  # what came late, after the end of an earlier subscription
        self._lasts.follow(keys)
        self._asked.extend(keys)
        return [{"action": "subscribe", "quotes": [key], "trades": [key]} for key in keys]

    def unsubscribe(self, keys: Sequence[str]) -> Iterable[Any]:
        """See the base."""
        self._forget(keys)
        self._asked.append(None)
        return [{"action": "unsubscribe", "quotes": list(keys), "trades": list(keys)}]

    def heard(self, message: Any) -> Iterable[Update]:
        """See the base."""
        for one in message:
            match one["T"]:
                case "q":
                    yield from self._quoted(one["S"], one)
                case "t":
                    yield from self._traded(one["S"], one)
                case "subscription":
                    if self._asked:
                        self._asked.popleft()
                    yield Taken([key for key in one["quotes"] if key in one["trades"]])
                case "error":
                    yield from self._erred(one.get("code"))

    def _quoted(self, key: str, one: Any) -> Iterable[Update]:
        quote = readers.LATEST_QUOTE(one)
        prices = Prices(bid=mapping.price(quote.bp), ask=mapping.price(quote.ap))
        if key not in self._lasting:
            last = self._lasts.of(key)
            if last is None:
                self._waiting[key] = Told(key, quote.t, prices)
                return
            self._lasting.add(key)
            prices["last"], prices["last_at"] = last.p, last.t
            self._waiting.pop(key, None)  # this one is newer
        yield Told(key, quote.t, prices)

    def _traded(self, key: str, one: Any) -> Iterable[Update]:
        conditions = one.get("c") or ()
        if NOT_MADE_NOW & set(conditions):
            return
        trade = readers.LATEST_TRADE(one)
        self._lasts.hear(key, trade)
        if self._lasts.of(key) is not trade:
            return  # an older one, or none that has a price
        self._lasting.add(key)
        before = self._waiting.pop(key, None)
        if before is not None:
            yield before
        yield Told(key, trade.t, Prices(last=trade.p, last_at=trade.t))

    def _erred(self, code: Any) -> Iterable[Update]:
        """An error about one subscription; any other one ends the connection."""
        if code not in {_SYMBOL_INVALID, _TOO_MANY_SYMBOLS, _NO_SUCH_CHANNEL} or not self._asked:
            raise ApiError("Alpaca's stream of prices broke off.", broker=BROKER, detail=str(code))
        key = self._asked.popleft()
        if key is None:
            return
        self._forget([key])
        if code == _TOO_MANY_SYMBOLS:
            yield Refused([key], RateLimited(_FULL, broker=BROKER, retry_after=HELD_ELSEWHERE))
        else:
            yield Refused([key], not_pushed())

    async def _expect(self, socket: "WebSocket", word: str) -> None:
        """The welcome, or that the access was taken."""
        told = await socket.hear()
        try:
            first = told[0]
            kind, said, code = first["T"], first.get("msg"), first.get("code")
        except (TypeError, LookupError, AttributeError):
            kind, said, code = "", "", None
        if kind == "success" and said == word:
            return
        if kind != "error":
            raise Unreadable(_OPENED)
        if code == _TOO_MANY_CONNECTIONS:
            self._taken_elsewhere()
            raise NoAllowance(HELD_ELSEWHERE)
        if code == _NOT_PAID_FOR:
            raise not_pushed()
        if code in _NOT_LET_IN:
            await self._refused()
            raise not_pushed()
        raise ApiError("Alpaca opens no stream of prices.", broker=BROKER, detail=str(code))

    def _forget(self, keys: Sequence[str]) -> None:
        self._lasts.leave(keys)
        self._lasting -= set(keys)
        for key in keys:
            self._waiting.pop(key, None)


_FULL: Final = "Alpaca's plan pushes no more prices at once."


def not_pushed() -> NotSupported:
    """It has a price that can be asked for, and no stream."""
    return NotSupported("Alpaca does not push prices of this to this access.", broker=BROKER)
