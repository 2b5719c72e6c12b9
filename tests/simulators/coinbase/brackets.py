"""The bracket that is attached to an order: take-profit and stop-loss in one, on the other side.

It has an id from the beginning and works once its parent has filled. What becomes of it when the
parent ends half-filled is unverified: here it protects what was filled.
"""

from tests.simulators.coinbase.orders import Order
from tests.simulators.coinbase.ticket import Ticket
from tests.simulators.coinbase.wire import text


def attach(parent: Order, ticket: Ticket) -> None:
    """Adds the bracket of `ticket`, if it has one."""
    if ticket.attached is None:
        return
    take, loss = ticket.attached
    parent.attached = Order(
        person=parent.person,
        portfolio=parent.portfolio,
        product=parent.product,
        side="SELL" if parent.side == "BUY" else "BUY",
        configuration="trigger_bracket_gtc",
        fields={"limit_price": text(take), "stop_trigger_price": text(loss)},
        client_order_id="",
        created_at=parent.created_at,
        base_size=parent.base_size,
        limit_price=take,
        stop_trigger_price=loss,
        parent=parent,
    )


def follow(parent: Order) -> None:
    """What the end of an order means for its bracket."""
    child = parent.attached
    if child is None or not parent.ended or child.status != "PENDING":
        return
    if not parent.executions:
        child.status = "CANCELLED"
        return
    child.base_size = parent.filled
    child.fields["base_size"] = text(parent.filled)
    child.held = parent.filled if child.side == "SELL" else parent.value
    child.status, child.rested = "OPEN", True
