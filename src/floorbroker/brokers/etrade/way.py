"""The way of one person's requests: E*TRADE's limits, the access of this moment, a deadline each.

Reads and previews that meet a refused access are asked once more with another. What trades is asked
once, whatever comes.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, Final, TypeVar

from floorbroker.brokers.context import BrokerContext, LastingTokens, Tokens
from floorbroker.brokers.etrade.client import EtradeClient, Method
from floorbroker.brokers.etrade.errors import A_SECOND, BROKER, Refusal
from floorbroker.brokers.etrade.oauth import access_in
from floorbroker.brokers.shared.allowance import Allowance
from floorbroker.brokers.shared.wire import NoAccess, NoAllowance, NotBegun, Unreadable
from floorbroker.domain.errors import BrokerError

ACCOUNT_SECONDS: Final = 10.0
MARKET_SECONDS: Final = 5.0
ORDER_SECONDS: Final = 5.0
PREVIEW_SECONDS: Final = 3.0
PREPARING_SECONDS: Final = 1.6
"""What trades waits at most so long for room and for access. A place finds its room taken by the
preview before it: then two of an order's five seconds are left for its answer."""

A_SECOND_OF: Final = {"accounts": 2, "market": 4, "orders": 2}
"""Requests a second, for each consumer key, module and user, of the older API:
us.etrade.com/ctnt/dev-portal, V0_Documentation-DeveloperGuides-RateLimits. The 7,000 an hour there
are hardly reached with these."""

REVOKED: Final = "revoked access token"
"""apisb.etrade.com/docs/api/authorization/revoke_access_token.html; the SDK takes every 2xx."""

_T = TypeVar("_T")
Read = Callable[[Any], _T]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request.

    Attributes:
        module: Whose limit counts.
        cost: Requests that there has to be room for; 0 where the one before has taken it.
    """

    module: str
    method: Method
    path: str
    params: Mapping[str, str] | None = None
    body: Mapping[str, Any] | None = field(default=None, repr=False)
    cost: int = 1
    urgent: bool = False


class Way:
    """One person's. Every call raises a `Failure` where it has nothing to return."""

    __slots__ = ("_allowances", "_client", "_closed", "_link_id", "_tokens")

    def __init__(self, context: BrokerContext) -> None:
        """Asks nobody yet."""
        self._client = EtradeClient(
            key=context.options["etrade_consumer_key"],
            secret=context.options["etrade_consumer_secret"],
            endpoints=context.endpoints,
            http=context.transport.async_httpx(),
            now=context.clock.now,
        )
        self._tokens: Tokens = context.tokens
        self._allowances = context.allowances
        self._link_id = context.link_id
        self._closed = False

    def close(self) -> None:
        """Lets go of the access; requests under way end as they will."""
        self._closed = True
        self._tokens = LastingTokens({})

    async def read(self, asked: Asked, read: Read[_T], *, seconds: float = ACCOUNT_SECONDS) -> _T:
        """What `read` makes of the answer to a request that changes nothing.

        Args:
            seconds: For all of it, a second try with other access included.
        """
        return made(read, await self._read(asked, monotonic() + seconds))

    async def ask_once(self, asked: Asked, read: Read[_T]) -> _T:
        """What `read` makes of the answer to a request that trades."""
        access = await self._prepared(asked, PREPARING_SECONDS)
        return made(read, await self._answer(asked, access, ORDER_SECONDS))

    async def revoke(self) -> None:
        """Ends the access at E*TRADE.

        Raises:
            Unreadable: It does not say that it did.
        """
        access = access_in(await self._access(None))
        said = await self._client.revoke(access, seconds=ACCOUNT_SECONDS)
        if REVOKED not in said.lower():
            raise Unreadable(200)

    async def _read(self, asked: Asked, ends_at: float) -> Any:
        access = await self._prepared(asked, ends_at - monotonic())
        try:
            return await self._answer(asked, access, ends_at - monotonic())
        except Refusal as refusal:
            if not refusal.of_the_access:
                raise
        access = await self._prepared(asked, ends_at - monotonic(), refused=access)
        return await self._answer(asked, access, ends_at - monotonic())

    async def _prepared(
        self, asked: Asked, seconds: float, refused: Mapping[str, str] | None = None
    ) -> Mapping[str, str]:
        """Access, another one than `refused`, and room for the request."""
        try:
            async with asyncio.timeout(seconds):
                access = await self._access(refused)
                if asked.cost:
                    await self._allowance(asked).take(asked.cost, urgent=asked.urgent)
        except TimeoutError:
            pass
        else:
            return access
        raise NoAllowance(A_SECOND)

    async def _answer(self, asked: Asked, access: Mapping[str, str], seconds: float) -> Any:
        try:
            return await self._client.ask(
                asked.method,
                asked.path,
                access_in(access),
                params=asked.params,
                body=asked.body,
                seconds=seconds,
            )
        except Refusal as refusal:
            if refusal.of_the_limit:
                self._allowance(asked).stay_away(A_SECOND)
            raise

    def _allowance(self, asked: Asked) -> Allowance:
        most = A_SECOND_OF[asked.module]
        return self._allowances.window(BROKER, asked.module, self._link_id, most=most, seconds=1)

    async def _access(self, refused: Mapping[str, str] | None) -> Mapping[str, str]:
        """The access of this moment, or another one than `refused`."""
        if self._closed:
            raise NotBegun("the adapter is closed")
        try:
            if refused is None:
                return await self._tokens.current()
            return await self._tokens.instead_of(refused)
        except BrokerError as error:
            told = error
        raise NoAccess(told)


def made(read: Read[_T], told: Any) -> _T:
    """What `read` makes of an answer.

    Raises:
        Unreadable: It cannot.
    """
    try:
        return read(told)
    except (ValueError, TypeError, KeyError, IndexError):
        pass  # the error holds what it could not read, so it ends here
    raise Unreadable(200)
