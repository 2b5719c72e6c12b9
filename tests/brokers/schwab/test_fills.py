"""What an order has filled: each execution once, whatever their ids and their order."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from floorbroker.brokers.schwab import answers, receipts
from floorbroker.brokers.schwab.adapter import SchwabAdapter
from floorbroker.domain.order import Order
from floorbroker.domain.order_life import with_receipt
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import Fill
from tests.brokers.schwab.at_schwab import looked_at
from tests.brokers.schwab.told import execution, stamp, told
from tests.fakes.clock import NOON
from tests.simulators.schwab import SchwabSimulator

LATER = NOON + timedelta(seconds=5)


def filled(quantity: float, *executions: Any, **more: Any) -> answers.Order:
    return told(filledQuantity=quantity, orderActivityCollection=list(executions), **more)


def amounts(fills: tuple[Fill, ...]) -> list[tuple[Decimal, Decimal]]:
    return [(fill.quantity, fill.price) for fill in fills]


def test_each_execution_is_a_fill() -> None:
    order = filled(7.0, execution(4.0, 99.5), execution(3.0, 100.0, LATER))

    told_now = receipts.receipt(order, (), NOON)

    assert amounts(told_now.fills) == [
        (Decimal(4), Decimal("99.5")),
        (Decimal(3), Decimal(100)),
    ]
    assert [fill.at for fill in told_now.fills] == [NOON, LATER]
    assert told_now.state is OrderState.PARTIALLY_FILLED


def test_executions_that_are_alike_are_two() -> None:
    order = filled(8.0, execution(4.0, 99.5), execution(4.0, 99.5))

    fills = receipts.receipt(order, (), NOON).fills

    assert len({fill.fill_id for fill in fills}) == 2
    assert sum(fill.quantity for fill in fills) == 8


def test_another_order_of_the_list_and_other_ids_make_no_new_fills() -> None:
    before = filled(7.0, execution(4.0, 99.5), execution(3.0, 100.0, LATER))
    known = receipts.receipt(before, (), NOON).fills
    after = filled(
        7.0,
        execution(3.0, 100.0, LATER, activityId=7),
        execution(4.0, 99.5, activityId=8),
    )

    assert receipts.receipt(after, known, NOON).fills == known


def test_a_later_fill_joins_the_earlier_ones() -> None:
    known = receipts.receipt(filled(4.0, execution(4.0, 99.5)), (), NOON).fills

    after = filled(10.0, execution(4.0, 99.5), execution(6.0, 100.0, LATER), status="FILLED")

    told_now = receipts.receipt(after, known, NOON)
    assert told_now.fills[0] == known[0]
    assert amounts(told_now.fills)[1:] == [(Decimal(6), Decimal(100))]
    assert told_now.state is OrderState.FILLED


def test_an_execution_that_is_corrected_is_not_counted_twice() -> None:
    known = receipts.receipt(filled(4.0, execution(4.0, 99.5)), (), NOON).fills

    corrected = filled(4.0, execution(4.0, 99.4))

    assert receipts.receipt(corrected, known, NOON).fills == known


def test_a_correction_beside_a_new_fill_leaves_quantity_and_average_right() -> None:
    known = receipts.receipt(filled(4.0, execution(4.0, 99.5)), (), NOON).fills

    after = filled(10.0, execution(4.0, 99.0), execution(6.0, 100.0, LATER))

    fills = receipts.receipt(after, known, NOON).fills
    paid = sum(fill.quantity * fill.price for fill in fills)
    assert sum(fill.quantity for fill in fills) == 10
    assert paid == 4 * 99 + 6 * 100


def test_a_cancel_is_no_execution() -> None:
    order = filled(0.0, execution(10.0, 0.0, executionType="CANCELED"), status="CANCELED")

    told_now = receipts.receipt(order, (), NOON)

    assert (told_now.state, told_now.fills) == (OrderState.CANCELED, ())


def test_a_cancel_of_the_rest_takes_nothing_from_what_is_filled() -> None:
    rest = execution(6.0, 0.0, LATER, executionType="CANCELED")
    order = filled(4.0, execution(4.0, 99.5), rest, status="CANCELED")

    told_now = receipts.receipt(order, (), NOON)

    assert told_now.state is OrderState.CANCELED
    assert amounts(told_now.fills) == [(Decimal(4), Decimal("99.5"))]
    assert [fill.at for fill in told_now.fills] == [NOON]


def test_an_end_is_not_told_before_its_executions() -> None:
    order = filled(10.0, execution(4.0, 99.5), status="FILLED", closeTime=stamp(NOON))

    early = receipts.receipt(order, (), NOON + timedelta(seconds=30))
    late = receipts.receipt(order, (), NOON + timedelta(minutes=3))

    assert early.state is OrderState.PARTIALLY_FILLED
    assert late.state is OrderState.FILLED
    assert amounts(early.fills) == amounts(late.fills) == [(Decimal(4), Decimal("99.5"))]


@pytest.mark.parametrize(
    ("status", "quantity", "state"),
    [
        ("WORKING", 0.0, OrderState.ACCEPTED),
        ("WORKING", 4.0, OrderState.PARTIALLY_FILLED),
        ("PENDING_CANCEL", 0.0, OrderState.ACCEPTED),
        ("AWAITING_UR_OUT", 4.0, OrderState.PARTIALLY_FILLED),
        ("CANCELED", 4.0, OrderState.CANCELED),
        ("EXPIRED", 0.0, OrderState.EXPIRED),
        ("REJECTED", 0.0, OrderState.REJECTED),
        ("REJECTED", 4.0, OrderState.CANCELED),
        ("REPLACED", 0.0, OrderState.REPLACED),
        ("UNKNOWN", 0.0, OrderState.ACCEPTED),
    ],
)
def test_states(status: str, quantity: float, state: OrderState) -> None:
    executions = [execution(quantity, 99.5)] if quantity else []
    order = filled(quantity, *executions, status=status, closeTime=stamp(NOON))

    assert receipts.receipt(order, (), NOON).state is state


def test_an_order_that_was_canceled_by_hand_tells_no_reason_and_a_rejected_one_does() -> None:
    canceled = receipts.receipt(told(status="CANCELED"), (), NOON)
    rejected = receipts.receipt(
        told(status="REJECTED", statusDescription="No\ttrades\nare allowed"), (), NOON
    )

    assert canceled.reason == ""
    assert rejected.reason == "No trades are allowed"


async def test_fills_in_parts_add_up_at_schwab(
    adapter: SchwabAdapter, simulator: SchwabSimulator, resting: Order
) -> None:
    order = with_receipt(resting, await adapter.place_order(resting), NOON)

    for quantity in ("3", "3", "4"):
        simulator.fill(order.broker_order_id, quantity, "99.5")
        order = with_receipt(order, await looked_at(adapter, order), NOON)

    assert order.state is OrderState.FILLED
    assert (order.filled_quantity, order.average_price) == (Decimal(10), Decimal("99.5"))
    assert len(order.fills) == 3
