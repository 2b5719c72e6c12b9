"""Orders in doubt, stored as a process that died has left them."""

from datetime import datetime, timedelta
from typing import Any

from floorbroker.domain.ids import OrderId
from floorbroker.domain.order import Order, OrderEvent
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.people import Link
from tests.domain.building import order


def in_doubt(link: Link, at: datetime, number: int, **fields: Any) -> Order:
    """The `number`th order of that link whose outcome nobody knows; due since `at`."""
    order_id = OrderId(f"{number:018d}")
    usual: dict[str, Any] = {
        "order_id": order_id,
        "user_id": link.user_id,
        "link_id": link.link_id,
        "account_id": "EX-1",
        "broker": link.broker,
        "created_at": at,
        "sent_at": at,
        "check_at": at + timedelta(milliseconds=number),
        "events": (OrderEvent(at=at, what="no answer", state=OrderState.UNKNOWN),),
    }
    state = fields.pop("state", OrderState.UNKNOWN)
    return order(state, **{**usual, **fields})
