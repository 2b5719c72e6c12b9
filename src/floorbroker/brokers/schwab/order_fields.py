"""From an order to the body that Schwab takes, prices as text; and what it takes not. Pure.

Fields and words are those of the vendor's OpenAPI file (OrderRequest) and of its samples ("Retail
Trader API Production"), which others copied: docs.rs/crate/schwab, folder docs; Schwabdev,
docs/pages-raw/orders.md. There is no field for an id of ours.
"""

from typing import Any, Final

from floorbroker.brokers.schwab.errors import not_sent
from floorbroker.brokers.schwab.symbols import EQUITY, OPTION, to_schwab
from floorbroker.brokers.shared.wire import plain
from floorbroker.domain.instruments import AssetClass
from floorbroker.domain.orders import (
    OrderRequest,
    OrderType,
    PositionEffect,
    Session,
    Side,
    TimeInForce,
)

_E, _T = PositionEffect, OrderType
SHARES: Final = {
    (Side.BUY, _E.OPEN): "BUY",
    (Side.BUY, _E.CLOSE): "BUY_TO_COVER",
    (Side.SELL, _E.OPEN): "SELL",
    (Side.SELL, _E.CLOSE): "SELL",
    (Side.SELL, _E.SHORT): "SELL_SHORT",
}
"""A SELL of more than is held is rejected by Schwab: it opens nothing."""

CONTRACTS: Final = {
    (Side.BUY, _E.OPEN): "BUY_TO_OPEN",
    (Side.BUY, _E.CLOSE): "BUY_TO_CLOSE",
    (Side.SELL, _E.OPEN): "SELL_TO_OPEN",
    (Side.SELL, _E.CLOSE): "SELL_TO_CLOSE",
    (Side.SELL, _E.SHORT): "SELL_TO_OPEN",
}
TYPES: Final = {
    _T.MARKET: "MARKET",
    _T.LIMIT: "LIMIT",
    _T.STOP: "STOP",
    _T.STOP_LIMIT: "STOP_LIMIT",
    _T.TRAILING_STOP: "TRAILING_STOP",
}
DURATIONS: Final = {
    TimeInForce.DAY: "DAY",
    TimeInForce.GTC: "GOOD_TILL_CANCEL",
    TimeInForce.FOK: "FILL_OR_KILL",
}
SESSIONS: Final = {Session.REGULAR: "NORMAL", Session.EXTENDED: "SEAMLESS"}
"""SEAMLESS is "the union of NORMAL, AM, and PM" (schwab-py, orders/common.py)."""

TRAILS: Final = {Side.SELL: "BID", Side.BUY: "ASK"}
"""What a trailing stop follows: the vendor's sample of a sale has BID; ASK is unverified."""

PERCENT: Final = "PERCENT"
VALUE: Final = "VALUE"
SINGLE: Final = "SINGLE"
TRIGGER: Final = "TRIGGER"
_LASTING: Final = frozenset({TimeInForce.DAY, TimeInForce.GTC})


def order_fields(request: OrderRequest) -> dict[str, Any]:
    """The body of `POST /accounts/{hash}/orders`.

    Raises:
        NotSent: Schwab does not take such an order, and why.
    """
    _check(request)
    fields: dict[str, Any] = {
        "session": SESSIONS[request.session],
        "duration": DURATIONS[request.time_in_force],
        "orderType": TYPES[request.type],
        "orderStrategyType": TRIGGER if request.bracket else SINGLE,
        **_prices(request),
        "orderLegCollection": [_leg(request, _instruction(request, request.side, request.effect))],
    }
    if request.bracket:
        fields["childOrderStrategies"] = [_closing(request)]
    return fields


