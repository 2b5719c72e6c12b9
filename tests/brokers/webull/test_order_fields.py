"""What an order looks like in Webull's words, field by field."""

from decimal import Decimal
from typing import Any

import pytest

from floorbroker.brokers.webull.order_fields import order_body, preview_body
from floorbroker.domain.ids import OrderId
from floorbroker.domain.orders import (
    OrderRequest,
    OrderType,
    PositionEffect,
    Session,
    Side,
    TimeInForce,
)
from tests.brokers.webull.at_webull import (
    BERKSHIRE,
    bracket_request,
    coin_request,
    contract_request,
    order_of,
    request,
    resting_request,
    sale_request,
)

OURS = OrderId("abcdefghijklmnop01")
SHARE: dict[str, Any] = {
    "client_order_id": OURS,
    "combo_type": "NORMAL",
    "symbol": "AAPL",
    "instrument_type": "EQUITY",
    "market": "US",
    "side": "BUY",
    "support_trading_session": "CORE",
    "entrust_type": "QTY",
}
COIN: dict[str, Any] = {
    "client_order_id": OURS,
    "combo_type": "NORMAL",
    "symbol": "BTCUSD",
    "instrument_type": "CRYPTO",
    "market": "US",
    "side": "BUY",
    "entrust_type": "QTY",
}
LEG = {
    "quantity": "1",
    "symbol": "AAPL",
    "strike_price": "240",
    "option_expire_date": "2026-12-18",
    "option_type": "CALL",
    "instrument_type": "OPTION",
    "market": "US",
}

SHARES: list[tuple[OrderRequest, dict[str, Any]]] = [
    (request(), {"order_type": "MARKET", "quantity": "1", "time_in_force": "DAY"}),
    (
        request(notional=Decimal("50.25")),
        {
            "order_type": "MARKET",
            "entrust_type": "AMOUNT",
            "total_cash_amount": "50.25",
            "time_in_force": "DAY",
        },
    ),
    (
        request(quantity=Decimal("0.50")),
        {"order_type": "MARKET", "quantity": "0.5", "time_in_force": "DAY"},
    ),
    (
        resting_request(limit_price=Decimal("100.10")),
        {
            "order_type": "LIMIT",
            "quantity": "10",
            "limit_price": "100.1",
            "time_in_force": "GTC",
        },
    ),
    (
        resting_request(session=Session.EXTENDED),
        {
            "order_type": "LIMIT",
            "quantity": "10",
            "limit_price": "100",
            "time_in_force": "GTC",
            "support_trading_session": "ALL",
        },
    ),
    (
        request(type=OrderType.STOP, stop_price=Decimal(200)),
        {
            "order_type": "STOP_LOSS",
            "quantity": "1",
            "stop_price": "200",
            "time_in_force": "DAY",
        },
    ),
    (
        request(type=OrderType.STOP_LIMIT, stop_price=Decimal(200), limit_price=Decimal("200.5")),
        {
            "order_type": "STOP_LOSS_LIMIT",
            "quantity": "1",
            "stop_price": "200",
            "limit_price": "200.5",
            "time_in_force": "DAY",
        },
    ),
    (
        request(type=OrderType.TRAILING_STOP, trail_percent=Decimal("1.5")),
        {
            "order_type": "TRAILING_STOP_LOSS",
            "quantity": "1",
            "trailing_type": "PERCENTAGE",
            "trailing_stop_step": "0.015",
            "time_in_force": "DAY",
        },
    ),
    (
        request(type=OrderType.TRAILING_STOP, trail_amount=Decimal("2.50")),
        {
            "order_type": "TRAILING_STOP_LOSS",
            "quantity": "1",
            "trailing_type": "AMOUNT",
            "trailing_stop_step": "2.5",
            "time_in_force": "DAY",
        },
    ),
    (
        sale_request(),
        {"side": "SELL", "order_type": "MARKET", "quantity": "1", "time_in_force": "DAY"},
    ),
    (
        request(side=Side.SELL, effect=PositionEffect.SHORT),
        {"side": "SHORT", "order_type": "MARKET", "quantity": "1", "time_in_force": "DAY"},
    ),
    (
        request(effect=PositionEffect.CLOSE),
        {"side": "BUY", "order_type": "MARKET", "quantity": "1", "time_in_force": "DAY"},
    ),
    (
        request(instrument=BERKSHIRE),
        {"symbol": "BRK.B", "order_type": "MARKET", "quantity": "1", "time_in_force": "DAY"},
    ),
]


@pytest.mark.parametrize(("wanted", "fields"), SHARES, ids=lambda one: None)
def test_shares_in_webulls_words(wanted: OrderRequest, fields: dict[str, Any]) -> None:
    body = order_body(order_of(wanted, "account", order_id=OURS))

    assert body == {"account_id": "account", "new_orders": [{**SHARE, **fields}]}


