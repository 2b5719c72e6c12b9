"""What an order has filled. Pure.

Webull lists no executions: an order tells how much of it is filled, and at which average. So what
was added since the last look is one fill, priced so that the average comes out, and known by its
place: `order:1`, `order:2`. Whoever looked in between sees the same first fills and adds the rest.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final

from floorbroker.brokers.webull.order_answers import Order
from floorbroker.domain.orders import Fill

_FINEST: Final = Decimal("1e-8")


def fills_of(told: Order, known: Sequence[Fill], now: datetime) -> tuple[Fill, ...]:
    """`known`, and what was filled since; while Webull does not tell the price, nothing."""
    gap, average = missing(told, known), told.filled_price
    if gap <= 0 or average is None or average <= 0:
        return tuple(known)
    paid = sum((fill.quantity * fill.price for fill in known), Decimal(0))
    price = ((told.filled_quantity * average - paid) / gap).quantize(_FINEST)
    charged = sum((fill.fee for fill in known), Decimal(0))
    new = Fill(
        fill_id=f"{told.order_id}:{len(known) + 1}",
        quantity=gap,
        price=price if price > 0 else average,
        at=told.filled_at or now,
        fee=max(told.fee - charged, Decimal(0)),
    )
    return (*known, new)


def missing(told: Order, fills: Iterable[Fill]) -> Decimal:
    """How much of what Webull calls filled is not among the fills yet."""
    return told.filled_quantity - sum((fill.quantity for fill in fills), Decimal(0))


def begins_with(fills: Sequence[Fill], first: Sequence[Fill]) -> bool:
    """Whether `fills` goes on from `first`."""
    pairs = zip(fills, first, strict=False)
    same = all((a.fill_id, a.quantity) == (b.fill_id, b.quantity) for a, b in pairs)
    return same and len(fills) >= len(first)
