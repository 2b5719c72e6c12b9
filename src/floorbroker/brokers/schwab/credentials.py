"""What opens a person's accounts at Schwab: two tokens from signing in, and when that ends."""

from datetime import datetime
from typing import Annotated, Final

from pydantic import SecretStr, TypeAdapter, field_validator

from floorbroker.brokers.shared.secret_fields import Secrets, a_token
from floorbroker.brokers.shared.wire import Moment

_Token = Annotated[SecretStr, a_token(16, 8192)]
_MOMENT: Final[TypeAdapter[datetime]] = TypeAdapter(Moment)


class SchwabTokens(Secrets):
    """Access for half an hour, and what renews it.

    Attributes:
        ends_at: When the refresh token is over, as RFC 3339 writes it.
    """

    access_token: _Token
    refresh_token: _Token
    ends_at: str

    @property
    def ends(self) -> datetime:
        """`ends_at` in UTC."""
        return _MOMENT.validate_python(self.ends_at)

    @field_validator("ends_at")
    @classmethod
    def _a_moment(cls, text: str) -> str:
        _MOMENT.validate_python(text)
        return text
