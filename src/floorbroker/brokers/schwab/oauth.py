"""Signing in at Schwab, with the operator's own application there.

The vendor's text, as others copied it (it needs a login): access lasts 30 minutes, the refresh
token seven days, and then the person signs in again. It has no PKCE and no `iss`. Whether a renewal
brings another refresh token is not said; that the seven days never begin anew was measured in 2026.
So its end is that of the sign-in, whatever comes with a renewal.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlencode

from pydantic import SecretStr, ValidationError

from floorbroker.brokers.oauth import Departure, Grant, OAuthContext, OAuthFlow
from floorbroker.brokers.schwab.credentials import SchwabTokens
from floorbroker.brokers.schwab.errors import BROKER
from floorbroker.brokers.shared.grants import GrantRefused
from floorbroker.brokers.shared.token_request import TokenAnswer, token_request
from floorbroker.domain.errors import ApiError, SessionExpired

ACCESS_LIFE: Final = timedelta(minutes=30)
REFRESH_LIFE: Final = timedelta(days=7)
RENEWED_BEFORE: Final = timedelta(minutes=2)
_WRAPPER: Final = "unsupported_token_type"
_WRAPPED: Final = ("Bad authorization code", "refresh_token_authentication_error")
_NOBODYS: Final = "asked-only-to-see-whether-the-application-is-known"


class SchwabOAuth(OAuthFlow):
    """See the module's first line."""

    def __init__(self, context: OAuthContext) -> None:
        """See the port."""
        self._context = context
        self._key: str = context.options["schwab_app_key"]
        self._secret: SecretStr = context.options["schwab_app_secret"]

    async def depart(self, *, state: str, verifier: str, redirect: str) -> Departure:
        """See the port; the person chooses there which accounts the bot may use."""
        del verifier
        asked = {
            "response_type": "code",
            "client_id": self._key,
            "redirect_uri": redirect,
            "state": state,
        }
        host = self._context.endpoints["api"]
        return Departure(address=f"{host}/v1/oauth/authorize?{urlencode(asked)}")

    async def grant(
        self, keep: Mapping[str, str], answer: Mapping[str, str], *, redirect: str
    ) -> Grant:
        """See the port; a code lives for half a minute."""
        code = answer.get("code", "")
        if not code:
            raise GrantRefused(broker=BROKER, detail="no code")
        asked_at = self._context.clock.now()
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect}
        given = await self._ask(form)
        if given.refresh_token is None:
            raise ApiError("Schwab gave access that cannot be renewed.", broker=BROKER)
        return _grant(given, given.refresh_token, asked_at, asked_at + REFRESH_LIFE)

    async def renew(self, credentials: Mapping[str, str]) -> Grant:
        """See the port; with the same refresh token, where Schwab gives no other."""
        known = _read(credentials)
        asked_at = self._context.clock.now()
        refresh = known.refresh_token.get_secret_value()
        try:
            given = await self._ask({"grant_type": "refresh_token", "refresh_token": refresh})
        except GrantRefused:
            pass
        else:
            return _grant(given, given.refresh_token or known.refresh_token, asked_at, known.ends)
        raise SessionExpired(broker=BROKER)

    async def check(self) -> None:
        """See the port; a refresh token that nobody has is refused once the application is known.

        That the application is looked at first is unverified.
        """
        try:
            await self._ask({"grant_type": "refresh_token", "refresh_token": _NOBODYS})
        except GrantRefused:
            return

    async def _ask(self, form: Mapping[str, str]) -> TokenAnswer:
        return await token_request(
            self._context.transport,
            f"{self._context.endpoints['api']}/v1/oauth/token",
            form,
            broker=BROKER,
            client=(self._key, self._secret),
            refuses=_refuses,
        )


def _refuses(error: str, description: str) -> bool:
    """Schwab wraps what it means into another error; both were recorded by users of 2024–2026."""
    return error == _WRAPPER and any(words in description for words in _WRAPPED)


def _read(credentials: Mapping[str, str]) -> SchwabTokens:
    try:
        return SchwabTokens.model_validate(dict(credentials))
    except ValidationError:
        pass  # it holds the values, so it ends here
    raise SessionExpired(broker=BROKER, detail="stored tokens cannot be read")


def _grant(given: TokenAnswer, refresh: SecretStr, asked_at: datetime, ends_at: datetime) -> Grant:
    life = ACCESS_LIFE if given.expires_in is None else timedelta(seconds=given.expires_in)
    return Grant(
        credentials={
            "access_token": given.access_token.get_secret_value(),
            "refresh_token": refresh.get_secret_value(),
            "ends_at": ends_at.isoformat(),
        },
        renew_at=asked_at + max(life - RENEWED_BEFORE, life / 2),
        ends_at=ends_at,
    )
