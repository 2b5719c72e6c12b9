"""Signing in at Alpaca, with the operator's own app there: access that lasts until it is ended.

https://docs.alpaca.markets/docs/using-oauth2-and-trading-api: no PKCE, no `iss`, no expiry and no
refresh token are documented; whoever wants to end the access does so in Alpaca's dashboard.
"""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode

from floorbroker.brokers.alpaca.errors import BROKER
from floorbroker.brokers.oauth import Departure, Grant, OAuthContext, OAuthFlow
from floorbroker.brokers.shared.grants import GrantRefused
from floorbroker.brokers.shared.token_request import token_request
from floorbroker.domain.errors import ApiError, NotSupported, SessionExpired

SCOPE: Final = "trading data"
"""Reading is always allowed; `account:write` would change settings, and is not asked for."""


class AlpacaOAuth(OAuthFlow):
    """See the module's first line."""

    def __init__(self, context: OAuthContext) -> None:
        """See the port."""
        self._context = context
        self._client_id: str = context.options["alpaca_client_id"]
        self._secret = context.options["alpaca_client_secret"]

    async def depart(self, *, state: str, verifier: str, redirect: str) -> Departure:
        """See the port; the person is asked for the one account of this environment."""
        asked = {
            "response_type": "code",
            "client_id": self._client_id,
            "redirect_uri": redirect,
            "state": state,
            "scope": SCOPE,
            "env": self._context.environment.value,
        }
        host = self._context.endpoints["sign_in"]
        return Departure(address=f"{host}/oauth/authorize?{urlencode(asked)}")

    async def grant(
        self, keep: Mapping[str, str], answer: Mapping[str, str], *, redirect: str
    ) -> Grant:
        """See the port."""
        code = answer.get("code", "")
        if not code:
            raise GrantRefused(broker=BROKER, detail="no code")
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "client_id": self._client_id,
            "client_secret": self._secret.get_secret_value(),
            "redirect_uri": redirect,
        }
        address = f"{self._context.endpoints['token']}/oauth/token"
        given = await token_request(self._context.transport, address, form, broker=BROKER)
        if given.scope and "trading" not in given.scope.split():
            raise ApiError("Alpaca gave access that may not trade.", broker=BROKER)
        return Grant(credentials={"access_token": given.access_token.get_secret_value()})

    async def renew(self, credentials: Mapping[str, str]) -> Grant:
        """See the port; there is nothing to renew it with."""
        raise SessionExpired(broker=BROKER)

    async def check(self) -> None:
        """See the port; no way to ask without a person's code is documented."""
        raise NotSupported(broker=BROKER)
