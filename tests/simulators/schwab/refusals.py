"""What Schwab says where it does not do what is asked.

Three shapes: the Trader API's `ServiceError` (message and errors), the list of errors of the
market data and of the gateway before both, and the token endpoint's. Sources:
- the vendor's OpenAPI files, kept beside the crate `schwab` (docs.rs/crate/schwab, folder docs)
  and in major/schwab-go: schemas ServiceError and ErrorResponse with their examples
- tylerebowers/Schwabdev docs/pages-raw/troubleshooting.md and its issue 40: the 401 of a token that
  has expired, the 404 of a symbol, the refusal of a refresh token, all quoted in full
- refusals of codes as public clients quote them in comments ("AuthorizationCode has expired", …)
- a public probe's account of the 400 for orders: the same sentence, naming no field
"""

import json
from typing import Any, Final
from uuid import uuid4

from tests.simulators import serving
from tests.simulators.serving import Answer, json_answer

VALIDATION: Final = "A validation error occurred while processing the request."


class Refusal(serving.Refusal):
    """A refusal of the Trader API."""

    def __init__(self, status: int, message: str, *errors: str) -> None:
        """`errors` are further sentences."""
        super().__init__(message)
        self._status = status
        self._body = {"message": message, "errors": list(errors)}

    def answer(self) -> Answer:
        """See `serving.Refusal.answer`."""
        return json_answer(self._body, self._status)


class Listed(serving.Refusal):
    """A refusal of the market data, or of the gateway."""

    def __init__(
        self, status: int, title: str, detail: str = "", *, source: dict[str, Any] | None = None
    ) -> None:
        """`source` says which parameter or header is meant."""
        super().__init__(detail or title)
        error: dict[str, Any] = {"id": str(uuid4()), "status": status, "title": title}
        if detail:
            error["detail"] = detail
        if source:
            error["source"] = source
        self._status = status
        self._body = {"errors": [error]}

    def answer(self) -> Answer:
        """See `serving.Refusal.answer`."""
        return json_answer(self._body, self._status)


class TokenRefusal(serving.Refusal):
    """A refusal of the token endpoint."""

    def __init__(self, status: int, error: str, description: str) -> None:
        """OAuth2's two fields."""
        super().__init__(error)
        self._status = status
        self._body = {"error": error, "error_description": description}

    def answer(self) -> Answer:
        """See `serving.Refusal.answer`."""
        raw = json.dumps(self._body, separators=(",", ":")).encode()
        return Answer(status=self._status, body=raw)


# Trader


def invalid_body() -> Refusal:
    """An order or another body that cannot be; the answer names no field."""
    return Refusal(400, VALIDATION)


def invalid_parameter(name: str) -> Refusal:
    """A parameter of the query (words unverified)."""
    return Refusal(400, "Invalid request.", f"{name} is missing or invalid")


def no_account() -> Refusal:
    """A hash that this token may not see; a plain number too (status and words unverified)."""
    return Refusal(400, "Invalid account number")


def no_order() -> Refusal:
    """No such order in that account (words unverified)."""
    return Refusal(404, "Order not found")


def no_transaction() -> Refusal:
    """No such transaction in that account (words unverified)."""
    return Refusal(404, "Transaction not found")


def cannot_end(status: str) -> Refusal:
    """A cancel or a replacement of what has ended (status and words unverified)."""
    return Refusal(400, "Order cannot be canceled or replaced.", f"Order status is {status}")


# The gateway, and market data


def unauthorized() -> Listed:
    """No token, a wrong one, or one that has expired."""
    return Listed(401, "Unauthorized", "Client not authorized")


def too_many() -> Listed:
    """More than the throttle lets through (shape and words unverified)."""
    return Listed(429, "Too Many Requests", "Rate limit exceeded")


def not_found() -> Listed:
    """No such path, or no such symbol."""
    return Listed(404, "Not Found")


def bad_request(detail: str, *, parameter: str) -> Listed:
    """A parameter of the market data."""
    return Listed(400, "Bad Request", detail, source={"parameter": parameter})


# Tokens


def _wrapped(error: str, description: str) -> TokenRefusal:
    inner = f'{{"error_description":"{description}","error":"{error}"}}'
    return TokenRefusal(400, "unsupported_token_type", f'400 Bad Request: "{inner}"')


def bad_code(why: str) -> TokenRefusal:
    """An authorization code that is none, was used, or has expired."""
    return _wrapped("invalid_request", f"Bad authorization code: {why} ")


def bad_refresh(digest: str) -> TokenRefusal:
    """A refresh token that is none, has expired, was replaced or revoked."""
    why = (
        f"Exception while authenticating refresh token [tokenDigest={digest}, "
        f"Exception=Failed refresh token authentication [tokenDigest={digest}]]"
    )
    return _wrapped("refresh_token_authentication_error", why)


def bad_client() -> TokenRefusal:
    """The app's key and secret do not fit (words unverified)."""
    return TokenRefusal(401, "invalid_client", "Unauthorized")


def bad_token_request(why: str) -> TokenRefusal:
    """A field is missing or does not fit (words unverified)."""
    return TokenRefusal(400, "invalid_request", why)
