"""The Webull simulator: the tokens of Connect, from a code to their end."""

from collections.abc import AsyncIterator
from urllib.parse import parse_qsl, urlsplit

import aiohttp
import pytest

from tests.simulators.webull import Fault, Platform
from tests.simulators.webull_clients import Client, Refused
from tests.simulators.webull_world import World, opened, question

ACCOUNTS = "/trading/accounts/list"
TOKENS = "/oauth2/tokens/create"


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with opened() as world:
        yield world


@pytest.fixture
def platform(world: World) -> Platform:
    return world.platform()


@pytest.fixture
async def client(world: World, platform: Platform) -> Client:
    """The platform's own, without anybody's token."""
    client = world.client_of(platform.app)
    client.version = "v2"
    return client


def code_in(target: str) -> str:
    """The code of an address that a browser is sent to."""
    return dict(parse_qsl(urlsplit(target).query))["code"]


async def token(client: Client, **fields: str) -> dict[str, str]:
    """The token request."""
    usual = {"client_id": "floor", "client_secret": "floor-client-secret"}
    answer = await client.form(TOKENS, **{**usual, **fields})
    assert isinstance(answer, dict)
    return answer


async def refusal(client: Client, **fields: str) -> tuple[int, str]:
    """Status and code of a token request that is refused."""
    with pytest.raises(Refused) as failure:
        await token(client, **fields)
    return failure.value.status, failure.value.code


async def reads(client: Client) -> int:
    """The status of a read."""
    try:
        await client.get(ACCOUNTS)
    except Refused as refused:
        assert refused.code == "UNAUTHORIZED"
        return refused.status
    return 200


async def test_a_code_becomes_tokens_that_reach_the_person_s_accounts(
    world: World, client: Client
) -> None:
    code = code_in(world.sim.decide(question(), world.person))

    granted = await token(client, grant_type="authorization_code", code=code)
    client.bearer, client.version = granted["access_token"], "v3"
    accounts = await client.get(ACCOUNTS)

    assert granted["token_type"] == "Bearer"
    assert (granted["expires_in"], granted["rt_expires_in"]) == ("1800", "1296000")
    assert granted["created_at"] == "2026-11-18T17:00:00.000+0000"
    assert granted["identity_id"] == world.person.identity_id
    assert [one["account_id"] for one in accounts] == [world.account.id]
    assert world.sim.received[-1].person == "anna"


async def test_a_code_is_for_one_use(world: World, client: Client) -> None:
    code = code_in(world.sim.decide(question(), world.person))
    await token(client, grant_type="authorization_code", code=code)

    again = await refusal(client, grant_type="authorization_code", code=code)

    assert again == (417, "token.auth.code.error")


async def test_a_code_is_for_sixty_seconds(world: World, client: Client) -> None:
    code = code_in(world.sim.decide(question(), world.person))
    world.watch.advance(seconds=60)

    late = await refusal(client, grant_type="authorization_code", code=code)

    assert late == (417, "token.auth.code.error")


async def test_a_code_and_tokens_are_one_platform_s(world: World, client: Client) -> None:
    other = world.sim.add_platform("other", "other-secret", "http://127.0.0.1:2/back")
    grant = world.sim.grant(world.person, other)
    asked = question(client_id="other", redirect_uri=other.redirect_uri)
    code = code_in(world.sim.decide(asked, world.person))

    wrong_code = await refusal(client, grant_type="authorization_code", code=code)
    wrong_refresh = await refusal(
        client, grant_type="refresh_token", refresh_token=grant.refresh_token
    )
    client.bearer, client.version = grant.access_token, "v3"

    assert wrong_code[0] == wrong_refresh[0] == 417
    assert await reads(client) == 401


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"client_id": "other"}, 417),
        ({"client_secret": "wrong"}, 401),
        ({"grant_type": "password"}, 417),
    ],
)
async def test_the_platform_has_to_name_itself(
    world: World, client: Client, fields: dict[str, str], status: int
) -> None:
    code = code_in(world.sim.decide(question(), world.person))

    refused = await refusal(client, **{"grant_type": "authorization_code", "code": code, **fields})
    granted = await token(client, grant_type="authorization_code", code=code)

    assert refused[0] == status
    assert granted["access_token"]