COINS: list[tuple[OrderRequest, dict[str, Any]]] = [
    *(
        (
            coin_request(type=OrderType.MARKET, limit_price=None, time_in_force=time),
            {"order_type": "MARKET", "quantity": "1", "time_in_force": "IOC"},
        )
        for time in (TimeInForce.DAY, TimeInForce.GTC, TimeInForce.IOC)
    ),
    (
        coin_request(quantity=Decimal("0.00000001")),
        {
            "order_type": "LIMIT",
            "quantity": "0.00000001",
            "limit_price": "50000",
            "time_in_force": "GTC",
        },
    ),
    (
        coin_request(
            type=OrderType.STOP_LIMIT, stop_price=Decimal(90000), time_in_force=TimeInForce.DAY
        ),
        {
            "order_type": "STOP_LOSS_LIMIT",
            "quantity": "1",
            "stop_price": "90000",
            "limit_price": "50000",
            "time_in_force": "DAY",
        },
    ),
]


@pytest.mark.parametrize(("wanted", "fields"), COINS, ids=lambda one: None)
def test_coins_in_webulls_words(wanted: OrderRequest, fields: dict[str, Any]) -> None:
    body = order_body(order_of(wanted, "account", order_id=OURS))

    assert body == {"account_id": "account", "new_orders": [{**COIN, **fields}]}


@pytest.mark.parametrize(
    ("side", "effect", "intent"),
    [
        (Side.BUY, PositionEffect.OPEN, "BUY_TO_OPEN"),
        (Side.BUY, PositionEffect.CLOSE, "BUY_TO_CLOSE"),
        (Side.SELL, PositionEffect.CLOSE, "SELL_TO_CLOSE"),
    ],
)
def test_a_contract_is_named_by_its_terms_and_what_is_meant_with_it(
    side: Side, effect: PositionEffect, intent: str
) -> None:
    order = order_of(contract_request(side=side, effect=effect), "account", order_id=OURS)

    (item,) = order_body(order)["new_orders"]

    assert item == {
        "client_order_id": OURS,
        "combo_type": "NORMAL",
        "symbol": "AAPL",
        "instrument_type": "OPTION",
        "market": "US",
        "side": side.value.upper(),
        "order_type": "LIMIT",
        "entrust_type": "QTY",
        "quantity": "1",
        "limit_price": "5",
        "time_in_force": "DAY",
        "option_strategy": "SINGLE",
        "position_intent": intent,
        "legs": [{"side": side.value.upper(), **LEG}],
    }


def test_a_bracket_is_three_orders_in_one_request() -> None:
    body = order_body(order_of(bracket_request(), "account", order_id=OURS))

    master, profit, loss = body["new_orders"]
    usual = {**SHARE, "quantity": "10", "time_in_force": "GTC"}
    assert body["client_combo_order_id"] == f"{OURS}co"
    assert master == {
        **usual,
        "combo_type": "MASTER",
        "order_type": "LIMIT",
        "limit_price": "100",
    }
    assert profit == {
        **usual,
        "client_order_id": f"{OURS}tp",
        "combo_type": "STOP_PROFIT",
        "side": "SELL",
        "order_type": "LIMIT",
        "limit_price": "120",
    }
    assert loss == {
        **usual,
        "client_order_id": f"{OURS}sl",
        "combo_type": "STOP_LOSS",
        "side": "SELL",
        "order_type": "STOP_LOSS",
        "stop_price": "90",
    }


@pytest.mark.parametrize(
    ("terms", "roles"),
    [
        ({"stop_loss": None}, ["MASTER", "STOP_PROFIT"]),
        ({"take_profit": None}, ["MASTER", "STOP_LOSS"]),
    ],
)
def test_one_exit_alone_goes_with_an_order_too(terms: dict[str, Any], roles: list[str]) -> None:
    body = order_body(order_of(bracket_request(**terms), "account", order_id=OURS))

    assert [item["combo_type"] for item in body["new_orders"]] == roles


def test_ids_have_letters_and_digits_only_and_fit() -> None:
    body = order_body(order_of(bracket_request(), "account", order_id=OURS))

    ids = [item["client_order_id"] for item in body["new_orders"]] + [body["client_combo_order_id"]]
    assert len(set(ids)) == 4
    assert all(one.isalnum() and 10 <= len(one) <= 32 for one in ids)


def test_a_preview_has_an_id_of_its_own_and_no_exits() -> None:
    order = order_of(bracket_request(), "account", order_id=OURS)

    body = preview_body(order)

    (item,) = body["new_orders"]
    assert item["client_order_id"] == f"{OURS}pv"
    assert item["combo_type"] == "NORMAL"
    assert body.keys() == {"account_id", "new_orders"}


def test_no_number_goes_out_with_an_exponent() -> None:
    wanted = resting_request(quantity=Decimal("1E+3"), limit_price=Decimal("1.5E+2"))

    (item,) = order_body(order_of(wanted, "account"))["new_orders"]

    assert (item["quantity"], item["limit_price"]) == ("1000", "150")
