"""Connections: cut, refused, opened again; what the SDK asks for anew, and what it leaves."""

import asyncio
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.simulators.opend import PASSWORD, OpenDSimulator, wire
from tests.simulators.opend.vendor import messages
from tests.simulators.opend_clients import World, account, hurry, listener, opened, order

PAPER = account()


@pytest.fixture
async def world() -> AsyncIterator[World]:
    """Prices for AAPL."""
    async with opened() as opened_world:
        yield opened_world


async def test_each_context_is_a_connection(world: World) -> None:
    one, another = await world.trade(), await world.quotes()

    assert (world.sim.connections, world.sim.connections_made) == (2, 2)
    one.close()
    another.close()
    await world.until(lambda: world.sim.connections == 0)
    assert world.sim.connections_made == 2


async def test_a_closed_context_leaves_no_thread_and_answers_no_more(world: World) -> None:
    context = await world.trade()
    assert len(world.threads()) == 1

    context.close()
    await world.until(lambda: not world.threads())

    assert await world.refused(context.get_acc_list) == "Connection closed"
    assert world.sim.connections == 0
    assert await world.refused(context.place_order, **order()) == "Connection closed"
    assert world.sim.orders_received == 0


async def test_the_network_thread_is_one_for_all_and_stays(world: World) -> None:
    (await world.trade()).close()

    loops = [one for one in threading.enumerate() if one.name.endswith("(_loop)")]

    assert len(loops) == 1
    assert loops[0].daemon


async def test_a_cut_trade_context_comes_back_and_asks_for_its_pushes_again(world: World) -> None:
    context = hurry(await world.trade())
    handler, heard = listener(world.sdk.TradeOrderHandlerBase)
    context.set_handler(handler)
    await world.listening()

    world.sim.drop()
    await world.until(lambda: world.sim.names().count("Trd_SubAccPush") == 2)
    await world.place(context)

    assert world.sim.connections_made == 2
    assert len(await world.heard(heard, 2)) == 2


async def test_a_cut_quote_context_comes_back_and_subscribes_again(world: World) -> None:
    context = hurry(await world.quotes())
    handler, heard = listener(world.sdk.StockQuoteHandlerBase)
    context.set_handler(handler)
    await world.ask(context.subscribe, ["US.AAPL"], ["QUOTE"])
    await world.heard(heard)

    world.sim.drop()
    await world.heard(heard, 2)
    world.sim.set_price("US.AAPL", last=200)

    assert (await world.heard(heard, 3))[2]["last_price"][0] == 200
    assert world.sim.names().count("Qot_Sub") == 2


async def test_the_sdk_keeps_the_password_and_unlocks_again_by_itself(world: World) -> None:
    context = hurry(await world.trade())
    await world.ask(context.unlock_trade, PASSWORD)
    world.sim.locked = True

    world.sim.drop()

    await world.until(lambda: world.sim.unlocks_received == 2)
    await world.until(lambda: not world.sim.locked)


async def test_an_opend_that_starts_again_is_found_on_its_port(world: World) -> None:
    context = hurry(await world.trade())
    port = world.sim.port

    await world.sim.stop()
    await world.gone(context)
    await world.sim.start()

    assert world.sim.port == port
    assert not (await world.ask(context.get_acc_list)).empty


async def test_an_order_placed_while_opend_is_away_waits_and_is_sent_when_it_is_back(
    world: World,
) -> None:
    """The SDK's own look-up waits for a connection; the order goes out after it, much later."""
    context = hurry(await world.trade())
    await world.listening()
    await world.sim.stop()
    await world.gone(context)
    placing = asyncio.create_task(world.place(context))

    await world.sim.start()

    assert world.sim.order(await placing).status == "SUBMITTED"
    assert world.sim.orders_received == 1


async def test_the_wait_for_a_connection_can_be_bounded(world: World) -> None:
    context = hurry(await world.trade())
    context.set_sync_query_connect_timeout(0.05)
    await world.sim.stop()
    await world.gone(context)

    said = await world.refused(context.place_order, **order())

    assert said == "Connect timeout"
    await world.sim.start()
    assert world.sim.orders_received == 0


