"""The Coinbase simulator: which orders fill when, at what price, and for which fee."""

from collections.abc import AsyncIterator

import pytest

from tests.simulators.coinbase_clients import World, opened

STOP_UP, STOP_DOWN = "STOP_DIRECTION_STOP_UP", "STOP_DIRECTION_STOP_DOWN"


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with opened() as world:
        world.sim.give(world.person, "BTC", "2", cost="100000")
        yield world


async def traded(world: World, order_id: str) -> tuple[str, str, str]:
    """Status, average price and who paid which fee."""
    order = await world.order(order_id)
    fills = (await world.call("get_fills", order_ids=[order_id]))["fills"]
    liquidity = "/".join(fill["liquidity_indicator"] for fill in fills)
    return order["status"], order["average_filled_price"], liquidity


async def test_a_limit_that_crosses_takes_at_the_touch(world: World) -> None:
    order_id = await world.placed(base_size="0.1", limit_price="61000")

    assert await traded(world, order_id) == ("FILLED", "60010", "TAKER")


async def test_a_post_only_limit_pays_the_maker_s_fee(world: World) -> None:
    order_id = await world.placed(base_size="0.1", limit_price="60000", post_only=True)
    world.sim.market.set("BTC-USD", bid="59900", ask="59950")
    world.sim.match()

    order = await world.order(order_id)
    assert await traded(world, order_id) == ("FILLED", "60000", "MAKER")
    assert order["total_fees"] == "30"
    assert order["order_configuration"]["limit_limit_gtc"]["post_only"] is True


@pytest.mark.parametrize("kind", ["sor_limit_ioc", "limit_limit_fok"])
async def test_what_may_not_rest_fills_at_once_or_ends(world: World, kind: str) -> None:
    filled = await world.placed(kind, base_size="0.1", limit_price="61000")
    ended = await world.placed(kind, base_size="0.1", limit_price="50000")

    assert await traded(world, filled) == ("FILLED", "60010", "TAKER")
    assert await traded(world, ended) == ("CANCELLED", "0", "")


async def test_half_an_ioc_is_kept_and_half_a_fok_is_not(world: World) -> None:
    world.sim.fill_in_parts(2)
    ioc = await world.placed("sor_limit_ioc", base_size="0.2", limit_price="61000")
    fok = await world.placed("limit_limit_fok", base_size="0.2", limit_price="61000")

    order = await world.order(ioc)
    assert (order["status"], order["filled_size"]) == ("CANCELLED", "0.1")
    assert await traded(world, fok) == ("CANCELLED", "0", "")


async def test_a_limit_for_a_time_expires_and_gives_its_money_back(world: World) -> None:
    order_id = await world.placed(
        "limit_limit_gtd",
        base_size="0.1",
        limit_price="50000",
        end_time="2026-11-18T18:00:00Z",
    )
    world.watch.advance(minutes=59)
    world.sim.match()
    before = await world.order(order_id)
    world.watch.advance(minutes=1)
    world.sim.match()

    assert (before["status"], before["time_in_force"]) == ("OPEN", "GOOD_UNTIL_DATE_TIME")
    assert await world.status(order_id) == "EXPIRED"
    assert await world.balance("USD") == ("100000", "0")


@pytest.mark.parametrize(
    ("side", "direction", "stop", "limit", "bid", "price"),
    [
        ("BUY", STOP_UP, "62000", "62500", "62200", "62210"),
        ("SELL", STOP_DOWN, "58000", "57500", "57800", "57800"),
    ],
)
async def test_a_stop_waits_for_the_last_price_and_then_takes_within_its_limit(
    world: World, side: str, direction: str, stop: str, limit: str, bid: str, price: str
) -> None:
    order_id = await world.placed(
        "stop_limit_stop_limit_gtc",
        side=side,
        base_size="0.1",
        limit_price=limit,
        stop_price=stop,
        stop_direction=direction,
    )
    waiting = await world.order(order_id)
    ask = str(int(bid) + 10)

    world.sim.market.set("BTC-USD", bid=bid, ask=ask)
    world.sim.match()

    assert (waiting["status"], waiting["trigger_status"]) == ("OPEN", "STOP_PENDING")
    assert waiting["order_type"] == "STOP_LIMIT"
    assert await traded(world, order_id) == ("FILLED", price, "TAKER")
    assert (await world.order(order_id))["trigger_status"] == "STOP_TRIGGERED"


