"""The wholes that a person's accounts make, how one is divided now, and what is not in it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from floorbroker.charts.allocation import AllocationChart, Share
from floorbroker.domain.modes import Environment
from floorbroker.domain.portfolio import Position
from floorbroker.services.portfolio import Holdings, Overview

_NAMED: Final = 3
"""So many are named in a picture's note; of the others it tells how many they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """The accounts that can be added: of one kind of money, in one currency.

    Attributes:
        others: What else the person has, in a word or two each: `PAPER EUR`.
    """

    environment: Environment
    currency: str
    holdings: tuple[Holdings, ...]
    others: tuple[str, ...] = ()

    @property
    def equity(self) -> Decimal:
        """Of all of them."""
        return sum((one.balances.equity.amount for one in self.holdings), Decimal(0))


def largest(overview: Overview) -> Whole | None:
    """Of the wholes that a person has: real money before paper, then the largest."""
    parts: dict[tuple[Environment, str], list[Holdings]] = {}
    for one in overview.holdings:
        key = (one.account.link.environment, one.balances.equity.currency)
        parts.setdefault(key, []).append(one)
    wholes = [
        Whole(environment=environment, currency=currency, holdings=tuple(held))
        for (environment, currency), held in parts.items()
    ]
    if not wholes:
        return None
    chosen = max(wholes, key=lambda whole: (whole.environment is Environment.LIVE, whole.equity))
    others = sorted(
        f"{one.environment.value.upper()} {one.currency}" for one in wholes if one is not chosen
    )
    if overview.failed:
        others.append("what did not answer")
    return replace(chosen, others=tuple(others))


def allocation(whole: Whole) -> AllocationChart | None:
    """Holdings by their absolute value, and the cash; None with nothing to divide.

    A holding without a price or in another currency, and cash that is owed, are left out; the
    chart's note says so.
    """
    values: dict[str, Decimal] = {}
    for one in whole.holdings:
        cash = one.balances.cash
        if cash.currency == whole.currency and cash.amount > 0:
            values["Cash"] = values.get("Cash", Decimal(0)) + cash.amount
    for position in _positions(whole):
        worth = position.market_value
        if worth is not None and position.instrument.currency == whole.currency:
            symbol = position.instrument.symbol
            values[symbol] = values.get(symbol, Decimal(0)) + abs(worth)
    shares = tuple(Share(name=name, value=value) for name, value in values.items() if value)
    if not shares:
        return None
    return AllocationChart(
        shares=shares,
        currency=whole.currency,
        environment=whole.environment,
        note=" ".join((*missing((*whole.others, *_left_out(whole))), *_short(whole))),
    )


def missing(parts: Sequence[str]) -> tuple[str, ...]:
    """The sentence that names what a picture does not show; none where it shows everything."""
    return (f"Not in it: {'; '.join(parts)}.",) if parts else ()


def _left_out(whole: Whole) -> Iterator[str]:
    owed = Decimal(0)
    currencies = dict[str, None]()
    for one in whole.holdings:
        cash = one.balances.cash
        if cash.currency == whole.currency:
            owed -= min(cash.amount, Decimal(0))
        elif cash.amount:
            currencies[cash.currency] = None
    if owed:
        yield f"{owed:,.2f} {whole.currency} of cash owed"
    for currency in sorted(currencies):
        yield f"cash in {currency}"
    foreign = [one for one in _positions(whole) if one.instrument.currency != whole.currency]
    if foreign:
        names = (f"{one.instrument.symbol} ({one.instrument.currency})" for one in foreign)
        yield _named(names)
    here = [one for one in _positions(whole) if one.instrument.currency == whole.currency]
    unpriced = [one.instrument.symbol for one in here if one.market_price is None]
    if unpriced:
        yield f"{_named(iter(unpriced))}, without a price"


def _short(whole: Whole) -> Iterator[str]:
    """A bar shows no sign."""
    short = [
        one.instrument.symbol
        for one in _positions(whole)
        if one.quantity < 0 and one.market_value and one.instrument.currency == whole.currency
    ]
    if short:
        yield f"Short, shown by its size: {_named(iter(short))}."


def _positions(whole: Whole) -> Iterator[Position]:
    return (position for one in whole.holdings for position in one.positions)


def _named(names: Iterator[str]) -> str:
    """The first of them, each once."""
    every = list(dict.fromkeys(names))
    named = every[:_NAMED] if len(every) > _NAMED + 1 else every
    more = f" and {len(every) - len(named)} more" if len(every) > len(named) else ""
    return ", ".join(named) + more
