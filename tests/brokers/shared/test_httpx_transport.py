"""The ways to brokers whose SDK stands on httpx: one pool, one try, nothing from around it."""

import asyncio
import gzip
from collections.abc import AsyncIterator

import httpx
import pytest

from floorbroker.brokers.shared import http_httpx
from floorbroker.brokers.shared.http_httpx import failure, never_left, whole_body
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
    """The body of an answer through a client of its own, which is closed like anybody's."""
    async with (
        transport.async_httpx() as client,
        client.stream(method, url, headers=headers) as response,
    ):
        return await whole_body(response)


# One pool


async def test_fifty_people_one_after_another_shake_hands_once(certificate: SelfSigned) -> None:
    transport = Transport(certificate.for_client())
    async with ToldServer(ssl_context=certificate.for_server()) as server:
        for number in range(50):
            await asked(transport, server.url, headers={"X-Key": f"of person {number}"})

        assert [heard.headers["X-Key"] for heard in server.heard] == [
            f"of person {number}" for number in range(50)
        ]
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
        with pytest.raises(httpx.ConnectError) as refused:
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
        with pytest.raises(httpx.RemoteProtocolError) as ended:
            await asked(transport, url, method)

    assert heard == [b"GET", method.encode()]
    assert not never_left(ended.value)


async def test_a_kept_connection_that_was_closed_meanwhile_is_not_used(
    transport: Transport,
) -> None:
    async with ToldServer() as server:
        url = server.url
        await asked(transport, url)

    with pytest.raises(httpx.ConnectError) as refused:
        await asked(transport, url, "POST")

    assert never_left(refused.value)


async def test_no_redirect_no_cookie_no_proxy(
    transport: Transport, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    elsewhere = {"Location": "/elsewhere", "Set-Cookie": "who=anna"}
    async with (
        ToldServer(Said(status=307, headers=elsewhere), Said()) as server,
        transport.async_httpx() as client,
    ):
        await client.post(server.url, json={})
        await client.get(server.url)

    assert [heard.target for heard in server.heard] == ["/", "/"]
    assert "Cookie" not in server.heard[1].headers


# What became of it


async def test_a_port_where_nobody_listens_means_that_nothing_left(transport: Transport) -> None:
    async with ToldServer() as server:
        url = server.url

    with pytest.raises(httpx.ConnectError) as refused:
        await asked(transport, url)

    told = failure(refused.value)
    assert (told.sent, told.late) == (False, False)


@pytest.mark.parametrize("error", [httpx.ConnectTimeout("slow"), httpx.PoolTimeout("all busy")])
def test_a_connection_that_is_not_had_in_time_means_that_nothing_left(
    error: httpx.TimeoutException,
) -> None:
    told = failure(error)

    assert (told.sent, told.late) == (False, True)


@pytest.mark.parametrize(
    ("error", "late"),
    [
        (TimeoutError(), True),
        (httpx.ReadTimeout("slow"), True),
        (httpx.WriteTimeout("slow"), True),
        (httpx.ReadError("broke off"), False),
        (httpx.WriteError("broke off"), False),
        (httpx.RemoteProtocolError("rubbish"), False),
        (httpx.DecodingError("rubbish"), False),
        (ConnectionResetError(), False),
    ],
)
def test_whatever_else_goes_wrong_may_have_been_sent(
    error: httpx.HTTPError | TimeoutError | OSError, late: bool
) -> None:
    told = failure(error)

    assert (told.sent, told.late) == (True, late)


async def test_an_answer_without_an_end_is_left(
    transport: Transport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_httpx, "LARGEST_ANSWER_BYTES", 100_000)

    async with ToldServer(Said(body=b"x" * 100_001)) as server:
        with pytest.raises(httpx.ReadError):
            await asked(transport, server.url)
        async with transport.async_httpx() as client:
            with pytest.raises(httpx.ReadError):  # also for who reads it another way
                await client.get(server.url)


async def test_an_answer_that_is_endless_when_it_is_unpacked_is_left(
    transport: Transport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_httpx, "LARGEST_ANSWER_BYTES", 100_000)
    packed = Said(body=gzip.compress(b"x" * 100_001), headers={"Content-Encoding": "gzip"})

    async with ToldServer(packed) as server:
        with pytest.raises(httpx.ReadError):
            await asked(transport, server.url)


async def test_a_deadline_gives_the_connection_back(transport: Transport) -> None:
    async with ToldServer(Said(never=True), Said()) as server:
        waiting = asyncio.ensure_future(asked(transport, server.url, "POST"))
        await server.reached.wait()
        waiting.cancel()  # as a deadline does
        with pytest.raises(asyncio.CancelledError):
            await waiting

        assert await asked(transport, server.url) == b"{}"
        assert [heard.method for heard in server.heard] == ["POST", "GET"]
        assert server.connections == 2


async def test_closing_can_be_done_twice(transport: Transport) -> None:
    async with ToldServer() as server:
        await asked(transport, server.url)

        await transport.aclose()
        await transport.aclose()

        assert server.connections == 1
