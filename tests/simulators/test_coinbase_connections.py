"""The Coinbase simulator: how the SDK gets there, with TLS and without, and who is remembered."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import requests
from coinbase.rest import RESTClient
from requests.adapters import HTTPAdapter

from tests.brokers.shared.certificates import self_signed
from tests.simulators.coinbase import CoinbaseSimulator, SentTo
from tests.simulators.coinbase_clients import World, opened


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with opened() as world:
        yield world


async def test_the_sdk_reaches_a_simulator_that_speaks_tls_by_its_base_url(tmp_path: Path) -> None:
    own = self_signed(tmp_path)
    async with CoinbaseSimulator(ssl_context=own.for_server()) as sim:
        key = sim.add_person().key
        client = RESTClient(key.api_key, key.api_secret, base_url=sim.host, timeout=5)
        client.session.trust_env = False
        with pytest.raises(requests.exceptions.SSLError):
            await asyncio.to_thread(client.get_accounts)
        client.session.verify = str(own.certificate)

        accounts = await asyncio.to_thread(client.get_accounts)
        await asyncio.to_thread(client.get_accounts)
        client.session.close()

    assert accounts.size == 1
    assert sim.url == f"https://{sim.host}"
    assert (sim.connections, sim.handshakes) == (2, 1)


async def test_the_sdk_reaches_a_plain_simulator_through_a_mounted_adapter(world: World) -> None:
    await world.call("get_accounts")

    assert world.client.base_url == "api.coinbase.com"
    assert world.sim.url == f"http://{world.sim.host}"
    assert [one.path for one in world.sim.received] == ["/api/v3/brokerage/accounts"]


async def test_a_mounted_adapter_may_use_another_one_s_connections(world: World) -> None:
    pool = HTTPAdapter()
    clients = [world.client_of(world.person.key) for _ in range(2)]
    for client in clients:
        client.session.mount("https://", HTTPAdapter())
        client.session.mount("https://api.coinbase.com", SentTo(world.sim.url, pool))
        await asyncio.to_thread(client.get_accounts)
    pool.close()

    assert world.sim.connections == 1


async def test_a_base_url_of_one_s_own_is_what_the_token_names(world: World) -> None:
    """What an adapter does that takes an operator's endpoint: host into base_url, and mounts."""
    world.client.base_url = world.sim.host
    own = await world.call("get_accounts")
    world.sim.hosts.discard(world.sim.host)

    with pytest.raises(requests.HTTPError, match="401"):
        await world.call("get_accounts")
    assert own["size"] == 1


async def test_nobody_listens_until_it_listens_again_on_the_same_port(world: World) -> None:
    await world.placed(client_order_id="mine")
    url = world.sim.url

    await world.sim.stop_listening()
    with pytest.raises(requests.ConnectionError, match="refused"):
        await world.place()
    await world.sim.listen_again()

    assert world.sim.url == url
    assert await world.status(world.sim.order("mine").id) == "OPEN"
    assert world.sim.orders_received == 1


async def test_the_same_without_awaiting(world: World) -> None:
    for _ in range(2):
        world.sim.be_unreachable()
        with pytest.raises(requests.ConnectionError):
            await world.place()
        world.sim.be_reachable()

    await world.placed()

    assert world.sim.orders_received == 1


async def test_what_arrived_is_remembered_with_what_it_was_for(world: World) -> None:
    order_id = await world.placed(client_order_id="mine")
    await world.call("edit_order", order_id, price="51000", size="1")
    await world.call("cancel_orders", [order_id])
    await world.call("list_orders", order_status=["OPEN"])
    await world.call("get_best_bid_ask", ["BTC-USD"])

    seen = [(one.method, one.path.rpartition("/")[2], one.kinds) for one in world.sim.received]
    assert seen == [
        ("POST", "orders", frozenset({"any", "place"})),
        ("POST", "edit", frozenset({"any", "modify"})),
        ("POST", "batch_cancel", frozenset({"any", "cancel"})),
        ("GET", "batch", frozenset({"any", "read"})),
        ("GET", "best_bid_ask", frozenset({"any", "read", "data"})),
    ]
    assert {one.person for one in world.sim.received} == {"person 1"}
    assert json.loads(world.sim.received[0].body)["client_order_id"] == "mine"
    assert world.sim.received[3].raw_query == "order_status=OPEN"


async def test_closing_a_position_of_futures_is_no_way_to_place_an_order(world: World) -> None:
    with pytest.raises(requests.HTTPError, match="404"):
        await world.call("close_position", "mine", "BTC-USD")

    assert world.sim.orders_received == 1
    assert world.sim.orders == []


async def test_an_error_of_the_simulator_itself_fails_the_test() -> None:
    with pytest.raises(AssertionError, match="the simulator itself failed"):
        async with opened() as world:
            world.sim.orders.append(None)  # type: ignore[arg-type]
            with pytest.raises(requests.HTTPError):
                await world.place()
