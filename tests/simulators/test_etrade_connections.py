"""The E*TRADE simulator: how the SDK gets there, what it repeats, keeps and says on the way."""

import logging
from collections.abc import AsyncIterator

import httpx
import pytest
from etrade_python import (
    ETradeClient,
    ETradeError,
    ETradeHttpAuthenticationError,
    ETradeResponseError,
    ETradeTransportError,
    ETradeUnavailableError,
)
from etrade_python.auth.session import SessionAuthenticator, SessionManager
from etrade_python.transport import RetryPolicy

from tests.simulators.etrade import EtradeSimulator, Fault
from tests.simulators.etrade_clients import Link, World, opened


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with opened() as world:
        yield world


def patient(world: World) -> ETradeClient:
    """The same link under the SDK's own retry policy, without its pauses."""
    return world.link.under(RetryPolicy(base_delay_seconds=0, max_delay_seconds=0))


async def test_one_connection_serves_oauth_and_api(world: World) -> None:
    await world.link.session.renew()
    await world.client.accounts.list()
    await world.placed()

    assert world.sim.connections == 1
    assert {one.person for one in world.sim.received} == {"anna"}


async def test_a_transport_that_is_led_elsewhere_leads_nowhere_else(world: World) -> None:
    with pytest.raises(httpx.ConnectError, match=r"us\.etrade\.com is not played here"):
        await world.link.http.get("https://us.etrade.com/e/t/etws/authorize")


async def test_an_unreachable_simulator_refuses_and_comes_back(world: World) -> None:
    world.sim.be_unreachable()

    with pytest.raises(ETradeTransportError):
        await world.client.accounts.list()
    world.sim.be_reachable()

    assert (await world.client.accounts.list()).accounts


async def test_the_sdk_says_no_more_of_a_refused_connection_than_of_a_lost_answer(
    world: World,
) -> None:
    """Neither the error nor its cause tells that nothing was sent."""
    builder = world.builder()
    request = builder.build_place_request([await world.preview(builder)])
    errors = []
    world.sim.fail("place", Fault.CLOSE, times=1)
    for _ in range(2):
        with pytest.raises(ETradeTransportError) as failure:
            await world.client.orders.place(world.account.key, request)
        errors.append(failure.value)
        world.sim.be_unreachable()

    assert str(errors[0]) == str(errors[1])
    assert [one.__cause__ for one in errors] == [None, None]
    assert isinstance(errors[1].__context__, httpx.ConnectError)
    assert not isinstance(errors[0].__context__, httpx.ConnectError)
    assert world.sim.orders_received == 1


async def test_reads_are_repeated_twice_unless_the_policy_says_otherwise(world: World) -> None:
    trouble = world.sim.fail("read", Fault.BAD_GATEWAY)

    with pytest.raises(ETradeUnavailableError):
        await patient(world).accounts.list()
    repeated = trouble.hits
    with pytest.raises(ETradeUnavailableError):
        await world.client.accounts.list()

    assert (repeated, trouble.hits - repeated) == (3, 1)


@pytest.mark.parametrize("fault", [Fault.BAD_GATEWAY, Fault.CLOSE, Fault.TOO_MANY_REQUESTS])
async def test_previews_orders_and_cancels_are_never_repeated(world: World, fault: Fault) -> None:
    builder = world.builder()
    request = builder.build_place_request([await world.preview(builder)])
    client = patient(world)
    world.sim.fail("any", fault)

    for call in (
        client.orders.preview(world.account.key, builder.build_preview_request()),
        client.orders.place(world.account.key, request),
        client.orders.cancel(world.account.key, 1),
    ):
        with pytest.raises(ETradeError):
            await call

    assert (world.sim.previews_received, world.sim.orders_received) == (2, 1)
    assert world.sim.cancels_received == 1


async def test_every_request_has_a_nonce_of_its_own_so_that_a_repeat_is_taken(
    world: World,
) -> None:
    world.sim.fail("read", Fault.BAD_GATEWAY, times=2)

    assert (await patient(world).accounts.list()).accounts
    assert len(world.sim.received) == 3


async def test_the_sdk_logs_operations_and_no_secrets(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    [token] = world.sim.office.access.values()

    with caplog.at_level(logging.DEBUG):
        await world.placed("myorder")
        await world.link.session.renew()

    names = {one.name for one in caplog.records if not one.name.startswith("asyncio")}
    text = caplog.text + repr([one.__dict__ for one in caplog.records])
    assert names == {"etrade_python.transport", "etrade_python.auth.oauth"}
    for secret in (token.token, token.secret, world.app.key, world.app.secret, "myorder"):
        assert secret not in text
    assert world.account.key not in text


async def test_two_simulators_know_nothing_of_each_other(world: World) -> None:
    [token] = world.sim.office.access.values()
    async with EtradeSimulator(now=world.watch) as other:
        link = Link(other, world.app, world.watch)
        await link.use(token.token, token.secret)

        with pytest.raises(ETradeHttpAuthenticationError):
            await link.client.accounts.list()
        await link.http.aclose()

        assert len(other.received) == 1
    assert world.sim.received == []


async def test_two_links_that_share_a_store_share_a_token(world: World) -> None:
    """Its key is made of the application and a profile's name: one store belongs to one link."""
    bert = world.sim.add_person("bert")
    link = await world.linked(bert)
    world.link.session = SessionManager(
        settings=world.link.settings,
        oauth_client=world.link.oauth,
        credential_store=link.store,
        clock=world.watch,
    )
    authenticator = SessionAuthenticator(world.link.session, world.link.oauth)
    client = ETradeClient(
        world.link.settings, authenticator=authenticator, http_client=world.link.http
    )

    listed = await client.accounts.list()

    assert [one.account_id for one in listed.accounts] == [bert.account.id]


async def test_what_the_sdk_signs_stays_in_the_error_s_context(world: World) -> None:
    """Its own error is clean, but the one of httpx hangs behind it with every header."""
    world.sim.fail("read", Fault.CLOSE)

    with pytest.raises(ETradeTransportError) as failure:
        await world.client.accounts.list()

    context = failure.value.__context__
    assert isinstance(context, httpx.RemoteProtocolError)
    assert "oauth_signature" in context.request.headers["Authorization"]
    assert "oauth" not in str(failure.value)


async def test_what_cannot_be_read_is_quoted_in_the_error(world: World) -> None:
    """Up to 300 characters of an answer that is no JSON: such errors must not be logged whole."""
    world.sim.fail("read", Fault.INVALID_JSON)

    with pytest.raises(ETradeResponseError, match="61e69015-8549-4bfd"):
        await world.client.accounts.list()
