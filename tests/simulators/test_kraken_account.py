"""The Kraken simulator: balances, fees, closed orders and trades, page by page."""

from collections.abc import AsyncIterator
from decimal import Decimal

import pytest

from tests.simulators.kraken_clients import World, opened

LIMIT = {"ordertype": "limit", "price": "50000.0"}


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with opened(balances={"USD": "100000", "BTC": "1", "SOL": "10"}) as world:
        yield world


async def test_balances_have_ids_and_the_decimals_of_their_assets(world: World) -> None:
    assert await world.private("Balance") == {
        "ZUSD": "100000.0000",
        "XXBT": "1.0000000000",
        "SOL": "10.0000000000",
    }


async def test_what_waits_for_its_cancel_or_its_start_is_still_held(world: World) -> None:
    later = await world.place(**LIMIT, starttm="+60")
    waiting = await world.place(type="sell", ordertype="limit", price="70000")
    world.sim.let_cancels_wait()
    await world.private("CancelOrder", txid=waiting)
    held = await world.private("BalanceEx")
    world.sim.finish_cancels()
    await world.private("CancelOrder", txid=later)

    free = await world.private("BalanceEx")
    assert [held[asset]["hold_trade"] for asset in held] == [
        "504.0000",
        "0.0100000000",
        "0.0000000000",
    ]
    assert {balance["hold_trade"].strip("0") for balance in free.values()} == {"."}


async def test_a_part_that_filled_is_no_longer_held(world: World) -> None:
    world.sim.fill_in_parts(2)
    txid = await world.place(type="sell", ordertype="limit", price="60000", volume="0.5")

    balances = await world.private("BalanceEx")

    assert balances["XXBT"] == {"balance": "0.7500000000", "hold_trade": "0.2500000000"}
    assert await world.status(txid) == "open"


@pytest.mark.parametrize(
    ("side", "flags", "dollars", "bitcoins"),
    [
        ("buy", "fciq", "99395.0992", "1.0100000000"),
        ("buy", "fcib", "99399.9000", "1.0099200000"),
        ("sell", "fciq", "100595.2000", "0.9900000000"),
        ("sell", "fcib", "100600.0000", "0.9899200000"),
    ],
)
async def test_a_fee_is_taken_in_the_currency_that_the_flag_prefers(
    world: World, side: str, flags: str, dollars: str, bitcoins: str
) -> None:
    txid = await world.place(type=side, oflags=flags)

    balance = await world.private("Balance")
    assert (balance["ZUSD"], balance["XXBT"]) == (dollars, bitcoins)
    order = await world.order(txid)
    assert order["oflags"] == flags
    assert Decimal(order["fee"]) == Decimal(order["cost"]) * Decimal("0.008")


async def test_people_have_rates_of_their_own_and_trade_volume_tells_them(world: World) -> None:
    world.person.taker_percent, world.person.maker_percent = Decimal("0.26"), Decimal("0.16")

    volume = await world.private("TradeVolume", pair="XBTUSD,SOLUSD")
    order = await world.order(await world.place())

    assert (volume["currency"], volume["fees"].keys()) == ("ZUSD", {"XXBTZUSD", "SOLUSD"})
    assert volume["fees"]["XXBTZUSD"]["fee"] == "0.2600"
    assert volume["fees_maker"]["XXBTZUSD"]["fee"] == "0.1600"
    assert order["fee"] == "1.56026"
    assert "fees" not in await world.private("TradeVolume")
    unknown = await world.refused("TradeVolume", pair="FOOUSD")
    assert unknown == ["EQuery:Unknown asset pair"]


async def test_the_worth_of_everything_is_told_in_any_asset(world: World) -> None:
    dollars = await world.private("TradeBalance")
    bitcoins = await world.private("TradeBalance", asset="XBT")

    assert dollars["eb"] == dollars["e"] == dollars["mf"] == "161505.0000"
    assert dollars["m"] == dollars["n"] == "0.0000"
    assert bitcoins["eb"] == "2.6665"
    assert await world.refused("TradeBalance", asset="FOO") == ["EQuery:Unknown asset"]


