"""The Coinbase simulator: the life of an order, through coinbase-advanced-py."""

import asyncio
import json
from collections.abc import AsyncIterator
from decimal import Decimal

import pytest
import requests

from tests.simulators.coinbase_clients import World, opened, refusal


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with opened() as world:
        yield world


async def test_the_answer_has_an_id_and_no_status(world: World) -> None:
    answer = await world.place(client_order_id="mine")

    assert answer["success"] is True
    assert answer["success_response"] == {
        "order_id": world.sim.order("mine").id,
        "product_id": "BTC-USD",
        "side": "BUY",
        "client_order_id": "mine",
        "attached_order_id": "",
    }
    assert "order_id" not in answer
    assert answer["order_configuration"] == {
        "limit_limit_gtc": {"base_size": "1", "limit_price": "50000", "rfq_disabled": False}
    }
    assert json.loads(world.sim.orders_bodies[0])["client_order_id"] == "mine"
    assert world.sim.orders_received == 1


async def test_a_limit_rests_holds_its_money_and_fills_as_maker_at_its_own_price(
    world: World,
) -> None:
    order_id = await world.placed(base_size="0.5", client_order_id="mine")
    resting = await world.order(order_id)
    held = await world.balance("USD")

    world.sim.market.set("BTC-USD", bid="49000", ask="49010")
    unmatched = await world.status(order_id)
    world.sim.match()

    filled = await world.order(order_id)
    fills = (await world.call("get_fills", order_ids=[order_id]))["fills"]
    assert (resting["status"], resting["filled_size"], resting["settled"]) == ("OPEN", "0", False)
    assert resting["outstanding_hold_amount"] == "25125"
    assert held == ("74875", "25125")
    assert unmatched == "OPEN"
    assert (filled["status"], filled["filled_size"]) == ("FILLED", "0.5")
    assert (filled["average_filled_price"], filled["total_fees"]) == ("50000", "125")
    assert (filled["completion_percentage"], filled["outstanding_hold_amount"]) == ("100", "0")
    assert [fill["liquidity_indicator"] for fill in fills] == ["MAKER"]
    assert await world.balance("USD") == ("74875", "0")
    assert await world.balance("BTC") == ("0.5", "0")


async def test_a_market_order_takes_at_the_touch_and_pays_the_taker_s_fee(world: World) -> None:
    order_id = await world.placed("market_market_ioc", base_size="1")

    order = await world.order(order_id)
    assert (order["status"], order["order_type"]) == ("FILLED", "MARKET")
    assert (order["filled_size"], order["average_filled_price"]) == ("1", "60010")
    assert (order["filled_value"], order["total_fees"]) == ("60010", "540.09")
    assert order["total_value_after_fees"] == "60550.09"
    assert await world.balance("USD") == ("39449.91", "0")


async def test_an_amount_of_money_includes_the_fee_and_its_fills_are_in_the_quote(
    world: World,
) -> None:
    world.sim.set_fees(world.person, maker="0.004", taker="0.006")
    answer = await world.call("market_order_buy", "mine", "BTC-USD", quote_size="6.36")
    order_id = answer["success_response"]["order_id"]

    order = await world.order(order_id)
    fill = (await world.call("get_fills", order_ids=[order_id]))["fills"][0]
    # The figures of an order that ccxt recorded.
    assert order["filled_value"] == "6.3220675944333996"
    assert order["total_fees"] == "0.0379324055666004"
    assert order["total_value_after_fees"] == "6.36"
    assert (order["size_in_quote"], order["size_inclusive_of_fees"]) == (True, True)
    assert (order["status"], order["completion_percentage"]) == ("FILLED", "100")
    assert (fill["size_in_quote"], fill["size"]) == (True, "6.3220675944333996")
    assert await world.balance("USD") == ("99993.64", "0")


async def test_a_sale_holds_coins_and_brings_in_less_its_fee(world: World) -> None:
    world.sim.give(world.person, "BTC", "2")
    resting = await world.placed(side="SELL", limit_price="70000")
    held = await world.balance("BTC")

    await world.placed("market_market_ioc", side="SELL", base_size="1")

    assert held == ("1", "1")
    assert (await world.order(resting))["outstanding_hold_amount"] == "1"
    assert await world.balance("USD") == ("159460", "0")


async def test_an_id_that_is_taken_brings_its_order_back_and_places_nothing(world: World) -> None:
    first = await world.placed(client_order_id="mine")
    again = await world.placed(client_order_id="mine", base_size="0.2")
    await world.call("cancel_orders", [first])
    ended = await world.placed(client_order_id="mine")

    assert first == again == ended
    assert len(world.sim.orders) == 1
    assert world.sim.orders_received == 3


async def test_an_id_that_is_taken_can_be_refused_instead(world: World) -> None:
    await world.placed(client_order_id="mine")
    world.sim.refuse_duplicates()

    reason = await world.rejected(client_order_id="mine")

    assert reason == "DUPLICATE_CLIENT_ORDER_ID"
    assert len(world.sim.orders) == 1


