"""What signing in at the signed exchange leads to."""

from pydantic import BaseModel, ConfigDict, SecretStr


class SignedTokens(BaseModel):
    """Access for half an hour, and what renews it."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    access_token: SecretStr
    refresh_token: SecretStr


class SignedCredentials(BaseModel):
    """Empty: nobody gives keys here."""

    model_config = ConfigDict(frozen=True, extra="forbid")
