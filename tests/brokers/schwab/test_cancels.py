"""Canceling: one request, about an id that is one, and what became of it is read back."""

from dataclasses import replace
from decimal import Decimal

import pytest

from floorbroker.brokers.context import BrokerContext
from floorbroker.brokers.schwab.adapter import SchwabAdapter
from floorbroker.domain.errors import NotSent, OrderRejected
from floorbroker.domain.order import Order
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import OrderChanges
from tests.brokers.schwab.at_schwab import adapter_in, looked_at, order_of, resting_request
from tests.simulators.schwab import SchwabSimulator


async def test_a_cancel_is_asked_for_once_and_its_end_is_read_back(
    adapter: SchwabAdapter, placed: Order, simulator: SchwabSimulator
) -> None:
    simulator.let_cancels_wait()

    await adapter.cancel_order(placed)

    assert (await looked_at(adapter, placed)).state is OrderState.ACCEPTED
    simulator.finish_cancels()
    assert (await looked_at(adapter, placed)).state is OrderState.CANCELED
    assert simulator.cancels_received == 1


async def test_what_has_ended_cannot_be_canceled(
    adapter: SchwabAdapter, placed: Order, simulator: SchwabSimulator
) -> None:
    simulator.fill(placed.broker_order_id)

    with pytest.raises(OrderRejected, match="cannot be canceled"):
        await adapter.cancel_order(placed)


async def test_an_order_whose_id_is_not_known_is_not_canceled(
    context: BrokerContext, placed: Order, simulator: SchwabSimulator
) -> None:
    later = adapter_in(context)
    await later.connect()

    with pytest.raises(NotSent, match="id of this order is not known"):
        await later.cancel_order(replace(placed, broker_order_id=None))

    assert simulator.cancels_received == 0


@pytest.mark.parametrize("wrong", ["../orders", "", "1005/../../x", "１００５", "1" * 19])
async def test_nothing_that_is_no_id_reaches_an_address(
    adapter: SchwabAdapter, placed: Order, simulator: SchwabSimulator, wrong: str
) -> None:
    order = replace(order_of(resting_request()), broker_order_id=wrong)

    with pytest.raises(NotSent):
        await adapter.cancel_order(order)
    with pytest.raises(NotSent):
        await adapter.modify_order(order, OrderChanges(limit_price=Decimal(101)))

    assert (simulator.cancels_received, simulator.replacements_received) == (0, 0)
