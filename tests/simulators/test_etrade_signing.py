"""The E*TRADE simulator: signatures, timestamps, nonces, keys, and the words of their refusals."""

import re
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from etrade_python import OrdersRequest

from tests.brokers.shared.certificates import self_signed
from tests.simulators.etrade import EtradeSimulator
from tests.simulators.etrade.signing import base_string, signature
from tests.simulators.etrade_clients import Watch, World, header_by_hand, opened

LIST = "https://api.etrade.com/v1/accounts/list.json"
REQUEST = "https://api.etrade.com/oauth/request_token"
Spoil = Callable[[str], str]


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with opened() as world:
        yield world


async def signed(
    world: World, url: str = LIST, method: str = "GET", **fields: Any
) -> httpx.Request:
    """A request with the SDK's own signature."""
    request = world.link.http.build_request(method, url, **fields)
    credentials = await world.link.session.load()
    assert credentials is not None
    world.link.oauth.sign_request(request, credentials)
    return request


async def answer(world: World, request: httpx.Request, spoil: Spoil = str) -> tuple[int, str]:
    """Status and problem of what is answered to a spoiled header."""
    request.headers["Authorization"] = spoil(request.headers.get("Authorization", ""))
    response = await world.link.http.send(request)
    if response.status_code == 200:
        return 200, ""
    message = response.json()["Error"]["message"]
    assert list(response.json()["Error"]) == ["message"]
    return response.status_code, message


def without(name: str) -> Spoil:
    """Leaves one parameter out."""
    return lambda header: re.sub(rf'{name}="[^"]*",?', "", header)


def with_(name: str, value: str) -> Spoil:
    """Writes another value."""
    return lambda header: re.sub(rf'{name}="[^"]*"', f'{name}="{value}"', header)


def test_the_base_string_is_the_one_of_the_standard() -> None:
    """RFC 5849, section 3.4.1.1, without its body; and the signature of the OAuth 1.0 example."""
    parameters = [
        ("b5", "=%3D"),
        ("a3", "a"),
        ("c@", ""),
        ("a2", "r b"),
        ("oauth_consumer_key", "9djdj82h48djs9d2"),
        ("c2", ""),
        ("a3", "2 q"),
    ]
    photos = [
        ("file", "vacation.jpg"),
        ("size", "original"),
        ("oauth_consumer_key", "dpf43f3p2l4k3l03"),
        ("oauth_token", "nnch734d00sl2jdk"),
        ("oauth_signature_method", "HMAC-SHA1"),
        ("oauth_timestamp", "1191242096"),
        ("oauth_nonce", "kllo9940pd9333jh"),
        ("oauth_version", "1.0"),
    ]

    base = base_string("post", "http://example.com/request", parameters)
    example = base_string("GET", "http://photos.example.net/photos", photos)

    assert base == (
        "POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q%26a3%3Da%26b5%3D"
        "%253D%25253D%26c%2540%3D%26c2%3D%26oauth_consumer_key%3D9djdj82h48djs9d2"
    )
    assert (
        signature(example, "kd94hf93k423kf44", "pfkkdhi9sl3r4s00") == "tR3+Ty81lMeYAr/Fid0kMTYa/WM="
    )


async def test_a_right_signature_opens(world: World) -> None:
    assert await answer(world, await signed(world)) == (200, "")


@pytest.mark.parametrize("host", ["api.etrade.com", "apisb.etrade.com"])
async def test_both_hosts_may_be_meant(world: World, host: str) -> None:
    request = await signed(world, f"https://{host}/v1/accounts/list.json")

    assert await answer(world, request) == (200, "")


async def test_a_signature_for_another_host_does_not_fit(world: World) -> None:
    request = await signed(world, "https://api.etrade.example/v1/accounts/list.json")
    request.url = httpx.URL(LIST)

    assert await answer(world, request) == (401, "oauth_problem=signature_invalid")


@pytest.mark.parametrize(
    ("spoil", "status", "words"),
    [
        (with_("oauth_signature", "AAAA"), 401, "oauth_problem=signature_invalid"),
        (with_("oauth_nonce", "another"), 401, "oauth_problem=signature_invalid"),
        (with_("oauth_token", "nobody"), 401, "oauth_problem=token_rejected"),
        (with_("oauth_consumer_key", "nobody"), 401, "oauth_problem=consumer_key_unknown"),
        (
            with_("oauth_signature_method", "PLAINTEXT"),
            400,
            "oauth_problem=signature_method_rejected",
        ),
        (
            without("oauth_nonce"),
            400,
            "oauth_problem=parameter_absent,oauth_parameters_absent=oauth_nonce",
        ),
        (
            without("oauth_token"),
            400,
            "oauth_problem=parameter_absent,oauth_parameters_absent=oauth_token",
        ),
    ],
)
async def test_what_is_wrong_is_named(world: World, spoil: Spoil, status: int, words: str) -> None:
    assert await answer(world, await signed(world), spoil) == (status, words)


