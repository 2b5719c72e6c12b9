"""The Binance simulator: cancelReplace and amendments."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from binance.exceptions import BinanceAPIException

from tests.simulators.binance_clients import World, opened, order_fields, refusal


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with opened(USDT="100000", BTC="2") as world:
        await world.place()
        yield world


async def replaced(world: World, **fields: Any) -> tuple[int, dict[str, Any]]:
    """Status and body of a cancelReplace of the order "mine"."""
    usual = {
        "cancelReplaceMode": "STOP_ON_FAILURE",
        "cancelOrigClientOrderId": "mine",
        "newClientOrderId": "new",
        "price": "51000",
    }
    fields = order_fields(**{**usual, **fields})
    try:
        return 200, await world.client.cancel_replace_order(**fields)
    except BinanceAPIException as error:
        return error.status_code, await error.response.json()


async def amended(world: World, **fields: Any) -> dict[str, Any]:
    """PUT order/amend/keepPriority, for which python-binance has no method."""
    usual = {"symbol": "BTCUSDT", "origClientOrderId": "mine", "newQty": "0.4"}
    answer = await world.client._put("order/amend/keepPriority", True, data={**usual, **fields})
    return dict(answer)


async def states(world: World, *client_ids: str) -> list[str]:
    return [world.sim.order(one).status for one in client_ids]


async def test_a_cancel_and_a_new_order_that_both_succeed(world: World) -> None:
    status, body = await replaced(world, newOrderRespType="RESULT")

    assert status == 200
    assert (body["cancelResult"], body["newOrderResult"]) == ("SUCCESS", "SUCCESS")
    assert body["cancelResponse"]["status"] == "CANCELED"
    assert body["newOrderResponse"]["price"] == "51000.00000000"
    assert await states(world, "mine", "new") == ["CANCELED", "NEW"]
    assert (world.sim.modifies_received, world.sim.orders_received) == (1, 1)
    assert world.sim.cancels_received == 0


@pytest.mark.parametrize(
    ("mode", "code", "status", "result", "orders"),
    [
        ("STOP_ON_FAILURE", -2022, 400, "NOT_ATTEMPTED", 1),
        ("ALLOW_FAILURE", -2021, 409, "SUCCESS", 2),
    ],
)
async def test_a_cancel_that_fails(
    world: World, mode: str, code: int, status: int, result: str, orders: int
) -> None:
    answer = await replaced(world, cancelOrigClientOrderId="never", cancelReplaceMode=mode)

    assert (answer[0], answer[1]["code"]) == (status, code)
    assert answer[1]["data"]["cancelResult"] == "FAILURE"
    assert answer[1]["data"]["cancelResponse"] == {"code": -2011, "msg": "Unknown order sent."}
    assert answer[1]["data"]["newOrderResult"] == result
    assert len(world.sim.orders) == orders


@pytest.mark.parametrize(
    ("cancel", "code", "status"), [("mine", -2021, 409), ("never", -2022, 400)]
)
async def test_a_new_order_that_fails(world: World, cancel: str, code: int, status: int) -> None:
    answer = await replaced(
        world, cancelOrigClientOrderId=cancel, cancelReplaceMode="ALLOW_FAILURE", quantity="100"
    )

    assert (answer[0], answer[1]["code"]) == (status, code)
    assert answer[1]["data"]["newOrderResult"] == "FAILURE"
    assert answer[1]["data"]["newOrderResponse"]["code"] == -2010
    assert await states(world, "mine") == ["NEW" if cancel == "never" else "CANCELED"]


async def test_filters_come_before_the_cancel(world: World) -> None:
    status, body = await replaced(world, price="51000.001")

    assert (status, body["code"]) == (400, -1013)
    assert await states(world, "mine") == ["NEW"]


@pytest.mark.parametrize(
    ("mode", "code", "state"), [("DO_NOTHING", -1015, "NEW"), ("CANCEL_ONLY", -2021, "CANCELED")]
)
async def test_too_many_orders(world: World, mode: str, code: int, state: str) -> None:
    world.sim.limit_orders(ten_seconds=1)
    world.sim.limits.count_orders(world.person, 1)

    status, body = await replaced(world, orderRateLimitExceededMode=mode)

    assert (status, body["code"]) == (429, code)
    assert await states(world, "mine") == [state]


async def test_an_amendment_keeps_the_order_and_takes_some_of_it_away(world: World) -> None:
    answer = await amended(world, newClientOrderId="mine")
    renamed = await amended(world, newQty="0.3", newClientOrderId="mine-2")
    lost = await refusal(world.order())

    order = await world.order("mine-2")
    rows = await world.client._get(
        "order/amendments", True, data={"symbol": "BTCUSDT", "orderId": order["orderId"]}
    )
    assert answer["amendedOrder"]["qty"] == "0.40000000"
    assert answer["amendedOrder"]["orderId"] == renamed["amendedOrder"]["orderId"]
    assert lost[1] == -2013
    assert order["origQty"] == "0.30000000"
    assert (await world.balance("USDT"))[1] == "15000.00000000"
    assert [(row["origQty"], row["newQty"]) for row in rows] == [
        ("0.50000000", "0.40000000"),
        ("0.40000000", "0.30000000"),
    ]
    assert world.sim.modifies_received == 2


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        ({"newQty": "0.6"}, -2038, "Order amend (quantity increase) is not supported."),
        ({"newQty": "0.5"}, -2038, "would change no state"),
        ({"newQty": "0.1"}, -2038, "Price * QTY is zero or less."),
        ({"newQty": "0.2000001"}, -1013, "LOT_SIZE"),
        ({"newQty": "0"}, -1102, "newQty"),
        ({"origClientOrderId": "never"}, -2038, "Unknown order sent."),
        ({"newClientOrderId": "other"}, -2010, "Duplicate order sent."),
    ],
)
async def test_amendments_that_may_not_be(
    world: World, change: dict[str, Any], code: int, words: str
) -> None:
    await world.place(newClientOrderId="other")
    world.sim.fill("mine", "0.1")

    refused = await refusal(amended(world, **change))

    assert refused[:2] == (400, code)
    assert words in refused[2]


async def test_amendments_are_not_for_every_symbol_and_not_for_ever(world: World) -> None:
    symbol = world.sim.catalogue.symbols["BTCUSDT"]
    symbol.max_amends = 1
    await amended(world, newClientOrderId="mine")
    too_many = await refusal(amended(world, newQty="0.3"))
    symbol.amend_allowed = False
    never = await refusal(amended(world, newQty="0.3"))

    assert too_many == (400, -2038, "Filter failure: MAX_NUM_ORDER_AMENDS")
    assert never[2] == "Order amend is not supported for this symbol."
