"""How E*TRADE writes numbers and moments, and how it reads them."""

import json
import re
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from tests.simulators.etrade.refusals import unreadable

EASTERN: Final = ZoneInfo("America/New_York")
_NUMBER: Final = re.compile(r"\d{1,12}(\.\d{1,8})?")
_CENT: Final = Decimal("0.01")


def number(amount: Decimal) -> int | float:
    """A JSON number, as every recorded answer has them; fifteen digits survive the way there."""
    whole = amount.to_integral_value()
    return int(whole) if amount == whole else float(amount)


def money(amount: Decimal) -> int | float:
    """Likewise, to the cent."""
    return number(amount.quantize(_CENT))


def epoch_milliseconds(at: datetime) -> int:
    """As orders and transactions show moments."""
    return int(at.timestamp() * 1000)


def epoch_seconds(at: datetime) -> int:
    """As quotes, chains and positions do."""
    return int(at.timestamp())


def quote_time(at: datetime) -> str:
    """As recorded: "09:06:38 EDT 03-12-2020"."""
    return at.astimezone(EASTERN).strftime("%H:%M:%S %Z %m-%d-%Y")


def eastern_day(at: datetime) -> date:
    """The day in New York."""
    return at.astimezone(EASTERN).date()


def next_midnight(at: datetime) -> datetime:
    """The next midnight in New York, in UTC: 23, 24 or 25 hours after the last one."""
    tomorrow = eastern_day(at) + timedelta(days=1)
    return datetime.combine(tomorrow, time(), EASTERN).astimezone(UTC)


def is_number(given: str) -> bool:
    """Digits of ASCII and nothing else."""
    return re.fullmatch(r"[0-9]{1,18}", given) is not None


def read_day(given: str) -> date | None:
    """A day as MMDDYYYY; None for anything else."""
    if not re.fullmatch(r"\d{8}", given):
        return None
    try:
        return date(int(given[4:]), int(given[:2]), int(given[2:4]))
    except ValueError:
        return None


def read_amount(given: Any) -> Decimal | None:
    """A JSON number, or digits in a string as the SDK sends them (unverified with E*TRADE).

    None for anything else, such as "1e3", "NaN" or a number below zero.
    """
    if isinstance(given, bool) or not isinstance(given, int | str | Decimal):
        return None
    text = format(given, "f") if isinstance(given, Decimal) else str(given)
    return Decimal(text) if _NUMBER.fullmatch(text) else None


def read_body(raw: bytes, envelope: str) -> dict[str, Any]:
    """The object in `envelope`.

    Raises:
        EtradeRefusal: There is none.
    """
    try:
        body = json.loads(raw or b"null", parse_float=Decimal, parse_constant=_no_constant)
    except ValueError as error:
        raise unreadable() from error
    found = body.get(envelope) if isinstance(body, dict) else None
    if not isinstance(found, dict):
        raise unreadable()
    return found


def _no_constant(name: str) -> None:
    raise ValueError(name)
