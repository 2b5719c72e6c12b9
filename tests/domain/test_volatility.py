"""Volatility from closes, against figures that are known."""

from decimal import Decimal

import pytest

from floorbroker.domain.volatility import (
    SPANS,
    historical_volatility,
    sample_deviation,
)

HULL = [
    "20.00", "20.10", "19.90", "20.00", "20.50", "20.25", "20.90", "20.90", "20.90", "20.75",
    "20.75", "21.00", "21.10", "20.90", "20.90", "21.25", "21.40", "21.40", "21.25", "21.75",
    "22.00",
]  # fmt: skip
"""Closes of 21 days: example 15.4 of Hull, Options, Futures, and Other Derivatives."""


def test_the_volatility_is_that_of_hulls_example() -> None:
    closes = [Decimal(one) for one in HULL]

    found = historical_volatility(closes, 20, 252)

    assert found is not None
    assert found.quantize(Decimal("0.001")) == Decimal("0.193")


def test_the_deviation_is_that_of_a_sample() -> None:
    assert sample_deviation([Decimal(2), Decimal(4), Decimal(6)]) == 2


def test_only_the_last_closes_count() -> None:
    closes = [Decimal(one) for one in HULL]

    assert historical_volatility([Decimal(1), *closes], 20, 252) == historical_volatility(
        closes, 20, 252
    )


def test_a_price_that_does_not_move_has_none_and_the_year_only_scales_it() -> None:
    still, closes = [Decimal(5)] * 11, [Decimal(one) for one in HULL]
    year, all_days = (historical_volatility(closes, 10, days) for days in (252, 365))

    assert historical_volatility(still, 10, 252) == 0
    assert year is not None
    assert all_days is not None
    assert (all_days / year).quantize(Decimal("1e-6")) == (Decimal(365) / 252).sqrt().quantize(
        Decimal("1e-6")
    )


@pytest.mark.parametrize(
    ("closes", "returns"),
    [([], 10), ([1] * 10, 10), ([1, 2, 0, 3], 3), ([1, 2, -1, 3], 3), ([1, 2, 3], 1)],
)
def test_too_few_closes_or_one_that_is_none_tell_nothing(closes: list[int], returns: int) -> None:
    assert historical_volatility([Decimal(one) for one in closes], returns, 252) is None


def test_the_spans_are_two_weeks_to_a_quarter() -> None:
    assert SPANS == (10, 20, 30, 60)
