"""From an order to the fields that Kraken takes, amounts as text; and what it takes not. Pure.

https://docs.kraken.com/api-reference/trading/add-order and …/amend-order unless a line says
otherwise.
"""

from typing import Final

from floorbroker.brokers.kraken.catalogue import Pair
from floorbroker.brokers.kraken.errors import not_sent
from floorbroker.brokers.shared.wire import plain
from floorbroker.domain.ids import is_order_id
from floorbroker.domain.instruments import AssetClass
from floorbroker.domain.order import Order
from floorbroker.domain.orders import (
    OrderChanges,
    OrderRequest,
    OrderType,
    PositionEffect,
    Session,
    TimeInForce,
)

_T = OrderType
TYPES: Final = {
    _T.MARKET: "market",
    _T.LIMIT: "limit",
    _T.STOP: "stop-loss",
    _T.STOP_LIMIT: "stop-loss-limit",
    _T.TRAILING_STOP: "trailing-stop",
}
TIMES: Final = {TimeInForce.GTC: "GTC", TimeInForce.IOC: "IOC", TimeInForce.FOK: "FOK"}


def order_fields(order: Order, pair: Pair) -> dict[str, str]:
    """The fields of `AddOrder`.

    A stop is triggered by the last trade, which is Kraken's default. `validate` is never among
    them: even "False" would count as true.

    Raises:
        NotSent: Kraken does not take such an order, and why.
    """
    request = order.request
    if not is_order_id(order.order_id):
        raise not_sent("The order has no id of ours, so it was not sent.")
    if pair.symbol != request.instrument.symbol:
        raise not_sent("Kraken lists this pair under another name now. Review the order again.")
    _check(request)
    fields = {
        "cl_ord_id": str(order.order_id),
        "pair": pair.pair_id,
        "type": request.side.value,
        "ordertype": TYPES[request.type],
        **_amounts(request),
    }
    if request.type is _T.LIMIT:
        fields["timeinforce"] = TIMES[request.time_in_force]
    return fields


def change_fields(changes: OrderChanges) -> dict[str, str]:
    """The fields of `AmendOrder`: what is not there stays as it is."""
    terms = {
        "order_qty": changes.quantity,
        "limit_price": changes.limit_price,
        "trigger_price": changes.stop_price,
    }
    return {name: plain(amount) for name, amount in terms.items() if amount is not None}


def _amounts(request: OrderRequest) -> dict[str, str]:
    """`price` is a limit or a trigger, `price2` the limit behind a trigger.

    A price with a sign is an offset from the last one: only a trailing stop has one, always "+",
    which leaves the direction to the side of the order.
    """
    assert request.quantity is not None  # noqa: S101 # checked before
    fields = {"volume": plain(request.quantity)}
    match request.type:
        case _T.LIMIT if request.limit_price is not None:
            fields["price"] = plain(request.limit_price)
        case _T.STOP if request.stop_price is not None:
            fields["price"] = plain(request.stop_price)
        case _T.STOP_LIMIT if request.stop_price is not None and request.limit_price is not None:
            fields["price"] = plain(request.stop_price)
            fields["price2"] = plain(request.limit_price)
        case _T.TRAILING_STOP if request.trail_percent is not None:
            fields["price"] = f"+{plain(request.trail_percent)}%"
        case _T.TRAILING_STOP if request.trail_amount is not None:
            fields["price"] = f"+{plain(request.trail_amount)}"
    return fields


def _check(request: OrderRequest) -> None:
    refused = (
        (request.instrument.asset_class is not AssetClass.CRYPTO, "Only coins are traded here."),
        (request.quantity is None, "At Kraken give a quantity, not an amount of money."),
        (
            request.time_in_force not in TIMES,
            "Kraken takes orders good til canceled, immediate or cancel, or fill or kill.",
        ),
        (
            request.time_in_force is not TimeInForce.GTC and request.type is not _T.LIMIT,
            "Kraken takes immediate or cancel and fill or kill with limit orders only.",
        ),
        (request.bracket, "No take-profit or stop-loss goes with an order at Kraken."),
        (request.session is Session.EXTENDED, "Coins trade around the clock: leave the session."),
        (request.effect is PositionEffect.SHORT, "Coins cannot be sold short here."),
    )
    for is_so, why in refused:
        if is_so:
            raise not_sent(why)
