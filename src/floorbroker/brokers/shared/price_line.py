"""All prices that one adapter follows, over one websocket.

It is opened with the first who listens and closed with the last; an instrument is subscribed once,
however many listen to it. The line never connects again by itself: when the connection breaks,
everybody who listens hears why, and whoever asks next opens a new one.

A reader who is slow finds the latest quote of each instrument, and none before it.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Final

import structlog

from floorbroker.brokers.shared.price_talk import Prices, PriceTalk, Refused, Taken, Told, Update
from floorbroker.brokers.shared.transport import Transport
from floorbroker.brokers.shared.wire import Failure, Unanswered, Unreadable
from floorbroker.domain.errors import BrokerError
from floorbroker.domain.instruments import Instrument
from floorbroker.domain.market import Quote

if TYPE_CHECKING:
    from floorbroker.brokers.shared.websocket import WebSocket

OPEN_SECONDS: Final = 10.0
"""For finding the address, connecting and logging in."""

START_SECONDS: Final = 15.0
"""From the wish to listen until the vendor has taken it, a new connection included."""

_OPENED: Final = 101

_log = structlog.get_logger(__name__)


class PriceLine:
    """The line of one adapter."""

    def __init__(
        self,
        transport: Transport,
        new_talk: Callable[[], PriceTalk],
        made_of: Callable[[Failure], BrokerError],
        *,
        patience: float = 1.0,
    ) -> None:
        """Connects to nobody yet.

        Args:
            new_talk: The vendor's words for one connection.
            made_of: The broker's `for_read`.
            patience: Stretches or shortens every deadline.
        """
        self._transport = transport
        self._new_talk = new_talk
        self._made_of = made_of
        self._patience = patience
        self._open: _OpenLine | None = None
        self._closed = False

    async def quotes(self, wanted: Mapping[str, Instrument]) -> AsyncGenerator[Quote, None]:
        """Quotes of these instruments, by the vendor's names for them, until `close`.

        Raises:
            BrokerError: The connection cannot be made or has ended, or one of them is refused.
        """
        if self._closed:
            return
        line, listener = self._line(), _Listener(wanted)
        deadline = asyncio.get_running_loop().time() + START_SECONDS * self._patience
        line.join(wanted, listener)
        try:
            while not listener.over:
                try:
                    async with asyncio.timeout_at(deadline if listener.waiting else None):
                        news = await listener.heard()
                except TimeoutError:
                    raise self._made_of(Unanswered(sent=True, late=True)) from None
                for quote in news:
                    yield quote
        finally:
            line.leave(wanted, listener)
            if line.unheard:
                await self._hang_up(line)

    async def close(self) -> None:
        """Ends the connection and all who listen; nothing is opened any more."""
        self._closed = True
        if self._open is not None:
            await self._hang_up(self._open)

    def _line(self) -> "_OpenLine":
        if self._open is None or self._open.over:
            self._open = _OpenLine(self._transport, self._new_talk(), self._made_of, self._patience)
        return self._open

    async def _hang_up(self, line: "_OpenLine") -> None:
        if self._open is line:
            self._open = None
        line.life.cancel()
        await asyncio.wait({line.life})


class _Listener:
    """Who waits for news of some instruments.

    Attributes:
        waiting: What the vendor has not taken yet.
        over: Nothing will come any more, and there was no failure.
    """

    def __init__(self, keys: Mapping[str, Instrument]) -> None:
        self.waiting = set(keys)
        self.over = False
        self._failure: BrokerError | None = None
        self._news: dict[str, Quote] = {}
        self._told = asyncio.Event()

    def take(self, key: str) -> None:
        self.waiting.discard(key)
        self._told.set()

    def tell(self, key: str, quote: Quote) -> None:
        self._news[key] = quote
        self._told.set()

    def end(self, failure: BrokerError | None) -> None:
        self.over, self._failure = failure is None, failure
        self._told.set()

    async def heard(self) -> list[Quote]:
        """What is new of each, perhaps nothing.

        Raises:
            BrokerError: What ended it.
        """
        await self._told.wait()
        self._told.clear()
        if self._failure is not None:
            raise self._failure
        news, self._news = list(self._news.values()), {}
        return news


class _OpenLine:
    """One connection, from its first listener to its end.

    Attributes:
        life: Runs it; ends with it and raises nothing.
        over: It has ended.
    """

    def __init__(
        self,
        transport: Transport,
        talk: PriceTalk,
        made_of: Callable[[Failure], BrokerError],
        patience: float,
    ) -> None:
        self._transport = transport
        self._talk = talk
        self._made_of = made_of
        self._open_seconds = OPEN_SECONDS * patience
        self._instruments: dict[str, Instrument] = {}
        self._listeners: dict[str, set[_Listener]] = {}
        self._subscribed: set[str] = set()
        self._taken: set[str] = set()
        self._known: dict[str, tuple[datetime, Prices]] = {}
        self._changed = asyncio.Event()
        self._failure: BrokerError | None = None
        self.over = False
        self.life = asyncio.create_task(self._live(), name="prices")
        # Not at the end of `_live`: what is canceled before its first step never gets there.
        self.life.add_done_callback(self._end)

    @property
    def unheard(self) -> bool:
        """Whether nobody listens."""
        return not self._listeners

    def join(self, wanted: Mapping[str, Instrument], listener: _Listener) -> None:
        self._instruments.update(wanted)
        for key in wanted:
            self._listeners.setdefault(key, set()).add(listener)
            if key in self._taken:
                listener.take(key)
            quote = self._quote(key)
            if quote is not None:
                listener.tell(key, quote)
        self._changed.set()

    def leave(self, wanted: Mapping[str, Instrument], listener: _Listener) -> None:
        for key in wanted:
            listeners = self._listeners.get(key, set())
            listeners.discard(listener)
            if not listeners:
                self._listeners.pop(key, None)
        if self._listeners:
            self._changed.set()

    async def _live(self) -> None:
        try:
            await self._connected()
        except BrokerError as error:
            self._failure = error
        except Failure as error:
            self._failure = self._made_of(error)
        except Exception as error:  # noqa: BLE001  # the edge: who listens must not wait for ever
            _log.exception("price_line_failed", error=type(error).__name__)
            self._failure = BrokerError(detail="price line")

    def _end(self, _life: "asyncio.Task[None]") -> None:
        self.over = True
        for listener in {one for some in self._listeners.values() for one in some}:
            listener.end(self._failure)

    async def _connected(self) -> None:
        try:
            async with asyncio.timeout(self._open_seconds) as opening:
                address = await self._talk.address()
                async with self._transport.websocket(address) as socket:
                    await self._talk.log_in(socket)
                    opening.reschedule(None)
                    await self._talked(socket)
        except TimeoutError:
            pass
        raise Unanswered(sent=True, late=True)

    async def _talked(self, socket: "WebSocket") -> None:
        """Asks and hears at once, until one of both fails."""
        both = {asyncio.ensure_future(self._hear(socket)), asyncio.ensure_future(self._ask(socket))}
        try:
            ended, _ = await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            for one in ended:
                one.result()
        finally:
            for one in both:
                one.cancel()
            await asyncio.gather(*both, return_exceptions=True)

    async def _ask(self, socket: "WebSocket") -> None:
        """Subscribes what is wanted and not what was; what changes meanwhile goes together."""
        while True:
            await self._changed.wait()
            self._changed.clear()
            wanted = set(self._listeners)
            gone, new = sorted(self._subscribed - wanted), sorted(wanted - self._subscribed)
            self._subscribed = wanted
            self._taken -= set(gone)
            for key in gone:
                self._known.pop(key, None)
                self._instruments.pop(key, None)
            for message in (
                *(self._talk.unsubscribe(gone) if gone else ()),
                *(self._talk.subscribe(new) if new else ()),
            ):
                await socket.send(message)
                await asyncio.sleep(self._talk.apart_seconds)

    async def _hear(self, socket: "WebSocket") -> None:
        while True:
            message = await socket.hear()
            try:
                updates = list(self._talk.heard(message))
            except (ValueError, TypeError, LookupError, AttributeError):
                break
            for update in updates:
                self._pass_on(update)
        raise Unreadable(_OPENED)

    def _pass_on(self, update: Update) -> None:
        match update:
            case Told(key):
                if key in self._subscribed:
                    self._take(key)
                    self._tell(update)
            case Taken(keys):
                for key in keys:
                    self._take(key)
            case Refused(keys, why):
                for key in keys:
                    self._subscribed.discard(key)
                    for listener in self._listeners.pop(key, ()):
                        listener.end(why)

    def _take(self, key: str) -> None:
        if key in self._subscribed and key not in self._taken:
            self._taken.add(key)
            for listener in self._listeners.get(key, ()):
                listener.take(key)

    def _tell(self, told: Told) -> None:
        at, prices = self._known.get(told.key, (told.at, Prices()))
        self._known[told.key] = (max(at, told.at), {**prices, **told.prices})
        quote = self._quote(told.key)
        if quote is not None:
            for listener in self._listeners.get(told.key, ()):
                listener.tell(told.key, quote)

    def _quote(self, key: str) -> Quote | None:
        """What is known of it; None where nobody quotes."""
        at, prices = self._known.get(key, (None, Prices()))
        sides = {"bid": prices.get("bid"), "ask": prices.get("ask"), "last": prices.get("last")}
        if at is None or all(side is None for side in sides.values()):
            return None
        return Quote(
            instrument=self._instruments[key],
            at=at,
            source=self._talk.source,
            volume=prices.get("volume"),
            delayed=prices.get("delayed", False),
            halted=prices.get("halted", False),
            **sides,
        )
