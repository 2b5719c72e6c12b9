"""What an order has filled: each execution once, and no end before all of them are told."""

from decimal import Decimal

import pytest

from floorbroker.brokers.alpaca.adapter import AlpacaAdapter
from floorbroker.domain.errors import ApiError
from floorbroker.domain.order import Order
from floorbroker.domain.order_life import with_receipt
from floorbroker.domain.order_state import OrderState
from tests.brokers.alpaca.at_alpaca import followed, looked_at, order_of, request, resting_request
from tests.fakes.clock import NOON, ManualClock
from tests.simulators.alpaca import AlpacaSimulator, Fault, Person


async def test_a_growing_order_is_never_counted_twice(
    adapter: AlpacaAdapter, resting: Order, simulator: AlpacaSimulator
) -> None:
    await adapter.place_order(resting)
    stored = resting
    seen = []
    for part, price in (("3", "99.10"), ("5", "99.20"), ("2", "99.40")):
        simulator.fill(resting.order_id, part, price)
        stale = await looked_at(adapter, resting)  # a reader that knows of no fills yet
        stored = await followed(adapter, stored)
        seen.append((stored.state, stored.filled_quantity, sum(f.quantity for f in stale.fills)))

    assert seen == [
        (OrderState.PARTIALLY_FILLED, 3, 3),
        (OrderState.PARTIALLY_FILLED, 8, 8),
        (OrderState.FILLED, 10, 10),
    ]
    assert [fill.price for fill in stored.fills] == [
        Decimal("99.10"),
        Decimal("99.20"),
        Decimal("99.40"),
    ]
    assert stored.average_price == Decimal("99.21")


async def test_two_readers_at_once_count_each_execution_once(
    adapter: AlpacaAdapter, resting: Order, simulator: AlpacaSimulator
) -> None:
    await adapter.place_order(resting)
    simulator.fill(resting.order_id, "3", "99")
    first = await looked_at(adapter, resting)
    simulator.fill(resting.order_id, "4", "98")
    second = await looked_at(adapter, resting)

    both = with_receipt(with_receipt(resting, first, NOON), second, NOON)
    other_way = with_receipt(with_receipt(resting, second, NOON), first, NOON)

    assert both.filled_quantity == other_way.filled_quantity == 7


async def test_a_canceled_order_keeps_what_was_filled_before(
    adapter: AlpacaAdapter, resting: Order, simulator: AlpacaSimulator
) -> None:
    await adapter.place_order(resting)
    simulator.fill(resting.order_id, "4", "99.50")
    await adapter.cancel_order(resting)

    receipt = await looked_at(adapter, resting)

    assert receipt.state is OrderState.CANCELED
    assert [(fill.quantity, fill.price) for fill in receipt.fills] == [(4, Decimal("99.50"))]


async def test_an_end_waits_for_its_executions_and_then_does_without(
    adapter: AlpacaAdapter, anna: Person, simulator: AlpacaSimulator, clock: ManualClock
) -> None:
    order = order_of(request(quantity=Decimal(2)), anna.account_id)
    await adapter.place_order(order)
    anna.activities.clear()

    soon = await looked_at(adapter, order)
    clock.advance(180)
    late = await looked_at(adapter, order)
    stored = with_receipt(order, late, NOON)

    assert (soon.state, soon.fills) == (OrderState.ACCEPTED, ())
    assert late.state is OrderState.FILLED
    assert [(fill.quantity, fill.price) for fill in late.fills] == [(2, Decimal(190))]
    assert (await looked_at(adapter, stored)).fills == late.fills


async def test_executions_that_cannot_be_read_leave_the_look_undone(
    adapter: AlpacaAdapter, anna: Person, simulator: AlpacaSimulator
) -> None:
    order = order_of(request(), anna.account_id)
    await adapter.place_order(order)
    simulator.fail("/v2/account/activities/FILL", Fault.UNAVAILABLE)

    with pytest.raises(ApiError):
        await adapter.find_order(order)


async def test_fills_that_are_all_known_are_not_read_again(
    adapter: AlpacaAdapter, anna: Person, simulator: AlpacaSimulator
) -> None:
    order = order_of(request(), anna.account_id)
    await adapter.place_order(order)
    stored = await followed(adapter, order)
    simulator.fail("/v2/account/activities/FILL", Fault.UNAVAILABLE)

    again = await looked_at(adapter, stored)

    assert again.fills == stored.fills


async def test_an_execution_is_found_among_hundreds_of_others(
    adapter: AlpacaAdapter, anna: Person, simulator: AlpacaSimulator, resting: Order
) -> None:
    await adapter.place_order(resting)
    other = order_of(resting_request(quantity=Decimal(500)), anna.account_id)
    await adapter.place_order(other)
    for _ in range(250):
        simulator.fill(other.order_id, "1", "99")
    simulator.fill(resting.order_id, "10", "99")

    receipt = await looked_at(adapter, resting)

    assert receipt.state is OrderState.FILLED
    assert sum(fill.quantity for fill in receipt.fills) == 10


@pytest.mark.parametrize("word", ["pending_review", "marinating"])
async def test_a_state_that_nobody_knows_is_looked_at_again(
    adapter: AlpacaAdapter, resting: Order, simulator: AlpacaSimulator, word: str
) -> None:
    await adapter.place_order(resting)
    simulator.set_status(resting.order_id, word)

    assert (await looked_at(adapter, resting)).state is OrderState.ACCEPTED


async def test_a_late_refusal_is_told(
    adapter: AlpacaAdapter, resting: Order, simulator: AlpacaSimulator
) -> None:
    await adapter.place_order(resting)
    simulator.set_status(resting.order_id, "rejected")

    receipt = await looked_at(adapter, resting)

    assert receipt.state is OrderState.REJECTED
    assert receipt.reason