def _prices(request: OrderRequest) -> dict[str, str]:
    fields = {}
    if request.limit_price is not None:
        fields["price"] = plain(request.limit_price)
    if request.stop_price is not None:
        fields["stopPrice"] = plain(request.stop_price)
    trail = request.trail_percent or request.trail_amount
    if trail is not None:
        fields["stopPriceLinkBasis"] = TRAILS[request.side]
        fields["stopPriceLinkType"] = PERCENT if request.trail_percent is not None else VALUE
        fields["stopPriceOffset"] = plain(trail)
    return fields


def _leg(request: OrderRequest, instruction: str) -> dict[str, Any]:
    option = request.instrument.asset_class is AssetClass.OPTION
    return {
        "instruction": instruction,
        "quantity": int(request.quantity or 0),
        "instrument": {
            "symbol": to_schwab(request.instrument),
            "assetType": OPTION if option else EQUITY,
        },
    }


def _instruction(request: OrderRequest, side: Side, effect: PositionEffect) -> str:
    option = request.instrument.asset_class is AssetClass.OPTION
    return (CONTRACTS if option else SHARES)[side, effect]


def _closing(request: OrderRequest) -> dict[str, Any]:
    """What the entry triggers: one closing order, or two of which one cancels the other.

    They last as long as the entry would.
    """
    closing = []
    if request.take_profit is not None:
        closing.append(_closing_order(request, "LIMIT", {"price": plain(request.take_profit)}))
    if request.stop_loss is not None:
        closing.append(_closing_order(request, "STOP", {"stopPrice": plain(request.stop_loss)}))
    if len(closing) == 1:
        return closing[0]
    return {"orderStrategyType": "OCO", "childOrderStrategies": closing}


def _closing_order(request: OrderRequest, kind: str, price: dict[str, str]) -> dict[str, Any]:
    instruction = _instruction(request, request.side.opposite, PositionEffect.CLOSE)
    return {
        "session": SESSIONS[Session.REGULAR],
        "duration": DURATIONS[request.time_in_force],
        "orderType": kind,
        "orderStrategyType": SINGLE,
        **price,
        "orderLegCollection": [_leg(request, instruction)],
    }


def _check(request: OrderRequest) -> None:
    try:
        to_schwab(request.instrument)
    except ValueError:
        raise not_sent("Schwab has no share and no option of this symbol.") from None
    for is_so, why in _refused(request):
        if is_so:
            raise not_sent(why)


def _refused(request: OrderRequest) -> tuple[tuple[bool, str], ...]:
    extended = request.session is Session.EXTENDED
    lasting = request.time_in_force in _LASTING
    trailing = request.type is _T.TRAILING_STOP
    option = request.instrument.asset_class is AssetClass.OPTION
    return (
        (request.quantity is None, "Schwab takes quantities, no amounts of money."),
        # "Fractional orders are not supported": Schwabdev, docs/pages-raw/orders.md
        (
            request.quantity is not None and request.quantity % 1 != 0,
            "Schwab takes whole shares and contracts only.",
        ),
        (
            request.quantity is not None and request.quantity >= 10**9,
            "That is more than an order can hold.",
        ),
        (
            request.time_in_force not in DURATIONS,
            "Schwab takes orders for the day, good til canceled, or fill or kill.",
        ),
        (
            request.effect is PositionEffect.SHORT and request.side is Side.BUY,
            "A short position is opened by selling.",
        ),
        (
            not lasting and request.type is not _T.LIMIT,
            "Fill or kill needs a limit price at Schwab.",
        ),
        (
            extended and not (request.type is _T.LIMIT and lasting),
            "In extended hours Schwab takes limit orders only, for today or good til canceled.",
        ),
        (extended and option, "Options trade in regular hours only."),
        (extended and request.bracket, "No take-profit or stop-loss goes with extended hours."),
        (
            request.bracket and (trailing or not lasting),
            "A take-profit or stop-loss goes with orders for the day or good til canceled, "
            "and with no trailing stop.",
        ),
        (
            request.bracket and request.effect is PositionEffect.CLOSE,
            "A take-profit or stop-loss goes with orders that open a position.",
        ),
    )
