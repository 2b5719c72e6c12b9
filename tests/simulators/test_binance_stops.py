"""The Binance simulator: orders that wait for a price, and orders that belong together."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.simulators.binance_clients import World, opened, refusal

OCO: dict[str, Any] = {
    "symbol": "BTCUSDT",
    "side": "SELL",
    "quantity": "0.5",
    "aboveType": "LIMIT_MAKER",
    "abovePrice": "65000",
    "aboveClientOrderId": "profit",
    "belowType": "STOP_LOSS",
    "belowStopPrice": "55000",
    "belowClientOrderId": "loss",
    "listClientOrderId": "both",
}
OTO: dict[str, Any] = {
    "symbol": "BTCUSDT",
    "workingType": "LIMIT",
    "workingSide": "BUY",
    "workingPrice": "59000",
    "workingQuantity": "0.5",
    "workingTimeInForce": "GTC",
    "workingClientOrderId": "entry",
    "pendingType": "LIMIT",
    "pendingSide": "SELL",
    "pendingPrice": "65000",
    "pendingQuantity": "0.5",
    "pendingTimeInForce": "GTC",
    "pendingClientOrderId": "exit",
}


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with opened(USDT="100000", BTC="2") as world:
        yield world


def move(world: World, last: int) -> None:
    world.sim.market.set("BTCUSDT", bid=str(last - 5), ask=str(last + 5), last=str(last))
    world.sim.match()


async def states(world: World, *client_ids: str) -> list[str]:
    return [(await world.order(one))["status"] for one in client_ids]


@pytest.mark.parametrize(
    ("kind", "side", "stop", "on_the_way", "there"),
    [
        ("STOP_LOSS", "SELL", "58000", 58001, 58000),
        ("STOP_LOSS", "BUY", "62000", 61999, 62000),
        ("TAKE_PROFIT", "SELL", "62000", 61999, 62000),
        ("TAKE_PROFIT", "BUY", "58000", 58001, 58000),
    ],
)
async def test_a_stop_waits_and_then_takes_the_market(
    world: World, kind: str, side: str, stop: str, on_the_way: int, there: int
) -> None:
    placed = await world.place(
        type=kind, side=side, stopPrice=stop, price=None, timeInForce=None, newOrderRespType="FULL"
    )
    waiting = await world.order()
    move(world, on_the_way)
    still = await world.order()
    move(world, there)

    done = await world.order()
    assert (placed["workingTime"], placed["stopPrice"]) == (-1, f"{stop}.00000000")
    assert (waiting["status"], waiting["isWorking"]) == ("NEW", False)
    assert still["status"] == "NEW"
    assert (done["status"], done["isWorking"]) == ("FILLED", True)
    assert (await world.client.get_my_trades(symbol="BTCUSDT"))[0]["isMaker"] is False


async def test_a_stop_limit_comes_on_the_book_at_its_price(world: World) -> None:
    await world.place(type="STOP_LOSS_LIMIT", side="SELL", stopPrice="58000", price="57990")
    world.sim.market.set("BTCUSDT", bid="57000", ask="57010", last="57005")
    world.sim.match()
    working = await world.order()
    move(world, 58000)

    assert (working["status"], working["isWorking"]) == ("NEW", True)
    assert await states(world, "mine") == ["FILLED"]


async def test_a_stop_that_would_trigger_at_once_is_refused(world: World) -> None:
    refused = await world.refused(
        type="STOP_LOSS", side="SELL", stopPrice="60005", price=None, timeInForce=None
    )

    assert refused == (400, -2010, "Order would trigger immediately.")


async def test_a_trailing_stop_follows_the_best_price(world: World) -> None:
    """faqs/trailing-stop-faq.md: five per cent below the highest price since it became active."""
    await world.place(
        type="STOP_LOSS", side="SELL", trailingDelta=500, price=None, timeInForce=None
    )
    fresh = await world.order()
    for last in (60000, 64000, 60801):
        move(world, last)
    active = await world.order()
    move(world, 60800)

    assert (fresh["trailingDelta"], fresh["trailingTime"]) == (500, -1)
    assert active["trailingTime"] == 1795021205000
    assert active["status"] == "NEW"
    assert await states(world, "mine") == ["FILLED"]


async def test_a_trailing_stop_with_a_stop_price_waits_for_it_first(world: World) -> None:
    """The FAQ's scenario B."""
    await world.place(
        type="STOP_LOSS_LIMIT", side="SELL", stopPrice="58000", trailingDelta=1000, price="50000"
    )
    seen = []
    for last in (66000, 59000, 58000, 60000, 54001, 54000):
        move(world, last)
        seen.append((await world.order())["status"])

    assert seen == ["NEW"] * 5 + ["FILLED"]


