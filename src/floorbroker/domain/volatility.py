"""How much a price moves: the deviation of what it did, and that over a year."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Final

TRADING_DAYS: Final = 252
"""Of an exchange in a year."""

ALL_DAYS: Final = 365
"""What trades around the clock has a close every day."""

SPANS: Final = (10, 20, 30, 60)
"""Daily returns that a volatility is told over."""


def sample_deviation(numbers: Sequence[Decimal]) -> Decimal:
    """The standard deviation of a sample, which has at least two numbers."""
    mean = sum(numbers, Decimal(0)) / len(numbers)
    variance = sum(((one - mean) ** 2 for one in numbers), Decimal(0)) / (len(numbers) - 1)
    return variance.sqrt()


def historical_volatility(
    closes: Sequence[Decimal], returns: int, days_a_year: int
) -> Decimal | None:
    """A year's volatility as a fraction, from the last daily closes, oldest first.

    The sample standard deviation of that many logarithmic returns, times the root of the days of a
    year. None with too few closes, or with one that is not above zero.
    """
    last = closes[-returns - 1 :]
    if len(last) <= returns or returns < 2 or min(last) <= 0:
        return None
    made = [(close / before).ln() for before, close in pairwise(last)]
    return sample_deviation(made) * Decimal(days_a_year).sqrt()
