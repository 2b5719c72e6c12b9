"""What an order is asked for with, letter by letter, and what is not sent at all."""

from decimal import Decimal
from typing import Any

import pytest

from floorbroker.brokers.kraken import answers
from floorbroker.brokers.kraken.catalogue import Pair
from floorbroker.brokers.kraken.order_fields import change_fields, order_fields
from floorbroker.domain.errors import NotSent
from floorbroker.domain.ids import OrderId
from floorbroker.domain.instruments import AssetClass, Instrument
from floorbroker.domain.orders import (
    OrderChanges,
    OrderType,
    PositionEffect,
    Session,
    Side,
    TimeInForce,
)
from tests.brokers.kraken.at_kraken import order_of, request

OURS = OrderId("abcdefghijklmnop01")
PAIR = Pair(
    "XXBTZUSD",
    "BTC",
    "USD",
    answers.AssetPair(
        altname="XBTUSD",
        wsname="XBT/USD",
        base="XXBT",
        quote="ZUSD",
        pair_decimals=1,
        lot_decimals=8,
        ordermin=Decimal("0.00005"),
    ),
)
T = OrderType


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        ({}, {"ordertype": "market"}),
        ({"side": Side.SELL}, {"ordertype": "market", "type": "sell"}),
        (
            {"type": T.LIMIT, "limit_price": Decimal("50000.10")},
            {"ordertype": "limit", "price": "50000.1", "timeinforce": "GTC"},
        ),
        (
            {"type": T.LIMIT, "limit_price": Decimal(50000), "time_in_force": TimeInForce.IOC},
            {"ordertype": "limit", "price": "50000", "timeinforce": "IOC"},
        ),
        (
            {"type": T.LIMIT, "limit_price": Decimal(50000), "time_in_force": TimeInForce.FOK},
            {"ordertype": "limit", "price": "50000", "timeinforce": "FOK"},
        ),
        (
            {"type": T.STOP, "stop_price": Decimal(70000)},
            {"ordertype": "stop-loss", "price": "70000"},
        ),
        (
            {"type": T.STOP_LIMIT, "stop_price": Decimal(70000), "limit_price": Decimal(70100)},
            {"ordertype": "stop-loss-limit", "price": "70000", "price2": "70100"},
        ),
        (
            {"type": T.TRAILING_STOP, "trail_percent": Decimal("2.5")},
            {"ordertype": "trailing-stop", "price": "+2.5%"},
        ),
        (
            {"type": T.TRAILING_STOP, "trail_amount": Decimal(500)},
            {"ordertype": "trailing-stop", "price": "+500"},
        ),
        ({"quantity": Decimal("1E-8")}, {"ordertype": "market", "volume": "0.00000001"}),
        ({"quantity": Decimal("1E+3")}, {"ordertype": "market", "volume": "1000"}),
    ],
)
def test_an_order_in_krakens_words(terms: dict[str, Any], expected: dict[str, str]) -> None:
    fields = order_fields(order_of(request(**terms), order_id=OURS), PAIR)

    usual = {"cl_ord_id": OURS, "pair": "XXBTZUSD", "type": "buy", "volume": "0.1"}
    assert fields == {**usual, **expected}
    assert "validate" not in fields


@pytest.mark.parametrize(
    ("terms", "words"),
    [
        ({"notional": Decimal(100)}, "quantity"),
        ({"time_in_force": TimeInForce.DAY}, "good til canceled"),
        ({"time_in_force": TimeInForce.IOC}, "limit orders only"),
        (
            {"type": T.STOP, "stop_price": Decimal(1), "time_in_force": TimeInForce.FOK},
            "limit orders only",
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
    ],
)
def test_what_kraken_does_not_take_is_not_sent(terms: dict[str, Any], words: str) -> None:
    with pytest.raises(NotSent, match=words):
        order_fields(order_of(request(**terms)), PAIR)


@pytest.mark.parametrize("order_id", ["", "ABC", "a" * 19, "abcdefghijklmnop0,"])
def test_an_order_without_an_id_of_ours_is_not_sent(order_id: str) -> None:
    order = order_of(request(), order_id=OrderId(order_id or " "))

    with pytest.raises(NotSent, match="no id"):
        order_fields(order, PAIR)


def test_a_change_names_what_changes_and_nothing_else() -> None:
    assert change_fields(OrderChanges(limit_price=Decimal("49000.50"))) == {
        "limit_price": "49000.5"
    }
    assert change_fields(OrderChanges(quantity=Decimal("0.20"), stop_price=Decimal(61000))) == {
        "order_qty": "0.2",
        "trigger_price": "61000",
    }
