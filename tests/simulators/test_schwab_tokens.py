"""The Schwab simulator: how long tokens live, and how schwab-py renews them."""

import asyncio
import time
from collections.abc import AsyncIterator

import httpx
import pytest

from tests.simulators.schwab import Fault
from tests.simulators.schwab_clients import (
    APP_KEY,
    OAuthError,
    UnsupportedTokenTypeError,
    World,
    opened,
)


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with opened() as world:
        yield world


def due() -> int:
    """A time at which schwab-py thinks that a token must be renewed: less than 300 s ahead."""
    return int(time.time()) + 299


async def test_a_token_that_is_about_to_end_is_renewed_before_the_request(world: World) -> None:
    client = world.client_of(world.person, expires_at=due())

    answer = await client.get_account_numbers()

    assert answer.status_code == 200
    assert [one.path for one in world.sim.received] == [
        "/v1/oauth/token",
        "/trader/v1/accounts/accountNumbers",
    ]
    assert len(world.saved) == 1
    assert world.saved[0]["expires_at"] > time.time() + 1700
    assert world.saved[0]["access_token"] == client.session.token["access_token"]


async def test_a_token_that_has_expired_at_schwab_is_a_401_that_schwab_py_does_nothing_about(
    world: World,
) -> None:
    """Its clock says that the token lives; the answer is only returned."""
    world.watch.advance(minutes=30)

    answer = await world.client.get_account_numbers()

    assert answer.status_code == 401
    assert answer.json()["errors"][0]["title"] == "Unauthorized"
    assert world.sim.tokens_asked == 0


async def test_a_token_works_until_its_last_moment(world: World) -> None:
    world.watch.advance(minutes=29, seconds=59)

    assert (await world.client.get_account_numbers()).status_code == 200


async def test_the_refresh_token_stays_the_same_and_its_seven_days_do_not_begin_anew(
    world: World,
) -> None:
    token = world.sim.grant(world.person, APP_KEY)
    world.watch.advance(days=6, hours=23)
    client = world.client_with({**token, "expires_at": due()})
    first = await client.get_account_numbers()
    world.watch.advance(hours=1)
    client.session.token["expires_at"] = due()

    with pytest.raises(OAuthError) as failure:
        await client.get_account_numbers()

    assert first.status_code == 200
    assert world.saved[0]["refresh_token"] == token["refresh_token"]
    assert failure.value.error == "unsupported_token_type"
    assert "refresh_token_authentication_error" in failure.value.description
    assert "Failed refresh token authentication" in failure.value.description


async def test_rotation_is_a_switch_and_ends_the_old_token(world: World) -> None:
    world.sim.tokens.rotates_refresh_tokens = True
    token = {**world.sim.grant(world.person, APP_KEY), "expires_at": due()}
    first, late = world.client_with(token), world.client_with(token)

    await first.get_account_numbers()
    with pytest.raises(OAuthError):
        await late.get_account_numbers()

    assert world.saved[0]["refresh_token"] != token["refresh_token"]


async def test_one_client_renews_once_for_all_its_requests_and_two_renew_twice(
    world: World,
) -> None:
    token = {**world.sim.grant(world.person, APP_KEY), "expires_at": due()}
    one, other = world.client_with(token), world.client_with(token)

    await asyncio.gather(*(one.get_account_numbers() for _ in range(5)))
    once = world.sim.tokens_asked
    await other.get_account_numbers()

    assert (once, world.sim.tokens_asked) == (1, 2)


async def test_a_person_who_links_again_ends_the_refresh_token_of_before(world: World) -> None:
    old = {**world.sim.grant(world.person, APP_KEY), "expires_at": due()}
    new = {**world.sim.grant(world.person, APP_KEY), "expires_at": due()}

    with pytest.raises(OAuthError):
        await world.client_with(old).get_account_numbers()

    assert (await world.client_with(new).get_account_numbers()).status_code == 200


async def test_what_was_revoked_opens_nothing_and_is_not_renewed(world: World) -> None:
    world.sim.revoke(world.person, APP_KEY)

    answer = await world.client.get_account_numbers()
    world.client.session.token["expires_at"] = due()
    with pytest.raises(OAuthError):
        await world.client.get_account_numbers()

    assert answer.status_code == 401


async def test_access_can_end_early_while_the_refresh_token_still_works(world: World) -> None:
    world.sim.end_access(world.person)

    refused = await world.client.get_account_numbers()
    world.client.session.token["expires_at"] = due()
    renewed = await world.client.get_account_numbers()

    assert (refused.status_code, renewed.status_code) == (401, 200)


@pytest.mark.parametrize("secret", ["wrong", ""])
async def test_a_wrong_secret_renews_nothing(world: World, secret: str) -> None:
    token = {**world.sim.grant(world.person, APP_KEY), "expires_at": due()}

    with pytest.raises(OAuthError, match="invalid_client"):
        await world.client_with(token, secret=secret).get_account_numbers()


async def test_a_refresh_token_is_of_no_use_to_another_app(world: World) -> None:
    world.sim.add_app("other-key", "other-secret", "https://other.example.test/")
    token = {**world.sim.grant(world.person, APP_KEY), "expires_at": due()}

    with pytest.raises(OAuthError, match="unsupported_token_type"):
        await world.client_with(token, key="other-key", secret="other-secret").get_account_numbers()


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer I0.wrong@"}])
async def test_no_token_and_a_wrong_one_open_nothing(world: World, header: dict[str, str]) -> None:
    paths = ("/trader/v1/accounts", "/marketdata/v1/quotes?symbols=AAPL")

    async with httpx.AsyncClient(base_url=world.sim.url, headers=header) as client:
        answers = [await client.get(path) for path in paths]

    assert [answer.status_code for answer in answers] == [401, 401]


@pytest.mark.parametrize("fault", [Fault.BAD_GATEWAY, Fault.GATEWAY_TIMEOUT])
async def test_a_page_instead_of_a_token_is_an_http_error_and_no_order_is_sent(
    world: World, fault: Fault
) -> None:
    world.sim.fail("token", fault, times=1)
    world.client.session.token["expires_at"] = due()

    with pytest.raises(httpx.HTTPStatusError):
        await world.place()

    assert world.sim.orders_received == 0
    assert world.saved == []
    assert await world.placed()


@pytest.mark.parametrize("fault", [Fault.CLOSE, Fault.RESET, Fault.INVALID_JSON, Fault.LIST])
async def test_a_token_that_does_not_arrive_sends_no_order_either(
    world: World, fault: Fault
) -> None:
    world.sim.fail("token", fault, times=1)
    world.client.session.token["expires_at"] = due()

    with pytest.raises((httpx.TransportError, ValueError)):
        await world.place()

    assert world.sim.orders_received == 0


@pytest.mark.parametrize("fault", [Fault.TOO_MANY_REQUESTS, Fault.EMPTY_OBJECT])
async def test_an_object_without_a_token_becomes_the_token_of_schwab_py_and_stays_it(
    world: World, fault: Fault
) -> None:
    """authlib takes every JSON object without `error` for a token, whatever its status: it is given
    out to be kept, never renewed, and the error has the same word as the end of a link."""
    world.sim.fail("token", fault, times=1)
    refresh_token = world.client.session.token["refresh_token"]
    world.client.session.token["expires_at"] = due()

    for _ in range(2):
        with pytest.raises(UnsupportedTokenTypeError) as failure:
            await world.place()

    assert failure.value.error == "unsupported_token_type"
    assert "access_token" not in world.saved[0]
    assert world.saved[0]["refresh_token"] == refresh_token
    assert (world.sim.tokens_asked, world.sim.orders_received) == (1, 0)
