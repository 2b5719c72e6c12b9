"""What an order is asked for with, and what does not leave at all."""

from decimal import Decimal
from typing import Any

import pytest

from floorbroker.brokers.schwab.order_fields import order_fields
from floorbroker.domain.errors import NotSent
from floorbroker.domain.instruments import AssetClass, Instrument
from floorbroker.domain.orders import (
    OrderRequest,
    OrderType,
    PositionEffect,
    Session,
    Side,
    TimeInForce,
)
from tests.brokers.schwab.at_schwab import CALL, SCHWABS_CALL, request, resting_request

CLASS_B = Instrument(symbol="BRK.B", asset_class=AssetClass.EQUITY)
CLOSE, OPEN, SHORT = PositionEffect.CLOSE, PositionEffect.OPEN, PositionEffect.SHORT


def leg(instruction: str, quantity: int, symbol: str = "AAPL", kind: str = "EQUITY") -> Any:
    return {
        "instruction": instruction,
        "quantity": quantity,
        "instrument": {"symbol": symbol, "assetType": kind},
    }


def test_a_market_order() -> None:
    assert order_fields(request()) == {
        "session": "NORMAL",
        "duration": "DAY",
        "orderType": "MARKET",
        "orderStrategyType": "SINGLE",
        "orderLegCollection": [leg("BUY", 1)],
    }


def test_prices_are_text_and_quantities_whole_numbers() -> None:
    fields = order_fields(resting_request(limit_price=Decimal("100.10"), quantity=Decimal("3.0")))

    assert fields["price"] == "100.1"
    quantity = fields["orderLegCollection"][0]["quantity"]
    assert (quantity, type(quantity)) == (3, int)


@pytest.mark.parametrize(
    ("terms", "told"),
    [
        (
            {"type": OrderType.STOP, "stop_price": Decimal(210)},
            {"orderType": "STOP", "stopPrice": "210"},
        ),
        (
            {
                "type": OrderType.STOP_LIMIT,
                "stop_price": Decimal(210),
                "limit_price": Decimal(215),
            },
            {"orderType": "STOP_LIMIT", "stopPrice": "210", "price": "215"},
        ),
        (
            {"type": OrderType.TRAILING_STOP, "trail_amount": Decimal("2.5")},
            {
                "orderType": "TRAILING_STOP",
                "stopPriceLinkBasis": "ASK",
                "stopPriceLinkType": "VALUE",
                "stopPriceOffset": "2.5",
            },
        ),
        (
            {
                "type": OrderType.TRAILING_STOP,
                "trail_percent": Decimal(5),
                "side": Side.SELL,
                "effect": CLOSE,
            },
            {
                "orderType": "TRAILING_STOP",
                "stopPriceLinkBasis": "BID",
                "stopPriceLinkType": "PERCENT",
                "stopPriceOffset": "5",
            },
        ),
    ],
)
def test_kinds_of_orders(terms: dict[str, Any], told: dict[str, str]) -> None:
    fields = order_fields(request(**terms))

    prices = {"orderType", "price", "stopPrice"} | {
        name for name in fields if name.startswith("stopPrice")
    }
    assert {name: fields[name] for name in prices if name in fields} == told


@pytest.mark.parametrize(
    ("side", "effect", "shares", "contracts"),
    [
        (Side.BUY, OPEN, "BUY", "BUY_TO_OPEN"),
        (Side.BUY, CLOSE, "BUY_TO_COVER", "BUY_TO_CLOSE"),
        (Side.SELL, CLOSE, "SELL", "SELL_TO_CLOSE"),
        (Side.SELL, SHORT, "SELL_SHORT", "SELL_TO_OPEN"),
        (Side.SELL, OPEN, "SELL", "SELL_TO_OPEN"),
    ],
)
def test_what_is_opened_and_what_is_closed_has_a_word_of_its_own(
    side: Side, effect: PositionEffect, shares: str, contracts: str
) -> None:
    of_shares = order_fields(request(side=side, effect=effect))
    of_contracts = order_fields(request(instrument=CALL, side=side, effect=effect))

    assert of_shares["orderLegCollection"] == [leg(shares, 1)]
    assert of_contracts["orderLegCollection"] == [leg(contracts, 1, SCHWABS_CALL, "OPTION")]


def test_a_share_class_is_written_as_schwab_does() -> None:
    fields = order_fields(request(instrument=CLASS_B))

    assert fields["orderLegCollection"] == [leg("BUY", 1, "BRK/B")]


