"""The E*TRADE simulator: an order is changed into another one, by preview and placement."""

from collections.abc import AsyncIterator
from decimal import Decimal

import pytest

from tests.simulators.etrade_clients import World, opened, refusal


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with opened(cash="1000") as world:
        yield world


async def change(world: World, order_id: int, client_order_id: str = "new", **fields: str) -> int:
    """Previews and places; the new order's id."""
    builder = world.builder(client_order_id, **fields)
    key = world.account.key
    preview = await world.client.orders.preview_change(
        key, order_id, builder.build_change_preview_request(order_id)
    )
    request = builder.build_change_place_request([preview.preview_ids[0].preview_id], order_id)
    answer = await world.client.orders.place_change(key, order_id, request)
    return answer.order_ids[0].order_id


async def test_a_change_makes_a_new_order_and_both_know_each_other(world: World) -> None:
    old = await world.placed("old", quantity="2")

    new = await change(world, old, quantity="3", limit="160")

    before, after = await world.shown(old), await world.shown(new)
    assert before.order_details[0].status == "CANCELLED"
    assert before.order_details[0].replaced_by_order_id == new
    assert after.order_details[0].replaces_order_id == old
    assert after.order_details[0].limit_price == Decimal(160)
    assert (world.sim.orders_received, world.sim.modifies_received) == (1, 1)


async def test_the_old_order_s_money_is_free_for_the_new_one(world: World) -> None:
    old = await world.placed("old", quantity="6")

    new = await change(world, old, quantity="6", limit="160")
    refused = await refusal(change(world, new, "newer", quantity="7", limit="160"))

    assert refused[1] == "8400"


async def test_a_changed_order_may_fill_at_once(world: World) -> None:
    old = await world.placed("old")

    new = await change(world, old, limit="201")

    assert await world.status(new) == "EXECUTED"


async def test_what_has_ended_or_begun_to_fill_cannot_be_changed(world: World) -> None:
    ended = await world.placed("ended", price_type="MARKET")
    begun = await world.placed("begun", quantity="2")
    world.sim.fill(begun, "1", "150")

    assert (await refusal(change(world, ended)))[1] == "5001"
    assert (await refusal(change(world, begun)))[1] == "5001"
    assert (await refusal(change(world, 77)))[1] == "9999"


async def test_a_change_needs_its_own_preview_and_its_own_id(world: World) -> None:
    one, two = await world.placed("one"), await world.placed("two")
    key, builder = world.account.key, world.builder("three", limit="151")
    preview = await world.client.orders.preview_change(
        key, one, builder.build_change_preview_request(one)
    )
    request = builder.build_change_place_request([preview.preview_ids[0].preview_id], one)
    same_id = await refusal(change(world, one, "two"))

    for_another = await refusal(world.client.orders.place_change(key, two, request))
    as_a_new_one = await refusal(world.client.orders.place(key, request))
    await world.client.orders.place_change(key, one, request)

    assert same_id[1] == "9999"
    assert for_another[1] == as_a_new_one[1] == "101"
    assert [order.status for order in world.sim.orders] == ["CANCELLED", "OPEN", "OPEN"]


async def test_a_change_sent_twice_changes_once(world: World) -> None:
    old = await world.placed("old")
    key, builder = world.account.key, world.builder("new", limit="151")
    preview = await world.client.orders.preview_change(
        key, old, builder.build_change_preview_request(old)
    )
    request = builder.build_change_place_request([preview.preview_ids[0].preview_id], old)
    await world.client.orders.place_change(key, old, request)

    assert (await refusal(world.client.orders.place_change(key, old, request)))[1] == "9999"
    assert len(world.sim.orders) == 2
