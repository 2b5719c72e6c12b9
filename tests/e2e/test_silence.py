"""A broker that takes an order and says nothing: one order, an honest card, the right end."""

import asyncio
from typing import Any

import pytest

from floorbroker.domain.modes import DeploymentMode
from floorbroker.domain.order_state import OrderState
from tests.e2e.people import Answer
from tests.e2e.world import World, opened
from tests.simulators.paper_faults import Counting, Silent
from tests.stores import Store


async def _bought(world: World, **options: str) -> Answer:
    usual = {"symbol": "AAPL", "quantity": "10", **options}
    return await world.alice.clicks(await world.alice.types("buy", **usual), "Confirm")


class Asleep(Counting):
    """Carries an order out and does not answer within the deadline.

    It sleeps, since simcord lets no time pass while anything waits for what it does not know.
    """

    async def after(self, operation: str) -> None:
        """Longer than anybody waits."""
        if operation == "place_order":
            await asyncio.sleep(3_600)


class Swallowing(Silent):
    """Takes the order request and forgets it, without an answer."""

    async def before(self, operation: str) -> None:
        """The order never reaches the books."""
        await super().before(operation)
        if operation == "place_order":
            await self.after(operation)


@pytest.mark.parametrize("broker", [Silent, Asleep], ids=["no readable answer", "no answer"])
async def test_an_unanswered_order_is_unknown_then_found_filled_and_told_on_the_card(
    mode: DeploymentMode, either_store: Store, broker: type[Counting]
) -> None:
    async with opened(mode, either_store.open(), broker=broker()) as world:
        card = await _bought(world)
        assert "Sent, outcome unknown" in card.title
        assert "Do not repeat it." in card.text
        assert "PAPER" in card.title
        assert set(card.buttons) == {"Refresh"}

        await world.later(5)

        assert "Filled · Buy 10 AAPL" in card.title
        (order,) = await world.orders(world.alice)
        assert order.state is OrderState.FILLED
        assert world.broker.orders_received == 1
        assert len(await world.at_broker(world.alice)) == 1


async def test_refresh_looks_an_unknown_order_up_at_once(
    mode: DeploymentMode, sqlite: Store
) -> None:
    async with opened(mode, sqlite.open(), broker=Silent()) as world:
        card = await _bought(world)

        after = await world.alice.clicks(card, "Refresh")

        assert "Filled" in after.title
        assert world.broker.orders_received == 1


async def test_an_order_that_never_arrived_is_not_placed_after_the_settle_time(
    mode: DeploymentMode, sqlite: Store
) -> None:
    async with opened(mode, sqlite.open(), broker=Swallowing()) as world:
        card = await _bought(world)
        assert "Sent, outcome unknown" in card.title
        await world.later(20)
        assert "Sent, outcome unknown" in card.title

        await world.later(15)

        assert "Not placed" in card.title
        assert "Your broker does not have this order." in card.text
        assert await world.at_broker(world.alice) == []


async def test_while_an_order_is_unknown_it_is_listed_and_cannot_be_changed(
    mode: DeploymentMode, sqlite: Store
) -> None:
    async with opened(mode, sqlite.open(), broker=Silent()) as world:
        await _bought(world, limit="100")
        (order,) = await world.orders(world.alice)

        listed = await world.alice.types("orders")
        refused = await world.alice.types("order cancel", order=order.order_id)

        assert "unknown" in listed.text
        assert "Whether the broker has this order is still being checked." in refused.text
        assert world.broker.operations.count("cancel_order") == 0


@pytest.mark.parametrize("operation", ["cancel_order", "modify_order"])
async def test_an_unanswered_request_about_an_order_is_asked_once_and_read_back(
    mode: DeploymentMode, sqlite: Store, operation: str
) -> None:
    broker = Silent(frozenset({operation}))
    async with opened(mode, sqlite.open(), broker=broker) as world:
        resting = await _bought(world, limit="100")
        (order,) = await world.orders(world.alice)
        command = operation.replace("_order", "")
        extra: dict[str, Any] = {"quantity": "7"} if command == "modify" else {}

        card = await world.alice.types(f"order {command}", order=order.order_id, **extra)
        assert "outcome unknown. It is being checked; do not repeat it." in card.text
        await world.later(5)

        assert world.broker.operations.count(operation) == 1
        (after,) = await world.orders(world.alice)
        if command == "cancel":
            assert after.state is OrderState.CANCELED
            assert "Canceled" in card.title
        else:
            assert str(after.request.quantity) == "7"
            assert "Change carried out." in card.text
        assert "Accepted" in resting.title  # the earlier card is told through the later one


async def test_sixteen_minutes_later_an_unknown_order_is_told_by_direct_message(
    mode: DeploymentMode, sqlite: Store
) -> None:
    broker = Silent(frozenset({"place_order", "find_order"}))
    async with opened(mode, sqlite.open(), broker=broker) as world:
        card = await _bought(world)
        await world.later(16 * 60)
        broker.quiet.clear()

        await world.later(60)

        assert "Sent, outcome unknown" in card.title
        (message,) = world.messages_to(world.alice)
        assert "Filled" in message.title
