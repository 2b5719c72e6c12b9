"""The Coinbase simulator: price and size of an order that rests change in place."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.simulators.coinbase_clients import World, opened


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with opened() as world:
        yield world


async def failure(world: World, order_id: str, **fields: Any) -> str:
    """Why the edit is refused, inside a 200."""
    answer = await world.call("edit_order", order_id, **fields)
    assert answer["success"] is False
    error = answer["errors"][0]
    return str(error.get("edit_failure_reason") or error["preview_failure_reason"])


async def test_an_edit_keeps_the_order_s_id_and_changes_what_it_holds(world: World) -> None:
    order_id = await world.placed(client_order_id="mine")
    answer = await world.call("edit_order", order_id, size="0.5", price="51000")

    order = await world.order(order_id)
    assert answer == {"success": True, "errors": []}
    assert (order["order_id"], order["client_order_id"]) == (order_id, "mine")
    assert order["order_configuration"]["limit_limit_gtc"]["base_size"] == "0.5"
    assert order["order_configuration"]["limit_limit_gtc"]["limit_price"] == "51000"
    assert order["edit_history"] == [
        {
            "price": "51000",
            "size": "0.5",
            "replace_accept_timestamp": "2026-11-18T17:00:00.000000Z",
        }
    ]
    assert await world.balance("USD") == ("74372.5", "25627.5")
    assert world.sim.modifies_received == 1


async def test_what_an_edit_leaves_out_counts_as_nothing(world: World) -> None:
    order_id = await world.placed()

    without_size = await failure(world, order_id, price="51000")
    without_price = await failure(world, order_id, size="0.5")

    assert (without_size, without_price) == ("INVALID_EDITED_SIZE", "INVALID_EDITED_PRICE")
    assert world.sim.order(order_id).edits == []


async def test_an_edit_that_crosses_takes_at_once(world: World) -> None:
    order_id = await world.placed(base_size="0.1")

    await world.call("edit_order", order_id, price="61000", size="0.1")

    order = await world.order(order_id)
    assert (order["status"], order["average_filled_price"]) == ("FILLED", "60010")


async def test_a_size_is_the_whole_of_the_order(world: World) -> None:
    order_id = await world.placed(base_size="1")
    world.sim.fill(order_id, "0.4", "50000", maker=True)

    below = await failure(world, order_id, size="0.4", price="50000")
    await world.call("edit_order", order_id, size="0.5", price="50000")
    world.sim.fill(order_id, price="50000")

    order = await world.order(order_id)
    assert below == "CANNOT_EDIT_TO_BELOW_FILLED_SIZE"
    assert (order["status"], order["filled_size"]) == ("FILLED", "0.5")


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({}, "INVALID_EDITED_PRICE"),
        ({"size": "1", "price": "50000"}, "EDIT_REQUEST_EQUAL_TO_ORIGINAL_REQUEST"),
        ({"size": "0", "price": "50000"}, "INVALID_EDITED_SIZE"),
        ({"size": "1", "price": "1e3"}, "INVALID_EDITED_PRICE"),
        ({"size": "0.000000001", "price": "50000"}, "PREVIEW_INVALID_SIZE_PRECISION"),
        ({"size": "1", "price": "50000.001"}, "PREVIEW_INVALID_PRICE_PRECISION"),
        ({"size": "0.00001", "price": "50000"}, "PREVIEW_INVALID_QUOTE_SIZE_TOO_SMALL"),
        ({"size": "2", "price": "50000"}, "PREVIEW_INSUFFICIENT_FUND"),
    ],
)
async def test_an_edit_that_cannot_be_is_refused_with_its_reason(
    world: World, fields: dict[str, str], reason: str
) -> None:
    order_id = await world.placed()

    assert await failure(world, order_id, **fields) == reason
    assert world.sim.order(order_id).edits == []


async def test_a_post_only_order_may_not_be_edited_into_the_market(world: World) -> None:
    order_id = await world.placed(post_only=True)

    assert (
        await failure(world, order_id, price="60010", size="1")
        == "PREVIEW_INVALID_LIMIT_PRICE_POST_ONLY"
    )


async def test_only_open_limits_that_last_can_be_edited(world: World) -> None:
    filled = await world.placed("market_market_ioc", base_size="0.1")
    timed = await world.placed(
        "limit_limit_gtd", base_size="0.1", limit_price="50000", end_time="2026-11-19T00:00:00Z"
    )
    stranger = world.sim.add_person()

    assert await failure(world, filled, price="1") == "ONLY_OPEN_ORDERS_CAN_BE_EDITED"
    assert await failure(world, timed, price="1") == "ONLY_LIMIT_ORDER_EDITS_SUPPORTED"
    assert await failure(world, "nobody", price="1") == "ORDER_NOT_FOUND"
    world.client = world.client_of(stranger.key)
    assert await failure(world, timed, price="1") == "ORDER_NOT_FOUND"


async def test_an_edit_can_wait(world: World) -> None:
    order_id = await world.placed()
    world.sim.let_edits_wait()
    await world.call("edit_order", order_id, price="51000", size="1")
    waiting = await world.order(order_id)
    again = await failure(world, order_id, price="52000")
    canceled = await world.call("cancel_orders", [order_id])

    world.sim.finish_edits()

    order = await world.order(order_id)
    assert waiting["status"] == "EDIT_QUEUED"
    assert waiting["current_pending_replace"] == {"price": "51000", "size": "1"}
    assert again == "ORDER_IS_ALREADY_BEING_REPLACED"
    assert canceled["results"][0]["failure_reason"] == "ORDER_IS_BEING_REPLACED"
    assert (order["status"], order["current_pending_replace"]) == ("OPEN", None)
    assert order["order_configuration"]["limit_limit_gtc"]["limit_price"] == "51000"


async def test_an_edit_that_waits_loses_against_a_fill(world: World) -> None:
    order_id = await world.placed()
    world.sim.let_edits_wait()
    await world.call("edit_order", order_id, price="51000", size="1")
    world.sim.fill(order_id, price="50000", maker=True)

    world.sim.finish_edits()

    order = await world.order(order_id)
    assert (order["status"], order["average_filled_price"]) == ("FILLED", "50000")
    assert order["edit_history"] == []


async def test_an_order_that_waits_for_its_cancel_is_not_edited(world: World) -> None:
    order_id = await world.placed()
    world.sim.let_cancels_wait()
    await world.call("cancel_orders", [order_id])

    assert await failure(world, order_id, price="51000") == "CANNOT_EDIT_ORDER_PENDING_CANCEL"


async def test_a_preview_of_an_edit_changes_nothing(world: World) -> None:
    order_id = await world.placed()

    fine = await world.call("preview_edit_order", order_id, size="0.5", price="51000")
    poor = await world.call("preview_edit_order", order_id, size="2", price="51000")

    assert (fine["errors"], fine["order_total"], fine["best_ask"]) == ([], "25627.5", "60010")
    assert poor == {"errors": [{"preview_failure_reason": "PREVIEW_INSUFFICIENT_FUND"}]}
    assert world.sim.order(order_id).edits == []
    assert world.sim.modifies_received == 0


async def test_edits_can_be_refused_at_will(world: World) -> None:
    order_id = await world.placed()
    world.sim.refuse_edits("COMMANDER_REJECTED_EDIT_ORDER", times=1)

    assert await failure(world, order_id, price="51000") == "COMMANDER_REJECTED_EDIT_ORDER"
