"""Orders that belong together: docs, orders-at-alpaca.

While the entry works both exits are `held`. Once it is filled the take-profit works as `new`; the
stop stays `held` beside it and is watched all the same (forum posts show both words; unverified
in the documentation). One exit fills and the other is canceled.
"""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from uuid import uuid4

from tests.simulators.alpaca.orders import Order
from tests.simulators.alpaca.ticket import Ticket


def main_ticket(ticket: Ticket) -> Ticket:
    """What the first order of the group is: of an OCO, the take-profit."""
    if ticket.order_class != "oco":
        return ticket
    return replace(ticket, limit_price=ticket.take_profit)


def add_legs(order: Order, ticket: Ticket) -> None:
    """The other orders of the group, all held."""
    exit_side = "sell" if order.side == "buy" else "buy"
    if ticket.order_class == "oco":
        exit_side = order.side
    elif ticket.take_profit is not None:
        order.legs.append(_leg(order, exit_side, "limit", limit=ticket.take_profit))
    if ticket.stop_loss is not None:
        stop, limit = ticket.stop_loss
        kind = "stop" if limit is None else "stop_limit"
        order.legs.append(_leg(order, exit_side, kind, stop=stop, limit=limit))


def is_armed(order: Order) -> bool:
    """Whether the order may fill as far as its group is concerned."""
    if order.parent is None or order.order_class == "oco":
        return True
    return order.parent.status == "filled"


def after_fill(order: Order, at: datetime) -> None:
    """What a fill means for the rest of the group."""
    if order.parent is None and order.order_class in {"bracket", "oto"}:
        if order.status == "filled":
            _activate(order, at)
        return
    others = [one for one in _exits(order) if one is not order and not one.ended]
    for other in others:
        if order.status == "filled":
            other.become("canceled", at)
        else:
            other.qty = order.remaining + other.filled_qty


def cancel_group(order: Order, at: datetime) -> None:
    """If any one is canceled, any remaining open order in the group is canceled."""
    for one in order.group:
        if not one.ended:
            one.become("canceled", at)


def put_in_place(old: Order, new: Order) -> None:
    """`new` takes the place of `old` in its group."""
    new.parent = old.parent
    if old.parent is not None:
        old.parent.legs = [new if leg is old else leg for leg in old.parent.legs]
    new.legs = old.legs
    for leg in new.legs:
        leg.parent = new


def _activate(entry: Order, at: datetime) -> None:
    for place, leg in enumerate(entry.legs):
        if place == 0 and leg.status == "held":
            leg.become("new", at)


def _exits(order: Order) -> list[Order]:
    if order.order_class == "oco":
        return order.group
    return order.parent.legs if order.parent else []


def _leg(
    order: Order,
    side: str,
    kind: str,
    *,
    limit: Decimal | None = None,
    stop: Decimal | None = None,
) -> Order:
    return Order(
        person=order.person,
        asset=order.asset,
        side=side,
        type=kind,
        time_in_force=order.time_in_force,
        client_order_id=str(uuid4()),
        created_at=order.created_at,
        qty=order.qty,
        limit_price=limit,
        stop_price=stop,
        order_class=order.order_class,
        position_intent=f"{side}_to_close",
        status="held",
        expires_at=order.expires_at,
        parent=order,
    )
