"""From an order to the body that Webull takes, amounts as text; and what it takes not. Pure.

developer.webull.com/apis/docs/reference/common-order-place (September 2026), and for options
developer.webull.com/apis/docs/trade-api/faq, unless a line says otherwise.
"""

import re
from decimal import Decimal
from typing import Any, Final

from floorbroker.brokers.shared.option_symbols import CONTRACT
from floorbroker.brokers.shared.wire import plain
from floorbroker.brokers.webull import catalogue, options
from floorbroker.brokers.webull.errors import not_sent
from floorbroker.brokers.webull.takes import check
from floorbroker.domain.ids import is_order_id
from floorbroker.domain.instruments import AssetClass, Instrument
from floorbroker.domain.order import Order
from floorbroker.domain.orders import (
    OrderRequest,
    OrderType,
    PositionEffect,
    Session,
    Side,
    TimeInForce,
)

NORMAL: Final = "NORMAL"
MASTER: Final = "MASTER"
TAKES_PROFIT: Final = "STOP_PROFIT"
STOPS_LOSS: Final = "STOP_LOSS"
TYPES: Final = {
    OrderType.MARKET: "MARKET",
    OrderType.LIMIT: "LIMIT",
    OrderType.STOP: "STOP_LOSS",
    OrderType.STOP_LIMIT: "STOP_LOSS_LIMIT",
    OrderType.TRAILING_STOP: "TRAILING_STOP_LOSS",
}
_KINDS: Final = {
    AssetClass.EQUITY: "EQUITY",
    AssetClass.OPTION: "OPTION",
    AssetClass.CRYPTO: "CRYPTO",
}
_PAIR: Final = re.compile(r"[A-Z0-9]{1,15}/USD", re.ASCII)
_SYMBOLS: Final = {
    AssetClass.EQUITY: catalogue.SHARE,
    AssetClass.OPTION: CONTRACT,
    AssetClass.CRYPTO: _PAIR,
}
_INTENTS: Final = {
    (Side.BUY, PositionEffect.OPEN): "BUY_TO_OPEN",
    (Side.BUY, PositionEffect.CLOSE): "BUY_TO_CLOSE",
    (Side.SELL, PositionEffect.CLOSE): "SELL_TO_CLOSE",
}


def order_body(order: Order) -> dict[str, Any]:
    """The body of `POST /trading/orders/place`: the order, and the exits that go with it.

    Raises:
        NotSent: Webull does not take such an order, and why.
    """
    request = _checked(order)
    if not request.bracket:
        return _body(order, [_item(order.order_id, NORMAL, request)])
    exits = [(MASTER, order.order_id), *exits_of(order)]
    items = [_item(client_id, combo, request) for combo, client_id in exits]
    return {**_body(order, items), "client_combo_order_id": group_of(order)}


def preview_body(order: Order) -> dict[str, Any]:
    """The body of `POST /trading/orders/preview`: the order without exits, under an id of its own.

    Exits cost nothing, and how a preview counts them is not documented.
    """
    request = _checked(order)
    return _body(order, [_item(f"{order.order_id}pv", NORMAL, request)])


def exits_of(order: Order) -> tuple[tuple[str, str], ...]:
    """Role and client order id of each exit that goes with `order`."""
    request = order.request
    exits = (
        (request.take_profit, TAKES_PROFIT, f"{order.order_id}tp"),
        (request.stop_loss, STOPS_LOSS, f"{order.order_id}sl"),
    )
    return tuple((combo, client_id) for price, combo, client_id in exits if price is not None)


def group_of(order: Order) -> str:
    """The client's id of an order together with its exits."""
    return f"{order.order_id}co"


def name_of(instrument: Instrument) -> str:
    """What an order about `instrument` names: of an option the underlying."""
    if instrument.asset_class is AssetClass.OPTION:
        return instrument.underlying or ""
    return instrument.symbol.replace("/", "")


