"""One connection of a line of prices, and those who listen to it; see `price_line.py`."""

import asyncio
from collections.abc import Callable, Mapping
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

_OPENED: Final = 101

_log = structlog.get_logger(__name__)


class Listener:
    """Who waits for news of some instruments.

    Attributes:
        waiting: What the vendor has not taken yet.
        over: Nothing will come any more, and there was no failure.
    """

    def __init__(self, keys: Mapping[str, Instrument]) -> None:
        """Nothing was heard."""
        self.waiting = set(keys)
        self.over = False
        self._failure: BrokerError | None = None
        self._news: dict[str, Quote] = {}
        self._told = asyncio.Event()

    def take(self, key: str) -> None:
        """The vendor has taken it."""
        self.waiting.discard(key)
        self._told.set()

    def tell(self, key: str, quote: Quote) -> None:
        """In place of whatever was not read yet."""
        self._news[key] = quote
        self._told.set()

    def end(self, failure: BrokerError | None) -> None:
        """Nothing will come any more."""
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


class OpenLine:
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
        """Begins to connect."""
        self._transport = transport
        self._talk = talk
        self._made_of = made_of
        self._open_seconds = OPEN_SECONDS * patience
        self._instruments: dict[str, Instrument] = {}
        self._listeners: dict[str, set[Listener]] = {}
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

    def join(self, wanted: Mapping[str, Instrument], listener: Listener) -> None:
        """One more who listens; it hears at once what is known."""
        self._instruments.update(wanted)
        for key in wanted:
            self._listeners.setdefault(key, set()).add(listener)
            if key in self._taken:
                listener.take(key)
            quote = self._quote(key)
            if quote is not None:
                listener.tell(key, quote)
        self._changed.set()

    def leave(self, wanted: Mapping[str, Instrument], listener: Listener) -> None:
        """It listens no more."""
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
        bid, ask, last = prices.get("bid"), prices.get("ask"), prices.get("last")
        if at is None or bid is ask is last is None:
            return None
        return Quote(
            instrument=self._instruments[key],
            bid=bid,
            ask=ask,
            last=last,
            at=at,
            source=self._talk.source,
            volume=prices.get("volume"),
            delayed=prices.get("delayed", False),
            halted=prices.get("halted", False),
            last_at=prices.get("last_at"),
        )
