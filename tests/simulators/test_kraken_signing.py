"""The Kraken simulator: who is let in, and what a key may do."""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import timedelta

import krakenex
import pytest
import requests

from tests.simulators.kraken.people import TRADING
from tests.simulators.kraken.signing import signature
from tests.simulators.kraken_clients import (
    KEY,
    OTHER_KEY,
    OTHER_SECRET,
    SECRET,
    World,
    opened,
    order_fields,
)


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with opened() as world:
        yield world


def post(world: World, path: str, body: bytes, sign: str, key: str = KEY) -> requests.Response:
    headers = {"API-Key": key, "API-Sign": sign}
    headers["Content-Type"] = "application/x-www-form-urlencoded"
    return requests.post(f"{world.sim.url}{path}", data=body, headers=headers, timeout=5)


def test_the_signature_is_the_one_of_kraken_s_own_example() -> None:
    """https://docs.kraken.com/exchange/guides/rest/authentication."""
    secret = (
        "kQH5HW/8p1uGOVjbgWA7FunAmGO8lsSUXNsu3eow76sz84Q18fWxnyRzBHCd3pd5nE9qa99HAZtuZuj6F1huXg=="
    )
    body = b"nonce=1616492376594&ordertype=limit&pair=XBTUSD&price=37500&type=buy&volume=1.25"

    signed = signature(secret, "/0/private/AddOrder", "1616492376594", body)

    assert signed == (
        "4/dpxb3iT4tp/ZCVEwSnEsLxx0bqyhLpdfOpc6fn7OR8+UClSV5n9E6aSS8MPtnRfp32bAb0nmbRn6H8ndwLUQ=="
    )


async def test_krakenex_is_let_in_and_known_by_its_key(world: World) -> None:
    balance = await world.private("Balance")

    assert balance == {"ZUSD": "100000.0000"}
    assert [one.person for one in world.sim.received] == ["person 1"]


async def test_the_signature_is_that_of_the_bytes_and_not_of_what_they_mean(world: World) -> None:
    path = "/0/private/Balance"
    plain, escaped = b"nonce=7&asset=XBT", b"nonce=7&asset=X%42T"
    sign = signature(SECRET, path, "7", plain)

    other = await asyncio.to_thread(post, world, path, escaped, sign)
    same = await asyncio.to_thread(post, world, path, plain, sign)

    assert other.json() == {"error": ["EAPI:Invalid signature"]}
    assert same.json()["error"] == []


async def test_a_signature_of_another_path_or_with_another_secret_is_refused(world: World) -> None:
    stranger = world.client(KEY, OTHER_SECRET)
    body = b"nonce=7"
    elsewhere = signature(SECRET, "/0/private/OpenOrders", "7", body)

    refused = await asyncio.to_thread(post, world, "/0/private/Balance", body, elsewhere)

    assert refused.json() == {"error": ["EAPI:Invalid signature"]}
    assert await stranger.refused("Balance") == ["EAPI:Invalid signature"]


async def test_unknown_missing_revoked_and_ended_keys_are_refused(world: World) -> None:
    unknown = world.client("nobody's")
    world.sim.add_key(world.person, OTHER_KEY, OTHER_SECRET)
    second = world.client(OTHER_KEY, OTHER_SECRET)
    before = await second.private("Balance")

    world.sim.revoke(KEY)
    world.sim.key(OTHER_KEY).valid_until = world.watch.at

    without = await asyncio.to_thread(requests.post, f"{world.sim.url}/0/private/Balance")
    assert without.json() == {"error": ["EAPI:Invalid key"]}
    assert await unknown.refused("Balance") == ["EAPI:Invalid key"]
    assert before == {"ZUSD": "100000.0000"}
    assert await world.refused("Balance") == ["EAPI:Invalid key"]
    assert await second.refused("Balance") == ["EAPI:Invalid key"]


async def test_a_nonce_must_rise_and_one_with_a_wrong_signature_is_not_taken(world: World) -> None:
    nonces = iter([10, 10, 9, 12, 11, 13])
    world.api._nonce = nonces.__next__

    first = await world.private("Balance")
    refusals = [await world.refused("Balance") for _ in range(2)]
    world.api.secret = OTHER_SECRET
    forged = await world.refused("Balance")
    world.api.secret = SECRET
    later = await world.private("Balance")

    assert refusals == [["EAPI:Invalid nonce"]] * 2
    assert forged == ["EAPI:Invalid signature"]
    assert first == later


async def test_each_key_has_nonces_of_its_own(world: World) -> None:
    world.sim.add_key(world.person, OTHER_KEY, OTHER_SECRET)
    second = world.client(OTHER_KEY, OTHER_SECRET)

    for client in (world, second):
        client.api._nonce = lambda: 5
        await client.private("Balance")

    assert await second.refused("Balance") == ["EAPI:Invalid nonce"]


async def test_a_nonce_window_takes_what_comes_late_once(world: World) -> None:
    world.sim.key(KEY).nonce_window = 10
    nonces = iter([100, 95, 95, 90])
    world.api._nonce = nonces.__next__

    taken = [await world.private("Balance") for _ in range(2)]

    assert len(taken) == 2
    assert await world.refused("Balance") == ["EAPI:Invalid nonce"]
    assert await world.refused("Balance") == ["EAPI:Invalid nonce"]


@pytest.mark.parametrize("nonce", ["", "x", "-1", "1.5", str(2**64)])
async def test_a_nonce_is_an_unsigned_number_of_64_bits(world: World, nonce: str) -> None:
    world.api._nonce = lambda: nonce

    assert await world.refused("Balance") == ["EAPI:Invalid nonce"]


