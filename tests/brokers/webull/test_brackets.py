"""An order with exits: three at Webull, one for its person."""

import json
from decimal import Decimal

import pytest

from floorbroker.brokers.webull.adapter import WebullAdapter
from floorbroker.domain.errors import ApiError, NotSent, OrderRejected, OutcomeUnknown
from floorbroker.domain.order import Order
from floorbroker.domain.order_life import can_be_canceled
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import LegRole
from tests.brokers.webull.at_webull import (
    bracket_request,
    followed,
    looked_at,
    order_of,
    placed,
    request,
)
from tests.simulators.webull import Fault, Person, WebullSimulator

WAITING = [
    (LegRole.TAKE_PROFIT, Decimal(120), OrderState.ACCEPTED),
    (LegRole.STOP_LOSS, Decimal(90), OrderState.ACCEPTED),
]


def legs(order: Order) -> list[tuple[LegRole, Decimal, OrderState]]:
    return [(leg.role, leg.price, leg.state) for leg in order.legs]


def asked_for(simulator: WebullSimulator, kind: str) -> list[str]:
    """The client order ids of the requests of a kind."""
    found = [json.loads(one.body) for one in simulator.received if kind in one.kinds]
    return [body["client_order_id"] for body in found]


@pytest.fixture
async def bought(adapter: WebullAdapter, bracket: Order, simulator: WebullSimulator) -> Order:
    """With both exits at work."""
    order = await placed(adapter, bracket)
    simulator.fill(order.order_id, None, "100")
    return await followed(adapter, order)


async def test_an_order_with_exits_is_placed_with_one_request_and_read_back_with_one(
    adapter: WebullAdapter, bracket: Order, simulator: WebullSimulator
) -> None:
    order = await placed(adapter, bracket)
    reads = len(simulator.received)

    again = await followed(adapter, order)

    assert simulator.orders_received == 1
    assert len(simulator.received) == reads + 1
    assert len(simulator.orders) == 3
    assert legs(order) == legs(again) == WAITING
    assert again.broker_order_id == order.broker_order_id
    assert again.replaced == ()


async def test_the_exits_of_an_order_that_has_bought_are_read_one_by_one(
    adapter: WebullAdapter, bought: Order, simulator: WebullSimulator
) -> None:
    assert bought.state is OrderState.FILLED
    assert bought.filled_quantity == 10
    assert legs(bought) == WAITING
    assert can_be_canceled(bought)
    assert [leg.broker_order_id for leg in bought.legs] == [
        simulator.order(f"{bought.order_id}{end}").id for end in ("tp", "sl")
    ]


async def test_a_filled_order_is_asked_about_no_more_but_for_its_exits(
    adapter: WebullAdapter, bought: Order, simulator: WebullSimulator
) -> None:
    reads = len(simulator.received)

    after = await followed(adapter, bought)

    asked = [one.raw_query for one in simulator.received[reads:]]
    assert len(asked) == 2
    assert not any(f"client_order_id={bought.order_id}&" in f"{query}&" for query in asked)
    assert after.fills == bought.fills


async def test_when_one_exit_sells_the_other_has_ended(
    adapter: WebullAdapter, bought: Order, simulator: WebullSimulator
) -> None:
    simulator.fill(f"{bought.order_id}tp", None, "120")

    after = await followed(adapter, bought)

    assert [leg.state for leg in after.legs] == [OrderState.FILLED, OrderState.CANCELED]
    assert not can_be_canceled(after)


async def test_an_ended_exit_is_not_asked_about_again(
    adapter: WebullAdapter, bought: Order, simulator: WebullSimulator
) -> None:
    simulator.cancel_elsewhere(f"{bought.order_id}tp")
    after = await followed(adapter, bought)
    reads = len(simulator.received)

    await followed(adapter, after)

    assert [leg.state for leg in after.legs] == [OrderState.CANCELED, OrderState.ACCEPTED]
    assert len(simulator.received) == reads + 1


async def test_canceling_an_order_that_has_not_bought_takes_its_exits_with_it(
    adapter: WebullAdapter, bracket: Order, simulator: WebullSimulator
) -> None:
    order = await placed(adapter, bracket)

    await adapter.cancel_order(order)
    after = await followed(adapter, order)

    assert asked_for(simulator, "cancel") == [order.order_id]
    assert after.state is OrderState.CANCELED
    assert [leg.state for leg in after.legs] == [OrderState.CANCELED] * 2
    assert {one.status for one in simulator.orders} == {"CANCELLED"}


