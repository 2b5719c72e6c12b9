"""Alpaca carries a request out and answers badly, or not at all: asked once, told truly, resolved.

The campaign of safety.md over the real adapter, alpaca-py and the wire, with the cards that a
person sees.
"""

import pytest

from floorbroker.domain.order_state import OrderState
from tests.e2e.at_alpaca import at_alpaca
from tests.e2e.people import Answer
from tests.e2e.world import World
from tests.simulators.alpaca import Fault
from tests.stores import Store

FAULTS = [
    Fault.HANG,
    Fault.INTERNAL_ERROR,
    Fault.BAD_GATEWAY,
    Fault.UNAVAILABLE,
    Fault.GATEWAY_TIMEOUT,
    Fault.TOO_MANY_REQUESTS,
    Fault.RESET,
    Fault.CLOSE,
    Fault.INVALID_JSON,
    Fault.TRUNCATED,
    Fault.LIST,
    Fault.EMPTY_OBJECT,
]
"""An empty body is what Alpaca answers a cancel with."""

every_fault = pytest.mark.parametrize("fault", FAULTS, ids=[fault.name for fault in FAULTS])


async def _confirmed(world: World, **options: str) -> Answer:
    usual = {"symbol": "AAPL", "quantity": "10", **options}
    return await world.alice.clicks(await world.alice.types("buy", **usual), "Confirm")


@every_fault
@pytest.mark.parametrize("carried_out", [True, False], ids=["carried out", "not carried out"])
async def test_a_place_is_sent_once_and_ends_as_it_stands_at_the_broker(
    sqlite: Store, fault: Fault, carried_out: bool
) -> None:
    async with at_alpaca(sqlite.open()) as (world, sim):
        trouble = sim.fail("place", fault, carried_out=carried_out)

        card = await _confirmed(world)

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
    async with at_alpaca(sqlite.open()) as (world, sim):
        await _confirmed(world, limit="150")
        (order,) = await world.orders(world.alice)
        trouble = sim.fail("cancel", fault)

        card = await world.alice.types("order cancel", order=order.order_id)

        assert "outcome unknown. It is being checked; do not repeat it." in card.text, card.text
        trouble.release()
        for _ in range(3):
            await world.later(20)
        (order,) = await world.orders(world.alice)
        assert sim.cancels_received == 1
        assert sim.orders_received == 1
        assert order.state is OrderState.CANCELED
        assert "Canceled" in card.title


@every_fault
async def test_a_change_is_asked_once_and_ends_as_it_stands_at_the_broker(
    sqlite: Store, fault: Fault
) -> None:
    async with at_alpaca(sqlite.open()) as (world, sim):
        await _confirmed(world, limit="150")
        await world.later(10)
        (order,) = await world.orders(world.alice)
        trouble = sim.fail("modify", fault)

        card = await world.alice.types("order modify", order=order.order_id, limit="149")

        assert "outcome unknown. It is being checked; do not repeat it." in card.text, card.text
        trouble.release()
        for _ in range(3):
            await world.later(20)
        (order,) = await world.orders(world.alice)
        assert sim.modifies_received == 1
        assert sim.orders_received == 1
        assert order.state is OrderState.ACCEPTED
        assert str(order.request.limit_price) == "149"
        assert order.intent is not None
        assert not order.intent.state.open


async def test_a_refusal_is_the_brokers_own_words(sqlite: Store) -> None:
    async with at_alpaca(sqlite.open()) as (world, sim):
        review = await world.alice.types("buy", symbol="AAPL", quantity="10")
        sim.refuse("place", message="insufficient buying power")

        card = await world.alice.clicks(review, "Confirm")

        assert "insufficient buying power" in card.text.lower()
        assert "No order is open." in card.text
        assert sim.orders_received == 1


async def test_an_unreachable_broker_gets_nothing_and_the_card_says_so(sqlite: Store) -> None:
    async with at_alpaca(sqlite.open()) as (world, sim):
        review = await world.alice.types("buy", symbol="AAPL", quantity="10")
        await sim.stop_listening()

        card = await world.alice.clicks(review, "Confirm")

        assert "Not sent" in card.title or "Not placed" in card.title, card.text
        assert sim.orders_received == 0


async def test_keys_that_were_revoked_are_told_and_marked(sqlite: Store) -> None:
    async with at_alpaca(sqlite.open()) as (world, sim):
        await world.alice.types("balance")
        sim.revoke("PKCANARY000000000001")

        first = await world.alice.types("balance")
        asked = len(sim.received)
        second = await world.alice.types("balance")

        assert "Alpaca does not accept these keys." in first.text
        assert "Alpaca no longer accepts the access stored for Alpaca paper." in second.text
        assert "Link the account again with /setup renew." in second.text
        assert len(sim.received) == asked
        status = await world.alice.types("setup status")
        assert any(label.startswith("Renew") for label in status.buttons)
