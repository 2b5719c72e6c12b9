"""The Binance simulator: its connections, its memory and its end."""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs

import aiohttp
import pytest
from binance.exceptions import BinanceAPIException

from tests.simulators.binance import BinanceSimulator, Fault
from tests.simulators.binance_clients import SECRET, Watch, World, opened


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with opened() as world:
        yield world


async def test_nobody_listens_until_it_listens_again_on_the_same_port(world: World) -> None:
    await world.place()
    url = world.sim.url

    await world.sim.stop_listening()
    with pytest.raises(aiohttp.ClientConnectorError):
        await world.place()
    await world.sim.listen_again()

    assert world.sim.url == url
    assert (await world.order())["status"] == "NEW"
    assert world.sim.orders_received == 1


async def test_the_same_without_awaiting(world: World) -> None:
    for _ in range(2):
        world.sim.be_unreachable()
        with pytest.raises(aiohttp.ClientConnectorError):
            await world.place()
        world.sim.be_reachable()

    await world.place()

    assert world.sim.orders_received == 1


async def test_a_client_that_writes_before_it_has_noticed_cannot_tell_what_became_of_it(
    world: World,
) -> None:
    """Its kept connection is gone, but the loop has had no round to say so."""
    await world.client.ping()

    world.sim.be_unreachable()
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await world.place()

    assert world.sim.orders_received == 0


async def test_connections_are_counted(world: World) -> None:
    for _ in range(3):
        await world.client.ping()
    await world.another().ping()

    assert (world.sim.connections, world.sim.handshakes) == (2, 2)


async def test_what_arrived_is_remembered_in_order_and_as_it_came(world: World) -> None:
    await world.place()
    await world.client.get_open_orders(symbol="BTCUSDT")

    placed, listed = world.sim.received
    assert (placed.method, placed.path, placed.person) == ("POST", "/api/v3/order", "person 1")
    assert parse_qs(placed.body.decode())["newClientOrderId"] == ["mine"]
    assert placed.kinds == {"any", "place"}
    assert listed.raw_query.startswith("recvWindow=10000&symbol=BTCUSDT&timestamp=")
    assert listed.kinds == {"any", "read"}
    assert world.sim.orders_bodies == [placed.body]
    assert SECRET not in repr(world.sim.received)
    assert SECRET not in repr(world.person)


async def test_the_end_comes_at_once_even_with_requests_that_hang() -> None:
    async with opened() as world:
        troubles = [world.sim.fail("any", Fault.HANG, times=1) for _ in range(3)]
        asking = [asyncio.create_task(world.another().ping()) for _ in range(3)]
        async with asyncio.timeout(5):
            for trouble in troubles:
                await trouble.reached.wait()
        began = time.monotonic()
        await world.sim.__aexit__(None, None, None)
        took = time.monotonic() - began
        ended = await asyncio.gather(*asking, return_exceptions=True)

    assert took < 1
    assert all(isinstance(error, aiohttp.ClientError) for error in ended)


async def test_an_error_of_the_simulator_itself_fails_the_test() -> None:
    with pytest.raises(AssertionError, match="the simulator itself failed"):
        async with opened() as world:
            world.sim.catalogue.symbols["BTCUSDT"] = None  # type: ignore[assignment]
            with pytest.raises(BinanceAPIException):
                await world.place()


async def test_the_two_clocks_of_a_simulator() -> None:
    """Orders have the test's time; requests are timed by the clock that clients sign with."""
    then = datetime(2024, 2, 29, tzinfo=UTC)
    async with BinanceSimulator(now=lambda: then) as sim:
        sim.market.set("BTCUSDT", bid="60000", ask="60010")
        world = World(sim, sim.add_person("key", "secret"), Watch())
        client = world.another("key", "secret")
        placed = await client.order_limit_buy(symbol="BTCUSDT", quantity="1", price="50000")
        server = (await client.get_server_time())["serverTime"]
        for one in world.clients:
            await one.close_connection()

    assert placed["transactTime"] == int(then.timestamp() * 1000)
    assert datetime.now(UTC) - datetime.fromtimestamp(server / 1000, UTC) < timedelta(seconds=5)
