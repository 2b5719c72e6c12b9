"""Cancels and changes: each asked for once, and of the order that was meant."""

from dataclasses import replace
from decimal import Decimal

import pytest

from floorbroker.brokers.etrade.adapter import EtradeAdapter
from floorbroker.domain.errors import BrokerError, NotSent, OrderRejected
from floorbroker.domain.order_life import with_receipt
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import (
    OrderChanges,
)
from tests.brokers.etrade.following import placed, told_of
from tests.fakes.clock import NOON
from tests.simulators.etrade import EtradeSimulator, Fault, Person
from tests.simulators.etrade.faults import CHANGE_PREVIEW


async def test_a_cancel_is_asked_by_etrades_id_and_read_back(
    adapter: EtradeAdapter, simulator: EtradeSimulator, anna: Person
) -> None:
    order = await placed(adapter, anna)
    simulator.let_cancels_wait()

    await adapter.cancel_order(order)

    waiting = await told_of(adapter, order)
    simulator.finish_cancels()
    assert waiting.state is OrderState.ACCEPTED
    assert (await told_of(adapter, order)).state is OrderState.CANCELED
    assert simulator.cancels_received == 1


async def test_a_cancel_that_comes_too_late_is_refused(
    adapter: EtradeAdapter, simulator: EtradeSimulator, anna: Person
) -> None:
    order = await placed(adapter, anna)
    simulator.fill(order.order_id)

    with pytest.raises(OrderRejected, match="cannot be cancelled"):
        await adapter.cancel_order(order)


@pytest.mark.parametrize("broker_order_id", ["../7", "7; drop", "", "9" * 20, "seven"])
async def test_an_id_that_is_none_of_etrades_is_not_asked_about(
    adapter: EtradeAdapter, simulator: EtradeSimulator, anna: Person, broker_order_id: str
) -> None:
    order = replace(await placed(adapter, anna), broker_order_id=broker_order_id)
    asked = len(simulator.received)

    with pytest.raises(NotSent):
        await adapter.cancel_order(order)
    with pytest.raises(BrokerError):
        await adapter.find_order(order)

    assert len(simulator.received) == asked


async def test_a_change_takes_the_old_orders_place_under_a_new_id(
    adapter: EtradeAdapter, simulator: EtradeSimulator, anna: Person
) -> None:
    order = await placed(adapter, anna)

    receipt = await adapter.modify_order(order, OrderChanges(limit_price=Decimal(151)))

    old, new = simulator.orders
    after = with_receipt(order, receipt, NOON)
    assert (old.status, new.status) == ("CANCELLED", "OPEN")
    assert receipt.broker_order_id == str(new.id)
    assert [new.ticket.limit, new.ticket.quantity] == [Decimal(151), Decimal(10)]
    assert new.ticket.client_order_id == f"{order.order_id}00"
    assert after.request.limit_price == 151
    assert after.replaced == (str(old.id),)
    assert (await told_of(adapter, after)).broker_order_id == str(new.id)
    assert (simulator.orders_received, simulator.modifies_received) == (1, 1)


async def test_a_changed_order_is_changed_and_canceled_again(
    adapter: EtradeAdapter, simulator: EtradeSimulator, anna: Person
) -> None:
    order = await placed(adapter, anna)
    for limit in (151, 152):
        receipt = await adapter.modify_order(order, OrderChanges(limit_price=Decimal(limit)))
        order = with_receipt(order, receipt, NOON)

    await adapter.cancel_order(order)

    assert [one.status for one in simulator.orders] == ["CANCELLED"] * 3
    assert [one.ticket.client_order_id[18:] for one in simulator.orders] == ["", "00", "01"]
    assert (await told_of(adapter, order)).state is OrderState.CANCELED


async def test_an_order_that_was_changed_elsewhere_is_followed(
    adapter: EtradeAdapter, simulator: EtradeSimulator, anna: Person
) -> None:
    order = await placed(adapter, anna)
    await adapter.modify_order(order, OrderChanges(quantity=Decimal(4)))

    receipt = await told_of(adapter, order)

    assert receipt.broker_order_id == str(simulator.orders[1].id)
    assert receipt.state is OrderState.ACCEPTED
    assert receipt.quantity == 4


async def test_a_part_that_is_filled_keeps_an_order_as_it_is(
    adapter: EtradeAdapter, simulator: EtradeSimulator, anna: Person
) -> None:
    order = await placed(adapter, anna)
    simulator.fill(order.order_id, "3", "150")

    with pytest.raises(NotSent, match="filled"):
        await adapter.modify_order(order, OrderChanges(limit_price=Decimal(151)))

    assert simulator.modifies_received == 0


async def test_a_change_that_its_preview_refuses_is_not_asked_for(
    adapter: EtradeAdapter, simulator: EtradeSimulator, anna: Person
) -> None:
    order = await placed(adapter, anna)

    with pytest.raises(OrderRejected):
        await adapter.modify_order(order, OrderChanges(quantity=Decimal(10**6)))
    simulator.fail(CHANGE_PREVIEW, Fault.BAD_GATEWAY)
    with pytest.raises(NotSent):
        await adapter.modify_order(order, OrderChanges(limit_price=Decimal(151)))

    assert simulator.modifies_received == 0
    assert (await told_of(adapter, order)).state is OrderState.ACCEPTED
