"""What an order has filled. Pure.

With real money OpenD lists deals. Paper accounts have none: there an order tells how much of it is
filled, and at which average. So what was added since the last look is one fill, priced so that the
average comes out, and known by its place: `order:1`, `order:2`. Whoever looked in between sees the
same first fills and adds the rest.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from floorbroker.brokers.moomoo import words
from floorbroker.brokers.moomoo.amounts import amount
from floorbroker.brokers.moomoo.eastern import moment
from floorbroker.domain.orders import Fill

_FINEST: Final = Decimal("1e-8")


def from_deals(told: Any, deals: Iterable[Any]) -> tuple[Fill, ...]:
    """The deals of the order `told`, oldest first; one that is listed twice counts once."""
    found = {
        one.fillID: Fill(
            fill_id=str(one.fillID),
            quantity=amount(one.qty),
            price=amount(one.price),
            at=moment(one.createTimestamp, one.createTime),
        )
        for one in deals
        if one.orderIDEx == told.orderIDEx and one.status != words.DEAL_CANCELED
    }
    return tuple(sorted(found.values(), key=lambda fill: (fill.at, fill.fill_id)))


def from_totals(told: Any, known: Sequence[Fill]) -> tuple[Fill, ...]:
    """`known`, and what was filled since; while no price is told, nothing."""
    filled, average = amount(told.fillQty), amount(told.fillAvgPrice)
    gap = filled - total(known)
    if gap <= 0 or average <= 0:
        return tuple(known)
    paid = sum((fill.quantity * fill.price for fill in known), Decimal(0))
    price = ((filled * average - paid) / gap).quantize(_FINEST).normalize() + Decimal(0)
    new = Fill(
        fill_id=f"{told.orderIDEx}:{len(known) + 1}",
        quantity=gap,
        price=price if price > 0 else average,
        at=changed_at(told),
    )
    return (*known, new)


def with_fee(fills: tuple[Fill, ...], fee: Decimal) -> tuple[Fill, ...]:
    """An order's whole fee, on its last fill: moomoo tells one for all."""
    if not fills or fee <= 0:
        return fills
    return (*fills[:-1], replace(fills[-1], fee=fee))


def missing(told: Any, fills: Iterable[Fill]) -> Decimal:
    """How much of what is called filled is not among the fills yet."""
    return amount(told.fillQty) - total(fills)


def begins_with(fills: Sequence[Fill], first: Sequence[Fill]) -> bool:
    """Whether `fills` goes on from `first`."""
    pairs = zip(fills, first, strict=False)
    same = all((a.fill_id, a.quantity) == (b.fill_id, b.quantity) for a, b in pairs)
    return same and len(fills) >= len(first)


def changed_at(told: Any) -> datetime:
    """When the order last changed."""
    return moment(told.updateTimestamp, told.updateTime)


def total(fills: Iterable[Fill]) -> Decimal:
    """Units altogether."""
    return sum((fill.quantity for fill in fills), Decimal(0))
