"""What an account is worth, what it may spend, and what of a position is still free."""

from collections.abc import Iterable
from decimal import ROUND_FLOOR, Decimal
from typing import Final

from tests.simulators.alpaca.assets import CRYPTO, OPTION, Catalogue
from tests.simulators.alpaca.market import Market
from tests.simulators.alpaca.orders import Order
from tests.simulators.alpaca.people import Person

ZERO: Final = Decimal(0)
_CENT: Final = Decimal("0.01")
MAINTENANCE: Final = Decimal("0.30")
INITIAL: Final = Decimal("0.50")
SHORTING_FROM: Final = Decimal(2000)
"""Of equity: https://docs.alpaca.markets/docs/margin-and-short-selling"""


class Funds:
    """The figures of one person, computed when they are asked for."""

    def __init__(
        self, person: Person, orders: Iterable[Order], market: Market, catalogue: Catalogue
    ) -> None:
        """`orders` are this person's own."""
        self._person = person
        self._open = [order for order in orders if not order.ended]
        self._market = market
        self._catalogue = catalogue

    def value(self, symbol: str) -> Decimal:
        """What the position is worth at the last price, or at what it cost; below zero if short."""
        holding = self._person.holdings[symbol]
        quote = self._market.quotes.get(symbol)
        price = holding.average if quote is None else quote.last
        contract = self._catalogue.contract(symbol)
        return holding.qty * price * (contract.size if contract else 1)

    @property
    def long_value(self) -> Decimal:
        """Of all long positions."""
        return sum((max(self.value(s), ZERO) for s in self._person.holdings), ZERO)

    @property
    def short_value(self) -> Decimal:
        """Of all short positions; zero or below."""
        return sum((min(self.value(s), ZERO) for s in self._person.holdings), ZERO)

    @property
    def equity(self) -> Decimal:
        """Cash and all positions."""
        return self._person.cash + self.long_value + self.short_value

    @property
    def initial_margin(self) -> Decimal:
        """Half of what is marginable, all of what is not."""
        return self._margin(INITIAL)

    @property
    def maintenance_margin(self) -> Decimal:
        """30 % of what is marginable, all of what is not."""
        return self._margin(MAINTENANCE)

    @property
    def buying_power(self) -> Decimal:
        """Less what open orders reserve; the formulas of the OpenAPI file's Account."""
        if self._person.multiplier == 1:
            whole = self._person.cash
        elif self._person.multiplier == 2:
            whole = (self.equity - self.initial_margin) * 2
        else:
            whole = (self.equity - self.maintenance_margin) * self._person.multiplier
        return _cents(whole - self._reserved)

    @property
    def regt_buying_power(self) -> Decimal:
        """Twice what is above the initial margin, less what open orders reserve."""
        return _cents((self.equity - self.initial_margin) * 2 - self._reserved)

    @property
    def own_money(self) -> Decimal:
        """What crypto and options are bought with."""
        return _cents(self._person.cash - self._reserved)

    @property
    def shorting_enabled(self) -> bool:
        """As the account shows it."""
        allowed = self._person.shorting and not self._person.settings["no_shorting"]
        return bool(allowed and self.equity >= SHORTING_FROM and self._person.multiplier > 1)

    def held_for_orders(self, symbol: str, side: str) -> Decimal:
        """What open orders of that side already want from the position.

        The stop of a bracket that is held wants nothing: its sibling does.
        """
        wanting = (
            order
            for order in self._open
            if order.symbol == symbol and order.side == side and order.status != "held"
        )
        return sum((order.remaining for order in wanting), ZERO)

    def available(self, symbol: str) -> Decimal:
        """What of the position no open order wants; above zero for both directions."""
        held = self._person.held(symbol)
        side = "sell" if held > 0 else "buy"
        return max(abs(held) - self.held_for_orders(symbol, side), ZERO)

    @property
    def _reserved(self) -> Decimal:
        return sum((order.reserved for order in self._open), ZERO)

    def _margin(self, share: Decimal) -> Decimal:
        total = ZERO
        for symbol in self._person.holdings:
            asset = self._catalogue.asset(symbol)
            own = asset is None or asset.asset_class in {CRYPTO, OPTION}
            total += abs(self.value(symbol)) * (1 if own else share)
        return total


def _cents(amount: Decimal) -> Decimal:
    return max(amount, ZERO).quantize(_CENT, rounding=ROUND_FLOOR)
