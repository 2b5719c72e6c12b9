"""What an account is worth and what it can still buy or sell."""

from collections.abc import Iterable
from decimal import ROUND_DOWN, Decimal
from typing import Final

from tests.simulators.opend.accounts import MARGIN, Account, Position
from tests.simulators.opend.instruments import OPTION, Listing, Security
from tests.simulators.opend.market import Market
from tests.simulators.opend.orders import Order

ZERO: Final = Decimal(0)
_LEVERAGE: Final = 2


class Funds:
    """An account's figures at this moment, in US dollars."""

    def __init__(
        self, account: Account, orders: Iterable[Order], listing: Listing, market: Market
    ) -> None:
        """`orders` are those that are open."""
        self.account = account
        self._orders = [order for order in orders if not order.ended]
        self._listing = listing
        self._market = market

    def price(self, code: str) -> Decimal:
        """The last one; the position's own cost where nothing is quoted."""
        quote = self._market.quotes.get(code)
        if quote is not None and quote.last:
            return quote.last
        position = self.account.positions.get(code)
        return position.cost if position else ZERO

    def value(self, code: str, position: Position) -> Decimal:
        """Below zero where it is short."""
        return position.quantity * self.price(code) * self._listing.all[code].multiplier

    @property
    def long_value(self) -> Decimal:
        """Of what is held."""
        held = self.account.positions.items()
        return sum((max(self.value(code, one), ZERO) for code, one in held), ZERO)

    @property
    def short_value(self) -> Decimal:
        """Of what is owed, below zero."""
        held = self.account.positions.items()
        return sum((min(self.value(code, one), ZERO) for code, one in held), ZERO)

    @property
    def frozen(self) -> Decimal:
        """Kept for open purchases."""
        return sum((self.cost(order) for order in self._orders if order.buys), ZERO)

    @property
    def total(self) -> Decimal:
        """Cash and what is held."""
        return self.account.cash + self.long_value + self.short_value

    @property
    def cash_power(self) -> Decimal:
        """What can be bought without credit."""
        return max(self.account.cash - self.frozen, ZERO)

    @property
    def power(self) -> Decimal:
        """What can be bought; twice as much on margin."""
        leverage = _LEVERAGE if self.account.acc_type == MARGIN else 1
        return self.cash_power * leverage

    def cost(self, order: Order) -> Decimal:
        """What its rest may cost."""
        price = order.price if order.has_limit and order.price else self.price(order.code)
        return order.left * price * order.security.multiplier

    def held(self, code: str) -> Decimal:
        """Shares or contracts, below zero short."""
        position = self.account.positions.get(code)
        return position.quantity if position else ZERO

    def sellable(self, code: str) -> Decimal:
        """What is held and not for sale already."""
        sales = (one for one in self._orders if one.code == code and not one.buys)
        return max(self.held(code) - sum((one.left for one in sales), ZERO), ZERO)

    def buyable(self, security: Security, price: Decimal, *, credit: bool) -> Decimal:
        """Whole lots for the money that is left."""
        money = self.power if credit and security.kind != OPTION else self.cash_power
        one = price * security.multiplier
        return (money / one).quantize(Decimal(1), ROUND_DOWN) if one > 0 else ZERO

    def shortable(self, security: Security, price: Decimal) -> Decimal:
        """Whole lots that may be sold short; none in a cash account."""
        if self.account.acc_type != MARGIN or self.held(security.code) > 0:
            return ZERO
        return self.buyable(security, price, credit=True)
