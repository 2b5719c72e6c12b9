"""Where a feed's prices come from: the broker's own stream, else questions at a polite pace.

A lease that is held for a stream is let go as soon as its session is closed (a link that was
removed or linked anew, the end of the process), and the link is read again before the next one, so
that nothing goes on with a credential that was taken away.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import structlog

from floorbroker.brokers.port import BrokerAdapter
from floorbroker.brokers.registry import get_broker
from floorbroker.brokers.spec import Capability
from floorbroker.domain.clock import Clock
from floorbroker.domain.errors import (
    AuthenticationFailed,
    BrokerRetired,
    DeploymentModeError,
    FloorbrokerError,
    MissingExtra,
    NotLinked,
    NotSupported,
    RateLimited,
    RegionRefused,
    SessionExpired,
    SymbolNotFound,
)
from floorbroker.domain.people import Link
from floorbroker.services.accounts import Accounts
from floorbroker.services.quote_feed import Feed
from floorbroker.services.sessions import Sessions

POLL: Final = 5.0
"""Seconds between two questions for one symbol; up to `SLOWEST` while they go wrong."""

APART: Final = 1.0
"""Seconds between two questions on one link: 60 a minute. Alpaca allows 200 for everything."""

BURST: Final = 10
"""Questions that need not wait, where none was asked of late: a list fills fast."""

SLOWEST: Final = 60.0
ANEW: Final = 5.0
"""Seconds before a broken stream is tried again; twice as long each time, up to `LONGEST`."""

LONGEST: Final = 300.0
FIRST_LOOK: Final = 2.0
"""Seconds of silence after which the price of now is asked for beside a new stream."""

QUIET: Final = 30.0
"""The same of a stream that stands; the link is looked at again as often."""

_LASTING: Final = (
    AuthenticationFailed,
    BrokerRetired,
    DeploymentModeError,
    MissingExtra,
    NotLinked,
    NotSupported,
    RegionRefused,
    SessionExpired,
    SymbolNotFound,
)
"""What does not pass by itself."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long is waited for what.

    Attributes:
        pause: How a question waits for its turn, and a broken stream for its next try.
    """

    pause: Callable[[float], Awaitable[None]] = asyncio.sleep
    first_look: float = FIRST_LOOK
    quiet: float = QUIET


class Turns:
    """The questions of one link: a few at once for a start, then not too close together."""

    def __init__(self, clock: Clock, patience: Patience) -> None:
        """Nothing was asked of late."""
        self._clock = clock
        self._pause = patience.pause
        self._apart = APART
        self._due = 0.0  # when all that was asked would have been, one after the other

    @property
    def rested(self) -> bool:
        """Whether it is as if nothing had ever been asked."""
        return self._apart == APART and self._due <= self._clock.steady()

    async def mine(self) -> None:
        """Waits for one's turn."""
        now = self._clock.steady()
        self._due = max(self._due, now) + self._apart
        wait = self._due - BURST * self._apart - now
        if wait > 0:
            await self._pause(wait)

    def slower(self, wait: timedelta | None) -> None:
        """The broker says that it is asked too much, and for how long it wants to be left alone."""
        self._apart = min(self._apart * 2, SLOWEST)
        rest = self._apart if wait is None else max(wait.total_seconds(), self._apart)
        self._due = max(self._due, self._clock.steady() + rest + (BURST - 1) * self._apart)

    def answered(self) -> None:
        """All is well again, step by step."""
        self._apart = max(self._apart / 2, APART)


