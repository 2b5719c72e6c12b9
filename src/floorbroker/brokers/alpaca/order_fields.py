"""From an order to the body that Alpaca takes, amounts as text; and what it takes not. Pure.

https://docs.alpaca.markets/reference/postorder (OpenAPI, June 2026) unless a line says otherwise.
"""

import re
from typing import Any, Final

from floorbroker.brokers.alpaca.errors import not_sent
from floorbroker.brokers.shared.option_symbols import CONTRACT
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
    Side,
    TimeInForce,
)

_SYMBOLS: Final = {
    AssetClass.EQUITY: re.compile(r"[A-Z0-9]{1,15}(?:\.[A-Z0-9]{1,10})?", re.ASCII),
    AssetClass.CRYPTO: re.compile(r"[A-Z0-9]{1,15}/[A-Z0-9]{1,10}", re.ASCII),
    AssetClass.OPTION: CONTRACT,
}
_INTENTS: Final = {
    (Side.BUY, PositionEffect.OPEN): "buy_to_open",
    (Side.BUY, PositionEffect.CLOSE): "buy_to_close",
    (Side.SELL, PositionEffect.OPEN): "sell_to_open",
    (Side.SELL, PositionEffect.SHORT): "sell_to_open",
    (Side.SELL, PositionEffect.CLOSE): "sell_to_close",
}
_LASTING: Final = frozenset({TimeInForce.DAY, TimeInForce.GTC})
_T = OrderType


def order_fields(order: Order) -> dict[str, Any]:
    """The body of `POST /v2/orders`.

    Raises:
        NotSent: Alpaca does not take such an order, and why.
    """
    request = order.request
    if not is_order_id(order.order_id):
        raise not_sent("The order has no id of ours, so it was not sent.")
    _check(request)
    fields: dict[str, Any] = {
        "client_order_id": order.order_id,
        "symbol": request.instrument.symbol,
        "side": request.side.value,
        "type": request.type.value,
        "time_in_force": _time_in_force(request).value,
        **_amounts(request),
    }
    if request.session is Session.EXTENDED:
        fields["extended_hours"] = True
    if request.instrument.asset_class is AssetClass.OPTION:
        fields["position_intent"] = _INTENTS[request.side, request.effect]
    return fields | _closing(request)


def change_fields(request: OrderRequest, changes: OrderChanges) -> dict[str, str]:
    """The body of `PATCH /v2/orders/{id}`; a limit or stop that stays is told all the same."""
    terms = {
        "qty": changes.quantity,
        "limit_price": changes.limit_price or request.limit_price,
        "stop_price": changes.stop_price or request.stop_price,
    }
    return {name: plain(amount) for name, amount in terms.items() if amount is not None}


def _amounts(request: OrderRequest) -> dict[str, str]:
    amounts = {
        "qty": request.quantity,
        "notional": request.notional,
        "limit_price": request.limit_price,
        "stop_price": request.stop_price,
        "trail_percent": request.trail_percent,
        "trail_price": request.trail_amount,
    }
    return {name: plain(amount) for name, amount in amounts.items() if amount is not None}


def _closing(request: OrderRequest) -> dict[str, Any]:
    """Both closing orders make a bracket, one of them an order that triggers another."""
    fields: dict[str, Any] = {}
    if request.take_profit is not None:
        fields["take_profit"] = {"limit_price": plain(request.take_profit)}
    if request.stop_loss is not None:
        fields["stop_loss"] = {"stop_price": plain(request.stop_loss)}
    if fields:
        fields["order_class"] = "bracket" if len(fields) == 2 else "oto"
    return fields


def _time_in_force(request: OrderRequest) -> TimeInForce:
    """As asked. Coins know no day: a market order for today is filled at once or not at all."""
    coins = request.instrument.asset_class is AssetClass.CRYPTO
    if coins and request.type is _T.MARKET and request.time_in_force is TimeInForce.DAY:
        return TimeInForce.IOC
    return request.time_in_force


