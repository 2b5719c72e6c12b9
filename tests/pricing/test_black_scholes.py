"""The model against examples of textbooks, against itself, and where it has no answer."""

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from floorbroker.domain.instruments import OptionRight
from floorbroker.pricing.black_scholes import (
    Terms,
    implied_volatility,
    intrinsic,
    sensitivities,
    value,
)

CALL, PUT = OptionRight.CALL, OptionRight.PUT


def terms(
    right: OptionRight = CALL,
    *,
    price: float = 42,
    strike: float = 40,
    years: float = 0.5,
    rate: float = 0.1,
) -> Terms:
    """Of Hull's example 15.6 (Options, Futures, and Other Derivatives), unless told otherwise."""
    return Terms(right=right, price=price, strike=strike, years=years, rate=rate)


def test_the_prices_are_those_of_hulls_example() -> None:
    assert value(terms(CALL), 0.2) == pytest.approx(4.76, abs=0.005)
    assert value(terms(PUT), 0.2) == pytest.approx(0.81, abs=0.005)


def test_the_greeks_are_those_of_hulls_examples_by_day_and_by_point() -> None:
    """Examples 19.1, 19.2, 19.4 and 19.6: 0.522, −4.31 a year, 0.066, and 12.1 by a whole unit."""
    found = sensitivities(terms(price=49, strike=50, years=20 / 52, rate=0.05), 0.2)

    assert found.delta == pytest.approx(0.522, abs=0.0005)
    assert found.theta == pytest.approx(-4.31 / 365, abs=0.0001)
    assert found.gamma == pytest.approx(0.066, abs=0.0005)
    assert found.vega == pytest.approx(0.121, abs=0.0005)


PRICES = st.floats(1, 1000)
YEARS = st.floats(0.003, 3)
RATES = st.floats(0, 0.1)
VOLATILITIES = st.floats(0.05, 2)


@given(price=PRICES, ratio=st.floats(0.5, 2), years=YEARS, rate=RATES, volatility=VOLATILITIES)
def test_call_and_put_differ_by_share_and_strike(
    price: float, ratio: float, years: float, rate: float, volatility: float
) -> None:
    call = terms(CALL, price=price, strike=price * ratio, years=years, rate=rate)
    put = terms(PUT, price=price, strike=price * ratio, years=years, rate=rate)

    difference = value(call, volatility) - value(put, volatility)

    parity = price - call.strike * math.exp(-rate * years)
    assert difference == pytest.approx(parity, abs=1e-7 * price)


@given(
    right=st.sampled_from(OptionRight),
    ratio=st.floats(0.8, 1.25),
    years=st.floats(0.02, 2),
    volatility=st.floats(0.1, 1.5),
)
def test_the_volatility_of_a_price_is_the_one_that_made_it(
    right: OptionRight, ratio: float, years: float, volatility: float
) -> None:
    option = terms(right, price=100, strike=100 * ratio, years=years, rate=0.04)
    worth = value(option, volatility)
    assume(sensitivities(option, volatility).vega > 0.001)

    found = implied_volatility(option, worth)

    assert found == pytest.approx(volatility, abs=1e-4)


@pytest.mark.parametrize("worth", [-1.0, 0.0, 1.9, 42.0, 50.0, math.nan])
def test_a_price_that_no_volatility_makes_says_nothing(worth: float) -> None:
    assert implied_volatility(terms(), worth) is None


@pytest.mark.parametrize("years", [0.0, -0.1])
def test_what_has_expired_is_worth_its_exercise_and_has_no_greeks(years: float) -> None:
    call, put = terms(CALL, years=years), terms(PUT, years=years)

    assert (value(call, 0.2), value(put, 0.2)) == (2, 0)
    assert (intrinsic(call), intrinsic(put)) == (2, 0)
    assert implied_volatility(call, 2.5) is None
    with pytest.raises(ValueError, match="expired"):
        sensitivities(call, 0.2)
