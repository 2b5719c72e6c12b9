"""The Binance simulator: who may do what, and whose signature holds."""

import hashlib
import hmac
import time
from collections.abc import AsyncIterator

import pytest
from binance import AsyncClient

from tests.simulators.binance import BinanceSimulator
from tests.simulators.binance_clients import KEY, SECRET, World, opened, raw, refusal

BAD_SIGNATURE = (400, -1022, "Signature for this request is not valid.")
REJECTED_KEY = (401, -2015, "Invalid API-key, IP, or permissions for action.")


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with opened() as world:
        yield world


def signed(payload: str, secret: str = SECRET) -> str:
    return hmac.new(secret.encode(), payload.encode(), hashlib.sha256).hexdigest()


def now() -> int:
    return int(time.time() * 1000)


async def test_reads_and_orders_of_python_binance_are_signed_right(world: World) -> None:
    account = await world.client.get_account()
    placed = await world.place()

    assert account["canTrade"] is True
    assert placed["status"] == "NEW"


async def test_the_documentation_s_own_example_holds(world: World) -> None:
    payload = (
        "symbol=LTCBTC&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=0.1"
        "&recvWindow=5000&timestamp=1499827319559"
    )

    assert signed(payload) == "c8db56825ae71d6d79447849e617115f4a920fa2acdcab2b053c4b2838bd6b71"


async def test_a_wrong_secret_is_refused(world: World) -> None:
    client = world.another(secret="of somebody else")

    assert await refusal(client.get_account()) == BAD_SIGNATURE
    assert await refusal(client.cancel_order(symbol="BTCUSDT", orderId=1)) == BAD_SIGNATURE


async def test_a_query_that_was_tampered_with_is_refused(world: World) -> None:
    query = f"symbol=BTCUSDT&timestamp={now()}"
    signature = signed(query)

    right = await raw(world, "GET", f"/api/v3/openOrders?{query}&signature={signature}")
    wrong = await raw(
        world, "GET", f"/api/v3/openOrders?{query}&symbol2=ETHUSDT&signature={signature}"
    )

    assert right == (200, [])
    assert wrong == (400, {"code": -1022, "msg": BAD_SIGNATURE[2]})


async def test_a_body_that_was_tampered_with_is_refused(world: World) -> None:
    body = (
        "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.5&price=50000"
        f"&timestamp={now()}"
    )
    signature = signed(body)

    more = body.replace("quantity=0.5", "quantity=1.5")
    wrong = await raw(world, "POST", "/api/v3/order", body=f"{more}&signature={signature}")
    right = await raw(world, "POST", "/api/v3/order", body=f"{body}&signature={signature}")

    assert wrong[1]["code"] == -1022
    assert right[0] == 200
    assert len(world.sim.orders) == 1


async def test_the_signature_is_over_the_bytes_in_their_order(world: World) -> None:
    at = now()
    signature = signed(f"symbol=BTCUSDT&timestamp={at}")

    status, body = await raw(
        world, "GET", f"/api/v3/openOrders?timestamp={at}&symbol=BTCUSDT&signature={signature}"
    )

    assert (status, body["code"]) == (400, -1022)


@pytest.mark.parametrize("case", [str.lower, str.upper])
async def test_query_and_body_are_signed_together_with_nothing_between(
    world: World, case: type[str]
) -> None:
    query = "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC"
    body = f"quantity=0.5&price=50000&timestamp={now()}"
    signature = case(signed(query + body))

    status, placed = await raw(
        world, "POST", f"/api/v3/order?{query}", body=f"{body}&signature={signature}"
    )

    assert (status, placed["status"]) == (200, "NEW")


async def test_python_binance_cannot_sign_a_client_id_that_must_be_escaped(world: World) -> None:
    """It signs the form before aiohttp escapes it; ids of letters, digits, - and _ are safe."""
    assert await world.refused(newClientOrderId="a:b") == BAD_SIGNATURE
    assert world.sim.orders == []


