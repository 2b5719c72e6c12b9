"""The Kraken simulator: what is refused, in Kraken's words inside a 200."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from tests.simulators.kraken_clients import World, opened, order_fields

LIMIT = {"ordertype": "limit", "price": "50000.0"}


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with opened() as world:
        yield world


ARGUMENTS = [
    ({"type": "hold"}, "type"),
    ({"type": None}, "type"),
    ({"ordertype": "stop"}, "ordertype"),
    ({"volume": None}, "volume"),
    ({"volume": "0"}, "volume"),
    ({"volume": "-1"}, "volume"),
    ({"volume": "1e3"}, "volume"),
    ({"volume": "NaN"}, "volume"),
    ({"volume": "0.123456789"}, "volume"),
    ({"ordertype": "limit"}, "price"),
    ({"ordertype": "limit", "price": "x"}, "price"),
    ({"ordertype": "limit", "price": "5%"}, "price"),
    ({"ordertype": "stop-loss-limit", "price": "58000"}, "price2"),
    ({"ordertype": "trailing-stop", "price": "58000"}, "price"),
    ({"ordertype": "trailing-stop", "price": "-5%"}, "price"),
    ({"oflags": "hidden"}, "oflags"),
    ({"oflags": "fcib,fciq"}, "oflags"),
    ({"oflags": "post"}, "oflags"),
    ({"oflags": "viqc", "type": "sell"}, "viqc"),
    ({"oflags": "viqc", **LIMIT}, "viqc"),
    ({"timeinforce": "DAY"}, "timeinforce"),
    ({"timeinforce": "IOC"}, "timeinforce"),
    ({**LIMIT, "timeinforce": "GTD"}, "expiretm"),
    ({**LIMIT, "timeinforce": "GTD", "expiretm": "+4"}, "expiretm"),
    ({**LIMIT, "expiretm": "tomorrow"}, "expiretm"),
    ({"trigger": "mark"}, "trigger"),
    ({"userref": "mine"}, "userref"),
    ({"cl_ord_id": "mine", "userref": "1"}, "cl_ord_id"),
    ({"cl_ord_id": "x" * 19}, "cl_ord_id"),
    ({"cl_ord_id": "ö"}, "cl_ord_id"),
    ({"cl_ord_id": "6d1b345e-2821-40e2-ad83-4ecb18a0687g"}, "cl_ord_id"),
    ({"leverage": "five"}, "leverage"),
    ({"deadline": "soon"}, "deadline"),
    ({"close__ordertype": "limit"}, "close[price]"),
    ({"close__ordertype": "bracket", "close__price": "1"}, "close[ordertype]"),
    ({"pair": None}, "pair"),
]


@pytest.mark.parametrize(("fields", "named"), ARGUMENTS)
async def test_an_argument_that_cannot_be_is_named(
    world: World, fields: dict[str, str], named: str
) -> None:
    assert await world.order_refused(**fields) == [f"EGeneral:Invalid arguments:{named}"]
    assert world.sim.orders == []
    assert world.sim.orders_received == 1


CLIENT_IDS = [
    "6d1b345e-2821-40e2-ad83-4ecb18a06876",
    "DA8E4AD59B78481C93E589746B0CF91F",
    "arb-20240509-00010",
]


@pytest.mark.parametrize("cl_ord_id", CLIENT_IDS)
async def test_a_client_id_is_a_uuid_or_up_to_18_characters(world: World, cl_ord_id: str) -> None:
    txid = await world.place(cl_ord_id=cl_ord_id)

    assert (await world.order(txid))["cl_ord_id"] == cl_ord_id


async def test_an_order_is_not_below_the_pair_s_minima(world: World) -> None:
    small = await world.order_refused(volume="0.00004999")
    cheap = await world.order_refused(ordertype="limit", price="4999.9", volume="0.0001")
    least = await world.place(volume="0.00005")

    assert small == ["EGeneral:Invalid arguments:volume minimum not met"]
    assert cheap == ["EOrder:Cost minimum not met"]
    assert await world.status(least) == "closed"


async def test_a_price_has_the_pair_s_decimals_and_ticks(world: World) -> None:
    fine = await world.order_refused(ordertype="limit", price="50000.01")
    other = await world.order_refused(pair="SOLUSD", ordertype="limit", price="1.001", volume="1")
    world.sim.catalogue.pairs["SOLUSD"].tick_size *= 5
    between = await world.order_refused(pair="SOLUSD", ordertype="limit", price="1.01", volume="1")
    zeros = await world.place(ordertype="limit", price="50000.10000")

    assert fine == ["EOrder:Invalid price:BTC/USD price can only be specified up to 1 decimals."]
    assert other == ["EOrder:Invalid price:SOL/USD price can only be specified up to 2 decimals."]
    assert between == ["EOrder:Tick size check failed"]
    assert await world.order_refused(ordertype="limit", price="0") == ["EOrder:Invalid price"]
    assert (await world.order(zeros))["descr"]["price"] == "50000.1"


async def test_no_order_costs_more_than_is_there_fees_included(world: World) -> None:
    world.sim.set_balance(world.person, "USD", "600.10")

    without_fee = await world.order_refused()
    world.sim.set_balance(world.person, "USD", "604.9009")
    txid = await world.place()
    nothing_left = await world.order_refused(volume="0.00005")

    assert without_fee == nothing_left == ["EOrder:Insufficient funds"]
    assert await world.status(txid) == "closed"
    assert await world.order_refused(type="sell", volume="0.02") == ["EOrder:Insufficient funds"]


async def test_what_open_orders_hold_is_not_there_for_others_until_they_end(world: World) -> None:
    world.sim.set_balance(world.person, "USD", "1000")
    world.sim.set_balance(world.person, "XBT", "0.02")
    bid = await world.place(**LIMIT, volume="0.0198")
    offer = await world.place(type="sell", ordertype="limit", price="70000", volume="0.015")

    held = await world.private("BalanceEx")
    more = [await world.order_refused(type=side) for side in ("buy", "sell")]
    await world.private("CancelAll")

    assert held == {
        "ZUSD": {"balance": "1000.0000", "hold_trade": "997.9200"},
        "XXBT": {"balance": "0.0200000000", "hold_trade": "0.0150000000"},
    }
    assert more == [["EOrder:Insufficient funds"]] * 2
    assert await world.status(bid) == await world.status(offer) == "canceled"
    assert await world.status(await world.place(type="sell")) == "closed"


@pytest.mark.parametrize("name", ["XXBTZUSD", "XBTUSD", "BTC/USD", "BTCUSD", "xbtusd"])
async def test_a_pair_is_taken_by_its_names_and_shown_by_its_altname(
    world: World, name: str
) -> None:
    order = await world.order(await world.place(pair=name))

    assert order["descr"]["pair"] == "XBTUSD"


@pytest.mark.parametrize("name", ["XBT/USD", "XBT-USD", "FOOUSD", "BTC"])
async def test_other_names_are_unknown_even_a_wsname_with_xbt(world: World, name: str) -> None:
    assert await world.order_refused(pair=name) == ["EQuery:Unknown asset pair"]


@pytest.mark.parametrize(
    ("status", "fields", "refused"),
    [
        ("cancel_only", {**LIMIT, "oflags": "post"}, True),
        ("post_only", LIMIT, True),
        ("post_only", {**LIMIT, "oflags": "post"}, False),
        ("limit_only", {}, True),
        ("limit_only", LIMIT, False),
    ],
)
async def test_a_pair_s_mode_keeps_orders_out(
    world: World, status: str, fields: dict[str, str], refused: bool
) -> None:
    world.sim.set_pair_status("BTC/USD", status)

    answer = await world.answer("AddOrder", **order_fields(fields))

    assert answer["error"] == ([f"EService:Market in {status} mode"] if refused else [])


async def test_the_exchange_s_mode_keeps_orders_out_and_maintenance_cancels_too(
    world: World,
) -> None:
    txid = await world.place(**LIMIT)
    world.sim.set_system_status("cancel_only")
    new = await world.order_refused(**LIMIT)
    world.sim.set_system_status("maintenance")
    down = [
        await world.order_refused(**LIMIT),
        await world.refused("CancelOrder", txid=txid),
        await world.refused("CancelAll"),
        await world.refused("AmendOrder", txid=txid, order_qty="0.02"),
    ]
    status = await world.public("SystemStatus")
    world.sim.set_system_status("online")

    assert new == ["EService:Market in cancel_only mode"]
    assert down == [["EService:Unavailable"]] * 4
    assert status == {"status": "maintenance", "timestamp": "2026-11-18T17:00:00Z"}
    assert await world.private("CancelOrder", txid=txid) == {"count": 1}


async def test_leverage_needs_margin_and_a_level_of_the_pair(world: World) -> None:
    without = await world.order_refused(leverage="5")
    world.person.margin = True
    level = await world.order_refused(leverage="50")
    txid = await world.place(**LIMIT, leverage="5")

    order = await world.order(txid)
    assert without == ["EOrder:Cannot open position"]
    assert level == ["EGeneral:Invalid arguments:leverage"]
    assert (order["descr"]["leverage"], order["margin"]) == ("5:1", True)
    assert order["descr"]["order"].endswith(" @ limit 50000.0 with 5:1 leverage")


async def test_there_is_nothing_to_reduce_on_spot(world: World) -> None:
    refused = await world.order_refused(reduce_only="true")

    assert refused == ["EOrder:Reduce only:No position exists"]


async def test_a_deadline_lies_two_to_sixty_seconds_ahead(world: World) -> None:
    def at(seconds: int) -> str:
        return (world.watch.at + timedelta(seconds=seconds)).isoformat()

    txid = await world.place(deadline=at(30))

    assert await world.status(txid) == "closed"
    assert await world.order_refused(deadline=at(0)) == ["EService:Deadline elapsed"]
    for seconds in (1, 61):
        refused = await world.order_refused(deadline=at(seconds))
        assert refused == ["EGeneral:Invalid arguments:deadline"]


async def test_money_buys_what_it_comes_to_and_the_order_keeps_its_amount(world: World) -> None:
    txid = await world.place(volume="1000", oflags="viqc")

    order = await world.order(txid)

    assert (order["vol"], order["oflags"]) == ("1000.00000", "fciq,viqc")
    assert (order["status"], order["vol_exec"]) == ("closed", "0.01666388")
    assert order["cost"] == "999.99944"


@pytest.mark.parametrize(
    ("money", "words"),
    [
        ("0.4", "EOrder:Cost minimum not met"),
        ("1.0", "EGeneral:Invalid arguments:volume minimum not met"),
        ("99999", "EOrder:Insufficient funds"),
    ],
)
async def test_an_amount_of_money_has_its_minima_too(world: World, money: str, words: str) -> None:
    if "Cost" in words:
        world.sim.market.set("XBTUSD", bid="6000", ask="6001")

    assert await world.order_refused(volume=money, oflags="viqc") == [words]


async def test_what_the_simulator_cannot_do_fails_the_test(world: World) -> None:
    del world
    with pytest.raises(AssertionError, match="the simulator itself failed"):
        async with opened() as inner:
            with pytest.raises(Exception, match="500"):
                await inner.place(ordertype="iceberg", price="50000")
