"""One websocket: how it opens, and each way in which it ends."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from floorbroker.brokers.shared.http_async import new_connector
from floorbroker.brokers.shared.transport import Transport
from floorbroker.brokers.shared.websocket import websocket_over
from floorbroker.brokers.shared.wire import NoAllowance, Unanswered, Unreadable
from tests.brokers.shared.certificates import SelfSigned, self_signed
from tests.brokers.shared.prices_server import PricesServer


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> SelfSigned:
    return self_signed(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
async def server() -> AsyncIterator[PricesServer]:
    async with PricesServer() as server:
        yield server


@pytest.fixture
async def transport() -> AsyncIterator[Transport]:
    transport = Transport()
    yield transport
    await transport.aclose()


async def test_over_tls_words_go_both_ways(certificate: SelfSigned) -> None:
    transport = Transport(certificate.for_client())
    async with PricesServer(certificate.for_server()) as server:
        async with transport.websocket(server.url.replace("https", "wss")) as socket:
            greeting = await socket.hear()
            await socket.send({"word": "sesame"})
            answer = await socket.hear()

        await transport.aclose()

    assert (greeting, answer) == ({"hello": 1}, {"let in": True})


async def test_a_certificate_that_nobody_vouches_for_opens_nothing(
    transport: Transport, certificate: SelfSigned
) -> None:
    async with PricesServer(certificate.for_server()) as server:
        with pytest.raises(Unanswered) as refused:
            async with transport.websocket(server.url):
                pass

        assert server.stream.opened == 0
    assert not refused.value.sent


async def test_nothing_around_the_process_stands_between(
    transport: Transport, server: PricesServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")

    async with transport.websocket(server.url) as socket:
        assert await socket.hear() == {"hello": 1}


async def test_a_number_is_never_a_float(transport: Transport, server: PricesServer) -> None:
    async with transport.websocket(server.url) as socket:
        await socket.hear()
        server.stream.say('{"price": 0.1}')

        told = await socket.hear()

    assert str(told["price"]) == "0.1"


async def test_a_side_that_answers_no_ping_is_gone(server: PricesServer) -> None:
    server.stream.pongs = False
    connector = new_connector()
    async with websocket_over(connector, server.url, {}, heartbeat_seconds=0.05) as socket:
        await socket.hear()

        with pytest.raises(Unanswered):
            async with asyncio.timeout(20):
                await socket.hear()

    await connector.close()


async def test_a_flood_of_messages_leaves_others_their_turns(
    transport: Transport, server: PricesServer
) -> None:
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    async with transport.websocket(server.url) as socket:
        await socket.hear()
        for _ in range(1000):
            server.stream.say("1")
        await socket.hear()
        running = asyncio.ensure_future(others())
        for _ in range(999):
            await socket.hear()
        running.cancel()

    assert turns >= 999


async def test_a_crowd_enters_a_host_few_at_a_time_and_no_other_host_waits_for_it(
    transport: Transport, server: PricesServer
) -> None:
    waiting: list[asyncio.StreamWriter] = []
    crowd = asyncio.Semaphore(0)

    async def hesitate(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        del reader
        waiting.append(writer)
        crowd.release()

    async def enter(address: str) -> None:
        with pytest.raises(Unanswered):
            async with transport.websocket(address):
                pass

    hesitating = await asyncio.start_server(hesitate, "127.0.0.1", 0)
    address = f"http://127.0.0.1:{hesitating.sockets[0].getsockname()[1]}"
    entering = [asyncio.ensure_future(enter(address)) for _ in range(40)]
    counts = []
    for at_once in (16, 16, 8):
        for _ in range(at_once):
            await crowd.acquire()
        async with transport.websocket(server.url) as socket:
            await socket.hear()
        counts.append(len(waiting))
        while waiting:
            waiting.pop().close()
    await asyncio.gather(*entering)
    hesitating.close()

    assert counts == [16, 16, 8]


async def test_nothing_is_sent_into_a_connection_that_has_ended(
    transport: Transport, server: PricesServer
) -> None:
    async with transport.websocket(server.url) as socket:
        await socket.hear()
        server.stream.cut()
        with pytest.raises(Unanswered):
            await socket.hear()

        with pytest.raises(Unanswered):
            await socket.send({})


@pytest.mark.parametrize(
    ("status", "kind"), [(429, NoAllowance), (403, Unreadable), (200, Unreadable)]
)
async def test_what_opens_no_websocket_is_told_without_what_was_sent(
    transport: Transport, server: PricesServer, status: int, kind: type[Exception]
) -> None:
    server.stream.refuses = status

    with pytest.raises(kind) as refused:
        async with transport.websocket(server.url, {"X-Key": "secret words"}):
            pass

    assert "secret" not in repr(refused.value)
    assert refused.value.__cause__ is refused.value.__context__ is None
