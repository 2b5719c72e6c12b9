"""The Binance simulator: what orders are found by afterwards, and how else they may end."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.simulators.binance_clients import World, opened, refusal


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with opened(USDT="100000", BTC="2") as world:
        yield world


async def test_orders_that_are_not_there(world: World) -> None:
    await world.place()

    async def code(**fields: Any) -> int:
        return (await refusal(world.client.get_order(symbol="BTCUSDT", **fields)))[1]

    stranger = world.another(key=world.sim.add_person("stranger", "s").key, secret="s")
    assert await code(origClientOrderId="never") == -2013
    assert await code(orderId=999) == -2013
    assert await code(orderId=1, origClientOrderId="never") == -2039
    assert await code() == -1102
    assert (await refusal(stranger.get_order(symbol="BTCUSDT", origClientOrderId="mine"))) == (
        400,
        -2013,
        "Order does not exist.",
    )


async def test_what_ended_unfilled_is_archived_after_ninety_days(world: World) -> None:
    await world.place()
    await world.market(newClientOrderId="filled")
    await world.client.cancel_order(symbol="BTCUSDT", origClientOrderId="mine")
    world.watch.advance(days=91)

    archived = await refusal(world.order())

    assert archived[:2] == (400, -2026)
    assert (await world.order("filled"))["status"] == "FILLED"


async def test_the_history_in_intervals_pages_and_from_a_number(world: World) -> None:
    for number in range(4):
        await world.market(newClientOrderId=f"o-{number}", quantity="0.01")
        world.watch.advance(hours=1)
    hour = 3_600_000
    start = 1795021205000

    async def ids(**fields: Any) -> list[str]:
        orders = await world.client.get_all_orders(symbol="BTCUSDT", **fields)
        return [order["clientOrderId"] for order in orders]

    assert await ids() == ["o-0", "o-1", "o-2", "o-3"]
    assert await ids(limit=2) == ["o-2", "o-3"]
    assert await ids(orderId=2, limit=2) == ["o-1", "o-2"]
    assert await ids(startTime=start + hour, endTime=start + 2 * hour) == ["o-1", "o-2"]
    trades = await world.client.get_my_trades(symbol="BTCUSDT", startTime=start + 3 * hour)
    assert [trade["id"] for trade in trades] == [4]
    assert [
        trade["id"] for trade in await world.client.get_my_trades(symbol="BTCUSDT", fromId=2)
    ] == [2, 3, 4]
    too_long = world.client.get_all_orders(
        symbol="BTCUSDT", startTime=start, endTime=start + 25 * hour
    )
    assert (await refusal(too_long))[1] == -1127
    torn = world.client.get_my_trades(symbol="BTCUSDT", orderId=1, startTime=start)
    assert (await refusal(torn))[1] == -1128


@pytest.mark.parametrize("state", ["REJECTED", "PENDING_CANCEL", "EXPIRED", "A_WORD_OF_2031"])
async def test_an_order_can_be_put_in_any_state(world: World, state: str) -> None:
    await world.place()

    world.sim.set_status("mine", state)

    assert (await world.order())["status"] == state
    listed = await world.client.get_open_orders(symbol="BTCUSDT")
    assert bool(listed) == (state == "PENDING_CANCEL")


async def test_the_exchange_expires_an_order(world: World) -> None:
    await world.place()

    world.sim.expire("mine")

    found = await world.order()
    assert (found["status"], found["expiryReason"]) == ("EXPIRED", "EXCHANGE_CANCELED")
    assert (await world.balance("USDT"))[1] == "0.00000000"


@pytest.mark.parametrize(
    ("mode", "states"),
    [
        (None, ("EXPIRED_IN_MATCH", "FILLED")),
        ("EXPIRE_MAKER", ("EXPIRED_IN_MATCH", "FILLED")),
        ("EXPIRE_TAKER", ("NEW", "EXPIRED_IN_MATCH")),
        ("EXPIRE_BOTH", ("EXPIRED_IN_MATCH", "EXPIRED_IN_MATCH")),
        ("NONE", ("NEW", "FILLED")),
    ],
)
async def test_nobody_trades_with_an_order_of_the_same_account(
    world: World, mode: str | None, states: tuple[str, str]
) -> None:
    await world.place(price="60005")

    placed = await world.market(side="SELL", newClientOrderId="taker", selfTradePreventionMode=mode)

    resting = await world.order()
    assert (resting["status"], placed["status"]) == states
    if states[0] == "EXPIRED_IN_MATCH":
        assert resting["preventedQuantity"] == "0.50000000"
    assert bool(placed.get("preventedMatches")) == (mode != "NONE")