async def test_an_oco_holds_once_and_one_leg_ends_the_other(world: World) -> None:
    placed = await world.client.create_oco_order(**OCO)
    held = await world.balance("BTC")
    move(world, 65010)

    own = await world.client.v3_get_order_list(orderListId=placed["orderListId"])
    assert (placed["orderListId"], placed["contingencyType"]) == (0, "OCO")
    assert [report["type"] for report in placed["orderReports"]] == ["STOP_LOSS", "LIMIT_MAKER"]
    assert held == ("1.50000000", "0.50000000")
    assert await states(world, "profit", "loss") == ["FILLED", "EXPIRED"]
    assert (await world.order("loss"))["expiryReason"] == "OCO_TRIGGER"
    assert own["listOrderStatus"] == "ALL_DONE"
    assert await world.balance("BTC") == ("1.50000000", "0.00000000")


async def test_the_stop_of_an_oco_ends_its_limit(world: World) -> None:
    await world.client.create_oco_order(**OCO)

    move(world, 55000)

    assert await states(world, "profit", "loss") == ["EXPIRED", "FILLED"]


async def test_a_partial_fill_of_one_leg_ends_the_other(world: World) -> None:
    await world.client.create_oco_order(**OCO)

    world.sim.fill("profit", "0.2")

    assert await states(world, "profit", "loss") == ["PARTIALLY_FILLED", "EXPIRED"]
    assert (await world.balance("BTC"))[1] == "0.30000000"


async def test_canceling_one_leg_or_the_list_cancels_all(world: World) -> None:
    await world.client.create_oco_order(**OCO)
    await world.client.cancel_order(symbol="BTCUSDT", origClientOrderId="loss")
    by_leg = await states(world, "profit", "loss")
    await world.client.create_oco_order(**OCO)
    duplicate = await refusal(
        world.client.create_oco_order(
            **{**OCO, "aboveClientOrderId": "p2", "belowClientOrderId": "l2"}
        )
    )
    canceled = await world.client.v3_delete_order_list(symbol="BTCUSDT", listClientOrderId="both")
    again = await refusal(
        world.client.v3_delete_order_list(symbol="BTCUSDT", listClientOrderId="both")
    )

    assert by_leg == ["CANCELED", "CANCELED"]
    assert duplicate == (400, -2010, "Duplicate order sent.")
    assert canceled["listStatusType"] == "ALL_DONE"
    assert {one["status"] for one in canceled["orderReports"]} == {"CANCELED"}
    assert again == (400, -2011, "Unknown order sent.")
    assert await world.balance("BTC") == ("2.00000000", "0.00000000")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"abovePrice": "60005"}, -2010),
        ({"belowStopPrice": "60005"}, -2010),
        ({"side": "BUY"}, -1165),
        ({"belowType": "LIMIT_MAKER", "belowPrice": "55000", "belowStopPrice": None}, -1168),
        ({"aboveType": "STOP_LOSS", "aboveStopPrice": "65000", "abovePrice": None}, -1197),
        ({"belowType": "TAKE_PROFIT"}, -1199),
        ({"aboveType": "MARKET", "abovePrice": None}, -1158),
        ({"belowClientOrderId": "profit"}, -2010),
        ({"quantity": "3"}, -2010),
        ({"quantity": None}, -1102),
    ],
)
async def test_an_oco_that_may_not_be(world: World, change: dict[str, Any], code: int) -> None:
    fields = {name: value for name, value in {**OCO, **change}.items() if value is not None}

    refused = await refusal(world.client.create_oco_order(**fields))

    assert refused[1] == code
    assert world.sim.orders == []


