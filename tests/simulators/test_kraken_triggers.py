"""The Kraken simulator: orders that wait for a price, and those that others leave behind."""

from collections.abc import AsyncIterator

import pytest

from tests.simulators.kraken_clients import World, opened


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with opened(balances={"ZUSD": "100000", "XXBT": "1"}) as world:
        yield world


def price(world: World, last: str, *, bid: str | None = None, ask: str | None = None) -> None:
    world.sim.market.set("XBTUSD", bid=bid or last, ask=ask or last, last=last)
    world.sim.match()


async def test_a_stop_waits_for_its_price_and_then_sells_at_the_market(world: World) -> None:
    txid = await world.place(type="sell", ordertype="stop-loss", price="58000.0")
    waiting = await world.order(txid)

    price(world, "58000.1")
    above = await world.status(txid)
    price(world, "57990", bid="57980")

    order = await world.order(txid)
    assert waiting["descr"]["price"] == "58000.0"
    assert waiting["descr"]["order"] == "sell 0.01000000 XBTUSD @ stop loss 58000.0"
    assert (waiting["status"], above, waiting["trigger"]) == ("open", "open", "last")
    assert (order["status"], order["price"], order["misc"]) == ("closed", "57980.00000", "stopped")


async def test_a_stop_limit_needs_both_prices(world: World) -> None:
    txid = await world.place(
        type="sell", ordertype="stop-loss-limit", price="58000", price2="57900"
    )

    price(world, "57500")
    triggered = await world.order(txid)
    price(world, "57950")

    order = await world.order(txid)
    assert triggered["descr"]["order"] == (
        "sell 0.01000000 XBTUSD @ stop loss 58000.0 -> limit 57900.0"
    )
    assert (triggered["status"], triggered["misc"]) == ("open", "stopped")
    assert (triggered["stopprice"], triggered["limitprice"]) == ("58000.00000", "57900.00000")
    assert (order["status"], order["price"]) == ("closed", "57900.00000")


@pytest.mark.parametrize(
    ("side", "kind", "trigger", "away", "there"),
    [
        ("buy", "stop-loss", "62000", "61999", "62000"),
        ("sell", "take-profit", "62000", "61999", "62000"),
        ("buy", "take-profit", "58000", "58001", "58000"),
    ],
)
async def test_stops_and_profits_trigger_on_their_own_sides(
    world: World, side: str, kind: str, trigger: str, away: str, there: str
) -> None:
    txid = await world.place(type=side, ordertype=kind, price=trigger)

    price(world, away)
    before = await world.status(txid)
    price(world, there)

    after = await world.order(txid)
    word = "touched" if kind == "take-profit" else "stopped"
    assert (before, after["status"], after["misc"]) == ("open", "closed", word)


async def test_a_take_profit_limit_rests_at_its_limit(world: World) -> None:
    txid = await world.place(
        type="sell", ordertype="take-profit-limit", price="62000", price2="62500"
    )

    price(world, "62100")
    triggered = await world.order(txid)
    price(world, "62600")

    assert (triggered["status"], triggered["misc"]) == ("open", "touched")
    assert (await world.order(txid))["price"] == "62500.00000"


async def test_a_trailing_stop_follows_the_price_and_never_goes_back(world: World) -> None:
    txid = await world.place(type="sell", ordertype="trailing-stop", price="+1%")
    stops = [(await world.order(txid))["stopprice"]]
    for last in ("63000", "62500", "62370"):
        price(world, last)
        order = await world.order(txid)
        stops.append(order["stopprice"])

    assert order["descr"]["price"] == "+1.0000%"
    assert order["descr"]["order"] == "sell 0.01000000 XBTUSD @ trailing stop +1.0000%"
    assert stops == ["59405.00000", "62370.00000", "62370.00000", "62370.00000"]
    assert (order["status"], order["price"]) == ("closed", "62370.00000")


