"""The Coinbase simulator: an exchange that takes its time, loses orders, or shows odd words."""

from collections.abc import AsyncIterator

import pytest

from tests.simulators.coinbase_clients import World, opened, refusal


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with opened() as world:
        yield world


async def test_a_cancel_can_wait_and_lose_against_a_fill(world: World) -> None:
    first, second = await world.placed(base_size="0.1"), await world.placed(base_size="0.2")
    world.sim.let_cancels_wait()
    await world.call("cancel_orders", [first, second])
    waiting = await world.order(first)
    again = await world.call("cancel_orders", [first])

    world.sim.fill(second, price="50000", maker=True)
    world.sim.finish_cancels()

    assert (waiting["status"], waiting["pending_cancel"]) == ("CANCEL_QUEUED", True)
    assert again["results"][0]["failure_reason"] == "DUPLICATE_CANCEL_REQUEST"
    assert await world.status(first) == "CANCELLED"
    assert await world.status(second) == "FILLED"


async def test_a_part_that_fills_does_not_end_the_wait_for_a_cancel(world: World) -> None:
    order_id = await world.placed(base_size="0.2")
    world.sim.let_cancels_wait()
    await world.call("cancel_orders", [order_id])

    world.sim.fill(order_id, "0.1")
    waiting = await world.order(order_id)
    world.sim.finish_cancels()

    order = await world.order(order_id)
    assert (waiting["status"], waiting["average_filled_price"]) == ("CANCEL_QUEUED", "60010")
    assert (order["status"], order["filled_size"]) == ("CANCELLED", "0.1")
    with pytest.raises(KeyError):
        world.sim.order("nobody")


async def test_an_order_can_wait_before_it_arrives(world: World) -> None:
    world.sim.let_orders_wait()
    order_id = await world.placed("market_market_ioc", base_size="0.1")
    waiting = await world.status(order_id)

    world.sim.finish_orders()

    assert waiting == "PENDING"
    assert await world.status(order_id) == "FILLED"


async def test_an_accepted_order_can_fail_afterwards(world: World) -> None:
    world.sim.fail_on_arrival("HOLD_FAILURE", "no hold")
    order_id = await world.placed()
    world.sim.arrive_well()

    failed = await world.order(order_id)
    assert (failed["status"], failed["reject_reason"]) == ("FAILED", "HOLD_FAILURE")
    assert failed["reject_message"] == "no hold"
    assert await world.status(await world.placed()) == "OPEN"


async def test_reads_can_lag_behind_orders(world: World) -> None:
    before = await world.placed(base_size="0.1")
    world.sim.let_reads_lag()
    order_id = await world.placed(base_size="0.1")

    unseen = await refusal(lambda: world.client.get_order(order_id))
    listed = (await world.call("list_orders"))["orders"]
    world.sim.let_reads_catch_up()

    assert unseen == (404, "order with this orderID was not found")
    assert [order["order_id"] for order in listed] == [before]
    assert await world.status(order_id) == "OPEN"


async def test_any_status_word_can_be_shown(world: World) -> None:
    order_id = await world.placed()
    words = ("QUEUED", "EXPIRED", "FAILED", "UNKNOWN_ORDER_STATUS", "A_NEW_WORD", "EDIT_QUEUED")
    shown = []
    for word in words:
        world.sim.set_status(order_id, word)
        shown.append(await world.status(order_id))

    assert tuple(shown) == words
