"""What opens an account at Alpaca: one pair of keys, or a token from signing in."""

from collections.abc import Mapping
from typing import Annotated, Any, Final

from pydantic import Field, SecretStr

from floorbroker.brokers.shared.secret_fields import Pasted, Secrets, a_token, fitting
from floorbroker.domain.modes import Environment

_A_KEY_ID: Final = fitting(r"[A-Za-z0-9_-]{8,128}", "an API key ID has letters and digits only")
_A_SECRET: Final = fitting(
    r"[!-~]{16,256}", "a secret key has no spaces and at least 16 characters"
)
_BEGINNINGS: Final = {
    "PK": Environment.PAPER,
    "AK": Environment.LIVE,
    "CK": Environment.LIVE,
}
"""Seen in many places and documented in none, so it only ever chooses the words of a refusal."""


class AlpacaCredentials(Secrets):
    """The key of a paper account or of a live one: Alpaca gives each its own.

    Neither length nor alphabet is documented; what could not be sent in a header is refused.
    """

    api_key: Annotated[Pasted, _A_KEY_ID] = Field(
        title="API key ID",
        description="On your Alpaca Home page under API Keys; PK… for paper, AK… for live.",
    )
    api_secret: Annotated[Pasted, _A_SECRET] = Field(
        title="Secret key",
        description="Shown once, when the key is made. If it is lost, make a new key.",
    )

    @property
    def seems_to_be_for(self) -> Environment | None:
        """What the key's first letters say; None where they say nothing."""
        return _BEGINNINGS.get(self.api_key.get_secret_value()[:2])

    @property
    def opens(self) -> Mapping[str, Any]:
        """As the SDK's client names it."""
        return {
            "api_key": self.api_key.get_secret_value(),
            "secret_key": self.api_secret.get_secret_value(),
        }


class AlpacaTokens(Secrets):
    """What signing in leads to: one token, for one account, without an end."""

    access_token: Annotated[SecretStr, a_token(16, 2048)]

    @property
    def seems_to_be_for(self) -> Environment | None:
        """A token says nothing of it."""
        return None

    @property
    def opens(self) -> Mapping[str, Any]:
        """As the SDK's client names it."""
        return {"oauth_token": self.access_token.get_secret_value()}