async def test_canceling_one_that_has_bought_ends_each_of_its_exits_with_one_request(
    adapter: WebullAdapter, bought: Order, simulator: WebullSimulator
) -> None:
    await adapter.cancel_order(bought)
    after = await followed(adapter, bought)

    assert sorted(asked_for(simulator, "cancel")) == [
        f"{bought.order_id}sl",
        f"{bought.order_id}tp",
    ]
    assert [leg.state for leg in after.legs] == [OrderState.CANCELED] * 2
    assert after.state is OrderState.FILLED


async def test_an_exit_that_ended_meanwhile_is_no_hindrance_for_the_other(
    adapter: WebullAdapter, bought: Order, simulator: WebullSimulator
) -> None:
    simulator.cancel_elsewhere(f"{bought.order_id}tp")

    await adapter.cancel_order(bought)
    after = await followed(adapter, bought)

    assert [leg.state for leg in after.legs] == [OrderState.CANCELED] * 2


async def test_exits_that_have_both_ended_can_no_longer_be_canceled(
    adapter: WebullAdapter, bought: Order, simulator: WebullSimulator
) -> None:
    simulator.fill(f"{bought.order_id}sl", None, "90")

    with pytest.raises(OrderRejected):
        await adapter.cancel_order(bought)


@pytest.mark.parametrize("carried_out", [True, False])
async def test_exits_whose_cancel_gets_no_answer_are_unknown_and_asked_for_once(
    adapter: WebullAdapter, bought: Order, simulator: WebullSimulator, carried_out: bool
) -> None:
    simulator.fail("cancel", Fault.CLOSE, carried_out=carried_out)

    with pytest.raises(OutcomeUnknown):
        await adapter.cancel_order(bought)

    simulator.work()
    expected = OrderState.CANCELED if carried_out else OrderState.ACCEPTED
    assert simulator.cancels_received == 2
    assert {leg.state for leg in (await followed(adapter, bought)).legs} == {expected}


async def test_a_filled_order_without_exits_has_nothing_to_cancel(
    adapter: WebullAdapter, anna: Person, simulator: WebullSimulator
) -> None:
    order = await placed(adapter, order_of(request(), anna.account.id))
    filled = await followed(adapter, order)

    with pytest.raises(NotSent, match="Nothing of this order"):
        await adapter.cancel_order(filled)

    assert simulator.cancels_received == 0


async def test_what_was_bought_in_part_before_the_end_keeps_its_exits_and_they_are_told(
    adapter: WebullAdapter, bracket: Order, simulator: WebullSimulator
) -> None:
    order = await placed(adapter, bracket)
    simulator.fill(order.order_id, "4", "100")
    await adapter.cancel_order(order)

    after = await followed(adapter, order)

    assert after.state is OrderState.CANCELED
    assert after.filled_quantity == 4
    assert legs(after) == WAITING


async def test_an_exit_that_webull_does_not_tell_of_stays_as_it_was(
    adapter: WebullAdapter, bought: Order, simulator: WebullSimulator
) -> None:
    simulator.refuse("read", "OPENAPI_ORDER_NOT_FOUND", "Order not found.")

    after = await looked_at(adapter, bought)

    assert after.legs == bought.legs


def unreadable(simulator: WebullSimulator, order: Order) -> None:
    """Of an exit nothing can be read any more."""
    simulator.order(f"{order.order_id}tp").status = 7  # type: ignore[assignment] # no word


async def test_that_an_order_is_filled_is_told_also_while_its_exits_are_not(
    adapter: WebullAdapter, bracket: Order, simulator: WebullSimulator
) -> None:
    order = await placed(adapter, bracket)
    simulator.fill(order.order_id, None, "100")
    unreadable(simulator, order)

    bought = await followed(adapter, order)

    assert bought.state is OrderState.FILLED
    assert legs(bought) == WAITING
    with pytest.raises(ApiError):
        await adapter.find_order(bought)


async def test_an_order_that_is_looked_at_no_more_does_not_end_without_its_exits(
    adapter: WebullAdapter, bracket: Order, simulator: WebullSimulator
) -> None:
    order = await placed(adapter, bracket)
    simulator.fill(order.order_id, "4", "100")
    await adapter.cancel_order(order)
    unreadable(simulator, order)

    with pytest.raises(ApiError):
        await adapter.find_order(order)


async def test_one_exit_alone_is_read_and_canceled_alone(
    adapter: WebullAdapter, anna: Person, simulator: WebullSimulator
) -> None:
    order = order_of(bracket_request(take_profit=None), anna.account.id)
    order = await placed(adapter, order)
    simulator.fill(order.order_id, None, "100")
    bought = await followed(adapter, order)

    await adapter.cancel_order(bought)

    assert legs(bought) == WAITING[1:]
    assert asked_for(simulator, "cancel") == [f"{bought.order_id}sl"]
