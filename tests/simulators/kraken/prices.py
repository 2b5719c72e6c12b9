"""Prices of a request: absolute, or an offset that a sign makes of them.

"Either price or price2 can be preceded by +, -, or # to specify the order price as an offset
relative to the last traded price", and "%" makes it a percentage: docs, Add Order. A negative
number is therefore no mistake but another order.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from tests.simulators.kraken.pairs import Pair
from tests.simulators.kraken.refusals import KrakenRefusal, invalid
from tests.simulators.kraken.wire import decimals_of, fixed, rounded

_PRICE: Final = re.compile(r"([+\-#])?(\d{1,20}(?:\.\d{1,20})?)(%)?")
_HUNDRED: Final = Decimal(100)


@dataclass(frozen=True, slots=True)
class Offset:
    """So much above ("+") or below ("-") a reference; "#" leaves the side to the order."""

    sign: str
    amount: Decimal
    percent: bool

    def distance(self, reference: Decimal) -> Decimal:
        """In the quote currency, without a sign."""
        return reference * self.amount / _HUNDRED if self.percent else self.amount

    def of(self, reference: Decimal) -> Decimal:
        """The price; "#" must have been settled before."""
        away = self.distance(reference)
        return reference - away if self.sign == "-" else reference + away

    def settled(self, *, above: bool) -> "Offset":
        """With a sign in the place of "#"."""
        sign = ("+" if above else "-") if self.sign == "#" else self.sign
        return Offset(sign, self.amount, self.percent)

    def text(self, pair: Pair) -> str:
        """As orders show it: "+1.0000%" (recorded in July 2025), "+500.0"."""
        places = 4 if self.percent else pair.pair_decimals
        return f"{self.sign}{fixed(self.amount, places)}{'%' if self.percent else ''}"


Price = Decimal | Offset


def read_price(given: str, name: str) -> Price | None:
    """A price parameter; None where it is not there.

    Raises:
        KrakenRefusal: It is no price, or a percentage of nothing.
    """
    if not given:
        return None
    found = _PRICE.fullmatch(given)
    if found is None or (found[3] and not found[1]):
        raise invalid(name)
    amount = Decimal(found[2])
    return Offset(found[1], amount, bool(found[3])) if found[1] else amount


def settle(price: Price, pair: Pair, last: Decimal | None, *, above: bool) -> Decimal:
    """The absolute price, fit for the pair.

    Args:
        last: The last trade; None where there was none.
        above: Where "#" puts it.

    Raises:
        KrakenRefusal: It cannot be for this pair.
    """
    if isinstance(price, Offset):
        if last is None:
            raise invalid("price")
        price = rounded(price.settled(above=above).of(last), pair.pair_decimals)
    check_price(pair, price)
    return price


def check_price(pair: Pair, price: Decimal) -> None:
    """Above zero, not finer than the pair's decimals and ticks.

    The words about decimals were recorded on 2026-08-23 for "ETH/GBP"; the others are the docs'.

    Raises:
        KrakenRefusal: It is not so.
    """
    if price <= 0:
        raise KrakenRefusal("EOrder:Invalid price")
    if decimals_of(price) > pair.pair_decimals:
        raise KrakenRefusal(
            f"EOrder:Invalid price:{pair.symbol} price can only be specified up to "
            f"{pair.pair_decimals} decimals."
        )
    if price % pair.tick_size:
        raise KrakenRefusal("EOrder:Tick size check failed")