@pytest.mark.parametrize(
    ("time_in_force", "told"),
    [
        (TimeInForce.DAY, "DAY"),
        (TimeInForce.GTC, "GOOD_TILL_CANCEL"),
        (TimeInForce.FOK, "FILL_OR_KILL"),
    ],
)
def test_how_long_an_order_lives(time_in_force: TimeInForce, told: str) -> None:
    assert order_fields(resting_request(time_in_force=time_in_force))["duration"] == told


def test_extended_hours_are_all_of_them() -> None:
    assert order_fields(resting_request(session=Session.EXTENDED))["session"] == "SEAMLESS"


def test_two_closing_orders_hang_below_the_entry_and_cancel_each_other() -> None:
    fields = order_fields(
        resting_request(
            take_profit=Decimal(120), stop_loss=Decimal(90), time_in_force=TimeInForce.GTC
        )
    )

    usual = {
        "session": "NORMAL",
        "duration": "GOOD_TILL_CANCEL",
        "orderStrategyType": "SINGLE",
        "orderLegCollection": [leg("SELL", 10)],
    }
    assert fields["orderStrategyType"] == "TRIGGER"
    assert fields["childOrderStrategies"] == [
        {
            "orderStrategyType": "OCO",
            "childOrderStrategies": [
                {**usual, "orderType": "LIMIT", "price": "120"},
                {**usual, "orderType": "STOP", "stopPrice": "90"},
            ],
        }
    ]


def test_a_short_sales_closing_order_buys_it_back() -> None:
    fields = order_fields(resting_request(side=Side.SELL, effect=SHORT, stop_loss=Decimal(120)))

    (closing,) = fields["childOrderStrategies"]
    assert fields["orderLegCollection"] == [leg("SELL_SHORT", 10)]
    assert closing["orderLegCollection"] == [leg("BUY_TO_COVER", 10)]
    assert (closing["orderType"], closing["stopPrice"]) == ("STOP", "120")


def test_a_contracts_closing_order_closes_it() -> None:
    fields = order_fields(
        resting_request(instrument=CALL, limit_price=Decimal(3), take_profit=Decimal(6))
    )

    (closing,) = fields["childOrderStrategies"]
    assert closing["orderLegCollection"] == [leg("SELL_TO_CLOSE", 10, SCHWABS_CALL, "OPTION")]


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        (request(quantity=None, notional=Decimal(500)), "no amounts of money"),
        (request(quantity=Decimal("1.5")), "whole shares"),
        (request(quantity=Decimal(10) ** 9), "more than an order can hold"),
        (resting_request(time_in_force=TimeInForce.IOC), "fill or kill"),
        (request(time_in_force=TimeInForce.FOK), "needs a limit price"),
        (request(effect=SHORT), "opened by selling"),
        (request(session=Session.EXTENDED), "limit orders only"),
        (
            resting_request(session=Session.EXTENDED, time_in_force=TimeInForce.FOK),
            "limit orders only",
        ),
        (resting_request(session=Session.EXTENDED, stop_loss=Decimal(90)), "extended hours"),
        (resting_request(instrument=CALL, session=Session.EXTENDED), "regular hours only"),
        (
            resting_request(time_in_force=TimeInForce.FOK, stop_loss=Decimal(90)),
            "take-profit or stop-loss",
        ),
        (
            request(type=OrderType.TRAILING_STOP, trail_amount=Decimal(1), stop_loss=Decimal(90)),
            "no trailing stop",
        ),
        (resting_request(effect=CLOSE, stop_loss=Decimal(90)), "open a position"),
    ],
)
def test_what_schwab_does_not_take_is_told_before_anything_leaves(
    asked: OrderRequest, why: str
) -> None:
    with pytest.raises(NotSent, match=why):
        order_fields(asked)


@pytest.mark.parametrize(
    "symbol", ["../orders", "AAPL,MSFT", "$SPX", "BTC/USD", "aapl", "", "AAPL MSFT", "A" * 11]
)
def test_what_is_no_symbol_does_not_leave(symbol: str) -> None:
    share = Instrument(symbol=symbol, asset_class=AssetClass.EQUITY)

    with pytest.raises(NotSent, match="no share and no option"):
        order_fields(request(instrument=share))


@pytest.mark.parametrize("kind", [AssetClass.CRYPTO, AssetClass.FUTURE, AssetClass.FOREX])
def test_other_kinds_of_instruments_are_not_traded_here(kind: AssetClass) -> None:
    with pytest.raises(NotSent):
        order_fields(request(instrument=Instrument(symbol="AAPL", asset_class=kind)))