async def test_a_get_parameter_of_python_binance_is_sent_as_it_is(world: World) -> None:
    """What the adapter must not pass on: an ampersand begins another parameter."""
    code = await refusal(world.client.get_open_orders(symbol="BTCUSDT", orderId="1&limit=5"))

    assert code[1] == -1104
    assert "orderId=1&limit=5" in world.sim.received[-1].raw_query


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        ({}, -1102, "Mandatory parameter 'timestamp' was not sent"),
        ({"timestamp": "yesterday"}, -1100, "'timestamp'; legal range is '^[0-9]{1,20}$'"),
        ({"timestamp": "now", "recvWindow": "60001"}, -1102, "Cannot be greater than 60000"),
        ({"timestamp": "-6000"}, -1021, "outside of the recvWindow"),
        ({"timestamp": "-6000", "recvWindow": "5000.5"}, -1021, "outside of the recvWindow"),
        ({"timestamp": "+1100"}, -1021, "1000ms ahead of the server's time"),
    ],
)
async def test_timestamps(world: World, change: dict[str, str], code: int, words: str) -> None:
    sent = dict(change)
    if sent.get("timestamp", "")[:1] in {"-", "+"}:
        sent["timestamp"] = str(now() + int(sent["timestamp"]))
    if sent.get("timestamp") == "now":
        sent["timestamp"] = str(now())
    query = "&".join(f"{name}={value}" for name, value in sent.items())

    status, body = await raw(world, "GET", f"/api/v3/account?{query}&signature={signed(query)}")

    assert (status, body["code"]) == (400, code)
    assert words in body["msg"]


async def test_a_longer_window_and_microseconds_are_fine(world: World) -> None:
    for at in (f"{now() - 20_000}", f"{(now() - 20_000) * 1000}"):
        query = f"recvWindow=30000.125&timestamp={at}"
        status, _ = await raw(world, "GET", f"/api/v3/account?{query}&signature={signed(query)}")
        assert status == 200


async def test_a_clock_that_is_off_is_refused_until_the_client_has_asked_for_the_time(
    world: World,
) -> None:
    world.sim.set_clock_ahead(90)
    refused = await refusal(world.client.get_account())

    ours = now()
    world.client.timestamp_offset = (await world.client.get_server_time())["serverTime"] - ours

    assert refused[1] == -1021
    assert (await world.client.get_account())["canTrade"] is True


async def test_keys_that_are_none_unknown_or_revoked(world: World) -> None:
    nobody = world.another(key="")
    stranger = world.another(key="unknown")
    world.sim.add_person("other", SECRET)
    other = world.another(key="other")
    before = await other.get_account()
    world.sim.revoke("other")

    assert await refusal(nobody.get_account()) == (401, -2014, "API-key format invalid.")
    assert await refusal(stranger.get_account()) == REJECTED_KEY
    assert before["uid"] != (await world.client.get_account())["uid"]
    assert await refusal(other.get_account()) == REJECTED_KEY


async def test_what_a_key_may_do(world: World) -> None:
    world.person.rights.spot_trading = False
    reads = (await world.client.get_account())["canTrade"]
    no_trade = await world.refused()
    world.person.rights.reading = False

    assert reads is True
    assert no_trade == REJECTED_KEY
    assert await refusal(world.client.get_account()) == REJECTED_KEY
    assert await world.client.ping() == {}


async def test_a_key_for_other_addresses_opens_nothing_from_here(world: World) -> None:
    world.person.rights.ip_restricted = True
    trusted = await world.client.get_account_api_permissions()
    world.person.rights.trusted = False

    assert trusted["ipRestrict"] is True
    assert await refusal(world.client.get_account_api_permissions()) == REJECTED_KEY


async def test_a_restricted_region_gets_nothing_at_all(world: World) -> None:
    world.sim.restrict_region()
    status, code, message = await refusal(world.client.ping())
    order = await world.refused()
    world.sim.restrict_region(restricted=False)

    assert (status, code) == (451, 0)
    assert "restricted location" in message
    assert order[0] == 451
    assert world.sim.orders == []
    assert await world.client.ping() == {}


async def test_create_asks_for_ping_and_time_of_the_class_s_address(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with BinanceSimulator() as sim:
        sim.add_person(KEY, SECRET)
        sim.set_clock_ahead(90)
        monkeypatch.setattr(AsyncClient, "API_URL", sim.api_url)

        client = await AsyncClient.create(KEY, SECRET)
        account = await client.get_account()
        await client.close_connection()

        paths = [one.path for one in sim.received]
        assert paths == ["/api/v3/ping", "/api/v3/time", "/api/v3/account"]
        assert account["canTrade"] is True
