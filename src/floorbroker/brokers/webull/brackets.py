"""An order and the exits that were placed with it, each under an id of its own. Pure.

The exits of an order that is still at work wait; that an order without a fill takes them with it,
and that they have to be canceled one by one once it has bought, was seen in the live sandbox
(github.com/sfreiberg/webull, COMPATIBILITY.md, "Group cancellation").
"""

from dataclasses import replace

from floorbroker.brokers.webull import receipts
from floorbroker.brokers.webull.order_answers import Order as Told
from floorbroker.brokers.webull.order_fields import TAKES_PROFIT, exits_of
from floorbroker.domain.order import Order
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import Leg, LegRole, Receipt


def waiting(order: Order) -> tuple[Leg, ...]:
    """The exits of an order that is at work."""
    return tuple(leg for leg, _ in legs_of(order))


def gone(order: Order) -> tuple[Leg, ...]:
    """The exits of an order that ended without a fill."""
    return tuple(replace(leg, state=OrderState.CANCELED) for leg, _ in legs_of(order))


def legs_of(order: Order) -> tuple[tuple[Leg, str], ...]:
    """Each exit as it is known so far, and its client order id."""
    known = {leg.role: leg for leg in order.legs}
    found = []
    for combo, client_id in exits_of(order):
        profit = combo == TAKES_PROFIT
        role = LegRole.TAKE_PROFIT if profit else LegRole.STOP_LOSS
        price = order.request.take_profit if profit else order.request.stop_loss
        if price is not None:
            found.append((known.get(role) or Leg(role=role, price=price), client_id))
    return tuple(found)


def leg(known: Leg, told: Told) -> Leg:
    """An exit as Webull tells it."""
    price = told.limit_price if known.role is LegRole.TAKE_PROFIT else told.stop_price
    return replace(
        known,
        price=price if price is not None and price > 0 else known.price,
        state=receipts.state_of(told),
        broker_order_id=told.order_id,
    )


def only_exits_are_left(order: Order) -> bool:
    """Whether nothing of it can change any more but its exits."""
    ordered = order.request.quantity
    complete = ordered is not None and order.filled_quantity >= ordered
    known = order.broker_order_id is not None
    return order.request.bracket and order.state is OrderState.FILLED and complete and known


def filled(order: Order, legs: tuple[Leg, ...]) -> Receipt:
    """What is known of an order that is filled, and its exits as they are now."""
    return Receipt(
        broker_order_id=order.broker_order_id or "",
        state=OrderState.FILLED,
        fills=order.fills,
        legs=legs,
    )
