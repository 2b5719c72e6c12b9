"""One request to an OAuth 2.0 token endpoint (RFC 6749, 5), over the shared connections."""

from base64 import b64encode
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from typing import Any, Final

import requests
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator

from floorbroker.brokers.shared.grants import ApplicationRefused, GrantRefused
from floorbroker.brokers.shared.http import failure
from floorbroker.brokers.shared.threads import NeverStarted
from floorbroker.brokers.shared.transport import Transport
from floorbroker.brokers.shared.wire import read_json
from floorbroker.domain.errors import (
    ApiError,
    BrokerConnectionError,
    BrokerError,
    BrokerTimeout,
    RateLimited,
)

TOKEN_SECONDS: Final = 10.0
_APPLICATION: Final = frozenset({"invalid_client", "unauthorized_client"})
_GRANT: Final = frozenset({"invalid_grant", "access_denied"})
_REFUSING: Final = frozenset({400, 401, 403})

OwnWords = Callable[[str, str], bool]
"""Whether a vendor's own `error` and `error_description` refuse the code or the refresh token."""


class TokenAnswer(BaseModel):
    """What a token endpoint gives; what else it says is ignored.

    Attributes:
        expires_in: Seconds; None where the vendor does not say.
        refresh_token: None where the vendor gives none, as for access that it does not replace.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    access_token: SecretStr = Field(min_length=1, max_length=8192)
    expires_in: int | None = Field(default=None, gt=0, le=10 * 365 * 86_400)
    refresh_token: SecretStr | None = Field(default=None, max_length=8192)
    scope: str = ""

    @field_validator("refresh_token", mode="before")
    @classmethod
    def _given(cls, value: object) -> object:
        """Empty is none."""
        return None if value == "" else value

    @field_validator("scope", mode="before")
    @classmethod
    def _told(cls, value: object) -> object:
        """Nothing that can be read is nothing said: no token is worth less for that."""
        return value if isinstance(value, str) else ""


async def token_request(
    transport: Transport,
    address: str,
    form: Mapping[str, str],
    *,
    broker: str,
    client: tuple[str, SecretStr] | None = None,
    seconds: float = TOKEN_SECONDS,
    refuses: OwnWords | None = None,
) -> TokenAnswer:
    """Asks once.

    Args:
        client: Id and secret of the application, for the header; None where `form` holds them.
        seconds: For all of it.
        refuses: For vendors that say it in other words than the standard's.

    Raises:
        GrantRefused: The code or the refresh token is refused.
        ApplicationRefused: The application is.
        BrokerError: No answer of the documented form came.
    """
    session = transport.session()
    headers = {"Accept": "application/json"}
    if client is not None:
        headers["Authorization"] = _basic(*client)
    ask = partial(session.post, address, data=dict(form), headers=headers, allow_redirects=False)
    try:
        response = await transport.blocking.run_urgent(seconds, ask)
    except (requests.RequestException, NeverStarted) as error:
        told = failure(error)
        late = isinstance(error, requests.Timeout)
    else:
        status, body = response.status_code, response.content
        return _read(status, body, response.headers, broker, refuses)
    # Out here, since the error holds the request, and that holds the secret.
    kind = BrokerTimeout if late else BrokerConnectionError
    raise kind(broker=broker, detail=str(told))


def _basic(name: str, secret: SecretStr) -> str:
    # Here, since requests would raise an error that holds the secret, should Latin-1 lack a letter.
    pair = f"{name}:{secret.get_secret_value()}"
    return f"Basic {b64encode(pair.encode()).decode()}"


def _read(
    status: int, body: bytes, headers: Mapping[str, str], broker: str, refuses: OwnWords | None
) -> TokenAnswer:
    try:
        fields = read_json(body)
    except ValueError:
        fields = None
    if status == 200 and isinstance(fields, dict):
        try:
            return TokenAnswer.model_validate(fields)
        except ValidationError:
            pass  # it holds what it could not read, so it ends here
    if refuses is not None and status in _REFUSING and _says(fields, refuses):
        raise GrantRefused(broker=broker, detail=f"token endpoint: HTTP {status}")
    raise _refused(status, fields, headers, broker)


def _says(fields: Any, refuses: OwnWords) -> bool:
    if not isinstance(fields, dict):
        return False
    error, description = fields.get("error"), fields.get("error_description")
    return isinstance(error, str) and isinstance(description, str) and refuses(error, description)


def _refused(status: int, fields: Any, headers: Mapping[str, str], broker: str) -> BrokerError:
    said = fields.get("error") if isinstance(fields, dict) else None
    detail = f"token endpoint: HTTP {status}"
    if not isinstance(said, str):
        said = None
    if said in _APPLICATION:
        return ApplicationRefused(broker=broker, detail=detail)
    if status in _REFUSING and said in _GRANT:
        return GrantRefused(broker=broker, detail=detail)
    if status == 429:
        return RateLimited(broker=broker, detail=detail, retry_after=_pause(headers))
    return ApiError(broker=broker, detail=detail)


def _pause(headers: Mapping[str, str]) -> timedelta | None:
    text = headers.get("Retry-After", "")
    return timedelta(seconds=int(text)) if text.isdecimal() and len(text) < 6 else None
