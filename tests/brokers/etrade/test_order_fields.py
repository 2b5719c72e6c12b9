"""An order in E*TRADE's words, and which orders never get that far."""

from decimal import Decimal
from typing import Any

import pytest

from floorbroker.brokers.etrade.order_fields import (
    fields,
)
from floorbroker.domain.errors import NotSent
from floorbroker.domain.instruments import AssetClass, Instrument
from floorbroker.domain.orders import (
    OrderType,
    PositionEffect,
    Session,
    Side,
    TimeInForce,
)
from tests.brokers.etrade.at_etrade import CALL, request, resting_request

ID = "a1b2c3d4e5f6g7h8i9"
_E, _S, _T = PositionEffect, Side, OrderType


def one(asked: dict[str, Any]) -> dict[str, Any]:
    (found,) = asked["Order"]
    return dict(found)


def leg(asked: dict[str, Any]) -> dict[str, Any]:
    (found,) = one(asked)["Instrument"]
    return dict(found)


def test_a_limit_buy_in_etrades_words() -> None:
    assert fields(resting_request(), ID) == {
        "orderType": "EQ",
        "clientOrderId": ID,
        "Order": [
            {
                "allOrNone": "false",
                "priceType": "LIMIT",
                "orderTerm": "GOOD_FOR_DAY",
                "marketSession": "REGULAR",
                "limitPrice": "150",
                "Instrument": [
                    {
                        "Product": {"symbol": "AAPL", "securityType": "EQ"},
                        "orderAction": "BUY",
                        "quantityType": "QUANTITY",
                        "quantity": "10",
                    }
                ],
            }
        ],
    }


def test_a_contract_is_named_by_its_terms() -> None:
    asked = fields(request(instrument=CALL, quantity=Decimal(2)), ID)

    assert asked["orderType"] == "OPTN"
    assert leg(asked)["Product"] == {
        "symbol": "AAPL",
        "securityType": "OPTN",
        "callPut": "CALL",
        "expiryYear": 2026,
        "expiryMonth": 12,
        "expiryDay": 18,
        "strikePrice": "200",
    }


@pytest.mark.parametrize(
    ("side", "effect", "share", "contract"),
    [
        (_S.BUY, _E.OPEN, "BUY", "BUY_OPEN"),
        (_S.BUY, _E.CLOSE, "BUY_TO_COVER", "BUY_CLOSE"),
        (_S.SELL, _E.CLOSE, "SELL", "SELL_CLOSE"),
        (_S.SELL, _E.OPEN, "SELL", "SELL_OPEN"),
        (_S.SELL, _E.SHORT, "SELL_SHORT", "SELL_OPEN"),
    ],
)
def test_side_and_effect_are_one_word(
    side: Side, effect: PositionEffect, share: str, contract: str
) -> None:
    of_shares = fields(request(side=side, effect=effect), ID)
    of_contracts = fields(request(side=side, effect=effect, instrument=CALL), ID)

    assert leg(of_shares)["orderAction"] == share
    assert leg(of_contracts)["orderAction"] == contract


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        ({"type": _T.MARKET}, {"priceType": "MARKET"}),
        (
            {"type": _T.STOP, "stop_price": Decimal("190.50")},
            {"priceType": "STOP", "stopPrice": "190.5"},
        ),
        (
            {
                "type": _T.STOP_LIMIT,
                "stop_price": Decimal(205),
                "limit_price": Decimal("206.25"),
            },
            {"priceType": "STOP_LIMIT", "stopPrice": "205", "limitPrice": "206.25"},
        ),
        (
            {"type": _T.LIMIT, "limit_price": Decimal("1E+2")},
            {"priceType": "LIMIT", "limitPrice": "100"},
        ),
        (
            {"type": _T.LIMIT, "limit_price": Decimal("0.0305")},
            {"priceType": "LIMIT", "limitPrice": "0.0305"},
        ),
    ],
)
def test_prices_are_plain_digits_and_only_those_of_the_type(
    wanted: dict[str, Any], told: dict[str, str]
) -> None:
    found = one(fields(request(**wanted), ID))

    assert {name: found[name] for name in found if "rice" in name} == told


@pytest.mark.parametrize(
    ("time", "word"),
    [
        (TimeInForce.DAY, "GOOD_FOR_DAY"),
        (TimeInForce.GTC, "GOOD_UNTIL_CANCEL"),
        (TimeInForce.IOC, "IMMEDIATE_OR_CANCEL"),
        (TimeInForce.FOK, "FILL_OR_KILL"),
    ],
)
def test_terms_of_time(time: TimeInForce, word: str) -> None:
    assert one(fields(resting_request(time_in_force=time), ID))["orderTerm"] == word


def test_an_extended_session_is_named() -> None:
    asked = fields(resting_request(session=Session.EXTENDED), ID)

    assert one(asked)["marketSession"] == "EXTENDED"


_COIN = Instrument(symbol="BTC/USD", asset_class=AssetClass.CRYPTO)


def _share(symbol: str) -> Instrument:
    return Instrument(symbol=symbol, asset_class=AssetClass.EQUITY)


@pytest.mark.parametrize(
    "wanted",
    [
        {"instrument": _COIN},
        {"instrument": _share("../X")},
        {"instrument": _share("AAPL:2026")},
        {"instrument": _share("")},
        {"instrument": _share("AAPL\n")},
        {"notional": Decimal(100)},
        {"quantity": Decimal("1.5")},
        {"type": _T.TRAILING_STOP, "trail_amount": Decimal(1)},
        {"type": _T.TRAILING_STOP, "trail_percent": Decimal(1)},
        {"take_profit": Decimal(250)},
        {"stop_loss": Decimal(150)},
        {"time_in_force": TimeInForce.IOC},
        {"time_in_force": TimeInForce.FOK},
        {"session": Session.EXTENDED},
        {"side": Side.BUY, "effect": PositionEffect.SHORT},
    ],
    ids=str,
)
def test_what_etrade_does_not_take_is_not_sent(wanted: dict[str, Any]) -> None:
    with pytest.raises(NotSent) as refusal:
        fields(request(**wanted), ID)

    assert refusal.value.message


@pytest.mark.parametrize(
    "wanted",
    [
        {"session": Session.EXTENDED, "time_in_force": TimeInForce.GTC},
        {"session": Session.EXTENDED, "instrument": CALL},
    ],
    ids=str,
)
def test_the_extended_session_takes_limits_on_shares_for_today(wanted: dict[str, Any]) -> None:
    with pytest.raises(NotSent):
        fields(resting_request(**wanted), ID)


def test_a_contract_whose_symbol_and_terms_differ_is_not_sent() -> None:
    other = Instrument(
        symbol=CALL.symbol,
        asset_class=AssetClass.OPTION,
        multiplier=Decimal(100),
        underlying="AAPL",
        expiry=CALL.expiry,
        strike=Decimal(210),
        right=CALL.right,
    )

    with pytest.raises(NotSent):
        fields(request(instrument=other), ID)


def test_an_adjusted_contract_is_not_sent() -> None:
    adjusted = Instrument(
        symbol=CALL.symbol,
        asset_class=AssetClass.OPTION,
        multiplier=Decimal(150),
        underlying="AAPL",
        expiry=CALL.expiry,
        strike=CALL.strike,
        right=CALL.right,
    )

    with pytest.raises(NotSent, match="Adjusted"):
        fields(request(instrument=adjusted), ID)
