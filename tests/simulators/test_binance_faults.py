"""The Binance simulator: everything that can go wrong on the way, and what python-binance sees."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from binance.exceptions import BinanceAPIException, BinanceRequestException

from tests.simulators.binance import Fault
from tests.simulators.binance_clients import World, opened, order_fields, refusal
from tests.simulators.serving import Answer, Refusal, json_answer

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
    """What the client sees of an order that runs into `fault`."""
    world.sim.fail("place", fault, times=1, carried_out=carried_out)
    try:
        return await world.client.create_order(**order_fields())
    except (BinanceAPIException, BinanceRequestException, aiohttp.ClientError) as error:
        return error


@pytest.mark.parametrize("carried_out", [True, False])
@pytest.mark.parametrize("fault", PAGES)
async def test_a_proxy_s_page_hides_whether_the_order_was_placed(
    world: World, fault: Fault, carried_out: bool
) -> None:
    error = await ends_in(world, fault, carried_out=carried_out)

    assert isinstance(error, BinanceAPIException)
    assert (error.status_code, error.code) == (int(fault.value), 0)
    assert len(world.sim.orders) == carried_out
    assert world.sim.orders_received == 1


@pytest.mark.parametrize("carried_out", [True, False])
async def test_unknown_in_so_many_words(world: World, carried_out: bool) -> None:
    world.sim.time_out("place", times=1, carried_out=carried_out)

    refused = await world.refused()

    assert refused[:2] == (504, -1007)
    assert "execution status unknown" in refused[2]
    assert len(world.sim.orders) == carried_out


@pytest.mark.parametrize("carried_out", [True, False])
@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Fault.RESET, aiohttp.ClientOSError),
        (Fault.CLOSE, aiohttp.ServerDisconnectedError),
        (Fault.TRUNCATED, aiohttp.ClientPayloadError),
    ],
)
async def test_a_broken_connection_hides_it_too(
    world: World, fault: Fault, kind: type[Exception], carried_out: bool
) -> None:
    error = await ends_in(world, fault, carried_out=carried_out)

    assert isinstance(error, kind)
    assert len(world.sim.orders) == carried_out
    assert world.sim.orders_received == 1


@pytest.mark.parametrize("carried_out", [True, False])
@pytest.mark.parametrize(
    ("fault", "seen"),
    [(Fault.LIST, []), (Fault.EMPTY_OBJECT, {}), (Fault.EMPTY_BODY, {})],
)
async def test_an_answer_of_another_shape(
    world: World, fault: Fault, seen: object, carried_out: bool
) -> None:
    assert await ends_in(world, fault, carried_out=carried_out) == seen
    assert len(world.sim.orders) == carried_out


@pytest.mark.parametrize("carried_out", [True, False])
async def test_an_answer_that_is_no_json(world: World, carried_out: bool) -> None:
    error = await ends_in(world, Fault.INVALID_JSON, carried_out=carried_out)

    assert isinstance(error, BinanceRequestException)
    assert len(world.sim.orders) == carried_out


@pytest.mark.parametrize("carried_out", [True, False])
async def test_too_many_requests_whether_carried_out_or_not(
    world: World, carried_out: bool
) -> None:
    error = await ends_in(world, Fault.TOO_MANY_REQUESTS, carried_out=carried_out)

    assert isinstance(error, BinanceAPIException)
    assert (error.status_code, error.code) == (429, -1003)
    assert error.response.headers["Retry-After"] == "30"
    assert "X-MBX-USED-WEIGHT-1M" in error.response.headers
    assert len(world.sim.orders) == carried_out


async def test_aiohttp_sends_a_read_again_over_a_connection_that_broke_but_never_an_order(
    world: World,
) -> None:
    """Idempotent methods only, and only where the connection had been used: GET and DELETE."""
    await world.client.ping()
    placing = await ends_in(world, Fault.CLOSE, carried_out=True)
    orders = world.sim.orders_received
    await world.client.ping()
    world.sim.fail("cancel", Fault.CLOSE, times=1)
    cancel = world.client.cancel_order(symbol="BTCUSDT", origClientOrderId="mine")
    canceling = await refusal(cancel)
    await world.client.ping()
    world.sim.fail("read", Fault.CLOSE, times=1)
    reading = await world.order()

    assert isinstance(placing, aiohttp.ServerDisconnectedError)
    assert orders == 1
    assert canceling == (400, -2011, "Unknown order sent.")
    assert world.sim.cancels_received == 2
    assert reading["status"] == "CANCELED"


async def test_a_hanging_answer_comes_when_it_is_released(world: World) -> None:
    trouble = world.sim.fail("place", Fault.HANG)
    asking = asyncio.create_task(world.place())
    async with asyncio.timeout(5):
        await trouble.reached.wait()
    placed = len(world.sim.orders)
    answered = asking.done()

    trouble.release()

    assert (placed, answered) == (1, False)
    assert (await asking)["clientOrderId"] == "mine"


async def test_a_client_that_gave_up_finds_its_order(world: World) -> None:
    trouble = world.sim.fail("place", Fault.HANG)
    world.client.REQUEST_TIMEOUT = 0.05

    with pytest.raises(asyncio.TimeoutError):
        await world.place()
    world.client.REQUEST_TIMEOUT = 10
    trouble.release()

    assert (await world.order())["status"] == "NEW"
    assert world.sim.orders_received == 1


async def test_a_request_that_hangs_without_being_carried_out_leaves_no_order(
    world: World,
) -> None:
    trouble = world.sim.fail("place", Fault.HANG, carried_out=False)
    asking = asyncio.create_task(world.refused())
    async with asyncio.timeout(5):
        await trouble.reached.wait()

    world.sim.work()

    assert (await asking)[0] == 504
    assert world.sim.orders == []


@pytest.mark.parametrize("fault", [Fault.LATE, Fault.DRIP])
async def test_a_slow_answer_is_whole_in_the_end(world: World, fault: Fault) -> None:
    delay = 0.05 if fault is Fault.LATE else 0.00001
    trouble = world.sim.fail("data", fault, delay=delay)

    assert await world.client.ping() == {}
    assert trouble.hits == 1


async def test_a_fault_is_for_its_kind_its_number_of_times_and_its_path(world: World) -> None:
    await world.place()
    world.sim.fail("cancel", Fault.BAD_GATEWAY, times=1, carried_out=False)
    world.sim.fail("modify", Fault.BAD_GATEWAY, times=1)
    path = world.sim.fail("/api/v3/openOrders", Fault.UNAVAILABLE, times=2)
    symbol = {"symbol": "BTCUSDT"}

    reads = [(await refusal(world.client.get_open_orders()))[0] for _ in range(2)]
    listed = await world.client.get_open_orders()
    cancel = await refusal(world.client.cancel_order(**symbol, origClientOrderId="mine"))
    change = {**symbol, "origClientOrderId": "mine", "newQty": "0.4", "newClientOrderId": "mine"}
    modify = await refusal(world.client._put("order/amend/keepPriority", True, data=change))

    order = await world.order()
    assert (reads, len(listed), path.hits) == ([503, 503], 1, 2)
    assert (cancel[0], modify[0]) == (502, 502)
    assert (order["status"], order["origQty"]) == ("NEW", "0.40000000")
    assert (world.sim.cancels_received, world.sim.modifies_received) == (1, 1)


async def test_every_read_can_fail_until_it_is_lifted(world: World) -> None:
    trouble = world.sim.fail("read", Fault.EMPTY_OBJECT)
    answers = [await world.client.get_account(), await world.client.get_exchange_info()]
    trouble.lift()

    assert answers == [{}, {}]
    assert await world.client.get_open_orders() == []


async def test_refusals_can_be_ordered(world: World) -> None:
    world.sim.refuse("place", message="This action is disabled on this account.")
    refused = await world.refused()
    world.sim.work()
    world.sim.refuse("place", status=503, code=-1008, message="Server is busy", times=1)
    busy = await world.refused()
    await world.place()

    assert refused == (400, -2010, "This action is disabled on this account.")
    assert busy == (503, -1008, "Server is busy")
    assert world.sim.orders_received == 3
    assert len(world.sim.orders) == 1


async def test_the_firewall_has_a_page_of_its_own(world: World) -> None:
    world.sim.block("place", times=1)

    status, code, _ = await world.refused()

    assert (status, code) == (403, 0)
    assert world.sim.orders == []


async def test_a_fault_for_what_no_simulator_knows_is_told_at_once(world: World) -> None:
    with pytest.raises(ValueError, match="plaice"):
        world.sim.fail("plaice", Fault.HANG)


async def test_python_binance_fails_on_an_error_that_is_a_list(world: World) -> None:
    """What the adapter must expect besides the SDK's own errors."""

    class ListRefusal(Refusal):
        def answer(self) -> Answer:
            return json_answer([], 500)

    world.sim.refuse_with("read", ListRefusal(), times=1)

    with pytest.raises(AttributeError):
        await world.client.get_account()


async def test_test_orders_count_as_reads_and_lists_as_one_order(world: World) -> None:
    world.sim.give(world.person, "BTC", "2")
    await world.client.create_test_order(symbol="BTCUSDT", side="BUY", type="MARKET", quantity="1")
    tested = world.sim.orders_received
    await world.client.create_oco_order(
        symbol="BTCUSDT",
        side="SELL",
        quantity="1",
        aboveType="LIMIT_MAKER",
        abovePrice="70000",
        belowType="STOP_LOSS",
        belowStopPrice="50000",
    )

    assert (tested, world.sim.orders_received) == (0, 1)
    assert len(world.sim.orders) == 2
