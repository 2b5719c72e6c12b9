"""Which day and which strikes of a chain are shown. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from floorbroker.domain.errors import InvalidInput
from floorbroker.domain.instruments import Instrument, OptionRight
from floorbroker.domain.market import MarketDataError, Quote
from floorbroker.domain.option_chain import Strike, nearest, strikes_of

EACH_SIDE: Final = 5
"""Strikes above and below the middle one: with calls and puts that fills a card's menu."""

_NEXT_DAYS: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainRequest:
    """What a person asked for.

    Attributes:
        expiry: None: the next one.
        right: None: calls and puts.
        low: With `high`, the strikes that are wanted at all.
        middle: The strike in the middle of what is shown; None: the one nearest to the price.
    """

    symbol: str
    expiry: date | None = None
    right: OptionRight | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    middle: Decimal | None = None
    account: str | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """What is shown of the strikes, and the place of its middle among them."""

    strikes: Sequence[Strike]
    place: int
    shown: Sequence[Strike]


def names(day: date) -> set[str]:
    """How people write a day, each without a space."""
    return {day.isoformat(), f"{day:%y%m%d}", f"{day:%d%b%Y}".upper(), f"{day:%d%b}".upper()}


def fits(word: str, contract: Instrument) -> bool:
    """Whether a word that was typed is, or begins, its strike or its right: `230`, `pu`, `230C`."""
    strike = f"{(contract.strike or Decimal(0)).normalize():f}"
    right = contract.right.value.upper() if contract.right else ""
    return strike.startswith(word) or right.startswith(word) or word in {strike + right[:1]}


def chosen_day(expiries: Sequence[date], wanted: date | None, symbol: str) -> date:
    """The day that was asked for, else the next one.

    Raises:
        MarketDataError: There is none at all.
        InvalidInput: Nothing expires then.
    """
    if not expiries:
        raise MarketDataError(f"There are no options on {symbol} at this broker.")
    if wanted is None:
        return expiries[0]
    if wanted not in expiries:
        days = ", ".join(day.isoformat() for day in expiries[:_NEXT_DAYS])
        raise InvalidInput(f"No options on {symbol} expire on {wanted}. The next days are {days}.")
    return wanted


def fitting(listed: Sequence[Instrument], asked: ChainRequest) -> Sequence[Strike]:
    """The strikes of one day that were asked for, lowest first.

    Raises:
        MarketDataError: Nothing is listed.
        InvalidInput: No strike lies there.
    """
    if not listed:
        raise MarketDataError("The broker lists no contracts of that day.")
    strikes = strikes_of(listed, asked.right)
    found = [
        one
        for one in strikes
        if (asked.low is None or one.price >= asked.low)
        and (asked.high is None or one.price <= asked.high)
    ]
    if not found:
        first, last = strikes[0].price, strikes[-1].price
        raise InvalidInput(f"No strike lies there. They go from {first:f} to {last:f}.")
    return found


def around(strikes: Sequence[Strike], middle: Decimal | None, price: Quote | None) -> Part:
    """The middle strike, and as many on each side; at an end all of them on the other side."""
    wanted = middle
    if wanted is None and price is not None:
        wanted = price.last or price.bid or price.ask
    place = len(strikes) // 2 if wanted is None else nearest(strikes, wanted)
    count = 2 * EACH_SIDE + 1
    first = max(min(place - EACH_SIDE, len(strikes) - count), 0)
    return Part(strikes, place, strikes[first : first + count])


def next_middle(near: Part, way: int) -> Decimal | None:
    """The middle of the next part in that direction; None where it has no strike of its own."""
    edge = near.strikes[0 if way < 0 else -1]
    if near.shown[0 if way < 0 else -1] is edge:
        return None
    middle = near.strikes.index(near.shown[len(near.shown) // 2])
    place = middle + way * (2 * EACH_SIDE + 1)
    return near.strikes[min(max(place, 0), len(near.strikes) - 1)].price
