"""The TWS simulator: connecting, client ids, going away and coming back."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.simulators.tws import TwsSimulator
from tests.simulators.tws_clients import ACCOUNT, World, limit, market, opened, stock, until


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with opened() as world:
        yield world


async def test_a_client_connects_and_is_told_the_accounts_and_the_next_id(world: World) -> None:
    assert world.ib.client.isReady()
    assert world.ib.managedAccounts() == [ACCOUNT]
    assert world.ib.client.serverVersion() == 176
    assert world.sim.connections == world.sim.connections_made == 1


@pytest.mark.parametrize("version", [157, 163, 165, 170, 176])
async def test_every_version_of_the_protocol_is_spoken(version: int) -> None:
    async with opened(server_version=version) as world:
        world.ib.TimezoneTWS = world.sim.zone  # old versions tell times without it
        trade = await world.place(stock(), market(orderRef="mine"))
        (details,) = await world.ib.reqContractDetailsAsync(stock())
        (done,) = await world.ib.reqCompletedOrdersAsync(False)
        (fill,) = await world.ib.reqExecutionsAsync()

    assert trade.orderStatus.status == "Filled"
    assert details.contract.conId == 265598
    assert (details.longName, details.minTick) == ("APPLE INC", 0.01)
    assert (done.order.orderRef, fill.execution.orderRef) == ("mine", "mine")
    assert fill.execution.time == world.watch.at
    assert [code for _, code, _ in world.errors] == [2104, 2106, 2158]


async def test_sizes_are_told_from_version_164_on() -> None:
    async with opened(server_version=164) as world:
        (details,) = await world.ib.reqContractDetailsAsync(stock())

    assert details.minSize == details.sizeIncrement == 1.0


async def test_several_accounts_are_all_told() -> None:
    async with opened(accounts=("U111", "DU222")) as world:
        assert world.ib.managedAccounts() == ["U111", "DU222"]


async def test_a_client_id_that_is_in_use_gets_326_and_is_closed(world: World) -> None:
    with pytest.raises((ConnectionError, asyncio.TimeoutError)):
        await world.connect(client_id=1, timeout=0.5)

    assert 326 in world.codes
    assert world.sim.connections == 1
    await world.settled()


async def test_a_client_id_can_be_taken_by_somebody_else(world: World) -> None:
    world.sim.client_ids_taken.add(9)

    with pytest.raises((ConnectionError, asyncio.TimeoutError)):
        await world.connect(client_id=9, timeout=0.5)
    world.sim.client_ids_taken.clear()

    assert await world.connect(client_id=9)


async def test_two_clients_are_told_about_their_own_orders_only(world: World) -> None:
    other = await world.connect(client_id=2)

    await world.place(stock(), limit())
    await world.settled(other)

    assert len(world.ib.openTrades()) == 1
    assert other.openTrades() == []


async def test_a_dropped_connection_ends_at_the_client(world: World) -> None:
    world.sim.drop()
    await until(lambda: not world.ib.isConnected())

    again = await world.connect()

    assert again.isConnected()
    assert world.sim.connections_made == 2


async def test_open_orders_and_executions_survive_the_nightly_restart(world: World) -> None:
    resting = await world.place(stock(), limit(orderRef="rests"))
    await world.place(stock(), market(orderRef="done"))
    port = world.sim.port

    world.sim.restart_nightly()
    await until(lambda: not world.ib.isConnected())
    with pytest.raises(OSError):
        await asyncio.open_connection(world.sim.host, port)
    await until(lambda: world.sim.is_listening)
    again = await world.connect()

    assert world.sim.port == port
    (open_,) = again.openTrades()
    assert (open_.order.permId, open_.order.orderRef) == (resting.order.permId, "rests")
    (fill,) = again.fills()
    assert fill.execution.orderRef == "done"


async def test_it_is_killed_and_started_again_on_the_same_port() -> None:
    sim = TwsSimulator()
    await sim.start()
    port = sim.port
    await sim.stop()
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection(sim.host, port)

    await sim.start()
    _, writer = await asyncio.open_connection(sim.host, port)
    writer.close()
    await writer.wait_closed()
    await sim.stop()

    assert sim.port == port


async def test_order_ids_go_on_after_a_new_connection(world: World) -> None:
    trade = await world.place(stock(), limit())
    world.sim.drop()
    await until(lambda: not world.ib.isConnected())

    again = await world.connect()

    assert again.client.getReqId() > trade.order.orderId


async def test_reqids_tells_the_next_order_id(world: World) -> None:
    trade = await world.place(stock(), limit())
    told: list[int] = []
    world.ib.wrapper.nextValidId = told.append

    world.ib.client.reqIds(1)
    await world.settled()

    assert told == [trade.order.orderId + 1]


async def test_more_than_fifty_messages_a_second_end_the_connection() -> None:
    async with opened(pacing=True) as world:
        world.ib.client.MaxRequests = 0
        for _ in range(51):
            world.ib.client.reqMarketDataType(1)
        await until(lambda: not world.ib.isConnected())

        assert world.codes == [100]


async def test_fifty_messages_a_second_are_answered_without_pacing(world: World) -> None:
    world.ib.client.MaxRequests = 0
    for _ in range(80):
        world.ib.client.reqMarketDataType(1)

    await world.settled()

    assert world.codes == []


async def test_somebody_who_speaks_something_else_is_shown_out(world: World) -> None:
    reader, writer = await asyncio.open_connection(world.sim.host, world.sim.port)
    writer.write(b"GET / HTTP/1.1\r\n\r\n")

    assert await reader.read() == b""
    writer.close()
    await writer.wait_closed()


async def test_an_unknown_message_is_refused(world: World) -> None:
    world.ib.client.send(200, 1, 77)
    await world.settled()

    assert world.errors[-1][:2] == (77, 505)


async def test_a_message_with_fields_missing_is_refused(world: World) -> None:
    world.ib.client.send(3, 77, 265598)
    await world.settled()

    assert world.errors[-1][:2] == (77, 320)
    assert world.sim.orders == []
