"""The TWS simulator: when orders work, and how long."""

from collections.abc import AsyncIterator

import pytest

from tests.simulators.tws_clients import World, limit, market, opened, stock


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with opened() as world:
        yield world


async def test_the_wait_for_the_market_is_pending_submit(world: World) -> None:
    world.sim.let_orders_wait()
    trade = await world.place(stock(), market())
    assert world.last.statuses == ["PendingSubmit"]

    world.sim.finish_orders()
    await world.settled()

    assert trade.orderStatus.status == "Filled"


async def test_an_order_outside_the_hours_waits_with_a_warning(world: World) -> None:
    world.sim.close_market()

    trade = await world.place(stock(), market())
    assert trade.orderStatus.status == "PreSubmitted"
    assert world.codes == [399]
    world.sim.open_market()
    await world.settled()

    assert trade.orderStatus.status == "Filled"


async def test_an_order_for_other_hours_works_at_once(world: World) -> None:
    world.sim.close_market()

    trade = await world.place(stock(), limit(price=190.0, outsideRth=True))

    assert trade.orderStatus.status == "Filled"


async def test_orders_of_the_day_end_with_it(world: World) -> None:
    day = await world.place(stock(), limit())
    good = await world.place(stock(), limit(tif="GTC"))

    world.sim.end_day()
    await world.settled()

    assert day.orderStatus.status == "Cancelled"
    assert good.orderStatus.status == "Submitted"
    assert world.last.ticket.tif == "GTC"


@pytest.mark.parametrize(
    ("tif", "size", "status", "filled"),
    [
        ("IOC", 3, "Cancelled", 3),
        ("IOC", 100, "Filled", 5),
        ("FOK", 3, "Cancelled", 0),
        ("FOK", 100, "Filled", 5),
    ],
)
async def test_orders_that_do_not_wait_take_what_is_shown(
    world: World, tif: str, size: int, status: str, filled: int
) -> None:
    world.sim.set_price("AAPL", ask_size=size)

    trade = await world.place(stock(), limit(price=190.0, tif=tif))

    assert (trade.orderStatus.status, trade.orderStatus.filled) == (status, filled)


async def test_an_ioc_order_away_from_the_market_ends(world: World) -> None:
    trade = await world.place(stock(), limit(tif="IOC"))

    assert trade.orderStatus.status == "Cancelled"
