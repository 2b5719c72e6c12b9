"""What open orders hold of the balances, and what an order needs.

"Balance available for trading is calculated as: balance + credit - credit_used - hold_trade": docs,
Get Extended Balance. A stop that waits holds nothing (measured by others on 2026-09-07); that a buy
holds its taker's fee too is unverified.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Final

from tests.simulators.kraken.orders import Order
from tests.simulators.kraken.people import Person

_HUNDRED: Final = Decimal(100)


def holds(orders: Iterable[Order]) -> Mapping[str, Decimal]:
    """By asset, for the orders of one person."""
    held: dict[str, Decimal] = defaultdict(Decimal)
    for order in orders:
        if not order.ended and not order.waits:
            asset, amount = need(order)
            held[asset] += amount
    return held


def need(order: Order, price: Decimal | None = None) -> tuple[str, Decimal]:
    """What the rest of `order` takes: an asset and how much of it.

    Args:
        price: What a lot costs where the order has no limit; else that of its last fill.
    """
    if order.side == "sell":
        return order.pair.base, order.remaining
    fees = 1 + order.person.taker_percent / _HUNDRED
    if order.viqc:
        return order.pair.quote, (order.volume - order.cost) * fees
    last = order.trades[-1].price if order.trades else Decimal(0)
    return order.pair.quote, order.remaining * (order.limit or price or last) * fees


def can_pay(
    person: Person, order: Order, others: Iterable[Order], price: Decimal | None = None
) -> bool:
    """Whether the balance covers `order` beside what `others` hold."""
    asset, amount = need(order, price)
    return amount <= person.held(asset) - holds(others).get(asset, Decimal(0))