async def test_a_request_without_a_header_says_all_that_is_absent(world: World) -> None:
    status, words = await answer(world, world.link.http.build_request("GET", LIST), lambda _: "")

    assert status == 400
    assert words.endswith("&oauth_timestamp&oauth_token")


async def test_another_query_than_the_signed_one_does_not_fit(world: World) -> None:
    url = f"https://api.etrade.com/v1/accounts/{world.account.key}/orders.json"
    request = await signed(world, url, params={"count": "1", "symbol": "A B&C=é"})
    same = await world.link.http.send(request)
    request = await signed(world, url, params={"count": "1"})
    request.url = httpx.URL(f"{url}?count=2")

    assert same.status_code == 204
    assert await answer(world, request) == (401, "oauth_problem=signature_invalid")


async def test_the_method_is_signed(world: World) -> None:
    request = await signed(world)
    request.method = "PUT"
    path = f"https://api.etrade.com/v1/accounts/{world.account.key}/orders/cancel.json"
    other = await signed(world, path, "POST")
    other.method = "PUT"

    assert (await world.link.http.send(request)).status_code == 404
    assert await answer(world, other) == (401, "oauth_problem=signature_invalid")


@pytest.mark.parametrize(
    ("seconds", "is_taken"), [(300, True), (301, False), (-300, True), (-301, False)]
)
async def test_the_clock_may_be_five_minutes_wrong(
    world: World, seconds: int, is_taken: bool
) -> None:
    request = await signed(world)
    world.watch.advance(seconds=seconds)

    status, words = await answer(world, request)

    at = int(world.watch.at.timestamp())
    refused = f"oauth_problem=timestamp_refused,oauth_acceptable_timestamps={at - 300}-{at + 300}"
    assert (status, words) == ((200, "") if is_taken else (400, refused))


async def test_a_nonce_is_used_once_with_its_timestamp(world: World) -> None:
    request = await signed(world)
    first = await answer(world, request)

    assert first == (200, "")
    assert await answer(world, request) == (401, "oauth_problem=nonce_used")


async def test_a_nonce_of_a_wrong_signature_is_still_free(world: World) -> None:
    request = await signed(world)
    right = request.headers["Authorization"]

    await answer(world, request, with_("oauth_signature", "AAAA"))

    assert await answer(world, request, lambda _: right) == (200, "")


async def test_a_key_can_end_without_warning(world: World) -> None:
    world.app.active = False

    assert await answer(world, await signed(world)) == (401, "oauth_problem=consumer_key_rejected")


async def test_under_oauth_the_same_words_stand_on_a_page(world: World) -> None:
    header = header_by_hand(world.app, world.watch, REQUEST, oauth_callback="oob")
    spoiled = with_("oauth_signature", "AAAA")(header)

    response = await world.link.http.get(REQUEST, headers={"Authorization": spoiled})

    assert response.status_code == 401
    assert response.headers["content-type"].startswith("text/html")
    assert "<h1>HTTP Status 401 - oauth_problem=signature_invalid</h1>" in response.text


async def test_the_sdk_signs_paths_and_queries_that_need_escaping(world: World) -> None:
    world.sim.market.set("BRK.B", bid="400", ask="401", name="BERKSHIRE & SONS 100%")

    found = await world.client.market.lookup_product("berkshire & sons")
    quotes = await world.client.market.get_quotes(["AAPL", "AAPL:2026:12:18:CALL:200", "BRK.B"])
    orders = await world.client.orders.list(
        world.account.key,
        OrdersRequest(symbol="AAPL,BRK.B", from_date="01012026", to_date="12312026"),
    )

    assert found.products[0].symbol == "BRK.B"
    assert len(quotes.quotes) == 3
    assert orders.orders == []


async def test_it_speaks_tls(tmp_path: Path) -> None:
    own = self_signed(tmp_path)

    async with opened(ssl_context=own.for_server(), verify=own.for_client()) as world:
        accounts = await world.client.accounts.list()

    assert world.sim.url.startswith("https://")
    assert accounts.accounts


async def test_stamps_may_be_judged_by_another_clock() -> None:
    """The SDK stamps with this machine's clock unless its parts are built one by one."""
    watch, other = Watch(), Watch()
    other.advance(days=30)
    async with EtradeSimulator(now=watch, signed_now=other) as sim, httpx.AsyncClient() as http:
        app = sim.add_app()
        url = f"{sim.url}/oauth/request_token"

        answers = [
            await http.get(
                url,
                headers={"Authorization": header_by_hand(app, clock, url, oauth_callback="oob")},
            )
            for clock in (watch, other)
        ]

    assert [one.status_code for one in answers] == [400, 200]
