"""Two open orders of one person that could meet: docs, user-protection."""

from collections.abc import Iterable
from typing import Final

from tests.simulators.alpaca.orders import Order
from tests.simulators.alpaca.refusals import forbidden
from tests.simulators.alpaca.ticket import Ticket

_LIMITED: Final = frozenset({"limit", "stop_limit"})


def check_wash(ticket: Ticket, open_orders: Iterable[Order]) -> None:
    """Two limits are refused where they cross; everything else of the other side is refused.

    Complex orders and trailing stops are exempt.

    Raises:
        Refusal: It could trade with one of `open_orders`.
    """
    if ticket.order_class or ticket.type == "trailing_stop":
        return
    for order in open_orders:
        if order.side == ticket.side or order.symbol != ticket.symbol:
            continue
        if order.order_class or order.type == "trailing_stop":
            continue
        if _meet(ticket, order):
            raise forbidden(
                "potential wash trade detected. use complex orders",
                existing_order_id=order.id,
                reject_reason="opposite side limit order exists"
                if order.type in _LIMITED
                else "opposite side market/stop order exists",
            )


def _meet(ticket: Ticket, order: Order) -> bool:
    if ticket.type not in _LIMITED or order.type not in _LIMITED:
        return True
    ours, theirs = ticket.limit_price, order.limit_price
    if ours is None or theirs is None:
        return True
    return ours >= theirs if ticket.side == "buy" else theirs >= ours
