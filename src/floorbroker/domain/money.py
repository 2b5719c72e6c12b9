"""Amounts of money beside their currency, and how people's text becomes a number.

Text is checked against an ASCII pattern before Decimal sees it: Decimal alone accepts `１０`,
`1_000`, `1e400000000` and `NaN`.
"""

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final

from floorbroker.domain.errors import InvalidInput

_NUMBER: Final = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,12})?", re.ASCII)
_CENT: Final = Decimal("0.01")
DOLLARS: Final = frozenset({"USD", "USDC", "USDT"})
"""Counted as US dollars by limits, which are in dollars: prices of coins are in all three."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """An amount in one currency; amounts in different currencies are never added."""

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        """Refuse what is not a number."""
        if not self.amount.is_finite():
            raise ValueError("An amount of money is a finite number.")

    def __add__(self, other: "Money") -> "Money":
        """The sum, in the one currency of both.

        Raises:
            ValueError: The currencies differ.
        """
        if other.currency != self.currency:
            raise ValueError(f"{self.currency} and {other.currency} cannot be added.")
        return Money(amount=self.amount + other.amount, currency=self.currency)


def usd(amount: Decimal | int | str) -> Money:
    """US dollars."""
    return Money(amount=Decimal(amount), currency="USD")


def to_cents(amount: Decimal) -> Decimal:
    """`amount` rounded half to even at two decimals, for showing."""
    return amount.quantize(_CENT, rounding=ROUND_HALF_EVEN)


def parse_quantity(text: str) -> Decimal:
    """A quantity as people write it, above zero.

    Raises:
        InvalidInput: `Invalid order quantity`, with what is accepted.
    """
    return _parse(text, "Invalid order quantity", "Write it like 100 or 0.5.")


def parse_price(text: str, name: str = "price") -> Decimal:
    """A price per unit as people write it, above zero.

    Raises:
        InvalidInput: `Invalid <name>`, with what is accepted.
    """
    return _parse(text, f"Invalid {name}", "Write it like 150 or 149.95.")


def parse_amount(text: str) -> Decimal:
    """An amount of money as people write it, above zero, with or without a leading `$`.

    Raises:
        InvalidInput: `Invalid amount`, with what is accepted.
    """
    return _parse(text.removeprefix("$"), "Invalid amount", "Write it like 500 or 49.50.")


def parse_percent(text: str) -> Decimal:
    """A percentage as people write it, above zero, with or without a `%` behind it.

    Raises:
        InvalidInput: `Invalid percentage`, with what is accepted.
    """
    bare = text.removesuffix("%").rstrip(" ")
    return _parse(bare, "Invalid percentage", "Write it like 5 or 12.5.")


def _parse(text: str, problem: str, advice: str) -> Decimal:
    if not _NUMBER.fullmatch(text):
        raise InvalidInput(f"{problem}. {advice}")
    number = Decimal(text)
    if number <= 0:
        raise InvalidInput(f"{problem}. It must be above zero.")
    return number
