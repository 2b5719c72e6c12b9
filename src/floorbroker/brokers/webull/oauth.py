"""Signing in at Webull ("Connect"), with the operator's own application there.

developer.webull.com/apis/docs/connect-api/authentication and its reference: a code lives for a
minute, access for 30 minutes, and "Upon refresh, a new refresh token and access token will be
issued. Refresh tokens expire after 15 days". So each renewal begins the 15 days anew. There is no
PKCE and no `iss`. The request for tokens is signed with the application's key, its form as
parameters, which is how an application in the wild does it (GeneBO98/tradetally, webullService.js).
"""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any, Final
from urllib.parse import urlencode

from pydantic import BaseModel, BeforeValidator, ConfigDict, SecretStr, ValidationError

from floorbroker.brokers.oauth import Departure, Grant, OAuthContext, OAuthFlow
from floorbroker.brokers.shared.grants import ApplicationRefused, GrantRefused
from floorbroker.brokers.shared.wire import Failure, Unanswered, read_json
from floorbroker.brokers.webull.access import application_key
from floorbroker.brokers.webull.credentials import WebullTokens, present
from floorbroker.brokers.webull.errors import BROKER, for_read
from floorbroker.brokers.webull.exchange import Asked, exchanged
from floorbroker.brokers.webull.refusals import Refusal
from floorbroker.brokers.webull.signing import SHA1, Signer
from floorbroker.domain.errors import ApiError, BrokerError, NotSupported, SessionExpired

SCOPE: Final = "user:trade:wr"
"""Reading and trading; the others are `user:trade:r`, for reading, and `user`."""

TOKEN_PATH: Final = "/oauth2/tokens/create"  # noqa: S105 # a path
TOKEN_VERSION: Final = "v2"  # noqa: S105 # the only one that the application in the wild uses
TOKEN_SECONDS: Final = 10.0
ACCESS_LIFE: Final = timedelta(minutes=30)
REFRESH_LIFE: Final = timedelta(days=15)
RENEWED_BEFORE: Final = timedelta(minutes=2)
_LONGEST_SECONDS: Final = 366 * 86_400
_OF_THE_APPLICATION: Final = ("client_id", "client_secret", "grant_type")
_OF_THE_TOKEN: Final = "token"  # noqa: S105 # a word in refusals


def _seconds(value: Any) -> timedelta | None:
    """Whole seconds as text or number; None for anything else: no token is worth less for that."""
    text = str(value) if type(value) in (int, str) else ""
    if not text.isascii() or not text.isdecimal() or len(text) > 9:
        return None
    return timedelta(seconds=int(text)) if 0 < int(text) <= _LONGEST_SECONDS else None


