"""Whatever happens to a request about an order at Schwab: it is sent once, and its end is told."""

import pytest

from floorbroker.domain.order_state import OrderState
from tests.e2e.at_schwab import at_schwab, confirmed
from tests.simulators.schwab import Fault
from tests.stores import Store

# Fault.HANG is left out: this Discord keeps time for the loop, and a deadline within it never ends.
FAULTS = [
    Fault.BAD_GATEWAY,
    Fault.GATEWAY_TIMEOUT,
    Fault.RESET,
    Fault.CLOSE,
    Fault.INVALID_JSON,
    Fault.TRUNCATED,
    Fault.EMPTY_OBJECT,
]
every_fault = pytest.mark.parametrize("fault", FAULTS, ids=[fault.name for fault in FAULTS])


@every_fault
@pytest.mark.parametrize("carried_out", [True, False], ids=["carried out", "not carried out"])
async def test_a_place_is_sent_once_and_ends_as_it_stands_at_the_broker(
    sqlite: Store, fault: Fault, carried_out: bool
) -> None:
    async with at_schwab(sqlite.open()) as (world, sim):
        trouble = sim.fail("place", fault, carried_out=carried_out)

        card = await confirmed(world)

        assert "Sent, outcome unknown" in card.title, card.text
        assert "Do not repeat it." in card.text
        trouble.release()
        for _ in range(4):
            await world.later(20)
        (order,) = await world.orders(world.alice)
        assert sim.orders_received == 1
        if carried_out:
            assert order.state is OrderState.FILLED
            assert "Filled · Buy 10 AAPL" in card.title
        else:
            assert order.state is OrderState.NOT_PLACED
            assert "Not placed" in card.title


@every_fault
async def test_a_cancel_is_asked_once_and_ends_as_it_stands_at_the_broker(
    sqlite: Store, fault: Fault
) -> None:
    async with at_schwab(sqlite.open()) as (world, sim):
        await confirmed(world, limit="100")
        (order,) = await world.orders(world.alice)
        trouble = sim.fail("cancel", fault)

        card = await world.alice.in_dms.types("order cancel", order=order.order_id)

        assert "outcome unknown. It is being checked; do not repeat it." in card.text, card.text
        trouble.release()
        for _ in range(3):
            await world.later(20)
        (order,) = await world.orders(world.alice)
        assert (sim.cancels_received, sim.orders_received) == (1, 1)
        assert order.state is OrderState.CANCELED


@every_fault
async def test_a_change_is_asked_once_and_ends_as_it_stands_at_the_broker(
    sqlite: Store, fault: Fault
) -> None:
    async with at_schwab(sqlite.open()) as (world, sim):
        await confirmed(world, limit="100")
        await world.later(30)
        (order,) = await world.orders(world.alice)
        trouble = sim.fail("modify", fault)

        card = await world.alice.in_dms.types("order modify", order=order.order_id, limit="101")

        assert "outcome unknown. It is being checked; do not repeat it." in card.text, card.text
        trouble.release()
        for _ in range(3):
            await world.later(20)
        (order,) = await world.orders(world.alice)
        assert (sim.replacements_received, sim.orders_received) == (1, 1)
        assert order.state is OrderState.ACCEPTED
        assert order.request.limit_price == 101
        assert order.broker_order_id == str(sim.orders[-1].id)
        assert order.intent is not None
        assert not order.intent.state.open
