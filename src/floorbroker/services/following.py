"""When an order that is not at its end should be looked at again."""

from datetime import datetime, timedelta
from typing import Final

from floorbroker.brokers.registry import get_broker
from floorbroker.domain.order import Order
from floorbroker.domain.order_life import followed
from floorbroker.domain.order_state import UNRESOLVED

SLOWEST: Final = timedelta(seconds=60)
_SOON: Final = timedelta(seconds=1)


def next_look(order: Order, now: datetime) -> datetime | None:
    """Soon for an unknown outcome, at the broker's pace for a working order, else never.

    The older the order, the longer the pause: a tenth of its age, up to a minute.
    """
    if not followed(order):
        return None
    age = now - (order.sent_at or order.created_at)
    pause = min(age / 10, SLOWEST)
    intent_open = order.intent is not None and order.intent.state.open
    if order.state in UNRESOLVED or intent_open:
        return now + max(pause, _SOON)
    return now + max(pause, timedelta(seconds=get_broker(order.broker).poll_seconds))
