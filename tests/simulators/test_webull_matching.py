"""The Webull simulator: what fills, when, and what it costs."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.simulators.webull_world import World, opened

MARKET: dict[str, Any] = {"order_type": "MARKET", "limit_price": None}
STOP: dict[str, Any] = {"order_type": "STOP_LOSS", "limit_price": None}
TRAIL: dict[str, Any] = {"order_type": "TRAILING_STOP_LOSS", "limit_price": None, "side": "SELL"}


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with opened() as world:
        yield world


async def test_a_limit_fills_when_the_market_comes_to_it(world: World) -> None:
    placed = await world.place()
    world.sim.market.set("AAPL", bid="98.50", ask="99.00")
    before = await world.status(placed)

    world.sim.match()

    order = await world.order(placed)
    assert before == "SUBMITTED"
    assert (order["status"], order["filled_price"]) == ("FILLED", "99.00")


async def test_a_stop_is_triggered_by_the_last_trade(world: World) -> None:
    world.sim.give(world.account, "AAPL", "5")
    placed = await world.place(**STOP, side="SELL", stop_price="230.00", quantity="5")
    world.sim.market.set("AAPL", bid="229", ask="231", last="230.01")
    world.sim.match()
    before = await world.status(placed)

    world.sim.market.set("AAPL", bid="229", ask="231", last="230.00")
    world.sim.match()

    assert before == "SUBMITTED"
    assert (await world.order(placed))["filled_price"] == "229.00"


async def test_a_stop_limit_rests_behind_its_stop(world: World) -> None:
    placed = await world.place(
        order_type="STOP_LOSS_LIMIT", stop_price="250.00", limit_price="251.00"
    )
    world.sim.market.set("AAPL", bid="252", ask="253", last="252")
    world.sim.match()
    triggered = await world.status(placed)

    world.sim.market.set("AAPL", bid="249", ask="250.50", last="249.50")
    world.sim.match()

    assert triggered == "SUBMITTED"
    assert (await world.order(placed))["filled_price"] == "250.50"


@pytest.mark.parametrize(("kind", "step"), [("AMOUNT", "10"), ("PERCENTAGE", "0.04")])
async def test_a_trailing_stop_follows_the_best_price(world: World, kind: str, step: str) -> None:
    world.sim.give(world.account, "AAPL", "1")
    placed = await world.place(**TRAIL, trailing_type=kind, trailing_stop_step=step)
    for last in ("240", "250", "241"):
        world.sim.market.set("AAPL", bid=last, ask="260", last=last)
        world.sim.match()
    before = await world.status(placed)

    world.sim.market.set("AAPL", bid="239", ask="260", last="239.99")
    world.sim.match()

    order = await world.order(placed)
    assert before == "SUBMITTED"
    assert (order["status"], order["filled_price"]) == ("FILLED", "239.00")
    assert (order["trailing_type"], order["trailing_stop_step"]) == (kind, step)


async def test_an_order_can_fill_in_parts(world: World) -> None:
    world.sim.fill_in_parts(3)
    placed = await world.place(**MARKET, quantity="10")
    seen = [await world.order(placed)]
    for _ in range(2):
        world.sim.match()
        seen.append(await world.order(placed))

    assert [one["filled_quantity"] for one in seen] == ["3", "6", "10"]
    assert [one["status"] for one in seen] == ["PARTIAL_FILLED", "PARTIAL_FILLED", "FILLED"]
    assert await world.positions() == {"EQUITY AAPL": "10"}


async def test_a_partly_filled_order_can_be_canceled_for_the_rest(world: World) -> None:
    placed = await world.place(quantity="10")
    world.sim.fill(placed, "4", "100")
    partly = await world.status(placed)

    await world.cancel(placed)

    order = await world.order(placed)
    assert partly == "PARTIAL_FILLED"
    assert (order["status"], order["filled_quantity"]) == ("CANCELLED", "4")
    assert await world.cash() == "99600.00"


async def test_the_average_price_is_of_all_fills(world: World) -> None:
    placed = await world.place(quantity="3")
    world.sim.fill(placed, "1", "90")
    world.sim.fill(placed, "2", "96")

    assert (await world.order(placed))["filled_price"] == "94.00"


async def test_the_day_s_orders_end_with_it_and_others_do_not(world: World) -> None:
    day = await world.place()
    extended = await world.place(support_trading_session="ALL")
    good = await world.place(time_in_force="GTC")

    world.watch.advance(hours=4)
    world.sim.match()
    at_four = [await world.status(one) for one in (day, extended, good)]
    world.watch.advance(hours=4)
    world.sim.match()
    at_eight = [await world.status(one) for one in (day, extended, good)]

    assert at_four == ["CANCELLED", "SUBMITTED", "SUBMITTED"]
    assert at_eight == ["CANCELLED", "CANCELLED", "SUBMITTED"]


async def test_orders_of_the_regular_session_do_not_fill_after_it(world: World) -> None:
    core = await world.place(time_in_force="GTC")
    extended = await world.place(time_in_force="GTC", support_trading_session="ALL")
    world.watch.advance(hours=5)
    world.sim.market.set("AAPL", bid="98", ask="99")

    world.sim.match()

    assert [await world.status(core), await world.status(extended)] == ["SUBMITTED", "FILLED"]


async def test_money_and_shares_change_hands(world: World) -> None:
    await world.place(**MARKET, quantity="10")
    bought = await world.cash()
    world.sim.market.set("AAPL", bid="250", ask="251", last="250.50")
    world.sim.charge_on_sales("SEC_FEE", "0.03")
    sold = await world.place(**MARKET, side="SELL", quantity="4")
    order = await world.order(sold)

    assert bought == "97599.00"
    assert await world.cash() == "98598.97"
    assert await world.positions() == {"EQUITY AAPL": "6"}
    assert order["fees"] == [
        {"type": "SEC_FEE", "actual_value": "0.03", "receivable_value": "0.03"}
    ]


async def test_a_contract_is_a_hundred_shares(world: World) -> None:
    await world.place(world.option(limit_price="10.10", quantity="2"))
    bought = await world.cash()
    await world.place(world.option(side="SELL", limit_price="9.90", quantity="2"))

    assert (bought, await world.cash()) == ("97980.00", "99960.00")
    assert await world.positions() == {}


async def test_a_short_sale_is_below_zero_until_it_is_bought_back(world: World) -> None:
    await world.place(**MARKET, side="SHORT", quantity="10")
    short = await world.positions()
    await world.place(**MARKET, quantity="10")

    assert short == {"EQUITY AAPL": "-10"}
    assert await world.positions() == {}
    assert await world.cash() == "99998.00"
