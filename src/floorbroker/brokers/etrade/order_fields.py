"""From an order to what E*TRADE takes, amounts as text; and what it takes not. Pure.

apisb.etrade.com/docs/api/order/api-order-v1.html, words as in etrade-python 1.1.0
(`orders/values.py`). Which go together is documented for the older API only:
us.etrade.com/ctnt/dev-portal, V0_Documentation-OrderAPI-PreviewEquityOrder, …-PreviewOptionOrder.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final

from floorbroker.brokers.etrade.errors import not_sent
from floorbroker.brokers.etrade.order_answers import Detail
from floorbroker.brokers.etrade.products import (
    CONTRACT,
    SHARE,
    SYMBOL,
    contract_of,
    instrument_of,
    product,
)
from floorbroker.brokers.shared.wire import plain
from floorbroker.domain.instruments import AssetClass, Instrument
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
    _T.MARKET: "MARKET",
    _T.LIMIT: "LIMIT",
    _T.STOP: "STOP",
    _T.STOP_LIMIT: "STOP_LIMIT",
}
TERMS: Final = {
    TimeInForce.DAY: "GOOD_FOR_DAY",
    TimeInForce.GTC: "GOOD_UNTIL_CANCEL",
    TimeInForce.IOC: "IMMEDIATE_OR_CANCEL",
    TimeInForce.FOK: "FILL_OR_KILL",
}
SESSIONS: Final = {Session.REGULAR: "REGULAR", Session.EXTENDED: "EXTENDED"}
_OF_SHARES: Final = {
    (Side.BUY, PositionEffect.OPEN): "BUY",
    (Side.BUY, PositionEffect.CLOSE): "BUY_TO_COVER",
    (Side.SELL, PositionEffect.OPEN): "SELL",
    (Side.SELL, PositionEffect.CLOSE): "SELL",
    (Side.SELL, PositionEffect.SHORT): "SELL_SHORT",
}
_OF_CONTRACTS: Final = {
    (Side.BUY, PositionEffect.OPEN): "BUY_OPEN",
    (Side.BUY, PositionEffect.CLOSE): "BUY_CLOSE",
    (Side.SELL, PositionEffect.OPEN): "SELL_OPEN",
    (Side.SELL, PositionEffect.SHORT): "SELL_OPEN",
    (Side.SELL, PositionEffect.CLOSE): "SELL_CLOSE",
}
_LIMITED: Final = frozenset({"LIMIT", "STOP_LIMIT"})
_STOPPED: Final = frozenset({"STOP", "STOP_LIMIT"})
_AT_ONCE: Final = frozenset({TimeInForce.IOC, TimeInForce.FOK})
_FINEST: Final = Decimal("0.0001")


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What an order is for, in words that E*TRADE repeats in its answers."""

    symbol: str
    action: str
    quantity: Decimal
    price_type: str
    limit: Decimal | None
    stop: Decimal | None


def terms(request: OrderRequest) -> Terms:
    """Of an order of ours.

    Raises:
        NotSent: E*TRADE does not take such an order, and why.
    """
    _check(request)
    return Terms(
        symbol=request.instrument.symbol,
        action=_action(request),
        quantity=request.quantity or Decimal(0),
        price_type=TYPES[request.type],
        limit=_price(request.limit_price),
        stop=_price(request.stop_price),
    )


def told_terms(told: Detail) -> Terms | None:
    """Of an order of E*TRADE's; None where they are not those of one share or contract."""
    if len(told.legs) != 1:
        return None
    leg = told.legs[0]
    quantity = leg.ordered_quantity if leg.quantity is None else leg.quantity
    if leg.order_action is None or quantity is None or told.price_type is None:
        return None
    return Terms(
        symbol=instrument_of(leg.product).symbol,
        action=leg.order_action,
        quantity=quantity,
        price_type=told.price_type,
        limit=_price(told.limit_price) if told.price_type in _LIMITED else None,
        stop=_price(told.stop_price) if told.price_type in _STOPPED else None,
    )


