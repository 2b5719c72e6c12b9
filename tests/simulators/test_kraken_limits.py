"""The Kraken simulator: the counters of calls, of transactions and of open orders."""

from collections.abc import AsyncIterator

import pytest

from tests.simulators.kraken_clients import (
    KEY,
    OTHER_KEY,
    OTHER_SECRET,
    World,
    opened,
    order_fields,
)

LIMIT = {"ordertype": "limit", "price": "50000.0", "volume": "0.0001"}
FULL = ["EAPI:Rate limit exceeded"]


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with opened() as world:
        yield world


async def test_nothing_is_refused_before_the_limits_are_on(world: World) -> None:
    for _ in range(30):
        await world.private("Balance")

    assert world.sim.limits.calls(KEY, world.watch.at, "starter") == 30


@pytest.mark.parametrize(
    ("tier", "most", "seconds"), [("starter", 15, 4), ("intermediate", 20, 2), ("pro", 20, 1)]
)
async def test_calls_fill_a_counter_that_decays_by_the_tier(
    world: World, tier: str, most: int, seconds: int
) -> None:
    world.person.tier = tier
    world.sim.limit_rate()
    for _ in range(most):
        await world.private("Balance")

    full = await world.refused("Balance")
    world.watch.advance(seconds=2 * seconds)
    after = await world.answer("Balance")

    assert full == FULL
    assert after["error"] == []


async def test_calls_that_are_refused_count_too(world: World) -> None:
    world.sim.limit_rate()
    for _ in range(25):
        await world.answer("Balance")

    world.watch.advance(seconds=15)

    assert await world.refused("Balance") == FULL


async def test_trade_history_costs_two_and_trading_and_public_calls_nothing(world: World) -> None:
    world.sim.limit_rate()
    for _ in range(7):
        await world.private("TradesHistory")
    await world.private("OpenOrders")

    txid = await world.place(**LIMIT)
    await world.private("AmendOrder", txid=txid, limit_price="49000")
    await world.private("CancelOrder", txid=txid)
    await world.public("Time")

    assert world.sim.limits.calls(KEY, world.watch.at, "starter") == 15
    assert await world.refused("OpenOrders") == FULL


async def test_costs_can_be_those_of_the_support_article(world: World) -> None:
    world.sim.limits.costs["ClosedOrders"] = 4
    world.sim.limit_rate()

    answers = [(await world.answer("ClosedOrders"))["error"] for _ in range(4)]

    assert answers == [[], [], [], FULL]


async def test_each_key_has_a_counter_of_its_own(world: World) -> None:
    world.sim.add_key(world.person, OTHER_KEY, OTHER_SECRET)
    second = world.client(OTHER_KEY, OTHER_SECRET)
    world.sim.limit_rate()
    for _ in range(16):
        await world.answer("Balance")

    assert (await second.answer("Balance"))["error"] == []
    assert await world.refused("Balance") == FULL


async def test_orders_that_are_canceled_young_fill_the_pair_s_counter(world: World) -> None:
    """+1 for each order and +8 for a cancel in the first five seconds: six fit into 60."""
    world.sim.limit_rate()
    for _ in range(6):
        await world.private("CancelOrder", txid=await world.place(**LIMIT))

    last = await world.place(**LIMIT)
    refused = await world.refused("CancelOrder", txid=last)
    other_pair = await world.place(pair="ETHUSD", volume="0.01")
    world.watch.advance(seconds=10)
    later = await world.private("CancelOrder", txid=last)

    assert refused == ["EOrder:Rate limit exceeded"]
    assert (await world.status(other_pair), later) == ("closed", {"count": 1})


async def test_a_cancel_of_an_old_order_costs_nothing(world: World) -> None:
    world.sim.limit_rate()
    txids = [await world.place(**LIMIT) for _ in range(8)]

    world.watch.advance(minutes=5)

    for txid in txids:
        assert await world.private("CancelOrder", txid=txid) == {"count": 1}


async def test_orders_that_fail_validation_count_and_validated_ones_do_not(world: World) -> None:
    world.sim.limit_rate()
    for _ in range(10):
        await world.private("AddOrder", **order_fields({"validate": "true"}))
    for _ in range(60):
        await world.order_refused(volume="x")

    assert await world.order_refused(volume="x") == ["EOrder:Rate limit exceeded"]


async def test_an_amend_makes_an_order_young_again(world: World) -> None:
    world.sim.limit_rate()
    txid = await world.place(**LIMIT)
    for _ in range(14):
        await world.private("AmendOrder", txid=txid, order_qty="0.0001")

    refused = await world.refused("AmendOrder", txid=txid, order_qty="0.0001")

    assert refused == ["EOrder:Rate limit exceeded"]


async def test_a_pair_takes_so_many_open_orders_by_tier(world: World) -> None:
    for _ in range(60):
        await world.place(**LIMIT)
    world.watch.advance(minutes=2)
    world.sim.limit_rate()

    refused = await world.order_refused(**LIMIT)
    elsewhere = await world.place(pair="ETHUSD", ordertype="limit", price="100", volume="0.01")
    world.person.tier = "intermediate"

    assert refused == ["EOrder:Orders limit exceeded"]
    assert await world.status(elsewhere) == "open"
    assert await world.status(await world.place(**LIMIT)) == "open"
