"""The ways to brokers that everybody shares: deadlines, one pool, and nothing from around it."""

import asyncio
import contextlib
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from floorbroker.brokers.shared.http import LARGEST_ANSWER_BYTES, never_left
from floorbroker.brokers.shared.threads import BlockingCalls, NeverStarted, seconds_left
from floorbroker.brokers.shared.transport import Transport
from tests.brokers.shared.certificates import SelfSigned, self_signed
from tests.brokers.shared.told_server import Said, ToldServer

SOON = 1.0
"""Seconds; long enough to get through to loopback on a busy machine."""

MUCH_LATER = 15.0
"""Seconds; what has not ended by then would not have ended by itself."""


@pytest.fixture
def transport() -> Iterator[Transport]:
    transport = Transport()
    yield transport
    transport.close()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> SelfSigned:
    return self_signed(tmp_path_factory.mktemp("certificate"))


async def asked(transport: Transport, url: str, seconds: float = 5.0, **terms: object) -> bytes:
    """The body of a GET through a session of its own, as an adapter asks."""
    session = transport.session()

    def ask() -> bytes:
        return session.get(url, allow_redirects=False, **terms).content  # type: ignore[arg-type]

    return await transport.blocking.run(seconds, ask)


# Deadlines


async def test_a_server_that_says_nothing_is_left_at_the_deadline(transport: Transport) -> None:
    async with ToldServer(Said(never=True)) as server:
        begun = time.monotonic()
        with pytest.raises(requests.ReadTimeout) as silent:
            await asked(transport, server.url, SOON)

    assert time.monotonic() - begun < MUCH_LATER
    assert not never_left(silent.value)


async def test_a_server_that_trickles_cannot_outlast_the_deadline(transport: Transport) -> None:
    async with ToldServer(Said(body=b"x" * 1000, pause=0.05)) as server:
        begun = time.monotonic()
        with pytest.raises(requests.RequestException) as trickle:
            await asked(transport, server.url, SOON)

    assert time.monotonic() - begun < MUCH_LATER
    assert not never_left(trickle.value)


async def test_an_answer_without_an_end_is_left(
    transport: Transport, monkeypatch: pytest.MonkeyPatch
) -> None:
    endless = Said(body=b"x" * (LARGEST_ANSWER_BYTES + 1))

    async with ToldServer(endless) as server:
        with pytest.raises(requests.ConnectionError):
            await asked(transport, server.url)


async def test_a_port_where_nobody_listens_means_that_nothing_left(transport: Transport) -> None:
    async with ToldServer() as server:
        url = server.url

    with pytest.raises(requests.ConnectionError) as refused:
        await asked(transport, url)

    assert never_left(refused.value)


@pytest.mark.parametrize("said", [b"", b"HTTP/1.", b"\x16\x03\x01"])
async def test_a_connection_that_ends_early_may_have_carried_the_request(
    transport: Transport, said: bytes
) -> None:
    async def hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(said)
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(requests.RequestException) as ended:
            await asked(transport, f"http://127.0.0.1:{port}")

    assert not never_left(ended.value)


# Threads


async def test_a_full_queue_begins_nothing_more() -> None:
    calls, may_end = BlockingCalls(threads=1, waiting=1), threading.Event()
    begun: list[int] = []

    def work(number: int) -> None:
        begun.append(number)
        may_end.wait(5)

    waiting = [asyncio.ensure_future(calls.run(5, work, number)) for number in (1, 2)]
    await asyncio.sleep(0)
    with pytest.raises(NeverStarted, match="full"):
        await calls.run(5, work, 3)
    may_end.set()
    await asyncio.gather(*waiting)
    calls.close()

    assert begun == [1, 2]


async def test_a_call_whose_time_ran_out_in_the_queue_never_begins() -> None:
    calls, may_end = BlockingCalls(threads=1), threading.Event()
    begun: list[str] = []
    first = asyncio.ensure_future(calls.run(5, may_end.wait, 5))
    late = asyncio.ensure_future(calls.run(0.01, begun.append, "sent"))
    await asyncio.sleep(0)  # both stand in line now
    await asyncio.sleep(0.02)
    may_end.set()

    with pytest.raises(NeverStarted, match="queue"):
        await late
    await first
    calls.close()

    assert begun == []


