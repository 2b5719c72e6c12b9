"""The Kraken simulator: everything that can go wrong between krakenex and Kraken."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import requests

from tests.simulators.kraken import Fault, ProxyPage
from tests.simulators.kraken_clients import World, opened, order_fields

LIMIT = {"ordertype": "limit", "price": "50000.0", "cl_ord_id": "mine"}
PAGES = (Fault.INTERNAL_ERROR, Fault.BAD_GATEWAY, Fault.UNAVAILABLE, Fault.GATEWAY_TIMEOUT)
MAYBE = pytest.mark.parametrize("carried_out", [True, False])


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with opened() as world:
        yield world


async def ends_in(world: World, method: str = "AddOrder", **fields: Any) -> Any:
    """What krakenex answers or raises."""
    fields = fields or order_fields(LIMIT)
    try:
        return await world.answer(method, **fields)
    except requests.RequestException as error:
        return error


def page_of(error: object) -> requests.Response:
    """What a server said instead of JSON."""
    assert isinstance(error, requests.HTTPError)
    assert error.response is not None
    return error.response


async def open_orders(world: World) -> list[str]:
    """As Kraken answers when nothing goes wrong."""
    return list((await world.private("OpenOrders"))["open"])


@MAYBE
@pytest.mark.parametrize("fault", PAGES)
async def test_a_proxy_s_page_hides_whether_the_order_was_placed(
    world: World, fault: Fault, carried_out: bool
) -> None:
    world.sim.fail("place", fault, times=1, carried_out=carried_out)

    error = await ends_in(world)

    assert page_of(error).status_code == int(fault.value)
    assert page_of(error).text.startswith("<html>")
    assert len(world.sim.orders) == carried_out
    assert len(await open_orders(world)) == carried_out
    assert world.sim.orders_received == 1


@MAYBE
@pytest.mark.parametrize(
    ("fault", "seen"),
    [
        (Fault.RESET, "ConnectionResetError"),
        (Fault.CLOSE, "RemoteDisconnected"),
        (Fault.TRUNCATED, "IncompleteRead"),
    ],
)
async def test_a_broken_connection_hides_it_too(
    world: World, fault: Fault, seen: str, carried_out: bool
) -> None:
    world.sim.fail("place", fault, times=1, carried_out=carried_out)

    error = await ends_in(world)

    assert isinstance(error, requests.RequestException)
    assert seen in str(error)
    assert len(world.sim.orders) == carried_out
    assert world.sim.orders_received == 1


@MAYBE
@pytest.mark.parametrize(("fault", "seen"), [(Fault.LIST, []), (Fault.EMPTY_OBJECT, {})])
async def test_an_answer_of_another_shape(
    world: World, fault: Fault, seen: object, carried_out: bool
) -> None:
    world.sim.fail("place", fault, times=1, carried_out=carried_out)

    assert await ends_in(world) == seen
    assert len(world.sim.orders) == carried_out


@MAYBE
@pytest.mark.parametrize("fault", [Fault.INVALID_JSON, Fault.EMPTY_BODY])
async def test_an_answer_that_is_no_json(world: World, fault: Fault, carried_out: bool) -> None:
    world.sim.fail("place", fault, times=1, carried_out=carried_out)

    error = await ends_in(world)

    assert isinstance(error, requests.exceptions.JSONDecodeError)
    assert len(world.sim.orders) == carried_out


@MAYBE
async def test_a_page_of_the_proxy_s_own_status(world: World, carried_out: bool) -> None:
    world.sim.refuse_with("place", ProxyPage(520), times=1, carried_out=carried_out)

    error = await ends_in(world)

    assert page_of(error).status_code == 520
    assert len(world.sim.orders) == carried_out


async def test_an_order_that_is_only_validated_meets_no_fault_of_placing(world: World) -> None:
    trouble = world.sim.fail("place", Fault.CLOSE)

    validated = await world.private("AddOrder", **order_fields(LIMIT), validate="true")

    assert "txid" not in validated
    assert trouble.hits == 0
    assert (world.sim.orders_received, world.sim.validations_received) == (0, 1)


async def test_a_hanging_answer_comes_when_it_is_released(world: World) -> None:
    trouble = world.sim.fail("place", Fault.HANG)
    asking = asyncio.create_task(world.place(**LIMIT))
    async with asyncio.timeout(5):
        await trouble.reached.wait()
    placed = [one.txid for one in world.sim.orders]
    answered = asking.done()

    trouble.release()

    assert not answered
    assert [await asking] == placed


async def test_a_client_that_gave_up_finds_its_order(world: World) -> None:
    trouble = world.sim.fail("place", Fault.HANG)

    with pytest.raises(requests.ReadTimeout):
        await asyncio.to_thread(
            world.api.query_private, "AddOrder", order_fields(LIMIT), timeout=0.05
        )
    trouble.release()

    found = (await world.private("OpenOrders", cl_ord_id="mine"))["open"]
    assert [one["descr"]["price"] for one in found.values()] == ["50000.0"]


async def test_a_request_that_hangs_without_being_carried_out_leaves_no_order(
    world: World,
) -> None:
    trouble = world.sim.fail("place", Fault.HANG, carried_out=False)
    asking = asyncio.create_task(ends_in(world))
    async with asyncio.timeout(5):
        await trouble.reached.wait()

    world.sim.work()

    error = await asking
    assert page_of(error).status_code == 504
    assert world.sim.orders == []


@pytest.mark.parametrize("fault", [Fault.LATE, Fault.DRIP])
async def test_a_slow_answer_is_whole_in_the_end(world: World, fault: Fault) -> None:
    delay = 0.05 if fault is Fault.LATE else 0.00001
    trouble = world.sim.fail("read", fault, delay=delay)

    balance = await world.private("Balance")

    assert balance == {"ZUSD": "100000.0000"}
    assert trouble.hits == 1


async def test_a_fault_is_for_its_kind_its_number_of_times_and_its_path(world: World) -> None:
    placed = await world.place(**LIMIT)
    world.sim.fail("cancel", Fault.BAD_GATEWAY, times=1, carried_out=False)
    world.sim.fail("modify", Fault.BAD_GATEWAY, times=1)
    path = world.sim.fail("/0/private/(Open|Closed)Orders", Fault.UNAVAILABLE, times=2)
    data = world.sim.fail("data", Fault.RESET, times=1)

    for method in ("OpenOrders", "ClosedOrders"):
        assert isinstance(await ends_in(world, method, trades=True), requests.HTTPError)
    assert await open_orders(world) == [placed]
    modify = await ends_in(world, "AmendOrder", txid=placed, limit_price="51000.0")
    changed = await world.order(placed)
    cancel = await ends_in(world, "CancelOrder", txid=placed)
    still = await world.status(placed)
    await world.private("CancelOrder", txid=placed)
    with pytest.raises(requests.ConnectionError):
        await world.public("Ticker", pair="XBTUSD")
    ticker = await world.public("Ticker", pair="XBTUSD")

    assert path.hits == 2
    assert data.hits == 1
    assert isinstance(modify, requests.HTTPError)
    assert changed["descr"]["price"] == "51000.0"
    assert isinstance(cancel, requests.HTTPError)
    assert still == "open"
    assert await world.status(placed) == "canceled"
    assert list(ticker) == ["XXBTZUSD"]


async def test_every_read_can_fail_until_it_is_lifted(world: World) -> None:
    trouble = world.sim.fail("read", Fault.EMPTY_OBJECT)
    answers = [
        await world.answer("Balance"),
        await world.answer("OpenOrders"),
        await world.public_answer("SystemStatus"),
    ]
    trouble.lift()

    assert answers == [{}, {}, {}]
    assert await open_orders(world) == []


async def test_krakenex_alone_sends_an_order_once(world: World) -> None:
    """Not even after a connection that broke before an answer: requests retries nothing."""
    world.sim.fail("place", Fault.CLOSE)

    assert isinstance(await ends_in(world), requests.ConnectionError)
    assert world.sim.orders_received == 1


async def test_a_request_that_was_not_carried_out_leaves_its_nonce_unused(world: World) -> None:
    """A proxy that gave up never told Kraken the nonce; the next one rises all the same."""
    world.sim.fail("place", Fault.BAD_GATEWAY, times=1, carried_out=False)

    await ends_in(world)

    assert world.sim.key(world.api.key).nonce == 0
    assert await world.private("Balance") == {"ZUSD": "100000.0000"}
