"""What an order has filled, execution by execution. Pure.

A list tells how much of an order is filled, and at which average. One fill made of that would grow
under the same id; so fills are the order's events, each with its moment for an id, since E*TRADE
gives them none. They have to add up to what the order says: else they mean something else.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from floorbroker.brokers.etrade.order_answers import Event, Order
from floorbroker.domain.orders import Fill

LATE: Final = timedelta(minutes=2)
"""An execution that is not among the events by then is taken from the order's own figures."""

EXECUTED: Final = "ORDER_EXECUTED"
_REST: Final = "rest"
_FINEST: Final = Decimal("0.0001")


def of_order(order_id: int, fills: Iterable[Fill]) -> tuple[Fill, ...]:
    """Those of `fills` that are this order's: an order that was changed has them of several."""
    return tuple(fill for fill in fills if fill.fill_id.startswith(f"{order_id}:"))


def fills_of(told: Order, known: Sequence[Fill]) -> tuple[Fill, ...]:
    """`known`, and the executions of `told` that are new; oldest first."""
    if missing(told, known) <= 0 or any(fill.fill_id.endswith(_REST) for fill in known):
        return tuple(known)
    fills = {fill.fill_id: fill for fill in known}
    for fill in _events(told):
        fills.setdefault(fill.fill_id, fill)
    if sum((fill.quantity for fill in fills.values()), Decimal(0)) > told.filled:
        return tuple(known)
    return tuple(sorted(fills.values(), key=lambda fill: (fill.at, fill.fill_id)))


def missing(told: Order, fills: Iterable[Fill]) -> Decimal:
    """How much of what E*TRADE calls filled is not among the fills yet."""
    return told.filled - sum((fill.quantity for fill in fills), Decimal(0))


def rest(told: Order, fills: Sequence[Fill], now: datetime) -> Fill | None:
    """One fill for what is missing, long after the order's end, so that the cost comes out.

    None while executions may still be listed.
    """
    gap, ended = missing(told, fills), ended_at(told)
    average = told.leg.average_execution_price if told.leg else None
    if gap <= 0 or not average or ended is None or now - ended < LATE:
        return None
    paid = sum((fill.quantity * fill.price for fill in fills), Decimal(0))
    price = ((told.filled * average - paid) / gap).quantize(_FINEST)
    return Fill(
        fill_id=f"{told.order_id}:{_REST}",
        quantity=gap,
        price=price if price > 0 else average,
        at=ended,
        fee=_fee(told, gap),
    )


def altogether(told: Order) -> tuple[Fill, ...]:
    """For lists: one fill that stands for all of an order's."""
    average = told.leg.average_execution_price if told.leg else None
    at = ended_at(told)
    if told.filled <= 0 or not average or at is None:
        return ()
    return (
        Fill(
            fill_id=f"{told.order_id}:all",
            quantity=told.filled,
            price=average,
            at=at,
            fee=_fee(told, told.filled),
        ),
    )


def ended_at(told: Order) -> datetime | None:
    """When the order was executed, else its last event's moment, else when it was placed."""
    detail = told.detail
    events = told.history.events if told.history else []
    moments = [event.date_time for event in events if event.date_time is not None]
    return detail.executed_time or max(moments, default=None) or detail.placed_time


def _events(told: Order) -> list[Fill]:
    events = told.history.events if told.history else []
    found: list[Fill] = []
    for event in events:
        fill = _fill(told, event, found)
        if fill is not None:
            found.append(fill)
    return found


def _fill(told: Order, event: Event, before: Sequence[Fill]) -> Fill | None:
    """One of several at the same moment is known by its place among them."""
    if event.name != EXECUTED or event.date_time is None or len(event.legs) != 1:
        return None
    quantity, price = event.legs[0].filled_quantity, event.legs[0].average_execution_price
    if not quantity or quantity <= 0 or not price or price <= 0:
        return None
    place = sum(1 for fill in before if fill.at == event.date_time)
    millis = round(event.date_time.timestamp() * 1000)
    return Fill(
        fill_id=f"{told.order_id}:{millis}:{place}",
        quantity=quantity,
        price=price,
        at=event.date_time,
        fee=_fee(told, quantity),
    )


def _fee(told: Order, quantity: Decimal) -> Decimal:
    """This part of what E*TRADE estimates for the whole order: single fees stand nowhere."""
    leg = told.leg
    if leg is None or not leg.ordered_quantity:
        return Decimal(0)
    whole = (leg.estimated_commission or Decimal(0)) + (leg.estimated_fees or Decimal(0))
    return max((whole * quantity / leg.ordered_quantity).quantize(_FINEST), Decimal(0))
