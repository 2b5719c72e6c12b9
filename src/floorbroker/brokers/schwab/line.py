"""The way of a request: what Schwab allows, the access of this moment, one exchange, a deadline.

A read whose access is refused gets other access and is asked once more. An order request is asked
once, whatever comes: with a refused access the next one gets another.
"""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from time import monotonic
from typing import Final

import httpx

from floorbroker.brokers.context import BrokerContext, LastingTokens, Tokens
from floorbroker.brokers.schwab.client import Asked
from floorbroker.brokers.schwab.errors import (
    A_MINUTE,
    BROKER,
    TOO_MANY,
    UNAUTHORIZED,
    Refusal,
)
from floorbroker.brokers.schwab.replies import Reply, retry_after, words_of
from floorbroker.brokers.shared.allowance import Allowance
from floorbroker.brokers.shared.http_httpx import failure, whole_body
from floorbroker.brokers.shared.wire import Failure, NoAccess, NotBegun, Unanswered, Unreadable
from floorbroker.domain.errors import BrokerError

READS_A_MINUTE: Final = 120
"""Of the application, whoever it asks for: "Non-order related throttles are set to 120 requests per
minute on an application level", for commercial use too.
https://developer.tdameritrade.com/content/trader-api-schwab-integration-guide-june-2023-update
"""

SEARCHES_A_MINUTE: Final = 30
"""Of those reads: people who type symbols leave the others enough."""

ORDERS_A_MINUTE: Final = 120
"""Of an account: "0-120 per minute that you will set during application registration" (the same
page). Fewer are met by Schwab's 429."""

ORDER_READS_A_MINUTE: Final = 1200
"""Reading orders "is unthrottled", so the vendor's text as others copied it. This bounds us all the
same, and knows when Schwab wants to be left alone."""

PREPARING_SECONDS: Final = 2.0
"""At most so long an order waits for room and for access; more would leave it no time."""

RENEWING_SECONDS: Final = 1.0


