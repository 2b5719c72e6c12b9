"""The Webull simulator: placing, finding, previewing, replacing and canceling."""

from collections.abc import AsyncIterator

import pytest

from tests.simulators.webull_clients import Refused
from tests.simulators.webull_world import World, opened


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with opened() as world:
        yield world


async def test_an_order_is_placed_and_found_by_the_client_s_id(world: World) -> None:
    placed = await world.place()

    cover = await world.detail(placed)
    order = cover["orders"][0]

    assert cover["client_order_id"] == placed
    assert cover["combo_type"] == "NORMAL"
    assert cover["combo_order_id"] == order["order_id"]
    assert order["status"] == "SUBMITTED"
    assert order["limit_price"] == "100.00"
    assert (order["total_quantity"], order["filled_quantity"]) == ("1", "0")
    assert order["place_time_at"] == "2026-11-18T17:00:00.000Z"
    assert order["place_time"] == "1795021200000"
    assert "filled_price" not in order
    assert world.sim.orders_received == 1
    assert len(world.sim.orders_bodies) == 1


async def test_a_market_order_fills_at_the_touch(world: World) -> None:
    placed = await world.place(order_type="MARKET", limit_price=None, quantity="10")

    order = await world.order(placed)

    assert order["status"] == "FILLED"
    assert (order["filled_quantity"], order["filled_price"]) == ("10", "240.10")
    assert order["filled_time_at"] == "2026-11-18T17:00:00.000Z"
    assert "limit_price" not in order


async def test_an_option_has_its_leg(world: World) -> None:
    placed = await world.place(world.option(position_intent="BUY_TO_OPEN"))

    order = await world.order(placed)

    (leg,) = order["legs"]
    assert order["instrument_type"] == "OPTION"
    assert order["symbol"] == "AAPL"
    assert order["option_strategy"] == "SINGLE"
    assert order["position_intent"] == "BUY_TO_OPEN"
    assert (leg["strike_price"], leg["option_type"]) == ("240.00", "CALL")
    assert leg["option_expire_date"] == "2026-12-18"
    assert leg["id"]


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"order_type": "MARKET", "limit_price": None}, "order_type, value: MARKET"),
        ({"side": "SELL", "time_in_force": "GTC"}, "time_in_force, value: GTC"),
    ],
)
async def test_an_option_that_is_previewed_may_still_be_refused(
    world: World, fields: dict[str, str], named: str
) -> None:
    world.sim.give(world.account, "AAPL261218C00240000", "1")
    option = world.option(**fields)

    estimate = await world.client.post("/trading/orders/preview", world.body(option))
    refused = await world.refusal(option)

    assert "estimated_cost" in estimate
    assert refused.code == "OPENAPI_PARAM_ERR"
    assert named in refused.body["message"]


async def test_an_order_by_amount_comes_to_parts_of_shares(world: World) -> None:
    placed = await world.place(
        order_type="MARKET",
        limit_price=None,
        quantity=None,
        entrust_type="AMOUNT",
        total_cash_amount="100.00",
    )

    order = await world.order(placed)

    assert order["entrust_type"] == "AMOUNT"
    assert order["total_quantity"] == "0.41649"
    assert order["status"] == "FILLED"


async def test_a_null_is_as_if_it_were_not_there(world: World) -> None:
    item = world.item() | {"stop_price": None, "expire_date": None}

    assert await world.status(await world.place(item)) == "SUBMITTED"


async def test_an_unknown_order_is_not_found(world: World) -> None:
    with pytest.raises(Refused) as failure:
        await world.detail("nobody-has-this")

    assert (failure.value.status, failure.value.code) == (417, "OPENAPI_ORDER_NOT_FOUND")


async def test_an_id_is_used_up_by_an_order_and_not_by_a_refusal(world: World) -> None:
    mine = "the-same-id-again"

    first = await world.refused(client_order_id=mine, limit_price="100.001")
    placed = await world.place(client_order_id=mine)
    second = await world.refusal(client_order_id=mine)
    await world.cancel(placed)
    third = await world.refused(client_order_id=mine)

    assert first == "OPENAPI_PARAM_ERR"
    assert second.code == third == "OPENAPI_TRADE_PLACE_ORDER_REPEAT"
    assert second.body["message"] == "Please do not place an order repeatedly"
    assert len(world.sim.orders) == 1


async def test_a_cancel_ends_an_order_once(world: World) -> None:
    placed = await world.place()

    answer = await world.cancel(placed)
    with pytest.raises(Refused) as again:
        await world.cancel(placed)
    with pytest.raises(Refused) as unknown:
        await world.cancel("nobody-has-this")

    assert answer == {"client_order_id": placed, "order_id": world.kept(placed).id}
    assert await world.status(placed) == "CANCELLED"
    assert again.value.code == "OPENAPI_ORDER_CAN_NOT_BE_CANCEL"
    assert unknown.value.code == "OPENAPI_ORDER_NOT_FOUND"
    assert world.sim.cancels_received == 3


