"""A Discord that fails, in every way, and what is asked of one that works."""

import asyncio
from collections.abc import AsyncIterator
from typing import Final

import pytest
import pytest_asyncio

from tests.fakes.exchange.venue import Venue
from tests.floor import House
from tests.observability.captured import captured_stderr
from tests.simulators.discord_oauth import (
    ME_PATH,
    REVOKE_PATH,
    TOKEN_PATH,
    DiscordOAuth,
    Fault,
    moved,
    silence,
    status,
    text,
)
from tests.web.link_world import (
    LinkWorld,
    Visitor,
    assert_over,
    exchanged,
    free_port,
    link_world,
    unproven,
)

FAULTS: Final[dict[str, Fault]] = {
    "500": status(500),
    "502 with a page": text("<html>Bad Gateway</html>", 502),
    "429": status(429, {"message": "You are being rate limited.", "retry_after": 1.5}),
    "403": status(403),
    "404": status(404),
    "400": status(400, {"error": "invalid_request"}),
    "204": status(204),
    "rubbish": text("rubbish"),
    "a list": text("[]"),
    "a number": text("17"),
    "empty": text(""),
    "deep": text("[" * 60_000),
    "no fields": text("{}"),
    "huge": text('{"id": "100000000000000001", "more": "' + "a" * 200_000 + '"}'),
    "a token that is none": text('{"access_token": "a b\\n", "scope": "identify"}'),
    "a token of another type": text('{"access_token": 7, "scope": "identify", "id": 7}'),
    "another scope": text('{"access_token": "abc", "scope": "email"}'),
    "an odd id": text('{"id": "1 OR 1=1"}'),
    "a short id": text('{"id": "17"}'),
    "an id of other digits": text('{"id": "１００００００００００００００００１"}'),
}


@pytest.mark.parametrize("path", [TOKEN_PATH, ME_PATH])
@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
async def test_a_discord_that_fails_is_a_page(
    world: LinkWorld, anna: Visitor, path: str, fault: Fault
) -> None:
    token = await world.token()
    world.discord.faults[path] = fault

    page = await anna.come_back(token)

    assert_over(page, "Discord does not answer", 503)
    assert page.headers["Retry-After"] == "60"
    assert anna.cookies() == []
    assert await unproven(world, token)
    assert exchanged(world) == ([TOKEN_PATH] if path == TOKEN_PATH else [TOKEN_PATH, ME_PATH])
    world.discord.faults.clear()
    assert (await anna.form(token)).status == 200


async def test_nothing_is_sent_to_where_discord_points(world: LinkWorld, anna: Visitor) -> None:
    world.discord.faults[TOKEN_PATH] = moved(f"{world.discord.base}{REVOKE_PATH}")

    page = await anna.come_back(await world.token())

    assert_over(page, "Discord does not answer", 503)
    assert exchanged(world) == [TOKEN_PATH]


@pytest.mark.parametrize("path", [TOKEN_PATH, ME_PATH])
async def test_a_discord_that_does_not_answer_is_not_waited_for(
    house: House, venue: Venue, discord: DiscordOAuth, path: str
) -> None:
    for_ever = asyncio.Event()
    discord.faults[path] = silence(for_ever)
    async with (
        link_world(house, venue, discord, discord_seconds=0.1) as world,
        world.browser() as anna,
    ):
        page = await anna.come_back(await world.token())
        for_ever.set()

    assert_over(page, "Discord does not answer", 503)


async def test_a_discord_out_of_reach_is_a_page(
    house: House, venue: Venue, discord: DiscordOAuth
) -> None:
    discord.base = f"http://127.0.0.1:{free_port()}"
    async with link_world(house, venue, discord) as world, world.browser() as anna:
        page = await anna.come_back(await world.token())

    assert_over(page, "Discord does not answer", 503)


@pytest.mark.parametrize(
    "fault", [status(401, {"error": "invalid_client"}), status(400, {"error": "invalid_client"})]
)
async def test_a_wrong_client_secret_is_the_operators_to_mend(
    world: LinkWorld, anna: Visitor, fault: Fault
) -> None:
    world.discord.faults[TOKEN_PATH] = fault

    with captured_stderr() as log:
        page = await anna.come_back(await world.token())

    assert page.status == 503
    assert "DISCORD_CLIENT_ID and DISCORD_CLIENT_SECRET do not fit." in page.words
    assert [(line["event"], line["error"]) for line in log.records()] == [
        ("identity_not_shown", "ClientRefused")
    ]


async def test_a_refused_token_is_not_the_operators_fault(world: LinkWorld, anna: Visitor) -> None:
    world.discord.faults[ME_PATH] = status(401, {"message": "401: Unauthorized", "code": 0})

    page = await anna.come_back(await world.token())

    assert_over(page, "Discord does not answer", 503)


async def test_access_is_not_given_back_unasked(world: LinkWorld, anna: Visitor) -> None:
    """Discord would take it for the person throwing the bot out."""
    await anna.form(await world.token())

    assert exchanged(world) == [TOKEN_PATH, ME_PATH]


@pytest_asyncio.fixture
async def thrifty(house: House, venue: Venue, discord: DiscordOAuth) -> AsyncIterator[LinkWorld]:
    """Gives its access back."""
    async with link_world(house, venue, discord, revokes=True) as world:
        yield world


@pytest.mark.parametrize("me", [None, status(500)])
async def test_access_is_given_back_whatever_came_of_it(
    thrifty: LinkWorld, me: Fault | None
) -> None:
    if me is not None:
        thrifty.discord.faults[ME_PATH] = me
    async with thrifty.browser() as anna:
        await anna.come_back(await thrifty.token())

    assert exchanged(thrifty) == [TOKEN_PATH, ME_PATH, REVOKE_PATH]
    assert thrifty.discord.live == {}


async def test_access_that_cannot_be_given_back_stops_nobody(thrifty: LinkWorld) -> None:
    thrifty.discord.faults[REVOKE_PATH] = status(500)
    async with thrifty.browser() as anna:
        with captured_stderr() as log:
            form = await anna.form(await thrifty.token())

    assert form.status == 200
    assert [line["event"] for line in log.records()] == ["discord_access_not_given_back"]