async def test_a_trailing_stop_limit_has_its_limit_from_the_trigger(world: World) -> None:
    txid = await world.place(
        type="buy", ordertype="trailing-stop-limit", price="+500", price2="-100"
    )
    price(world, "59000")
    price(world, "59600", ask="59600")
    triggered = await world.order(txid)
    price(world, "59350")

    assert (triggered["status"], triggered["limitprice"]) == ("open", "59400.00000")
    assert (await world.order(txid))["price"] == "59400.00000"


async def test_a_stop_can_listen_to_the_index_where_there_is_one(world: World) -> None:
    stop = {"type": "sell", "ordertype": "stop-loss", "price": "58000", "trigger": "index"}
    without = await world.order_refused(**stop)
    world.sim.market.set("XBTUSD", bid="60000", ask="60010", index="60000")
    txid = await world.place(**stop)

    world.sim.market.set("XBTUSD", bid="60000", ask="60010", index="57999")
    world.sim.match()

    assert without == ["EGeneral:Invalid arguments:Index unavailable"]
    assert await world.status(txid) == "closed"


async def test_stops_that_wait_hold_nothing_and_the_second_one_may_lack_funds(
    world: World,
) -> None:
    stop = {"type": "sell", "ordertype": "stop-loss", "price": "58000", "volume": "1"}
    first, second = [await world.place(**stop) for _ in range(2)]
    held = (await world.private("BalanceEx"))["XXBT"]["hold_trade"]

    price(world, "57000")

    assert held == "0.0000000000"
    assert await world.status(first) == "closed"
    order = await world.order(second)
    assert (order["status"], order["vol_exec"]) == ("canceled", "0.00000000")


@pytest.mark.parametrize(
    ("side", "kind", "given", "shown"),
    [
        ("buy", "limit", "-5", "60000.0"),
        ("sell", "limit", "+5", "60010.0"),
        ("buy", "limit", "#5", "60000.0"),
        ("sell", "limit", "#5", "60010.0"),
        ("buy", "limit", "-10%", "54004.5"),
        ("sell", "stop-loss", "#1005", "59000.0"),
        ("sell", "take-profit", "#995", "61000.0"),
        ("buy", "take-profit", "#1005", "59000.0"),
    ],
)
async def test_a_sign_makes_an_offset_from_the_last_trade_of_a_price(
    world: World, side: str, kind: str, given: str, shown: str
) -> None:
    """A negative price is not refused: it is another order."""
    answer = await world.private(
        "AddOrder", pair="XBTUSD", type=side, ordertype=kind, price=given, volume="0.01"
    )

    assert answer["descr"]["order"].endswith(f" {shown}")


async def test_a_fill_leaves_a_closing_order_behind_that_names_its_parent(world: World) -> None:
    answer = await world.private(
        "AddOrder",
        pair="XBTUSD",
        type="buy",
        ordertype="market",
        volume="0.02",
        close__ordertype="stop-loss-limit",
        close__price="58000.0",
        close__price2="57900.0",
    )

    [[txid, closing]] = (await world.private("OpenOrders"))["open"].items()
    assert answer["descr"]["close"] == "close position @ stop loss 58000.0 -> limit 57900.0"
    assert (closing["refid"], closing["vol"]) == (answer["txid"][0], "0.02000000")
    assert (closing["descr"]["type"], closing["descr"]["ordertype"]) == ("sell", "stop-loss-limit")
    price(world, "57950")
    assert await world.status(txid) == "closed"


async def test_every_part_that_fills_leaves_a_closing_order_of_its_size(world: World) -> None:
    world.sim.fill_in_parts(2)
    closing = {"close__ordertype": "limit", "close__price": "70000"}

    await world.private(
        "AddOrder", pair="XBTUSD", type="buy", ordertype="market", volume="0.03", **closing
    )
    world.sim.fill_in_parts(1)
    world.sim.match()

    found = (await world.private("OpenOrders"))["open"].values()
    assert [order["vol"] for order in found] == ["0.01500000", "0.01500000"]