async def test_an_order_packed_for_an_old_connection_is_refused(world: World) -> None:
    """OpenD tells it by the connection's number in the PacketID."""
    context = await world.trade()
    context.get_sync_conn_id = lambda: 1

    said = await world.refused(context.place_order, **order())

    assert said == "The packet ID is not valid"
    assert world.sim.orders == []


async def test_the_same_packet_twice_is_one_order(world: World) -> None:
    context = await world.trade()
    packed: list[bytes] = []
    send = context._net_mgr.send

    def keep(conn_id: int, data: bytes) -> object:
        packed.append(data)
        return send(conn_id, data)

    context._net_mgr.send = keep
    try:
        await world.place(context)
    finally:
        del context._net_mgr.send
    again = next(one for one in packed if int.from_bytes(one[2:6], "little") == 2202)

    send(context._conn_id, again)

    await world.until(lambda: world.sim.orders_received == 2)
    assert len(world.sim.orders) == 1


async def test_keep_alives_are_sent_at_four_fifths_of_what_opend_says(world: World) -> None:
    world.sim.keep_alive_seconds = 1
    context = await world.quotes()

    await world.until(lambda: any(one.kind == "alive" for one in world.sim.received))

    assert context._keep_alive_interval == pytest.approx(0.8)


async def test_nothing_is_answered_before_the_greeting(world: World) -> None:
    reader, writer = await asyncio.open_connection(world.sim.host, world.sim.port)
    asked = messages("GetGlobalState").Request()
    asked.c2s.userID = 0
    writer.write(wire.pack(1002, 1, asked.SerializeToString()))

    head = wire.read_head(await reader.readexactly(wire.HEAD.size))
    answer = messages("GetGlobalState").Response()
    answer.ParseFromString(await reader.readexactly(head.length))

    assert (head.proto_id, head.serial, answer.retType) == (1002, 1, -1)
    assert "InitConnect" in answer.retMsg
    writer.close()


async def test_a_body_that_does_not_fit_its_hash_cuts_the_connection(world: World) -> None:
    reader, writer = await asyncio.open_connection(world.sim.host, world.sim.port)
    asked = messages("KeepAlive").Request()
    asked.c2s.time = 1
    packet = wire.pack(1004, 1, asked.SerializeToString())
    writer.write(packet[:16] + bytes(20) + packet[36:])

    assert await reader.read() == b""

    writer.close()
    assert world.sim.received == []


async def test_bytes_that_are_no_packet_cut_their_connection(world: World) -> None:
    reader, writer = await asyncio.open_connection(world.sim.host, world.sim.port)
    writer.write(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: */*\r\n\r\n")

    assert await reader.read() == b""

    writer.close()
    await world.until(lambda: world.sim.connections == 0)
    assert world.sim.received == []


async def test_a_constructor_waits_until_somebody_listens(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It tries again after 6 s, for ever; here the pause is as long as the simulator is away."""
    pauses: list[float] = []
    back = threading.Event()

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        back.wait(5)

    monkeypatch.setattr(world.sdk.common.open_context_base, "sleep", pause)
    await world.sim.stop()
    opening = asyncio.create_task(world.quotes())
    await world.until(lambda: bool(pauses))
    assert not opening.done()

    await world.sim.start()
    back.set()

    await opening
    assert pauses == [6]


@pytest.mark.filterwarnings("ignore:Exception ignored in.*opend.key")  # the SDK leaves it open
async def test_an_encrypted_opend_is_spoken_to_with_its_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(encrypted=True) as world:
        config = world.sdk.SysConfig
        monkeypatch.setattr(config, "INIT_RSA_FILE", "")
        config.set_init_rsa_file(str(world.sim.write_key(tmp_path)))
        try:
            context = await world.trade(is_encrypt=True)
            number = await world.place(context, remark="fb-1")
        finally:
            config.set_init_rsa_file("")

        assert world.sim.order("fb-1").order_id_ex == number


async def test_a_simulator_that_listens_does_not_start_twice() -> None:
    async with OpenDSimulator() as sim:
        with pytest.raises(RuntimeError):
            await sim.start()
