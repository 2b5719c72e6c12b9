"""Prices as the gateway pushes them: one subscription a contract, however many listen to it.

The last one who leaves cancels it. When the connection drops, those who stay are subscribed anew
on the next one.
"""

import asyncio
import copy
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from typing import Any, Final

import structlog

from floorbroker.brokers.ibkr.catalogue import Listed
from floorbroker.brokers.ibkr.errors import BROKER
from floorbroker.brokers.ibkr.line import IbkrLine
from floorbroker.brokers.ibkr.refused_data import SHOWS_DELAYED, is_notice, no_data
from floorbroker.domain.clock import Clock
from floorbroker.domain.errors import BrokerConnectionError, BrokerError, RateLimited

_log = structlog.get_logger(__name__)

STRAGGLERS: Final = 64
"""For how many subscriptions after it a canceled one may still be told of."""

DELAYED: Final = range(66, 77)
"""Kinds of ticks: https://interactivebrokers.github.io/tws-api/tick_types.html"""

_TOLD_NOTHING: Final = 0


class Feed:
    """What the gateway says of one contract, for as long as somebody listens.

    Attributes:
        ticker: The SDK's, as it is filled; None while there is no subscription. Its
            `marketDataType` is 0 until the gateway has told one: the SDK's own default says "live".
        heard_at: When the last tick came.
        delayed: The gateway said that it sends such, or a tick came that is of a delayed kind.
        remark: What the gateway said about missing rights, and went on.
        failure: Why nothing will come any more.
    """

    def __init__(self, listed: Listed, line: IbkrLine, clock: Clock) -> None:
        """Not subscribed yet."""
        self.listed = listed
        self.ticker: Any = None
        self.heard_at: datetime | None = None
        self.delayed = False
        self.remark = ""
        self.failure: BrokerError | None = None
        self.listeners: set[Listener] = set()
        self._line = line
        self._clock = clock
        self._unwanted = asyncio.Event()
        self._refused = asyncio.Event()

    async def live(self) -> None:
        """Subscribes, and again after each drop, until nobody listens or it is refused."""
        try:
            with self._line.pacing.lines.one():
                while self.failure is None and await self._wanted(self._line.stands()):
                    with suppress(BrokerConnectionError):
                        await self._subscribed()
        except BrokerError as error:
            self.failure = error
        except Exception as error:  # noqa: BLE001  # the edge: who listens must not wait for ever
            _log.exception("feed_failed", error=type(error).__name__)
            self.failure = BrokerError(broker=BROKER, detail="feed")
        finally:
            self._tell()

    def leave(self) -> None:
        """Nobody listens any more."""
        self._unwanted.set()

    async def _subscribed(self) -> None:
        """One subscription, from request to cancel or to the end of its connection."""
        await self._line.pacing.message()
        ib, lost = self._line.ib, self._line.lost
        contract = copy.copy(self.listed.contract)  # the SDK knows a ticker by its contract's id()
        ticker = ib.reqMktData(contract)
        request = ib.wrapper.ticker2ReqId["mktData"][ticker]
        ticker.marketDataType = _TOLD_NOTHING
        ticker.updateEvent += self._heard
        end_of_refusals = self._line.refusals(request, self._hear)
        self.remark, self.delayed = "", False
        self.ticker = ticker
        try:
            await self._wanted(asyncio.wait({lost}), self._refused.wait())
        finally:
            self.ticker = self.heard_at = None
            ticker.updateEvent -= self._heard
            end_of_refusals()
            forget(self._line, ib, contract, request, "mktData")
            self._tell()
        with suppress(RateLimited):  # it has to be canceled; it is one message
            await self._line.pacing.message(urgent=True)
        if not lost.done():
            ib.client.cancelMktData(request)

    async def _wanted(self, *events: Any) -> bool:
        """Waits for the first of the events; whether somebody still listens."""
        unwanted = asyncio.ensure_future(self._unwanted.wait())
        waits = [unwanted, *(asyncio.ensure_future(event) for event in events)]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in waits:
                one.cancel()
            await asyncio.gather(*waits, return_exceptions=True)
        return not self._unwanted.is_set()

    def _heard(self, ticker: Any) -> None:
        self.heard_at = self._clock.now()
        self.delayed = self.delayed or any(tick.tickType in DELAYED for tick in ticker.ticks)
        self._tell()

    def _hear(self, code: int, words: str) -> None:
        if is_notice(code):
            self.remark = words
            self.delayed = self.delayed or code == SHOWS_DELAYED
        else:
            self.failure = no_data(code, words, self._line.data_type)
            self._refused.set()
        self._tell()

    def _tell(self) -> None:
        for listener in self.listeners:
            listener.hear(self)


class Listener:
    """Somebody who wants to know when one of several feeds has news."""

    def __init__(self) -> None:
        """Nothing was heard."""
        self._news: dict[Feed, None] = {}
        self._heard = asyncio.Event()

    def hear(self, feed: Feed) -> None:
        """There is something new of it."""
        self._news[feed] = None
        self._heard.set()

    async def news(self) -> list[Feed]:
        """Waits for the next; each feed once, however much was new of it."""
        await self._heard.wait()
        self._heard.clear()
        news, self._news = list(self._news), {}
        return news


class Feeds:
    """All feeds of a line."""

    def __init__(self, line: IbkrLine, clock: Clock) -> None:
        """Nobody listens."""
        self._line = line
        self._clock = clock
        self._feeds: dict[int, Feed] = {}
        self._lives: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def listening(
        self, wanted: Sequence[Listed]
    ) -> AsyncIterator[tuple[Listener, list[Feed]]]:
        """Listens to the contracts for as long as the block lasts."""
        listener = Listener()
        feeds = [self._feed(listed) for listed in wanted]
        for feed in feeds:
            feed.listeners.add(listener)
            if feed.ticker is not None and feed.heard_at is not None:
                listener.hear(feed)
        try:
            yield listener, feeds
        finally:
            for feed in feeds:
                feed.listeners.discard(listener)
                if not feed.listeners:
                    feed.leave()
                    if self._feeds.get(feed.listed.con_id) is feed:
                        del self._feeds[feed.listed.con_id]

    def _feed(self, listed: Listed) -> Feed:
        """The one of that contract; a new one where there is none, or where it was refused."""
        feed = self._feeds.get(listed.con_id)
        if feed is None or feed.failure is not None:
            feed = self._feeds[listed.con_id] = Feed(listed, self._line, self._clock)
            life = asyncio.create_task(feed.live(), name=f"{BROKER} feed {listed.con_id}")
            self._lives.add(life)
            life.add_done_callback(self._lives.discard)
        return feed


def forget(line: IbkrLine, ib: Any, contract: Any, request: int, kind: str) -> None:
    """The SDK keeps every ticker for ever; the late ticks of a canceled one still find it."""
    wrapper = ib.wrapper
    wrapper.tickers.pop(id(contract), None)
    ticker = wrapper.reqId2Ticker.get(request)
    wrapper.ticker2ReqId[kind].pop(ticker, None)
    wrapper._reqId2Contract.pop(request, None)
    # Of this connection: the next one counts requests anew. By number, not by time: a timer would
    # outlive whoever asked.
    left: deque[tuple[dict[int, Any], int]] = line.once("stragglers", deque)
    left.append((wrapper.reqId2Ticker, request))
    if len(left) > STRAGGLERS:
        by_request, oldest = left.popleft()
        by_request.pop(oldest, None)
