"""The TWS simulator: stops, trailing stops, brackets and groups."""

from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import pytest

from tests.simulators.tws_clients import ACCOUNT, World, limit, opened, statuses, stock


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with opened() as world:
        world.sim.hold(ACCOUNT, "AAPL", 10, "150")
        yield world


def stop(action: str, quantity: float, price: float, **fields: Any) -> Any:
    import ib_insync

    return ib_insync.StopOrder(action, quantity, price, **fields)


def trail(**fields: Any) -> Any:
    import ib_insync

    return ib_insync.Order(action="SELL", totalQuantity=5, orderType="TRAIL", **fields)


async def test_a_stop_is_pre_submitted_until_it_is_reached(world: World) -> None:
    trade = await world.place(stock(), stop("SELL", 5, 185.0))
    assert statuses(trade) == ["PendingSubmit", "PreSubmitted"]
    assert trade.orderStatus.whyHeld == "trigger"

    world.sim.set_price("AAPL", bid="184.80", ask="184.95", last="184.90")
    await world.settled()

    assert statuses(trade)[-2:] == ["Submitted", "Filled"]
    assert trade.orderStatus.avgFillPrice == 184.8


async def test_a_stop_for_buying_is_reached_from_below(world: World) -> None:
    trade = await world.place(stock(), stop("BUY", 5, 195.0))
    world.sim.set_price("AAPL", bid="194.90", ask="195.10", last="194.99")
    await world.settled()
    assert trade.orderStatus.status == "PreSubmitted"

    world.sim.set_price("AAPL", last="195.00")
    await world.settled()

    assert trade.orderStatus.status == "Filled"


async def test_a_stop_limit_rests_as_a_limit_once_it_is_reached(world: World) -> None:
    import ib_insync

    order = ib_insync.StopLimitOrder("SELL", 5, lmtPrice=184.95, stopPrice=185.0)
    trade = await world.place(stock(), order)

    world.sim.set_price("AAPL", bid="184.80", ask="184.90", last="184.90")
    await world.settled()
    assert trade.orderStatus.status == "Submitted"
    world.sim.set_price("AAPL", bid="184.96", last="184.97")
    await world.settled()

    assert trade.orderStatus.avgFillPrice == 184.96


@pytest.mark.parametrize(
    ("fields", "stop_price"),
    [({"auxPrice": 5.0}, "195.00"), ({"trailingPercent": 10.0}, "180.00")],
)
async def test_a_trailing_stop_follows_the_market_up_and_not_down(
    world: World, fields: dict[str, float], stop_price: str
) -> None:
    trade = await world.place(stock(), trail(**fields))
    world.sim.set_price("AAPL", bid="199.90", ask="200.10", last="200.00")
    world.sim.set_price("AAPL", bid="197.90", ask="198.10", last="198.00")
    await world.settled()
    assert world.last.stop == Decimal(stop_price)
    assert trade.orderStatus.status == "PreSubmitted"

    world.sim.set_price("AAPL", bid=stop_price, ask="200", last=stop_price)
    await world.settled()

    assert trade.orderStatus.avgFillPrice == float(stop_price)


async def test_where_a_trailing_stop_begins_can_be_said(world: World) -> None:
    await world.place(stock(), trail(auxPrice=5.0, trailStopPrice=188.0))

    assert world.last.stop == Decimal(188)


async def test_the_stop_of_a_trailing_order_is_told(world: World) -> None:
    await world.place(stock(), trail(auxPrice=5.0))
    world.sim.set_price("AAPL", last="200.00")

    other = await world.connect(client_id=2)
    (seen,) = await other.reqAllOpenOrdersAsync()

    assert (seen.order.trailStopPrice, seen.order.auxPrice) == (195.0, 5.0)


async def test_a_trailing_stop_can_be_moved_nearer(world: World) -> None:
    trade = await world.place(stock(), trail(auxPrice=10.0))
    assert world.last.stop == Decimal("179.95")

    trade.order.auxPrice = 2.0
    await world.place(trade.contract, trade.order)

    assert world.last.stop == Decimal("187.95")


