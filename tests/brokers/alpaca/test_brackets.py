"""Closing orders: read back, listed, and ended with one request."""

from decimal import Decimal

import pytest

from floorbroker.brokers.alpaca.adapter import AlpacaAdapter
from floorbroker.domain.errors import OrderRejected
from floorbroker.domain.order import Order
from floorbroker.domain.order_state import OrderState
from tests.brokers.alpaca.at_alpaca import followed, looked_at, order_of, request
from tests.simulators.alpaca import AlpacaSimulator, Person


async def test_a_bracket_is_read_back_with_its_legs(adapter: AlpacaAdapter, bracket: Order) -> None:
    placed = await adapter.place_order(bracket)
    found = await looked_at(adapter, bracket)

    assert {leg.price for leg in placed.legs} == {Decimal(120), Decimal(90)}
    assert found.legs == placed.legs


async def test_the_closing_orders_of_a_filled_bracket_are_canceled_with_one_request(
    adapter: AlpacaAdapter, bracket: Order, simulator: AlpacaSimulator
) -> None:
    await adapter.place_order(bracket)
    simulator.fill(bracket.order_id, None, "100")
    filled = await followed(adapter, bracket)

    await adapter.cancel_order(filled)

    after = await followed(adapter, filled)
    assert filled.state is OrderState.FILLED
    assert simulator.cancels_received == 1
    assert {leg.state for leg in after.legs} == {OrderState.CANCELED}


async def test_a_filled_order_without_closing_orders_cannot_be_canceled(
    adapter: AlpacaAdapter, anna: Person
) -> None:
    order = order_of(request(), anna.account_id)
    await adapter.place_order(order)
    filled = await followed(adapter, order)

    with pytest.raises(OrderRejected, match="filled"):
        await adapter.cancel_order(filled)