class Line:
    """One person's requests.

    Every one raises a `Failure` where it has nothing to return.
    """

    __slots__ = ("_allowances", "_closed", "_host", "_session", "_tokens", "_useless")

    def __init__(self, context: BrokerContext) -> None:
        """Nobody is asked yet."""
        self._host = context.endpoints["api"]
        self._session = context.transport.async_httpx()
        self._tokens: Tokens = context.tokens
        self._allowances = context.allowances
        self._closed = False
        self._useless: dict[bool, str] = {}

    def close(self) -> None:
        """Lets go of the access; requests under way end as they will."""
        self._closed = True
        self._tokens = LastingTokens({})
        self._useless.clear()

    async def read(
        self, asked: Asked, seconds: float, *, account: str = "", urgent: bool = False
    ) -> Reply:
        """The answer to a read, within `seconds`.

        Args:
            account: Whose it is where Schwab counts it as an order request: a preview.
        """
        if account:
            metered = self._of_the_account(account)
        elif "/orders" in asked.path:
            metered = self._of_reading_orders()
        else:
            metered = self._of_the_application()
        try:
            async with asyncio.timeout(seconds):
                return await self._read(asked, metered, urgent)
        except TimeoutError:
            pass
        raise Unanswered(sent=True, late=True)

    async def begin_search(self) -> None:
        """Room for a search beside the room for a read."""
        await self._allowances.window(BROKER, "searches", most=SEARCHES_A_MINUTE, seconds=60).take()

    async def send(self, asked: Asked, account: str, seconds: float, *, urgent: bool) -> Reply:
        """The answer to one order request of the account, within `seconds`."""
        ends_at = monotonic() + seconds
        metered = self._of_the_account(account)
        given = await self._prepared(metered, urgent, min(PREPARING_SECONDS, seconds))
        try:
            async with asyncio.timeout(ends_at - monotonic()):
                return await self._once(asked, given, metered)
        except TimeoutError:
            told: Failure = Unanswered(sent=True, late=True)
        except (Refusal, Unreadable) as refusal:
            if refusal.status != UNAUTHORIZED:
                raise
            told = refusal
            await self._renew_for_the_next(given, ends_at)
        raise told

    async def access_token(self) -> str:
        """For the streamer, which takes it in words of its own."""
        return (await self._access())["access_token"]

    # Access

    async def _read(self, asked: Asked, metered: Allowance, urgent: bool) -> Reply:
        market = _of_the_market(asked)
        await metered.take(urgent=urgent)
        given = await self._access()
        try:
            return await self._once(asked, given, metered)
        except (Refusal, Unreadable) as refusal:
            known = given["access_token"] == self._useless.get(market)
            if refusal.status != UNAUTHORIZED or known:
                raise
        await metered.take(urgent=urgent)
        other = await self._other_access(given)
        try:
            return await self._once(asked, other, metered)
        except (Refusal, Unreadable) as refusal:
            if refusal.status == UNAUTHORIZED:
                # It is new and refused all the same: another new one would be too.
                self._useless[market] = other["access_token"]
            raise

    async def _prepared(
        self, metered: Allowance, urgent: bool, seconds: float
    ) -> Mapping[str, str]:
        try:
            async with asyncio.timeout(seconds):
                await metered.take(urgent=urgent)
                return await self._access()
        except TimeoutError:
            pass
        raise NotBegun("no room or no access in time")

    async def _access(self) -> Mapping[str, str]:
        if self._closed:
            raise NotBegun("closed")
        try:
            return await self._tokens.current()
        except BrokerError as error:
            raise NoAccess(error) from error

    async def _other_access(self, refused: Mapping[str, str]) -> Mapping[str, str]:
        try:
            return await self._tokens.instead_of(refused)
        except BrokerError as error:
            raise NoAccess(error) from error

    async def _renew_for_the_next(self, refused: Mapping[str, str], ends_at: float) -> None:
        """Never in the way of what is known already; what takes longer goes on by itself."""
        left = min(ends_at - monotonic(), RENEWING_SECONDS)
        with suppress(TimeoutError, BrokerError):
            async with asyncio.timeout(left):
                await self._tokens.instead_of(refused)

    # One exchange

    async def _once(self, asked: Asked, given: Mapping[str, str], metered: Allowance) -> Reply:
        if self._closed:
            raise NotBegun("closed")
        headers = {
            "Authorization": f"Bearer {given['access_token']}",
            "Accept": "application/json",
        }
        try:
            async with self._session.stream(
                asked.method,
                f"{self._host}{asked.path}",
                params=asked.params,
                json=asked.json,
                headers=headers,
            ) as response:
                body = await whole_body(response)
        except (httpx.HTTPError, OSError) as error:
            if isinstance(error, TimeoutError):
                raise  # the deadline's
            told = failure(error)
        else:
            return self._heard(asked, response, body, metered)
        # Out here, since the error holds the request, and that holds the access.
        raise told

    def _heard(
        self, asked: Asked, response: httpx.Response, body: bytes, metered: Allowance
    ) -> Reply:
        status = response.status_code
        if 200 <= status < 300:
            return Reply(status, response.headers.get("Location", ""), body)
        pause = retry_after(response.headers)
        if status == TOO_MANY:
            metered.stay_away(pause or A_MINUTE)
        words = words_of(body) if status >= 400 else None
        if words is None:
            raise Unreadable(status)
        raise Refusal(status, words, market=_of_the_market(asked), retry_after=pause)

    def _of_the_application(self) -> Allowance:
        return self._allowances.window(BROKER, "application", most=READS_A_MINUTE, seconds=60)

    def _of_reading_orders(self) -> Allowance:
        return self._allowances.window(BROKER, "order_reads", most=ORDER_READS_A_MINUTE, seconds=60)

    def _of_the_account(self, account: str) -> Allowance:
        return self._allowances.window(BROKER, "account", account, most=ORDERS_A_MINUTE, seconds=60)


def _of_the_market(asked: Asked) -> bool:
    return asked.path.startswith("/marketdata/")