async def test_a_replaced_order_keeps_its_ids(world: World) -> None:
    placed = await world.place()
    before = await world.order(placed)

    answer = await world.replace(placed, limit_price="101.50", quantity="3")
    after = await world.order(placed)

    assert answer == {"client_order_id": placed, "order_id": before["order_id"]}
    assert (after["limit_price"], after["total_quantity"]) == ("101.50", "3")
    assert world.sim.modifies_received == 1
    assert world.sim.orders_received == 1


async def test_a_price_that_the_market_takes_fills_the_replaced_order(world: World) -> None:
    placed = await world.place()

    await world.replace(placed, limit_price="240.10")

    assert await world.status(placed) == "FILLED"


async def test_an_option_s_quantity_stands_in_its_leg_too(world: World) -> None:
    placed = await world.place(world.option())
    leg = (await world.order(placed))["legs"][0]["id"]

    with pytest.raises(Refused) as failure:
        await world.replace(placed, quantity="2")
    await world.replace(placed, quantity="2", legs=[{"id": leg, "quantity": "2"}])

    assert failure.value.code == "OPENAPI_PARAM_ERR"
    assert (await world.order(placed))["total_quantity"] == "2"


@pytest.mark.parametrize(
    "change",
    [
        {"limit_price": "100.001"},
        {"quantity": "0"},
        {"order_type": "STOP_LOSS", "stop_price": "90"},
        {"time_in_force": "IOC"},
        {"side": "SELL"},
        {},
    ],
)
async def test_what_cannot_be_changed_is_refused(world: World, change: dict[str, str]) -> None:
    placed = await world.place()
    before = await world.order(placed)

    with pytest.raises(Refused) as failure:
        await world.replace(placed, **change)

    assert failure.value.status == 417
    assert await world.order(placed) == before


async def test_a_change_that_costs_too_much_is_refused(world: World) -> None:
    placed = await world.place(quantity="100")

    with pytest.raises(Refused) as failure:
        await world.replace(placed, quantity="5000")
    await world.replace(placed, quantity="3999")

    assert failure.value.code == "OPENAPI_DAY_BUYING_POWER_INSUFFICIENT"


async def test_an_ended_order_cannot_be_changed(world: World) -> None:
    placed = await world.place()
    await world.cancel(placed)

    with pytest.raises(Refused) as failure:
        await world.replace(placed, limit_price="99.00")

    assert failure.value.status == 417


async def test_a_preview_costs_nothing_and_places_nothing(world: World) -> None:
    path = "/trading/orders/preview"

    share = await world.client.post(path, world.body(world.item(quantity="3")))
    option = await world.client.post(path, world.body(world.option(limit_price="5.50")))
    with pytest.raises(Refused) as failure:
        await world.client.post(path, world.body(world.item(quantity="99999")))

    assert share == {"estimated_cost": "300", "estimated_transaction_fee": "0", "currency": "USD"}
    assert option["estimated_cost"] == "550"
    assert failure.value.code == "OPENAPI_DAY_BUYING_POWER_INSUFFICIENT"
    assert world.sim.orders == []
    assert world.sim.orders_received == 0


async def test_a_preview_is_answered_at_all_hours(world: World) -> None:
    world.watch.advance(hours=4.5)
    item = world.item()

    answer = await world.client.post("/trading/orders/preview", world.body(item))

    assert answer["estimated_cost"] == "100"
    assert await world.refused(item) == "OPENAPI_DAY_ORDER_NOT_ALLOWED_AFT_CORE_TIME_LIMIT"


async def test_coins_have_no_preview(world: World) -> None:
    coin = world.item(
        symbol="BTCUSD",
        instrument_type="CRYPTO",
        quantity="0.001",
        support_trading_session=None,
    )

    with pytest.raises(Refused) as failure:
        await world.client.post("/trading/orders/preview", world.body(coin))

    assert failure.value.status == 417
    assert failure.value.code == "OPENAPI_SYSTEM_ERROR"


async def test_batches_are_refused(world: World) -> None:
    with pytest.raises(Refused) as failure:
        await world.client.post("/trading/orders/batch-place", world.body(world.item()))

    assert failure.value.body["message"] == "Account not supported, please contact Webull"
    assert world.sim.orders_received == 1


async def test_an_order_placed_in_webull_s_app_is_shown_too(world: World) -> None:
    elsewhere = world.sim.place_elsewhere(world.account, limit_price="90", quantity="2")

    shown = await world.order(elsewhere.client_order_id)
    world.sim.cancel_elsewhere(elsewhere.client_order_id)

    assert (shown["limit_price"], shown["total_quantity"]) == ("90.00", "2")
    assert await world.status(elsewhere.client_order_id) == "CANCELLED"
    assert world.sim.orders_received == 0
