"""What is at stake in a set of holdings: pure figures, in one currency."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Final

from floorbroker.domain.volatility import sample_deviation

CONFIDENCE: Final = Decimal("1.645")
"""Standard deviations below the mean that 95 % of a normal distribution lie above."""

MOST_DAYS: Final = 60
FEWEST_DAYS: Final = 20
"""With fewer returns than that a deviation says nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stake:
    """One holding; the value is below zero for a short one.

    Attributes:
        profit: Unrealised; None where it cannot be computed.
    """

    symbol: str
    value: Decimal
    profit: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """The figures of several holdings together.

    Attributes:
        gross: The sum of all values without their signs.
        net: The sum with them: long less short.
        leverage: Gross over equity; None where there is no equity above zero.
        largest: The symbol with the largest value, that value, and its percentage of equity.
        worst: The symbol with the largest unrealised loss, and that loss below zero.
    """

    equity: Decimal
    gross: Decimal
    net: Decimal
    leverage: Decimal | None
    largest: tuple[str, Decimal, Decimal | None] | None
    worst: tuple[str, Decimal] | None


def exposure(stakes: Sequence[Stake], equity: Decimal) -> Exposure:
    """The figures; holdings of one symbol count together."""
    values = by_symbol(stakes)
    gross = sum(map(abs, values.values()), Decimal(0))
    largest = max(values, key=lambda symbol: abs(values[symbol]), default=None)
    losses: dict[str, Decimal] = {}
    for one in stakes:
        if one.profit is not None:
            losses[one.symbol] = losses.get(one.symbol, Decimal(0)) + one.profit
    worst = min(losses, key=lambda symbol: losses[symbol], default=None)
    return Exposure(
        equity=equity,
        gross=gross,
        net=sum(values.values(), Decimal(0)),
        leverage=gross / equity if equity > 0 else None,
        largest=None
        if largest is None
        else (
            largest,
            values[largest],
            abs(values[largest]) / equity * 100 if equity > 0 else None,
        ),
        worst=None if worst is None or losses[worst] >= 0 else (worst, losses[worst]),
    )


def by_symbol(stakes: Sequence[Stake]) -> dict[str, Decimal]:
    """The value of each symbol."""
    values: dict[str, Decimal] = {}
    for one in stakes:
        values[one.symbol] = values.get(one.symbol, Decimal(0)) + one.value
    return values


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueAtRisk:
    """An estimate of what is lost at most on 95 of 100 days.

    Attributes:
        days: How many daily returns it stands on.
    """

    amount: Decimal
    days: int


def value_at_risk(
    values: Mapping[str, Decimal], closes: Mapping[str, Mapping[date, Decimal]]
) -> ValueAtRisk | None:
    """By the volatility of the present holdings over the last days that all of them traded on.

    Parametric: 1.645 standard deviations (of a sample) of what these holdings would have made each
    day. Joint returns of all holdings, so what moves against each other cancels out.

    Args:
        values: Of each holding, below zero for a short one.
        closes: The daily closing prices of each of them.

    Returns:
        None with too few common days.
    """
    if not values:
        return None
    common = sorted(frozenset.intersection(*(frozenset(closes[symbol]) for symbol in values)))
    days = common[-MOST_DAYS - 1 :]
    made = [
        sum(
            (
                value * (closes[symbol][day] / closes[symbol][before] - 1)
                for symbol, value in values.items()
            ),
            Decimal(0),
        )
        for before, day in pairwise(days)
    ]
    if len(made) < FEWEST_DAYS:
        return None
    return ValueAtRisk(amount=CONFIDENCE * sample_deviation(made), days=len(made))
