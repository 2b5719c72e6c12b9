"""The Kraken simulator: the life of an order, through krakenex."""

from collections.abc import AsyncIterator
from decimal import Decimal
from urllib.parse import parse_qs

import pytest

from tests.simulators.kraken_clients import World, opened, order_fields

UUID = "6d1b345e-2821-40e2-ad83-4ecb18a06876"
LIMIT = {"ordertype": "limit", "price": "50000.0"}


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with opened() as world:
        yield world


async def test_a_market_order_is_filled_at_the_touch_with_the_taker_s_fee(world: World) -> None:
    placed = await world.private("AddOrder", **order_fields({}))

    [txid] = placed["txid"]
    order = await world.order(txid)
    assert placed["descr"] == {"order": "buy 0.01000000 XBTUSD @ market"}
    assert (order["status"], order["vol"], order["vol_exec"]) == (
        "closed",
        "0.01000000",
        "0.01000000",
    )
    assert (order["price"], order["cost"], order["fee"]) == ("60010.00000", "600.10000", "4.80080")
    assert len(order["trades"]) == 1
    assert await world.private("Balance") == {"ZUSD": "99395.0992", "XXBT": "0.0100000000"}


async def test_the_entry_of_an_order_has_the_fields_and_texts_that_kraken_shows(
    world: World,
) -> None:
    txid = await world.place(**LIMIT, cl_ord_id=UUID)

    open_orders = await world.private("OpenOrders")

    assert open_orders == {
        "open": {
            txid: {
                "refid": None,
                "userref": 0,
                "cl_ord_id": UUID,
                "status": "open",
                "opentm": 1795021200.0,
                "starttm": 0,
                "expiretm": 0,
                "descr": {
                    "pair": "XBTUSD",
                    "aclass": "forex",
                    "type": "buy",
                    "ordertype": "limit",
                    "price": "50000.0",
                    "price2": "0",
                    "leverage": "none",
                    "order": "buy 0.01000000 XBTUSD @ limit 50000.0",
                    "close": "",
                },
                "time_in_force": "gtc",
                "vol": "0.01000000",
                "vol_exec": "0.00000000",
                "cost": "0.00000",
                "fee": "0.00000",
                "price": "0.00000",
                "stopprice": "0.00000",
                "limitprice": "0.00000",
                "margin": False,
                "misc": "",
                "oflags": "fciq",
            }
        }
    }
    assert parse_qs(world.sim.orders_bodies[0].decode())["cl_ord_id"] == [UUID]
    assert world.sim.orders_received == 1


async def test_a_limit_rests_and_fills_at_its_own_price_as_a_maker(world: World) -> None:
    txid = await world.place(**LIMIT)
    resting = await world.status(txid)

    world.sim.market.set("XBTUSD", bid="49000", ask="49500")
    unmatched = await world.status(txid)
    world.sim.match()

    filled = await world.order(txid)
    [trade] = (await world.private("QueryTrades", txid=filled["trades"][0])).values()
    assert resting == unmatched == "open"
    assert filled["status"] == "closed"
    assert (filled["price"], filled["fee"]) == ("50000.00000", "2.00000")
    assert trade["maker"] is True


async def test_a_limit_that_crosses_fills_at_the_touch_as_a_taker(world: World) -> None:
    txid = await world.place(ordertype="limit", price="61000")

    order = await world.order(txid)

    assert (order["status"], order["price"], order["fee"]) == ("closed", "60010.00000", "4.80080")


async def test_a_client_id_is_unique_among_open_orders_only(world: World) -> None:
    first = await world.place(**LIMIT, cl_ord_id=UUID)
    taken = await world.order_refused(**LIMIT, cl_ord_id=UUID)
    await world.private("CancelOrder", txid=first)

    second = await world.place(cl_ord_id=UUID)
    third = await world.place(cl_ord_id=UUID)

    closed = (await world.private("ClosedOrders", cl_ord_id=UUID))["closed"]
    assert taken == ["EGeneral:Invalid arguments:cl_ord_id not unique"]
    assert set(closed) == {first, second, third}
    assert world.sim.order(UUID).txid == third


async def test_an_order_fills_in_parts_with_a_trade_each(world: World) -> None:
    world.sim.fill_in_parts(3)
    txid = await world.place(volume="0.1")
    first = await world.order(txid)
    for _ in range(2):
        world.watch.advance(seconds=1)
        world.sim.match()

    last = await world.order(txid)
    trades = (await world.private("TradesHistory"))["trades"]
    assert (first["status"], first["vol_exec"], first["misc"]) == ("open", "0.03333333", "partial")
    assert (last["status"], last["vol_exec"], last["misc"]) == ("closed", "0.10000000", "")
    assert list(trades) == list(reversed(last["trades"]))
    volumes = [Decimal(trade["vol"]) for trade in trades.values()]
    assert volumes == [Decimal("0.03333334"), Decimal("0.03333333"), Decimal("0.03333333")]


