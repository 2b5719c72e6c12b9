"""Strangers who are slow on purpose, or many: each is let go, and others are served meanwhile."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from floorbroker.observability.metrics import Metrics
from floorbroker.web.app import build_web_app, run_web
from floorbroker.web.connection import Patience
from tests.observability.captured import captured_stderr
from tests.web.link_world import Ready

LITTLE = Patience(head_seconds=0.2, body_seconds=0.2, answer_seconds=0.2, most_connections=3)
MUCH = 32 * 1024 * 1024
OK = b"HTTP/1.1 200 "
HEALTH = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.fixture
async def transports() -> list[asyncio.Transport]:
    """Of who asked for `/much`."""
    return []


@pytest.fixture
async def port(transports: list[asyncio.Transport]) -> AsyncIterator[int]:
    app = build_web_app(readiness=Ready(), metrics=Metrics(), metrics_token=None)

    async def much(request: web.Request) -> web.Response:
        assert isinstance(request.transport, asyncio.Transport)
        transports.append(request.transport)
        return web.Response(body=bytes(MUCH))

    async def reads(request: web.Request) -> web.Response:
        return web.Response(text=str(len(await request.read())))

    app.router.add_get("/much", much)
    app.router.add_post("/reads", reads)
    async with run_web(app, "127.0.0.1", 0, patience=LITTLE) as port:
        yield port


@asynccontextmanager
async def connected(
    port: int,
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        async with asyncio.timeout(20):
            yield reader, writer
    finally:
        writer.close()


async def rest(reader: asyncio.StreamReader) -> bytes:
    """Until the server ends it, in whichever way."""
    try:
        return await reader.read()
    except ConnectionResetError:
        return b""


@pytest.mark.parametrize(
    "said", [b"", b"GET /heal", b"GET /healthz HTTP/1.1\r\nHost: x\r\n", b"\r\n"]
)
async def test_a_head_that_does_not_come_is_not_waited_for(port: int, said: bytes) -> None:
    async with connected(port) as (reader, writer):
        writer.write(said)

        assert await rest(reader) == b""


async def test_a_connection_that_has_asked_once_may_wait_before_it_asks_again(port: int) -> None:
    async with connected(port) as (reader, writer):
        writer.write(HEALTH)
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(OK)
        async with connected(port) as (other, _):
            await rest(other)  # so long at least as a first head is waited for

        writer.write(HEALTH.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))

        assert OK in await rest(reader)


async def test_a_body_that_does_not_come_is_answered_and_let_go(port: int) -> None:
    with captured_stderr() as log:
        async with connected(port) as (reader, writer):
            writer.write(b"POST /reads HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nsecret")

            answer = await rest(reader)

    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 408 ")
    assert body == b"Request Timeout\n"
    assert log.getvalue() == ""


async def test_a_body_in_drops_is_not_waited_for_either(port: int) -> None:
    async with connected(port) as (reader, writer):
        writer.write(b"POST /reads HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
        answer = asyncio.ensure_future(rest(reader))
        while not answer.done():
            writer.write(b"1\r\nx\r\n")
            await asyncio.wait({answer}, timeout=0.05)

        assert (await answer).startswith(b"HTTP/1.1 408 ")


async def test_a_body_of_rubbish_is_refused_as_such(port: int) -> None:
    with captured_stderr() as log:
        async with connected(port) as (reader, writer):
            writer.write(
                b"POST /reads HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                b"5\r\nabcde\r\nzz\r\n"
            )

            answer = await rest(reader)

    assert answer.startswith((b"HTTP/1.1 400 ", b"HTTP/1.0 400 "))
    assert log.getvalue() == ""


async def test_an_answer_that_nobody_takes_is_thrown_away(
    port: int, transports: list[asyncio.Transport]
) -> None:
    with socket.socket() as deaf:
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        deaf.connect(("127.0.0.1", port))
        deaf.sendall(b"GET /much HTTP/1.1\r\nHost: x\r\n\r\n")

        async with asyncio.timeout(20):
            while not transports or not transports[0].is_closing():  # noqa: ASYNC110 # not ours
                await asyncio.sleep(0.01)

        assert transports[0].get_write_buffer_size() == 0


async def test_beyond_so_many_connections_nobody_is_let_in_until_one_ends(port: int) -> None:
    with captured_stderr() as log:
        async with (
            connected(port) as (first, one),
            connected(port) as (_, two),
            connected(port) as (
                third,
                three,
            ),
        ):
            for writer, reader in ((one, first), (three, third)):
                writer.write(HEALTH)
                assert (await reader.readuntil(b"\r\n\r\n")).startswith(OK)
            two.write(HEALTH)
            async with connected(port) as (refused, writer):
                assert await rest(refused) == b""
            one.close()
            await one.wait_closed()
            answer = b""
            while not answer.startswith(OK):
                async with connected(port) as (reader, writer):
                    writer.write(HEALTH.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
                    answer = await rest(reader)

    events = [line["event"] for line in log.records()]
    assert events == ["connections_refused"]