async def test_krakenex_s_own_nonce_collides_within_a_millisecond(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The trap that an adapter must disarm."""
    api = krakenex.API(KEY, SECRET)
    api.uri = world.sim.url
    monkeypatch.setattr(time, "time", lambda: 1_790_000_000.1234)

    first = await asyncio.to_thread(api.query_private, "Balance")
    second = await asyncio.to_thread(api.query_private, "Balance")

    api.close()
    assert first["error"] == []
    assert second == {"error": ["EAPI:Invalid nonce"]}


async def test_krakenex_writes_its_nonce_into_the_caller_s_dictionary(world: World) -> None:
    """The other one."""
    data = {"asset": "ZUSD"}

    await asyncio.to_thread(world.api.query_private, "TradeBalance", data)

    assert data.keys() == {"asset", "nonce"}


NEEDED = [
    ("Balance", {}, {"query-funds"}),
    ("BalanceEx", {}, {"query-funds"}),
    ("TradeVolume", {}, {"query-funds"}),
    ("TradeBalance", {}, {"query-open-trades"}),
    ("OpenOrders", {}, {"query-open-trades"}),
    ("ClosedOrders", {}, {"query-closed-trades"}),
    ("TradesHistory", {}, {"query-closed-trades"}),
    ("QueryTrades", {"txid": "T"}, {"query-closed-trades"}),
    ("AddOrder", order_fields({}), {"modify-trades"}),
    ("AddOrder", order_fields({"validate": "true"}), {"modify-trades"}),
    ("CancelAll", {}, {"close-trades"}),
    ("CancelAll", {}, {"modify-trades"}),
    ("GetApiKeyInfo", {}, set()),
]


@pytest.mark.parametrize(("method", "data", "needed"), NEEDED)
async def test_a_method_needs_its_permission_and_no_other(
    world: World, method: str, data: dict[str, str], needed: set[str]
) -> None:
    key = world.sim.key(KEY)
    key.permissions = set(needed)
    allowed = await world.answer(method, **data)
    key.permissions = {"withdraw-funds", "create-ws-token"}
    without = await world.answer(method, **data)

    assert allowed["error"] == []
    assert without["error"] == (["EGeneral:Permission denied"] if needed else [])


async def test_an_edit_needs_both_permissions(world: World) -> None:
    txid = await world.place(ordertype="limit", price="50000")
    world.sim.key(KEY).permissions = {"modify-trades"}

    refused = await world.refused("EditOrder", txid=txid, pair="XBTUSD", volume="0.02")

    assert refused == ["EGeneral:Permission denied"]


async def test_query_orders_needs_the_permission_of_the_order_s_state(world: World) -> None:
    filled = await world.place()
    resting = await world.place(ordertype="limit", price="50000")
    world.sim.key(KEY).permissions = {"query-open-trades"}

    assert list(await world.private("QueryOrders", txid=resting)) == [resting]
    assert await world.refused("QueryOrders", txid=filled) == ["EGeneral:Permission denied"]
    both = await world.refused("QueryOrders", txid=f"{filled},{resting}")
    assert both == ["EGeneral:Permission denied"]


async def test_a_key_tells_about_itself_as_documented(world: World) -> None:
    key = world.sim.key(KEY)
    key.permissions.add("withdraw-funds")
    key.valid_until = world.watch.at + timedelta(days=1)
    key.ip_allowlist = ["203.0.113.4"]

    info = await world.private("GetApiKeyInfo")

    assert info["apiKeyName"] == "floorbroker"
    assert info["permissions"] == sorted({*TRADING, "withdraw-funds"})
    assert (info["nonceWindow"], info["nonce"]) == (0, "1")
    assert info["ipAllowlist"] == ["203.0.113.4"]
    assert info["validUntil"] == str(int(key.valid_until.timestamp()))
    assert info["lastUsed"] == str(int(world.watch.at.timestamp()))
    assert SECRET not in str(info)


async def test_a_key_tells_about_itself_as_two_clients_read_it(world: World) -> None:
    world.sim.show_key_info_in_snake_case()

    info = await world.private("GetApiKeyInfo")

    assert info["api_key_name"] == "floorbroker"
    assert info["nonce_window"] == "0"
    assert info["permissions"] == sorted(TRADING)


async def test_unknown_methods_and_public_posts_are_a_404(world: World) -> None:
    with pytest.raises(requests.HTTPError) as unknown:
        await world.answer("Withdraw")
    posted = await asyncio.to_thread(requests.post, f"{world.sim.url}/0/public/Time")

    assert unknown.value.response is not None
    assert unknown.value.response.status_code == posted.status_code == 404
    assert unknown.value.response.json() == {"error": ["EGeneral:Unknown method"]}


async def test_people_share_nothing(world: World) -> None:
    world.sim.add_person(OTHER_KEY, OTHER_SECRET, balances={"XBT": "2"}, name="two")
    other = world.client(OTHER_KEY, OTHER_SECRET)
    txid = await world.place(ordertype="limit", price="50000", cl_ord_id="mine")
    await other.private(
        "AddOrder",
        **order_fields({"type": "sell", "ordertype": "limit", "price": "70000"}),
        cl_ord_id="mine",
    )

    assert await other.private("QueryOrders", txid=txid) == {}
    assert await other.refused("CancelOrder", txid=txid) == ["EOrder:Unknown order"]
    assert len((await other.private("OpenOrders"))["open"]) == 1
    assert await other.private("Balance") == {"XXBT": "2.0000000000"}
    assert await world.status(txid) == "open"
    assert {one.person for one in world.sim.received} == {"person 1", "two"}
