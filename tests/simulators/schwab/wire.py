"""How Schwab writes numbers and moments, and how it reads a request."""

import json
import re
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final
from urllib.parse import parse_qsl

from tests.simulators.schwab.refusals import invalid_body, invalid_parameter

_PLAIN: Final = re.compile(r"\d{1,12}(\.\d{1,9})?")
CENT: Final = Decimal("0.01")


def number(amount: Decimal) -> float:
    """As JSON shows amounts and quantities: "quantity": 1.0 even where it is whole."""
    return float(amount)


def cents(amount: Decimal) -> float:
    """A balance."""
    return float(amount.quantize(CENT))


def moment(at: datetime) -> str:
    """As recorded orders have it: whole seconds, no colon in the offset."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")


def epoch_ms(at: datetime) -> int:
    """As market data has it."""
    return int(at.timestamp() * 1000)


def read_form(raw: bytes) -> dict[str, str]:
    """A form's fields; of a name that comes twice, the last value."""
    return dict(parse_qsl(raw.decode("utf-8", "replace"), keep_blank_values=True))


def read_body(raw: bytes) -> dict[str, Any]:
    """The object in a request's body; its numbers stay exact.

    Raises:
        Refusal: It is no JSON object.
    """
    try:
        body = json.loads(raw, parse_float=Decimal, parse_int=Decimal, parse_constant=_no_constant)
    except (ValueError, InvalidOperation) as error:
        raise invalid_body() from error
    if not isinstance(body, dict):
        raise invalid_body()
    return body


def read_price(value: object) -> Decimal | None:
    """A string or a number: the vendor's own samples have both. None where it is neither."""
    if isinstance(value, Decimal):
        return value if value.is_finite() else None
    if isinstance(value, str) and _PLAIN.fullmatch(value):
        return Decimal(value)
    return None


def read_moment(name: str, given: str | None) -> datetime:
    """A query's time in ISO-8601 with or without milliseconds, in UTC.

    The documentation has yyyy-MM-dd'T'HH:mm:ss.SSSZ; schwab-py leaves the milliseconds out.

    Raises:
        Refusal: It is missing, or it is no such time.
    """
    if not given or not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z", given):
        raise invalid_parameter(name)
    try:
        return datetime.fromisoformat(given)
    except ValueError as error:
        raise invalid_parameter(name) from error


def _no_constant(name: str) -> None:
    raise ValueError(name)
