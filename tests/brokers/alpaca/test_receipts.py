"""From Alpaca's words for an order to ours; words that nobody knows end no order."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from floorbroker.brokers.alpaca import answers, executions, receipts
from floorbroker.domain.instruments import AssetClass
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import Fill, Leg, LegRole
from tests.brokers.alpaca import recorded

_S = OrderState
LATER = datetime(2023, 12, 12, 23, 0, tzinfo=UTC)
OTHER_ID = "11111111-1111-4111-8111-111111111111"


def an_order(**changes: Any) -> answers.Order:
    return answers.Order.model_validate(recorded.order(**changes))


def a_fill(**changes: Any) -> answers.FillActivity:
    return answers.FillActivity.model_validate(recorded.fill(**changes))


def known(fill_id: str, quantity: str, price: str = "150") -> Fill:
    return Fill(fill_id=fill_id, quantity=Decimal(quantity), price=Decimal(price), at=LATER)


# Unreadable orders


@pytest.mark.parametrize(
    "changes",
    [
        {"id": "../orders"},
        {"id": None},
        {"client_order_id": None},
        {"status": None},
        {"qty": "NaN"},
        {"filled_qty": "1e400"},
        {"limit_price": True},
        {"limit_price": 150.5},
        {"limit_price": "１５０"},
        {"submitted_at": "2023-12-12T22:31:24"},
        {"replaced_by": "/orders"},
    ],
    ids=str,
)
def test_what_is_no_order_is_not_read_as_one(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as refused:
        an_order(**changes)

    assert "input_value" not in str(refused.value)


# States

STATES = {
    "new": _S.ACCEPTED,
    "accepted": _S.ACCEPTED,
    "pending_new": _S.ACCEPTED,
    "accepted_for_bidding": _S.ACCEPTED,
    "held": _S.ACCEPTED,
    "pending_cancel": _S.ACCEPTED,
    "pending_replace": _S.ACCEPTED,
    "pending_review": _S.ACCEPTED,
    "done_for_day": _S.ACCEPTED,
    "stopped": _S.ACCEPTED,
    "suspended": _S.ACCEPTED,
    "calculated": _S.ACCEPTED,
    "partially_filled": _S.ACCEPTED,
    "filled": _S.FILLED,
    "canceled": _S.CANCELED,
    "expired": _S.EXPIRED,
    "replaced": _S.REPLACED,
    "rejected": _S.REJECTED,
}


@pytest.mark.parametrize(("word", "state"), STATES.items())
def test_every_documented_word_is_known(word: str, state: OrderState) -> None:
    order = an_order(status=word)

    assert receipts.state_of(order) is state
    assert receipts.known_word(order)


def test_every_word_of_the_sdk_is_known() -> None:
    from alpaca.trading.enums import OrderStatus

    assert {status.value for status in OrderStatus} <= STATES.keys()


@pytest.mark.parametrize("word", ["", "filled_maybe", "FILLED", "settled", "x" * 5000])
def test_an_unknown_word_is_an_order_at_work(word: str) -> None:
    order = an_order(status=word)

    assert receipts.receipt(order).state is _S.ACCEPTED
    assert not receipts.known_word(order)


def test_an_order_at_work_that_has_filled_a_part_is_partly_filled() -> None:
    assert receipts.state_of(an_order(status="pending_cancel", filled_qty="1")) is (
        _S.PARTIALLY_FILLED
    )


def test_a_rejected_order_says_that_there_is_no_reason() -> None:
    assert receipts.receipt(an_order(status="rejected")).reason


@pytest.mark.parametrize(("fills", "state"), [((), _S.ACCEPTED), ((1,), _S.PARTIALLY_FILLED)])
def test_an_end_is_not_told_before_all_its_fills_are(
    fills: tuple[int, ...], state: OrderState
) -> None:
    order = an_order(status="filled", filled_qty="2", filled_avg_price="150")
    told = tuple(known(str(one), "1") for one in fills)

    receipt = receipts.receipt(order, told, whole=False)

    assert receipt.state is state
    assert receipt.fills == told


def test_a_receipt_tells_the_terms_as_alpaca_has_them() -> None:
    receipt = receipts.receipt(an_order(qty="3", limit_price="149.5", stop_price="151"))

    assert receipt.broker_order_id == recorded.ORDER_ID
    assert (receipt.quantity, receipt.limit_price, receipt.stop_price) == (
        Decimal(3),
        Decimal("149.5"),
        Decimal(151),
    )


def test_a_bracket_has_its_legs() -> None:
    profit = recorded.order(id=OTHER_ID, type="limit", limit_price="200", status="held")
    loss = recorded.order(type="stop", limit_price=None, stop_price="140", status="canceled")

    receipt = receipts.receipt(an_order(order_class="bracket", legs=[profit, loss]))

    assert receipt.legs == (
        Leg(
            role=LegRole.TAKE_PROFIT,
            price=Decimal(200),
            state=_S.ACCEPTED,
            broker_order_id=OTHER_ID,
        ),
        Leg(
            role=LegRole.STOP_LOSS,
            price=Decimal(140),
            state=_S.CANCELED,
            broker_order_id=recorded.ORDER_ID,
        ),
    )


# Lists


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "Buy 2 AAPL limit 150 gtc"),
        ({"type": "market", "limit_price": None}, "Buy 2 AAPL market gtc"),
        ({"type": "stop_limit", "stop_price": "151"}, "Buy 2 AAPL stop limit 151 limit 150 gtc"),
        (
            {"type": "trailing_stop", "limit_price": None, "trail_percent": "1.50"},
            "Buy 2 AAPL trailing stop 1.5 % gtc",
        ),
        (
            {"type": "market", "qty": None, "notional": "500.75", "limit_price": None},
            "Buy $500.75 AAPL market gtc",
        ),
        ({"side": None, "type": None, "time_in_force": None}, "2 AAPL 150"),
    ],
)
def test_a_line_says_what_the_order_is(changes: dict[str, Any], words: str) -> None:
    order = an_order(**changes)

    line = receipts.broker_order(order, {}, receipts.receipt(order))

    assert line is not None
    assert line.description == words


def test_an_order_of_somebody_elses_has_no_id_of_ours() -> None:
    ours, theirs = an_order(), an_order(client_order_id="5680c4bc-9ac1-4a12-a44c-df427ba53032")

    lines = [receipts.broker_order(one, {}, receipts.receipt(one)) for one in (ours, theirs)]

    assert [line.order_id for line in lines if line] == [recorded.OURS, None]


def test_an_order_of_several_options_is_left_out_of_a_list() -> None:
    order = an_order(symbol=None, side=None, order_class="mleg")

    assert receipts.broker_order(order, {}, receipts.receipt(order)) is None


def test_an_ended_order_is_listed_with_the_time_of_its_end() -> None:
    order = an_order(status="canceled", canceled_at="2023-12-13T10:00:00.123456789Z")

    line = receipts.broker_order(order, {}, receipts.receipt(order))

    assert line is not None
    assert line.at == datetime(2023, 12, 13, 10, 0, 0, 123456, tzinfo=UTC)
    assert line.instrument.asset_class is AssetClass.EQUITY


# Executions


def test_fills_that_are_known_are_not_counted_twice() -> None:
    again = a_fill(id="1")

    fills = executions.fills_of([an_order()], [known("1", "1", "149.98")], [again, again])

    assert [fill.fill_id for fill in fills] == ["1"]


def test_only_executions_of_the_order_itself_are_its_fills() -> None:
    fills = executions.fills_of([an_order()], (), [a_fill(), a_fill(id="2", order_id=OTHER_ID)])

    assert [fill.fill_id for fill in fills] == [recorded.fill()["id"]]


def test_an_order_that_tells_of_more_than_its_executions_misses_some() -> None:
    order = an_order(filled_qty="2")
    listed = [a_fill()]
    fills = executions.fills_of([order], (), listed)

    assert executions.missing([order], fills, listed) == 1
    assert not executions.complete([order], fills)


@pytest.mark.parametrize("counts_its_predecessors", [True, False])
def test_a_changed_order_has_the_fills_of_both_whichever_of_them_alpaca_counts(
    counts_its_predecessors: bool,
) -> None:
    first = an_order(status="replaced", filled_qty="1", replaced_by=OTHER_ID)
    second = an_order(id=OTHER_ID, filled_qty="3" if counts_its_predecessors else "2")
    listed = [a_fill(id="1"), a_fill(id="2", order_id=OTHER_ID, qty="2")]

    fills = executions.fills_of([first, second], (), listed)

    assert executions.missing([first, second], fills, listed) == 0
    assert [fill.quantity for fill in fills] == [1, 2]


def test_a_changed_order_whose_last_execution_is_not_listed_yet_misses_it() -> None:
    first = an_order(status="replaced", filled_qty="80", replaced_by=OTHER_ID)
    second = an_order(id=OTHER_ID, filled_qty="20")
    listed = [a_fill(id="1", qty="80")]

    fills = executions.fills_of([first, second], (), listed)

    assert executions.missing([first, second], fills, listed) == 20


def test_what_was_never_listed_becomes_one_fill_that_makes_the_average_right() -> None:
    order = an_order(
        status="filled",
        filled_qty="4",
        filled_avg_price="151",
        filled_at="2023-12-12T22:40:00Z",
    )
    fills = [known("1", "1", "148")]

    soon = executions.rest(order, fills, Decimal(3), LATER - timedelta(minutes=19))
    rest = executions.rest(order, fills, Decimal(3), LATER)

    assert soon is None
    assert rest is not None
    assert (rest.quantity, rest.price) == (Decimal(3), Decimal(152))
    assert rest.fill_id == f"{recorded.ORDER_ID}:rest"


def test_an_average_that_cannot_be_right_is_taken_as_it_is() -> None:
    order = an_order(
        status="filled", filled_qty="2", filled_avg_price="1", filled_at="2023-12-12T22:40:00Z"
    )

    rest = executions.rest(order, [known("1", "1", "100")], Decimal(1), LATER)

    assert rest is not None
    assert rest.price == 1