def _checked(order: Order) -> OrderRequest:
    request = order.request
    if not is_order_id(order.order_id):
        raise not_sent("The order has no id of ours, so it was not sent.")
    pattern = _SYMBOLS.get(request.instrument.asset_class)
    if pattern is None:
        raise not_sent("Here Webull trades shares, options and coins only.")
    if not pattern.fullmatch(request.instrument.symbol):
        raise not_sent("Webull has no symbol of this form.")
    check(request)
    return request


def _body(order: Order, items: list[dict[str, Any]]) -> dict[str, Any]:
    return {"account_id": order.account_id, "new_orders": items}


def _item(client_id: str, combo: str, request: OrderRequest) -> dict[str, Any]:
    about = request.instrument
    leaves = combo in {TAKES_PROFIT, STOPS_LOSS}
    side = _side(request.side.opposite if leaves else request.side, request.effect)
    return {
        "client_order_id": client_id,
        "combo_type": combo,
        "symbol": name_of(about),
        "instrument_type": _KINDS[about.asset_class],
        "market": "US",
        "side": side,
        "time_in_force": _time_in_force(request),
        **_size(request),
        **(_exit(combo, request) if leaves else _terms(request)),
        **_own(request, side),
    }


def _side(side: Side, effect: PositionEffect) -> str:
    if side is Side.SELL and effect is PositionEffect.SHORT:
        return "SHORT"
    return side.value.upper()


def _size(request: OrderRequest) -> dict[str, str]:
    if request.notional is not None:
        return {"entrust_type": "AMOUNT", "total_cash_amount": plain(request.notional)}
    return {"entrust_type": "QTY", "quantity": plain(request.quantity or Decimal(0))}


def _terms(request: OrderRequest) -> dict[str, str]:
    fields = {"order_type": TYPES[request.type]}
    prices = {"limit_price": request.limit_price, "stop_price": request.stop_price}
    fields |= {name: plain(price) for name, price in prices.items() if price is not None}
    if request.trail_percent is not None:
        # "If the tracking type is percentage, the tracking spread can not exceed 1,0.01 means 1%"
        step = plain(request.trail_percent / 100)
        fields |= {"trailing_type": "PERCENTAGE", "trailing_stop_step": step}
    if request.trail_amount is not None:
        step = plain(request.trail_amount)
        fields |= {"trailing_type": "AMOUNT", "trailing_stop_step": step}
    return fields


def _exit(combo: str, request: OrderRequest) -> dict[str, str]:
    """Of each kind there is one type only."""
    if combo == TAKES_PROFIT:
        return {"order_type": "LIMIT", "limit_price": plain(request.take_profit or Decimal(0))}
    return {"order_type": "STOP_LOSS", "stop_price": plain(request.stop_loss or Decimal(0))}


def _own(request: OrderRequest, side: str) -> dict[str, Any]:
    """What only orders of one kind say."""
    match request.instrument.asset_class:
        case AssetClass.EQUITY:
            # Needed, whatever the reference says: github.com/sfreiberg/webull, COMPATIBILITY.md.
            extended = request.session is Session.EXTENDED
            return {"support_trading_session": "ALL" if extended else "CORE"}
        case AssetClass.OPTION:
            return {
                "option_strategy": "SINGLE",
                "position_intent": _INTENTS[request.side, request.effect],
                "legs": [_leg(request, side)],
            }
    return {}


def _leg(request: OrderRequest, side: str) -> dict[str, str]:
    """The contract: by its root, which of index options is not the underlying (sandbox)."""
    about = request.instrument
    if about.expiry is None or about.strike is None or about.right is None:
        raise not_sent("The contract's terms are not known, so nothing was sent.")
    return {
        "side": side,
        "quantity": plain(request.quantity or Decimal(0)),
        "symbol": options.root_of(about.symbol),
        "strike_price": plain(about.strike),
        "option_expire_date": about.expiry.isoformat(),
        "option_type": about.right.value.upper(),
        "instrument_type": "OPTION",
        "market": "US",
    }


def _time_in_force(request: OrderRequest) -> str:
    """As asked; a market order for coins is filled at once or not at all, whatever its time."""
    coins = request.instrument.asset_class is AssetClass.CRYPTO
    if coins and request.type is OrderType.MARKET:
        return TimeInForce.IOC.value.upper()
    return request.time_in_force.value.upper()
