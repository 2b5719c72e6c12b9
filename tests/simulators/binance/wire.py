"""How Binance writes amounts and moments."""

from datetime import UTC, datetime, timedelta
from decimal import ROUND_DOWN, Decimal
from typing import Final

ZERO: Final = Decimal(0)
FINEST: Final = Decimal("1e-8")
"""`baseAssetPrecision` and `quoteAssetPrecision` of every symbol here."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECONDS_FROM: Final = 10**14
"""Moments come in milliseconds or microseconds (rest-api.md, "General API Information")."""


def fixed(amount: Decimal | None) -> str:
    """A string with eight decimals; nothing is zero."""
    return format(floored(amount or ZERO), "f")


def floored(amount: Decimal, step: Decimal = FINEST) -> Decimal:
    """Cut down to a multiple of `step`, which has no more than eight decimals."""
    return ((amount / step).to_integral_value(ROUND_DOWN) * step).quantize(FINEST)


def millis(at: datetime | None) -> int:
    """Milliseconds since 1970; -1 for what has not happened."""
    return -1 if at is None else (at - _EPOCH) // timedelta(milliseconds=1)


def read_moment(number: int) -> datetime:
    """The moment of `number` milliseconds or microseconds.

    Raises:
        OverflowError: It is beyond all calendars.
    """
    micros = number if number >= _MICROSECONDS_FROM else number * 1000
    return _EPOCH + timedelta(microseconds=micros)