def _check(request: OrderRequest) -> None:
    kind = request.instrument.asset_class
    if kind not in _SYMBOLS:
        raise not_sent("Alpaca trades shares, options and coins only.")
    if not _SYMBOLS[kind].fullmatch(request.instrument.symbol):
        raise not_sent("Alpaca has no symbol of this form.")
    if request.effect is PositionEffect.SHORT and request.side is Side.BUY:
        raise not_sent("A short position is opened by selling.")
    refused = {
        AssetClass.EQUITY: _of_shares,
        AssetClass.CRYPTO: _of_coins,
        AssetClass.OPTION: _of_options,
    }[kind](request)
    for is_so, why in refused:
        if is_so:
            raise not_sent(why)


def _of_coins(request: OrderRequest) -> tuple[tuple[bool, str], ...]:
    # https://docs.alpaca.markets/us/docs/crypto-orders
    day_market = request.type is _T.MARKET and request.time_in_force is TimeInForce.DAY
    taken = request.time_in_force in {TimeInForce.GTC, TimeInForce.IOC} or day_market
    return (
        (
            request.type not in {_T.MARKET, _T.LIMIT, _T.STOP_LIMIT},
            "Alpaca takes market, limit and stop-limit orders for coins, no others.",
        ),
        (
            not taken,
            "Alpaca takes orders for coins good til canceled or immediate or cancel only. "
            "Choose one of these.",
        ),
        (request.bracket, "Alpaca takes no take-profit or stop-loss with an order for coins."),
        (request.session is Session.EXTENDED, "Coins trade around the clock: leave the session."),
        (request.effect is PositionEffect.SHORT, "Coins cannot be sold short at Alpaca."),
    )


def _of_options(request: OrderRequest) -> tuple[tuple[bool, str], ...]:
    # https://docs.alpaca.markets/us/docs/options-trading-overview. Stop and stop-limit are in the
    # SDK's list and not in that page: Alpaca decides.
    return (
        (request.notional is not None, "Options are ordered by contracts, not by money."),
        (_fractional(request), "Options are ordered in whole contracts."),
        (request.type is _T.TRAILING_STOP, "Alpaca takes no trailing stop for options."),
        (
            request.time_in_force is not TimeInForce.DAY,
            "Alpaca takes orders for options for today only.",
        ),
        (request.bracket, "Alpaca takes no take-profit or stop-loss with an order for options."),
        (request.session is Session.EXTENDED, "Options trade in regular hours only."),
    )


def _of_shares(request: OrderRequest) -> tuple[tuple[bool, str], ...]:
    # Parts of shares: https://docs.alpaca.markets/docs/fractional-trading; trailing stops and
    # brackets: https://docs.alpaca.markets/docs/orders-at-alpaca
    day = request.time_in_force is TimeInForce.DAY
    lasting = request.time_in_force in _LASTING
    extended = request.session is Session.EXTENDED
    trailing = request.type is _T.TRAILING_STOP
    parts = _fractional(request) or request.notional is not None
    return (
        (
            request.notional is not None and not (request.type is _T.MARKET and day),
            "Alpaca takes an amount of money with a market order for today only. "
            "Give a quantity instead.",
        ),
        (parts and not day, "Alpaca takes parts of a share for today only."),
        (parts and trailing, "Alpaca takes no trailing stop for parts of a share."),
        (parts and request.bracket, "A take-profit or stop-loss needs whole shares at Alpaca."),
        (
            parts and request.effect is PositionEffect.SHORT,
            "Parts of a share cannot be sold short at Alpaca.",
        ),
        (
            (trailing or request.bracket) and not lasting,
            "Alpaca takes this order for today only or good til canceled.",
        ),
        (trailing and request.bracket, "A trailing stop takes no take-profit or stop-loss."),
        (
            extended and not (request.type is _T.LIMIT and lasting),
            "In extended hours Alpaca takes limit orders only, for today or good til canceled.",
        ),
        (extended and request.bracket, "No take-profit or stop-loss goes with extended hours."),
    )


def _fractional(request: OrderRequest) -> bool:
    return request.quantity is not None and request.quantity % 1 != 0
