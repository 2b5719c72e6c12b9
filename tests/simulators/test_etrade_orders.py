"""The E*TRADE simulator: previewing, placing, cancelling and finding orders through the SDK."""

from collections.abc import AsyncIterator
from decimal import Decimal

import pytest
from etrade_python import OrdersRequest, PreviewOrderRequest

from tests.simulators.etrade_clients import EXPIRY, World, changed, opened, refusal

CALL = (EXPIRY, "200", "CALL")


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with opened() as world:
        yield world


async def test_a_preview_tells_what_an_order_comes_to_and_places_nothing(world: World) -> None:
    request = world.builder(quantity="3").build_preview_request()

    answer = await world.client.orders.preview(world.account.key, request)

    assert answer.total_order_value == Decimal(450)
    assert answer.account_id == world.account.id
    assert answer.orders[0].limit_price == Decimal(150)
    assert answer.cash_bp_details is not None
    assert answer.cash_bp_details.settled is not None
    assert answer.cash_bp_details.settled.net_bp == Decimal(99550)
    assert answer.client_order_id is None
    assert world.sim.orders == []
    assert (world.sim.previews_received, world.sim.orders_received) == (1, 0)


async def test_a_placed_order_is_listed_without_the_client_s_id(world: World) -> None:
    answer = await world.place("abc123", quantity="3")

    [listed] = await world.listed()

    assert answer.client_order_id is None
    assert answer.placed_time == world.watch.at
    assert answer.orders[0].messages is not None
    assert answer.orders[0].messages.messages[0].code == 1026
    assert listed.order_id == answer.order_ids[0].order_id
    detail = listed.order_details[0]
    assert (detail.status, detail.price_type) == ("OPEN", "LIMIT")
    assert detail.instruments[0].ordered_quantity == Decimal(3)
    assert world.sim.order("abc123").id == listed.order_id
    assert b"abc123" in world.sim.orders_bodies[0]


async def test_a_market_order_fills_at_the_touch_and_moves_cash_and_shares(world: World) -> None:
    order_id = await world.placed(price_type="MARKET", quantity="10")

    order = await world.shown(order_id)
    balance = await world.client.accounts.get_balance(world.account.key)

    instrument = order.order_details[0].instruments[0]
    assert order.order_details[0].status == "EXECUTED"
    assert order.order_details[0].executed_time == world.watch.at
    assert instrument.filled_quantity == Decimal(10)
    assert instrument.average_execution_price == Decimal("200.1")
    assert balance.computed_balance is not None
    assert balance.computed_balance.cash_balance == Decimal(97999)


async def test_an_order_in_parts_is_partial_until_it_is_whole(world: World) -> None:
    world.sim.fill_in_parts(2)
    order_id = await world.placed(price_type="MARKET", quantity="10")
    first = await world.status(order_id)
    partly = await world.client.orders.list(
        world.account.key, OrdersRequest(status="INDIVIDUAL_FILLS")
    )

    world.sim.match()

    assert first == "PARTIAL"
    assert partly.orders[0].order_details[0].instruments[0].filled_quantity == Decimal(5)
    assert await world.status(order_id) == "EXECUTED"


async def test_the_word_for_a_part_may_be_another(world: World) -> None:
    world.sim.fill_in_parts(3, status="INDIVIDUAL_FILLS")

    order_id = await world.placed(price_type="MARKET", quantity="9")

    assert await world.status(order_id) == "INDIVIDUAL_FILLS"


@pytest.mark.parametrize("preview_ids", [[1], [266606056105]])
async def test_a_place_without_its_preview_is_told_to_have_timed_out(
    world: World, preview_ids: list[int]
) -> None:
    request = world.builder().build_place_request(preview_ids)

    status, code, words = await refusal(world.client.orders.place(world.account.key, request))

    assert (status, code) == (400, "101")
    assert words is not None
    assert words.startswith("For your protection, we have timed out your original order")
    assert world.sim.orders == []


