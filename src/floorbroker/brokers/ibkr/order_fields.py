"""From an order to the fields that TWS takes, prices as text; and what it takes not. Pure.

Fields: https://interactivebrokers.github.io/tws-api/classIBApi_1_1Order.html; kinds of orders:
https://interactivebrokers.github.io/tws-api/basic_orders.html; brackets:
https://interactivebrokers.github.io/tws-api/bracket_order.html. Numbers go as text, which the SDK
writes as it is (client.py, `send`): none passes through a binary float on its way out.
"""

from dataclasses import replace
from typing import Any, Final

from floorbroker.brokers.ibkr.errors import not_sent
from floorbroker.brokers.ibkr.heard import LOSS, PROFIT, leg_ref
from floorbroker.brokers.shared.wire import plain
from floorbroker.domain.instruments import AssetClass
from floorbroker.domain.order import Order
from floorbroker.domain.orders import (
    OrderChanges,
    OrderRequest,
    OrderType,
    PositionEffect,
    Session,
    Side,
    TimeInForce,
)

_T = OrderType
TYPES: Final = {
    _T.MARKET: "MKT",
    _T.LIMIT: "LMT",
    _T.STOP: "STP",
    _T.STOP_LIMIT: "STP LMT",
    _T.TRAILING_STOP: "TRAIL",
}
TIMES: Final = {
    TimeInForce.DAY: "DAY",
    TimeInForce.GTC: "GTC",
    TimeInForce.IOC: "IOC",
    TimeInForce.FOK: "FOK",
}
ACTIONS: Final = {Side.BUY: "BUY", Side.SELL: "SELL"}
"""A SELL beyond the holding opens a short position: there is no word of its own for that."""

_LASTING: Final = frozenset({TimeInForce.DAY, TimeInForce.GTC})
_PARTS: Final = frozenset({AssetClass.CRYPTO})
"""What may be ordered in parts. Of shares: error 10243, "Fractional-sized order cannot be placed
via API": https://interactivebrokers.github.io/tws-api/message_codes.html"""


def order_fields(order: Order, request: OrderRequest | None = None) -> dict[str, Any]:
    """The order itself, complete but for its number and whether it is transmitted.

    Raises:
        NotSent: TWS does not take such an order, and why.
    """
    request = request or order.request
    _check(request)
    return {
        "action": ACTIONS[request.side],
        "totalQuantity": plain(request.quantity) if request.quantity is not None else "",
        "orderType": TYPES[request.type],
        "tif": TIMES[request.time_in_force],
        "outsideRth": request.session is Session.EXTENDED,
        "account": str(order.account_id),
        "orderRef": order.order_id,
        **_prices(request),
    }


def closing_fields(order: Order) -> list[dict[str, Any]]:
    """The closing orders of a bracket, as long-lived as the entry; each waits for its parent."""
    request, legs = order.request, []
    common = {
        "action": ACTIONS[request.side.opposite],
        "totalQuantity": plain(request.quantity) if request.quantity is not None else "",
        "tif": TIMES[request.time_in_force],
        "account": str(order.account_id),
    }
    if request.take_profit is not None:
        legs.append(
            {
                **common,
                "orderType": "LMT",
                "lmtPrice": plain(request.take_profit),
                "orderRef": leg_ref(order.order_id, PROFIT),
            }
        )
    if request.stop_loss is not None:
        legs.append(
            {
                **common,
                "orderType": "STP",
                "auxPrice": plain(request.stop_loss),
                "orderRef": leg_ref(order.order_id, LOSS),
            }
        )
    return legs


def changed(request: OrderRequest, changes: OrderChanges) -> OrderRequest:
    """The order's terms with other ones in their place.

    Raises:
        NotSent: It has no such term.
    """
    if changes.limit_price is not None and request.limit_price is None:
        raise not_sent("This order has no limit price to change.")
    if changes.stop_price is not None and request.stop_price is None:
        raise not_sent("This order has no stop price to change.")
    return replace(
        request,
        quantity=request.quantity if changes.quantity is None else changes.quantity,
        limit_price=changes.limit_price or request.limit_price,
        stop_price=changes.stop_price or request.stop_price,
    )


def _prices(request: OrderRequest) -> dict[str, str]:
    fields = {}
    if request.limit_price is not None:
        fields["lmtPrice"] = plain(request.limit_price)
    if request.stop_price is not None:
        fields["auxPrice"] = plain(request.stop_price)
    if request.trail_amount is not None:
        fields["auxPrice"] = plain(request.trail_amount)
    if request.trail_percent is not None:
        fields["trailingPercent"] = plain(request.trail_percent)
    return fields


def _check(request: OrderRequest) -> None:
    for is_so, why in _refused(request):
        if is_so:
            raise not_sent(why)


def _refused(request: OrderRequest) -> tuple[tuple[bool, str], ...]:
    extended = request.session is Session.EXTENDED
    lasting = request.time_in_force in _LASTING
    kind = request.instrument.asset_class
    whole = request.quantity is None or request.quantity % 1 == 0
    return (
        (request.quantity is None, "TWS takes quantities here, no amounts of money."),
        (
            not whole and kind not in _PARTS,
            "TWS takes whole shares and contracts only from programs.",
        ),
        (
            request.effect is PositionEffect.SHORT and request.side is Side.BUY,
            "A short position is opened by selling.",
        ),
        (
            not lasting and request.type not in {_T.LIMIT, _T.MARKET},
            "Immediate or cancel and fill or kill go with market and limit orders.",
        ),
        (
            extended and not (request.type is _T.LIMIT and lasting),
            "In extended hours this takes limit orders only, for today or good til canceled.",
        ),
        (
            extended and kind is not AssetClass.EQUITY,
            "Extended hours are for shares.",
        ),
        (extended and request.bracket, "No take-profit or stop-loss goes with extended hours."),
        (
            request.bracket and (request.type is _T.TRAILING_STOP or not lasting),
            "A take-profit or stop-loss goes with orders for the day or good til canceled, "
            "and with no trailing stop.",
        ),
        (
            request.bracket and request.effect is PositionEffect.CLOSE,
            "A take-profit or stop-loss goes with orders that open a position.",
        ),
    )
