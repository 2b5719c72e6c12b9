"""The Kraken simulator: orders that change, in place or into another."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.simulators.kraken_clients import World, opened

LIMIT = {"ordertype": "limit", "price": "50000.0", "volume": "0.04"}


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with opened(balances={"ZUSD": "10000", "XXBT": "1"}) as world:
        yield world


async def test_an_amend_changes_price_and_volume_and_keeps_both_ids(world: World) -> None:
    txid = await world.place(**LIMIT, cl_ord_id="mine")

    by_txid = await world.private("AmendOrder", txid=txid, limit_price="49000.0")
    by_client_id = await world.private("AmendOrder", cl_ord_id="mine", order_qty="0.05")

    order = await world.order(txid)
    assert by_txid["amend_id"].startswith("T")
    assert by_txid != by_client_id
    assert (order["cl_ord_id"], order["misc"], order["status"]) == ("mine", "amended", "open")
    assert order["descr"]["order"] == "buy 0.05000000 XBTUSD @ limit 49000.0"
    assert (order["vol"], order["descr"]["price"]) == ("0.05000000", "49000.0")
    assert world.sim.modifies_received == 2
    assert world.sim.orders_received == 1


async def test_an_amended_limit_that_crosses_fills_as_a_taker(world: World) -> None:
    txid = await world.place(**LIMIT)

    await world.private("AmendOrder", txid=txid, limit_price="60500")

    order = await world.order(txid)
    [trade] = (await world.private("QueryTrades", txid=order["trades"][0])).values()
    assert (order["status"], order["price"], trade["maker"]) == ("closed", "60010.00000", False)


async def test_an_amend_keeps_fills_and_ends_what_is_not_above_them(world: World) -> None:
    txid = await world.place(**LIMIT)
    world.sim.fill(txid, "0.01", "50000")

    await world.private("AmendOrder", txid=txid, order_qty="0.03")
    smaller = await world.order(txid)
    await world.private("AmendOrder", txid=txid, order_qty="0.01")

    ended = await world.order(txid)
    assert (smaller["vol"], smaller["vol_exec"], smaller["status"]) == (
        "0.03000000",
        "0.01000000",
        "open",
    )
    assert (ended["status"], ended["vol_exec"]) == ("canceled", "0.01000000")


async def test_a_stop_s_trigger_is_amended_under_its_own_name(world: World) -> None:
    stop = await world.place(type="sell", ordertype="stop-loss", price="58000")
    both = await world.place(
        type="sell", ordertype="stop-loss-limit", price="58000", price2="57000"
    )

    await world.private("AmendOrder", txid=stop, trigger_price="58500.0")
    refused = await world.refused("AmendOrder", txid=stop, limit_price="59000")
    await world.private("AmendOrder", txid=both, trigger_price="58600", limit_price="57100")

    assert refused == ["EOrder:Invalid limit price"]
    assert (await world.order(stop))["descr"]["price"] == "58500.0"
    descr = (await world.order(both))["descr"]
    assert (descr["price"], descr["price2"]) == ("58600.0", "57100.0")


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({}, "EGeneral:Invalid arguments"),
    ({"order_qty": "x"}, "EGeneral:Invalid arguments:order_qty"),
    ({"order_qty": "0"}, "EGeneral:Invalid arguments:volume"),
    ({"order_qty": "0.00001"}, "EGeneral:Invalid arguments:volume minimum not met"),
    ({"order_qty": "1"}, "EOrder:Insufficient funds"),
    ({"limit_price": "49000", "order_qty": "1"}, "EOrder:Insufficient funds"),
    ({"limit_price": "x"}, "EGeneral:Invalid arguments:limit_price"),
    ({"trigger_price": "49000"}, "EOrder:Invalid trigger price"),
    ({"limit_price": "60500", "post_only": "true"}, "EOrder:Post only order"),
    ({"deadline": "2026-11-18T16:00:00Z", "order_qty": "0.03"}, "EService:Deadline elapsed"),
    (
        {"limit_price": "49000.01"},
        "EOrder:Invalid price:BTC/USD price can only be specified up to 1 decimals.",
    ),
]


@pytest.mark.parametrize(("changes", "words"), REFUSED)
async def test_a_refused_amend_changes_nothing(
    world: World, changes: dict[str, Any], words: str
) -> None:
    txid = await world.place(**LIMIT)
    before = await world.order(txid)

    assert await world.refused("AmendOrder", txid=txid, **changes) == [words]
    assert await world.order(txid) == before


async def test_only_open_orders_are_amended(world: World) -> None:
    filled = await world.place(cl_ord_id="filled")
    never = "OZZZZZ-ZZZZZ-ZZZZZZ"

    for wanted in ({"txid": filled}, {"cl_ord_id": "filled"}):
        refused = await world.refused("AmendOrder", **wanted, order_qty="1")
        assert refused == ["EOrder:Unknown order"]
    assert await world.refused("AmendOrder", txid=never, order_qty="1") == ["EOrder:Invalid order"]
    without = await world.refused("AmendOrder", order_qty="1")
    assert without == ["EGeneral:Invalid arguments:cl_ord_id"]


async def test_an_edit_makes_another_order_without_the_client_id(world: World) -> None:
    old = await world.place(**LIMIT, cl_ord_id="mine", oflags="post")

    edited = await world.private("EditOrder", txid=old, pair="XBTUSD", price="49000", volume="0.05")

    new = edited["txid"]
    assert edited == {
        "status": "ok",
        "txid": new,
        "originaltxid": old,
        "volume": "0.05000000",
        "price": "49000.0",
        "price2": "0",
        "orders_cancelled": 1,
        "descr": {"order": "buy 0.05000000 XBTUSD @ limit 49000.0"},
    }
    before, after = await world.order(old), await world.order(new)
    assert (before["status"], before["reason"]) == ("canceled", "Order replaced")
    assert (after["status"], after["refid"], after["oflags"]) == ("open", old, "fciq")
    assert "cl_ord_id" not in after
    assert (world.sim.modifies_received, world.sim.orders_received) == (1, 1)


async def test_an_edit_uses_what_the_old_order_held(world: World) -> None:
    old = await world.place(ordertype="limit", price="50000", volume="0.19")

    edited = await world.private("EditOrder", txid=old, pair="XBTUSD", volume="0.195")

    assert await world.status(edited["txid"]) == "open"


async def test_an_edit_of_a_part_leaves_the_fills_with_the_old_order(world: World) -> None:
    old = await world.place(**LIMIT)
    world.sim.fill(old, "0.01", "50000")

    below = await world.refused("EditOrder", txid=old, pair="XBTUSD", volume="0.01")
    edited = await world.private("EditOrder", txid=old, pair="XBTUSD", volume="0.03")

    assert below == ["EOrder:Not enough leaves qty"]
    assert edited["volume"] == "0.02000000"
    assert (await world.order(old))["vol_exec"] == "0.01000000"
    assert (await world.order(edited["txid"]))["vol_exec"] == "0.00000000"


async def test_an_edit_finds_its_order_by_a_reference_that_only_one_has(world: World) -> None:
    await world.place(**LIMIT, userref="7")
    edited = await world.private("EditOrder", txid=7, pair="XBTUSD", price="49000", userref="8")
    assert (await world.order(edited["txid"]))["userref"] == 8

    for _ in range(2):
        await world.place(ordertype="limit", price="50000", userref="9")
    refused = await world.refused("EditOrder", txid=9, pair="XBTUSD", price="49000")
    assert refused == ["EGeneral:Invalid arguments:userref"]


async def test_an_edit_is_validated_without_doing_anything(world: World) -> None:
    old = await world.place(**LIMIT)

    answer = await world.private(
        "EditOrder", txid=old, pair="XBTUSD", price="49000", validate="true"
    )

    assert (answer["orders_cancelled"], answer["price"]) == (0, "49000.0")
    assert "txid" not in answer
    assert await world.status(old) == "open"
    assert (world.sim.modifies_received, world.sim.validations_received) == (0, 1)


async def test_orders_that_leave_others_behind_or_have_triggered_are_not_edited(
    world: World,
) -> None:
    closing = await world.place(**LIMIT, close__ordertype="limit", close__price="70000")
    stop = await world.place(
        type="sell", ordertype="stop-loss-limit", price="60005", price2="70000"
    )

    for txid in (closing, stop):
        refused = await world.refused("EditOrder", txid=txid, pair="XBTUSD", volume="0.02")
        assert refused == ["EOrder:Order not editable"]
    elsewhere = await world.refused("EditOrder", txid=closing, pair="ETHUSD", volume="0.02")
    assert elsewhere == ["EGeneral:Invalid arguments:pair"]
