"""The way of a request: what Webull allows, the access of this moment, one exchange, a deadline.

A read whose access is refused gets other access and is asked once more. What has to do with an
order is asked once, whatever comes: with refused access the next one gets another.
"""

import asyncio
from contextlib import suppress
from time import monotonic
from typing import Final

import aiohttp

from floorbroker.brokers.context import BrokerContext
from floorbroker.brokers.shared.wire import Failure, NotBegun, Unanswered, Unreadable
from floorbroker.brokers.webull.access import Access, Headers
from floorbroker.brokers.webull.exchange import Asked, exchanged
from floorbroker.brokers.webull.metering import Metering, Scope
from floorbroker.brokers.webull.refusals import TOO_MANY, Refusal
from floorbroker.domain.errors import BrokerError

PREPARING_SECONDS: Final = 2.5
"""At most so long an order waits for room and for access; more would leave it no time."""

RENEWING_SECONDS: Final = 1.0


class Line:
    """One person's requests.

    Every one raises a `Failure` where it has nothing to return.
    """

    __slots__ = ("_access", "_clock", "_closed", "_metering", "_session", "_transport")

    def __init__(self, context: BrokerContext, access: Access) -> None:
        """Nobody is asked yet."""
        self._access = access
        self._clock = context.clock
        self._transport = context.transport
        self._metering = Metering(context, by_platform=access.by_platform)
        self._session: aiohttp.ClientSession | None = None
        self._closed = False

    def forget(self) -> None:
        """Lets go of the access; requests under way end as they will."""
        self._closed = True
        self._access.forget()
        if self._session is not None:
            self._session.detach()
            self._session = None

    async def read(
        self, asked: Asked, *scopes: Scope, seconds: float, renews: bool = True
    ) -> bytes:
        """The answer to a read, within `seconds`.

        Args:
            renews: Whether a 401 is about the access, and not about what was asked with it.
        """
        try:
            async with asyncio.timeout(seconds):
                return await self._read(asked, scopes, renews)
        except TimeoutError:
            pass
        raise Unanswered(sent=True, late=True)

    async def send(
        self, asked: Asked, scope: Scope, *, seconds: float, urgent: bool = False
    ) -> bytes:
        """The answer to one request about an order, within `seconds`."""
        ends_at = monotonic() + seconds
        access = await self._prepared(scope, urgent, min(PREPARING_SECONDS, seconds))
        try:
            async with asyncio.timeout(ends_at - monotonic()):
                return await self._once(asked, access, (scope,))
        except TimeoutError:
            told: Failure = Unanswered(sent=True, late=True)
        except Refusal as refusal:
            if not (refusal.of_the_access and refusal.by_platform):
                raise
            told = refusal
            await self._renew_for_the_next(access, ends_at)
        raise told

    async def _read(self, asked: Asked, scopes: tuple[Scope, ...], renews: bool) -> bytes:
        await self._take(scopes)
        access = await self._headers()
        try:
            return await self._once(asked, access, scopes)
        except Refusal as refusal:
            if not (renews and refusal.of_the_access):
                raise
            refused = refusal
        other = await self._access.other_headers(access)
        if other is None:
            raise refused
        await self._take(scopes)
        return await self._once(asked, other, scopes)

    async def _take(self, scopes: tuple[Scope, ...]) -> None:
        for scope in scopes:
            await self._metering.take(scope)

    async def _prepared(self, scope: Scope, urgent: bool, seconds: float) -> Headers:
        try:
            async with asyncio.timeout(seconds):
                await self._metering.take(scope, urgent=urgent)
                return await self._headers()
        except TimeoutError:
            pass
        raise NotBegun("no room or no access in time")

    async def _headers(self) -> Headers:
        if self._closed:
            raise NotBegun("closed")
        return await self._access.headers()

    async def _renew_for_the_next(self, refused: Headers, ends_at: float) -> None:
        """Never in the way of what is known already; what takes longer goes on by itself."""
        with suppress(TimeoutError, BrokerError, Failure):
            async with asyncio.timeout(min(ends_at - monotonic(), RENEWING_SECONDS)):
                await self._access.other_headers(refused)

    async def _once(self, asked: Asked, access: Headers, scopes: tuple[Scope, ...]) -> bytes:
        signer = self._access.signer()
        try:
            return await exchanged(
                self._open(),
                self._access.host,
                asked,
                signer,
                at=self._clock.now(),
                access=access,
                by_platform=self._access.by_platform,
            )
        except (Refusal, Unreadable) as refusal:
            if refusal.status == TOO_MANY:
                pause = refusal.retry_after if isinstance(refusal, Refusal) else None
                for scope in scopes:
                    self._metering.refused(scope, pause)
            raise

    def _open(self) -> aiohttp.ClientSession:
        if self._closed:
            raise NotBegun("closed")
        if self._session is None:
            # Made with the first request: aiohttp wants a running loop. Whose it is, is said anew
            # by each request.
            self._session = self._transport.async_session({})
        return self._session
