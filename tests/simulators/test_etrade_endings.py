"""The E*TRADE simulator: cancels, expiry, other status words, and orders from elsewhere."""

from collections.abc import AsyncIterator
from decimal import Decimal

import pytest

from tests.simulators.etrade_clients import World, opened, refusal


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with opened() as world:
        yield world


async def test_a_cancel_is_only_requested_until_it_is_carried_out(world: World) -> None:
    world.sim.let_cancels_wait()
    order_id = await world.placed()

    answer = await world.client.orders.cancel(world.account.key, order_id)
    waiting = await world.status(order_id)
    world.sim.finish_cancels()

    assert answer.order_id == order_id
    assert answer.messages is not None
    assert answer.messages.messages[0].code == 5011
    assert waiting == "CANCEL_REQUESTED"
    assert await world.status(order_id) == "CANCELLED"
    assert world.sim.cancels_received == 1


async def test_an_order_may_fill_while_its_cancel_waits(world: World) -> None:
    world.sim.let_cancels_wait()
    order_id = await world.placed(quantity="2")
    await world.client.orders.cancel(world.account.key, order_id)

    world.sim.fill(order_id, "1", "150")
    in_part = await world.status(order_id)
    world.sim.fill(order_id, "1", "150")

    assert in_part == "CANCEL_REQUESTED"
    assert await world.status(order_id) == "EXECUTED"


async def test_what_has_ended_cannot_be_cancelled(world: World) -> None:
    order_id = await world.placed(price_type="MARKET")

    status, code, words = await refusal(world.client.orders.cancel(world.account.key, order_id))

    assert (status, code) == (400, "5001")
    assert words == "This order is currently being executed or rejected. It cannot be cancelled."


async def test_an_order_that_nobody_placed_cannot_be_cancelled(world: World) -> None:
    assert (await refusal(world.client.orders.cancel(world.account.key, 77)))[1] == "9999"


async def test_a_number_counts_in_its_own_account_only(world: World) -> None:
    bert = world.sim.add_person("bert")
    for _ in range(2):
        world.sim.place_elsewhere(bert, "AAPL", "BUY", "1", limit="1")
    mine = await world.placed()

    await world.client.orders.cancel(world.account.key, mine)
    refused = await refusal(world.client.orders.cancel(world.account.key, 2))

    assert mine == 1
    assert refused[1] == "9999"
    assert [order.status for order in world.sim.orders] == ["OPEN", "OPEN", "CANCELLED"]


async def test_an_order_from_elsewhere_is_listed_and_can_be_cancelled(world: World) -> None:
    order = world.sim.place_elsewhere(world.person, "AAPL", "BUY", "2", limit="150")

    [listed] = await world.listed()
    await world.client.orders.cancel(world.account.key, order.id)

    assert listed.order_details[0].instruments[0].ordered_quantity == Decimal(2)
    assert order.status == "CANCELLED"
    assert world.sim.orders_received == 0


async def test_listings_can_lag(world: World) -> None:
    world.sim.let_reads_lag()
    await world.placed()
    hidden = await world.listed()

    world.sim.let_reads_catch_up()

    assert hidden == []
    assert len(await world.listed()) == 1


async def test_orders_of_the_day_expire_when_it_closes(world: World) -> None:
    day = await world.placed("day")
    stays = await world.placed("stays", term="GOOD_UNTIL_CANCEL")

    world.sim.close_day()

    assert await world.status(day) == "EXPIRED"
    assert await world.status(stays) == "OPEN"


@pytest.mark.parametrize("status", ["REJECTED", "DO_NOT_EXERCISE", "SOMETHING_NEW"])
async def test_any_status_word_reaches_the_reader(world: World, status: str) -> None:
    order_id = await world.placed()

    world.sim.set_status(order_id, status)

    assert await world.status(order_id) == status
