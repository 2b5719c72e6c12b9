"""How Coinbase writes amounts and moments, and how it reads them: amounts are strings both ways."""

import json
import re
from datetime import UTC, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any, Final

from tests.simulators.coinbase.refusals import invalid_argument

_NUMBER: Final = re.compile(r"\d{1,24}(\.\d{1,24})?")
_FINEST: Final = Decimal("1e-16")


def text(amount: Decimal) -> str:
    """Without an exponent and without zeros at its end; 16 decimals, as recorded orders have."""
    cut = amount.quantize(_FINEST, rounding=ROUND_HALF_EVEN)
    return "0" if cut == 0 else format(cut.normalize(), "f")


def money(amount: Decimal, currency: str) -> dict[str, str]:
    """An amount beside its currency."""
    return {"value": text(amount), "currency": currency}


def moment(at: datetime) -> str:
    """As orders and books show it: UTC with microseconds."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def nano(at: datetime) -> str:
    """As fills show it: nanoseconds, so that readers meet all nine digits."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f001Z")


def milli(at: datetime) -> str:
    """As accounts show it: milliseconds."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


def read_body(raw: bytes) -> dict[str, Any]:
    """The object in a request's body.

    Raises:
        Refusal: It is no JSON object.
    """
    try:
        body = json.loads(raw or b"{}", parse_float=Decimal, parse_constant=_no_constant)
    except ValueError as error:
        raise invalid_argument("request body is not valid JSON") from error  # words unverified
    if not isinstance(body, dict):
        raise invalid_argument("request body is not valid JSON")
    return body


def read_text(body: dict[str, Any], name: str) -> str:
    """A string of the body, empty if it is not there; protobuf's JSON takes nothing else for one.

    Raises:
        Refusal: It is a number or something else (the words are protojson's, here unverified).
    """
    value = body.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise invalid_argument(f"proto: invalid value for string type: {json.dumps(str(value))}")
    return value


def read_amount(given: str) -> Decimal | None:
    """Digits with or without decimals; None for anything else, such as "1e3" or "NaN"."""
    return Decimal(given) if _NUMBER.fullmatch(given) else None


def read_moment(given: str) -> datetime:
    """An RFC 3339 time.

    Raises:
        Refusal: It is none.
    """
    try:
        at = datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", given))
    except ValueError as error:
        raise invalid_argument(f'invalid timestamp "{given}"') from error  # words unverified
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _no_constant(name: str) -> None:
    raise ValueError(name)
