"""When an order that a broker does not show is not there: of one in doubt, and of one at work.

Time counts only as far as no clock has leapt, so that a clock that is set proves nothing.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from floorbroker.brokers.registry import get_broker
from floorbroker.domain.order import Absence, IntentState, Order
from floorbroker.domain.order_life import moved, with_intent
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import Absent, LookUp
from floorbroker.services.desk import Desk

MISSED_FOR: Final = timedelta(minutes=10)
"""A broker that had an order may not show it for a while, as during its maintenance."""

MISSED_LOOKS: Final = 5


def settled(desk: Desk, order: Order, now: datetime) -> bool:
    """Whether an order that the broker does not show can no longer turn up there."""
    # The request leaves within one deadline after the intent, and ends within another.
    on_its_way = timedelta(seconds=2 * desk.order_deadline_seconds)
    # Time that a leaping clock only says has gone by is none in which an order could turn up.
    waited = min(now - (order.sent_at or order.created_at), desk.leaps.even_for())
    return waited >= on_its_way + settle_time(desk, order)


def settle_time(desk: Desk, order: Order) -> timedelta:
    """The operator's, or the broker's own if that is longer."""
    return max(desk.settle, timedelta(seconds=get_broker(order.broker).settle_seconds))


def looked_for(order: Order, found: LookUp, now: datetime) -> Order:
    """`order` with one more look at which its broker did not show it, or with none any more.

    Only of an order that was at work: one in doubt waits for its settle time, see `settled`.
    """
    if not isinstance(found, Absent):
        return order if order.absence is None else replace(order, absence=None)
    if not order.state.working:
        return order
    known = order.absence
    if known is None or known.since > now:  # the clock was set back: nobody knows since when
        return replace(order, absence=Absence(since=now, looks=1))
    return replace(order, absence=replace(known, looks=known.looks + 1))


def missed(desk: Desk, order: Order, now: datetime) -> bool:
    """Whether an order at work has been absent so often and for so long that it is gone."""
    if not order.state.working or order.absence is None:
        return False
    waited = min(now - order.absence.since, desk.leaps.even_for())
    long_enough = waited >= max(MISSED_FOR, settle_time(desk, order))
    return long_enough and order.absence.looks >= MISSED_LOOKS


def gone(order: Order, now: datetime) -> Order:
    """`order` at an end that nobody knows, with what had filled.

    What became of an open cancel or change is as unknown, and no look can tell it any more.
    """
    legs = tuple(
        replace(leg, state=OrderState.GONE) if leg.state.working else leg for leg in order.legs
    )
    after = replace(moved(order, OrderState.GONE, "absent at the broker", now), legs=legs)
    intent = after.intent
    if intent is None or not intent.state.open:
        return after
    why = "Your broker no longer has this order; what became of it is not known here."
    return with_intent(after, intent, IntentState.REFUSED, now, why)
