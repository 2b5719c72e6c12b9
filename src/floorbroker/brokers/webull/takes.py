"""Which orders Webull takes, as far as it says so; the rest is for Webull to refuse. Pure."""

from decimal import Decimal
from typing import Final

from floorbroker.brokers.webull.errors import not_sent
from floorbroker.domain.instruments import AssetClass
from floorbroker.domain.orders import (
    OrderRequest,
    OrderType,
    PositionEffect,
    Session,
    Side,
    TimeInForce,
)

_Rules = tuple[tuple[bool, str], ...]
_T = OrderType
_LASTING: Final = frozenset({TimeInForce.DAY, TimeInForce.GTC})
_CENT: Final = Decimal("0.01")
_COIN_DIGITS: Final = Decimal("0.00000001")
_NO_EXITS: Final = "Here Webull takes a take-profit or stop-loss with orders for shares only."


def check(request: OrderRequest) -> None:
    """Refuses what Webull takes not.

    Raises:
        NotSent: Why.
    """
    if request.effect is PositionEffect.SHORT and request.side is Side.BUY:
        raise not_sent("A short position is opened by selling.")
    rules = {
        AssetClass.EQUITY: _of_shares,
        AssetClass.OPTION: _of_options,
        AssetClass.CRYPTO: _of_coins,
    }[request.instrument.asset_class]
    for is_so, why in rules(request):
        if is_so:
            raise not_sent(why)


def _of_shares(request: OrderRequest) -> _Rules:
    day = request.time_in_force is TimeInForce.DAY
    extended = request.session is Session.EXTENDED
    short = request.effect is PositionEffect.SHORT
    return (
        (
            request.time_in_force not in _LASTING,
            "Webull takes orders for shares for today only or good til canceled.",
        ),
        (
            extended and request.type is not _T.LIMIT,
            "In extended hours Webull takes limit orders only.",
        ),
        *_of_money(request),
        (_fractional(request) and not day, "Webull takes parts of a share for today only."),
        (
            _fractional(request) and request.type not in {_T.MARKET, _T.LIMIT},
            "Webull takes parts of a share with a market or limit order only.",
        ),
        (_fractional(request) and short, "Parts of a share cannot be sold short at Webull."),
        *_of_exits(request),
    )


def _of_money(request: OrderRequest) -> _Rules:
    """Fractional shares by amount; more than a market order for today is not documented."""
    asked = request.notional
    by_money = asked is not None
    plain_market = (
        request.type is _T.MARKET
        and request.time_in_force is TimeInForce.DAY
        and request.session is Session.REGULAR
    )
    return (
        (
            by_money and not plain_market,
            "Webull takes an amount of money with a market order for today only. "
            "Give a quantity instead.",
        ),
        (asked is not None and asked % _CENT != 0, "An amount of money is in whole cents."),
        (
            by_money and request.effect is PositionEffect.SHORT,
            "A short sale is ordered by quantity, not by money.",
        ),
    )


def _of_exits(request: OrderRequest) -> _Rules:
    """MASTER takes MARKET and LIMIT; its exits sell (developer.webull.com, common-order-place)."""
    parts = _fractional(request) or request.notional is not None
    whole = request.bracket
    return (
        (whole and parts, "A take-profit or stop-loss needs whole shares at Webull."),
        (
            whole and request.type not in {_T.MARKET, _T.LIMIT},
            "A take-profit or stop-loss goes with a market or limit order at Webull.",
        ),
        (
            whole and request.side is not Side.BUY,
            "A take-profit or stop-loss goes with buying only at Webull.",
        ),
        (
            whole and request.session is Session.EXTENDED,
            "No take-profit or stop-loss goes with extended hours.",
        ),
    )


def _of_options(request: OrderRequest) -> _Rules:
    sells = request.side is Side.SELL
    return (
        (request.notional is not None, "Options are ordered by contracts, not by money."),
        (_fractional(request), "Options are ordered in whole contracts."),
        (
            request.type in {_T.MARKET, _T.TRAILING_STOP},
            "Webull takes no market orders and no trailing stops for options. Give a limit.",
        ),
        (
            request.time_in_force not in _LASTING,
            "Webull takes orders for options for today only or good til canceled.",
        ),
        (
            sells and request.effect is not PositionEffect.CLOSE,
            "Options are sold here only to close what is held: nothing is written.",
        ),
        (
            sells and request.time_in_force is not TimeInForce.DAY,
            "Webull takes sales of options for today only.",
        ),
        (request.bracket, _NO_EXITS),
        (request.session is Session.EXTENDED, "Options trade in regular hours only."),
    )


def _of_coins(request: OrderRequest) -> _Rules:
    quantity = request.quantity
    market = request.type is _T.MARKET
    return (
        (request.notional is not None, "Coins are ordered by quantity at Webull, not by money."),
        (
            quantity is not None and quantity % _COIN_DIGITS != 0,
            "A quantity of coins has at most eight digits after the point at Webull.",
        ),
        (
            request.type not in {_T.MARKET, _T.LIMIT, _T.STOP_LIMIT},
            "Webull takes market, limit and stop-limit orders for coins, no others.",
        ),
        (
            request.time_in_force is TimeInForce.FOK
            or (request.time_in_force is TimeInForce.IOC and not market),
            "Webull takes this order for coins for today only or good til canceled.",
        ),
        (request.bracket, _NO_EXITS),
        (request.session is Session.EXTENDED, "Coins trade around the clock: leave the session."),
        (request.effect is PositionEffect.SHORT, "Coins cannot be sold short at Webull."),
    )


def _fractional(request: OrderRequest) -> bool:
    return request.quantity is not None and request.quantity % 1 != 0
