"""The adapter of the signed exchange: no call without access that is alive at that moment."""

from collections.abc import Sequence
from typing import Any, Final, cast

from floorbroker.brokers.context import BrokerContext
from floorbroker.domain.error_codes import ErrorCode
from floorbroker.domain.errors import AuthenticationFailed, BrokerError, NotSent, OrderRejected
from floorbroker.domain.portfolio import BrokerAccount
from tests.fakes.exchange.adapter import ExchangeAdapter
from tests.fakes.exchange.credentials import ExchangeCredentials
from tests.fakes.exchange.venue import Venue
from tests.fakes.signed.credentials import SignedTokens
from tests.fakes.signed.provider import Provider, Refused

_ORDERS: Final = frozenset({"place_order", "cancel_order", "modify_order"})


class SignedAdapter(ExchangeAdapter):
    """Options `venue`: what it asks; `provider`: which access is alive."""

    def __init__(self, context: BrokerContext, credentials: SignedTokens) -> None:
        """`credentials` are the first ones only; `context.tokens` has the present ones."""
        del credentials
        super().__init__(context, ExchangeCredentials())
        self._door = _Door(context)
        self._venue = cast(Venue, self._door)

    async def accounts(self) -> Sequence[BrokerAccount]:
        """See the port."""
        await super().accounts()
        return self._door.reached()


class _Door:
    """The venue, for who has access."""

    def __init__(self, context: BrokerContext) -> None:
        self._context = context
        self._venue: Venue = context.options["venue"]
        self._provider: Provider = context.options["provider"]
        self._login = ""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._venue, name)

    async def called(self, request: str) -> None:
        """Lets a request through, or not; what has to do with orders is asked once."""
        if request in _ORDERS:
            await self._send()
        else:
            await self._read()
        await self._venue.called(request)

    def reached(self) -> Sequence[BrokerAccount]:
        return self._provider.reached(self._login)

    async def _send(self) -> None:
        try:
            given = await self._context.tokens.current()
        except BrokerError as error:
            raise NotSent(error.message, broker="alpaca") from error
        try:
            self._enter(given["access_token"])
        except Refused as refusal:
            reason = ErrorCode.AUTHENTICATION_FAILED
            raise OrderRejected(str(refusal), broker="alpaca", reason=reason) from None

    async def _read(self) -> None:
        given = await self._context.tokens.current()
        try:
            self._enter(given["access_token"])
        except Refused:
            given = await self._context.tokens.instead_of(given)
            try:
                self._enter(given["access_token"])
            except Refused as refusal:
                raise AuthenticationFailed(str(refusal), broker="alpaca") from None

    def _enter(self, access: str) -> None:
        self._login = self._provider.login(access, by=self._context.user_id)
