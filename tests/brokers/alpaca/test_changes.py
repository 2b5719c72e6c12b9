"""A changed order is a chain at Alpaca, and one order to its person."""

from dataclasses import replace
from decimal import Decimal

import pytest

from floorbroker.brokers.alpaca.adapter import AlpacaAdapter
from floorbroker.domain.errors import ApiError, OrderRejected
from floorbroker.domain.order import Order
from floorbroker.domain.order_life import with_receipt
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import OrderChanges
from tests.brokers.alpaca.at_alpaca import DEARER, followed, looked_at
from tests.fakes.clock import NOON
from tests.simulators.alpaca import AlpacaSimulator


async def test_a_change_is_sent_once_and_followed_under_its_new_id(
    adapter: AlpacaAdapter, resting: Order, simulator: AlpacaSimulator
) -> None:
    first = await adapter.place_order(resting)
    stored = with_receipt(resting, first, NOON)

    changed = await adapter.modify_order(stored, DEARER)
    stored = with_receipt(stored, changed, NOON)
    found = await looked_at(adapter, stored)

    assert simulator.modifies_received == 1
    assert changed.broker_order_id != first.broker_order_id
    assert found.broker_order_id == changed.broker_order_id == stored.broker_order_id
    assert (found.state, found.limit_price) == (OrderState.ACCEPTED, Decimal(101))


async def test_an_order_that_was_changed_three_times_is_found_as_the_newest_of_its_chain(
    adapter: AlpacaAdapter, resting: Order, simulator: AlpacaSimulator
) -> None:
    stored = with_receipt(resting, await adapter.place_order(resting), NOON)
    for price in (101, 102, 103):
        changes = OrderChanges(limit_price=Decimal(price))
        stored = with_receipt(stored, await adapter.modify_order(stored, changes), NOON)
    simulator.fill(stored.broker_order_id, "4", "99")

    found = await looked_at(adapter, replace(resting, broker_order_id=None))

    assert found.broker_order_id == stored.broker_order_id
    assert found.limit_price == Decimal(103)
    assert sum(fill.quantity for fill in found.fills) == 4
    assert len(stored.replaced) == 3


async def test_fills_before_and_after_a_change_are_all_ours(
    adapter: AlpacaAdapter, resting: Order, simulator: AlpacaSimulator
) -> None:
    stored = with_receipt(resting, await adapter.place_order(resting), NOON)
    simulator.fill(resting.order_id, "4", "99")
    stored = await followed(adapter, stored)
    stored = with_receipt(stored, await adapter.modify_order(stored, DEARER), NOON)
    simulator.fill(stored.broker_order_id, None, "100")

    stored = await followed(adapter, stored)

    assert stored.state is OrderState.FILLED
    assert [(fill.quantity, fill.price) for fill in stored.fills] == [(4, 99), (6, 100)]


async def test_a_change_that_came_too_late_leaves_the_order_that_it_was_for(
    adapter: AlpacaAdapter, resting: Order, simulator: AlpacaSimulator
) -> None:
    stored = with_receipt(resting, await adapter.place_order(resting), NOON)
    stored = with_receipt(stored, await adapter.modify_order(stored, DEARER), NOON)
    # The exchange filled the old one first: Alpaca's reference, on replacing orders.
    old, new = simulator.order(resting.order_id), simulator.order(stored.broker_order_id)
    new.become("rejected", simulator._now())
    old.become("new", simulator._now())
    old.replaced_by = None
    simulator.fill(old.id, None, "99")

    stored = await followed(adapter, stored)

    assert stored.state is OrderState.FILLED
    assert stored.filled_quantity == 10
    assert stored.request.limit_price == Decimal(100)


async def test_after_a_change_the_order_that_lives_is_the_one_that_is_canceled(
    adapter: AlpacaAdapter, resting: Order, simulator: AlpacaSimulator
) -> None:
    stored = with_receipt(resting, await adapter.place_order(resting), NOON)
    stored = with_receipt(stored, await adapter.modify_order(stored, DEARER), NOON)

    await adapter.cancel_order(stored)

    assert simulator.order(stored.broker_order_id).status == "canceled"
    assert simulator.cancels_received == 1


async def test_a_change_that_alpaca_refuses_leaves_the_order_as_it_was(
    adapter: AlpacaAdapter, resting: Order, simulator: AlpacaSimulator
) -> None:
    stored = with_receipt(resting, await adapter.place_order(resting), NOON)
    simulator.fill(resting.order_id, "6", "99")

    with pytest.raises(OrderRejected):
        await adapter.modify_order(stored, OrderChanges(quantity=Decimal(5)))

    assert (await looked_at(adapter, stored)).quantity == 10


async def test_a_chain_without_an_end_is_unreadable(
    adapter: AlpacaAdapter, resting: Order, simulator: AlpacaSimulator
) -> None:
    await adapter.place_order(resting)
    order = simulator.order(resting.order_id)
    order.replaced_by = order.id
    order.become("replaced", simulator._now())

    with pytest.raises(ApiError):
        await adapter.find_order(resting)
