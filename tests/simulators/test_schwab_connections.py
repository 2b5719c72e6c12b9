"""The Schwab simulator: connections, TLS, going away and coming back."""

import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from tests.brokers.shared.certificates import self_signed
from tests.simulators.schwab import SchwabSimulator, SentTo
from tests.simulators.schwab_clients import World, limit, opened


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with opened() as world:
        yield world


async def test_requests_share_a_connection(world: World) -> None:
    for _ in range(3):
        await world.client.get_accounts()

    assert world.sim.connections == 1


async def test_nobody_can_connect_while_it_is_away(world: World) -> None:
    await world.client.get_accounts()
    await world.sim.stop_listening()

    with pytest.raises(httpx.ConnectError):
        await world.place()
    await world.sim.listen_again()

    assert await world.placed()
    assert world.sim.orders_received == 1


async def test_it_goes_away_and_comes_back_where_nothing_can_be_awaited(world: World) -> None:
    """A connection that was cut between two requests is not used: the order is sent once."""
    await world.client.get_accounts()
    world.sim.be_unreachable()
    world.sim.be_reachable()

    await world.client.get_account_numbers()
    await world.placed()

    assert world.sim.orders_received == 1


async def test_the_vendor_s_host_is_what_the_client_names(world: World) -> None:
    request = httpx.Request("GET", "https://api.schwabapi.com/v1/oauth/authorize?client_id=a%40b")
    transport = SentTo(world.sim.url)

    answer = await transport.handle_async_request(request)
    await answer.aread()
    await transport.aclose()

    assert request.headers["Host"] == "api.schwabapi.com"
    assert world.sim.visits == [{"client_id": "a@b"}]
    assert world.sim.here("https://api.schwabapi.com/v1/oauth/authorize?client_id=a%40b") == str(
        request.url
    )


async def test_it_speaks_tls(tmp_path: Path) -> None:
    own = self_signed(tmp_path)
    context = ssl.create_default_context(cafile=str(own.certificate))
    async with SchwabSimulator(ssl_context=own.for_server()) as sim:
        through = httpx.AsyncHTTPTransport(verify=context, trust_env=False)
        async with httpx.AsyncClient(transport=SentTo(sim.url, through)) as client:
            answer = await client.get("https://api.schwabapi.com/trader/v1/accounts")

    assert sim.url.startswith("https://127.0.0.1:")
    assert answer.status_code == 401


async def test_without_a_clock_of_its_own_it_lives_in_the_present() -> None:
    async with SchwabSimulator() as sim:
        app = sim.add_app("key", "secret", "https://bot.example.test/")
        token = sim.grant(sim.add_person("anna"), app.key)
        headers = {"Authorization": f"Bearer {token['access_token']}"}
        async with httpx.AsyncClient(transport=SentTo(sim.url), headers=headers) as client:
            answer = await client.get("https://api.schwabapi.com/trader/v1/accounts")

    assert answer.status_code == 200


@pytest.mark.parametrize("numbers", [["1234567"], ["1234567a"], ["11112222"]])
async def test_account_numbers_are_eight_digits_and_one_person_s(
    world: World, numbers: list[str]
) -> None:
    with pytest.raises(ValueError, match=numbers[0]):
        world.sim.add_person("boris", numbers)


async def test_orders_remember_the_bodies_that_came(world: World) -> None:
    await world.placed(limit("150.00"))

    assert b'"price":"150.00"' in world.sim.orders_bodies[0]


async def test_an_order_on_a_connection_that_was_just_cut_is_sent_at_most_once(
    world: World,
) -> None:
    """httpx looks whether a connection still stands before it writes, and never writes twice."""
    await world.client.get_accounts()
    world.sim.be_unreachable()
    world.sim.be_reachable()

    try:
        await world.place()
    except httpx.TransportError:
        assert world.sim.orders_received == 0

    assert len(world.sim.orders) == world.sim.orders_received <= 1
