"""The way to sign in at the signed exchange."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final
from urllib.parse import urlencode

from floorbroker.brokers.oauth import Departure, Grant, OAuthContext, OAuthFlow
from floorbroker.brokers.shared.grants import GrantRefused
from floorbroker.domain.errors import SessionExpired
from tests.fakes.signed.provider import SITE, Given, Provider, Refused, challenge

RENEWED_BEFORE: Final = timedelta(minutes=5)
"""So long before its end, access is renewed."""


class SignedOAuth(OAuthFlow):
    """Option `provider`: whom it asks."""

    issuer = "https://exchange.example"

    def __init__(self, context: OAuthContext) -> None:
        """See the class's first line."""
        self._provider: Provider = context.options["provider"]

    async def depart(self, *, state: str, verifier: str, redirect: str) -> Departure:
        """See the port."""
        query = {
            "state": state,
            "code_challenge": challenge(verifier),
            "code_challenge_method": "S256",
            "redirect_uri": redirect,
        }
        return Departure(
            address=f"{SITE}?{urlencode(query)}",
            keep={"verifier": verifier},
            by_hand=self._provider.by_hand,
        )

    async def grant(
        self, keep: Mapping[str, str], answer: Mapping[str, str], *, redirect: str
    ) -> Grant:
        """See the port."""
        try:
            given = self._provider.exchange(answer["code"], keep["verifier"], redirect)
        except Refused:
            raise GrantRefused(broker="alpaca") from None
        return _grant(given)

    async def renew(self, credentials: Mapping[str, str]) -> Grant:
        """See the port; repeats the site's words, with whatever is in them."""
        try:
            given = await self._provider.renew(credentials["refresh_token"])
        except Refused as refusal:
            raise SessionExpired(str(refusal), broker="alpaca") from None
        return _grant(given)

    async def check(self) -> None:
        """See the port; every application is known."""


def _grant(given: Given) -> Grant:
    return Grant(
        credentials={"access_token": given.access, "refresh_token": given.refresh},
        renew_at=given.access_until - RENEWED_BEFORE,
        ends_at=given.ends_at,
    )
