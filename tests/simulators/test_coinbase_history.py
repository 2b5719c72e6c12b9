"""The Coinbase simulator: lists of orders and of fills, with filters and pages."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.simulators.coinbase_clients import World, opened, refusal


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with opened() as world:
        yield world


async def listed(world: World, **query: Any) -> list[str]:
    """The clients' ids of the orders that are listed."""
    answer = await world.call("list_orders", **query)
    return [order["client_order_id"] for order in answer["orders"]]


async def test_orders_are_listed_newest_first_by_everything(world: World) -> None:
    world.sim.give(world.person, "BTC", "1")
    filled = await world.placed("market_market_ioc", base_size="0.1", client_order_id="filled")
    world.watch.advance(minutes=1)
    await world.placed(base_size="0.1", client_order_id="low")
    world.watch.advance(minutes=1)
    await world.placed(side="SELL", base_size="0.1", limit_price="70000", client_order_id="high")
    await world.placed(
        product_id="DOGE-USD", base_size="100", limit_price="0.1", client_order_id="doge"
    )

    assert await listed(world) == ["doge", "high", "low", "filled"]
    assert await listed(world, order_status=["OPEN"]) == ["doge", "high", "low"]
    assert await listed(world, order_status=["FILLED", "CANCELLED"]) == ["filled"]
    assert await listed(world, order_ids=[filled]) == ["filled"]
    assert await listed(world, product_ids=["DOGE-USD"]) == ["doge"]
    assert await listed(world, asset_filters=["DOGE"]) == ["doge"]
    assert await listed(world, order_side="SELL") == ["high"]
    assert await listed(world, order_types=["MARKET"]) == ["filled"]
    assert await listed(world, time_in_forces=["IMMEDIATE_OR_CANCEL"]) == ["filled"]
    assert await listed(world, product_type="FUTURE") == []
    # The beginning is inclusive, the end exclusive.
    assert await listed(world, start_date="2026-11-18T17:01:00Z") == ["doge", "high", "low"]
    assert await listed(world, end_date="2026-11-18T17:01:00Z") == ["filled"]


async def test_orders_come_in_pages_that_new_orders_do_not_move(world: World) -> None:
    for name in ("1", "2", "3", "4", "5"):
        await world.placed(base_size="0.01", client_order_id=name)

    seen, cursor, has_next = [], None, True
    while has_next:
        page = await world.call("list_orders", limit=2, cursor=cursor)
        seen += [order["client_order_id"] for order in page["orders"]]
        cursor, has_next = page["cursor"], page["has_next"]
        await world.placed(base_size="0.01")

    assert seen == ["5", "4", "3", "2", "1"]
    assert cursor == ""


async def test_orders_of_the_app_are_listed_only_when_they_are_asked_for(world: World) -> None:
    order_id = await world.placed(base_size="0.1", client_order_id="tapped")
    world.sim.order(order_id).source = "RETAIL_SIMPLE"

    assert await listed(world) == []
    assert await listed(world, order_placement_source="RETAIL_SIMPLE") == ["tapped"]
    assert await world.status(order_id) == "OPEN"


async def test_open_goes_with_no_other_status(world: World) -> None:
    paired = await refusal(lambda: world.client.list_orders(order_status=["OPEN", "FILLED"]))
    unknown = await refusal(lambda: world.client.list_orders(order_status=["LIVE"]))

    assert paired == (400, "cannot pair OPEN orders with other order types")
    assert unknown == (400, 'parsing field "order_status": "LIVE" is not a valid value')


async def test_a_query_that_cannot_be_is_refused(world: World) -> None:
    client = world.client

    for query in (
        {"limit": "ten"},
        {"cursor": "nowhere"},
        {"start_date": "yesterday"},
        {"order_side": "LONG"},
    ):
        status, _ = await refusal(lambda query=query: client.list_orders(**query))
        assert status == 400


async def test_fills_come_newest_first_in_pages_without_has_next(world: World) -> None:
    for _ in range(3):
        await world.placed("market_market_ioc", base_size="0.1")
        world.watch.advance(seconds=1)

    first = await world.call("get_fills", limit=2)
    rest = await world.call("get_fills", limit=2, cursor=first["cursor"])
    later = await world.call("get_fills", start_sequence_timestamp="2026-11-18T17:00:02Z")
    one = first["fills"][0]
    by_trade = await world.call("get_fills", trade_ids=[one["trade_id"]])
    elsewhere = await world.call("get_fills", product_ids=["DOGE-USD"])

    assert len({fill["entry_id"] for fill in first["fills"] + rest["fills"]}) == 3
    assert first["fills"][0]["trade_time"] > first["fills"][1]["trade_time"]
    assert (rest["cursor"], "has_next" in rest) == ("", False)
    assert [fill["trade_time"][17:19] for fill in later["fills"]] == ["02"]
    assert [fill["entry_id"] for fill in by_trade["fills"]] == [one["entry_id"]]
    assert elsewhere["fills"] == []


async def test_a_fill_has_its_price_its_fee_and_whose_it_is(world: World) -> None:
    order_id = await world.placed("market_market_ioc", base_size="0.1")

    fill = (await world.call("get_fills"))["fills"][0]

    assert fill["order_id"] == order_id
    assert (fill["price"], fill["size"], fill["commission"]) == ("60010", "0.1", "54.009")
    assert (fill["trade_type"], fill["side"]) == ("FILL", "BUY")
    assert (fill["liquidity_indicator"], fill["size_in_quote"]) == ("TAKER", False)
    assert fill["user_id"] == world.person.user_id
    assert fill["trade_time"] == "2026-11-18T17:00:00.000000001Z"


async def test_a_key_sees_the_orders_of_its_own_portfolio(world: World) -> None:
    second = world.sim.add_portfolio(world.person, "Bot", cash="10000")
    other = world.client_of(world.sim.add_key(world.person, portfolio=second))
    await world.placed(base_size="0.1")

    there = await asyncio.to_thread(other.list_orders)
    fills = await asyncio.to_thread(other.get_fills)

    assert there.orders == []
    assert fills.fills == []
