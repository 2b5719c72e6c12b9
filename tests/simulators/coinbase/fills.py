"""What an execution changes: the order, the accounts, what was traded in all."""

from datetime import datetime
from decimal import Decimal
from typing import Final

from tests.simulators.coinbase.orders import Execution, Order
from tests.simulators.coinbase.people import Portfolio

_DUST: Final = Decimal("1e-9")


def execute(order: Order, size: Decimal, price: Decimal, liquidity: str, at: datetime) -> None:
    """`size` units at `price`; the commission is paid in the quote currency."""
    value = size * price
    fee = value * order.person.rate(liquidity)
    order.executions.append(Execution(size=size, price=price, fee=fee, liquidity=liquidity, at=at))
    order.person.volume += value
    order.person.fees += fee
    base, quote = order.product.base, order.product.quote
    if order.side == "BUY":
        _move(order.portfolio, base, size, value, at)
        _move(order.portfolio, quote, -(value + fee), -(value + fee), at)
    else:
        _move(order.portfolio, base, -size, None, at)
        _move(order.portfolio, quote, value - fee, value - fee, at)
    in_quote = order.quote_size is not None
    done = order.unspent <= _DUST if in_quote else order.remaining <= 0
    order.status = "FILLED" if done else "OPEN"


def _move(
    portfolio: Portfolio, currency: str, change: Decimal, cost: Decimal | None, at: datetime
) -> None:
    """Without `cost` what is left costs what it had cost so far."""
    account = portfolio.account(currency, at)
    before = account.balance
    account.balance += change
    if cost is None:
        account.cost *= account.balance / before if before else Decimal(0)
    else:
        account.cost += cost