async def test_a_stop_whose_limit_was_passed_rests_until_the_market_comes_back(
    world: World,
) -> None:
    order_id = await world.placed(
        "stop_limit_stop_limit_gtd",
        side="SELL",
        base_size="0.1",
        limit_price="57500",
        stop_price="58000",
        stop_direction=STOP_DOWN,
        end_time="2026-11-19T00:00:00Z",
    )
    world.sim.market.set("BTC-USD", bid="57000", ask="57010")
    world.sim.match()
    passed = await world.order(order_id)
    world.sim.market.set("BTC-USD", bid="57600", ask="57610")
    world.sim.match()

    assert (passed["status"], passed["trigger_status"]) == ("OPEN", "STOP_TRIGGERED")
    assert await traded(world, order_id) == ("FILLED", "57500", "MAKER")


@pytest.mark.parametrize(
    ("bid", "seen"),
    [
        ("70000", ("FILLED", "70000", "MAKER")),
        ("54000", ("FILLED", "54000", "TAKER")),
        ("50000", ("OPEN", "0", "")),  # more than 5 % below the trigger
        ("60500", ("OPEN", "0", "")),
    ],
)
async def test_a_bracket_takes_its_profit_or_limits_its_loss(
    world: World, bid: str, seen: tuple[str, str, str]
) -> None:
    order_id = await world.placed(
        "trigger_bracket_gtc",
        side="SELL",
        base_size="1",
        limit_price="70000",
        stop_trigger_price="55000",
    )

    world.sim.market.set("BTC-USD", bid=bid, ask=str(int(bid) + 10))
    world.sim.match()

    assert await traded(world, order_id) == seen


async def test_a_bracket_that_buys_holds_what_its_stop_may_cost(world: World) -> None:
    order_id = await world.placed(
        "trigger_bracket_gtc", base_size="1", limit_price="50000", stop_trigger_price="65000"
    )
    held = await world.balance("USD")
    world.sim.market.set("BTC-USD", bid="0", ask="0", last="64000")
    world.sim.match()
    nobody_there = await world.status(order_id)

    world.sim.market.set("BTC-USD", bid="65990", ask="66000")
    world.sim.match()

    assert held[1] == "68864.25"  # the trigger, 5 % and the taker's 0.9 %
    assert nobody_there == "OPEN"
    assert await traded(world, order_id) == ("FILLED", "66000", "TAKER")


async def test_a_bracket_for_a_time_expires(world: World) -> None:
    order_id = await world.placed(
        "trigger_bracket_gtd",
        side="SELL",
        base_size="1",
        limit_price="70000",
        stop_trigger_price="55000",
        end_time="2026-11-18T17:00:01Z",
    )
    world.watch.advance(seconds=1)
    world.sim.match()

    assert await world.status(order_id) == "EXPIRED"


def attached() -> dict[str, dict[str, str]]:
    return {"trigger_bracket_gtc": {"limit_price": "70000", "stop_trigger_price": "45000"}}


async def test_an_attached_bracket_works_once_its_order_has_filled(world: World) -> None:
    answer = await world.place(base_size="0.4", attached_order_configuration=attached())
    parent_id = answer["success_response"]["order_id"]
    child_id = answer["success_response"]["attached_order_id"]
    waiting = await world.order(child_id)

    world.sim.market.set("BTC-USD", bid="49000", ask="49010")
    world.sim.match()
    working = await world.order(child_id)
    world.sim.market.set("BTC-USD", bid="44000", ask="44010")
    world.sim.match()

    assert (waiting["status"], waiting["side"]) == ("PENDING", "SELL")
    assert waiting["originating_order_id"] == parent_id
    assert (await world.order(parent_id))["attached_order_id"] == child_id
    assert (working["status"], working["outstanding_hold_amount"]) == ("OPEN", "0.4")
    assert await traded(world, child_id) == ("FILLED", "44000", "TAKER")


async def test_an_attached_bracket_ends_with_an_order_that_never_filled(world: World) -> None:
    answer = await world.place(base_size="0.4", attached_order_configuration=attached())
    await world.call("cancel_orders", [answer["success_response"]["order_id"]])

    child = await world.status(answer["success_response"]["attached_order_id"])
    assert child == "CANCELLED"


async def test_a_product_that_shares_a_book_settles_in_its_own_currency(world: World) -> None:
    world.sim.give(world.person, "USDC", "7000")

    order_id = await world.placed("market_market_ioc", product_id="BTC-USDC", base_size="0.1")

    assert (await world.order(order_id))["product_id"] == "BTC-USDC"
    assert await world.balance("USD") == ("100000", "0")
    assert await world.balance("USDC") == ("944.991", "0")


async def test_an_order_s_arrival_fills_no_further_part_of_another(world: World) -> None:
    world.sim.fill_in_parts(2)
    first = await world.placed("market_market_ioc", base_size="0.4")

    await world.placed("market_market_ioc", base_size="0.2")

    assert (await world.order(first))["filled_size"] == "0.2"
