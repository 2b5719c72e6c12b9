"""The Alpaca simulator: when the market fills an order, and when it ends unfilled."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from alpaca.trading.enums import OrderSide, TimeInForce
from alpaca.trading.requests import (
    MarketOrderRequest,
    TrailingStopOrderRequest,
)

from tests.simulators.alpaca_clients import World, opened


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with opened() as world:
        yield world


def market_buy(**more: object) -> MarketOrderRequest:
    fields = {"symbol": "AAPL", "side": OrderSide.BUY, "time_in_force": TimeInForce.DAY, **more}
    return MarketOrderRequest(**fields)


async def test_a_stop_waits_for_its_price_and_a_stop_limit_for_both(world: World) -> None:
    world.sim.give(world.person, "AAPL", "10", "150")
    stop = await world.place(side="sell", type="stop", stop_price="180")
    both = await world.place(side="sell", type="stop_limit", stop_price="180", limit_price="179.50")

    world.sim.market.set("AAPL", bid="178.90", ask="179.10")
    world.sim.match()
    fallen = [(await world.order(one["id"]))["status"] for one in (stop, both)]
    world.sim.market.set("AAPL", bid="179.60", ask="179.80")
    world.sim.match()

    assert fallen == ["filled", "new"]
    assert (await world.order(both["id"]))["filled_avg_price"] == "179.6"


async def test_a_trailing_stop_follows_the_price_and_never_goes_back(world: World) -> None:
    world.sim.give(world.person, "AAPL", "1", "150")
    request = TrailingStopOrderRequest(
        symbol="AAPL",
        qty=1,
        side=OrderSide.SELL,
        time_in_force=TimeInForce.GTC,
        trail_percent=1,
    )
    placed = await asyncio.to_thread(world.trading.submit_order, request)
    marks = [(placed.hwm, placed.stop_price)]
    for last in ("200", "199", "197.9"):
        world.sim.market.set("AAPL", bid=last, ask=last)
        world.sim.match()
        found = await world.order(placed.id)
        marks.append((found["hwm"], found["stop_price"]))

    assert marks == [("189.95", "188.0505"), ("200", "198"), ("200", "198"), ("200", "198")]
    assert (found["status"], found["filled_avg_price"]) == ("filled", "197.9")


async def test_what_may_not_rest_is_canceled(world: World) -> None:
    now = await world.place(type="limit", limit_price="100", time_in_force="ioc")
    world.sim.fill_in_parts(2)
    part = await world.place(qty="4", time_in_force="ioc")
    whole = await world.place(qty="4", time_in_force="fok")

    found = [await world.order(one["id"]) for one in (now, part, whole)]

    assert [one["status"] for one in found] == ["canceled", "canceled", "canceled"]
    assert [one["filled_qty"] for one in found] == ["0", "2", "0"]


async def test_outside_the_hours_orders_wait_but_for_those_of_the_extended_hours(
    world: World,
) -> None:
    world.sim.market.open = False
    world.sim.market.extended = True

    normal = await world.place(type="limit", limit_price="195")
    extended = await world.place(type="limit", limit_price="195", extended_hours=True)
    before = [(await world.order(one["id"]))["status"] for one in (normal, extended)]
    world.sim.market.open = True
    world.sim.match()

    assert normal["status"] == "accepted"
    assert before == ["accepted", "filled"]
    assert (await world.order(normal["id"]))["status"] == "filled"


async def test_the_end_of_the_day_ends_the_orders_of_the_day(world: World) -> None:
    day = await world.place(type="limit", limit_price="100")
    gtc = await world.place(type="limit", limit_price="100", time_in_force="gtc")
    at_close = await world.place(time_in_force="cls")

    world.sim.end_day()

    statuses = [(await world.order(one["id"]))["status"] for one in (day, gtc, at_close)]
    assert statuses == ["expired", "new", "filled"]


async def test_money_buys_a_fraction_and_the_order_keeps_its_amount(world: World) -> None:
    placed = await asyncio.to_thread(world.trading.submit_order, market_buy(notional=100))

    found = await world.order(placed.id)

    assert (found["notional"], found["qty"]) == ("100", None)
    assert (found["filled_qty"], found["status"]) == ("0.526315789", "filled")
