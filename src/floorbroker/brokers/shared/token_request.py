"""One request to an OAuth 2.0 token endpoint (RFC 6749, 5), over the shared connections."""

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Any, Final

import requests
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from floorbroker.brokers.shared.http import failure
from floorbroker.brokers.shared.threads import NeverStarted
from floorbroker.brokers.shared.transport import Transport
from floorbroker.brokers.shared.wire import read_json
from floorbroker.domain.errors import (
    ApiError,
    ApplicationRefused,
    BrokerConnectionError,
    BrokerError,
    BrokerTimeout,
    GrantRefused,
    RateLimited,
)

TOKEN_SECONDS: Final = 10.0
_APPLICATION: Final = frozenset({"invalid_client", "unauthorized_client"})
_GRANT: Final = frozenset({"invalid_grant", "access_denied"})


class TokenAnswer(BaseModel):
    """What a token endpoint gives; what else it says is ignored.

    Attributes:
        expires_in: Seconds; None where the vendor does not say.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    access_token: SecretStr = Field(min_length=1, max_length=8192)
    expires_in: int | None = Field(default=None, gt=0, le=10 * 365 * 86_400)
    refresh_token: SecretStr | None = Field(default=None, max_length=8192)
    scope: str = ""


async def token_request(
    transport: Transport,
    address: str,
    form: Mapping[str, str],
    *,
    broker: str,
    client: tuple[str, SecretStr] | None = None,
) -> TokenAnswer:
    """Asks once.

    Args:
        client: Id and secret of the application, for the header; None where `form` holds them.

    Raises:
        GrantRefused: The code or the refresh token is refused.
        ApplicationRefused: The application is.
        BrokerError: No answer of the documented form came.
    """
    session = transport.session()
    headers = {"Accept": "application/json"}
    auth = None if client is None else (client[0], client[1].get_secret_value())
    ask = partial(
        session.post, address, data=dict(form), headers=headers, auth=auth, allow_redirects=False
    )
    try:
        response = await transport.blocking.run_urgent(TOKEN_SECONDS, ask)
    except (requests.RequestException, NeverStarted) as error:
        told = failure(error)
        late = isinstance(error, requests.Timeout)
    else:
        return _read(response.status_code, response.content, response.headers, broker)
    # Out here, since the error holds the request, and that holds the secret.
    kind = BrokerTimeout if late else BrokerConnectionError
    raise kind(broker=broker, detail=str(told))


def _read(status: int, body: bytes, headers: Mapping[str, str], broker: str) -> TokenAnswer:
    try:
        fields = read_json(body)
    except ValueError:
        fields = None
    if status == 200 and isinstance(fields, dict):
        try:
            return TokenAnswer.model_validate(fields)
        except ValidationError:
            pass  # it holds what it could not read, so it ends here
    raise _refused(status, fields, headers, broker)


def _refused(status: int, fields: Any, headers: Mapping[str, str], broker: str) -> BrokerError:
    said = fields.get("error") if isinstance(fields, dict) else None
    detail = f"token endpoint: HTTP {status}"
    if said in _APPLICATION:
        return ApplicationRefused(broker=broker, detail=detail)
    if status in {400, 401, 403} and said in _GRANT:
        return GrantRefused(broker=broker, detail=detail)
    if status == 429:
        return RateLimited(broker=broker, detail=detail, retry_after=_pause(headers))
    return ApiError(broker=broker, detail=detail)


def _pause(headers: Mapping[str, str]) -> timedelta | None:
    text = headers.get("Retry-After", "")
    return timedelta(seconds=int(text)) if text.isdecimal() and len(text) < 6 else None
