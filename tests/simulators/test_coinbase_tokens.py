"""The Coinbase simulator: the token of each request, and what a key may do."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import jwt
import pytest
import requests
from coinbase.jwt_generator import build_rest_jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from tests.simulators.coinbase import EDDSA, ES256, CoinbaseSimulator, Key
from tests.simulators.coinbase.keys import as_sec1, read_secret
from tests.simulators.coinbase_clients import World, opened, refusal

ACCOUNTS = "/api/v3/brokerage/accounts"
ORDERS = "/api/v3/brokerage/orders"
NOW = datetime(2026, 11, 18, 17, tzinfo=UTC)
AT = int(NOW.timestamp())


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with opened() as world:
        yield world


@pytest.fixture
async def standing() -> AsyncIterator[World]:
    """The tokens' clock stands too."""
    async with opened(token_now=lambda: NOW) as world:
        yield world


def signed(key: Key, *, secret: str | None = None, **claims: Any) -> str:
    """A token for the list of accounts; `claims` replace those that are right at `NOW`."""
    private = read_secret(secret or key.api_secret)
    right = {
        "sub": key.api_key,
        "iss": "cdp",
        "nbf": AT,
        "exp": AT + 120,
        "uri": f"GET api.coinbase.com{ACCOUNTS}",
    }
    algorithm = ES256 if isinstance(private, ec.EllipticCurvePrivateKey) else EDDSA
    body = {name: value for name, value in {**right, **claims}.items() if value is not None}
    return jwt.encode(body, private, algorithm=algorithm, headers={"kid": key.api_key})


async def answered(
    sim: CoinbaseSimulator, token: str, path: str = ACCOUNTS, method: str = "GET"
) -> tuple[int, str]:
    def ask() -> requests.Response:
        headers = {"Authorization": f"Bearer {token}"}
        return requests.request(method, sim.url + path, headers=headers, timeout=5)

    response = await asyncio.to_thread(ask)
    return response.status_code, response.text if response.status_code != 200 else ""


UNAUTHORIZED = (401, "Unauthorized\n")


@pytest.mark.parametrize("algorithm", [EDDSA, ES256])
async def test_both_kinds_of_keys_open_through_the_sdk(world: World, algorithm: str) -> None:
    key = world.sim.add_key(world.person, algorithm=algorithm)
    world.client = world.client_of(key)

    assert await world.balance("USD") == ("100000", "0")
    assert world.sim.received[-1].person == "person 1"


@pytest.mark.parametrize("line_breaks", ["\n", "\\n"])
async def test_a_key_of_one_s_own_is_taken_with_its_line_breaks_escaped_too(
    world: World, line_breaks: str
) -> None:
    secret = as_sec1(ec.generate_private_key(ec.SECP256R1()))
    key = world.sim.add_key(world.person, api_key="organizations/1/apiKeys/2", api_secret=secret)
    key.api_secret = secret.replace("\n", line_breaks)
    world.client = world.client_of(key)

    assert key.algorithm == ES256
    assert await world.balance("USD") == ("100000", "0")


async def test_an_ed25519_key_in_pem_is_one_too(world: World) -> None:
    secret = ed25519.Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    key = world.sim.add_key(world.person, api_secret=secret.decode())
    world.client = world.client_of(key)

    assert key.algorithm == EDDSA
    assert await world.balance("USD") == ("100000", "0")


async def test_a_right_token_is_taken_and_may_name_the_simulator_itself(standing: World) -> None:
    key = standing.person.key
    own = f"GET {standing.sim.host}{ACCOUNTS}"

    assert (await answered(standing.sim, signed(key)))[0] == 200
    assert (await answered(standing.sim, signed(key, uri=own)))[0] == 200


