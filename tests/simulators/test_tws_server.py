"""The TWS simulator: connections that go wrong, and a TWS that loses the server behind it."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.simulators.tws import Fault
from tests.simulators.tws_clients import World, market, opened, stock


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with opened() as world:
        yield world


@pytest.mark.parametrize("fault", [Fault.DROP_BEFORE, Fault.DROP_AFTER])
async def test_a_connection_is_cut_at_once(world: World, fault: Fault) -> None:
    world.sim.fail("connect", fault)

    with pytest.raises((ConnectionError, asyncio.TimeoutError)):
        await world.connect(client_id=2, timeout=0.2)

    assert (await world.connect(client_id=2)).isConnected()


@pytest.mark.parametrize("fault", [Fault.SILENCE, Fault.SILENCE_AFTER])
async def test_a_connection_is_never_greeted(world: World, fault: Fault) -> None:
    world.sim.fail("connect", fault)

    with pytest.raises(asyncio.TimeoutError):
        await world.connect(client_id=2, timeout=0.1)


async def test_a_connection_is_greeted_late(world: World) -> None:
    trouble = world.sim.fail("connect", Fault.LATE)
    connecting = asyncio.create_task(world.connect(client_id=2))
    await trouble.reached.wait()

    trouble.release()

    assert (await connecting).isConnected()


async def test_a_connection_is_refused_with_words(world: World) -> None:
    world.sim.fail("connect", Fault.ERROR(502, "Not today"))

    with pytest.raises((ConnectionError, asyncio.TimeoutError)):
        await world.connect(client_id=2, timeout=0.2)

    assert world.errors[-1] == (-1, 502, "Not today")


async def test_a_greeting_can_be_rubbish(world: World) -> None:
    world.sim.fail("connect", Fault.RUBBISH)
    reader, writer = await asyncio.open_connection(world.sim.host, world.sim.port)
    writer.write(b"API\0\0\0\0\x09v157..176")

    raw = await reader.readexactly(20)

    assert raw[4:] == b"rubbish\0rubbish\0"
    writer.close()
    await writer.wait_closed()


# The server behind TWS


async def test_tws_loses_the_server_and_regains_it(world: World) -> None:
    contract = stock()
    ticker = world.ib.reqMktData(contract)
    await world.settled()

    world.sim.lose_server()
    trade = await world.place(stock(), market())
    assert trade.orderStatus.status == "PendingSubmit"
    with pytest.raises(asyncio.TimeoutError):
        await asyncio.wait_for(world.ib.reqContractDetailsAsync(stock()), 0.05)
    world.sim.regain_server(lost_data=False)
    world.sim.set_price("AAPL", last="200")
    await world.settled()

    assert world.codes == [1100, 1102]
    assert trade.orderStatus.status == "Filled"
    assert ticker.last == 200


async def test_market_data_can_be_lost_with_the_server(world: World) -> None:
    ticker = world.ib.reqMktData(stock())
    await world.settled()

    world.sim.lose_server()
    world.sim.regain_server(lost_data=True)
    world.sim.set_price("AAPL", last="200")
    await world.settled()

    assert world.codes == [1100, 1101]
    assert ticker.last == 189.95


@pytest.mark.parametrize("code", [2103, 2104, 2105, 2106, 2107, 2108, 2109, 2110, 2158])
async def test_notices_about_farms(world: World, code: int) -> None:
    told: list[Any] = []
    world.ib.errorEvent += lambda *error: told.append(error[:2])

    world.sim.farm(code)
    await world.settled()

    assert told == [(-1, code)]


async def test_any_other_notice(world: World) -> None:
    world.sim.notice(1300, "TWS socket port has been reset")
    await world.settled()

    assert world.codes == [1300]