async def test_the_token_request_is_signed_and_of_version_2(world: World, client: Client) -> None:
    code = code_in(world.sim.decide(question(), world.person))
    fields = {"grant_type": "authorization_code", "code": code}

    client.changed = {"x-signature": "wrong"}
    unsigned = await refusal(client, **fields)
    client.changed, client.version = {}, "v3"
    versioned = await refusal(client, **fields)
    world.client.version = "v2"
    by_person = await refusal(world.client, **fields)

    assert unsigned == (401, "INCORRECT_SIGN")
    assert versioned == (400, "ILLEAGAL_PARAMETER")
    assert by_person == (401, "UNAUTHORIZED")


async def test_a_refresh_gives_new_tokens_and_ends_the_old(
    world: World, platform: Platform, client: Client
) -> None:
    grant = world.sim.grant(world.person, platform)
    first = grant.access_token, grant.refresh_token
    old = world.granted(grant)

    renewed = await token(client, grant_type="refresh_token", refresh_token=first[1])
    again = await refusal(client, grant_type="refresh_token", refresh_token=first[1])
    new = world.granted(grant)

    assert renewed["access_token"] != first[0]
    assert renewed["refresh_token"] != first[1]
    assert again == (417, "INVALID_PARAMETER")
    assert (await reads(old), await reads(new)) == (401, 200)


async def test_access_ends_after_thirty_minutes_and_refresh_after_fifteen_days(
    world: World, platform: Platform, client: Client
) -> None:
    grant = world.sim.grant(world.person, platform)
    mine = world.granted(grant)

    world.watch.advance(minutes=29, seconds=59)
    before = await reads(mine)
    world.watch.advance(seconds=1)
    after = await reads(mine)
    await token(client, grant_type="refresh_token", refresh_token=grant.refresh_token)
    world.watch.advance(days=15)
    late = await refusal(client, grant_type="refresh_token", refresh_token=grant.refresh_token)

    assert (before, after) == (200, 401)
    assert late == (417, "INVALID_PARAMETER")


async def test_what_is_taken_back_is_gone_with_its_refresh(
    world: World, platform: Platform, client: Client
) -> None:
    grant = world.sim.grant(world.person, platform)
    mine = world.granted(grant)
    before = await reads(mine)

    world.sim.revoke(world.person, platform)
    refused = await refusal(client, grant_type="refresh_token", refresh_token=grant.refresh_token)

    assert (before, await reads(mine)) == (200, 401)
    assert refused == (417, "INVALID_PARAMETER")


async def test_without_a_token_a_platform_reads_nothing(world: World, platform: Platform) -> None:
    alone = world.client_of(platform.app)

    assert await reads(alone) == 401


async def test_market_data_is_not_connect_s(world: World, platform: Platform) -> None:
    mine = world.granted(world.sim.grant(world.person, platform))

    with pytest.raises(Refused) as failure:
        await mine.get("/market-data/stocks/snapshots/list", symbols="AAPL", category="US_STOCK")

    assert (failure.value.status, failure.value.code) == (403, "MARKET_DATA_NOT_SUBSCRIBED")


async def test_a_lost_answer_to_a_refresh_costs_the_tokens(
    world: World, platform: Platform, client: Client
) -> None:
    grant = world.sim.grant(world.person, platform)
    old = grant.refresh_token
    world.sim.fail(TOKENS, Fault.CLOSE, times=1)

    with pytest.raises(aiohttp.ClientError):
        await token(client, grant_type="refresh_token", refresh_token=old)

    assert await refusal(client, grant_type="refresh_token", refresh_token=old) == (
        417,
        "INVALID_PARAMETER",
    )
