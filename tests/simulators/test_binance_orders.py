"""The Binance simulator: the life of an order, from its answer to its trades."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.simulators.binance_clients import World, opened, refusal

UNKNOWN_CANCEL = (400, -2011, "Unknown order sent.")


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with opened(USDT="100000", BTC="2") as world:
        yield world


async def test_a_limit_order_rests_is_found_and_listed(world: World) -> None:
    placed = await world.place()

    by_client_id = await world.order()
    by_number = await world.client.get_order(symbol="BTCUSDT", orderId=placed["orderId"])
    listed = await world.client.get_open_orders(symbol="BTCUSDT")

    assert (placed["status"], placed["executedQty"], placed["fills"]) == ("NEW", "0.00000000", [])
    assert placed["transactTime"] == placed["workingTime"] == 1795021205000
    assert by_client_id == by_number == listed[0]
    assert by_client_id["isWorking"] is True
    assert await world.client.get_open_orders(symbol="BNBUSDT") == []
    assert await world.client.get_open_orders() == listed


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("ACK", set()),
        ("RESULT", {"status", "executedQty", "workingTime"}),
        ("FULL", {"status", "executedQty", "workingTime", "fills"}),
    ],
)
async def test_the_answer_has_the_size_that_was_asked_for(
    world: World, kind: str, more: set[str]
) -> None:
    placed = await world.place(newOrderRespType=kind)

    ack = {"symbol", "orderId", "orderListId", "clientOrderId", "transactTime"}
    assert placed.keys() >= ack | more
    assert (placed.keys() == ack) == (kind == "ACK")
    assert ("fills" in placed) == (kind == "FULL")


async def test_a_market_order_takes_the_book_level_by_level(world: World) -> None:
    world.sim.market.set_book(
        "BTCUSDT",
        bids=[("60000", "5")],
        asks=[("60010", "0.2"), ("60020", "0.3"), ("60030", "9")],
        last="60005",
    )

    placed = await world.market(quantity="1")

    assert placed["status"] == "FILLED"
    assert [(fill["price"][:5], fill["qty"][:3]) for fill in placed["fills"]] == [
        ("60010", "0.2"),
        ("60020", "0.3"),
        ("60030", "0.5"),
    ]
    assert placed["cummulativeQuoteQty"] == "60023.00000000"
    assert (await world.client.get_symbol_ticker(symbol="BTCUSDT"))["price"] == "60030.00000000"


async def test_a_market_order_beyond_the_book_expires_with_what_it_got(world: World) -> None:
    world.sim.market.set("BTCUSDT", bid="60000", ask="60010", ask_qty="0.4")

    placed = await world.market(quantity="1")
    found = await world.order()

    assert (placed["status"], placed["executedQty"]) == ("EXPIRED", "0.40000000")
    assert found["expiryReason"] == "INSUFFICIENT_LIQUIDITY"
    assert await world.client.get_open_orders() == []


async def test_money_buys_whole_steps_and_never_more_than_it_is(world: World) -> None:
    bought = await world.market(quoteOrderQty="1000")
    sold = await world.market(side="SELL", quoteOrderQty="1000", newClientOrderId="sale")

    assert bought["origQuoteOrderQty"] == "1000.00000000"
    assert (bought["origQty"], bought["cummulativeQuoteQty"]) == ("0.01666000", "999.76660000")
    assert (sold["executedQty"], sold["cummulativeQuoteQty"]) == ("0.01666000", "999.60000000")


async def test_a_resting_order_fills_as_maker_when_the_price_comes(world: World) -> None:
    await world.place(price="59000")
    world.sim.match()
    before = (await world.order())["status"]

    world.sim.market.set("BTCUSDT", bid="58000", ask="58990")
    world.watch.advance(seconds=10)
    world.sim.match()

    after = await world.order()
    trade = (await world.client.get_my_trades(symbol="BTCUSDT"))[0]
    assert (before, after["status"]) == ("NEW", "FILLED")
    assert after["updateTime"] - after["time"] == 10_000
    assert (trade["price"], trade["isMaker"], trade["isBuyer"]) == ("59000.00000000", True, True)


async def test_an_order_fills_in_parts_and_its_trades_keep_their_numbers(world: World) -> None:
    world.sim.fill_in_parts(3)

    placed = await world.place(price="60010", quantity="0.3")
    states = [placed["status"]]
    for _ in range(2):
        world.sim.match()
        states.append((await world.order())["status"])

    first = await world.client.get_my_trades(symbol="BTCUSDT", orderId=placed["orderId"])
    again = await world.client.get_my_trades(symbol="BTCUSDT", orderId=placed["orderId"])
    assert states == ["PARTIALLY_FILLED", "PARTIALLY_FILLED", "FILLED"]
    assert [trade["qty"] for trade in first] == ["0.10000000"] * 3
    assert [trade["isMaker"] for trade in first] == [False, True, True]
    assert first == again


async def test_a_market_order_in_parts_has_several_fills_at_once(world: World) -> None:
    world.sim.fill_in_parts(2)

    placed = await world.market(quantity="1")

    assert [fill["qty"] for fill in placed["fills"]] == ["0.50000000", "0.50000000"]
    assert len({fill["tradeId"] for fill in placed["fills"]}) == 2


async def test_an_ioc_order_takes_what_there_is_and_expires(world: World) -> None:
    world.sim.market.set("BTCUSDT", bid="60000", ask="60010", ask_qty="0.2")

    placed = await world.place(timeInForce="IOC", price="60010")

    assert (placed["status"], placed["executedQty"]) == ("EXPIRED", "0.20000000")
    assert placed["expiryReason"] == "UNFILLED_IOC_QUANTITY_EXPIRED"


@pytest.mark.parametrize(
    ("there", "state", "filled"),
    [("0.2", "EXPIRED", "0.00000000"), ("0.5", "FILLED", "0.50000000")],
)
async def test_a_fok_order_is_filled_whole_or_not_at_all(
    world: World, there: str, state: str, filled: str
) -> None:
    world.sim.market.set("BTCUSDT", bid="60000", ask="60010", ask_qty=there)

    placed = await world.place(timeInForce="FOK", price="60010")

    assert (placed["status"], placed["executedQty"]) == (state, filled)


async def test_a_limit_maker_rests_or_is_refused(world: World) -> None:
    maker: dict[str, Any] = {"type": "LIMIT_MAKER", "timeInForce": None}

    refused = await world.refused(**maker, price="60010")
    placed = await world.place(**maker, price="60009.99")

    assert refused == (400, -2010, "Order would immediately match and take.")
    assert placed.keys() == {"symbol", "orderId", "orderListId", "clientOrderId", "transactTime"}
    assert (await world.order())["timeInForce"] == "GTC"


async def test_a_cancel_tells_both_ids_and_keeps_what_was_filled(world: World) -> None:
    placed = await world.place()
    world.sim.fill("mine", "0.1")

    canceled = await world.client.cancel_order(
        symbol="BTCUSDT", origClientOrderId="mine", newClientOrderId="end-of-mine"
    )

    assert (canceled["status"], canceled["executedQty"]) == ("CANCELED", "0.10000000")
    assert canceled["origClientOrderId"] == "mine"
    assert canceled["clientOrderId"] == "end-of-mine"
    assert canceled["orderId"] == placed["orderId"]
    assert (await world.order())["clientOrderId"] == "mine"


async def test_what_is_not_open_cannot_be_canceled(world: World) -> None:
    never = await refusal(world.client.cancel_order(symbol="BTCUSDT", origClientOrderId="never"))
    filled = await world.market()
    ended = await refusal(world.client.cancel_order(symbol="BTCUSDT", orderId=filled["orderId"]))
    await world.place()
    elsewhere = await refusal(world.client.cancel_order(symbol="BNBUSDT", origClientOrderId="mine"))
    torn = await refusal(
        world.client.cancel_order(symbol="BTCUSDT", orderId=1, origClientOrderId="mine")
    )

    assert {never, ended, elsewhere, torn} == {UNKNOWN_CANCEL}


async def test_a_cancel_may_be_for_one_state_only(world: World) -> None:
    await world.place()
    fields = {"symbol": "BTCUSDT", "origClientOrderId": "mine"}

    refused = await refusal(
        world.client.cancel_order(**fields, cancelRestrictions="ONLY_PARTIALLY_FILLED")
    )
    wrong = await refusal(world.client.cancel_order(**fields, cancelRestrictions="ONLY_OLD"))
    canceled = await world.client.cancel_order(**fields, cancelRestrictions="ONLY_NEW")

    assert refused == (400, -2011, "Order was not canceled due to cancel restrictions.")
    assert wrong == (400, -1145, "Invalid cancelRestrictions")
    assert canceled["status"] == "CANCELED"


async def test_a_client_id_is_taken_only_while_its_order_is_open(world: World) -> None:
    first = await world.place()
    duplicate = await world.refused()
    await world.client.cancel_order(symbol="BTCUSDT", orderId=first["orderId"])
    second = await world.place(price="49000")

    found = await world.order()
    assert duplicate == (400, -2010, "Duplicate order sent.")
    assert second["orderId"] != first["orderId"]
    assert found["orderId"] == second["orderId"]


async def test_a_client_id_is_made_where_none_is_sent(world: World) -> None:
    """python-binance puts its own affiliate's in otherwise."""
    ours = await world.client._post(
        "order",
        True,
        data={"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET", "quantity": "0.1"},
    )
    theirs = await world.market(newClientOrderId=None)

    assert len(ours["clientOrderId"]) == 22
    assert theirs["clientOrderId"].startswith("x-HNA2TXFJ")


async def test_numbers_repeat_from_symbol_to_symbol(world: World) -> None:
    one = await world.place()
    other = await world.place(symbol="BNBUSDT", price="500", quantity="1")

    found = await world.client.get_order(symbol="BNBUSDT", orderId=one["orderId"])

    assert one["orderId"] == other["orderId"]
    assert found["symbol"] == "BNBUSDT"


async def test_a_test_order_is_checked_and_placed_nowhere(world: World) -> None:
    fields = {"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET"}

    empty = await world.client.create_test_order(**fields, quantity="0.5")
    rates = await world.client.create_test_order(
        **fields, quantity="0.5", computeCommissionRates="true"
    )
    refused = await refusal(world.client.create_test_order(**fields, quantity="0.000001"))

    assert empty == {}
    assert rates["standardCommissionForOrder"] == {"maker": "0.00100000", "taker": "0.00100000"}
    assert refused == (400, -1013, "Filter failure: LOT_SIZE")
    assert world.sim.orders == []
    assert world.sim.orders_received == 0
