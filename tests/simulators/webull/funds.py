"""What an account has, has promised to open orders, and may still spend."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from tests.simulators.webull.instruments import OPTION, Catalogue
from tests.simulators.webull.market import Market
from tests.simulators.webull.orders import Order
from tests.simulators.webull.people import ZERO, Account, Position
from tests.simulators.webull.ticket import MASTER

OVERNIGHT: Final = Decimal(2)
DAY: Final = Decimal(4)
"""What a margin account's money is worth: the sandbox shows two and four millions for one."""


class Funds:
    """Over the orders that are open now."""

    def __init__(self, market: Market, catalogue: Catalogue, orders: Sequence[Order]) -> None:
        """`orders` are everybody's, and stay so as they grow."""
        self._market = market
        self._catalogue = catalogue
        self._orders = orders

    def price(self, position: Position) -> Decimal:
        """Of one unit: the last, or what it cost."""
        last = self._market.last(position.symbol)
        if last is not None:
            return last
        return abs(position.cost / position.quantity) / self.multiplier(position)

    def multiplier(self, position: Position) -> Decimal:
        """Shares a contract, or one."""
        return self._catalogue.instruments[position.symbol].multiplier

    def value(self, position: Position) -> Decimal:
        """At the market; below zero for a short sale."""
        return position.quantity * self.price(position) * self.multiplier(position)

    def market_value(self, account: Account) -> Decimal:
        """Of all positions."""
        return sum((self.value(one) for one in account.positions.values()), ZERO)

    def profit(self, account: Account) -> Decimal:
        """That is not realized."""
        positions = account.positions.values()
        return sum((self.value(one) - one.cost for one in positions), ZERO)

    def net(self, account: Account) -> Decimal:
        """Cash and positions."""
        return account.cash + self.market_value(account)

    def held(self, account: Account) -> Decimal:
        """What open buys will cost."""
        return sum((self.hold(order) for order in self._open(account) if order.buys), ZERO)

    def hold(self, order: Order) -> Decimal:
        """What is left of one order will cost; nothing for an exit."""
        if order.group is not None and order.combo != MASTER:
            return ZERO
        known = order.limit_price or order.stop_price or self._market.last(order.instrument.symbol)
        return (known or ZERO) * order.remaining * order.instrument.multiplier

    def power(self, account: Account, factor: Decimal) -> Decimal:
        """What may be spent: of a margin account its worth times `factor`, less what is bought."""
        if account.type == "CASH":
            return account.cash - self.held(account)
        owed = sum((abs(self.value(one)) for one in account.positions.values()), ZERO)
        return self.net(account) * factor - owed - self.held(account)

    def day_power(self, account: Account) -> Decimal:
        """For shares; of a cash account its cash."""
        return self.power(account, DAY)

    def option_power(self, account: Account) -> Decimal:
        """For options: a pot of its own, users report; here the cash unless a test sets it."""
        pot = account.cash if account.option_cash is None else account.option_cash
        return pot - self.held(account)

    def available(self, account: Account, symbol: str) -> Decimal:
        """Units that no open sale has spoken for; exits of one group speak for them once."""
        spoken = ZERO
        for order in self._open(account):
            first = order.group is None or order is _first_exit(order)
            if not order.buys and order.instrument.symbol == symbol and first:
                spoken += order.remaining
        return max(account.held(symbol), ZERO) - spoken

    def spends(self, account: Account, kind: str) -> Decimal:
        """The pot that an order for such an instrument is paid from."""
        return self.option_power(account) if kind == OPTION else self.day_power(account)

    def _open(self, account: Account) -> list[Order]:
        return [one for one in self._orders if one.account is account and not one.ended]


def _first_exit(order: Order) -> Order | None:
    assert order.group is not None
    exits = [one for one in order.group.orders if one.combo != MASTER and not one.ended]
    return exits[0] if exits else None
