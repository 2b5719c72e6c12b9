"""The stored order beside the broker's own book: what was told must be true."""

from collections.abc import Sequence

from floorbroker.domain.order import Order
from floorbroker.domain.order_state import UNRESOLVED, OrderState
from tests.campaign.faults.venue import Entry

_NOWHERE = frozenset({OrderState.NOT_PLACED, OrderState.REJECTED})


def lie(order: Order, book: Sequence[Entry]) -> str | None:
    """What is told of an order and is not so; to know less than the broker is none."""
    mine = _entries(order, book)
    standing = [one for one in mine if not one.replaced]
    if len(standing) > 1:
        return f"it is {len(standing)} times in the book"
    if any(one.ref not in {None, order.order_id} for one in mine):
        return "it carries somebody else's id"
    if order.state in UNRESOLVED or order.state is OrderState.DRAFT:
        return None
    if not standing:
        return None if order.state in _NOWHERE else f"told {order.state}, and not in the book"
    (entry,) = standing
    if order.filled_quantity > entry.filled:
        return f"told {order.filled_quantity} filled of {entry.filled}"
    if order.state.final and order.state is not entry.state:
        return f"told {order.state}, and in the book it is {entry.state}"
    return None


def apart(order: Order, book: Sequence[Entry]) -> str | None:
    """How the stored order differs from the book; None if it does not."""
    if order.state in UNRESOLVED:
        return f"it is {order.state} and the book has {_entries(order, book)}"
    if order.intent is not None and order.intent.state.open:
        return f"its {order.intent.kind} is {order.intent.state}"
    standing = [one for one in _entries(order, book) if not one.replaced]
    if not standing:
        return None if order.state in _NOWHERE else f"it is {order.state} and not in the book"
    entry, request = standing[-1], order.request
    told = (order.state, order.filled_quantity)
    if told != (entry.state, entry.filled):
        return f"stored {told} and the book has {entry}"
    limit = None if request.limit_price is None else entry.limit
    stop = None if request.stop_price is None else entry.stop
    if (request.limit_price, request.stop_price) != (limit, stop):
        return f"stored {request.limit_price}, {request.stop_price} and the book has {entry}"
    return None


def agrees(order: Order, book: Sequence[Entry]) -> bool:
    """Whether everything is known and equal."""
    return apart(order, book) is None


def _entries(order: Order, book: Sequence[Entry]) -> list[Entry]:
    return [one for one in book if one.quantity == order.request.quantity]
