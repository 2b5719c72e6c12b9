"""Executions: with commissions that come later, corrections, and none counted twice."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from floorbroker.brokers.ibkr import receipts
from floorbroker.brokers.ibkr.errors import ErrorCode, code_of
from floorbroker.brokers.ibkr.executions import LATE, Executions, parts
from floorbroker.brokers.ibkr.heard import Heard
from floorbroker.brokers.ibkr.told import (
    CommissionTold,
    ErrorTold,
    ExecutionTold,
    OrderTold,
    StatusTold,
    number,
)
from floorbroker.domain.order_life import with_receipt
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import Fill
from tests.brokers.ibkr.at_ibkr import NOON
from tests.domain.building import order, request
from tests.fakes.clock import ManualClock

EXECUTION = ExecutionTold(
    exec_id="0000e0d5.5f9d9bd0.01.01",
    order_id=3,
    client_id=1,
    perm_id=77,
    account="DU1",
    ref="abcdefghij12345678",
    quantity=Decimal(4),
    price=Decimal("190.25"),
    at=NOON,
)
COST = CommissionTold(exec_id=EXECUTION.exec_id, amount=Decimal("1.02"), currency="USD")
ORDER = OrderTold(
    order_id=3,
    client_id=1,
    perm_id=77,
    parent_id=0,
    account="DU1",
    ref="abcdefghij12345678",
    contract=None,
    action="BUY",
    quantity=Decimal(4),
    type="LMT",
    limit=Decimal(191),
    stop=None,
    trail_percent=None,
    tif="DAY",
    status="Submitted",
)
FOUR = request(quantity=Decimal(4))
STATUS = StatusTold(order_id=3, client_id=1, perm_id=77, status="Filled", filled=Decimal(4))


@pytest.fixture
def heard() -> Heard:
    heard = Heard(ManualClock(NOON))
    heard.client_id = 1
    heard.hear(ORDER)
    return heard


def shown(heard: Heard, *, after: timedelta = timedelta(), before: tuple[Fill, ...] = ()):  # type: ignore[no-untyped-def] # a receipt
    known = heard.by_perm_id(77)
    assert known is not None
    return receipts.receipt(known, [], before, NOON + after)


def test_a_fill_waits_for_its_commission_and_the_order_with_it(heard: Heard) -> None:
    heard.hear(EXECUTION)
    heard.hear(STATUS)
    early = shown(heard)
    heard.hear(COST)
    complete = shown(heard)

    assert (early.state, early.fills) == (OrderState.ACCEPTED, ())
    assert complete.state is OrderState.FILLED
    assert [(fill.quantity, fill.fee) for fill in complete.fills] == [(4, Decimal("1.02"))]


def test_a_commission_that_never_comes_holds_nothing_up_for_ever(heard: Heard) -> None:
    heard.hear(EXECUTION)
    heard.hear(STATUS)

    late = shown(heard, after=LATE)

    assert late.state is OrderState.FILLED
    assert [fill.fee for fill in late.fills] == [0]


def test_executions_that_never_come_hold_nothing_up_for_ever(heard: Heard) -> None:
    heard.hear(STATUS)

    assert shown(heard).state is OrderState.ACCEPTED
    assert shown(heard, after=LATE).state is OrderState.FILLED


def test_an_execution_that_is_told_twice_counts_once(heard: Heard) -> None:
    for news in (EXECUTION, COST, EXECUTION, COST, STATUS):
        heard.hear(news)

    assert sum(fill.quantity for fill in shown(heard).fills) == 4


def test_a_correction_takes_the_place_of_the_one_before(heard: Heard) -> None:
    corrected = replace(EXECUTION, exec_id="0000e0d5.5f9d9bd0.01.02", price=Decimal("190.20"))
    for news in (EXECUTION, COST, corrected, replace(COST, exec_id=corrected.exec_id), STATUS):
        heard.hear(news)
    heard.hear(EXECUTION)  # the old one, read again

    (fill,) = shown(heard).fills

    assert (fill.fill_id, fill.price) == ("0000e0d5.5f9d9bd0.01", Decimal("190.20"))


def test_a_fill_keeps_its_id_over_a_correction() -> None:
    first, second = Executions(), Executions()
    first.add(EXECUTION)
    second.add(replace(EXECUTION, exec_id="0000e0d5.5f9d9bd0.01.02"))

    later = NOON + LATE
    assert [one.fill_id for one in first.fills((), later)] == [
        one.fill_id for one in second.fills((), later)
    ]


def test_a_correction_reaches_the_stored_order_and_is_news(heard: Heard) -> None:
    corrected = replace(EXECUTION, exec_id="0000e0d5.5f9d9bd0.01.02", price=Decimal("190.20"))
    heard.hear(EXECUTION)
    heard.hear(COST)
    stored = with_receipt(order(OrderState.ACCEPTED, request=FOUR), shown(heard), NOON)

    heard.hear(corrected)  # its own commission may never come
    told = with_receipt(stored, shown(heard, before=stored.fills), NOON)
    again = with_receipt(told, shown(heard, before=told.fills), NOON)
    heard.hear(replace(COST, exec_id=corrected.exec_id, amount=Decimal("0.98")))
    paid = with_receipt(told, shown(heard, before=told.fills), NOON)

    assert [one.price for one in stored.fills] == [Decimal("190.25")]
    assert [one.price for one in told.fills] == [Decimal("190.20")]
    assert told.fills[0].fee == Decimal("1.02")
    assert told.filled_quantity == stored.filled_quantity == 4
    assert told.events[-1].what == "fill corrected"
    assert again == told
    assert [one.fee for one in paid.fills] == [Decimal("0.98")]
    assert paid.events == told.events


def test_a_fill_of_an_older_version_is_brought_up_to_date_once_and_not_counted_twice(
    heard: Heard,
) -> None:
    old = Fill(
        fill_id="0000e0d5.5f9d9bd0.01", quantity=Decimal(4), price=Decimal("190.25"), at=NOON
    )
    heard.hear(EXECUTION)
    heard.hear(COST)
    stored = order(OrderState.ACCEPTED, request=FOUR, fills=(old,))

    told = with_receipt(stored, shown(heard, before=(old,)), NOON)

    assert told.filled_quantity == 4
    assert "fill corrected" not in [event.what for event in told.events]


@pytest.mark.parametrize(
    ("exec_id", "expected"),
    [
        ("0000e0d5.5f9d9bd0.01.01", ("0000e0d5.5f9d9bd0.01", 1)),
        ("0000e0d5.5f9d9bd0.01.12", ("0000e0d5.5f9d9bd0.01", 12)),
        ("U+1234", ("U+1234", 0)),
        ("a.b", ("a.b", 0)),
    ],
)
def test_the_last_digits_are_the_version(exec_id: str, expected: tuple[str, int]) -> None:
    assert parts(exec_id) == expected


def test_a_commission_that_is_not_there_is_none_and_a_rebate_is_kept() -> None:
    executions = Executions()
    executions.add(EXECUTION)
    executions.cost(replace(COST, amount=number("1.7976931348623157E308")))
    rebate = Executions()
    rebate.add(EXECUTION)
    rebate.cost(replace(COST, amount=Decimal("-0.31")))

    assert [fill.fee for fill in executions.fills((), NOON)] == [0]
    assert [fill.fee for fill in rebate.fills((), NOON)] == [Decimal("-0.31")]


def test_what_was_told_before_keeps_what_it_says(heard: Heard) -> None:
    before = Fill(
        fill_id="0000e0d5.5f9d9bd0.01",
        quantity=Decimal(4),
        price=Decimal(190),
        at=NOON,
        revision=1,
    )
    heard.hear(EXECUTION)
    heard.hear(STATUS)

    receipt = shown(heard, before=(before,))

    assert receipt.state is OrderState.FILLED
    assert receipt.fills == (before,)


def test_a_filled_part_makes_a_refused_rest_a_canceled_order(heard: Heard) -> None:
    heard.hear(EXECUTION)
    heard.hear(COST)
    heard.hear(ErrorTold(about=3, code=201, words="Order rejected - reason: the rest"))
    heard.hear(replace(STATUS, status="Inactive"))

    assert shown(heard).state is OrderState.CANCELED


def test_an_order_of_which_only_executions_are_left_is_never_called_ended() -> None:
    heard = Heard(ManualClock(NOON))
    heard.hear(EXECUTION)
    heard.hear(COST)

    assert shown(heard, after=timedelta(days=1)).state is OrderState.PARTIALLY_FILLED


@pytest.mark.parametrize(
    ("status", "why", "state"),
    [
        ("Filled", "", OrderState.FILLED),
        ("Cancelled", "Cancelled by Trader", OrderState.CANCELED),
        ("Cancelled", "Order expired", OrderState.EXPIRED),
        ("Inactive", "No trading permissions", OrderState.REJECTED),
        ("ApiCancelled", "", OrderState.CANCELED),
    ],
)
def test_the_list_of_ended_orders_tells_how(
    heard: Heard, status: str, why: str, state: OrderState
) -> None:
    done = Decimal(4 if status == "Filled" else 0)
    heard.hear(replace(ORDER, status=status, filled=done, ended=("20261118 12:00:00", why)))
    if done:
        heard.hear(EXECUTION)
        heard.hear(COST)

    receipt = shown(heard)

    assert receipt.state is state
    assert receipt.reason == ("" if status == "Filled" else why)


@pytest.mark.parametrize("word", ["PendingSubmit", "PendingCancel", "ApiPending", "", "Something"])
def test_a_word_that_decides_nothing_is_an_order_at_work(heard: Heard, word: str) -> None:
    heard.hear(replace(STATUS, status=word, filled=Decimal(0)))

    assert shown(heard).state is OrderState.ACCEPTED


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("Order rejected - reason: margin call", ErrorCode.MARGIN_CALL),
        ("Insufficient settled cash", ErrorCode.INSUFFICIENT_FUNDS),
        ("The market is closed", ErrorCode.MARKET_CLOSED),
        ("Something else", ErrorCode.ORDER_REJECTED),
    ],
)
def test_refusals_have_codes_of_their_own(words: str, code: ErrorCode) -> None:
    assert code_of(201, words) is code


def test_a_number_that_is_given_anew_does_not_inherit_the_fate_of_the_old_order(
    heard: Heard,
) -> None:
    """ "Reset API order ID sequence" in TWS begins to count anew."""
    heard.hear(STATUS)
    refusal = ErrorTold(about=3, code=201, words="Order rejected")
    old = heard.numbered((1, 3))
    assert old is not None

    with heard.watching(3, fresh=True):
        heard.hear(EXECUTION)  # of the old one, which somebody has asked for at this moment
        before = heard.numbered((1, 3))
        heard.hear(replace(ORDER, perm_id=78))
        after = heard.numbered((1, 3))
        heard.hear(refusal)

    assert before is None
    assert after is not None
    assert (after.perm_id, after.refused) == (78, refusal)
    assert old.refused is None
    assert heard.by_perm_id(77) is old


def test_a_change_of_an_order_keeps_what_is_known_of_its_number(heard: Heard) -> None:
    with heard.watching(3):
        assert heard.numbered((1, 3)) is heard.by_perm_id(77)
