"""The Coinbase simulator: everything that can go wrong, and what the SDK makes of it."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import requests

from tests.simulators.coinbase import Fault, Trouble
from tests.simulators.coinbase_clients import World, opened

PAGES = (
    Fault.INTERNAL_ERROR,
    Fault.BAD_GATEWAY,
    Fault.UNAVAILABLE,
    Fault.GATEWAY_TIMEOUT,
)


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with opened() as world:
        yield world


async def ends_in(world: World, fault: Fault, *, carried_out: bool) -> Any:
    """What the client sees of an order that runs into `fault`: an error or an answer."""
    world.sim.fail("place", fault, times=1, carried_out=carried_out)
    try:
        return await world.place(client_order_id="mine")
    except requests.RequestException as error:
        return error


@pytest.mark.parametrize("carried_out", [True, False])
@pytest.mark.parametrize("fault", PAGES)
async def test_a_proxy_s_page_hides_whether_the_order_was_placed(
    world: World, fault: Fault, carried_out: bool
) -> None:
    error = await ends_in(world, fault, carried_out=carried_out)

    assert isinstance(error, requests.HTTPError)
    assert error.response is not None
    assert error.response.status_code == int(fault.value)
    assert "nginx" in str(error)
    assert len(world.sim.orders) == carried_out
    assert world.sim.orders_received == 1


@pytest.mark.parametrize("carried_out", [True, False])
@pytest.mark.parametrize("fault", [Fault.RESET, Fault.CLOSE, Fault.TRUNCATED])
async def test_a_broken_connection_hides_it_too(
    world: World, fault: Fault, carried_out: bool
) -> None:
    error = await ends_in(world, fault, carried_out=carried_out)

    assert isinstance(error, requests.RequestException)
    assert not isinstance(error, requests.HTTPError)
    assert len(world.sim.orders) == carried_out
    assert world.sim.orders_received == 1


@pytest.mark.parametrize("carried_out", [True, False])
@pytest.mark.parametrize("fault", [Fault.INVALID_JSON, Fault.EMPTY_BODY])
async def test_an_answer_that_is_no_json(world: World, fault: Fault, carried_out: bool) -> None:
    error = await ends_in(world, fault, carried_out=carried_out)

    assert isinstance(error, requests.exceptions.JSONDecodeError)
    assert len(world.sim.orders) == carried_out


@pytest.mark.parametrize("carried_out", [True, False])
@pytest.mark.parametrize("fault", [Fault.EMPTY_OBJECT, Fault.LIST])
async def test_an_answer_of_another_shape_is_no_answer_and_no_error_of_the_sdk(
    world: World, fault: Fault, carried_out: bool
) -> None:
    """What an adapter must notice: neither success nor failure stands in it."""
    world.sim.fail("place", fault, times=1, carried_out=carried_out)

    try:
        assert await world.place(client_order_id="mine") == {}
    except TypeError:
        assert fault is Fault.LIST
    assert len(world.sim.orders) == carried_out


@pytest.mark.parametrize("carried_out", [True, False])
async def test_too_many_requests_whether_carried_out_or_not(
    world: World, carried_out: bool
) -> None:
    error = await ends_in(world, Fault.TOO_MANY_REQUESTS, carried_out=carried_out)

    assert isinstance(error, requests.HTTPError)
    assert error.response is not None
    assert error.response.status_code == 429
    assert error.response.json()["errors"][0]["id"] == "rate_limit_exceeded"
    assert error.response.headers["x-ratelimit-limit"] == "30"
    assert len(world.sim.orders) == carried_out


async def test_an_order_of_unknown_fate_is_found_by_listing_and_not_placed_twice(
    world: World,
) -> None:
    await ends_in(world, Fault.GATEWAY_TIMEOUT, carried_out=True)

    listed = (await world.call("list_orders"))["orders"]
    again = await world.placed(client_order_id="mine")

    assert [order["client_order_id"] for order in listed] == ["mine"]
    assert again == listed[0]["order_id"]
    assert len(world.sim.orders) == 1


async def reached(trouble: Trouble) -> None:
    async with asyncio.timeout(5):
        await trouble.reached.wait()


async def test_a_hanging_answer_comes_when_it_is_released(world: World) -> None:
    trouble = world.sim.fail("place", Fault.HANG)
    asking = asyncio.create_task(world.placed(client_order_id="mine"))
    await reached(trouble)
    placed, answered = len(world.sim.orders), asking.done()

    trouble.release()

    assert (placed, answered) == (1, False)
    assert await asking == world.sim.order("mine").id


async def test_a_client_that_gave_up_finds_its_order(world: World) -> None:
    trouble = world.sim.fail("place", Fault.HANG)
    world.client.timeout = 0.05

    with pytest.raises(requests.ReadTimeout):
        await world.place(client_order_id="mine")
    trouble.release()
    world.client.timeout = 5

    listed = (await world.call("list_orders"))["orders"]
    assert [order["client_order_id"] for order in listed] == ["mine"]


async def test_a_request_that_hangs_without_being_carried_out_leaves_no_order(
    world: World,
) -> None:
    trouble = world.sim.fail("place", Fault.HANG, carried_out=False)
    asking = asyncio.create_task(world.place())
    await reached(trouble)

    world.sim.work()

    with pytest.raises(requests.HTTPError, match="504"):
        await asking
    assert world.sim.orders == []


@pytest.mark.parametrize("fault", [Fault.LATE, Fault.DRIP])
async def test_a_slow_answer_is_whole_in_the_end(world: World, fault: Fault) -> None:
    delay = 0.05 if fault is Fault.LATE else 0.00001
    trouble = world.sim.fail("read", fault, delay=delay)

    answer = await world.call("get_accounts")

    assert answer["size"] == 1
    assert trouble.hits == 1


@pytest.mark.parametrize("carried_out", [True, False])
@pytest.mark.parametrize(
    "fault", [*PAGES, Fault.RESET, Fault.CLOSE, Fault.TRUNCATED, Fault.INVALID_JSON]
)
async def test_a_cancel_and_an_edit_meet_the_same(
    world: World, fault: Fault, carried_out: bool
) -> None:
    first, second = await world.placed(base_size="0.1"), await world.placed(base_size="0.1")
    world.sim.fail("cancel", fault, times=1, carried_out=carried_out)
    world.sim.fail("modify", fault, times=1, carried_out=carried_out)

    with pytest.raises(requests.RequestException):
        await world.call("cancel_orders", [first])
    with pytest.raises(requests.RequestException):
        await world.call("edit_order", second, price="51000", size="0.1")

    assert await world.status(first) == ("CANCELLED" if carried_out else "OPEN")
    assert len(world.sim.order(second).edits) == carried_out
    assert (world.sim.cancels_received, world.sim.modifies_received) == (1, 1)
    assert world.sim.orders_received == 2


async def test_reads_data_and_paths_fail_on_their_own(world: World) -> None:
    order_id = await world.placed()
    data = world.sim.fail("data", Fault.BAD_GATEWAY, times=1)
    path = world.sim.fail("/api/v3/brokerage/orders/historical/.*", Fault.UNAVAILABLE, times=2)

    for _ in range(2):
        with pytest.raises(requests.HTTPError, match="503"):
            await world.status(order_id)
    with pytest.raises(requests.HTTPError, match="502"):
        await world.call("get_best_bid_ask")
    await world.call("get_accounts")

    assert (data.hits, path.hits) == (1, 2)
    assert await world.status(order_id) == "OPEN"
    assert (await world.call("get_best_bid_ask"))["pricebooks"]


async def test_every_read_can_fail_until_it_is_lifted(world: World) -> None:
    trouble = world.sim.fail("read", Fault.EMPTY_OBJECT)
    answers = [await world.call("get_accounts"), await world.call("list_orders")]
    trouble.lift()

    assert answers == [{}, {}]
    assert (await world.call("list_orders"))["orders"] == []


async def test_a_preview_is_a_read_and_no_order(world: World) -> None:
    world.sim.fail("place", Fault.BAD_GATEWAY)

    preview = await world.call("preview_market_order_buy", "BTC-USD", quote_size="10")

    assert preview["errs"] == []
    assert world.sim.orders_received == 0
