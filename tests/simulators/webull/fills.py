"""What an execution changes: the order, the cash, the position."""

from datetime import datetime
from decimal import Decimal

from tests.simulators.webull.orders import Execution, Order
from tests.simulators.webull.people import ZERO, Account, Position


def execute(order: Order, quantity: Decimal, price: Decimal, at: datetime) -> None:
    """`quantity` units or contracts at `price` a unit, fees aside."""
    order.executions.append(Execution(quantity=quantity, price=price, at=at))
    value = quantity * price * order.instrument.multiplier
    signed = quantity if order.buys else -quantity
    order.account.cash -= value if order.buys else -value
    move(order.account, order.instrument.symbol, signed, value)
    order.status = "FILLED" if order.filled >= order.quantity else "PARTIAL_FILLED"


def charge(order: Order, kind: str, amount: Decimal) -> None:
    """A fee of an order, such as SEC_FEE."""
    order.fees.append((kind, amount))
    order.account.cash -= amount


def move(account: Account, symbol: str, change: Decimal, value: Decimal) -> None:
    """A position that grows by `change`, for `value` US dollars; at zero it is gone."""
    position = account.positions.setdefault(symbol, Position(symbol=symbol))
    before = position.quantity
    position.quantity += change
    grows = before * change >= 0
    if grows:
        position.cost += value if change > 0 else -value
    elif before * position.quantity > 0:
        position.cost *= position.quantity / before
    else:
        position.cost = position.quantity * value / abs(change) if position.quantity else ZERO
    if not position.quantity:
        del account.positions[symbol]
