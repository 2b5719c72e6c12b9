"""Signing in at E*TRADE with OAuth 1.0a: a code by hand, and access until midnight in New York.

apisb.etrade.com/docs/api/authorization: a request token lives five minutes; an access token is
"inactivated" after two hours without a request and reactivated by renewing it, stays the same, and
ends at midnight US Eastern time. An address to come back to would have to be registered by E*TRADE
for the key, and would get no `state`; so people bring the code that E*TRADE shows them.
"""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import parse_qs, urlsplit

from floorbroker.brokers.etrade.client import Access, EtradeClient
from floorbroker.brokers.etrade.eastern import midnight_after
from floorbroker.brokers.etrade.errors import BROKER, Refusal, for_read
from floorbroker.brokers.oauth import Departure, Grant, OAuthContext, OAuthFlow
from floorbroker.brokers.shared.grants import ApplicationRefused, GrantRefused
from floorbroker.brokers.shared.wire import Failure
from floorbroker.domain.errors import ApiError, BrokerError, SessionExpired

SECONDS: Final = 10.0
RENEWED_AFTER: Final = timedelta(minutes=100)
"""Twenty minutes before access could lie idle for two hours, used or not."""

RENEWED: Final = "has been renewed"
"""apisb.etrade.com/docs/api/authorization/renew_access_token.html: "Access Token has been renewed".
The SDK takes every 2xx for a success."""

_VERIFIER: Final = re.compile(r"[A-Za-z0-9]{3,32}", re.ASCII)
_NOT_SIGNED_RIGHT: Final = "signature_invalid"


class EtradeOAuth(OAuthFlow):
    """See the module's first line."""

    def __init__(self, context: OAuthContext) -> None:
        """See the port."""
        self._clock = context.clock
        self._sign_in = context.endpoints["sign_in"]
        self._client = EtradeClient(
            key=context.options["etrade_consumer_key"],
            secret=context.options["etrade_consumer_secret"],
            endpoints=context.endpoints,
            http=context.transport.async_httpx(),
            now=context.clock.now,
        )

    async def depart(self, *, state: str, verifier: str, redirect: str) -> Departure:
        """See the port; OAuth 1.0a has neither a state nor PKCE, and no address of ours is used."""
        del state, verifier, redirect
        try:
            token, address = await self._client.request_token(seconds=SECONDS)
        except Failure as error:
            raise _not_begun(error) from error
        meant = urlsplit(address)
        return Departure(
            address=f"{self._sign_in}{meant.path}?{meant.query}",
            keep={
                "token": token.oauth_token.get_secret_value(),
                "secret": token.oauth_token_secret.get_secret_value(),
            },
            by_hand=True,
        )

    async def grant(
        self, keep: Mapping[str, str], answer: Mapping[str, str], *, redirect: str
    ) -> Grant:
        """See the port; the whole address of E*TRADE's page is taken for the code in it too."""
        del redirect
        verifier = _verifier(answer.get("code", ""), keep["token"])
        began = self._clock.now()
        try:
            access = await self._client.exchange(
                keep["token"], keep["secret"], verifier, seconds=SECONDS
            )
        except Failure as error:
            if isinstance(error, Refusal) and error.of_the_access:
                raise GrantRefused(broker=BROKER, detail=str(error)) from error
            raise _failed(error) from error
        return _granted(access, granted_at=began, renewed_at=began)

    async def renew(self, credentials: Mapping[str, str]) -> Grant:
        """See the port; the token stays the same, and so does its end."""
        access = access_in(credentials)
        began = self._clock.now()
        try:
            told = await self._client.renew(access, seconds=SECONDS)
        except Failure as error:
            if isinstance(error, Refusal) and error.of_the_access:
                raise SessionExpired(broker=BROKER, detail=str(error)) from error
            raise _failed(error) from error
        if RENEWED not in told.lower():
            raise ApiError(broker=BROKER, detail="a renewal without its words")
        granted_at = datetime.fromisoformat(credentials["granted_at"])
        return _granted(access, granted_at=granted_at, renewed_at=began)

    async def check(self) -> None:
        """See the port: a request token that nobody uses."""
        try:
            await self._client.request_token(seconds=SECONDS)
        except Failure as error:
            raise _not_begun(error) from error


def access_in(credentials: Mapping[str, str]) -> Access:
    """The token of a credential by field."""
    return Access(token=credentials["access_token"], secret=credentials["access_token_secret"])


def _granted(access: Access, *, granted_at: datetime, renewed_at: datetime) -> Grant:
    """`granted_at` decides on the end: no renewal lets a token live through midnight."""
    return Grant(
        credentials={
            "access_token": access.token,
            "access_token_secret": access.secret,
            "granted_at": granted_at.isoformat(),
            "renewed_at": renewed_at.isoformat(),
        },
        renew_at=renewed_at + RENEWED_AFTER,
        ends_at=midnight_after(granted_at),
    )


def _verifier(given: str, token: str) -> str:
    """The code in what a person brought.

    Raises:
        GrantRefused: There is none, or it belongs to another attempt.
    """
    code = given.strip()
    if "oauth_verifier=" in code:
        query = parse_qs(urlsplit(code).query)
        if query.get("oauth_token", [token]) != [token]:
            raise GrantRefused(broker=BROKER, detail="a code of another attempt")
        code = query.get("oauth_verifier", [""])[-1]
    if not _VERIFIER.fullmatch(code):
        raise GrantRefused(broker=BROKER, detail="no code")
    return code


def _not_begun(error: Failure) -> BrokerError:
    """Nobody but the application is named in a request for a request token."""
    if isinstance(error, Refusal) and (error.of_the_access or error.problem == _NOT_SIGNED_RIGHT):
        return ApplicationRefused(broker=BROKER, detail=str(error))
    return _failed(error)


def _failed(error: Failure) -> BrokerError:
    if isinstance(error, Refusal) and error.of_the_application:
        return ApplicationRefused(broker=BROKER, detail=str(error))
    return for_read(error)
