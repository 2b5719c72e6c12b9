"""What leaves for Alpaca: text only, exactly what was confirmed, and nothing it would not take."""

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from floorbroker.brokers.alpaca.order_fields import change_fields, order_fields
from floorbroker.domain.errors import InvalidInput, NotSent
from floorbroker.domain.ids import OrderId
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
from tests.brokers.alpaca.at_alpaca import APPLE, BITCOIN, CALL, order_of, request

ACCOUNT = "e6fe16f3-64a4-4921-8928-cadf02f92f98"
_T, _L = OrderType, TimeInForce


def fields(**terms: Any) -> dict[str, Any]:
    return order_fields(order_of(request(**terms), ACCOUNT))


# What is not sent

REFUSED = {
    "a bracket on a coin": {
        "instrument": BITCOIN,
        "time_in_force": _L.GTC,
        "take_profit": Decimal(90000),
    },
    "a stop order for a coin": {
        "instrument": BITCOIN,
        "time_in_force": _L.GTC,
        "type": _T.STOP,
        "stop_price": Decimal(1),
    },
    "a coin for today": {"instrument": BITCOIN, "type": _T.LIMIT, "limit_price": Decimal(1)},
    "a coin, fill or kill": {"instrument": BITCOIN, "time_in_force": _L.FOK},
    "a coin in extended hours": {
        "instrument": BITCOIN,
        "time_in_force": _L.GTC,
        "session": Session.EXTENDED,
    },
    "a coin sold short": {
        "instrument": BITCOIN,
        "time_in_force": _L.GTC,
        "side": Side.SELL,
        "effect": PositionEffect.SHORT,
    },
    "options for money": {"instrument": CALL, "notional": Decimal(100)},
    "half an option": {"instrument": CALL, "quantity": Decimal("0.5")},
    "an option until canceled": {"instrument": CALL, "time_in_force": _L.GTC},
    "a trailing stop on an option": {
        "instrument": CALL,
        "type": _T.TRAILING_STOP,
        "trail_percent": Decimal(1),
    },
    "a bracket on an option": {"instrument": CALL, "stop_loss": Decimal(1)},
    "an option in extended hours": {"instrument": CALL, "session": Session.EXTENDED},
    "money with a limit": {
        "notional": Decimal(100),
        "type": _T.LIMIT,
        "limit_price": Decimal(100),
    },
    "money until canceled": {"notional": Decimal(100), "time_in_force": _L.GTC},
    "half a share until canceled": {"quantity": Decimal("0.5"), "time_in_force": _L.GTC},
    "half a share with a trailing stop": {
        "quantity": Decimal("0.5"),
        "type": _T.TRAILING_STOP,
        "trail_amount": Decimal(1),
    },
    "half a share in a bracket": {"quantity": Decimal("0.5"), "stop_loss": Decimal(100)},
    "half a share sold short": {
        "quantity": Decimal("0.5"),
        "side": Side.SELL,
        "effect": PositionEffect.SHORT,
    },
    "a bracket that must fill at once": {"time_in_force": _L.IOC, "stop_loss": Decimal(100)},
    "a trailing stop that must fill at once": {
        "time_in_force": _L.FOK,
        "type": _T.TRAILING_STOP,
        "trail_amount": Decimal(1),
    },
    "a trailing stop in a bracket": {
        "type": _T.TRAILING_STOP,
        "trail_amount": Decimal(1),
        "stop_loss": Decimal(100),
    },
    "a market order in extended hours": {"session": Session.EXTENDED},
    "an immediate order in extended hours": {
        "session": Session.EXTENDED,
        "type": _T.LIMIT,
        "limit_price": Decimal(100),
        "time_in_force": _L.IOC,
    },
    "a bracket in extended hours": {
        "session": Session.EXTENDED,
        "type": _T.LIMIT,
        "limit_price": Decimal(100),
        "take_profit": Decimal(110),
    },
    "a short purchase": {"effect": PositionEffect.SHORT},
    "a future": {"instrument": Instrument(symbol="ESZ6", asset_class=AssetClass.FUTURE)},
    "a symbol that is a path": {
        "instrument": Instrument(symbol="../orders", asset_class=AssetClass.EQUITY)
    },
    "a symbol with a line break": {
        "instrument": Instrument(symbol="AAPL\n", asset_class=AssetClass.EQUITY)
    },
    "a share with a slash": {
        "instrument": Instrument(symbol="BTC/USD", asset_class=AssetClass.EQUITY)
    },
    "a coin without a slash": {
        "instrument": Instrument(symbol="BTCUSD", asset_class=AssetClass.CRYPTO),
        "time_in_force": _L.GTC,
    },
}