async def test_an_oto_brings_its_second_order_once_the_first_is_filled(world: World) -> None:
    placed = await world.client.v3_post_order_list_oto(**OTO)
    before = await states(world, "entry", "exit")
    world.sim.fill("entry", "0.2")
    between = await states(world, "entry", "exit")
    world.sim.fill("entry")

    assert [one["status"] for one in placed["orderReports"]] == ["NEW", "PENDING_NEW"]
    assert before == ["NEW", "PENDING_NEW"]
    assert between == ["PARTIALLY_FILLED", "PENDING_NEW"]
    assert await states(world, "entry", "exit") == ["FILLED", "NEW"]
    assert (await world.balance("BTC"))[1] == "0.50000000"


async def test_an_oto_that_fills_at_once_still_shows_its_second_order_as_pending(
    world: World,
) -> None:
    placed = await world.client.v3_post_order_list_oto(**{**OTO, "workingPrice": "60010"})

    assert [one["status"] for one in placed["orderReports"]] == ["FILLED", "PENDING_NEW"]
    assert await states(world, "exit") == ["NEW"]


async def test_the_end_of_the_first_order_ends_an_oto(world: World) -> None:
    await world.client.v3_post_order_list_oto(**OTO)
    await world.client.cancel_order(symbol="BTCUSDT", origClientOrderId="entry")
    canceled = await states(world, "entry", "exit")
    ioc = {**OTO, "workingTimeInForce": "IOC"}
    await world.client.v3_post_order_list_oto(**ioc)

    assert canceled == ["CANCELED", "CANCELED"]
    assert await states(world, "entry", "exit") == ["EXPIRED", "EXPIRED"]
    assert (await world.order("exit"))["expiryReason"] == "OTO_PHASE_ONE_EXPIRED"


async def test_a_pending_order_without_the_means_ends(world: World) -> None:
    """After the commission there is less than was bought."""
    world.person.balance("BTC").free -= 2
    await world.client.v3_post_order_list_oto(**OTO)

    world.sim.fill("entry")

    assert await states(world, "exit") == ["EXPIRED"]


async def test_an_otoco_is_an_entry_with_two_exits(world: World) -> None:
    fields = {name: value for name, value in OTO.items() if name.startswith(("w", "sym"))}
    placed = await world.client.v3_post_order_list_otoco(
        **fields,
        pendingSide="SELL",
        pendingQuantity="0.5",
        pendingAboveType="LIMIT_MAKER",
        pendingAbovePrice="65000",
        pendingAboveClientOrderId="profit",
        pendingBelowType="STOP_LOSS_LIMIT",
        pendingBelowStopPrice="55000",
        pendingBelowPrice="54900",
        pendingBelowTimeInForce="GTC",
        pendingBelowClientOrderId="loss",
    )
    move(world, 58990)
    working = await states(world, "entry", "profit", "loss")
    held = (await world.balance("BTC"))[1]
    move(world, 65010)

    assert (placed["contingencyType"], len(placed["orders"])) == ("OTO", 3)
    assert working == ["FILLED", "NEW", "NEW"]
    assert held == "0.50000000"
    assert await states(world, "profit", "loss") == ["FILLED", "EXPIRED"]
    assert await world.client.get_open_oco_orders() == []
    assert len(await world.client.v3_get_all_order_list()) == 1


async def test_all_orders_of_a_symbol_are_canceled_with_their_lists(world: World) -> None:
    await world.place()
    await world.place(symbol="BNBUSDT", price="500", quantity="1", newClientOrderId="other")
    await world.client.create_oco_order(**OCO)

    canceled = await world.client.v3_delete_open_orders(symbol="BTCUSDT")
    none_left = await refusal(world.client.v3_delete_open_orders(symbol="BTCUSDT"))

    assert [one.get("contingencyType") for one in canceled] == [None, "OCO"]
    assert none_left == (400, -2011, "Unknown order sent.")
    assert await states(world, "mine", "profit", "loss") == ["CANCELED"] * 3
    assert (await world.order("other", "BNBUSDT"))["status"] == "NEW"
    assert world.sim.cancels_received == 2