def fields(request: OrderRequest, client_order_id: str) -> dict[str, Any]:
    """What stands in a preview, and word for word in the place after it.

    Raises:
        NotSent: E*TRADE does not take such an order, and why.
    """
    wanted = terms(request)
    one: dict[str, Any] = {
        "allOrNone": "false",
        "priceType": wanted.price_type,
        "orderTerm": TERMS[request.time_in_force],
        "marketSession": SESSIONS[request.session],
    }
    if wanted.limit is not None:
        one["limitPrice"] = plain(wanted.limit)
    if wanted.stop is not None:
        one["stopPrice"] = plain(wanted.stop)
    one["Instrument"] = [
        {
            "Product": product(request.instrument),
            "orderAction": wanted.action,
            "quantityType": "QUANTITY",
            "quantity": plain(wanted.quantity),
        }
    ]
    option = request.instrument.asset_class is AssetClass.OPTION
    return {
        "orderType": CONTRACT if option else SHARE,
        "clientOrderId": client_order_id,
        "Order": [one],
    }


def previewed_as_asked(told: Detail, asked: Mapping[str, Any], request: OrderRequest) -> bool:
    """Whether E*TRADE understood the order as it was meant; it may leave out term and session."""
    (one,) = asked["Order"]
    same_term = told.order_term in {None, one["orderTerm"]}
    same_session = told.market_session in {None, one["marketSession"]}
    return told_terms(told) == terms(request) and same_term and same_session


def changed(request: OrderRequest, changes: OrderChanges) -> OrderRequest:
    """The order with its new terms: E*TRADE takes all of them once more.

    Raises:
        NotSent: It has no such term.
    """
    for new, old, name in (
        (changes.limit_price, request.limit_price, "limit"),
        (changes.stop_price, request.stop_price, "stop"),
    ):
        if new is not None and old is None:
            raise not_sent(f"The order has no {name} price, so nothing was asked.")
    return replace(
        request,
        quantity=changes.quantity or request.quantity,
        limit_price=changes.limit_price or request.limit_price,
        stop_price=changes.stop_price or request.stop_price,
    )


def _price(amount: Decimal | None) -> Decimal | None:
    """As fine as a price can be: fractions of that come from binary numbers on the way."""
    return amount.quantize(_FINEST) if amount is not None and amount > 0 else None


def _action(request: OrderRequest) -> str:
    option = request.instrument.asset_class is AssetClass.OPTION
    return (_OF_CONTRACTS if option else _OF_SHARES)[request.side, request.effect]


def _check(request: OrderRequest) -> None:
    kind = request.instrument.asset_class
    if kind not in {AssetClass.EQUITY, AssetClass.OPTION}:
        raise not_sent("E*TRADE trades shares and options only here.")
    if not _named_well(request.instrument):
        raise not_sent("E*TRADE has no symbol of this form.")
    if request.effect is PositionEffect.SHORT and request.side is Side.BUY:
        raise not_sent("A short position is opened by selling.")
    for is_so, why in _refused(request):
        if is_so:
            raise not_sent(why)


def _named_well(instrument: Instrument) -> bool:
    if instrument.asset_class is AssetClass.EQUITY:
        return SYMBOL.fullmatch(instrument.symbol) is not None
    known = contract_of(instrument.symbol)
    named = (instrument.underlying, instrument.expiry, instrument.strike, instrument.right)
    return known is not None and named == (
        known.underlying,
        known.expiry,
        known.strike,
        known.right,
    )


def _refused(request: OrderRequest) -> tuple[tuple[bool, str], ...]:
    option = request.instrument.asset_class is AssetClass.OPTION
    extended = request.session is Session.EXTENDED
    return (
        (request.quantity is None, "At E*TRADE give a quantity, not an amount of money."),
        (
            request.quantity is not None and request.quantity % 1 != 0,
            "E*TRADE takes whole shares and contracts only.",
        ),
        (request.type not in TYPES, "E*TRADE takes no trailing stops here."),
        (request.bracket, "No take-profit or stop-loss goes with an order at E*TRADE."),
        (
            request.time_in_force in _AT_ONCE and request.type is not _T.LIMIT,
            "E*TRADE takes immediate or cancel and fill or kill with limit orders only.",
        ),
        (extended and option, "Options trade in regular hours only."),
        (
            extended
            and not (request.type is _T.LIMIT and request.time_in_force is TimeInForce.DAY),
            "In extended hours E*TRADE takes limit orders for today only.",
        ),
        (
            option and request.instrument.multiplier != 100,
            "Adjusted contracts cannot be traded here.",
        ),
    )
