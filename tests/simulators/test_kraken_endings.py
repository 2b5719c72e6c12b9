"""The Kraken simulator: how an order ends without being filled, and what it waits for first."""

from collections.abc import AsyncIterator

import pytest

from tests.simulators.kraken_clients import World, opened

LIMIT = {"ordertype": "limit", "price": "50000.0"}


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with opened() as world:
        yield world


async def test_a_canceled_order_ends_with_a_reason_and_cannot_be_canceled_again(
    world: World,
) -> None:
    txid = await world.place(**LIMIT)
    world.watch.advance(seconds=2)

    canceled = await world.private("CancelOrder", txid=txid)

    order = await world.order(txid)
    assert canceled == {"count": 1}
    assert (order["status"], order["reason"]) == ("canceled", "User requested")
    assert order["closetm"] == order["opentm"] + 2
    assert await world.refused("CancelOrder", txid=txid) == ["EOrder:Unknown order"]
    assert world.sim.cancels_received == 2


async def test_a_filled_order_cannot_be_canceled_nor_one_that_never_was(world: World) -> None:
    filled = await world.place(cl_ord_id="filled")

    assert await world.refused("CancelOrder", txid=filled) == ["EOrder:Unknown order"]
    assert await world.refused("CancelOrder", cl_ord_id="filled") == ["EOrder:Unknown order"]
    never = await world.refused("CancelOrder", txid="OZZZZZ-ZZZZZ-ZZZZZZ")
    assert never == ["EOrder:Invalid order"]
    assert await world.refused("CancelOrder") == ["EGeneral:Invalid arguments"]


async def test_orders_are_canceled_by_client_id_by_reference_and_all_at_once(world: World) -> None:
    await world.place(**LIMIT, cl_ord_id="mine")
    for _ in range(2):
        await world.place(**LIMIT, userref="77")
    await world.place(**LIMIT)

    assert await world.private("CancelOrder", cl_ord_id="mine") == {"count": 1}
    assert await world.private("CancelOrder", txid=77) == {"count": 2}
    assert await world.private("CancelAll") == {"count": 1}
    assert {order.status for order in world.sim.orders} == {"canceled"}
    assert world.sim.cancels_received == 3


async def test_a_cancel_can_wait_and_lose_against_a_fill(world: World) -> None:
    first, second = [await world.place(**LIMIT) for _ in range(2)]
    world.sim.let_cancels_wait()
    answers = [await world.private("CancelOrder", txid=one) for one in (first, second)]
    waiting = await world.status(first)
    again = await world.refused("CancelOrder", txid=first)

    world.sim.fill(second, price="50000")
    world.sim.finish_cancels()

    assert answers == [{"count": 1, "pending": True}] * 2
    assert (waiting, again) == ("open", ["EOrder:Cancel pending"])
    assert [await world.status(one) for one in (first, second)] == ["canceled", "closed"]


async def test_what_may_not_rest_is_canceled(world: World) -> None:
    away = await world.place(**LIMIT, timeinforce="IOC")
    kill = await world.place(**LIMIT, timeinforce="FOK")
    whole = await world.place(ordertype="limit", price="61000", timeinforce="FOK")
    world.sim.fill_in_parts(2)
    part = await world.place(ordertype="limit", price="61000", timeinforce="IOC")

    found = [await world.order(one) for one in (away, kill, whole, part)]

    assert [one["status"] for one in found] == ["canceled", "canceled", "closed", "canceled"]
    assert [one["vol_exec"] for one in found] == [
        "0.00000000",
        "0.00000000",
        "0.01000000",
        "0.00500000",
    ]


async def test_an_order_till_a_date_expires_then(world: World) -> None:
    txid = await world.place(**LIMIT, timeinforce="GTD", expiretm="+3600")
    before = await world.order(txid)

    world.watch.advance(hours=1)

    after = await world.order(txid)
    assert (before["status"], before["expiretm"]) == ("open", before["opentm"] + 3600)
    assert (after["status"], after["closetm"]) == ("expired", before["expiretm"])
    assert (await world.private("OpenOrders")) == {"open": {}}


async def test_a_scheduled_order_is_pending_until_it_starts(world: World) -> None:
    txid = await world.place(starttm="+60")
    before = await world.status(txid)

    world.watch.advance(seconds=60)

    assert (before, await world.status(txid)) == ("pending", "closed")


async def test_a_post_only_order_that_would_cross_is_accepted_and_canceled(world: World) -> None:
    crossing = await world.place(ordertype="limit", price="61000", oflags="post")
    resting = await world.place(**LIMIT, oflags="post")

    order = await world.order(crossing)
    assert (order["status"], order["reason"]) == ("canceled", "Post only order")
    assert order["vol_exec"] == "0.00000000"
    assert (await world.order(resting))["oflags"] == "fciq,post"


async def test_a_post_only_order_that_would_cross_can_be_refused_instead(world: World) -> None:
    world.sim.refuse_crossing_posts()

    refused = await world.order_refused(ordertype="limit", price="61000", oflags="post")

    assert refused == ["EOrder:Post only order"]
    assert world.sim.orders == []
