"""Working the orders of the book: meeting the market, filling, ending, and telling about it."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from tests.simulators.tws import matching
from tests.simulators.tws.listing import Contract
from tests.simulators.tws.market import Market
from tests.simulators.tws.orders import (
    CANCELLED,
    FILLED,
    PENDING_CANCEL,
    PRE_SUBMITTED,
    SUBMITTED,
    Execution,
    SimOrder,
)
from tests.simulators.tws.people import Account
from tests.simulators.tws.settling import commission_for, settle
from tests.simulators.tws.telling import Telling


class Book:
    """All orders.

    Attributes:
        orders: Every order ever taken, oldest first.
    """

    def __init__(self, accounts: Mapping[str, Account], market: Market, telling: Telling) -> None:
        """Nothing yet."""
        self.accounts = accounts
        self.market = market
        self.telling = telling
        self.orders: list[SimOrder] = []
        self._executions = 0

    def match(self, contract: Contract | None = None) -> None:
        """Fills what the market takes now."""
        for order in list(self.orders):
            if contract is None or order.contract.con_id == contract.con_id:
                self.work(order)

    def work(self, order: SimOrder) -> None:
        """One order meets the market."""
        if order.held_back or not matching.may_work(order, self.market):
            return
        quote = self.market.quote(order.contract)
        matching.set_stop(order, quote)
        if not matching.is_triggered(order, quote):
            return
        order.triggered = True
        if order.status == PRE_SUBMITTED:
            self.become(order, SUBMITTED)
        price = matching.price_of(order, quote)
        if price is not None:
            size = matching.size_of(self._with_quantity(order, price), quote)
            if size > 0:
                self.fill(order, size, price)
        if matching.ends_at_once(order) and not order.ended:
            self.cancel_now(order)

    def _with_quantity(self, order: SimOrder, price: Decimal) -> SimOrder:
        """An order over an amount of money has a quantity once it has a price."""
        money = order.ticket.cash_quantity
        if money is not None and not order.quantity:
            step = order.contract.min_size
            order.ticket = replace(order.ticket, quantity=money / price // step * step)
        return order

    def fill(self, order: SimOrder, quantity: Decimal, price: Decimal) -> Execution:
        """An execution."""
        account, contract = self.accounts[order.account], order.contract
        signed = quantity if order.buys else -quantity
        cost = commission_for(contract, quantity, price)
        realized = settle(account, contract, signed, price, cost)
        total = order.filled + quantity
        order.average = (order.average * order.filled + price * quantity) / total
        order.filled = total
        self._executions += 1
        done = Execution(
            exec_id=f"0000e0d5.65f{self._executions:05x}.01.01",
            at=self.market.now(),
            quantity=quantity,
            price=price,
            cumulative=total,
            average=order.average,
            commission=cost,
            exchange=contract.primary or contract.exchange,
            realized=realized,
        )
        order.executions.append(done)
        self.telling.execution(order, done)
        if order.remaining:
            self.become(order, order.status if order.status == PENDING_CANCEL else SUBMITTED)
        else:
            self.end(order, FILLED, f"Filled Size: {order.filled}")
        self.telling.commission(order, done)
        self.telling.account(account, contract.con_id)
        self._tell_group(order, quantity)
        if order.status == FILLED:
            for child in self.children_of(order):
                self.work(child)
        return done

    def _tell_group(self, order: SimOrder, quantity: Decimal) -> None:
        """One of a group takes the others' place: whole, or as much as was filled."""
        for other in self.group_of(order):
            if order.status == FILLED:
                self.cancel_now(other)
            elif (order.ticket.oca_type or 3) != 1:
                left = max(other.quantity - quantity, other.filled)
                other.ticket = replace(other.ticket, quantity=left)
                self.telling.order(other)
            else:
                self.cancel_now(other)

    def group_of(self, order: SimOrder) -> list[SimOrder]:
        """The living orders that it takes the place of."""
        return [
            other
            for other in self.orders
            if other is not order
            and not other.ended
            and other.account == order.account
            and (
                (order.parent is not None and other.parent is order.parent)
                or (order.ticket.oca_group and other.ticket.oca_group == order.ticket.oca_group)
            )
        ]

    def children_of(self, order: SimOrder) -> list[SimOrder]:
        """What lives of what is attached to it."""
        return [o for o in self.orders if o.parent is order and not o.ended]

    # Ending

    def cancel_now(self, order: SimOrder, reason: str = "") -> None:
        """It ends, and what is attached to it."""
        self.end(order, CANCELLED, reason or "Cancelled by Trader")
        self.telling.error(order, 202, f"Order Canceled - reason:{reason}")
        for child in self.children_of(order):
            self.cancel_now(child)

    def end(self, order: SimOrder, status: str, why: str) -> None:
        """For good."""
        order.why = why
        order.ended_at = self.market.now()
        self.become(order, status)

    def become(self, order: SimOrder, status: str) -> None:
        """It gets that status, and its client is told."""
        order.status = status
        if status == CANCELLED:
            self.telling.status(order)
        else:
            self.telling.order(order)
