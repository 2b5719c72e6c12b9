"""What a contract of the paper market is worth, by Black and Scholes on its share's price. Pure.

One volatility for all strikes and days, about that of the simulated shares: no smile, no skew. How
much is traded and stands open is made up, most of it near the share's base price.
"""

from datetime import datetime
from decimal import Decimal
from math import exp, log
from typing import Final

from floorbroker.brokers.paper.contracts import expiry_moment
from floorbroker.brokers.paper.hours import last_midnight
from floorbroker.brokers.paper.instruments import Listing
from floorbroker.brokers.paper.noise import gaussian
from floorbroker.domain.instruments import Instrument, OptionRight
from floorbroker.pricing.black_scholes import Terms, value

VOLATILITY: Final = 0.32
"""A year's: a day of the simulated market has a standard deviation of 2 %."""

RATE: Final = 0.04
_YEAR_SECONDS: Final = 365 * 86_400.0
_MOST_OPEN: Final = 6_000
_SHARE_TRADED: Final = 0.15
_WIDTH: Final = 0.12
_OPEN_OCTAVE: Final = -2
"""Keeps its hashes apart from those of prices and volumes."""


def terms_of(contract: Instrument, price: float, at: datetime) -> Terms:
    """The contract at a moment, with its share at `price`."""
    assert contract.expiry and contract.strike and contract.right  # noqa: S101  # by `Instrument`
    left = (expiry_moment(contract.expiry) - at).total_seconds()
    return Terms(
        right=contract.right,
        price=price,
        strike=float(contract.strike),
        years=max(left, 0.0) / _YEAR_SECONDS,
        rate=RATE,
    )


def premium(contract: Instrument, price: float, at: datetime) -> float:
    """What one unit is worth; from its expiry on, what exercising it brings."""
    return value(terms_of(contract, price, at), VOLATILITY)


def open_interest(seed: str, line: Listing, at: datetime) -> Decimal:
    """Contracts that stand open on that day."""
    contract, share = line.instrument, line.underlying or line
    distance = log(float(contract.strike or 1) / float(share.base_price)) / _WIDTH
    mood = gaussian(seed, line.symbol, _OPEN_OCTAVE, int(last_midnight(at).timestamp()))
    fewer = 0.8 if contract.right is OptionRight.PUT else 1.0
    return Decimal(round(_MOST_OPEN * fewer * exp(-distance * distance) * max(1 + 0.3 * mood, 0.2)))


def traded(seed: str, line: Listing, at: datetime) -> Decimal:
    """Contracts traded on that day until then."""
    passed = (at - last_midnight(at)).total_seconds() / 86_400
    return Decimal(round(float(open_interest(seed, line, at)) * _SHARE_TRADED * passed))
