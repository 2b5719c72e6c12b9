"""The Schwab simulator: one triggers another, one cancels another, and both together."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from schwab.orders.common import OrderType, first_triggers_second, one_cancels_other
from schwab.orders.equities import equity_buy_limit, equity_sell_limit

from tests.simulators.schwab_clients import World, limit, opened, stop


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with opened(positions={"AAPL": ("10", "150")}) as world:
        yield world


def exits(quantity: int = 2) -> dict[str, Any]:
    """A limit above and a stop below."""
    return {
        "orderStrategyType": "OCO",
        "childOrderStrategies": [
            limit("210.00", "SELL", quantity),
            stop("170.00", "SELL", quantity),
        ],
    }


def bracket() -> dict[str, Any]:
    """Two shares at 180, then the exits."""
    entry = limit("180.00", "BUY", 2, orderStrategyType="TRIGGER")
    return {**entry, "childOrderStrategies": [exits()]}


async def tree(world: World, order_id: int) -> list[str]:
    """The statuses of an order and of everything below, from the top."""

    def walk(shown: dict[str, Any]) -> list[str]:
        below = [s for child in shown.get("childOrderStrategies", []) for s in walk(child)]
        return [shown["status"], *below]

    return walk(await world.order(order_id))


def quote(world: World, price: str) -> None:
    world.sim.market.set("AAPL", bid=price, ask=price)
    world.sim.match()


async def test_a_bracket_waits_below_its_entry_as_recorded_ones_do(world: World) -> None:
    order_id = await world.placed(bracket())

    shown = await world.order(order_id)

    (oco,) = shown["childOrderStrategies"]
    assert await tree(world, order_id) == ["WORKING", *["AWAITING_PARENT_ORDER"] * 3]
    assert shown["orderStrategyType"] == "TRIGGER"
    assert oco.keys() == {
        "orderStrategyType", "orderId", "cancelable", "editable", "status", "enteredTime", "tag",
        "accountNumber", "childOrderStrategies",
    }  # fmt: skip
    assert oco["orderStrategyType"] == "OCO"
    assert [one["orderId"] - order_id for one in oco["childOrderStrategies"]] == [2, 3]
    assert [one["orderId"] for one in await world.orders()] == [order_id]


async def test_the_entry_s_fill_sends_the_exits_and_the_first_that_fills_cancels_the_other(
    world: World,
) -> None:
    order_id = await world.placed(bracket())

    quote(world, "179.00")
    entered = await tree(world, order_id)
    quote(world, "211.00")

    assert entered == ["FILLED", "WORKING", "WORKING", "AWAITING_STOP_CONDITION"]
    assert await tree(world, order_id) == ["FILLED", "FILLED", "FILLED", "CANCELED"]
    assert await world.positions() == {"AAPL": 10.0}


async def test_the_stop_may_be_the_one_that_fills(world: World) -> None:
    order_id = await world.placed(bracket())
    quote(world, "179.00")

    quote(world, "169.00")

    assert await tree(world, order_id) == ["FILLED", "FILLED", "CANCELED", "FILLED"]


async def test_a_part_of_the_entry_sends_nothing_yet(world: World) -> None:
    world.sim.fill_in_parts(2)
    order_id = await world.placed(bracket())

    quote(world, "179.00")

    assert await tree(world, order_id) == ["WORKING", *["AWAITING_PARENT_ORDER"] * 3]


async def test_a_cancel_of_the_entry_takes_everything_with_it(world: World) -> None:
    order_id = await world.placed(bracket())

    await world.client.cancel_order(order_id, world.account.hash)

    assert await tree(world, order_id) == ["CANCELED"] * 4


@pytest.mark.parametrize("which", [1, 2, 3])
async def test_a_cancel_below_takes_the_siblings_and_leaves_the_entry(
    world: World, which: int
) -> None:
    order_id = await world.placed(bracket())

    answer = await world.client.cancel_order(order_id + which, world.account.hash)

    assert answer.status_code == 200
    assert await tree(world, order_id) == ["WORKING", *["CANCELED"] * 3]


async def test_an_entry_that_is_rejected_cancels_what_it_would_have_sent(world: World) -> None:
    body = {**bracket(), "orderLegCollection": limit(quantity=100_000)["orderLegCollection"]}

    order_id = await world.placed(body)

    assert await tree(world, order_id) == ["REJECTED", *["CANCELED"] * 3]


async def test_exits_alone_want_the_shares_once(world: World) -> None:
    order_id = await world.placed(exits(10))
    fourth = await world.rejected(limit("220.00", "SELL", 1))

    quote(world, "169.00")

    assert "oversold" in fourth
    assert await tree(world, order_id) == ["FILLED", "CANCELED", "FILLED"]
    assert await world.positions() == {}


async def test_one_order_may_trigger_a_single_other(world: World) -> None:
    entry = limit("180.00", "BUY", 1, orderStrategyType="TRIGGER")
    order_id = await world.placed({**entry, "childOrderStrategies": [limit("200.00", "SELL", 11)]})

    quote(world, "179.00")

    assert await tree(world, order_id) == ["FILLED", "WORKING"]


async def test_what_is_triggered_cannot_be_replaced_here(world: World) -> None:
    order_id = await world.placed(bracket())

    answer = await world.client.replace_order(
        world.account.hash, order_id + 2, limit("220.00", "SELL", 2)
    )

    assert answer.status_code == 400
    assert await tree(world, order_id) == ["WORKING", *["AWAITING_PARENT_ORDER"] * 3]


async def test_strategies_built_by_schwab_py_are_taken(world: World) -> None:
    falling = equity_sell_limit("AAPL", 1, "170.00").set_order_type(OrderType.STOP_LIMIT)
    built = first_triggers_second(
        equity_buy_limit("AAPL", 1, "180.00"),
        one_cancels_other(equity_sell_limit("AAPL", 1, "210.00"), falling.set_stop_price("171.00")),
    )

    answer = await world.client.place_order(world.account.hash, built)

    order_id = int(answer.headers["Location"].rpartition("/")[2])
    assert await tree(world, order_id) == ["WORKING", *["AWAITING_PARENT_ORDER"] * 3]
