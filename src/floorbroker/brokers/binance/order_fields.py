"""From an order to the parameters that Binance takes, amounts as text; and what it takes not. Pure.

https://github.com/binance/binance-spot-api-docs: rest-api.md, "New order", and
faqs/trailing-stop-faq.md.
"""

import re
from typing import Final

from floorbroker.brokers.binance.catalogue import Pair
from floorbroker.brokers.binance.errors import not_sent
from floorbroker.brokers.shared.wire import plain
from floorbroker.domain.ids import is_order_id
from floorbroker.domain.instruments import AssetClass
from floorbroker.domain.order import Order
from floorbroker.domain.orders import (
    OrderRequest,
    OrderType,
    PositionEffect,
    Session,
    TimeInForce,
)

_T = OrderType
TYPES: Final = {
    _T.MARKET: "MARKET",
    _T.LIMIT: "LIMIT",
    _T.STOP: "STOP_LOSS",
    _T.STOP_LIMIT: "STOP_LOSS_LIMIT",
    _T.TRAILING_STOP: "STOP_LOSS",
}
TIMES: Final = {TimeInForce.GTC: "GTC", TimeInForce.IOC: "IOC", TimeInForce.FOK: "FOK"}
_TIMED: Final = frozenset({_T.LIMIT, _T.STOP_LIMIT})
BROKER_ORDER_ID: Final = re.compile(r"([A-Z0-9]{2,20}):([0-9]{1,19})", re.ASCII)
"""Binance's numbers repeat between pairs, so that an id is told with its pair: `BTCUSDT:28`."""


def order_fields(order: Order, pair: Pair) -> dict[str, str]:
    """The parameters of `POST /api/v3/order`.

    Raises:
        NotSent: Binance does not take such an order, and why.
    """
    request = order.request
    if not is_order_id(order.order_id):
        raise not_sent("The order has no id of ours, so it was not sent.")
    if pair.symbol != request.instrument.symbol:
        raise not_sent("Binance lists this pair under another name now. Review the order again.")
    for is_so, why in (*_of_this_kind(request), *_of_this_pair(request, pair)):
        if is_so:
            raise not_sent(why)
    fields = {
        "symbol": pair.name,
        "side": request.side.value.upper(),
        "type": TYPES[request.type],
        "newClientOrderId": str(order.order_id),
        "newOrderRespType": "FULL",
        **_amounts(request),
    }
    if request.type in _TIMED:
        fields["timeInForce"] = TIMES[request.time_in_force]
    return fields


def named(order: Order) -> dict[str, str]:
    """What names an order at Binance: both ids where both are known, and then they must agree.

    Raises:
        NotSent: It cannot be named.
    """
    symbol = symbol_of(order)
    if not is_order_id(order.order_id):
        raise not_sent("The order has no id of ours, so nothing was asked.")
    fields = {"symbol": symbol, "origClientOrderId": str(order.order_id)}
    if order.broker_order_id is not None:
        told = BROKER_ORDER_ID.fullmatch(order.broker_order_id)
        if told is None or told[1] != symbol:
            raise not_sent("Binance's id of this order is not known, so nothing was asked.")
        fields["orderId"] = told[2]
    return fields


def symbol_of(order: Order) -> str:
    """Binance's symbol of what was ordered; asks nobody, so that a read-back needs no list."""
    return order.request.instrument.symbol.replace("/", "")


def _amounts(request: OrderRequest) -> dict[str, str]:
    amounts = {
        "quantity": request.quantity,
        "quoteOrderQty": request.notional,
        "price": request.limit_price,
        "stopPrice": request.stop_price,
        "trailingDelta": None if request.trail_percent is None else request.trail_percent * 100,
    }
    return {name: plain(amount) for name, amount in amounts.items() if amount is not None}


def _of_this_kind(request: OrderRequest) -> tuple[tuple[bool, str], ...]:
    at_once = request.time_in_force is not TimeInForce.GTC
    return (
        (request.instrument.asset_class is not AssetClass.CRYPTO, "Only coins are traded here."),
        (
            request.time_in_force not in TIMES,
            "Binance takes orders good til canceled, immediate or cancel, or fill or kill.",
        ),
        (
            at_once and request.type not in _TIMED,
            "Binance takes immediate or cancel and fill or kill with limit and stop-limit orders "
            "only.",
        ),
        (
            request.notional is not None and request.type is not _T.MARKET,
            "Binance takes an amount of money with a market order only. Give a quantity instead.",
        ),
        (
            request.trail_amount is not None,
            "Binance takes the trail of a trailing stop in percent only.",
        ),
        (request.bracket, "No take-profit or stop-loss goes with an order at Binance."),
        (request.session is Session.EXTENDED, "Coins trade around the clock: leave the session."),
        (request.effect is PositionEffect.SHORT, "Coins cannot be sold short here."),
    )


def _of_this_pair(request: OrderRequest, pair: Pair) -> tuple[tuple[bool, str], ...]:
    words = request.type.value.replace("_", "-")
    trail = request.trail_percent
    least, most = pair.trailing or (0, 0)
    return (
        (not pair.trades, f"Binance does not trade {pair.symbol} now."),
        (
            TYPES[request.type] not in pair.order_types,
            f"Binance takes no {words} orders for {pair.symbol}.",
        ),
        (
            request.notional is not None and not pair.by_money,
            f"Binance takes no amount of money for {pair.symbol}. Give a quantity instead.",
        ),
        (
            request.notional is not None
            and request.notional != round(request.notional, pair.quote_digits),
            f"An amount of {pair.quote} has at most {pair.quote_digits} decimals.",
        ),
        (
            trail is not None and pair.trailing is None,
            f"Binance takes no trailing stop for {pair.symbol}.",
        ),
        (
            trail is not None and (trail * 100) % 1 != 0,
            "Binance takes a trail in hundredths of a percent, not finer.",
        ),
        (
            trail is not None and pair.trailing is not None and not least <= trail * 100 <= most,
            f"For {pair.symbol} Binance takes a trail between {least / 100:g} % and "
            f"{most / 100:g} %.",
        ),
    )
