"""The Webull simulator: an entry with its exits, and the exits of a position."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.simulators.webull_clients import Refused
from tests.simulators.webull_world import World, opened

PLACE = "/trading/orders/place"


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with opened() as world:
        yield world


def bracket(world: World, **master: Any) -> list[dict[str, Any]]:
    """A limit buy of ten far below the market, a take profit and a stop loss."""
    entry: dict[str, Any] = {"combo_type": "MASTER", "limit_price": "200.00", "quantity": "10"}
    return [world.item(**{**entry, **master}), *exits(world)]


def exits(world: World) -> list[dict[str, Any]]:
    """Sales of ten at 300.00 or, when 150.00 is reached, at the market."""
    take = {"combo_type": "STOP_PROFIT", "side": "SELL", "quantity": "10", "limit_price": "300.00"}
    loss: dict[str, Any] = {
        "combo_type": "STOP_LOSS",
        "side": "SELL",
        "quantity": "10",
        "order_type": "STOP_LOSS",
        "limit_price": None,
        "stop_price": "150.00",
    }
    return [world.item(**take), world.item(**loss)]


async def placed(world: World, items: list[dict[str, Any]]) -> list[str]:
    """The client's ids of what was taken."""
    answer = await world.client.post(PLACE, world.body(*items))
    assert answer.keys() == {"combo_order_id", "client_combo_order_id"}
    return [item["client_order_id"] for item in items]


async def states(world: World, ids: list[str]) -> list[str]:
    """Their status words."""
    return [await world.status(one) for one in ids]


async def refused(world: World, items: list[dict[str, Any]]) -> str:
    """Why they are not taken, in full."""
    with pytest.raises(Refused) as failure:
        await world.client.post(PLACE, world.body(*items))
    assert failure.value.status == 417
    return str(failure.value.body["message"])


async def test_each_order_of_a_group_is_found_by_its_own_id(world: World) -> None:
    items = bracket(world)
    body = {**world.body(*items), "client_combo_order_id": "my-own-combo-id"}

    answer = await world.client.post(PLACE, body)
    covers = [await world.detail(item["client_order_id"]) for item in items]

    assert answer["client_combo_order_id"] == "my-own-combo-id"
    assert [one["combo_type"] for one in covers] == ["MASTER", "STOP_PROFIT", "STOP_LOSS"]
    assert {one["combo_order_id"] for one in covers} == {answer["combo_order_id"]}
    assert [len(one["orders"]) for one in covers] == [1, 1, 1]


async def test_the_lists_show_a_group_together(world: World) -> None:
    ids = await placed(world, bracket(world))

    answer = await world.client.get("/trading/orders/open-orders/list", account_id=world.account.id)

    (cover,) = answer["data"]
    assert [one["client_order_id"] for one in cover["orders"]] == ids


async def test_exits_wait_for_their_entry_and_end_one_another(world: World) -> None:
    ids = await placed(world, bracket(world))
    world.sim.market.set("AAPL", bid="310", ask="311")
    world.sim.match()
    waiting = await states(world, ids)

    world.sim.fill(ids[0], price="200")
    world.sim.match()

    assert waiting == ["SUBMITTED", "SUBMITTED", "SUBMITTED"]
    assert await states(world, ids) == ["FILLED", "FILLED", "CANCELLED"]
    assert await world.positions() == {}


async def test_a_stop_loss_ends_the_take_profit(world: World) -> None:
    ids = await placed(world, bracket(world, limit_price="240.10"))
    world.sim.market.set("AAPL", bid="149", ask="150", last="149.50")
    world.sim.match()

    assert await states(world, ids) == ["FILLED", "CANCELLED", "FILLED"]


async def test_a_canceled_entry_takes_its_exits_with_it(world: World) -> None:
    ids = await placed(world, bracket(world))

    await world.cancel(ids[0])
    with pytest.raises(Refused) as failure:
        await world.cancel(ids[1])

    assert await states(world, ids) == ["CANCELLED"] * 3
    assert failure.value.code == "OPENAPI_ORDER_NOT_FOUND"


async def test_an_entry_that_bought_in_part_leaves_exits_for_that_part(world: World) -> None:
    ids = await placed(world, bracket(world))
    world.sim.fill(ids[0], "4", "200")
    await world.cancel(ids[0])

    world.sim.market.set("AAPL", bid="310", ask="311")
    world.sim.match()

    take = await world.order(ids[1])
    assert (take["status"], take["filled_quantity"]) == ("FILLED", "4")
    assert await world.status(ids[2]) == "CANCELLED"
    assert await world.positions() == {}


async def test_exits_alone_sell_what_is_held_once(world: World) -> None:
    world.sim.give(world.account, "AAPL", "10", price="200")
    ids = await placed(world, exits(world))
    more = await world.refused(side="SELL", limit_price="300.00")

    world.sim.market.set("AAPL", bid="310", ask="311")
    world.sim.match()

    assert more == "OPENAPI_SELL_QTY_EXCEED_AVAILABLE_QTY"
    assert await states(world, ids) == ["FILLED", "CANCELLED"]
    assert await world.positions() == {}


async def test_exits_alone_need_what_they_sell(world: World) -> None:
    assert "exceeds the available quantity" in await refused(world, exits(world))


@pytest.mark.parametrize("roles", [["OCO", "OCO"], ["MASTER", "OTO"], ["NORMAL", "NORMAL"]])
async def test_other_groups_are_refused_in_the_sandbox_s_words(
    world: World, roles: list[str]
) -> None:
    items = [world.item(combo_type=role) for role in roles]

    words = await refused(world, items)

    shown = ",".join(f'"{role}"' for role in roles)
    assert words == f"Parameter error, invalid combo_type, value: [{shown}]"


async def test_the_orders_of_a_group_have_to_fit_together(world: World) -> None:
    entry, take, loss = bracket(world)

    assert "order_type" in await refused(
        world, [{**entry, "order_type": "STOP_LOSS", "stop_price": "250.00"}, take]
    )
    assert "Inconsistent" in await refused(world, [entry, {**take, "symbol": "MSFT"}])
    assert "quantity" in await refused(world, [entry, {**take, "quantity": "9"}])
    assert "side" in await refused(world, [entry, {**take, "side": "BUY"}])
    assert "repeatedly" in await refused(
        world, [entry, take, {**loss, "client_order_id": take["client_order_id"]}]
    )
    assert world.sim.orders == []
