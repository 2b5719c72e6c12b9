"""The Kraken simulator: its connections, its memory and its end."""

import asyncio
import socket
import ssl
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.simulators.kraken import Fault, KrakenSimulator
from tests.simulators.kraken_clients import KEY, SECRET, World, opened

LIMIT = {"ordertype": "limit", "price": "50000.0"}


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with opened() as world:
        yield world


async def test_nobody_listens_until_it_listens_again_on_the_same_port(world: World) -> None:
    placed = await world.place(**LIMIT)
    url = world.sim.url

    await world.sim.stop_listening()
    with pytest.raises(requests.ConnectionError, match="refused"):
        await world.place()
    await world.sim.listen_again()

    assert await world.status(placed) == "open"
    assert world.sim.url == url
    assert world.sim.orders_received == 1


async def test_the_same_without_awaiting(world: World) -> None:
    world.sim.be_unreachable()
    with pytest.raises(requests.ConnectionError):
        await world.place()
    world.sim.be_reachable()

    await world.place()

    assert world.sim.orders_received == 1


async def test_connections_are_counted(world: World) -> None:
    for _ in range(3):
        await world.private("Balance")
    other = world.client()
    await other.public("Time")

    assert (world.sim.connections, world.sim.handshakes) == (2, 2)


async def test_what_arrived_is_remembered_in_order(world: World) -> None:
    await world.place(**LIMIT)
    await world.private("OpenOrders")
    await world.public("Ticker", pair="XBTUSD")

    assert [(one.method, one.path, one.person, one.raw_query) for one in world.sim.received] == [
        ("POST", "/0/private/AddOrder", "person 1", ""),
        ("POST", "/0/private/OpenOrders", "person 1", ""),
        ("GET", "/0/public/Ticker", None, "pair=XBTUSD"),
    ]
    assert [sorted(one.kinds) for one in world.sim.received] == [
        ["any", "place"],
        ["any", "read"],
        ["any", "data", "read"],
    ]
    assert world.sim.orders_bodies == [world.sim.received[0].body]
    assert b"price=50000.0" in world.sim.received[0].body


async def test_a_secret_is_shown_nowhere(world: World) -> None:
    await world.place()

    assert SECRET not in repr(world.sim.received)
    assert SECRET not in repr(world.person)
    assert SECRET not in repr(world.sim.key(KEY))


async def test_a_body_that_nothing_can_read_is_answered(world: World) -> None:
    """What is no form, or no text, or sent without a body."""
    for body in (b"\xff\xfe\x00", b"{}", b"", b"&&==&%zz"):
        answer = await asyncio.to_thread(
            requests.post,
            f"{world.sim.url}/0/private/AddOrder",
            data=body,
            headers={"API-Key": KEY, "API-Sign": "x"},
            timeout=5,
        )
        assert answer.status_code == 200
        assert answer.json().keys() == {"error"}
    assert world.sim.orders_received == 4


async def test_the_end_comes_at_once_even_with_requests_that_hang() -> None:
    errors: list[BaseException] = []

    def ask(url: str) -> None:
        try:
            requests.get(f"{url}/0/public/Time", timeout=10)
        except requests.RequestException as error:
            errors.append(error)

    async with KrakenSimulator() as sim:
        trouble = sim.fail("any", Fault.HANG)
        asking = asyncio.create_task(asyncio.to_thread(ask, sim.url))
        idle = socket.create_connection(("127.0.0.1", int(sim.url.rsplit(":", 1)[1])))
        async with asyncio.timeout(5):
            await trouble.reached.wait()
        began = time.monotonic()
    took = time.monotonic() - began
    await asking
    idle.close()

    assert took < 1
    assert len(errors) == 1


async def test_an_error_of_the_simulator_itself_fails_the_test() -> None:
    with pytest.raises(AssertionError, match="the simulator itself failed"):
        async with opened() as world:
            world.sim.catalogue.pairs["XXBTZUSD"] = None  # type: ignore[assignment]
            with pytest.raises(requests.HTTPError):
                await world.place()


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[ssl.SSLContext, str]:
    """For 127.0.0.1: the server's context, and the file that clients trust."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    address = x509.IPAddress(ip_address("127.0.0.1"))
    cert = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "certificate.pem"
    own = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.write_bytes(own + cert.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context, str(path)


async def test_tls(certificate: tuple[ssl.SSLContext, str]) -> None:
    context, trusted = certificate
    async with opened(ssl_context=context) as world:
        world.api.session.verify = trusted
        stranger = world.client()

        await world.place(**LIMIT)
        with pytest.raises(requests.exceptions.SSLError):
            await stranger.private("Balance")

        assert world.sim.url.startswith("https://")
        assert (world.sim.connections, world.sim.handshakes) == (2, 1)