async def test_closed_orders_come_newest_first_in_pages_of_fifty(world: World) -> None:
    for n in range(53):
        await world.place(volume="0.0001", cl_ord_id=f"order-{n}")
        world.watch.advance(seconds=1)

    first = await world.private("ClosedOrders")
    rest = await world.private("ClosedOrders", ofs=50, without_count=True)

    ids = [one["cl_ord_id"] for page in (first, rest) for one in page["closed"].values()]
    assert ids == [f"order-{n}" for n in reversed(range(53))]
    assert first["count"] == 53
    assert "count" not in rest
    trades = await world.private("TradesHistory", ofs=50)
    assert (len(trades["trades"]), trades["count"]) == (3, 53)


async def test_closed_orders_are_found_by_time_of_opening_or_closing(world: World) -> None:
    begin = int(world.watch.at.timestamp())
    early = await world.place(**LIMIT)
    world.watch.advance(seconds=10)
    late = await world.place(**LIMIT)
    world.watch.advance(seconds=10)
    await world.private("CancelOrder", txid=early)
    world.watch.advance(seconds=10)
    await world.private("CancelOrder", txid=late)
    open_one = await world.place(**LIMIT)

    async def found(**query: object) -> list[str]:
        return list((await world.private("ClosedOrders", **query))["closed"])

    assert await found() == [late, early]
    assert open_one not in await found()
    # The start is exclusive, the end is inclusive.
    assert await found(start=begin, closetime="open") == [late]
    assert await found(end=begin, closetime="open") == [early]
    assert await found(start=begin + 20, closetime="close") == [late]
    assert await found(end=begin + 20, closetime="close") == [early]
    assert await found(start=begin + 20) == [late]
    assert await found(start=early, closetime="open") == [late]
    refused = await world.refused("ClosedOrders", start="O-NOBODY-S")
    assert refused == ["EGeneral:Invalid arguments:start"]
    refused = await world.refused("ClosedOrders", closetime="never")
    assert refused == ["EGeneral:Invalid arguments:closetime"]


async def test_a_trade_has_the_fields_that_kraken_shows(world: World) -> None:
    txid = await world.place(type="sell")
    world.watch.advance(seconds=5)

    history = await world.private("TradesHistory", ledgers=True)

    [[trade_id, trade]] = history["trades"].items()
    assert trade_id == (await world.order(txid))["trades"][0]
    assert trade == {
        "ordertxid": txid,
        "postxid": trade["postxid"],
        "pair": "XXBTZUSD",
        "aclass": "forex",
        "time": 1795021200.0,
        "type": "sell",
        "ordertype": "market",
        "price": "60000.00000",
        "cost": "600.00000",
        "fee": "4.80000",
        "vol": "0.01000000",
        "margin": "0.00000",
        "leverage": "0",
        "misc": "",
        "trade_id": trade["trade_id"],
        "maker": False,
        "ledgers": trade["ledgers"],
    }
    found = await world.private("QueryTrades", txid=f"{trade_id},TZZZZZ-ZZZZZ-ZZZZZZ")
    assert list(found) == [trade_id]
    assert await world.refused("QueryTrades") == ["EGeneral:Invalid arguments"]


async def test_trades_are_found_by_time_or_after_one_of_them(world: World) -> None:
    await world.place()
    world.watch.advance(seconds=10)
    second = (await world.order(await world.place()))["trades"]
    world.watch.advance(seconds=10)
    third = (await world.order(await world.place()))["trades"]

    after = await world.private("TradesHistory", start=second[0])
    until = await world.private("TradesHistory", end=int(world.watch.at.timestamp()) - 10)

    assert list(after["trades"]) == third
    assert (len(until["trades"]), next(iter(until["trades"]))) == (2, second[0])


async def test_a_person_may_have_nothing_at_all() -> None:
    async with opened(balances={}) as poor:
        assert await poor.private("Balance") == {}
        assert await poor.order_refused() == ["EOrder:Insufficient funds"]
