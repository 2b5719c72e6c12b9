"""Limits as people write them in a command's options, and what they are called there."""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final

from floorbroker.domain.errors import InvalidInput
from floorbroker.domain.instruments import parse_symbol
from floorbroker.domain.money import parse_amount, parse_percent

NONE: Final = "none"
"""Takes a limit away."""

_COUNT: Final = re.compile(r"[0-9]{1,6}", re.ASCII)


def _count(text: str) -> int:
    if not _COUNT.fullmatch(text):
        raise InvalidInput("Invalid number of orders. Write it like 20.")
    return int(text)


def _symbols(text: str) -> frozenset[str]:
    return frozenset(parse_symbol(part) for part in text.split(","))


def _hours(text: str) -> bool | None:
    if text not in {"on", "off"}:
        raise InvalidInput("Choose on or off.")
    return True if text == "on" else None


_READERS: Final[Mapping[str, tuple[str, Callable[[str], Any]]]] = {
    "order_value": ("max_order_value", parse_amount),
    "position_value": ("max_position_value", parse_amount),
    "orders_a_day": ("max_orders_per_day", _count),
    "daily_loss": ("max_daily_loss", parse_amount),
    "concentration": ("max_concentration_percent", parse_percent),
    "collar": ("price_collar_percent", parse_percent),
    "allow": ("allowed_symbols", _symbols),
    "deny": ("denied_symbols", _symbols),
    "market_hours": ("only_in_market_hours", _hours),
}
OPTIONS: Final[Mapping[str, str]] = {field: option for option, (field, _) in _READERS.items()}
"""The option by the name of the limit's field."""


def parsed(texts: Mapping[str, str | None]) -> dict[str, Any]:
    """The fields that are to change, by option; None in `texts` changes nothing.

    Raises:
        InvalidInput: A text is no such limit.
    """
    wanted: dict[str, Any] = {}
    for option, text in texts.items():
        if text is None:
            continue
        field, read = _READERS[option]
        bare = text.strip(" ")
        wanted[field] = None if bare.lower() == NONE else read(bare)
    return wanted


def written(value: object) -> str:
    """A limit's value in plain text, for the audit trail and for cards."""
    if value is None:
        return NONE
    if isinstance(value, frozenset):
        return ", ".join(sorted(value)) or "no symbol"
    if isinstance(value, Decimal):
        return f"{value:f}"
    return "on" if value is True else str(value)
