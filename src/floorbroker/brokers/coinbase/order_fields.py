"""From an order to the fields that Coinbase takes, amounts as text; and what it takes not. Pure.

The configurations are those of coinbase-advanced-py (rest/orders.py) and of the reference:
https://docs.cdp.coinbase.com/api-reference/advanced-trade-api/rest-api/orders/create-order
"""

from collections.abc import Mapping
from typing import Any, Final

from floorbroker.brokers.coinbase.catalogue import Pair
from floorbroker.brokers.coinbase.errors import not_sent
from floorbroker.brokers.shared.wire import plain
from floorbroker.domain.ids import is_order_id
from floorbroker.domain.instruments import AssetClass
from floorbroker.domain.order import Order
from floorbroker.domain.orders import (
    OrderRequest,
    OrderType,
    PositionEffect,
    Session,
    Side,
    TimeInForce,
)

_T, _F = OrderType, TimeInForce
CONFIGURATIONS: Final[Mapping[tuple[OrderType, TimeInForce], str]] = {
    # A market order ends at once by its nature. Fill or kill is for perpetuals: docs of
    # nautilus_trader, "Spot trading limitations".
    (_T.MARKET, _F.GTC): "market_market_ioc",
    (_T.MARKET, _F.IOC): "market_market_ioc",
    (_T.LIMIT, _F.GTC): "limit_limit_gtc",
    (_T.LIMIT, _F.IOC): "sor_limit_ioc",
    (_T.LIMIT, _F.FOK): "limit_limit_fok",
    (_T.STOP_LIMIT, _F.GTC): "stop_limit_stop_limit_gtc",
}
DIRECTIONS: Final = {
    Side.BUY: "STOP_DIRECTION_STOP_UP",
    Side.SELL: "STOP_DIRECTION_STOP_DOWN",
}
"""A stop that buys waits for a higher price, one that sells for a lower one."""

CHANGEABLE: Final = "limit_limit_gtc"


def order_fields(order: Order, pair: Pair) -> dict[str, Any]:
    """The fields of `POST /orders`.

    Raises:
        NotSent: Coinbase does not take such an order, and why.
    """
    if not is_order_id(order.order_id):
        raise not_sent("The order has no id of ours, so it was not sent.")
    return {"client_order_id": str(order.order_id), **preview_fields(order, pair)}


def preview_fields(order: Order, pair: Pair) -> dict[str, Any]:
    """The fields of `POST /orders/preview`: all but our id.

    Raises:
        NotSent: As `order_fields`.
    """
    request = order.request
    if pair.symbol != request.instrument.symbol:
        raise not_sent("Coinbase lists this pair under another name now. Review the order again.")
    for is_so, why in (*_of_this_kind(request), *_of_this_pair(request, pair)):
        if is_so:
            raise not_sent(why)
    name = CONFIGURATIONS[request.type, request.time_in_force]
    return {
        "product_id": pair.product_id,
        "side": request.side.value.upper(),
        "order_configuration": {name: _terms(request)},
    }


def _terms(request: OrderRequest) -> dict[str, str]:
    amounts = {
        "base_size": request.quantity,
        "limit_price": request.limit_price,
        "stop_price": request.stop_price,
    }
    terms = {name: plain(amount) for name, amount in amounts.items() if amount is not None}
    if request.type is _T.STOP_LIMIT:
        terms["stop_direction"] = DIRECTIONS[request.side]
    return terms


def _of_this_kind(request: OrderRequest) -> tuple[tuple[bool, str], ...]:
    return (
        (request.instrument.asset_class is not AssetClass.CRYPTO, "Only coins are traded here."),
        (request.quantity is None, "At Coinbase give a quantity, not an amount of money."),
        (
            request.type in {_T.STOP, _T.TRAILING_STOP},
            "Coinbase takes stops with a limit only: give a stop-limit order.",
        ),
        (
            (request.type, request.time_in_force) not in CONFIGURATIONS,
            "Coinbase takes limit orders good til canceled, immediate or cancel, or fill or kill; "
            "stop-limit orders good til canceled; and market orders at once.",
        ),
        (request.bracket, "No take-profit or stop-loss goes with an order here."),
        (request.session is Session.EXTENDED, "Coins trade around the clock: leave the session."),
        (request.effect is PositionEffect.SHORT, "Coins cannot be sold short here."),
    )


def _of_this_pair(request: OrderRequest, pair: Pair) -> tuple[tuple[bool, str], ...]:
    told, symbol = pair.told, pair.symbol
    closed = told.trading_disabled or told.is_disabled or told.status not in {"online", ""}
    most = told.base_max_size
    too_much = most > 0 and request.quantity is not None and request.quantity > most
    return (
        (closed, f"Coinbase does not trade {symbol} now."),
        (told.view_only, f"Coinbase shows {symbol} and does not trade it here."),
        (told.cancel_only, f"For {symbol} Coinbase takes nothing but cancels now."),
        (told.post_only, f"For {symbol} Coinbase takes only orders now that rest in any case."),
        (
            told.limit_only and request.type is _T.MARKET,
            f"For {symbol} Coinbase takes limit orders only now.",
        ),
        (too_much, f"The largest order of {symbol} at Coinbase is {plain(most)}."),
    )