async def test_a_preview_lives_three_minutes(world: World) -> None:
    builder = world.builder()
    preview_id = await world.preview(builder)
    request = builder.build_place_request([preview_id])
    world.watch.advance(minutes=3)

    refused = await refusal(world.client.orders.place(world.account.key, request))
    fresh = await world.preview(builder)
    world.watch.advance(minutes=2, seconds=59)
    await world.client.orders.place(world.account.key, builder.build_place_request([fresh]))

    assert refused[:2] == (400, "101")
    assert len(world.sim.orders) == 1


@pytest.mark.parametrize(
    "other",
    [
        {"quantity": "2"},
        {"limit": "151"},
        {"client_order_id": "other"},
        {"symbol": "F", "limit": "10"},
    ],
)
async def test_a_place_must_repeat_its_preview(world: World, other: dict[str, str]) -> None:
    preview_id = await world.preview(world.builder())
    request = world.builder(**other)

    refused = await refusal(
        world.client.orders.place(world.account.key, request.build_place_request([preview_id]))
    )

    assert refused[:2] == (400, "101")
    assert world.sim.orders == []


async def test_a_client_s_id_is_unique_in_its_account_even_after_the_end(world: World) -> None:
    order_id = await world.placed("once")
    await world.client.orders.cancel(world.account.key, order_id)

    status, code, words = await refusal(world.place("once"))

    assert (status, code) == (400, "9999")  # unverified, see `refusals`
    assert words == "The client order id once was used before."
    assert len(world.sim.orders) == 1


async def test_a_place_sent_twice_is_refused_as_a_duplicate(world: World) -> None:
    builder = world.builder()
    request = builder.build_place_request([await world.preview(builder)])
    await world.client.orders.place(world.account.key, request)

    refused = await refusal(world.client.orders.place(world.account.key, request))

    assert refused[1] == "9999"
    assert (len(world.sim.orders), world.sim.orders_received) == (1, 2)


async def test_where_ids_may_come_again_the_used_preview_still_stops_the_second(
    world: World,
) -> None:
    world.sim.take_duplicates()
    builder = world.builder()
    request = builder.build_place_request([await world.preview(builder)])
    await world.client.orders.place(world.account.key, request)

    refused = await refusal(world.client.orders.place(world.account.key, request))
    await world.placed()

    assert refused[1] == "101"
    assert [one.client_order_id for one in world.sim.orders] == ["mine", "mine"]


async def test_two_accounts_may_have_the_same_ids_of_both_kinds(world: World) -> None:
    other = world.sim.add_person("bert")
    link = await world.linked(other)
    mine = await world.placed("same")
    world.link, world.person = link, other

    theirs = await world.placed("same")

    assert mine == theirs == 1


async def test_an_option_is_bought_and_sold_again(world: World) -> None:
    bought = await world.placed("one", option=CALL, action="BUY_OPEN", limit="5.10", quantity="2")

    sold = await world.placed(
        "two", option=CALL, action="SELL_CLOSE", price_type="MARKET", quantity="2"
    )

    assert await world.status(bought) == await world.status(sold) == "EXECUTED"
    assert world.account.holdings == {}
    assert world.account.cash == Decimal(100000) - Decimal("40") - 4 * Decimal("0.65")


async def test_a_request_that_the_sdk_would_not_build_is_refused(world: World) -> None:
    request = world.builder().build_preview_request()
    too_long: PreviewOrderRequest = changed(request, client_order_id="x" * 21)

    status, code, words = await refusal(world.client.orders.preview(world.account.key, too_long))

    assert (status, code) == (400, "9999")
    assert words is not None
    assert "clientOrderId" in words


async def test_the_life_of_previews_can_be_set(world: World) -> None:
    world.sim.keep_previews(minutes=1)
    builder = world.builder()
    request = builder.build_place_request([await world.preview(builder)])
    world.watch.advance(minutes=1)

    assert (await refusal(world.client.orders.place(world.account.key, request)))[1] == "101"
