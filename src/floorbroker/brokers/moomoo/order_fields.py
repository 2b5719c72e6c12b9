"""From an order to the fields of `Trd_PlaceOrder` and `Trd_ModifyOrder`. Pure.

The SDK's common/pb/Trd_PlaceOrder.proto and Trd_ModifyOrder.proto. Account and environment are
added by `calls.py`, the packet's id by `client.py`.
"""

from decimal import Decimal
from typing import Any, Final

from floorbroker.brokers.moomoo import words
from floorbroker.brokers.moomoo.catalogue import NoCode, code_of
from floorbroker.brokers.moomoo.errors import not_sent
from floorbroker.brokers.moomoo.takes import check, check_changes
from floorbroker.domain.ids import is_order_id
from floorbroker.domain.modes import Environment
from floorbroker.domain.order import Order
from floorbroker.domain.orders import OrderChanges, OrderRequest, Session

TRAILS: Final = ("trailType", "trailValue", "trailSpread")


def order_terms(order: Order, environment: Environment) -> dict[str, Any]:
    """What is placed; our id travels as the remark.

    Raises:
        NotSent: Moomoo does not take such an order, and why.
    """
    request = order.request
    if order.environment is not environment:
        raise not_sent("The order is for another environment than this link, so it was not sent.")
    if not is_order_id(order.order_id):
        raise not_sent("The order has no id of ours, so it was not sent.")
    check(request, environment)
    try:
        code = code_of(request.instrument)
    except NoCode as error:
        raise not_sent("Moomoo has no symbol of this form.") from error
    return {
        "trdSide": words.SIDES[request.side],
        "orderType": words.TYPES[request.type],
        "code": code,
        "secMarket": words.US,
        "qty": float(request.quantity or 0),
        # Needed and ignored where there is no limit.
        "price": float(request.limit_price or 0),
        "adjustPrice": False,
        "remark": str(order.order_id),
        "timeInForce": words.TIMES[request.time_in_force],
        "fillOutsideRTH": request.session is Session.EXTENDED,
        **_trigger(request),
    }


def cancel_terms(moomoos_id: str) -> dict[str, Any]:
    """A cancel of one order."""
    return {"modifyOrderOp": words.CANCEL, "orderIDEx": moomoos_id}


def change_terms(told: Any, changes: OrderChanges) -> dict[str, Any]:
    """Other numbers for the order `told`: all of them are sent, those that stay too.

    Raises:
        NotSent: Moomoo does not take such a change.
    """
    check_changes(changes)
    if changes.stop_price is not None and not told.HasField("auxPrice"):
        raise not_sent("This order has no stop price, so nothing was asked.")
    terms: dict[str, Any] = {
        "modifyOrderOp": words.CHANGE,
        "orderIDEx": told.orderIDEx,
        "qty": _or(changes.quantity, told.qty),
        "price": _or(changes.limit_price, told.price),
        "adjustPrice": False,
    }
    if told.HasField("auxPrice"):
        terms["auxPrice"] = _or(changes.stop_price, told.auxPrice)
    return terms | {name: getattr(told, name) for name in TRAILS if told.HasField(name)}


def _trigger(request: OrderRequest) -> dict[str, Any]:
    """A ratio is in percent: "20 is 20 %" (unverified for orders)."""
    if request.stop_price is not None:
        return {"auxPrice": float(request.stop_price)}
    if request.trail_percent is not None:
        return {"trailType": words.BY_RATIO, "trailValue": float(request.trail_percent)}
    if request.trail_amount is not None:
        return {"trailType": words.BY_AMOUNT, "trailValue": float(request.trail_amount)}
    return {}


def _or(new: Decimal | None, present: float) -> float:
    return present if new is None else float(new)
