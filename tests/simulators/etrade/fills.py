"""What an execution changes: the order, the account's cash, its positions and its history."""

from datetime import datetime
from decimal import Decimal

from tests.simulators.etrade.costs import commission
from tests.simulators.etrade.orders import EXECUTED, Event, Execution, Order
from tests.simulators.etrade.people import Account, Holding, Transaction


def execute(order: Order, quantity: Decimal, price: Decimal, at: datetime, partly: str) -> None:
    """`quantity` shares or contracts at `price`.

    Args:
        partly: The status of an order that is filled in part.
    """
    ticket = order.ticket
    fee = commission(ticket, quantity)
    order.executions.append(Execution(quantity=quantity, price=price, fee=fee, at=at))
    order.events.append(Event(name="ORDER_EXECUTED", at=at, quantity=quantity, price=price))
    signed = quantity if ticket.buys else -quantity
    value = signed * price * ticket.instrument.size
    order.account.cash -= value + fee
    move(
        order.account,
        Holding(instrument=ticket.instrument, quantity=signed, cost=value + fee, acquired_at=at),
    )
    order.account.transactions.append(
        Transaction(
            type="Bought" if ticket.buys else "Sold",
            instrument=ticket.instrument,
            quantity=signed,
            price=price,
            fee=fee,
            amount=-(value + fee),
            at=at,
            order_no=order.id,
        )
    )
    order.status = EXECUTED if order.remaining <= 0 else partly


def move(account: Account, change: Holding) -> None:
    """Adds to a position; what is taken away takes its share of the cost with it."""
    old = account.holdings.get(change.instrument)
    if old is None:
        account.holdings[change.instrument] = change
        return
    after = old.quantity + change.quantity
    if old.quantity * change.quantity > 0:
        old.cost += change.cost
    elif after * old.quantity > 0:
        old.cost *= after / old.quantity
    else:  # closed, or turned round
        share = after / change.quantity if change.quantity else Decimal(0)
        old.cost = change.cost * share
        old.acquired_at = change.acquired_at
    old.quantity = after
    if not after:
        del account.holdings[change.instrument]