async def test_another_order_s_arrival_fills_no_further_part(world: World) -> None:
    world.sim.fill_in_parts(2)
    first = await world.place(volume="0.04")

    await world.place(volume="0.02")

    assert (await world.order(first))["vol_exec"] == "0.02000000"


async def test_a_test_can_fill_at_any_volume_and_price(world: World) -> None:
    txid = await world.place(ordertype="limit", price="50000", volume="0.04", cl_ord_id="mine")

    world.sim.fill(txid, "0.01", "49000", maker=True)
    world.sim.fill("mine", "0.03", "48000")

    order = await world.order(txid)
    assert (order["status"], order["price"], order["cost"]) == (
        "closed",
        "48250.00000",
        "1930.00000",
    )
    assert order["fee"] == "13.48000"


async def test_any_status_word_can_be_shown(world: World) -> None:
    txid = await world.place(**LIMIT)
    shown = []
    for word in ("pending", "open", "expired", "a_new_word"):
        world.sim.set_status(txid, word, reason="because")
        shown.append((await world.order(txid))["status"])

    assert shown == ["pending", "open", "expired", "a_new_word"]
    assert (await world.order(txid))["reason"] == "because"


async def test_a_validated_order_is_described_and_does_nothing(world: World) -> None:
    answer = await world.private("AddOrder", **order_fields({**LIMIT, "validate": True}))

    assert answer == {"descr": {"order": "buy 0.01000000 XBTUSD @ limit 50000.0"}}
    assert await world.private("OpenOrders") == {"open": {}}
    assert (world.sim.orders, world.sim.orders_received) == ([], 0)
    assert world.sim.validations_received == 1


async def test_validation_checks_arguments_but_no_funds(world: World) -> None:
    rich = {"volume": "1000", "validate": "true"}
    poor = {"volume": "0.00001", "validate": "true"}

    assert "txid" not in await world.private("AddOrder", **order_fields(rich))
    assert await world.order_refused(**poor) == [
        "EGeneral:Invalid arguments:volume minimum not met"
    ]


async def test_python_s_false_validates_and_only_leaving_it_away_places(world: World) -> None:
    """A trap of krakenex, which writes it as "False"."""
    answer = await world.private("AddOrder", **order_fields({"validate": False}))
    placed = await world.private("AddOrder", **order_fields({"validate": "false"}))

    assert "txid" not in answer
    assert "txid" in placed
    assert world.sim.validations_received == 1


async def test_orders_are_read_by_id_with_filters_and_unknown_ids_are_left_out(
    world: World,
) -> None:
    mine = await world.place(**LIMIT, cl_ord_id="mine")
    other = await world.place(**LIMIT, userref="5")

    never = "OZZZZZ-ZZZZZ-ZZZZZZ"
    assert set(await world.private("QueryOrders", txid=f"{mine}, {other},{never}")) == {mine, other}
    assert await world.private("QueryOrders", txid=never) == {}
    assert await world.private("QueryOrders", txid=mine, cl_ord_id="other") == {}
    assert list(await world.private("QueryOrders", txid=mine, cl_ord_id="mine")) == [mine]
    assert list((await world.private("OpenOrders", cl_ord_id="mine"))["open"]) == [mine]
    assert list((await world.private("OpenOrders", userref=5))["open"]) == [other]
    assert (await world.private("OpenOrders", cl_ord_id="nobody"))["open"] == {}
    assert await world.refused("QueryOrders", cl_ord_id="mine") == ["EGeneral:Invalid arguments"]
    many = ",".join([mine] * 51)
    assert await world.refused("QueryOrders", txid=many) == ["EGeneral:Invalid arguments"]


async def test_trades_are_listed_with_an_order_only_where_they_are_asked_for(world: World) -> None:
    txid = await world.place()

    without = await world.private("QueryOrders", txid=txid)

    assert "trades" not in without[txid]
    assert (await world.order(txid))["trades"]


async def test_reads_can_lag_behind_what_was_accepted(world: World) -> None:
    before = await world.place(**LIMIT, cl_ord_id="before")
    world.sim.let_reads_lag()
    await world.private("AmendOrder", txid=before, limit_price="50001.0")
    after = await world.place(cl_ord_id="after")

    lagging = await world.order(before)
    unseen = await world.private("QueryOrders", txid=after)
    closed = await world.private("ClosedOrders", cl_ord_id="after")
    trades = await world.private("TradesHistory")
    taken = await world.order_refused(**LIMIT, cl_ord_id="before")
    world.sim.let_reads_catch_up()

    assert lagging["descr"]["price"] == "50000.0"
    assert (unseen, closed["count"], trades["count"]) == ({}, 0, 0)
    assert taken == ["EGeneral:Invalid arguments:cl_ord_id not unique"]
    assert (await world.order(before))["descr"]["price"] == "50001.0"
    assert await world.status(after) == "closed"
