"""The Alpaca simulator: everything that can go wrong, and the end of it all."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest
import requests
from alpaca.common.exceptions import APIError

from tests.simulators.alpaca import Fault
from tests.simulators.alpaca_clients import KEY, SECRET, World, opened

LIMIT = {"type": "limit", "limit_price": "100", "client_order_id": "mine"}


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with opened() as world:
        yield world


async def ends_in(world: World, fault: Fault, *, carried_out: bool) -> BaseException | object:
    """What the client sees of an order that runs into `fault`."""
    world.sim.fail("place", fault, times=1, carried_out=carried_out)
    try:
        return await asyncio.to_thread(world.trading.post, "/orders", order_body())
    except (APIError, requests.RequestException) as error:
        return error


def order_body() -> dict[str, str]:
    return {"symbol": "AAPL", "qty": "1", "side": "buy", "time_in_force": "day", **LIMIT}


PAGES = (
    Fault.INTERNAL_ERROR,
    Fault.BAD_GATEWAY,
    Fault.UNAVAILABLE,
    Fault.GATEWAY_TIMEOUT,
)


@pytest.mark.parametrize("carried_out", [True, False])
@pytest.mark.parametrize("fault", PAGES)
async def test_a_proxy_s_page_hides_whether_the_order_was_placed(
    world: World, fault: Fault, carried_out: bool
) -> None:
    error = await ends_in(world, fault, carried_out=carried_out)

    assert isinstance(error, APIError)
    assert error.status_code == int(fault.value)
    with pytest.raises(json.JSONDecodeError):
        _ = error.code
    assert len(world.sim.orders) == carried_out
    assert world.sim.orders_received == 1


@pytest.mark.parametrize("carried_out", [True, False])
@pytest.mark.parametrize("fault", [Fault.RESET, Fault.CLOSE, Fault.TRUNCATED])
async def test_a_broken_connection_hides_it_too(
    world: World, fault: Fault, carried_out: bool
) -> None:
    error = await ends_in(world, fault, carried_out=carried_out)

    assert isinstance(error, requests.RequestException)
    assert len(world.sim.orders) == carried_out
    assert world.sim.orders_received == 1


async def test_a_reset_is_a_reset_and_a_close_is_a_close(world: World) -> None:
    reset = await ends_in(world, Fault.RESET, carried_out=False)
    closed = await ends_in(world, Fault.CLOSE, carried_out=False)

    assert "ConnectionResetError" in str(reset)
    assert "RemoteDisconnected" in str(closed)


@pytest.mark.parametrize("carried_out", [True, False])
@pytest.mark.parametrize(
    ("fault", "seen"),
    [(Fault.LIST, []), (Fault.EMPTY_OBJECT, {}), (Fault.EMPTY_BODY, None)],
)
async def test_an_answer_of_another_shape(
    world: World, fault: Fault, seen: object, carried_out: bool
) -> None:
    assert await ends_in(world, fault, carried_out=carried_out) == seen
    assert len(world.sim.orders) == carried_out


@pytest.mark.parametrize("carried_out", [True, False])
async def test_an_answer_that_is_no_json(world: World, carried_out: bool) -> None:
    error = await ends_in(world, Fault.INVALID_JSON, carried_out=carried_out)

    assert isinstance(error, requests.exceptions.JSONDecodeError)
    assert len(world.sim.orders) == carried_out


@pytest.mark.parametrize("carried_out", [True, False])
async def test_too_many_requests_whether_carried_out_or_not(
    world: World, carried_out: bool
) -> None:
    error = await ends_in(world, Fault.TOO_MANY_REQUESTS, carried_out=carried_out)

    assert isinstance(error, APIError)
    assert (error.status_code, error.message) == (429, "too many requests.")
    assert error.response.headers["X-RateLimit-Limit"] == "200"
    assert len(world.sim.orders) == carried_out


async def test_alpaca_py_alone_sends_an_order_again_after_a_504(world: World) -> None:
    """The trap that an adapter must disarm; the wait between two tries is made short here."""
    world.trading._retry, world.trading._retry_wait = 1, 0
    world.sim.fail("place", Fault.GATEWAY_TIMEOUT, times=1)

    with pytest.raises(APIError, match="client_order_id must be unique"):
        await asyncio.to_thread(world.trading.post, "/orders", order_body())

    assert world.sim.orders_received == 2


async def test_a_hanging_answer_comes_when_it_is_released(world: World) -> None:
    trouble = world.sim.fail("place", Fault.HANG)
    asking = asyncio.create_task(world.place(**LIMIT))
    async with asyncio.timeout(5):
        await trouble.reached.wait()
    placed = len(world.sim.orders)
    answered = asking.done()

    trouble.release()

    assert (placed, answered) == (1, False)
    assert (await asking)["client_order_id"] == "mine"


async def test_a_client_that_gave_up_finds_its_order(world: World) -> None:
    trouble = world.sim.fail("place", Fault.HANG)
    headers = {"APCA-API-KEY-ID": KEY, "APCA-API-SECRET-KEY": SECRET}
    url = f"{world.sim.url}/v2/orders"

    with pytest.raises(requests.ReadTimeout):
        await asyncio.to_thread(
            requests.post, url, json=order_body(), headers=headers, timeout=0.05
        )
    trouble.release()

    found = await asyncio.to_thread(world.trading.get_order_by_client_id, "mine")
    assert found.limit_price == "100"


async def test_a_request_that_hangs_without_being_carried_out_leaves_no_order(
    world: World,
) -> None:
    trouble = world.sim.fail("place", Fault.HANG, carried_out=False)
    asking = asyncio.create_task(world.place(**LIMIT))
    async with asyncio.timeout(5):
        await trouble.reached.wait()

    world.sim.work()

    with pytest.raises(APIError) as failure:
        await asking
    assert failure.value.status_code == 504
    assert world.sim.orders == []


@pytest.mark.parametrize("fault", [Fault.LATE, Fault.DRIP])
async def test_a_slow_answer_is_whole_in_the_end(world: World, fault: Fault) -> None:
    delay = 0.05 if fault is Fault.LATE else 0.00001
    trouble = world.sim.fail("read", fault, delay=delay)

    clock = await world.get("/clock")

    assert clock["is_open"] is True
    assert trouble.hits == 1


async def test_a_fault_is_for_its_kind_its_number_of_times_and_its_path(world: World) -> None:
    placed = await world.place(**LIMIT)
    world.sim.fail("cancel", Fault.BAD_GATEWAY, times=1, carried_out=False)
    world.sim.fail("modify", Fault.BAD_GATEWAY, times=1)
    path = world.sim.fail("/v2/orders:by_client_order_id", Fault.UNAVAILABLE, times=2)

    for _ in range(2):
        with pytest.raises(APIError):
            await asyncio.to_thread(world.trading.get_order_by_client_id, "mine")
    await asyncio.to_thread(world.trading.get_order_by_client_id, "mine")
    with pytest.raises(APIError):
        await asyncio.to_thread(world.trading.patch, f"/orders/{placed['id']}", {"qty": "2"})
    replaced_by = (await world.order(placed["id"]))["replaced_by"]
    with pytest.raises(APIError):
        await asyncio.to_thread(world.trading.cancel_order_by_id, replaced_by)
    still = await world.order(replaced_by)
    await asyncio.to_thread(world.trading.cancel_order_by_id, replaced_by)

    assert path.hits == 2
    assert still["status"] == "new"
    assert (await world.order(replaced_by))["status"] == "canceled"


async def test_every_read_can_fail_until_it_is_lifted(world: World) -> None:
    trouble = world.sim.fail("read", Fault.EMPTY_OBJECT)
    answers = [await world.get("/account"), await world.get("/positions")]
    trouble.lift()

    assert answers == [{}, {}]
    assert await world.get("/positions") == []


async def test_refusals_can_be_ordered(world: World) -> None:
    world.sim.refuse("place", message="account is restricted to liquidation only")

    refused = await world.refused()
    world.sim.work()
    await world.place()

    assert refused == (403, 40310000, "account is restricted to liquidation only")
    assert world.sim.orders_received == 2
