"""Numbers between us and OpenD, whose messages hold them as doubles. Pure.

A double is read from its shortest text and cut to eight digits, which is finer than any price or
quantity there; what is sent has at most fifteen digits and comes back as it was.
"""

from decimal import Decimal
from typing import Final

from floorbroker.brokers.moomoo.refusals import Garbled

_FINEST: Final = Decimal("1e-8")
_MOST: Final = Decimal("1e15")


def amount(number: float) -> Decimal:
    """A number of OpenD's.

    Raises:
        Garbled: It is none, or none that money could be.
    """
    told = Decimal(repr(number))
    if not told.is_finite() or abs(told) >= _MOST:
        raise Garbled("no amount")
    return told.quantize(_FINEST).normalize() + Decimal(0)


def price(number: float) -> Decimal | None:
    """None for the 0 that stands for "nobody quotes"."""
    told = amount(number)
    return told if told > 0 else None