@pytest.mark.parametrize("terms", REFUSED.values(), ids=REFUSED.keys())
def test_what_alpaca_does_not_take_is_not_sent_and_says_why(terms: dict[str, Any]) -> None:
    with pytest.raises(NotSent) as refused:
        fields(**terms)

    assert refused.value.message.endswith(".")
    assert refused.value.broker == "alpaca"


@pytest.mark.parametrize("order_id", ["", "short", "x" * 19, "A" * 18, "../orders/12345678"])
def test_an_order_without_an_id_of_ours_is_not_sent(order_id: OrderId) -> None:
    order = replace(order_of(request(), ACCOUNT), order_id=order_id)

    with pytest.raises(NotSent):
        order_fields(order)


# What is sent

SENT = {
    "a market order": ({}, {"symbol": "AAPL", "side": "buy", "type": "market", "qty": "1"}),
    "a limit order": (
        {"type": _T.LIMIT, "limit_price": Decimal("150.00"), "time_in_force": _L.GTC},
        {"type": "limit", "limit_price": "150", "time_in_force": "gtc"},
    ),
    "a stop order": (
        {"type": _T.STOP, "stop_price": Decimal("150.5"), "side": Side.SELL},
        {"type": "stop", "stop_price": "150.5", "side": "sell"},
    ),
    "a stop-limit order": (
        {"type": _T.STOP_LIMIT, "stop_price": Decimal(150), "limit_price": Decimal(149)},
        {"type": "stop_limit", "stop_price": "150", "limit_price": "149"},
    ),
    "a trailing stop by percent": (
        {"type": _T.TRAILING_STOP, "trail_percent": Decimal("1.5")},
        {"type": "trailing_stop", "trail_percent": "1.5"},
    ),
    "a trailing stop by amount": (
        {"type": _T.TRAILING_STOP, "trail_amount": Decimal(2)},
        {"type": "trailing_stop", "trail_price": "2"},
    ),
    "an amount of money": ({"notional": Decimal("49.50")}, {"notional": "49.5"}),
    "part of a share": (
        {"quantity": Decimal("0.123456789"), "type": _T.LIMIT, "limit_price": Decimal(100)},
        {"qty": "0.123456789"},
    ),
    "a limit order in extended hours": (
        {"type": _T.LIMIT, "limit_price": Decimal(100), "session": Session.EXTENDED},
        {"extended_hours": True},
    ),
    "a bracket": (
        {"take_profit": Decimal(200), "stop_loss": Decimal(180)},
        {
            "order_class": "bracket",
            "take_profit": {"limit_price": "200"},
            "stop_loss": {"stop_price": "180"},
        },
    ),
    "an order with a stop-loss": (
        {"stop_loss": Decimal(180)},
        {"order_class": "oto", "stop_loss": {"stop_price": "180"}},
    ),
    "an order with a take-profit": (
        {"take_profit": Decimal(200)},
        {"order_class": "oto", "take_profit": {"limit_price": "200"}},
    ),
    "a coin": (
        {"instrument": BITCOIN, "quantity": Decimal("0.0001"), "time_in_force": _L.GTC},
        {"symbol": "BTC/USD", "qty": "0.0001", "time_in_force": "gtc"},
    ),
    "a coin at the market for today": (
        {"instrument": BITCOIN},
        {"type": "market", "time_in_force": "ioc"},
    ),
    "an option bought": ({"instrument": CALL}, {"position_intent": "buy_to_open"}),
    "an option sold again": (
        {"instrument": CALL, "side": Side.SELL, "effect": PositionEffect.CLOSE},
        {"position_intent": "sell_to_close"},
    ),
    "an option written": (
        {"instrument": CALL, "side": Side.SELL, "effect": PositionEffect.SHORT},
        {"position_intent": "sell_to_open"},
    ),
    "a written option bought back": (
        {"instrument": CALL, "effect": PositionEffect.CLOSE},
        {"position_intent": "buy_to_close"},
    ),
}


@pytest.mark.parametrize(("terms", "expected"), SENT.values(), ids=SENT.keys())
def test_an_order_becomes_alpacas_words(terms: dict[str, Any], expected: dict[str, Any]) -> None:
    body = fields(**terms)

    assert {name: body[name] for name in expected} == expected


