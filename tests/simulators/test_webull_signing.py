"""The Webull simulator: what counts as signed."""

import hashlib
from collections.abc import AsyncIterator

import aiohttp
import pytest

from tests.simulators.webull import signature, string_to_sign
from tests.simulators.webull_clients import SHA1, SHA256, Refused
from tests.simulators.webull_world import World, opened

ACCOUNTS = "/trading/accounts/list"
EXAMPLE = {
    "x-app-key": "776da210ab4a452795d74e726ebd74b6",
    "x-timestamp": "2022-01-04T03:55:31Z",
    "x-signature-version": "1.0",
    "x-signature-algorithm": SHA1,
    "x-signature-nonce": "48ef5afed43d4d91ae514aaeafbc29ba",
}


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with opened() as world:
        yield world


async def refusal(world: World) -> Refused:
    """Of a read that is not allowed."""
    with pytest.raises(Refused) as failure:
        await world.client.get(ACCOUNTS)
    return failure.value


def test_the_guide_s_own_example_has_the_signature_that_it_says() -> None:
    """Guide "Signature": its app secret, its body and its result."""
    body = b'{"k1":123,"k2":"this is the api request body","k3":true,"k4":{"foo":[1,2]}}'
    query = [("a1", "webull"), ("a2", "123"), ("a3", "xxx"), ("q1", "yyy")]

    whole = string_to_sign("/trade/place_order", "api.webull.com", EXAMPLE, query, body)
    made = signature("0f50a2e853334a9aae1a783bee120c1f", SHA1, whole)

    assert whole.startswith("/trade/place_order&a1=webull&a2=123&a3=xxx&host=api.webull.com&q1=yyy")
    assert whole.endswith("&E296C96787E1A309691CEF3692F5EEDD")
    assert made == "kvlS6opdZDhEBo5jq40nHYXaLvM="


def test_values_of_one_name_are_sorted_and_joined() -> None:
    query = [("name1", "value3"), ("name1", "value1"), ("name1", "value2")]

    whole = string_to_sign("/path", "api.webull.com", EXAMPLE, query, b"")

    assert "&name1=value1&value2&value3&x-app-key=" in whole


@pytest.mark.parametrize("algorithm", [SHA1, SHA256])
async def test_both_algorithms_are_taken_with_a_query_and_with_a_body(
    world: World, algorithm: str
) -> None:
    world.client.algorithm = algorithm

    accounts = await world.client.get(ACCOUNTS)
    placed = await world.place()
    order = await world.order(placed)

    assert [one["account_id"] for one in accounts] == [world.account.id]
    assert order["client_order_id"] == placed


async def test_a_query_is_signed_as_it_was_before_it_was_escaped(world: World) -> None:
    path = "/trading/orders/historical-orders/list"
    world.client.version = "v3"
    await world.place()

    found = await world.client.get(
        path, account_id=world.account.id, start_time="2026-11-18T00:00:00.000Z"
    )

    assert len(found["data"]) == 1
    assert "%3A" in world.sim.received[-1].raw_query


@pytest.mark.parametrize(
    "name",
    [
        "x-signature",
        "x-signature-algorithm",
        "x-signature-nonce",
        "x-signature-version",
        "x-timestamp",
    ],
)
async def test_a_header_that_is_missing_is_named(world: World, name: str) -> None:
    world.client.changed = {name: None}

    refused = await refusal(world)

    assert refused.status == 400
    assert refused.body["message"] == f'property "{name}" is required'


async def test_without_a_key_nobody_is_there(world: World) -> None:
    world.client.changed = {"x-app-key": None}

    refused = await refusal(world)

    assert (refused.status, refused.code) == (401, "MISSING_APP_KEY")
    assert world.sim.received[-1].person is None


async def test_an_unknown_key_finds_no_route(world: World) -> None:
    """So the sandbox answers keys of another environment: not with a 401."""
    world.client.changed = {"x-app-key": "somebody-else"}

    refused = await refusal(world)

    assert (refused.status, refused.body) == (404, {"error_msg": "404 Route Not Found"})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("x-signature", "kvlS6opdZDhEBo5jq40nHYXaLvM="),
        ("x-signature-algorithm", SHA1),
        ("x-signature-algorithm", "none"),
        ("x-signature-version", "2.0"),
        ("x-signature-nonce", "another"),
        ("x-timestamp", "2026-11-18T17:00:01Z"),
        ("Host", "api.webull.com"),
    ],
)
async def test_whatever_is_changed_behind_the_signature_is_noticed(
    world: World, name: str, value: str
) -> None:
    world.client.changed = {name: value}

    refused = await refusal(world)

    assert (refused.status, refused.code) == (401, "INCORRECT_SIGN")


