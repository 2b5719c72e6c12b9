"""What opens a person's accounts at Schwab: two tokens from signing in, and when that ends."""

import re
from datetime import datetime
from typing import Final

from pydantic import BaseModel, ConfigDict, SecretStr, TypeAdapter, field_validator

from floorbroker.brokers.shared.wire import Moment

_TOKEN: Final = re.compile(r"[!-~]{16,8192}", re.ASCII)
_MOMENT: Final[TypeAdapter[datetime]] = TypeAdapter(Moment)


class SchwabTokens(BaseModel):
    """Access for half an hour, and what renews it.

    Attributes:
        ends_at: When the refresh token is over, as RFC 3339 writes it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    access_token: SecretStr
    refresh_token: SecretStr
    ends_at: str

    @property
    def ends(self) -> datetime:
        """`ends_at` in UTC."""
        return _MOMENT.validate_python(self.ends_at)

    @field_validator("access_token", "refresh_token")
    @classmethod
    def _a_token(cls, token: SecretStr) -> SecretStr:
        if not _TOKEN.fullmatch(token.get_secret_value()):
            raise ValueError("a token has no spaces and at least 16 characters")
        return token

    @field_validator("ends_at")
    @classmethod
    def _a_moment(cls, text: str) -> str:
        _MOMENT.validate_python(text)
        return text


class SchwabCredentials(SchwabTokens):
    """Schwab has no keys: whoever did not sign in has nothing that opens an account."""
