"""The Webull simulator: the second factor of a person's own key."""

from collections.abc import AsyncIterator

import pytest

from tests.simulators.webull import App
from tests.simulators.webull_clients import Client, Refused
from tests.simulators.webull_world import World, opened

ACCOUNTS = "/trading/accounts/list"
CREATE = "/auth/tokens/create"
CHECK = "/auth/tokens/check"


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with opened() as world:
        yield world


def guarded(world: World) -> tuple[App, Client]:
    """A key that needs a token, and its client."""
    app = world.sim.add_app("guarded", "secret", person=world.person, two_factor=True)
    return app, world.client_of(app)


async def code_of(client: Client) -> str:
    """Why a read is refused."""
    with pytest.raises(Refused) as failure:
        await client.get(ACCOUNTS)
    assert failure.value.status == 401
    return failure.value.code


async def status_of(client: Client, token: str) -> str:
    """As check says."""
    return str((await client.post(CHECK, {"token": token}))["status"])


async def test_whether_a_token_is_needed_is_said(world: World) -> None:
    _, client = guarded(world)

    assert await client.get("/openapi/config") == {"token_check_enabled": True}
    assert await world.client.get("/openapi/config") == {"token_check_enabled": False}


async def test_a_token_works_once_the_person_has_confirmed_it(world: World) -> None:
    app, client = guarded(world)

    before = await code_of(client)
    created = await client.post(CREATE, {})
    client.token = created["token"]
    pending = await code_of(client)
    world.sim.confirm(app)
    accounts = await client.get(ACCOUNTS)

    assert (before, pending) == ("INVALID_TOKEN", "INVALID_TOKEN")
    assert created["status"] == "PENDING"
    assert len(created["token"]) == 32
    assert created["expires_at"] == created["expires"] == (1795021200 + 300) * 1000
    assert await status_of(client, client.token) == "NORMAL"
    assert len(accounts) == 1


async def test_without_a_body_a_token_is_created_too(world: World) -> None:
    _, client = guarded(world)

    created = await client.send("POST", CREATE, {})

    assert created["status"] == "PENDING"


async def test_a_token_that_nobody_confirms_expires_after_five_minutes(world: World) -> None:
    app, client = guarded(world)
    token = (await client.post(CREATE, {}))["token"]

    world.watch.advance(minutes=5)

    assert await status_of(client, token) == "EXPIRED"
    with pytest.raises(ValueError, match="waits"):
        world.sim.confirm(app)


async def test_a_token_lives_on_while_it_is_used_within_15_days(world: World) -> None:
    app, client = guarded(world)
    await client.post(CREATE, {})
    client.token = world.sim.confirm(app)

    for _ in range(3):
        world.watch.advance(days=14)
        await client.get(ACCOUNTS)
    world.watch.advance(days=15)

    assert await code_of(client) == "INVALID_TOKEN"
    assert await status_of(client, client.token) == "INVALID"


async def test_a_good_token_is_given_again_and_a_new_one_ends_the_old(world: World) -> None:
    app, client = guarded(world)
    await client.post(CREATE, {})
    client.token = world.sim.confirm(app)

    again = await client.post(CREATE, {"token": client.token})
    other = await client.post(CREATE, {})

    assert (again["token"], again["status"]) == (client.token, "NORMAL")
    assert other["token"] != client.token
    assert await status_of(client, client.token) == "INVALID"
    assert await code_of(client) == "INVALID_TOKEN"


async def test_a_token_of_another_key_is_nothing(world: World) -> None:
    app, client = guarded(world)
    await client.post(CREATE, {})
    other = world.sim.add_app("guarded too", "secret", person=world.person, two_factor=True)
    stranger = world.client_of(other)
    stranger.token = world.sim.confirm(app)

    assert await code_of(stranger) == "INVALID_TOKEN"
    assert await status_of(stranger, stranger.token) == "INVALID"


async def test_check_asks_for_a_token(world: World) -> None:
    with pytest.raises(Refused) as failure:
        await world.client.post(CHECK, {})

    assert (failure.value.status, failure.value.code) == (417, "INVALID_PARAMETER")
