"""The Alpaca simulator: the life of an order, through alpaca-py."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal

import pytest
from alpaca.common.exceptions import APIError
from alpaca.trading.enums import OrderSide, OrderStatus, QueryOrderStatus, TimeInForce
from alpaca.trading.requests import (
    GetOrdersRequest,
    LimitOrderRequest,
    MarketOrderRequest,
)

from tests.simulators.alpaca_clients import World, opened, refusal


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with opened() as world:
        yield world


def market_buy(**more: object) -> MarketOrderRequest:
    fields = {"symbol": "AAPL", "side": OrderSide.BUY, "time_in_force": TimeInForce.DAY, **more}
    return MarketOrderRequest(**fields)


async def test_a_market_order_is_pending_in_the_answer_and_filled_when_it_is_read(
    world: World,
) -> None:
    placed = await asyncio.to_thread(world.trading.submit_order, market_buy(qty=3))

    found = await asyncio.to_thread(world.trading.get_order_by_id, placed.id)
    positions = await asyncio.to_thread(world.trading.get_all_positions)
    account = await asyncio.to_thread(world.trading.get_account)
    assert (placed.status, placed.filled_qty) == (OrderStatus.PENDING_NEW, "0")
    assert (found.status, found.filled_qty, found.filled_avg_price) == (
        OrderStatus.FILLED,
        "3",
        "190",
    )
    assert [(p.symbol, p.qty, p.avg_entry_price) for p in positions] == [("AAPL", "3", "190")]
    assert Decimal(account.cash) == 100000 - 570


async def test_the_wire_has_strings_empty_simple_class_and_nanoseconds(world: World) -> None:
    placed = await world.place(qty="1.5", client_order_id="mine")

    assert (placed["qty"], placed["filled_qty"], placed["order_class"]) == ("1.5", "0", "")
    assert placed["submitted_at"] == "2026-11-18T17:00:00.000000001Z"
    assert placed["expires_at"] == "2026-11-18T21:00:00.000000001Z"
    assert json.loads(world.sim.orders_bodies[0])["qty"] == "1.5"
    assert world.sim.orders_received == 1


async def test_an_id_is_taken_for_good(world: World) -> None:
    placed = await world.place(client_order_id="mine")

    again = await world.refused(client_order_id="mine")
    found = await asyncio.to_thread(world.trading.get_order_by_client_id, "mine")

    assert again == (422, 40010001, "client_order_id must be unique")
    assert str(found.id) == placed["id"]
    assert len(world.sim.orders) == 1


async def test_unknown_orders_are_not_found(world: World) -> None:
    unknown = "61e69015-8549-4bfd-b9c3-01e75843f47d"
    by_client_id = await refusal(lambda: world.trading.get_order_by_client_id("nobody"))
    by_id = await refusal(lambda: world.trading.get_order_by_id(unknown))
    canceled = await refusal(lambda: world.trading.cancel_order_by_id(unknown))

    assert by_client_id == (404, 40410000, "order not found for nobody")
    assert by_id == canceled == (404, 40410000, f"order not found for {unknown}")


async def test_a_limit_rests_fills_when_the_market_comes_and_not_before(world: World) -> None:
    request = LimitOrderRequest(
        symbol="AAPL",
        qty=2,
        side=OrderSide.BUY,
        time_in_force=TimeInForce.GTC,
        limit_price=189.5,
    )
    placed = await asyncio.to_thread(world.trading.submit_order, request)
    resting = await world.order(placed.id)

    world.sim.market.set("AAPL", bid="189.30", ask="189.40")
    unmatched = await world.order(placed.id)
    world.sim.match()

    filled = await world.order(placed.id)
    assert resting["status"] == unmatched["status"] == "new"
    assert (filled["status"], filled["filled_avg_price"]) == ("filled", "189.4")


async def test_a_canceled_order_ends_and_cannot_be_canceled_again(world: World) -> None:
    placed = await world.place(type="limit", limit_price="100")

    await asyncio.to_thread(world.trading.cancel_order_by_id, placed["id"])

    found = await world.order(placed["id"])
    again = await refusal(lambda: world.trading.cancel_order_by_id(placed["id"]))
    assert found["status"] == "canceled"
    assert found["canceled_at"] is not None
    assert again == (422, 42210000, 'order is already in "canceled" state')
    assert world.sim.cancels_received == 2


async def test_a_filled_order_cannot_be_canceled(world: World) -> None:
    placed = await world.place()

    refused = await refusal(lambda: world.trading.cancel_order_by_id(placed["id"]))

    assert refused == (422, 42210000, 'order is already in "filled" state')


async def test_a_cancel_can_wait_and_lose_against_a_fill(world: World) -> None:
    first = await world.place(type="limit", limit_price="100")
    second = await world.place(type="limit", limit_price="101")
    world.sim.let_cancels_wait()
    for order in (first, second):
        await asyncio.to_thread(world.trading.cancel_order_by_id, order["id"])
    waiting = await world.order(first["id"])

    world.sim.fill(second["id"], price="101")
    world.sim.finish_cancels()

    assert waiting["status"] == "pending_cancel"
    assert (await world.order(first["id"]))["status"] == "canceled"
    assert (await world.order(second["id"]))["status"] == "filled"


async def test_all_open_orders_are_canceled_at_once(world: World) -> None:
    for price in ("100", "101"):
        await world.place(type="limit", limit_price=price)

    canceled = await asyncio.to_thread(world.trading.cancel_orders)

    assert [one.status for one in canceled] == [200, 200]
    assert {order.status for order in world.sim.orders} == {"canceled"}


async def test_an_order_fills_in_parts_with_an_activity_each(world: World) -> None:
    world.sim.fill_in_parts(3)
    placed = await world.place(qty="10")
    first = await world.order(placed["id"])
    world.sim.match()
    world.watch.advance(seconds=1)
    world.sim.match()

    last = await world.order(placed["id"])
    fills = await world.get("/account/activities/FILL", direction="asc")
    assert (first["status"], first["filled_qty"]) == ("partially_filled", "3")
    assert (last["status"], last["filled_qty"]) == ("filled", "10")
    assert [fill["qty"] for fill in fills] == ["3", "3", "4"]
    assert [fill["cum_qty"] for fill in fills] == ["3", "6", "10"]
    assert [fill["type"] for fill in fills] == ["partial_fill", "partial_fill", "fill"]
    assert len({fill["id"] for fill in fills}) == 3
    assert {fill["order_id"] for fill in fills} == {placed["id"]}
    assert fills[0]["id"].startswith("20261118120000000::")


async def test_another_order_s_arrival_fills_no_further_part(world: World) -> None:
    world.sim.fill_in_parts(2)
    first = await world.place(qty="4")

    await world.place(qty="2")

    assert (await world.order(first["id"]))["filled_qty"] == "2"


async def test_activities_come_in_pages(world: World) -> None:
    for _ in range(3):
        await world.place()
        world.watch.advance(seconds=1)

    first = await world.get("/account/activities", activity_types="FILL", page_size="2")
    token = first[-1]["id"]
    rest = await world.get("/account/activities", activity_types="FILL", page_token=token)
    later = await world.get("/account/activities/FILL", after="2026-11-18T17:00:01Z")

    assert len({fill["id"] for fill in first + rest}) == 3
    assert len(later) == 1


async def test_a_test_can_fill_at_any_quantity_and_price(world: World) -> None:
    placed = await world.place(type="limit", limit_price="100", qty="4")

    world.sim.fill(placed["id"], "1", "99.5")
    world.sim.fill(placed["client_order_id"], "3", "98.5")

    found = await world.order(placed["id"])
    assert (found["status"], found["filled_avg_price"]) == ("filled", "98.75")


async def test_any_status_word_can_be_shown(world: World) -> None:
    placed = await world.place(type="limit", limit_price="100")
    shown = []
    for word in ("held", "done_for_day", "suspended", "calculated", "a_new_word", "rejected"):
        world.sim.set_status(placed["id"], word)
        shown.append((await world.order(placed["id"]))["status"])

    assert shown == ["held", "done_for_day", "suspended", "calculated", "a_new_word", "rejected"]
    assert (await world.order(placed["id"]))["failed_at"] is not None


async def test_orders_are_listed_by_state_time_symbol_and_side(world: World) -> None:
    filled = await world.place(client_order_id="filled")
    world.watch.advance(minutes=1)
    low = await world.place(client_order_id="low", type="limit", limit_price="100")
    world.watch.advance(minutes=1)
    await world.place(
        client_order_id="coin",
        symbol="BTC/USD",
        qty="0.01",
        type="limit",
        limit_price="50000",
        time_in_force="gtc",
    )

    async def listed(**query: object) -> list[str]:
        request = GetOrdersRequest(**query)
        orders = await asyncio.to_thread(world.trading.get_orders, request)
        return [order.client_order_id for order in orders]

    start = world.watch.at - timedelta(minutes=2)
    assert await listed() == ["coin", "low"]
    assert await listed(status=QueryOrderStatus.CLOSED) == ["filled"]
    assert await listed(status=QueryOrderStatus.ALL, direction="asc") == ["filled", "low", "coin"]
    assert await listed(status=QueryOrderStatus.ALL, limit=1) == ["coin"]
    assert await listed(status=QueryOrderStatus.ALL, symbols=["AAPL"]) == ["low", "filled"]
    assert await listed(status=QueryOrderStatus.ALL, symbols=["BTCUSD"]) == ["coin"]
    assert await listed(status=QueryOrderStatus.ALL, side=OrderSide.SELL) == []
    # Both ends are exclusive.
    assert await listed(status=QueryOrderStatus.ALL, after=start) == ["coin", "low"]
    assert await listed(status=QueryOrderStatus.ALL, until=start) == []
    by_id = await world.get("/orders", status="all", after_order_id=filled["id"])
    assert [order["client_order_id"] for order in by_id] == ["coin", "low"]
    by_id = await world.get("/orders", status="open", after_order_id=filled["id"])
    assert [order["client_order_id"] for order in by_id] == ["coin", "low"]
    by_id = await world.get("/orders", status="all", before_order_id=low["id"])
    assert [order["client_order_id"] for order in by_id] == ["filled"]


async def test_a_position_is_closed_whole_in_part_and_not_at_all(world: World) -> None:
    world.sim.give(world.person, "AAPL", "10", "150")

    await asyncio.to_thread(world.trading.delete, "/positions/AAPL", {"percentage": "25"})
    left = await asyncio.to_thread(world.trading.get_open_position, "AAPL")
    closed = await asyncio.to_thread(world.trading.close_all_positions, True)

    none = await refusal(lambda: world.trading.get_open_position("AAPL"))
    assert left.qty == "7.5"
    assert [one.status for one in closed] == [200]
    assert none == (404, 40410000, "position does not exist")
    assert world.sim.orders_received == 2


async def test_a_body_that_is_no_json_or_holds_no_number_is_refused(world: World) -> None:
    nan = await world.refused(qty="NaN")
    exponent = await world.refused(qty="1e3")
    words = await refusal(lambda: world.trading.post("/orders", ["a"]))
    nowhere = await refusal(lambda: world.trading.get("/nowhere"))

    assert nan == exponent == words == (400, 40010000, "request body format is invalid")
    assert nowhere[:2] == (404, 40410000)


async def test_an_unknown_path_of_the_positions_does_not_reach_the_orders(world: World) -> None:
    """alpaca-py normalizes "../orders" itself: the trap that an adapter guards against."""
    await world.place(type="limit", limit_price="100")

    with pytest.raises((APIError, TypeError, ValueError)):
        await asyncio.to_thread(world.trading.close_position, "../orders")

    assert {order.status for order in world.sim.orders} == {"canceled"}
