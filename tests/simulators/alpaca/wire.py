"""How Alpaca writes amounts, numbers and moments, and how it reads a request's body."""

import json
import re
from datetime import UTC, date, datetime
from decimal import ROUND_FLOOR, Decimal
from typing import Any, Final

from tests.simulators.alpaca.refusals import Refusal, bad_body

_NUMBER: Final = re.compile(r"-?\d{1,24}(\.\d{1,24})?")
NANO: Final = Decimal("1e-9")
"""The finest quantity: https://docs.alpaca.markets/docs/fractional-trading"""


def text(amount: Decimal | None) -> str | None:
    """An amount as orders, positions and accounts show it: a string without an exponent."""
    if amount is None:
        return None
    return "0" if amount == 0 else format(amount.normalize(), "f")


def number(amount: Decimal) -> int | float:
    """A number of the market data."""
    return int(amount) if amount == amount.to_integral_value() else float(amount)


def nine(amount: Decimal) -> Decimal:
    """Cut down to nine decimals."""
    return amount.quantize(NANO, rounding=ROUND_FLOOR)


def moment(at: datetime | None) -> str | None:
    """As orders show it: UTC with nanoseconds, so that readers meet all nine digits."""
    if at is None:
        return None
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f001Z")


def micro(at: datetime) -> str:
    """As activities show it: UTC with microseconds."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def seconds(at: datetime) -> str:
    """UTC, whole seconds."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def read_body(raw: bytes) -> dict[str, Any]:
    """The object in a request's body; its numbers stay exact.

    Raises:
        Refusal: It is no JSON object.
    """
    try:
        body = json.loads(
            raw or b"{}", parse_float=Decimal, parse_int=Decimal, parse_constant=_no_constant
        )
    except ValueError as error:
        raise bad_body() from error
    if not isinstance(body, dict):
        raise bad_body()
    return body


def read_amount(body: dict[str, Any], name: str) -> Decimal | None:
    """A string or a number of the body: the API takes both (alpaca-py sends numbers).

    Raises:
        Refusal: It is neither.
    """
    value = body.get(name)
    if value is None or isinstance(value, Decimal):
        return value
    if not isinstance(value, str) or not _NUMBER.fullmatch(value):
        raise bad_body()
    return Decimal(value)


def read_moment(value: str) -> datetime:
    """A query's date or time; a date means its first moment in UTC.

    Raises:
        Refusal: It is neither.
    """
    try:
        if len(value) == len("2026-01-31"):
            return datetime.combine(date.fromisoformat(value), datetime.min.time(), UTC)
        # A "+" that was not escaped arrives as a space, and is understood.
        at = datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", value.replace(" ", "+")))
    except ValueError as error:
        raise Refusal(400, 40010001, f"invalid date: {value}") from error
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _no_constant(name: str) -> None:
    raise ValueError(name)
