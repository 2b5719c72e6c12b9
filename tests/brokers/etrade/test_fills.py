"""Fills: one for each execution, under an id that stays, adding up to what E*TRADE tells."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from floorbroker.brokers.etrade import executions
from floorbroker.brokers.etrade.adapter import EtradeAdapter
from floorbroker.brokers.etrade.order_answers import Order as Told
from floorbroker.brokers.etrade.receipts import state_of
from floorbroker.domain.order_life import with_receipt
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import Fill, OrderChanges
from tests.brokers.etrade.at_etrade import CALL, order_of, request
from tests.brokers.etrade.following import placed, told_of
from tests.fakes.clock import NOON, ManualClock
from tests.simulators.etrade import EtradeSimulator, Person
from tests.simulators.etrade.faults import ORDER_DETAILS


def amounts(fills: tuple[Fill, ...]) -> list[list[Decimal]]:
    return [[fill.quantity, fill.price] for fill in fills]


async def test_each_execution_is_a_fill_that_keeps_its_id(
    adapter: EtradeAdapter, simulator: EtradeSimulator, anna: Person, clock: ManualClock
) -> None:
    order = await placed(adapter, anna)
    seen: list[str] = []
    for quantity, price in (("3", "150"), ("3", "149.5"), ("4", "149.25")):
        clock.advance(1)
        simulator.fill(order.order_id, quantity, price)
        receipt = await told_of(adapter, order)
        order = with_receipt(order, receipt, clock.now())
        assert [fill.fill_id for fill in order.fills][: len(seen)] == seen
        seen = [fill.fill_id for fill in order.fills]

    assert order.state is OrderState.FILLED
    assert amounts(order.fills) == [
        [Decimal(3), Decimal(150)],
        [Decimal(3), Decimal("149.5")],
        [Decimal(4), Decimal("149.25")],
    ]
    assert len(set(seen)) == 3
    assert (await told_of(adapter, order)).fills == order.fills


async def test_executions_of_one_moment_are_kept_apart(
    adapter: EtradeAdapter, simulator: EtradeSimulator, anna: Person
) -> None:
    order = await placed(adapter, anna)
    simulator.fill(order.order_id, "5", "150")
    simulator.fill(order.order_id, "5", "150")

    receipt = await told_of(adapter, order)

    assert len({fill.fill_id for fill in receipt.fills}) == 2
    assert receipt.state is OrderState.FILLED


async def test_the_fee_is_each_fills_part_of_what_etrade_estimates(
    adapter: EtradeAdapter, simulator: EtradeSimulator, anna: Person
) -> None:
    terms = {"instrument": CALL, "quantity": Decimal(3), "limit_price": Decimal(3)}
    order = await placed(adapter, anna, **terms)
    simulator.fill(order.order_id, "1", "3")
    simulator.fill(order.order_id, "2", "3")

    receipt = await told_of(adapter, order)

    assert [fill.fee for fill in receipt.fills] == [Decimal("0.65"), Decimal("1.3")]


async def test_shares_cost_nothing(
    adapter: EtradeAdapter, simulator: EtradeSimulator, anna: Person
) -> None:
    order = order_of(request(), anna.account)
    order = with_receipt(order, await adapter.place_order(order), NOON)

    (fill,) = (await told_of(adapter, order)).fills

    assert fill.fee == 0


async def test_a_part_that_was_filled_before_the_end_stays(
    adapter: EtradeAdapter, simulator: EtradeSimulator, anna: Person
) -> None:
    order = await placed(adapter, anna)
    simulator.fill(order.order_id, "4", "150")
    await adapter.cancel_order(order)

    receipt = await told_of(adapter, order)

    assert receipt.state is OrderState.CANCELED
    assert amounts(receipt.fills) == [[Decimal(4), Decimal(150)]]


async def test_fills_of_the_orders_before_a_change_belong_to_it(
    adapter: EtradeAdapter, simulator: EtradeSimulator, anna: Person
) -> None:
    order = await placed(adapter, anna)
    await adapter.modify_order(order, OrderChanges(quantity=Decimal(6)))
    old, new = simulator.orders
    old.executions.clear()
    simulator.fill(new, "6", "150")

    receipt = await told_of(adapter, order)

    assert receipt.broker_order_id == str(new.id)
    assert amounts(receipt.fills) == [[Decimal(6), Decimal(150)]]
    assert receipt.state is OrderState.FILLED


async def test_without_events_an_order_has_not_ended_until_late_and_then_one_fill_stands_for_it(
    adapter: EtradeAdapter, simulator: EtradeSimulator, anna: Person, clock: ManualClock
) -> None:
    order = await placed(adapter, anna)
    simulator.fill(order.order_id, "10", "149.75")
    simulator.refuse(ORDER_DETAILS, code=9999, message="No such address.", status=404)

    at_first = await told_of(adapter, order)
    clock.advance(121)
    late = await told_of(adapter, order)

    assert (at_first.state, at_first.fills) == (OrderState.ACCEPTED, ())
    assert late.state is OrderState.FILLED
    assert amounts(late.fills) == [[Decimal(10), Decimal("149.75")]]


async def test_the_rest_makes_the_cost_come_out_and_is_never_counted_twice(
    adapter: EtradeAdapter, simulator: EtradeSimulator, anna: Person, clock: ManualClock
) -> None:
    order = await placed(adapter, anna)
    simulator.fill(order.order_id, "4", "150")
    order = with_receipt(order, await told_of(adapter, order), NOON)
    simulator.fill(order.order_id, "6", "148")
    trouble = simulator.refuse(ORDER_DETAILS, code=9999, message="No such address.", status=404)
    clock.advance(121)
    order = with_receipt(order, await told_of(adapter, order), clock.now())
    trouble.lift()
    again = with_receipt(order, await told_of(adapter, order), clock.now())

    assert amounts(order.fills) == [[Decimal(4), Decimal(150)], [Decimal(6), Decimal(148)]]
    assert again.fills == order.fills
    assert again.filled_quantity == 10


def _told(*events: Mapping[str, Any], **detail: Any) -> Told:
    leg = {
        "Product": {"symbol": "AAPL", "securityType": "EQ"},
        "orderAction": "BUY",
        "orderedQuantity": 10,
        "filledQuantity": 10,
        "averageExecutionPrice": Decimal("150.5"),
    }
    usual = {"status": "EXECUTED", "placedTime": 1772643600000, "Instrument": [leg], **detail}
    return Told.model_validate(
        {"orderId": 7, "OrderDetail": [usual], "Events": {"Event": list(events)}}
    )


def _executed(quantity: int, price: str, millis: int = 1772643601000) -> dict[str, Any]:
    leg = {
        "Product": {"symbol": "AAPL", "securityType": "EQ"},
        "filledQuantity": quantity,
        "averageExecutionPrice": Decimal(price),
    }
    return {"name": "ORDER_EXECUTED", "dateTime": millis, "Instrument": [leg]}


def test_events_that_do_not_add_up_are_not_taken_for_fills() -> None:
    growing = _told(_executed(4, "150"), _executed(10, "150.5", 1772643602000))

    assert executions.fills_of(growing, ()) == ()
    assert executions.missing(growing, ()) == 10
    rest = executions.rest(growing, (), NOON.replace(hour=18))
    assert rest is not None
    assert [rest.quantity, rest.price] == [Decimal(10), Decimal("150.5")]


@pytest.mark.parametrize(
    "event",
    [
        {"name": "ORDER_PLACED", "dateTime": 1772643600000},
        {**_executed(10, "150"), "name": "ORDER_CANCELLED"},
        {**_executed(10, "150"), "dateTime": None},
        {**_executed(10, "150"), "Instrument": []},
        _executed(0, "150"),
        _executed(10, "0"),
        _executed(-10, "150"),
    ],
    ids=str,
)
def test_what_is_no_execution_is_no_fill(event: dict[str, Any]) -> None:
    assert executions.fills_of(_told(event), ()) == ()


def test_an_executed_order_of_which_less_is_filled_has_not_ended() -> None:
    told = _told()
    leg = told.detail.legs[0].model_copy(update={"filled_quantity": Decimal(4)})
    detail = told.detail.model_copy(update={"legs": [leg]})
    partly = told.model_copy(update={"details": [detail]})

    assert state_of(told) is OrderState.FILLED
    assert state_of(partly) is OrderState.PARTIALLY_FILLED


@pytest.mark.parametrize("word", ["DO_NOT_EXERCISE", "SOMETHING_NEW", ""])
async def test_a_state_that_nobody_knows_counts_as_working(
    adapter: EtradeAdapter, simulator: EtradeSimulator, anna: Person, word: str
) -> None:
    order = await placed(adapter, anna)
    simulator.set_status(order.order_id, word)

    assert (await told_of(adapter, order)).state is OrderState.ACCEPTED
