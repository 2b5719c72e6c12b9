"""The Webull simulator: everything that can go wrong between a client and Webull."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from typing import Any

import aiohttp
import pytest

from tests.simulators.webull import Fault
from tests.simulators.webull_clients import Refused
from tests.simulators.webull_world import World, opened

PAGES = (Fault.INTERNAL_ERROR, Fault.BAD_GATEWAY, Fault.UNAVAILABLE, Fault.GATEWAY_TIMEOUT)
BROKEN = (Fault.RESET, Fault.CLOSE, Fault.TRUNCATED)
RUBBISH = (Fault.INVALID_JSON, Fault.LIST, Fault.EMPTY_OBJECT, Fault.EMPTY_BODY)
MAYBE = pytest.mark.parametrize("carried_out", [True, False])
ID = "an-order-of-mine"


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with opened() as world:
        yield world


async def ends_in(call: Awaitable[Any]) -> Any:
    """What comes back, or how it fails."""
    try:
        return await call
    except (Refused, aiohttp.ClientError) as error:
        return error


async def placing(world: World) -> Any:
    """What placing `ID` ends in."""
    body = world.body(world.item(client_order_id=ID))
    return await ends_in(world.client.post("/trading/orders/place", body))


async def is_there(world: World) -> bool:
    """Whether the detail finds `ID`."""
    found = await ends_in(world.order(ID))
    if isinstance(found, Refused):
        assert found.code == "OPENAPI_ORDER_NOT_FOUND"
        return False
    return True


@MAYBE
@pytest.mark.parametrize("fault", PAGES)
async def test_a_proxy_s_page_hides_whether_the_order_was_placed(
    world: World, fault: Fault, carried_out: bool
) -> None:
    world.sim.fail("place", fault, times=1, carried_out=carried_out)

    error = await placing(world)

    assert isinstance(error, Refused)
    assert error.status == int(fault.value)
    assert error.body.startswith("<html>")
    assert await is_there(world) == carried_out
    assert world.sim.orders_received == 1


@MAYBE
@pytest.mark.parametrize("fault", BROKEN)
async def test_a_broken_connection_hides_it_too(
    world: World, fault: Fault, carried_out: bool
) -> None:
    world.sim.fail("place", fault, times=1, carried_out=carried_out)

    error = await placing(world)

    assert isinstance(error, aiohttp.ClientError)
    assert await is_there(world) == carried_out
    assert world.sim.orders_received == 1


@MAYBE
@pytest.mark.parametrize("fault", RUBBISH)
async def test_an_answer_that_says_nothing_hides_it_too(
    world: World, fault: Fault, carried_out: bool
) -> None:
    world.sim.fail("place", fault, times=1, carried_out=carried_out)

    answer = await placing(world)

    said = answer.body if isinstance(answer, Refused) else answer
    assert "order_id" not in said
    assert await is_there(world) == carried_out


@MAYBE
async def test_too_many_requests_may_hide_it_too(world: World, carried_out: bool) -> None:
    world.sim.fail("place", Fault.TOO_MANY_REQUESTS, times=1, carried_out=carried_out)

    error = await placing(world)

    assert isinstance(error, Refused)
    assert (error.status, error.code) == (429, "TOO_MANY_REQUESTS")
    assert await is_there(world) == carried_out


@MAYBE
async def test_a_refusal_may_hide_it_too(world: World, carried_out: bool) -> None:
    world.sim.refuse("place", times=1, carried_out=carried_out)

    error = await placing(world)

    assert (error.status, error.code) == (417, "OPENAPI_SYSTEM_ERROR")
    assert await is_there(world) == carried_out


@MAYBE
async def test_an_answer_that_hangs_comes_when_it_is_released(
    world: World, carried_out: bool
) -> None:
    trouble = world.sim.fail("place", Fault.HANG, times=1, carried_out=carried_out)
    waiting = asyncio.create_task(placing(world))
    await trouble.reached.wait()
    found = await is_there(world)

    trouble.release()
    answer = await waiting

    assert found == carried_out
    assert isinstance(answer, Refused) != carried_out


@pytest.mark.parametrize("fault", [Fault.LATE, Fault.DRIP])
async def test_a_slow_answer_is_the_proper_one(world: World, fault: Fault) -> None:
    world.sim.fail("place", fault, times=1, delay=0.001)

    answer = await placing(world)

    assert answer["client_order_id"] == ID


async def test_the_second_sending_of_an_id_is_refused_and_changes_nothing(world: World) -> None:
    world.sim.fail("place", Fault.GATEWAY_TIMEOUT, times=1)
    await placing(world)
    first = world.kept(ID).id

    again = await placing(world)

    assert again.code == "OPENAPI_TRADE_PLACE_ORDER_REPEAT"
    assert [order.id for order in world.sim.orders] == [first]


@MAYBE
@pytest.mark.parametrize("fault", [Fault.BAD_GATEWAY, Fault.CLOSE, Fault.INVALID_JSON])
async def test_a_cancel_can_be_lost_or_done(world: World, fault: Fault, carried_out: bool) -> None:
    placed = await world.place()
    world.sim.fail("cancel", fault, times=1, carried_out=carried_out)

    await ends_in(world.cancel(placed))

    assert await world.status(placed) == ("CANCELLED" if carried_out else "SUBMITTED")


@MAYBE
@pytest.mark.parametrize("fault", [Fault.BAD_GATEWAY, Fault.CLOSE, Fault.INVALID_JSON])
async def test_a_replacement_can_be_lost_or_done(
    world: World, fault: Fault, carried_out: bool
) -> None:
    placed = await world.place()
    world.sim.fail("modify", fault, times=1, carried_out=carried_out)

    await ends_in(world.replace(placed, limit_price="101.00"))

    price = (await world.order(placed))["limit_price"]
    assert price == ("101.00" if carried_out else "100.00")


async def test_a_fault_is_for_its_kind_its_number_of_times_and_its_path(world: World) -> None:
    reads = world.sim.fail("/trading/(accounts|assets)/.*", Fault.UNAVAILABLE, times=2)
    data = world.sim.fail("data", Fault.RESET, times=1)

    first = await ends_in(world.client.get("/trading/accounts/list"))
    second = await ends_in(world.balance())
    third = await ends_in(world.balance())
    quotes = await ends_in(
        world.client.get("/market-data/stocks/snapshots/list", symbols="AAPL", category="US_STOCK")
    )
    await world.place()

    assert [first.status, second.status] == [503, 503]
    assert third["total_cash_balance"] == "100000.00"
    assert isinstance(quotes, aiohttp.ClientError)
    assert (reads.hits, data.hits) == (2, 1)


async def test_the_other_side_of_a_preview_is_a_read(world: World) -> None:
    world.sim.fail("read", Fault.EMPTY_OBJECT, times=1)

    answer = await world.client.post("/trading/orders/preview", world.body(world.item()))

    assert answer == {}
    assert world.sim.orders_received == 0


async def test_work_lifts_everything(world: World) -> None:
    world.sim.fail("any", Fault.BAD_GATEWAY)
    world.sim.refuse("place")

    world.sim.work()

    assert await world.status(await world.place()) == "SUBMITTED"


async def test_a_request_that_is_not_carried_out_leaves_its_nonce_unused(world: World) -> None:
    world.sim.fail("place", Fault.BAD_GATEWAY, times=1, carried_out=False)
    await placing(world)

    assert world.app.nonces == set()


async def test_requests_are_remembered_with_whose_key_they_carry(world: World) -> None:
    world.sim.fail("place", Fault.CLOSE, times=1, carried_out=False)
    await placing(world)

    (asked,) = world.sim.received

    assert (asked.method, asked.path, asked.person) == ("POST", "/trading/orders/place", "anna")
    assert asked.kinds == {"any", "place"}
    assert ID.encode() in asked.body