class Upstream:
    """The life of one feed, from its first subscriber to its last."""

    def __init__(
        self,
        feed: Feed,
        turns: Turns,
        *,
        accounts: Accounts,
        sessions: Sessions,
        clock: Clock,
        patience: Patience,
    ) -> None:
        """`turns` are shared by all feeds of the link."""
        self._feed = feed
        self._turns = turns
        self._accounts = accounts
        self._sessions = sessions
        self._clock = clock
        self._pause = patience.pause
        self._first_look = patience.first_look
        self._quiet = patience.quiet
        self._wait = POLL
        self._pushed = 0

    async def live(self) -> None:
        """Tells the feed, until it is canceled or there is nothing more to come."""
        capabilities = get_broker(self._feed.link.broker).capabilities
        try:
            if Capability.STREAM_QUOTES in capabilities:
                await self._stream()
            else:
                await self._poll(None)
        except FloorbrokerError as error:
            self._feed.end(error)
        except Exception as error:  # noqa: BLE001  # the edge: who listens must not wait for ever
            _log.exception(
                "quotes_failed", broker=self._feed.link.broker, error=type(error).__name__
            )
            self._feed.end(FloorbrokerError(broker=self._feed.link.broker))
        finally:
            self._feed.end()

    async def _stream(self) -> None:
        rest = ANEW
        while True:
            pushed, since, wanted = self._pushed, self._clock.steady(), timedelta(0)
            try:
                await self._streamed()
            except NotSupported:  # some kinds and some plans have a price and no stream
                await self._poll(None)
            except _LASTING:
                raise
            except RateLimited as error:  # the places are taken; prices are asked for meanwhile
                wanted = error.retry_after or wanted
                self._log("quote_stream_broke", error)
            except FloorbrokerError as error:
                self._troubled(error, "quote_stream_broke")
            if self._pushed > pushed or self._clock.steady() - since > self._quiet:
                rest = ANEW
            await self._poll(max(rest, wanted.total_seconds()))
            rest = min(rest * 2, LONGEST)

    async def _streamed(self) -> None:
        """One stream, until it breaks, its lease is closed, or its link is another one."""
        link = await self._link()
        async with self._sessions.lease(link) as adapter:
            listening = asyncio.ensure_future(self._listen(adapter))
            closed = asyncio.ensure_future(self._sessions.over(link.link_id).wait())
            try:
                silence = self._first_look
                while not listening.done() and not closed.done() and await self._same(link):
                    told = self._feed.told
                    done, _ = await asyncio.wait(
                        {listening, closed},
                        timeout=silence,
                        return_when=asyncio.FIRST_COMPLETED,
                    )
                    if not done and self._feed.told == told:
                        await self._glance(adapter, {listening, closed})
                    silence = self._quiet
                if listening.done():
                    listening.result()
            finally:
                listening.cancel()
                closed.cancel()
                await asyncio.gather(listening, closed, return_exceptions=True)

    async def _glance(self, adapter: BrokerAdapter, ends: "set[asyncio.Future[Any]]") -> None:
        """One question beside a stream, in its turn, unless the stream ends meanwhile."""
        looking = asyncio.ensure_future(self._looked(adapter))
        try:
            await asyncio.wait(
                {looking, *ends}, timeout=self._quiet, return_when=asyncio.FIRST_COMPLETED
            )
            if looking.done():
                looking.result()
        finally:
            looking.cancel()
            await asyncio.gather(looking, return_exceptions=True)

    async def _looked(self, adapter: BrokerAdapter) -> None:
        await self._turns.mine()
        try:
            quote = await adapter.quote(self._feed.instrument)
        except FloorbrokerError as error:  # the stream itself says what is wrong
            if isinstance(error, RateLimited):
                self._turns.slower(error.retry_after)
            return
        self._turns.answered()
        self._feed.tell(quote, pushed=False)

    async def _listen(self, adapter: BrokerAdapter) -> None:
        async for quote in adapter.stream_quotes([self._feed.instrument]):
            self._pushed += 1
            self._feed.tell(quote, pushed=True)

    async def _poll(self, seconds: float | None) -> None:
        """Asks again and again, for so long, or until something lasting is in the way."""
        end = None if seconds is None else self._clock.steady() + seconds
        while True:
            wait = await self._asked()
            left = wait if end is None else end - self._clock.steady()
            if left > 0:
                await self._pause(min(wait, left))
            if end is not None and self._clock.steady() >= end:
                return

    async def _asked(self) -> float:
        """One question; the seconds until the next."""
        await self._turns.mine()
        try:
            async with self._sessions.lease(await self._link()) as adapter:
                quote = await adapter.quote(self._feed.instrument)
        except _LASTING:
            raise
        except FloorbrokerError as error:
            if isinstance(error, RateLimited):
                self._turns.slower(error.retry_after)
            self._troubled(error, "quote_not_told")
            self._wait = min(self._wait * 2, SLOWEST)
            return self._wait
        self._turns.answered()
        self._feed.tell(quote, pushed=False)
        self._wait = POLL
        return POLL

    async def _link(self) -> Link:
        """As it is stored now.

        Raises:
            NotLinked: The person removed it.
        """
        return await self._accounts.link(self._feed.link.user_id, self._feed.link.link_id)

    async def _same(self, link: Link) -> bool:
        """Whether a lease of `link` is still one of the present credential."""
        try:
            present = await self._link()
        except NotLinked:
            raise
        except FloorbrokerError:
            return True  # the store does not answer; what was known goes on
        return present.linked_at == link.linked_at and present.dead_since is None

    def _troubled(self, error: FloorbrokerError, event: str) -> None:
        self._feed.trouble = error
        self._log(event, error)

    def _log(self, event: str, error: FloorbrokerError) -> None:
        _log.info(event, broker=self._feed.link.broker, code=error.code)