async def test_a_wait_that_is_ended_in_the_queue_never_sends() -> None:
    calls, may_end = BlockingCalls(threads=1), threading.Event()
    begun: list[str] = []
    first = asyncio.ensure_future(calls.run(5, may_end.wait, 5))
    given_up = asyncio.ensure_future(calls.run(5, begun.append, "sent"))
    await asyncio.sleep(0)
    given_up.cancel()
    with pytest.raises(asyncio.CancelledError):
        await given_up
    may_end.set()
    await first
    await calls.run(5, int)
    calls.close()

    assert begun == []


async def test_a_place_in_the_queue_is_free_again_after_every_end() -> None:
    calls = BlockingCalls(threads=1, waiting=1)

    def fails() -> None:
        raise LookupError

    for _ in range(10):
        with pytest.raises(LookupError):
            await calls.run(5, fails)
    for _ in range(10):
        await calls.run(5, int)
    calls.close()


async def test_a_call_knows_what_is_left_of_its_time() -> None:
    calls = BlockingCalls(threads=1)

    left = await calls.run(5, seconds_left)
    calls.close()

    assert left is not None
    assert 4 < left <= 5
    assert seconds_left() is None


# Nothing from around it


async def test_proxies_and_authorities_of_the_environment_change_nothing(
    monkeypatch: pytest.MonkeyPatch, transport: Transport, tmp_path: Path
) -> None:
    nowhere = "http://127.0.0.1:9"
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.setenv(name, nowhere)
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "absent.pem"))
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login operator password operators-own\n")
    monkeypatch.setenv("NETRC", str(netrc))

    async with ToldServer(Said(body=b"direct")) as server:
        assert await asked(transport, server.url) == b"direct"
        (heard,) = server.heard

    assert "Authorization" not in heard.headers


async def test_a_cookie_is_neither_kept_nor_sent(transport: Transport) -> None:
    sets = Said(headers={"Set-Cookie": "session=of-somebody; Path=/"})

    async with ToldServer(sets) as server:
        session = transport.session()
        for _ in range(2):
            await transport.blocking.run(5, session.get, server.url)

        assert ["Cookie" in one.headers for one in server.heard] == [False, False]
    assert list(session.cookies) == []


async def test_a_redirect_is_told_and_not_followed(transport: Transport) -> None:
    async with ToldServer() as elsewhere:
        leads = Said(302, b"", {"Location": elsewhere.url})
        async with ToldServer(leads) as server:
            session = transport.session()
            answer = await transport.blocking.run(5, session.get, server.url, allow_redirects=False)

        assert answer.status_code == 302
        assert elsewhere.heard == []


# TLS


async def test_a_certificate_that_nobody_vouches_for_means_that_nothing_left(
    transport: Transport, certificate: SelfSigned
) -> None:
    async with ToldServer(ssl_context=certificate.for_server()) as server:
        with pytest.raises(requests.RequestException) as refused:
            await asked(transport, server.url)

        assert server.heard == []
    assert never_left(refused.value)


async def test_verification_cannot_be_switched_off_by_a_call(
    transport: Transport, certificate: SelfSigned
) -> None:
    async with ToldServer(ssl_context=certificate.for_server()) as server:
        with pytest.raises(requests.RequestException):
            await asked(transport, server.url, verify=False)

        assert server.heard == []


async def test_fifty_people_one_after_another_shake_hands_once(certificate: SelfSigned) -> None:
    with contextlib.closing(Transport(certificate.for_client())) as transport:
        async with ToldServer(ssl_context=certificate.for_server()) as server:
            for _ in range(50):
                await asked(transport, server.url)

            assert len(server.heard) == 50
            assert server.connections == 1


async def test_fifty_people_at_once_shake_hands_fifty_times_and_never_again(
    certificate: SelfSigned,
) -> None:
    with contextlib.closing(Transport(certificate.for_client())) as transport:
        async with ToldServer(ssl_context=certificate.for_server()) as server:
            for _ in range(4):
                await asyncio.gather(*(asked(transport, server.url, 10) for _ in range(50)))

            assert len(server.heard) == 200
            assert server.connections <= 50


async def test_what_is_urgent_does_not_wait_behind_a_broker_that_hangs() -> None:
    calls, may_end = BlockingCalls(threads=1, waiting=1, reserve=1), threading.Event()
    hanging = [asyncio.ensure_future(calls.run(5, may_end.wait, 5)) for _ in range(2)]
    await asyncio.sleep(0)

    canceled = await calls.run_urgent(5, lambda: "canceled")

    assert canceled == "canceled"
    may_end.set()
    await asyncio.gather(*hanging)
    calls.close()
