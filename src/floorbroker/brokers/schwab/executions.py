"""What an order has filled, execution by execution. Pure.

An order lists its executions itself. Whether their `activityId` stays the same from look to look is
not documented, so a fill is known by what it is: its time, price and quantity, and a number where
several are alike. Never more is taken for filled than the order itself calls filled: an execution
that is corrected later, and would look like another one, is counted once.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final

from floorbroker.brokers.schwab import answers
from floorbroker.brokers.shared.wire import plain
from floorbroker.domain.orders import Fill

FILL: Final = "FILL"
"""A cancel is an activity too: its `executionType` is CANCELED, its price 0."""


def fills_of(
    told: answers.Order, known: Sequence[Fill], now: datetime
) -> tuple[tuple[Fill, ...], Decimal]:
    """`known` with what is new, and how much of what Schwab calls filled is still missing."""
    own = [fill for fill in known if fill.fill_id.startswith(f"{told.id}:")]
    gap = told.filled - _sum(own)
    if gap <= 0:
        return tuple(known), Decimal(0)
    listed = _listed(told, now)
    ids = {fill.fill_id for fill in own}
    new = [fill for fill in listed if fill.fill_id not in ids]
    surplus = _sum(new) - gap
    if surplus > 0:
        new, surplus = [_rest(told, own, listed, gap)], Decimal(0)
    return (*known, *new), -surplus


def _listed(told: answers.Order, now: datetime) -> list[Fill]:
    """Oldest first."""
    if len(told.legs) != 1:
        return []
    found = []
    alike: Counter[str] = Counter()
    for activity in told.activities:
        if activity.execution_type != FILL:
            continue
        for leg in activity.legs:
            at = leg.at or told.closed or told.entered or now
            name = f"{told.id}:{at:%Y%m%dT%H%M%S%f}:{plain(leg.price)}:{plain(leg.quantity)}"
            alike[name] += 1
            fill_id = name if alike[name] == 1 else f"{name}#{alike[name]}"
            if leg.quantity > 0:
                found.append(Fill(fill_id=fill_id, quantity=leg.quantity, price=leg.price, at=at))
    return sorted(found, key=lambda fill: (fill.at, fill.fill_id))


def _rest(told: answers.Order, own: Sequence[Fill], listed: Sequence[Fill], gap: Decimal) -> Fill:
    """One fill for what is missing, so that quantity and average come out."""
    last = listed[-1]
    price = (_paid(listed) - _paid(own)) / gap
    return Fill(
        fill_id=f"{told.id}:rest:{plain(told.filled)}",
        quantity=gap,
        price=price if price > 0 else last.price,
        at=last.at,
    )


def _sum(fills: Iterable[Fill]) -> Decimal:
    return sum((fill.quantity for fill in fills), Decimal(0))


def _paid(fills: Iterable[Fill]) -> Decimal:
    return sum((fill.quantity * fill.price for fill in fills), Decimal(0))
