"""A vendor of prices that nobody has: the plainest protocol that a line can speak."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from types import TracebackType
from typing import Any, Self

from floorbroker.brokers.shared.price_talk import (
    Prices,
    PriceTalk,
    Refused,
    Taken,
    Told,
    Update,
)
from floorbroker.brokers.shared.websocket import WebSocket
from floorbroker.domain.errors import AuthenticationFailed, SymbolNotFound
from tests.simulators.serving import Stream, Visitor
from tests.simulators.serving.listening import CountingServer, Listener


class PlainStream(Stream):
    """Lets in whoever knows the word, and takes every name but NONE."""

    def __init__(self) -> None:
        """Answers subscriptions."""
        super().__init__()
        self.takes = True

    def greet(self, visitor: Visitor) -> None:
        """See the base."""
        visitor.say({"hello": 1})

    def answer(self, visitor: Visitor, message: Any) -> None:
        """See the base."""
        if "word" in message:
            visitor.say({"let in": message["word"] == "sesame"})
        elif "end" in message:
            visitor.subscribed -= set(message["end"])
        elif self.takes:
            known = [key for key in message["begin"] if key != "NONE"]
            visitor.subscribed |= set(known)
            visitor.say({"taken": known, "refused": [*{"NONE"} & set(message["begin"])]})

    def push(self, key: str, at: datetime, **prices: Any) -> None:
        """To everybody who subscribed it."""
        for visitor in self.standing:
            if key in visitor.subscribed:
                visitor.say({"key": key, "at": at.isoformat(), **prices})


class PlainTalk(PriceTalk):
    """The other side of it."""

    source = "nobody"

    def __init__(self, address: str, word: str = "sesame") -> None:
        """`word` is what it logs in with."""
        self._address = address
        self._word = word

    async def address(self) -> str:
        """See the base."""
        return self._address

    async def log_in(self, socket: WebSocket) -> None:
        """See the base."""
        await socket.hear()
        await socket.send({"word": self._word})
        if not (await socket.hear())["let in"]:
            raise AuthenticationFailed

    def subscribe(self, keys: Sequence[str]) -> Iterable[Any]:
        """See the base."""
        return [{"begin": list(keys)}]

    def unsubscribe(self, keys: Sequence[str]) -> Iterable[Any]:
        """See the base."""
        return [{"end": list(keys)}]

    def heard(self, message: Any) -> Iterable[Update]:
        """See the base."""
        if "taken" in message:
            yield Taken(message["taken"])
            yield Refused(message["refused"], SymbolNotFound())
        elif "key" in message:
            prices = Prices()
            for side in ("bid", "ask", "last", "volume"):
                if side in message:
                    value = message[side]
                    prices[side] = None if value is None else Decimal(value)  # type: ignore[literal-required] # of four
            yield Told(message["key"], datetime.fromisoformat(message["at"]), prices)


class PricesServer:
    """`PlainStream` on loopback."""

    def __init__(self) -> None:
        """Not listening yet."""
        self.stream = PlainStream()
        self._server = CountingServer(self.stream.serve)
        self._listener = Listener(self._server, None)

    async def __aenter__(self) -> Self:
        """Listens on a free port."""
        await self._listener.listen()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Cuts every connection."""
        self.stop()
        await self._server.shutdown(0.5)

    def stop(self) -> None:
        """Cuts every connection, and takes none."""
        self._listener.stop()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._listener.port}"
