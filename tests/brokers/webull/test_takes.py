"""What Webull does not take is refused before anything is sent, in words that help."""

from dataclasses import replace
from decimal import Decimal

import pytest

from floorbroker.brokers.webull.order_fields import order_body
from floorbroker.domain.errors import NotSent
from floorbroker.domain.ids import OrderId
from floorbroker.domain.instruments import AssetClass, Instrument
from floorbroker.domain.orders import (
    OrderRequest,
    OrderType,
    PositionEffect,
    Session,
    Side,
    TimeInForce,
)
from tests.brokers.webull.at_webull import (
    APPLE,
    BITCOIN,
    CALL,
    bracket_request,
    coin_request,
    contract_request,
    order_of,
    request,
    resting_request,
)

STOPPED = {"type": OrderType.STOP, "stop_price": Decimal(90), "limit_price": None}
TRAILED = {"type": OrderType.TRAILING_STOP, "trail_percent": Decimal(1), "limit_price": None}
AT_MARKET = {"type": OrderType.MARKET, "limit_price": None}
SOLD = {"side": Side.SELL, "effect": PositionEffect.SHORT}
HALF = Decimal("0.5")

REFUSED: list[tuple[str, OrderRequest, str]] = [
    ("a share for an instant", resting_request(time_in_force=TimeInForce.IOC), "today only or"),
    ("a share or nothing", resting_request(time_in_force=TimeInForce.FOK), "today only or"),
    ("a market order out of hours", request(session=Session.EXTENDED), "limit orders only"),
    ("money with a limit", resting_request(quantity=None, notional=Decimal(50)), "market order"),
    (
        "money until canceled",
        request(notional=Decimal(50), time_in_force=TimeInForce.GTC),
        "market order",
    ),
    (
        "money out of hours",
        resting_request(quantity=None, notional=Decimal(50), session=Session.EXTENDED),
        "market order",
    ),
    ("parts of a cent", request(notional=Decimal("50.005")), "whole cents"),
    ("money for a short sale", request(notional=Decimal(50), **SOLD), "by quantity"),
    ("a part until canceled", resting_request(quantity=HALF), "for today only"),
    (
        "a part with a stop",
        request(quantity=HALF, type=OrderType.STOP, stop_price=Decimal(200)),
        "market or limit order only",
    ),
    ("a part sold short", request(quantity=HALF, **SOLD), "cannot be sold short"),
    ("exits for a part", request(quantity=HALF, stop_loss=Decimal(90)), "needs whole shares"),
    ("exits for money", request(notional=Decimal(50), stop_loss=Decimal(90)), "needs whole shares"),
    ("exits with a stop", bracket_request(**{**STOPPED, "stop_price": Decimal(100)}), "or limit"),
    ("exits with a trail", bracket_request(**TRAILED), "market or limit"),
    (
        "exits for a short sale",
        resting_request(**SOLD, take_profit=Decimal(90), stop_loss=Decimal(120)),
        "buying only",
    ),
    ("exits out of hours", bracket_request(session=Session.EXTENDED), "extended hours"),
    ("buying short", request(effect=PositionEffect.SHORT), "opened by selling"),
    ("a contract at the market", contract_request(**AT_MARKET), "no market orders"),
    ("a contract that trails", contract_request(**TRAILED), "no trailing stops"),
    ("a contract for an instant", contract_request(time_in_force=TimeInForce.IOC), "today only or"),
    ("half a contract", contract_request(quantity=HALF), "whole contracts"),
    ("money for contracts", contract_request(quantity=None, notional=Decimal(50)), "by contracts"),
    ("a contract written", contract_request(**SOLD), "nothing is written"),
    ("a contract sold to open", contract_request(side=Side.SELL), "nothing is written"),
    (
        "a contract sold until canceled",
        contract_request(
            side=Side.SELL, effect=PositionEffect.CLOSE, time_in_force=TimeInForce.GTC
        ),
        "sales of options for today only",
    ),
    ("a contract with exits", contract_request(stop_loss=Decimal(1)), "shares only"),
    ("a contract out of hours", contract_request(session=Session.EXTENDED), "regular hours"),
    ("coins for money", coin_request(quantity=None, notional=Decimal(50)), "by quantity"),
    ("too small a part of a coin", coin_request(quantity=Decimal("1E-9")), "eight digits"),
    ("coins with a stop", coin_request(**STOPPED), "no others"),
    ("coins that trail", coin_request(**TRAILED), "no others"),
    ("coins or nothing", coin_request(time_in_force=TimeInForce.FOK), "today only or"),
    ("a limit for coins for an instant", coin_request(time_in_force=TimeInForce.IOC), "or good"),
    ("coins with exits", coin_request(stop_loss=Decimal(1)), "shares only"),
    ("coins out of hours", coin_request(session=Session.EXTENDED), "around the clock"),
    ("coins sold short", coin_request(**SOLD), "cannot be sold short"),
]


@pytest.mark.parametrize(
    ("wanted", "words"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED]
)
def test_what_webull_does_not_take_is_not_sent(wanted: OrderRequest, words: str) -> None:
    with pytest.raises(NotSent, match=words):
        order_body(order_of(wanted, "account"))


@pytest.mark.parametrize(
    "instrument",
    [
        replace(APPLE, symbol="(VERTICAL AAPL)"),
        replace(APPLE, symbol="AAPL,MSFT"),
        replace(APPLE, symbol="aapl"),
        replace(BITCOIN, symbol="BTC/EUR"),
        replace(BITCOIN, symbol="BTCUSD"),
        replace(CALL, symbol="AAPL"),
        Instrument(symbol="ESZ6", asset_class=AssetClass.FUTURE),
        Instrument(symbol="EUR/USD", asset_class=AssetClass.FOREX),
    ],
    ids=lambda one: one.symbol,
)
def test_what_is_no_symbol_of_webulls_is_not_sent(instrument: Instrument) -> None:
    with pytest.raises(NotSent):
        order_body(order_of(resting_request(instrument=instrument), "account"))


@pytest.mark.parametrize("order_id", ["abc", "abcdefghijklmnop0&", "ABCDEFGHIJKLMNOP01"])
def test_an_order_without_an_id_of_ours_is_not_sent(order_id: str) -> None:
    with pytest.raises(NotSent, match="no id of ours"):
        order_body(order_of(request(), "account", order_id=OrderId(order_id)))
