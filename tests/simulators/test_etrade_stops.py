"""The E*TRADE simulator: limits, stops, trailing stops and orders that must fill at once."""

from collections.abc import AsyncIterator
from decimal import Decimal

import pytest

from tests.simulators.etrade_clients import World, opened


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with opened() as world:
        world.sim.give(world.account, "AAPL", "100")
        yield world


async def test_a_limit_waits_for_its_price_and_fills_at_the_touch(world: World) -> None:
    order_id = await world.placed(limit="190")
    waiting = await world.status(order_id)

    world.sim.market.set("AAPL", bid="188", ask="189")
    world.sim.match()

    order = await world.shown(order_id)
    assert waiting == "OPEN"
    assert order.order_details[0].instruments[0].average_execution_price == Decimal(189)


async def test_a_sell_stop_is_reached_by_the_bid(world: World) -> None:
    order_id = await world.placed(action="SELL", price_type="STOP", stop="195")
    world.sim.market.set("AAPL", bid="195.01", ask="195.10", last="194")
    world.sim.match()
    above = await world.status(order_id)

    world.sim.market.set("AAPL", bid="195", ask="195.10")
    world.sim.match()

    assert above == "OPEN"
    assert await world.status(order_id) == "EXECUTED"


async def test_a_buy_stop_limit_waits_for_both_of_its_prices(world: World) -> None:
    order_id = await world.placed(
        price_type="STOP_LIMIT", stop="205", limit="206", stopLimitPrice="206"
    )
    world.sim.market.set("AAPL", bid="206", ask="207")
    world.sim.match()
    too_dear = await world.status(order_id)

    world.sim.market.set("AAPL", bid="203", ask="204")
    world.sim.match()

    detail = (await world.shown(order_id)).order_details[0]
    assert too_dear == "OPEN"
    assert (detail.stop_price, detail.limit_price) == (Decimal(205), Decimal(206))
    assert detail.status == "EXECUTED"


@pytest.mark.parametrize(
    ("price_type", "trail"), [("TRAILING_STOP_CNST", "5"), ("TRAILING_STOP_PRCT", "2.5")]
)
async def test_a_trailing_stop_follows_the_market(
    world: World, price_type: str, trail: str
) -> None:
    order_id = await world.placed(action="SELL", price_type=price_type, stop=trail)
    for bid in ("210", "206", "205.01"):
        world.sim.market.set("AAPL", bid=bid, ask="211")
        world.sim.match()
    before = await world.status(order_id)

    world.sim.market.set("AAPL", bid="204.75", ask="211")
    world.sim.match()

    assert before == "OPEN"
    assert await world.status(order_id) == "EXECUTED"


async def test_fill_or_kill_takes_all_or_nothing(world: World) -> None:
    world.sim.fill_in_parts(2)
    killed = await world.placed("a", limit="201", quantity="4", term="FILL_OR_KILL")
    world.sim.fill_in_parts(1)

    filled = await world.placed("b", limit="201", quantity="4", term="FILL_OR_KILL")

    assert await world.status(killed) == "CANCELLED"
    assert (await world.shown(killed)).order_details[0].instruments[0].filled_quantity == 0
    assert await world.status(filled) == "EXECUTED"


async def test_immediate_or_cancel_keeps_what_it_gets(world: World) -> None:
    world.sim.fill_in_parts(2)

    order_id = await world.placed(limit="201", quantity="4", term="IMMEDIATE_OR_CANCEL")

    detail = (await world.shown(order_id)).order_details[0]
    assert detail.status == "CANCELLED"
    assert detail.instruments[0].filled_quantity == Decimal(2)


async def test_nobody_on_the_other_side_is_nobody_to_trade_with(world: World) -> None:
    world.sim.market.set("AAPL", bid="200", ask="0")

    order_id = await world.placed(price_type="MARKET")

    assert await world.status(order_id) == "OPEN"
