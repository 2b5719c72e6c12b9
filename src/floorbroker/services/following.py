"""When an order that is not at its end should be looked at again."""

from datetime import datetime, timedelta
from typing import Final

from floorbroker.brokers.registry import get_broker
from floorbroker.domain.order import Order
from floorbroker.domain.order_life import followed
from floorbroker.domain.order_state import UNRESOLVED, OrderState

SLOWEST: Final = timedelta(seconds=60)
_SOON: Final = timedelta(seconds=1)
_ONCE_MORE: Final = timedelta(minutes=10)
_FOR_A_DAY: Final = timedelta(days=1)
"""So long a gone order is looked for, ever more rarely: its broker may have been mistaken."""


def next_look(order: Order, now: datetime) -> datetime | None:
    """Soon for an unknown outcome, at the broker's pace for a working order, else never.

    The longer nothing was asked of the broker, the longer the pause: a tenth of that, up to a
    minute.
    """
    if order.state is OrderState.GONE:
        return _looked_for_again(order, now)
    if not followed(order):
        return None
    since, intent = order.sent_at or order.created_at, order.intent
    intent_open = intent is not None and intent.state.open
    if intent is not None and intent_open:
        since = max(since, intent.at)
    pause = min((now - since) / 10, SLOWEST)
    if order.state in UNRESOLVED or intent_open:
        return now + max(pause, _SOON)
    return now + max(pause, timedelta(seconds=get_broker(order.broker).poll_seconds))


def _looked_for_again(order: Order, now: datetime) -> datetime | None:
    missed = _FOR_A_DAY if order.absence is None else now - order.absence.since
    return None if missed >= _FOR_A_DAY else now + max(missed, _ONCE_MORE)
