"""What an order has filled, execution by execution. Pure.

An order at Alpaca tells only how much of it is filled and at which average. One fill made of that
would grow under the same id, or be counted twice under a new one; so fills are Alpaca's executions,
each with an id that stays.

A changed order is a chain of orders at Alpaca, and fills of all of them are fills of ours. Whether
the newest one counts those of its predecessors as its own is not documented: either way is taken.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from floorbroker.brokers.alpaca import answers
from floorbroker.domain.orders import Fill

LATE: Final = timedelta(minutes=2)
"""An execution that Alpaca has not listed by then is taken from the order's own figures."""


def expects_fills(chain: Sequence[answers.Order]) -> bool:
    """Whether anything of the order is filled."""
    return any(order.filled_qty > 0 for order in chain)


def complete(chain: Sequence[answers.Order], fills: Sequence[Fill]) -> bool:
    """Whether `fills` are all that a single order tells of; of a changed one nobody can say."""
    return len(chain) == 1 and chain[0].filled_qty == _sum(fills)


def fills_of(
    chain: Sequence[answers.Order], known: Sequence[Fill], listed: Iterable[answers.FillActivity]
) -> tuple[Fill, ...]:
    """`known`, and those of `listed` that are the order's and new; oldest first."""
    ids = {order.id for order in chain}
    fills = {fill.fill_id: fill for fill in known}
    for one in listed:
        if one.order_id in ids and one.id not in fills:
            fills[one.id] = Fill(
                fill_id=one.id, quantity=one.qty, price=one.price, at=one.transaction_time
            )
    return tuple(sorted(fills.values(), key=lambda fill: (fill.at, fill.fill_id)))


def missing(
    chain: Sequence[answers.Order], fills: Sequence[Fill], listed: Iterable[answers.FillActivity]
) -> Decimal:
    """How much of what Alpaca calls filled is not among the executions yet."""
    newest = chain[-1]
    if len(chain) == 1:
        return max(newest.filled_qty - _sum(fills), Decimal(0))
    own = sum((one.qty for one in listed if one.order_id == newest.id), Decimal(0))
    before = sum((order.filled_qty for order in chain[-2:-1]), Decimal(0))
    gaps = (newest.filled_qty - own, newest.filled_qty - own - before)
    return Decimal(0) if 0 in gaps else min((gap for gap in gaps if gap > 0), default=Decimal(0))


def rest(order: answers.Order, fills: Sequence[Fill], gap: Decimal, now: datetime) -> Fill | None:
    """One fill for what is missing, long after the order's end, so that the average comes out.

    None while the executions may still be listed.
    """
    ended = order.filled_at or order.canceled_at or order.expired_at or order.updated_at
    if ended is None or now - ended < LATE or order.filled_avg_price is None:
        return None
    paid = sum((fill.quantity * fill.price for fill in fills), Decimal(0))
    price = (order.filled_qty * order.filled_avg_price - paid) / gap
    return Fill(
        fill_id=f"{order.id}:rest",
        quantity=gap,
        price=price if price > 0 else order.filled_avg_price,
        at=ended,
    )


def _sum(fills: Iterable[Fill]) -> Decimal:
    return sum((fill.quantity for fill in fills), Decimal(0))