def test_an_order_carries_our_id_and_nothing_that_was_not_asked_for() -> None:
    order = order_of(request(), ACCOUNT)

    assert order_fields(order) == {
        "client_order_id": order.order_id,
        "symbol": "AAPL",
        "side": "buy",
        "type": "market",
        "time_in_force": "day",
        "qty": "1",
    }


def test_a_change_tells_what_stays_as_well() -> None:
    asked = request(type=_T.STOP_LIMIT, stop_price=Decimal(150), limit_price=Decimal(149))

    assert change_fields(asked, OrderChanges(quantity=Decimal(3))) == {
        "qty": "3",
        "limit_price": "149",
        "stop_price": "150",
    }
    assert change_fields(asked, OrderChanges(limit_price=Decimal("148.5"))) == {
        "limit_price": "148.5",
        "stop_price": "150",
    }


# Any order at all

amounts = st.decimals(
    min_value=Decimal("0.000000001"), max_value=Decimal(10) ** 12, allow_nan=False, places=9
)
maybe = st.none() | amounts
instruments = st.sampled_from([APPLE, BITCOIN, CALL])


@st.composite
def requests(draw: st.DrawFn) -> OrderRequest:
    quantity, notional = draw(st.tuples(amounts, st.none()) | st.tuples(st.none(), amounts))
    terms: dict[str, Any] = {
        "instrument": draw(instruments),
        "side": draw(st.sampled_from(Side)),
        "quantity": quantity,
        "notional": notional,
        "type": draw(st.sampled_from(OrderType)),
        "time_in_force": draw(st.sampled_from(TimeInForce)),
        "session": draw(st.sampled_from(Session)),
        "effect": draw(st.sampled_from(PositionEffect)),
        "take_profit": draw(maybe),
        "stop_loss": draw(maybe),
    }
    kind = terms["type"]
    if kind in {_T.LIMIT, _T.STOP_LIMIT}:
        terms["limit_price"] = draw(amounts)
    if kind in {_T.STOP, _T.STOP_LIMIT}:
        terms["stop_price"] = draw(amounts)
    if kind is _T.TRAILING_STOP:
        trail = draw(st.sampled_from(["trail_percent", "trail_amount"]))
        terms[trail] = draw(amounts) % 99 + 1 if trail == "trail_percent" else draw(amounts)
    try:
        return OrderRequest(**terms)
    except InvalidInput:
        assume(False)
        raise


def read_again(body: dict[str, Any], name: str) -> Decimal | None:
    inner, _, field = name.partition(".")
    value = body.get(inner, {}).get(field) if field else body.get(inner)
    return None if value is None else Decimal(value)


def holds_a_float(value: object) -> bool:
    if isinstance(value, dict):
        return any(holds_a_float(part) for part in value.values())
    return isinstance(value, float)


@given(requests())
def test_every_order_is_sent_exactly_as_it_was_confirmed_or_not_at_all(
    asked: OrderRequest,
) -> None:
    try:
        body = json.loads(json.dumps(order_fields(order_of(asked, ACCOUNT))))
    except NotSent:
        return

    assert not holds_a_float(body)
    assert read_again(body, "qty") == asked.quantity
    assert read_again(body, "notional") == asked.notional
    assert read_again(body, "limit_price") == asked.limit_price
    assert read_again(body, "stop_price") == asked.stop_price
    assert read_again(body, "trail_percent") == asked.trail_percent
    assert read_again(body, "trail_price") == asked.trail_amount
    assert read_again(body, "take_profit.limit_price") == asked.take_profit
    assert read_again(body, "stop_loss.stop_price") == asked.stop_loss
    assert (body["side"], body["type"]) == (asked.side.value, asked.type.value)
    assert body["symbol"] == asked.instrument.symbol
    assert "e" not in body.get("qty", "") + body.get("notional", "")


@given(requests(), amounts, amounts, amounts)
def test_every_change_is_sent_exactly_as_it_was_confirmed(
    asked: OrderRequest, quantity: Decimal, limit: Decimal, stop: Decimal
) -> None:
    changes = OrderChanges(quantity=quantity, limit_price=limit, stop_price=stop)

    body = change_fields(asked, changes)

    assert {name: Decimal(text) for name, text in body.items()} == {
        "qty": quantity,
        "limit_price": limit,
        "stop_price": stop,
    }
