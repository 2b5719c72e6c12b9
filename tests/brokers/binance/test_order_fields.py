"""What Binance takes and what not, before anything is sent; and what its answers come to."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from floorbroker.brokers.binance import answers, executions, receipts
from floorbroker.brokers.binance.catalogue import Catalogue, Pair
from floorbroker.brokers.binance.order_fields import order_fields
from floorbroker.domain.errors import NotSent
from floorbroker.domain.instruments import AssetClass, Instrument
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import (
    Fill,
    OrderRequest,
    OrderType,
    PositionEffect,
    Session,
    TimeInForce,
)
from tests.brokers.binance.at_binance import ETHER, order_of, request, resting_request
from tests.simulators.binance import Symbol

AT = datetime(2026, 3, 4, 17, 0, tzinfo=UTC)


def pair_of(**changes: Any) -> Pair:
    """BTC/USDT as the simulator lists it."""
    listed = {"symbols": [Symbol(base="BTC", quote="USDT", **changes).wire()]}
    return Catalogue.read(listed).by_name["BTCUSDT"]


PAIR = pair_of()
TRAILING = {"type": OrderType.TRAILING_STOP}

REFUSED: list[tuple[OrderRequest, Pair, str]] = [
    (request(time_in_force=TimeInForce.DAY), PAIR, "good til canceled"),
    (request(time_in_force=TimeInForce.IOC), PAIR, "limit and stop-limit"),
    (
        request(type=OrderType.STOP, stop_price=Decimal(9), time_in_force=TimeInForce.FOK),
        PAIR,
        "limit and stop-limit",
    ),
    (
        request(notional=Decimal(50), type=OrderType.LIMIT, limit_price=Decimal(9)),
        PAIR,
        "market order only",
    ),
    (request(**TRAILING, trail_amount=Decimal(100)), PAIR, "in percent only"),
    (request(**TRAILING, trail_percent=Decimal("1.005")), PAIR, "hundredths of a percent"),
    (request(**TRAILING, trail_percent=Decimal("0.05")), PAIR, "between 0.1 % and 20 %"),
    (request(**TRAILING, trail_percent=Decimal(21)), PAIR, "between 0.1 % and 20 %"),
    (
        request(**TRAILING, trail_percent=Decimal(1)),
        pair_of(trailing_allowed=False),
        "no trailing stop",
    ),
    (request(take_profit=Decimal(90000)), PAIR, "No take-profit"),
    (request(session=Session.EXTENDED), PAIR, "around the clock"),
    (request(effect=PositionEffect.SHORT), PAIR, "sold short"),
    (request(notional=Decimal("50.123456789")), PAIR, "at most 8 decimals"),
    (request(notional=Decimal(50)), pair_of(quote_qty_allowed=False), "no amount of money"),
    (request(), pair_of(status="BREAK"), "does not trade BTC/USDT now"),
    (
        request(type=OrderType.STOP, stop_price=Decimal(9)),
        pair_of(order_types=("LIMIT", "MARKET")),
        "no stop orders",
    ),
    (request(instrument=ETHER), PAIR, "another name"),
    (
        request(instrument=Instrument(symbol="BTC/USDT", asset_class=AssetClass.EQUITY)),
        PAIR,
        "Only coins",
    ),
]


@pytest.mark.parametrize(("wanted", "pair", "words"), REFUSED, ids=lambda one: None)
def test_what_binance_does_not_take_is_not_sent(
    wanted: OrderRequest, pair: Pair, words: str
) -> None:
    with pytest.raises(NotSent, match=words):
        order_fields(order_of(wanted, "1"), pair)


def test_amounts_are_digits_only() -> None:
    wanted = resting_request(quantity=Decimal("1E+2"), limit_price=Decimal("1.50E-7"))

    fields = order_fields(order_of(wanted, "1"), PAIR)

    assert (fields["quantity"], fields["price"]) == ("100", "0.00000015")


# Answers


def told(**changes: Any) -> answers.Order:
    """A limit buy of two BTC that rests."""
    usual = {
        "symbol": "BTCUSDT",
        "orderId": 28,
        "clientOrderId": "abcdefghijklmnop01",
        "price": "50000.00000000",
        "origQty": "2.00000000",
        "executedQty": "0.00000000",
        "cummulativeQuoteQty": "0.00000000",
        "status": "NEW",
        "timeInForce": "GTC",
        "type": "LIMIT",
        "side": "BUY",
        "time": 1772643600000,
        "updateTime": 1772643600000,
    }
    return TypeAdapter(answers.Order).validate_python({**usual, **changes})


def trade(number: int, qty: str, **changes: Any) -> answers.Trade:
    """One of its executions, at 50,000."""
    usual = {
        "symbol": "BTCUSDT",
        "id": number,
        "orderId": 28,
        "price": "50000",
        "qty": qty,
        "commission": "0.001",
        "commissionAsset": "BNB",
        "time": 1772643600000 + number,
    }
    return TypeAdapter(answers.Trade).validate_python({**usual, **changes})


@pytest.mark.parametrize(
    ("status", "filled", "state"),
    [
        ("NEW", "0", OrderState.ACCEPTED),
        ("PENDING_NEW", "0", OrderState.ACCEPTED),
        ("PENDING_CANCEL", "1", OrderState.PARTIALLY_FILLED),
        ("PARTIALLY_FILLED", "1", OrderState.PARTIALLY_FILLED),
        ("FILLED", "2", OrderState.FILLED),
        ("CANCELED", "1", OrderState.CANCELED),
        ("EXPIRED", "0", OrderState.EXPIRED),
        ("EXPIRED_IN_MATCH", "0", OrderState.EXPIRED),
        ("REJECTED", "0", OrderState.REJECTED),
        ("NEVER_HEARD_OF", "0", OrderState.ACCEPTED),
    ],
)
def test_each_word_for_a_state_is_understood(status: str, filled: str, state: OrderState) -> None:
    order = told(status=status, executedQty=filled)

    assert receipts.state_of(order) is state
    assert receipts.known_word(order) is (status != "NEVER_HEARD_OF")


def test_an_end_without_its_executions_is_not_told_as_an_end() -> None:
    assert receipts.receipt(told(status="FILLED"), whole=False).state is OrderState.ACCEPTED


def test_an_order_that_met_another_of_the_same_person_says_why_it_ended() -> None:
    assert "another order of yours" in receipts.receipt(told(status="EXPIRED_IN_MATCH")).reason


def test_executions_keep_their_ids_and_belong_to_their_order() -> None:
    order = told(executedQty="2")
    others = (trade(3, "1", orderId=29), trade(4, "1", symbol="ETHUSDT"))

    fills = executions.fills_of(order, (), (trade(2, "1.5"), trade(1, "0.5"), *others))
    again = executions.fills_of(order, fills, (trade(2, "1.5"), trade(1, "0.5")))

    assert [(fill.fill_id, fill.quantity) for fill in fills] == [
        ("1", Decimal("0.5")),
        ("2", Decimal("1.5")),
    ]
    assert again == fills
    assert {fill.fee_currency for fill in fills} == {"BNB"}
    assert executions.missing(order, fills) == 0


def test_what_is_not_listed_for_long_is_taken_from_the_orders_own_figures() -> None:
    order = told(status="FILLED", executedQty="2", cummulativeQuoteQty="100500")
    known = executions.fills_of(order, (), (trade(1, "1.5"),))
    ended = order.update_time
    assert ended is not None

    soon = executions.rest(order, known, ended + timedelta(seconds=119))
    late = executions.rest(order, known, ended + executions.LATE)

    assert soon is None
    assert late == Fill(
        fill_id="28:rest",
        quantity=Decimal("0.5"),
        price=Decimal(51000),
        at=ended,
        fee_currency="BNB",
    )


def test_nothing_is_made_up_where_binance_does_not_tell_what_was_paid() -> None:
    order = told(status="FILLED", executedQty="2", cummulativeQuoteQty="-1")

    assert executions.rest(order, (), AT + timedelta(days=1)) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"executedQty": "NaN"},
        {"price": 1.5},
        {"orderId": "28; DROP"},
        {"origQty": None},
        {"updateTime": "yesterday"},
        {"updateTime": 10**18},
    ],
)
def test_an_answer_that_is_not_as_documented_is_unreadable(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        told(**changes)


def test_the_rules_are_binances_filters() -> None:
    rules = pair_of(step=Decimal("0.001"), min_qty=Decimal("0.005"), tick=Decimal("0.10")).rules

    assert (rules.quantity_step, rules.price_tick) == (Decimal("0.001"), Decimal("0.1"))
    assert (rules.minimum_quantity, rules.minimum_notional) == (Decimal("0.005"), Decimal(5))
    assert str(rules.price_tick) == "0.1"
    assert rules.fractional


def test_the_older_rule_of_worth_is_read_too_and_zero_is_no_rule() -> None:
    old = pair_of(old_notional=True, min_notional=Decimal(7)).rules
    none = pair_of(min_notional=Decimal(0), step=Decimal(0), tick=Decimal(0)).rules

    assert old.minimum_notional == 7
    assert none.minimum_notional is None
    assert (none.quantity_step, none.price_tick) == (Decimal("1E-8"), Decimal("1E-8"))


def test_the_pair_of_another_name_is_never_ordered_by_mistake() -> None:
    renamed = replace(PAIR, base="XBT")

    with pytest.raises(NotSent):
        order_fields(order_of(request(), "1"), renamed)
