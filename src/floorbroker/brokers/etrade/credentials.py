"""What opens accounts at E*TRADE: a token from signing in, until midnight in New York."""

import re
from typing import Final

from pydantic import AwareDatetime, BaseModel, ConfigDict, SecretStr, field_validator

_TOKEN: Final = re.compile(r"[!-~]{8,512}", re.ASCII)


class EtradeTokens(BaseModel):
    """What signing in leads to: the access token of OAuth 1.0a, with its own secret.

    Attributes:
        granted_at: The token ends at the midnight after it, whatever is renewed.
        renewed_at: Changes with every renewal, as the token itself does not.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    access_token: SecretStr
    access_token_secret: SecretStr
    granted_at: AwareDatetime
    renewed_at: AwareDatetime

    @field_validator("access_token", "access_token_secret")
    @classmethod
    def _a_token(cls, token: SecretStr) -> SecretStr:
        if not _TOKEN.fullmatch(token.get_secret_value()):
            raise ValueError("a token has no spaces and at least 8 characters")
        return token


class EtradeCredentials(EtradeTokens):
    """E*TRADE gives people no keys: whoever did not sign in has nothing that opens an account."""