class _Given(BaseModel):
    """The answer to the request for tokens."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    access_token: SecretStr
    refresh_token: SecretStr
    expires_in: Annotated[timedelta | None, BeforeValidator(_seconds)] = None
    rt_expires_in: Annotated[timedelta | None, BeforeValidator(_seconds)] = None


class WebullOAuth(OAuthFlow):
    """See the module's first line."""

    def __init__(self, context: OAuthContext) -> None:
        """See the port."""
        self._context = context
        environment = context.environment.value
        self._sign_in = context.endpoints[f"sign_in_{environment}"]
        self._host = context.endpoints[f"connect_{environment}"]

    async def depart(self, *, state: str, verifier: str, redirect: str) -> Departure:
        """See the port."""
        del verifier
        asked = {
            "response_type": "code",
            "client_id": present(self._context.options["webull_client_id"]),
            "scope": SCOPE,
            "redirect_uri": redirect,
            "state": state,
        }
        return Departure(address=f"{self._sign_in}?{urlencode(asked)}")

    async def grant(
        self, keep: Mapping[str, str], answer: Mapping[str, str], *, redirect: str
    ) -> Grant:
        """See the port; whoever declines comes back without a code."""
        code = answer.get("code", "")
        if not code:
            raise GrantRefused(broker=BROKER, detail="no code")
        asked_at = self._context.clock.now()
        try:
            return await self._ask({"grant_type": "authorization_code", "code": code}, asked_at)
        except Refusal as refusal:
            refused = refusal
        except Failure as failure:
            raise for_read(failure) from failure
        raise _why_no_grant(refused)

    async def renew(self, credentials: Mapping[str, str]) -> Grant:
        """See the port; the old tokens end with it."""
        known = _read(credentials).refresh_token.get_secret_value()
        asked_at = self._context.clock.now()
        form = {"grant_type": "refresh_token", "refresh_token": known}
        try:
            return await self._ask(form, asked_at)
        except Refusal as refusal:
            refused = refusal
        except Failure as failure:
            raise for_read(failure) from failure
        raise _why_no_renewal(refused)

    async def check(self) -> None:
        """See the port; no way to ask without a person's code is documented."""
        raise NotSupported(broker=BROKER)

    async def _ask(self, what: Mapping[str, str], asked_at: datetime) -> Grant:
        options = self._context.options
        form = {
            "client_id": present(options["webull_client_id"]),
            "client_secret": present(options["webull_client_secret"]),
            **what,
        }
        asked = Asked(method="POST", path=TOKEN_PATH, form=form, version=TOKEN_VERSION)
        return _grant(await self._exchanged(asked, asked_at), asked_at)

    async def _exchanged(self, asked: Asked, asked_at: datetime) -> bytes:
        session = self._context.transport.async_session({})
        try:
            async with asyncio.timeout(TOKEN_SECONDS):
                return await exchanged(
                    session,
                    self._host,
                    asked,
                    Signer(*application_key(self._context.options), SHA1),
                    at=asked_at,
                    access={},
                    by_platform=True,
                )
        except TimeoutError:
            pass
        finally:
            session.detach()
        raise Unanswered(sent=True, late=True)


def _why_no_grant(refusal: Refusal) -> BrokerError:
    """A code is refused with 417 (seen: `token.auth.code.error`)."""
    if refusal.status == 417 and refusal.proven and not _names_the_application(refusal):
        return GrantRefused(broker=BROKER, detail=str(refusal))
    return _other(refusal)


def _why_no_renewal(refusal: Refusal) -> BrokerError:
    """How a refresh token that has ended is refused is unverified: a 417 that speaks of it."""
    spoken = f"{refusal.code} {refusal.message}".lower()
    if refusal.status == 417 and refusal.proven and _OF_THE_TOKEN in spoken:
        return SessionExpired(broker=BROKER, detail=str(refusal))
    return _other(refusal)


def _other(refusal: Refusal) -> BrokerError:
    if refusal.of_the_route or _names_the_application(refusal):
        return ApplicationRefused(broker=BROKER, detail=str(refusal))
    if refusal.of_the_signature or refusal.of_the_access:
        return ApplicationRefused(broker=BROKER, detail=str(refusal))
    told = for_read(refusal)
    usual = type(told) is BrokerError
    return ApiError(told.message, broker=BROKER, detail=str(refusal)) if usual else told


def _names_the_application(refusal: Refusal) -> bool:
    named = any(word in refusal.message for word in _OF_THE_APPLICATION)
    return refusal.status == 417 and refusal.proven and named


def _grant(body: bytes, asked_at: datetime) -> Grant:
    """The old refresh token is used up by now: whatever else is odd, the new ones are kept."""
    try:
        given = _Given.model_validate(read_json(body))
        tokens = WebullTokens(access_token=given.access_token, refresh_token=given.refresh_token)
    except (ValidationError, ValueError):
        pass  # it holds what it could not read, so it ends here
    else:
        life = given.expires_in or ACCESS_LIFE
        return Grant(
            credentials={
                "access_token": tokens.access_token.get_secret_value(),
                "refresh_token": tokens.refresh_token.get_secret_value(),
            },
            renew_at=asked_at + max(life - RENEWED_BEFORE, life / 2),
            ends_at=asked_at + (given.rt_expires_in or REFRESH_LIFE),
        )
    raise ApiError("Webull gave access that cannot be used.", broker=BROKER)


def _read(credentials: Mapping[str, str]) -> WebullTokens:
    try:
        return WebullTokens.model_validate(dict(credentials))
    except ValidationError:
        pass  # it holds the values, so it ends here
    raise SessionExpired(broker=BROKER, detail="stored tokens cannot be read")
