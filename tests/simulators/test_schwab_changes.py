"""The Schwab simulator: orders canceled, replaced, expired; stops, trails, and the day's end."""

from collections.abc import AsyncIterator

import pytest

from tests.simulators.schwab_clients import World, limit, market, opened, stop


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with opened(positions={"AAPL": ("10", "150")}) as world:
        yield world


async def test_a_cancel_answers_200_and_leaves_an_activity_that_is_no_fill(world: World) -> None:
    order_id = await world.placed()

    answer = await world.client.cancel_order(order_id, world.account.hash)

    shown = await world.order(order_id)
    (activity,) = shown["orderActivityCollection"]
    assert (answer.status_code, answer.content) == (200, b"")
    assert (shown["status"], shown["remainingQuantity"]) == ("CANCELED", 0.0)
    assert (activity["activityType"], activity["executionType"]) == ("EXECUTION", "CANCELED")
    assert activity["executionLegs"][0]["price"] == 0.0


async def test_what_filled_before_the_cancel_stays_filled(world: World) -> None:
    world.sim.fill_in_parts(2)
    order_id = await world.placed(market("BUY", 5))

    await world.client.cancel_order(order_id, world.account.hash)

    shown = await world.order(order_id)
    kinds = [(a["executionType"], a["quantity"]) for a in shown["orderActivityCollection"]]
    assert (shown["status"], shown["quantity"], shown["filledQuantity"]) == ("CANCELED", 5.0, 2.0)
    assert kinds == [("FILL", 2.0), ("CANCELED", 3.0)]
    assert (await world.positions())["AAPL"] == 12.0


async def test_a_cancel_may_take_its_time_and_lose_against_a_fill(world: World) -> None:
    world.sim.let_cancels_wait()
    first, second = await world.placed(limit("180.00")), await world.placed(limit("170.00"))
    for order_id in (first, second):
        await world.client.cancel_order(order_id, world.account.hash)
    waiting = [await world.status(one) for one in (first, second)]
    world.sim.market.set("AAPL", bid="174.00", ask="175.00")
    world.sim.match()

    world.sim.finish_cancels()

    assert waiting == ["PENDING_CANCEL"] * 2
    assert [await world.status(one) for one in (first, second)] == ["FILLED", "CANCELED"]


@pytest.mark.parametrize("ended", ["FILLED", "CANCELED", "REJECTED", "EXPIRED", "REPLACED"])
async def test_what_has_ended_cannot_be_canceled_or_replaced(world: World, ended: str) -> None:
    order_id = await world.placed()
    world.sim.set_status(order_id, ended)

    canceled = await world.client.cancel_order(order_id, world.account.hash)
    replaced = await world.client.replace_order(world.account.hash, order_id, limit("151.00"))
    unknown = await world.client.cancel_order(1, world.account.hash)

    assert (canceled.status_code, replaced.status_code, unknown.status_code) == (400, 400, 404)
    assert len(world.sim.orders) == 1


async def test_a_replacement_is_a_new_order_and_the_old_one_is_replaced(world: World) -> None:
    old = await world.placed(limit("150.00", quantity=2))

    answer = await world.client.replace_order(world.account.hash, old, limit("151.00", quantity=3))

    new = int(answer.headers["Location"].rpartition("/")[2])
    shown = await world.order(new)
    assert (answer.status_code, answer.content) == (201, b"")
    assert new != old
    assert await world.status(old) == "REPLACED"
    assert (shown["price"], shown["quantity"], shown["status"]) == (151.0, 3.0, "WORKING")
    assert (world.sim.orders_received, world.sim.replacements_received) == (1, 1)
    assert sorted(one["orderId"] for one in await world.orders()) == [old, new]


async def test_a_replacement_that_cannot_be_leaves_the_old_order(world: World) -> None:
    old = await world.placed()

    answer = await world.client.replace_order(world.account.hash, old, {"orderType": "LIMIT"})

    assert answer.status_code == 400
    assert await world.status(old) == "WORKING"


@pytest.mark.parametrize("survives", [True, False])
async def test_after_a_replacement_that_is_rejected_the_old_order_lives_or_does_not(
    world: World, survives: bool
) -> None:
    old = await world.placed()
    if not survives:
        world.sim.let_rejected_replacements_end_the_old()

    answer = await world.client.replace_order(
        world.account.hash, old, limit("150.00", quantity=100_000)
    )

    new = int(answer.headers["Location"].rpartition("/")[2])
    assert answer.status_code == 201
    assert await world.status(new) == "REJECTED"
    assert await world.status(old) == ("WORKING" if survives else "REPLACED")


