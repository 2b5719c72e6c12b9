"""How Kraken writes amounts, moments and ids."""

import random
import string
from datetime import datetime
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import Final

_ALPHABET: Final = string.ascii_uppercase + string.digits


def fixed(amount: Decimal, places: int) -> str:
    """With that many decimals, always: "0.00000", "1.25000000"."""
    return format(rounded(amount, places), "f")


def rounded(amount: Decimal, places: int) -> Decimal:
    """To the nearest; how Kraken rounds fees and costs is unverified."""
    return amount.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def cut(amount: Decimal, places: int) -> Decimal:
    """Down."""
    return amount.quantize(Decimal(1).scaleb(-places), rounding=ROUND_FLOOR)


def decimals_of(amount: Decimal) -> int:
    """How many it really has: none for 100.0."""
    exponent = amount.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def unix(at: datetime) -> float:
    """Seconds with their fraction, as orders and trades show them."""
    return round(at.timestamp(), 6)


def new_id(first: str) -> str:
    """An id of Kraken's shape: "O…" for an order, "T…" for a trade, an amend or a position."""
    sizes = (5, 5, 6)
    parts = ["".join(random.choices(_ALPHABET, k=size)) for size in sizes]
    return first + "-".join(parts)