async def test_two_people_may_use_the_same_id(world: World) -> None:
    other = world.sim.add_person()
    mine = await world.placed(client_order_id="the same")
    world.client = world.client_of(other.key)

    theirs = await world.placed(client_order_id="the same")
    unseen = await refusal(lambda: world.client.get_order(mine))

    assert mine != theirs
    assert unseen == (404, "order with this orderID was not found")


async def test_a_canceled_order_ends_and_cannot_be_canceled_again(world: World) -> None:
    order_id = await world.placed()

    answer = await world.call("cancel_orders", [order_id])
    again = await world.call("cancel_orders", [order_id])

    assert answer["results"] == [
        {
            "success": True,
            "failure_reason": "UNKNOWN_CANCEL_FAILURE_REASON",
            "order_id": order_id,
        }
    ]
    assert await world.status(order_id) == "CANCELLED"
    assert again["results"][0]["failure_reason"] == "UNKNOWN_CANCEL_ORDER"
    assert await world.balance("USD") == ("100000", "0")
    assert world.sim.cancels_received == 2


async def test_each_cancel_of_a_batch_stands_for_itself(world: World) -> None:
    filled = await world.placed("market_market_ioc", base_size="0.1")
    resting = await world.placed(base_size="0.1")

    answer = await world.call("cancel_orders", [filled, "nobody", resting])
    too_many = await refusal(lambda: world.client.cancel_orders(["x"] * 101))
    none = await refusal(lambda: world.client.cancel_orders([]))

    assert [(one["success"], one["failure_reason"]) for one in answer["results"]] == [
        (False, "ORDER_IS_FULLY_FILLED"),
        (False, "UNKNOWN_CANCEL_ORDER"),
        (True, "UNKNOWN_CANCEL_FAILURE_REASON"),
    ]
    assert too_many[0] == none[0] == 400


async def test_an_order_fills_in_parts_with_a_fill_each(world: World) -> None:
    world.sim.fill_in_parts(3)
    order_id = await world.placed("market_market_ioc", base_size="1")
    first = await world.order(order_id)
    world.watch.advance(seconds=1)
    world.sim.match()
    world.watch.advance(seconds=1)
    world.sim.match()

    last = await world.order(order_id)
    fills = (await world.call("get_fills", order_ids=[order_id]))["fills"]
    assert (first["status"], first["filled_size"]) == ("OPEN", "0.33333333")
    assert (last["status"], last["number_of_fills"]) == ("FILLED", "3")
    assert last["filled_size"] == "1"
    assert sum(Decimal(fill["size"]) for fill in fills) == 1
    assert len({fill["entry_id"] for fill in fills}) == 3
    assert [fill["trade_time"][17:19] for fill in fills] == ["02", "01", "00"]


async def test_an_amount_of_money_fills_in_parts_too(world: World) -> None:
    world.sim.fill_in_parts(2)
    order_id = await world.placed("market_market_ioc", quote_size="100")
    first = await world.order(order_id)
    world.sim.match()

    last = await world.order(order_id)
    assert (first["status"], first["completion_percentage"]) == ("OPEN", "50")
    assert (last["status"], last["total_value_after_fees"]) == ("FILLED", "100")


async def test_a_test_can_fill_at_any_size_and_price(world: World) -> None:
    order_id = await world.placed(client_order_id="mine")

    world.sim.fill(order_id, "0.25", "49000")
    partly = await world.order(order_id)
    world.sim.fill("mine", price="48000")

    found = await world.order(order_id)
    assert (partly["status"], partly["filled_size"]) == ("OPEN", "0.25")
    assert partly["outstanding_hold_amount"] == "37687.5"
    assert (found["status"], found["average_filled_price"]) == ("FILLED", "48250")
    with pytest.raises(ValueError, match="FILLED"):
        world.sim.fill(order_id)


async def test_the_sdk_makes_an_id_of_its_own_where_none_is_given(world: World) -> None:
    """The trap that an adapter guards against: such an order cannot be found by the caller's id."""
    await world.placed(client_order_id="")

    assert len(world.sim.orders[0].client_order_id) == 32


async def test_an_order_without_an_id_is_refused(world: World) -> None:
    body = {"product_id": "BTC-USD", "side": "BUY", "order_configuration": {}}
    body["order_configuration"] = {"market_market_ioc": {"base_size": "1"}}

    refused = await refusal(lambda: world.client.post("/api/v3/brokerage/orders", data=body))

    assert refused == (400, "client_order_id is required")


async def test_unknown_orders_and_paths_are_not_found(world: World) -> None:
    unknown = "31d8810d-41dc-4321-b734-0a44495294a2"

    by_id = await refusal(lambda: world.client.get_order(unknown))
    no_id = await refusal(lambda: world.client.get_order("None"))
    nowhere = await refusal(lambda: world.client.get("/api/v3/brokerage/nowhere"))

    assert by_id == (404, "order with this orderID was not found")
    assert no_id == (400, "invalid OrderId None passed to endpoint")
    assert nowhere == (404, "Not Found")


async def test_a_path_from_a_person_reaches_another_request_s_answer(world: World) -> None:
    """Nothing is escaped by the SDK: what an adapter guards against."""
    with pytest.raises(requests.HTTPError):
        await asyncio.to_thread(world.client.get_order, "batch/../nowhere")

    assert (await world.call("get_order", "batch"))["has_next"] is False