async def test_another_query_or_body_than_the_signed_one_is_noticed(world: World) -> None:
    body = b'{"account_id":"mine"}'
    headers = world.client.headers("/trading/orders/cancel", {}, body, world.sim.url[7:])

    async with aiohttp.ClientSession() as session:
        url = f"{world.sim.url}/trading/orders/cancel"
        changed = await session.post(url, data=body.replace(b"mine", b"hers"), headers=headers)
        queried = await session.post(f"{url}?account_id=hers", data=body, headers=headers)

    assert [changed.status, queried.status] == [401, 401]


async def test_another_secret_signs_nothing_of_hers(world: World) -> None:
    boris = world.sim.add_person("boris")
    his = world.client_of(world.sim.add_app("key-of-boris", "secret-of-boris", person=boris))
    his.changed = {"x-app-key": world.app.app_key}

    with pytest.raises(Refused) as failure:
        await his.get(ACCOUNTS)

    assert failure.value.code == "INCORRECT_SIGN"


@pytest.mark.parametrize("seconds", [-301, 301])
async def test_a_timestamp_far_from_now_is_refused(world: World, seconds: float) -> None:
    body = b""
    headers = world.client.headers(ACCOUNTS, {}, body, world.sim.url[7:])
    world.watch.advance(seconds=seconds)

    async with aiohttp.ClientSession() as session:
        old = await session.get(f"{world.sim.url}{ACCOUNTS}", headers=headers)
        answer = await old.json()

    assert (old.status, answer["error_code"]) == (401, "CLOCK_SKEW_EXCEEDED")


async def test_a_timestamp_of_another_form_is_refused(world: World) -> None:
    world.client.changed = {"x-timestamp": "1795021200"}

    refused = await refusal(world)

    assert refused.status == 400
    assert "x-timestamp" in refused.body["message"]


async def test_a_request_cannot_be_sent_a_second_time(world: World) -> None:
    body = b'{"account_id":"x","client_order_id":"y"}'
    path = "/trading/orders/cancel"
    headers = world.client.headers(path, {}, body, world.sim.url[7:])

    async with aiohttp.ClientSession() as session:
        first = await session.post(f"{world.sim.url}{path}", data=body, headers=headers)
        second = await session.post(f"{world.sim.url}{path}", data=body, headers=headers)
        answer = await second.json()

    assert first.status == 403
    assert (second.status, answer["error_code"]) == (401, "DUPPLICATED_REQUEST")


async def test_a_nonce_of_a_wrong_signature_is_not_used_up(world: World) -> None:
    headers = world.client.headers(ACCOUNTS, {}, b"", world.sim.url[7:])
    wrong = {**headers, "x-signature": hashlib.sha256(b"x").hexdigest()}

    async with aiohttp.ClientSession() as session:
        refused = await session.get(f"{world.sim.url}{ACCOUNTS}", headers=wrong)
        taken = await session.get(f"{world.sim.url}{ACCOUNTS}", headers=headers)

    assert [refused.status, taken.status] == [401, 200]


@pytest.mark.parametrize("version", ["", "v1"])
async def test_the_interface_s_version_is_asked_for(world: World, version: str) -> None:
    world.client.changed = {"x-version": version or None}

    refused = await refusal(world)

    assert refused.status == 400
    assert "x-version" in refused.body["message"]


async def test_a_key_that_was_deleted_is_refused(world: World) -> None:
    world.sim.revoke(world.person)

    refused = await refusal(world)

    assert (refused.status, refused.code) == (401, "UNAUTHORIZED")
    assert world.sim.received[-1].person == "anna"


async def test_earlier_paths_are_gone(world: World) -> None:
    with pytest.raises(Refused) as failure:
        await world.client.get("/openapi/account/list")

    assert failure.value.body == {"error_msg": "404 Route Not Found"}
