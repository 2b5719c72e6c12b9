"""What opens an account at Alpaca: one pair of keys, or a token from signing in."""

import re
from collections.abc import Mapping
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

from floorbroker.domain.modes import Environment

_KEY_ID: Final = re.compile(r"[A-Za-z0-9_-]{8,128}", re.ASCII)
_SECRET: Final = re.compile(r"[!-~]{16,256}", re.ASCII)
_TOKEN: Final = re.compile(r"[!-~]{16,2048}", re.ASCII)
_BEGINNINGS: Final = {
    "PK": Environment.PAPER,
    "AK": Environment.LIVE,
    "CK": Environment.LIVE,
}
"""Seen in many places and documented in none, so it only ever chooses the words of a refusal."""


class AlpacaCredentials(BaseModel):
    """The key of a paper account or of a live one: Alpaca gives each its own.

    Neither length nor alphabet is documented; what could not be sent in a header is refused.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    api_key: SecretStr = Field(
        title="API key ID",
        description="On your Alpaca Home page under API Keys; PK… for paper, AK… for live.",
    )
    api_secret: SecretStr = Field(
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

    @field_validator("api_key", "api_secret", mode="before")
    @classmethod
    def _without_the_space_around_it(cls, pasted: object) -> object:
        return pasted.strip() if isinstance(pasted, str) else pasted

    @field_validator("api_key")
    @classmethod
    def _a_key_id(cls, key: SecretStr) -> SecretStr:
        if not _KEY_ID.fullmatch(key.get_secret_value()):
            raise ValueError("an API key ID has letters and digits only")
        return key

    @field_validator("api_secret")
    @classmethod
    def _a_secret(cls, secret: SecretStr) -> SecretStr:
        if not _SECRET.fullmatch(secret.get_secret_value()):
            raise ValueError("a secret key has no spaces and at least 16 characters")
        return secret


class AlpacaTokens(BaseModel):
    """What signing in leads to: one token, for one account, without an end."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    access_token: SecretStr

    @property
    def seems_to_be_for(self) -> Environment | None:
        """A token says nothing of it."""
        return None

    @property
    def opens(self) -> Mapping[str, Any]:
        """As the SDK's client names it."""
        return {"oauth_token": self.access_token.get_secret_value()}

    @field_validator("access_token")
    @classmethod
    def _a_token(cls, token: SecretStr) -> SecretStr:
        if not _TOKEN.fullmatch(token.get_secret_value()):
            raise ValueError("a token has no spaces and at least 16 characters")
        return token
