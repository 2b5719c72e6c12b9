"""Prices and Greeks of options by Black and Scholes, and the volatility that a price implies. Pure.

The model is that of European options without dividends, which an American call on a share that
pays none is worth as well; an American put is worth a little more. The formulas are those of the
library `blackscholes` (MIT, no dependencies). Turning a price into a volatility it leaves to us.
"""

from dataclasses import dataclass
from typing import Final

from blackscholes import BlackScholesCall, BlackScholesPut

from floorbroker.domain.instruments import OptionRight

LOWEST: Final = 0.001
HIGHEST: Final = 10.0
"""A year's volatility, as a fraction; no market is calmer or wilder than these."""

_HALVINGS: Final = 60
_DAYS: Final = 365.0
_PERCENT: Final = 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """An option at one moment.

    Attributes:
        price: Of the underlying.
        years: Until it expires.
        rate: Without risk, a year's, as a fraction.
    """

    right: OptionRight
    price: float
    strike: float
    years: float
    rate: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensitivities:
    """How the price of an option moves.

    Attributes:
        theta: Per calendar day.
        vega: Per percentage point of volatility.
    """

    delta: float
    gamma: float
    theta: float
    vega: float


def intrinsic(terms: Terms) -> float:
    """What exercising it would bring now."""
    call = terms.right is OptionRight.CALL
    return max(terms.price - terms.strike if call else terms.strike - terms.price, 0.0)


def value(terms: Terms, volatility: float) -> float:
    """What it is worth; at its expiry and after, what exercising it brings."""
    if terms.years <= 0:
        return intrinsic(terms)
    return max(float(_model(terms, volatility).price()), 0.0)


def sensitivities(terms: Terms, volatility: float) -> Sensitivities:
    """Its Greeks, before its expiry.

    Raises:
        ValueError: It has expired.
    """
    if terms.years <= 0:
        raise ValueError("it has expired")
    model = _model(terms, volatility)
    return Sensitivities(
        delta=float(model.delta()),
        gamma=float(model.gamma()),
        theta=float(model.theta()) / _DAYS,
        vega=float(model.vega()) / _PERCENT,
    )


def implied_volatility(terms: Terms, worth: float) -> float | None:
    """The volatility at which the model gives that price; None where there is none.

    A price that the least or the greatest volatility does not reach, as below what exercising
    brings, says nothing of it. Halved until the bounds meet: the price only rises with it.
    """
    if terms.years <= 0 or not value(terms, LOWEST) < worth < value(terms, HIGHEST):
        return None
    low, high = LOWEST, HIGHEST
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if value(terms, middle) < worth:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _model(terms: Terms, volatility: float) -> BlackScholesCall | BlackScholesPut:
    kind = BlackScholesCall if terms.right is OptionRight.CALL else BlackScholesPut
    return kind(S=terms.price, K=terms.strike, T=terms.years, r=terms.rate, sigma=volatility, q=0.0)
