"""Which orders OpenD takes, as far as moomoo says so; the rest is for moomoo to refuse. Pure.

Paper: "limit order and market order", "only supports good for day order", regular hours only
(https://openapi.moomoo.com/moomoo-api-doc/en/qa/trade.html). What is behind the third digit of a
price or the point of a quantity OpenD cuts off without a word (the SDK's
common/pb/Trd_PlaceOrder.proto), so that is refused here.
"""

from decimal import Decimal
from typing import Final

from floorbroker.brokers.moomoo.errors import not_sent
from floorbroker.domain.instruments import AssetClass
from floorbroker.domain.modes import Environment
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
_Rules = tuple[tuple[bool, str], ...]
_LASTING: Final = frozenset({TimeInForce.DAY, TimeInForce.GTC})
_OF_PAPER: Final = frozenset({_T.MARKET, _T.LIMIT})
_MILL: Final = Decimal("0.001")
_DIGITS: Final = "Moomoo takes prices with at most three digits after the point."
_WHOLE: Final = "Moomoo takes whole shares and contracts here."


def check(request: OrderRequest, environment: Environment) -> None:
    """Refuses what is not taken.

    Raises:
        NotSent: Why.
    """
    rules = _of_paper(request) if environment is Environment.PAPER else ()
    for is_so, why in (*rules, *_of_all(request), *_of_options(request)):
        if is_so:
            raise not_sent(why)


def check_changes(changes: OrderChanges) -> None:
    """The same of new numbers.

    Raises:
        NotSent: Why.
    """
    if changes.quantity is not None and changes.quantity % 1:
        raise not_sent(_WHOLE)
    if not all(_short(price) for price in (changes.limit_price, changes.stop_price)):
        raise not_sent(_DIGITS)


def _of_paper(request: OrderRequest) -> _Rules:
    return (
        (
            request.type not in _OF_PAPER,
            "A paper account at Moomoo takes market and limit orders only.",
        ),
        (
            request.time_in_force is not TimeInForce.DAY,
            "A paper account at Moomoo takes orders for today only.",
        ),
        (
            request.session is Session.EXTENDED,
            "A paper account at Moomoo trades in regular hours only.",
        ),
    )


def _of_all(request: OrderRequest) -> _Rules:
    kind = request.instrument.asset_class
    prices = (request.limit_price, request.stop_price, request.trail_amount)
    return (
        (
            kind not in {AssetClass.EQUITY, AssetClass.OPTION},
            "Here Moomoo trades US shares and options only.",
        ),
        (request.instrument.currency != "USD", "Only what is priced in dollars is offered here."),
        (request.notional is not None, "Moomoo takes a quantity, not an amount of money."),
        (request.quantity is not None and request.quantity % 1 != 0, _WHOLE),
        (not all(_short(price) for price in prices), _DIGITS),
        (request.bracket, "Moomoo takes no take-profit or stop-loss with an order here."),
        (
            request.time_in_force not in _LASTING,
            "Moomoo takes orders for today only or good til canceled.",
        ),
        (
            request.session is Session.EXTENDED and request.type is not _T.LIMIT,
            "In extended hours Moomoo takes limit orders only.",
        ),
        (
            request.effect is PositionEffect.SHORT and request.side is Side.BUY,
            "A short position is opened by selling.",
        ),
    )


def _of_options(request: OrderRequest) -> _Rules:
    if request.instrument.asset_class is not AssetClass.OPTION:
        return ()
    opens = request.effect is not PositionEffect.CLOSE
    return (
        (
            request.side is Side.SELL and opens,
            "Options are sold here only to close what is held: nothing is written.",
        ),
        (request.session is Session.EXTENDED, "Options trade in regular hours only."),
    )


def _short(price: Decimal | None) -> bool:
    return price is None or price % _MILL == 0
