"""What an order is asked for with, letter by letter, and what is not sent at all."""

from decimal import Decimal
from typing import Any

import pytest

from floorbroker.brokers.coinbase import answers
from floorbroker.brokers.coinbase.catalogue import Pair
from floorbroker.brokers.coinbase.order_fields import order_fields, preview_fields
from floorbroker.domain.errors import NotSent
from floorbroker.domain.ids import OrderId
from floorbroker.domain.instruments import AssetClass, Instrument
from floorbroker.domain.orders import (
    OrderType,
    PositionEffect,
    Session,
    Side,
    TimeInForce,
)
from tests.brokers.coinbase.at_coinbase import order_of, request

OURS = OrderId("abcdefghijklmnop01")
PORTFOLIO = "ca7244bc-21d1-4e4c-bfe5-80f208ac5723"
T, F = OrderType, TimeInForce


def pair(**changes: Any) -> Pair:
    told = answers.Product(
        product_id="BTC-USD",
        base_currency_id="BTC",
        quote_currency_id="USD",
        base_increment=Decimal("0.00000001"),
        quote_increment=Decimal("0.01"),
        base_max_size=Decimal(3400),
        status="online",
    )
    return Pair(told.model_copy(update=changes))


@pytest.mark.parametrize(
    ("terms", "configuration"),
    [
        ({}, {"market_market_ioc": {"base_size": "0.1"}}),
        ({"time_in_force": F.IOC}, {"market_market_ioc": {"base_size": "0.1"}}),
        (
            {"type": T.LIMIT, "limit_price": Decimal("50000.10")},
            {"limit_limit_gtc": {"base_size": "0.1", "limit_price": "50000.1"}},
        ),
        (
            {"type": T.LIMIT, "limit_price": Decimal(50000), "time_in_force": F.IOC},
            {"sor_limit_ioc": {"base_size": "0.1", "limit_price": "50000"}},
        ),
        (
            {"type": T.LIMIT, "limit_price": Decimal(50000), "time_in_force": F.FOK},
            {"limit_limit_fok": {"base_size": "0.1", "limit_price": "50000"}},
        ),
        (
            {"type": T.STOP_LIMIT, "stop_price": Decimal(70000), "limit_price": Decimal(70100)},
            {
                "stop_limit_stop_limit_gtc": {
                    "base_size": "0.1",
                    "limit_price": "70100",
                    "stop_price": "70000",
                    "stop_direction": "STOP_DIRECTION_STOP_UP",
                }
            },
        ),
        ({"quantity": Decimal("1E-8")}, {"market_market_ioc": {"base_size": "0.00000001"}}),
        ({"quantity": Decimal("1E+3")}, {"market_market_ioc": {"base_size": "1000"}}),
    ],
)
def test_an_order_in_coinbases_words(terms: dict[str, Any], configuration: dict[str, Any]) -> None:
    fields = order_fields(order_of(request(**terms), PORTFOLIO, order_id=OURS), pair())

    assert fields == {
        "client_order_id": OURS,
        "product_id": "BTC-USD",
        "side": "BUY",
        "order_configuration": configuration,
    }


def test_a_stop_that_sells_waits_for_a_lower_price() -> None:
    asked = request(
        side=Side.SELL, type=T.STOP_LIMIT, stop_price=Decimal(55000), limit_price=Decimal(54900)
    )

    fields = order_fields(order_of(asked, PORTFOLIO), pair())

    assert fields["side"] == "SELL"
    assert fields["order_configuration"] == {
        "stop_limit_stop_limit_gtc": {
            "base_size": "0.1",
            "limit_price": "54900",
            "stop_price": "55000",
            "stop_direction": "STOP_DIRECTION_STOP_DOWN",
        }
    }


def test_a_preview_is_the_same_without_our_id() -> None:
    order = order_of(request(), PORTFOLIO)

    assert preview_fields(order, pair()) == {
        name: value
        for name, value in order_fields(order, pair()).items()
        if name != "client_order_id"
    }


@pytest.mark.parametrize(
    ("terms", "words"),
    [
        ({"notional": Decimal(100)}, "quantity"),
        ({"time_in_force": F.DAY}, "good til canceled"),
        ({"time_in_force": F.FOK}, "market orders at once"),
        ({"type": T.STOP, "stop_price": Decimal(1)}, "stop-limit"),
        ({"type": T.TRAILING_STOP, "trail_percent": Decimal(1)}, "stop-limit"),
        (
            {
                "type": T.STOP_LIMIT,
                "stop_price": Decimal(1),
                "limit_price": Decimal(1),
                "time_in_force": F.IOC,
            },
            "stop-limit orders good til canceled",
        ),
        ({"stop_loss": Decimal(1)}, "take-profit or stop-loss"),
        ({"session": Session.EXTENDED}, "around the clock"),
        ({"side": Side.SELL, "effect": PositionEffect.SHORT}, "sold short"),
        (
            {"instrument": Instrument(symbol="BTC/USD", asset_class=AssetClass.EQUITY)},
            "Only coins",
        ),
        (
            {"instrument": Instrument(symbol="ETH/USD", asset_class=AssetClass.CRYPTO)},
            "another name",
        ),
        ({"quantity": Decimal(3401)}, "largest order of BTC/USD at Coinbase is 3400"),
    ],
)
def test_what_coinbase_does_not_take_is_not_sent(terms: dict[str, Any], words: str) -> None:
    with pytest.raises(NotSent, match=words):
        order_fields(order_of(request(**terms), PORTFOLIO), pair())


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        ({"trading_disabled": True}, "does not trade BTC/USD now"),
        ({"is_disabled": True}, "does not trade BTC/USD now"),
        ({"status": "offline"}, "does not trade BTC/USD now"),
        ({"view_only": True}, "shows BTC/USD and does not trade it"),
        ({"cancel_only": True}, "nothing but cancels"),
        ({"post_only": True}, "only orders now that rest"),
        ({"limit_only": True}, "limit orders only"),
    ],
)
def test_a_pair_that_takes_no_orders_gets_none(flags: dict[str, Any], words: str) -> None:
    with pytest.raises(NotSent, match=words):
        order_fields(order_of(request(), PORTFOLIO), pair(**flags))


def test_a_pair_that_takes_limits_only_gets_those() -> None:
    asked = request(type=T.LIMIT, limit_price=Decimal(50000))

    fields = order_fields(order_of(asked, PORTFOLIO), pair(limit_only=True))

    assert list(fields["order_configuration"]) == ["limit_limit_gtc"]


@pytest.mark.parametrize("order_id", [" ", "ABC", "a" * 19, "abcdefghijklmnop0,"])
def test_an_order_without_an_id_of_ours_is_not_sent(order_id: str) -> None:
    order = order_of(request(), PORTFOLIO, order_id=OrderId(order_id))

    with pytest.raises(NotSent, match="no id"):
        order_fields(order, pair())
