"""The ways to brokers whose SDK stands on aiohttp: one pool, one try, nothing from around it."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from floorbroker.brokers.shared import http_async
from floorbroker.brokers.shared.http_async import (
    failure,
    let_closed_ones_be_seen,
    never_left,
    whole_body,
)
from floorbroker.brokers.shared.transport import Transport
from tests.brokers.shared.certificates import SelfSigned, self_signed
from tests.brokers.shared.told_server import Said, ToldServer


@pytest.fixture
async def transport() -> AsyncIterator[Transport]:
    transport = Transport()
    yield transport
    await transport.aclose()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> SelfSigned:
    return self_signed(tmp_path_factory.mktemp("certificate"))


async def asked(
    transport: Transport, url: str, method: str = "GET", headers: dict[str, str] | None = None
) -> bytes:
    """The body of an answer through a session of its own, as an adapter asks."""
    session = transport.async_session(headers or {})
    try:
        async with session.request(method, url, allow_redirects=False) as response:
            return await whole_body(response)
    finally:
        session.detach()


# One pool


async def test_fifty_people_one_after_another_shake_hands_once(certificate: SelfSigned) -> None:
    transport = Transport(certificate.for_client())
    async with ToldServer(ssl_context=certificate.for_server()) as server:
        for number in range(50):
            await asked(transport, server.url, headers={"X-Key": f"of person {number}"})

        assert {heard.headers["X-Key"] for heard in server.heard} == {
            f"of person {number}" for number in range(50)
        }
        assert server.connections == 1
        await transport.aclose()


async def test_fifty_people_at_once_shake_hands_fifty_times_and_never_again(
    certificate: SelfSigned,
) -> None:
    transport = Transport(certificate.for_client())
    async with ToldServer(ssl_context=certificate.for_server()) as server:
        for _ in range(4):
            await asyncio.gather(*(asked(transport, server.url) for _ in range(50)))

        assert len(server.heard) == 200
        assert server.connections == 50
        await transport.aclose()


async def test_a_certificate_that_nobody_vouches_for_means_that_nothing_left(
    transport: Transport, certificate: SelfSigned
) -> None:
    async with ToldServer(ssl_context=certificate.for_server()) as server:
        with pytest.raises(aiohttp.ClientError) as refused:
            await asked(transport, server.url)

        assert server.heard == []
    assert never_left(refused.value)


# One try


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "POST"])
async def test_a_kept_connection_that_breaks_carries_no_second_request(
    transport: Transport, method: str
) -> None:
    heard: list[bytes] = []

    async def once_then_hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await reader.readuntil(b"\r\n\r\n"):
            heard.append(head.split(b" ")[0])
            if len(heard) > 1:
                break
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(once_then_hang_up, "127.0.0.1", 0)
    async with server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        await asked(transport, url)
        with pytest.raises(aiohttp.ServerDisconnectedError) as ended:
            await asked(transport, url, method)

    assert heard == [b"GET", method.encode()]
    assert not never_left(ended.value)


async def test_a_kept_connection_that_was_closed_meanwhile_is_not_used(
    transport: Transport,
) -> None:
    async with ToldServer() as server:
        url = server.url
        await asked(transport, url)

    await let_closed_ones_be_seen()
    with pytest.raises(aiohttp.ClientConnectorError) as refused:
        await asked(transport, url, "POST")

    assert never_left(refused.value)


async def test_no_redirect_no_cookie_no_proxy(
    transport: Transport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    elsewhere = {"Location": "/elsewhere", "Set-Cookie": "who=anna"}
    async with ToldServer(Said(status=307, headers=elsewhere), Said()) as server:
        await asked(transport, server.url, "POST")
        await asked(transport, server.url)

    assert [heard.target for heard in server.heard] == ["/", "/"]
    assert "Cookie" not in server.heard[1].headers


# What became of it


async def test_a_port_where_nobody_listens_means_that_nothing_left(transport: Transport) -> None:
    async with ToldServer() as server:
        url = server.url

    with pytest.raises(aiohttp.ClientConnectorError) as refused:
        await asked(transport, url)

    told = failure(refused.value)
    assert (told.sent, told.late) == (False, False)


async def test_a_connection_that_is_not_made_in_time_means_that_nothing_left() -> None:
    told = failure(aiohttp.ConnectionTimeoutError("too long"))

    assert (told.sent, told.late) == (False, True)


@pytest.mark.parametrize(
    ("error", "late"),
    [
        (TimeoutError(), True),
        (aiohttp.SocketTimeoutError(), True),
        (aiohttp.ServerDisconnectedError(), False),
        (aiohttp.ClientConnectionResetError(), False),
        (aiohttp.ClientPayloadError(), False),
        (aiohttp.ClientOSError(), False),
        (ConnectionResetError(), False),
    ],
)
def test_whatever_else_goes_wrong_may_have_been_sent(
    error: aiohttp.ClientError | TimeoutError | OSError, late: bool
) -> None:
    told = failure(error)

    assert (told.sent, told.late) == (True, late)


async def test_an_answer_without_an_end_is_left(
    transport: Transport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_async, "LARGEST_ANSWER_BYTES", 100_000)

    async with ToldServer(Said(body=b"x" * 100_001)) as server:
        with pytest.raises(aiohttp.ClientPayloadError):
            await asked(transport, server.url)


async def test_closing_ends_the_connections_and_can_be_done_twice(transport: Transport) -> None:
    async with ToldServer() as server:
        await asked(transport, server.url)
        session = transport.async_session({})

        await transport.aclose()
        await transport.aclose()

        assert session.closed


def test_aiohttp_has_the_switch_that_is_used() -> None:
    source = Path(aiohttp.__file__).with_name("client.py").read_text()

    assert source.count("self._retry_connection and method in IDEMPOTENT_METHODS") == 1
