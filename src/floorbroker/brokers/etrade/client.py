"""etrade-python's signing and transport, and nothing of its sessions, stores and models.

Its session manager would renew by itself, beside ours; its models drop fields that are needed (the
account's value, the single fills), and its credential stores are the system's keyring or know no
person. So each request is made with an authenticator of its own that signs with one person's token
and remembers none. Nothing is repeated: that is `RetryPolicy(max_attempts=1)`.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal, TypeVar

import httpx
from etrade_python import ETradeApiError, ETradeSettings
from etrade_python.auth import ETradeCredentials, OAuthClient
from etrade_python.auth.credentials import RequestToken
from etrade_python.enums import Environment
from etrade_python.exceptions import ETradeError, ETradeResponseError, ETradeTransportError
from etrade_python.transport import ApiTransport, RetryPolicy, RetrySafety
from pydantic import SecretStr

from floorbroker.brokers.etrade.errors import BROKER, Refusal
from floorbroker.brokers.etrade.line import Mark, lead
from floorbroker.brokers.shared.wire import Failure, NotBegun, Unanswered, Unreadable
from floorbroker.domain.errors import NotSupported

Method = Literal["GET", "POST", "PUT"]

_ONCE: Final = RetryPolicy(max_attempts=1)
_LONGEST_SECONDS: Final = 60.0
"""The SDK's own, which `lead` takes out: the deadline of the call holds."""

_MOST_DIGITS: Final = 9
_UNAUTHORIZED: Final = 401
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """One person's token, as text. Secret."""

    token: str = field(repr=False)
    secret: str = field(repr=False)


class _Signed:
    """Signs one request with one token; the SDK asks for such an object."""

    __slots__ = ("_access", "_mark", "_oauth")

    def __init__(self, oauth: OAuthClient, access: ETradeCredentials, mark: Mark) -> None:
        self._oauth = oauth
        self._access = access
        self._mark = mark

    async def authenticate(self, request: httpx.Request) -> None:
        """See the SDK's `RequestAuthenticator`."""
        self._oauth.sign_request(request, self._access)
        request.extensions["trace"] = self._mark


class EtradeClient:
    """The operator's application at E*TRADE; every call raises a `Failure` if it gives nothing."""

    __slots__ = ("_http", "_now", "_oauth", "_settings")

    def __init__(
        self,
        *,
        key: str,
        secret: SecretStr | None,
        endpoints: Mapping[str, str],
        http: httpx.AsyncClient,
        now: Callable[[], datetime],
    ) -> None:
        """Asks nobody yet.

        Args:
            http: A client over everybody's connections; it is led to E*TRADE.
            endpoints: The manifest's. Where `live` is the address of the sandbox, requests are
                signed for the sandbox.
            now: The time that requests are stamped with.

        Raises:
            NotSupported: The operator has no consumer key, or none any more.
        """
        if not key or secret is None:
            words = "The operator of this bot has not registered it with E*TRADE."
            raise NotSupported(words, broker=BROKER)
        sandbox = endpoints["live"] == endpoints["sandbox"]
        self._http = lead(http, api=endpoints["live"], tokens=endpoints["tokens"])
        # All five, or the SDK fills in what it finds in the environment.
        self._settings = ETradeSettings(
            consumer_key=SecretStr(key),
            consumer_secret=secret,
            environment=Environment.SANDBOX if sandbox else Environment.PRODUCTION,
            request_timeout_seconds=_LONGEST_SECONDS,
            inactivity_buffer_seconds=0,
        )
        self._now = now
        self._oauth = OAuthClient(
            self._settings,
            http_client=self._http,
            timestamp_factory=lambda: int(now().timestamp()),
        )

    async def ask(
        self,
        method: Method,
        path: str,
        access: Access,
        *,
        seconds: float,
        params: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> Any:
        """What stands in the answer to one request; None where E*TRADE answers with nothing."""
        mark = Mark()
        line = ApiTransport(
            self._settings,
            authenticator=_Signed(self._oauth, self._credentials(access), mark),
            http_client=self._http,
            retry_policy=_ONCE,
        )
        answer = await _awaited(
            line.request(
                method,
                path,
                params=dict(params or {}),
                body=dict(body) if body is not None else None,
                safety=RetrySafety.SAFE_READ if method == "GET" else RetrySafety.NEVER,
                operation="floorbroker",
            ),
            seconds,
            mark,
        )
        return answer.data

    async def request_token(self, *, seconds: float) -> tuple[RequestToken, str]:
        """The beginning of a sign-in, and the address of E*TRADE's page for it."""
        given = await self._of_tokens(self._oauth.get_request_token(), seconds)
        return given, self._oauth.get_authorization_url(given).url

    async def exchange(self, token: str, secret: str, verifier: str, *, seconds: float) -> Access:
        """The access that a person gave."""
        request = RequestToken(oauth_token=SecretStr(token), oauth_token_secret=SecretStr(secret))
        given = await self._of_tokens(self._oauth.exchange_verifier(request, verifier), seconds)
        return Access(
            token=given.access_token.get_secret_value(),
            secret=given.access_token_secret.get_secret_value(),
        )

    async def renew(self, access: Access, *, seconds: float) -> str:
        """What E*TRADE says to it: the SDK takes every 2xx for a success."""
        told = self._oauth.renew_access_token(self._credentials(access))
        return (await self._of_tokens(told, seconds)).message

    async def revoke(self, access: Access, *, seconds: float) -> str:
        """Likewise."""
        told = self._oauth.revoke_access_token(self._credentials(access))
        return (await self._of_tokens(told, seconds)).message

    async def _of_tokens(self, request: Awaitable[_T], seconds: float) -> _T:
        # Whether such a request was sent makes no difference to anybody.
        mark = Mark()
        mark.begun = True
        return await _awaited(request, seconds, mark)

    def _credentials(self, access: Access) -> ETradeCredentials:
        now = self._now()
        return ETradeCredentials(
            access_token=SecretStr(access.token),
            access_token_secret=SecretStr(access.secret),
            acquired_at=now,
            last_used_at=now,
        )


async def _awaited(request: Awaitable[_T], seconds: float, mark: Mark) -> _T:
    try:
        async with asyncio.timeout(seconds):
            return await request
    except (ETradeError, TimeoutError, ValueError) as error:
        told = _failure(error, mark)
    # Out here, since what the error comes from holds the request, and that is signed.
    raise told


def _failure(error: ETradeError | TimeoutError | ValueError, mark: Mark) -> Failure:
    """What to raise in the place of an error; the SDK's own may quote the answer.

    Its models of tokens let a `ValueError` out, where a token is empty.
    """
    if isinstance(error, TimeoutError):
        return Unanswered(sent=mark.begun, late=True)
    if isinstance(error, ETradeTransportError):
        late = isinstance(error.__context__, httpx.TimeoutException)
        return Unanswered(sent=mark.begun, late=late)
    if isinstance(error, ValueError):
        return Unreadable(200)
    if isinstance(error, ETradeResponseError):
        return Unreadable(error.status_code or 200)
    # Before the SDK's errors of authentication: the one with a status comes after sending.
    if isinstance(error, ETradeApiError):
        status, code = error.status_code or 0, error.broker_code
        if code is None and error.broker_message is None and status != _UNAUTHORIZED:
            return Unreadable(status)
        return Refusal(status, _number(code), error.broker_message or "")
    return Unanswered(sent=True, late=False) if mark.begun else NotBegun("the SDK would not ask")


def _number(code: str | None) -> int | None:
    if code is None or not (code.isascii() and code.isdecimal()) or len(code) > _MOST_DIGITS:
        return None
    return int(code)