async def bracket(world: World, price: float = 190.0) -> list[Any]:
    """A parent, its target and its stop, sent as ib_insync builds them."""
    built = world.ib.bracketOrder("BUY", 5, price, takeProfitPrice=200.0, stopLossPrice=180.0)
    trades = [world.ib.placeOrder(stock(), order) for order in built]
    await world.settled()
    return trades


async def test_a_bracket_is_transmitted_with_its_last_order(world: World) -> None:
    built = world.ib.bracketOrder("BUY", 5, 185.0, takeProfitPrice=200.0, stopLossPrice=180.0)
    for order in built[:2]:
        await world.place(stock(), order)
    assert [(order.parked, order.statuses) for order in world.sim.orders] == [(True, [])] * 2
    assert await world.ib.reqAllOpenOrdersAsync() == []

    await world.place(stock(), built[2])

    assert [o.status for o in world.sim.orders] == ["Submitted", "PreSubmitted", "PreSubmitted"]


async def test_children_work_when_the_parent_is_filled(world: World) -> None:
    parent, target, loss = await bracket(world)

    assert parent.orderStatus.status == "Filled"
    assert target.orderStatus.status == "Submitted"
    assert loss.orderStatus.status == "PreSubmitted"
    assert target.orderStatus.parentId == parent.order.orderId


async def test_children_of_a_parent_that_waits_are_held(world: World) -> None:
    _, target, loss = await bracket(world, price=185.0)
    world.sim.set_price("AAPL", bid="200.50", ask="200.60", last="200.55")
    await world.settled()

    assert (target.orderStatus.status, target.orderStatus.whyHeld) == ("PreSubmitted", "child")
    assert loss.orderStatus.whyHeld == "child,trigger"


async def test_one_child_takes_the_place_of_the_other(world: World) -> None:
    _, target, loss = await bracket(world)

    world.sim.set_price("AAPL", bid="200.50", ask="200.60", last="200.55")
    await world.settled()

    assert target.orderStatus.status == "Filled"
    assert loss.orderStatus.status == "Cancelled"
    assert (loss.order.orderId, 202) in [error[:2] for error in world.errors]
    assert world.sim.accounts[ACCOUNT].held(world.sim.contract("AAPL")) == 10


async def test_a_partial_fill_of_a_child_makes_the_other_smaller(world: World) -> None:
    _, target, loss = await bracket(world)
    target_order = world.sim.orders[1]

    world.sim.fill(target_order, 2, "200")
    await world.settled()

    assert target.orderStatus.remaining == 3
    assert (loss.order.totalQuantity, loss.orderStatus.remaining) == (3, 3)


async def test_a_bracket_ends_with_its_parent(world: World) -> None:
    parent, target, loss = await bracket(world, price=185.0)

    await world.cancel(parent)

    for trade in (parent, target, loss):
        assert trade.orderStatus.status == "Cancelled"


async def test_a_bracket_ends_when_its_parent_is_refused(world: World) -> None:
    world.sim.reject(201, "Order rejected - reason:no")
    built = world.ib.bracketOrder("BUY", 500_000, 189.0, 200.0, 180.0)
    for order in built:
        world.ib.placeOrder(stock(), order)
    await world.settled()

    assert world.sim.orders[0].ended
    assert all(order.ended for order in world.sim.orders)


async def test_a_child_without_a_parent_is_refused(world: World) -> None:
    await world.place(stock(), limit(parentId=4711))

    assert world.codes == [135]


async def test_orders_of_a_group_take_each_other_s_place(world: World) -> None:
    group: dict[str, Any] = {"ocaGroup": "either", "ocaType": 1}
    low = await world.place(stock(), limit(price=180.0, **group))
    high = await world.place(stock(), limit(price=185.0, **group))

    world.sim.set_price("AAPL", bid="184.80", ask="184.90")
    await world.settled()

    assert high.orderStatus.status == "Filled"
    assert low.orderStatus.status == "Cancelled"