@pytest.mark.parametrize(
    "claims",
    [
        {"sub": "organizations/1/apiKeys/1"},
        {"sub": None},
        {"iss": "coinbase-cloud"},
        {"iss": None},
        {"nbf": AT + 1},
        {"nbf": None},
        {"exp": AT},
        {"exp": None},
        {"exp": AT + 122},
        {"exp": "tomorrow"},
        {"uri": None},
        {"uri": f"POST api.coinbase.com{ACCOUNTS}"},
        {"uri": f"GET api.coinbase.com{ACCOUNTS}?limit=1"},
        {"uri": f"GET https://api.coinbase.com{ACCOUNTS}"},
        {"uri": f"GET evil.example{ACCOUNTS}"},
        {"uri": f"GET api.coinbase.com{ORDERS}"},
    ],
)
async def test_a_claim_that_is_not_right_is_refused(
    standing: World, claims: dict[str, Any]
) -> None:
    token = signed(standing.person.key, **claims)

    assert await answered(standing.sim, token) == UNAUTHORIZED


async def test_a_query_is_no_part_of_what_a_token_is_for(standing: World) -> None:
    token = signed(standing.person.key)

    assert (await answered(standing.sim, token, f"{ACCOUNTS}?limit=1"))[0] == 200


async def test_a_token_opens_its_own_request_and_no_other(standing: World) -> None:
    token = signed(standing.person.key)

    assert await answered(standing.sim, token, ORDERS, "POST") == UNAUTHORIZED
    assert await answered(standing.sim, token, f"{ACCOUNTS}/1") == UNAUTHORIZED
    assert standing.sim.orders == []


async def test_another_key_s_signature_and_no_signature_are_refused(standing: World) -> None:
    key = standing.person.key
    stranger = standing.sim.add_person().key
    other_kind = standing.sim.add_key(standing.person, algorithm=ES256)
    claims = jwt.decode(signed(key), options={"verify_signature": False})
    unsigned = jwt.encode(claims, None, algorithm="none", headers={"kid": key.api_key})

    for token in (
        signed(key, secret=stranger.api_secret),
        signed(key, secret=other_kind.api_secret),
        signed(key)[:-6] + "AAAAAA",
        unsigned,
        "no.token",
        "",
    ):
        assert await answered(standing.sim, token) == UNAUTHORIZED


async def test_the_sdk_s_own_token_is_for_one_path(world: World) -> None:
    key = world.person.key
    token = build_rest_jwt(f"GET api.coinbase.com{ACCOUNTS}", key.api_key, key.api_secret)

    assert (await answered(world.sim, token))[0] == 200
    assert await answered(world.sim, token, ORDERS, "POST") == UNAUTHORIZED


async def test_a_revoked_key_opens_nothing_and_the_other_one_still_does(world: World) -> None:
    other = world.client_of(world.sim.add_key(world.person))
    world.sim.revoke(world.person.key.api_key)

    refused = await refusal(world.client.get_accounts)
    accounts = await asyncio.to_thread(other.get_accounts)

    assert refused == UNAUTHORIZED
    assert accounts.size == 1


@pytest.mark.parametrize("can_trade", [True, False])
async def test_a_key_does_what_it_may(world: World, can_trade: bool) -> None:
    key = world.sim.add_key(world.person, can_view=not can_trade, can_trade=can_trade)
    client = world.client_of(key)

    def place() -> object:
        return client.market_order_buy("mine", "BTC-USD", quote_size="10")

    rights = await asyncio.to_thread(client.get_api_key_permissions)
    refused = await refusal(client.get_accounts if can_trade else place)
    await asyncio.to_thread(place if can_trade else client.get_accounts)

    assert refused == (403, "Missing required scopes")
    assert (rights.can_view, rights.can_trade, rights.can_transfer) == (
        not can_trade,
        can_trade,
        False,
    )
    assert (rights.portfolio_uuid, rights.portfolio_type) == (world.person.portfolio.id, "DEFAULT")
    assert len(world.sim.orders) == can_trade


async def test_the_sdk_knows_a_missing_scope_by_the_body_s_very_bytes(world: World) -> None:
    client = world.client_of(world.sim.add_key(world.person, can_view=False))

    with pytest.raises(requests.HTTPError, match="Missing Required Scopes"):
        await asyncio.to_thread(client.get_accounts)


async def test_no_secret_shows_in_what_the_simulator_says_of_itself(world: World) -> None:
    await world.call("get_accounts")
    key = world.person.key

    for shown in (repr(world.sim.received), repr(key), repr(world.person)):
        assert key.api_secret not in shown
