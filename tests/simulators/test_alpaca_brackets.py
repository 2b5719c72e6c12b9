"""The Alpaca simulator: brackets, OCO and OTO orders, and replacements."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from alpaca.trading.enums import OrderClass, OrderSide, OrderStatus, QueryOrderStatus, TimeInForce
from alpaca.trading.requests import (
    GetOrderByIdRequest,
    GetOrdersRequest,
    LimitOrderRequest,
    ReplaceOrderRequest,
    StopLossRequest,
    TakeProfitRequest,
)

from tests.simulators.alpaca_clients import World, opened, refusal

BRACKET = {
    "order_class": "bracket",
    "take_profit": {"limit_price": "200"},
    "stop_loss": {"stop_price": "180"},
}


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with opened() as world:
        yield world


async def legs_of(world: World, order_id: object) -> list[str]:
    found = await world.order(order_id, nested=True)
    return [leg["status"] for leg in found["legs"]]


async def bracket(world: World, **fields: Any) -> dict[str, Any]:
    return await world.place(**{**BRACKET, "qty": "4", **fields})


async def test_the_legs_are_held_until_the_entry_fills(world: World) -> None:
    request = LimitOrderRequest(
        symbol="AAPL",
        qty=4,
        side=OrderSide.BUY,
        time_in_force=TimeInForce.GTC,
        limit_price=185,
        order_class=OrderClass.BRACKET,
        take_profit=TakeProfitRequest(limit_price=200),
        stop_loss=StopLossRequest(stop_price=180, limit_price=179),
    )
    placed = await asyncio.to_thread(world.trading.submit_order, request)
    before = await legs_of(world, placed.id)

    world.sim.market.set("AAPL", bid="184.80", ask="185.00")
    world.sim.match()

    nested = GetOrderByIdRequest(nested=True)
    found = await asyncio.to_thread(world.trading.get_order_by_id, placed.id, nested)
    plain = await world.order(placed.id)
    assert before == ["held", "held"]
    assert found.status is OrderStatus.FILLED
    assert [leg.status for leg in found.legs] == [OrderStatus.NEW, OrderStatus.HELD]
    assert [leg.type.value for leg in found.legs] == ["limit", "stop_limit"]
    assert {leg.side for leg in found.legs} == {OrderSide.SELL}
    assert plain["legs"] is None


async def test_the_profit_is_taken_and_the_stop_is_canceled(world: World) -> None:
    placed = await bracket(world)

    world.sim.market.set("AAPL", bid="201.00", ask="201.10")
    world.sim.match()

    assert await legs_of(world, placed["id"]) == ["filled", "canceled"]
    assert await world.get("/positions") == []


async def test_the_loss_is_stopped_and_the_profit_is_canceled(world: World) -> None:
    placed = await bracket(world)

    world.sim.market.set("AAPL", bid="179.00", ask="179.10")
    world.sim.match()

    assert await legs_of(world, placed["id"]) == ["canceled", "filled"]


async def test_a_part_of_the_profit_leaves_the_rest_to_the_stop(world: World) -> None:
    placed = await bracket(world)
    take, stop = world.sim.order(placed["id"]).legs

    world.sim.fill(take.id, "1", "200")

    assert (take.status, stop.status) == ("partially_filled", "held")
    assert stop.remaining == 3


async def test_the_end_of_one_is_the_end_of_all_that_is_open(world: World) -> None:
    unfilled = await bracket(world, type="limit", limit_price="185")
    filled = await bracket(world)
    take = world.sim.order(filled["id"]).legs[0]

    await asyncio.to_thread(world.trading.cancel_order_by_id, unfilled["id"])
    await asyncio.to_thread(world.trading.cancel_order_by_id, take.id)

    assert await legs_of(world, unfilled["id"]) == ["canceled", "canceled"]
    assert await legs_of(world, filled["id"]) == ["canceled", "canceled"]
    assert (await world.order(filled["id"]))["status"] == "filled"


async def test_lists_are_flat_unless_they_are_nested(world: World) -> None:
    await bracket(world, client_order_id="entry", type="limit", limit_price="185")

    flat = await asyncio.to_thread(world.trading.get_orders)
    request = GetOrdersRequest(status=QueryOrderStatus.OPEN, nested=True)
    nested = await asyncio.to_thread(world.trading.get_orders, request)

    assert len(flat) == 3
    assert [(order.client_order_id, len(order.legs)) for order in nested] == [("entry", 2)]


async def test_a_stop_alone_rides_on_its_entry(world: World) -> None:
    placed = await world.place(order_class="oto", stop_loss={"stop_price": "180"})

    assert await legs_of(world, placed["id"]) == ["new"]


async def test_an_oco_is_a_profit_with_a_held_stop_on_what_is_there(world: World) -> None:
    world.sim.give(world.person, "AAPL", "4", "150")
    exits = {**BRACKET, "order_class": "oco", "side": "sell", "type": "limit", "qty": "4"}
    placed = await world.place(**exits, time_in_force="gtc")
    before = await legs_of(world, placed["id"])

    world.sim.market.set("AAPL", bid="179.00", ask="179.10")
    world.sim.match()

    assert (placed["type"], placed["limit_price"], before) == ("limit", "200", ["held"])
    assert await legs_of(world, placed["id"]) == ["filled"]
    assert (await world.order(placed["id"]))["status"] == "canceled"


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"stop_loss": None}, "bracket orders require stop_loss.stop_price"),
        ({"take_profit": None}, "bracket orders require take_profit.limit_price"),
        (
            {"take_profit": {"limit_price": "170"}},
            "take_profit.limit_price must be > stop_loss.stop_price",
        ),
        (
            {"stop_loss": {"stop_price": "189.95"}},
            "stop_loss.stop_price must be <= base_price - 0.01",
        ),
        (
            {"take_profit": {"limit_price": "189.95"}},
            "take_profit.limit_price must be >= base_price + 0.01",
        ),
        (
            {"order_class": "oco", "type": "market"},
            "oco orders must be limit orders",
        ),
    ],
)
async def test_prices_that_do_not_enclose_the_market_are_refused(
    world: World, fields: dict[str, Any], message: str
) -> None:
    status, _, words = await world.refused(**{**BRACKET, **fields})

    assert (status, words) == (422, message)


async def test_a_bracket_cannot_close(world: World) -> None:
    world.sim.give(world.person, "AAPL", "4", "150")

    refused = await world.refused(
        side="sell",
        order_class="bracket",
        take_profit={"limit_price": "180"},
        stop_loss={"stop_price": "200"},
    )

    assert refused == (422, 42210000, "bracket orders must be entry orders")


async def test_a_replacement_has_its_own_id_and_both_name_each_other(world: World) -> None:
    placed = await world.place(type="limit", limit_price="100", client_order_id="old")
    changes = ReplaceOrderRequest(limit_price=101, qty=2, client_order_id="new")

    new = await asyncio.to_thread(world.trading.replace_order_by_id, placed["id"], changes)

    old = await world.order(placed["id"])
    now = await world.order(new.id)
    assert (old["status"], old["replaced_by"]) == ("replaced", str(new.id))
    assert (now["status"], now["replaces"]) == ("new", placed["id"])
    assert (now["limit_price"], now["qty"], now["client_order_id"]) == ("101", "2", "new")
    assert world.sim.modifies_received == 1


async def test_a_replacement_executes_what_the_first_had_left(world: World) -> None:
    placed = await world.place(type="limit", limit_price="100", qty="10")
    world.sim.fill(placed["id"], "4", "100")

    too_few = await refusal(lambda: world.trading.patch(f"/orders/{placed['id']}", {"qty": "4"}))
    new = await asyncio.to_thread(world.trading.patch, f"/orders/{placed['id']}", {"qty": "12"})
    world.sim.market.set("AAPL", bid="99", ask="99.50")
    world.sim.match()

    assert too_few == (422, 42210000, "qty must be > filled_qty")
    assert (await world.get("/positions"))[0]["qty"] == "12"
    assert (await world.order(new["id"]))["status"] == "filled"


async def test_a_leg_s_price_can_be_changed_and_the_leg_stays_in_its_place(world: World) -> None:
    placed = await bracket(world)
    take, stop = world.sim.order(placed["id"]).legs

    for leg, change in ((take, {"limit_price": "210"}), (stop, {"stop_price": "185"})):
        await asyncio.to_thread(world.trading.patch, f"/orders/{leg.id}", change)

    found = await world.order(placed["id"], nested=True)
    assert [leg["status"] for leg in found["legs"]] == ["new", "held"]
    assert found["legs"][0]["limit_price"] == "210"
    assert found["legs"][1]["stop_price"] == "185"


async def test_what_cannot_be_replaced_is_refused(world: World) -> None:
    filled = await world.place()
    resting = await world.place(type="limit", limit_price="100")
    fraction = await world.place(type="limit", limit_price="100", qty="1.5")
    world.sim.market.open = False
    waiting = await world.place(type="limit", limit_price="100")

    async def change(order: dict[str, Any], **changes: str) -> str:
        path = f"/orders/{order['id']}"
        status, _, words = await refusal(lambda: world.trading.patch(path, changes))
        assert status == 422
        return words

    assert await change(filled, limit_price="5") == "cannot replace order in filled status"
    assert await change(waiting, limit_price="5") == "cannot replace order in accepted status"
    assert await change(resting, limit_price="100") == "order parameters are not changed"
    assert "sub-penny" in await change(resting, limit_price="100.001")
    assert "fractional" in await change(fraction, qty="2")
    world.sim.set_status(resting["id"], "replaced")
    assert await change(resting, limit_price="5") == "order already replaced"