async def test_a_replacement_may_lose_against_a_fill(world: World) -> None:
    world.sim.let_replacements_wait()
    old = await world.placed(limit("180.00"))
    answer = await world.client.replace_order(world.account.hash, old, limit("179.00"))
    new = int(answer.headers["Location"].rpartition("/")[2])
    waiting = [await world.status(one) for one in (old, new)]
    world.sim.fill(old, price="180.00")

    world.sim.finish_replacements()

    assert waiting == ["PENDING_REPLACE", "PENDING_ACKNOWLEDGEMENT"]
    assert [await world.status(one) for one in (old, new)] == ["FILLED", "REJECTED"]
    assert (await world.positions())["AAPL"] == 11.0


async def test_a_stop_waits_for_its_price_and_becomes_a_market_order(world: World) -> None:
    order_id = await world.placed(stop("180.00", quantity=10))
    waiting = await world.order(order_id)
    world.sim.market.set("AAPL", bid="178.90", ask="179.10")

    world.sim.match()

    shown = await world.order(order_id)
    assert (waiting["status"], waiting["stopPrice"]) == ("AWAITING_STOP_CONDITION", 180.0)
    assert waiting["stopType"] == "STANDARD"
    assert shown["status"] == "FILLED"
    assert shown["orderActivityCollection"][0]["executionLegs"][0]["price"] == 178.9


async def test_a_stop_limit_rests_at_its_limit_once_it_is_reached(world: World) -> None:
    body = stop("180.00", quantity=1, orderType="STOP_LIMIT", price="179.50")
    order_id = await world.placed(body)
    world.sim.market.set("AAPL", bid="178.90", ask="179.10")
    world.sim.match()
    reached = await world.status(order_id)
    world.sim.market.set("AAPL", bid="179.60", ask="179.80")

    world.sim.match()

    assert reached == "WORKING"
    assert await world.status(order_id) == "FILLED"


@pytest.mark.parametrize(("link", "offset"), [("VALUE", "10"), ("PERCENT", "5")])
async def test_a_trailing_stop_follows_the_price_up_and_not_down(
    world: World, link: str, offset: str
) -> None:
    body = market(
        "SELL",
        orderType="TRAILING_STOP",
        stopPriceLinkBasis="LAST",
        stopPriceLinkType=link,
        stopPriceOffset=offset,
    )
    world.sim.market.set("AAPL", bid="199.90", ask="200.10", last="200")
    order_id = await world.placed(body)
    start = await world.order(order_id)
    for last in ("220", "212"):
        world.sim.market.set("AAPL", bid=last, ask=last)
        world.sim.match()
    up = await world.order(order_id)
    world.sim.market.set("AAPL", bid="208", ask="208")

    world.sim.match()

    assert (start["status"], start["stopPrice"]) == ("AWAITING_STOP_CONDITION", 190.0)
    assert up["stopPrice"] == (210.0 if link == "VALUE" else 209.0)
    assert await world.status(order_id) == "FILLED"


@pytest.mark.parametrize("duration", ["IMMEDIATE_OR_CANCEL", "FILL_OR_KILL"])
async def test_what_may_not_rest_is_canceled(world: World, duration: str) -> None:
    world.sim.fill_in_parts(2)

    order_id = await world.placed(limit("195.00", quantity=4, duration=duration))

    shown = await world.order(order_id)
    assert shown["status"] == "CANCELED"
    assert shown["filledQuantity"] == (2.0 if duration == "IMMEDIATE_OR_CANCEL" else 0.0)


async def test_the_day_s_end_expires_orders_of_the_day_and_fills_those_for_the_close(
    world: World,
) -> None:
    day = await world.placed(limit())
    lasting = await world.placed(limit(duration="GOOD_TILL_CANCEL"))
    close = await world.placed(market("SELL", orderType="MARKET_ON_CLOSE"))
    far = await world.placed(limit("300.00", "SELL", orderType="LIMIT_ON_CLOSE"))

    world.sim.end_day()

    ended = [await world.status(one) for one in (day, lasting, close, far)]
    assert ended == ["EXPIRED", "WORKING", "FILLED", "EXPIRED"]


async def test_a_test_may_set_any_status(world: World) -> None:
    order_id = await world.placed()

    world.sim.set_status(order_id, "AWAITING_MANUAL_REVIEW")

    assert await world.status(order_id) == "AWAITING_MANUAL_REVIEW"
