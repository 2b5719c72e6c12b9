"""How Webull writes amounts and moments, and how it reads them: amounts are strings both ways."""

import json
import re
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any, Final

from tests.simulators.webull.refusals import bad, invalid_parameter

_NUMBER: Final = re.compile(r"\d{1,18}(\.\d{1,18})?")


def text(amount: Decimal) -> str:
    """Without an exponent and without zeros at its end."""
    return "0" if amount == 0 else format(amount.normalize(), "f")


def money(amount: Decimal) -> str:
    """With cents, as balances were seen: "1000000.00"."""
    return format(amount.quantize(Decimal("0.01"), rounding=ROUND_HALF_EVEN), "f")


def price(amount: Decimal) -> str:
    """With cents, or as fine as it is: limits were seen as "1.00"."""
    return money(amount) if amount == amount.quantize(Decimal("0.01")) else text(amount)


def fixed(amount: Decimal) -> str:
    """With ten decimals, as instruments' numbers were seen: "240.0000000000"."""
    return format(amount.quantize(Decimal("1e-10")), "f")


def millis(at: datetime) -> int:
    """Since 1970."""
    return int(at.timestamp() * 1000)


def iso(at: datetime) -> str:
    """As orders show it: UTC with milliseconds and a Z."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


def offset_iso(at: datetime) -> str:
    """As bars and Connect's tokens show it: with +0000, which is not RFC 3339."""
    return iso(at)[:-1] + "+0000"


def read_object(raw: bytes) -> dict[str, Any]:
    """The object in a request's body.

    Raises:
        Refusal: It is no JSON object.
    """
    try:
        body = json.loads(raw)
    except ValueError as error:
        raise invalid_parameter("request body") from error  # words unverified
    if not isinstance(body, dict):
        raise invalid_parameter("request body")
    return body


def read_text(body: dict[str, Any], name: str) -> str:
    """A string, empty if it is not there or null (which the sandbox took).

    Raises:
        Refusal: It is something else; whether numbers are taken for strings is unverified.
    """
    value = body.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise bad(name, json.dumps(value))
    return value


def read_amount(body: dict[str, Any], name: str) -> Decimal | None:
    """A number above zero, or None if it is not there.

    Raises:
        Refusal: It is no such number.
    """
    given = read_text(body, name)
    if not given:
        return None
    if not _NUMBER.fullmatch(given) or Decimal(given) <= 0:
        raise bad(name, given)
    return Decimal(given)


def read_moment(name: str, given: str) -> datetime:
    """A time such as 2025-01-05T22:59:59.012Z.

    Raises:
        Refusal: It is none.
    """
    try:
        return datetime.strptime(given, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
    except ValueError as error:
        raise bad(name, given) from error


def read_day(name: str, given: str) -> date:
    """A day such as 2025-01-05.

    Raises:
        Refusal: It is none.
    """
    try:
        return date.fromisoformat(given)
    except ValueError as error:
        raise bad(name, given) from error
