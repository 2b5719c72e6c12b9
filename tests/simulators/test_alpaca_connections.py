"""The Alpaca simulator: its connections, its memory and its end."""

import asyncio
import gc
import json
import socket
import ssl
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
import requests
from alpaca.common.exceptions import APIError
from alpaca.trading.client import TradingClient
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.simulators.alpaca import AlpacaSimulator, Fault
from tests.simulators.alpaca_clients import KEY, SECRET, World, opened

LIMIT = {"type": "limit", "limit_price": "100", "client_order_id": "mine"}


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with opened() as world:
        yield world


async def test_nobody_listens_until_it_listens_again_on_the_same_port(world: World) -> None:
    await world.place(**LIMIT)
    url = world.sim.url

    await world.sim.stop_listening()
    with pytest.raises(requests.ConnectionError, match="refused"):
        await world.place()
    await world.sim.listen_again()
    found = await asyncio.to_thread(world.trading.get_order_by_client_id, "mine")

    assert world.sim.url == url
    assert found.client_order_id == "mine"
    assert world.sim.orders_received == 1


async def test_the_same_without_awaiting(world: World) -> None:
    for _ in range(2):
        world.sim.be_unreachable()
        with pytest.raises(requests.ConnectionError):
            await world.place()
        world.sim.be_reachable()
        world.sim.be_unreachable()
        world.sim.be_reachable()

    await world.place()

    assert world.sim.orders_received == 1


async def test_connections_are_counted(world: World) -> None:
    for _ in range(3):
        await world.get("/account")
    other = world.client(TradingClient, world.sim.url)
    await asyncio.to_thread(other.get_account)

    assert (world.sim.connections, world.sim.handshakes) == (2, 2)


async def test_what_arrived_is_remembered_in_order(world: World) -> None:
    await world.place(**LIMIT)
    await world.get("/orders", status="open")

    assert [(one.method, one.path, one.person) for one in world.sim.received] == [
        ("POST", "/v2/orders", "person 1"),
        ("GET", "/v2/orders", "person 1"),
    ]
    assert json.loads(world.sim.received[0].body)["client_order_id"] == "mine"
    assert SECRET not in repr(world.sim.received)
    assert SECRET not in repr(world.person)


async def test_the_end_comes_at_once_even_with_requests_that_hang() -> None:
    errors: list[BaseException] = []

    def ask(url: str) -> None:
        try:
            requests.get(f"{url}/v2/clock", headers={"APCA-API-KEY-ID": KEY}, timeout=10)
        except requests.RequestException as error:
            errors.append(error)

    async with AlpacaSimulator() as sim:
        trouble = sim.fail("any", Fault.HANG)
        asking = [asyncio.create_task(asyncio.to_thread(ask, sim.url)) for _ in range(3)]
        idle = socket.create_connection(("127.0.0.1", int(sim.url.rsplit(":", 1)[1])))
        async with asyncio.timeout(5):
            while trouble.hits < 3:
                await trouble.reached.wait()
                await asyncio.sleep(0.01)
        began = time.monotonic()
    took = time.monotonic() - began
    await asyncio.gather(*asking)
    idle.close()

    assert took < 1
    assert len(errors) == 3


async def test_an_error_of_the_simulator_itself_fails_the_test() -> None:
    with pytest.raises(AssertionError, match="the simulator itself failed"):
        async with opened() as world:
            world.sim.catalogue.assets["AAPL"] = None  # type: ignore[assignment]
            with pytest.raises(APIError):
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


async def test_tls_and_its_handshakes(certificate: tuple[ssl.SSLContext, str]) -> None:
    context, trusted = certificate
    async with opened(ssl_context=context) as world:
        world.trading._session.verify = trusted
        stranger = world.client(TradingClient, world.sim.url)

        await asyncio.to_thread(world.trading.get_account)
        await asyncio.to_thread(world.trading.get_account)
        with pytest.raises(requests.exceptions.SSLError):
            await asyncio.to_thread(stranger.get_account)
        for fault in (Fault.RESET, Fault.TRUNCATED):
            world.sim.fail("place", fault, times=1)
            with pytest.raises(requests.RequestException):
                await world.place()

        assert world.sim.url.startswith("https://")
        assert len(world.sim.orders) == 2
        assert world.sim.connections == 4 - 1
        assert world.sim.handshakes == 2


async def test_who_knocks_while_the_door_closes_is_turned_away() -> None:
    """A connection that was accepted and not yet made must not outlast the simulator."""
    for rounds in range(6):
        async with AlpacaSimulator() as sim:
            port = int(sim.url.rpartition(":")[2])
            late = socket.create_connection(("127.0.0.1", port))
            for _ in range(rounds):
                await asyncio.sleep(0)
        late.close()
    gc.collect()  # what was left behind would complain here
