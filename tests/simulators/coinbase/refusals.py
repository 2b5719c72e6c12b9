"""What Coinbase says with a status other than 200; refusals of orders come inside a 200.

The shape is that of grpc-gateway as it is seen: `error`, `error_details` and `message`, where the
reference's `grpc.gateway.runtime.Error` has error, code, message and details. Sources:
- answers that the tests of thrasher-corp/gocryptotrader, OctoBot and ccxt quote in full
- a probe of the live API in July 2026 (paths that are not there, no token)
- issues 19, 56 and 59 of coinbase/coinbase-advanced-py (401)
"""

import json
from typing import Final

from tests.simulators import serving
from tests.simulators.serving import Answer, html, json_answer


class Refusal(serving.Refusal):
    """A request that is not carried out, and its answer."""

    def __init__(self, status: int, error: str, message: str) -> None:
        """`message` stands in the answer twice."""
        super().__init__(message)
        self.status = status
        self.error = error
        self.message = message

    def answer(self) -> Answer:
        """See `serving.Refusal.answer`."""
        body = {"error": self.error, "error_details": self.message, "message": self.message}
        # Without a space behind the colon: coinbase-advanced-py looks for that in a 403.
        raw = json.dumps(body, separators=(",", ":")).encode()
        return Answer(status=self.status, body=raw)


class Unauthorized(serving.Refusal):
    """One word of plain text, whatever is wrong with the token."""

    def answer(self) -> Answer:
        """See `serving.Refusal.answer`; whether a line feed follows is unverified."""
        return Answer(status=401, body=b"Unauthorized\n", content_type="text/plain; charset=utf-8")


class TooManyRequests(serving.Refusal):
    """429 in the words of docs.cdp.coinbase.com/coinbase-app/api-architecture/rate-limiting."""

    def answer(self) -> Answer:
        """See `serving.Refusal.answer`."""
        return json_answer({"errors": [RATE_LIMITED]}, 429)


class TooManyRequestsPage(serving.Refusal):
    """429 with an HTML page, seen on order requests (advanced-trade-sdk-go issue 18, 2025)."""

    def answer(self) -> Answer:
        """See `serving.Refusal.answer`."""
        return html(429, "Coinbase")


RATE_LIMITED: Final = {"id": "rate_limit_exceeded", "message": "Too many requests"}


def invalid_argument(message: str) -> Refusal:
    """A parameter that cannot be."""
    return Refusal(400, "INVALID_ARGUMENT", message)


def bad_word(field: str, given: str) -> Refusal:
    """A word that the parameter does not know; seen by gocryptotrader for `product_type`."""
    return Refusal(400, "unknown", f'parsing field "{field}": "{given}" is not a valid value')


def missing_scopes() -> Refusal:
    """The key may not do that."""
    return Refusal(403, "PERMISSION_DENIED", "Missing required scopes")


def not_found(message: str) -> Refusal:
    """Nothing has that id."""
    return Refusal(404, "NOT_FOUND", message)


def no_such_order() -> Refusal:
    """Seen with NOT_FOUND (OctoBot) and, earlier, with "unknown" (ccxt)."""
    return not_found("order with this orderID was not found")


def no_such_product() -> Refusal:
    """Seen for one product, its book and its candles."""
    return not_found("valid product_id is required")


def no_path() -> Refusal:
    """Seen with curl in July 2026."""
    return Refusal(404, "unknown", "Not Found")
