"""The Webull simulator: Webull takes its time, shows things late, and counts requests."""

from collections.abc import AsyncIterator

import pytest

from tests.simulators.webull_clients import Refused
from tests.simulators.webull_world import World, opened

HISTORY = "/trading/orders/historical-orders/list"


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with opened() as world:
        yield world


async def refused_read(world: World) -> bool:
    """Whether the accounts are refused as too many."""
    try:
        await world.client.get("/trading/accounts/list")
    except Refused as refused:
        assert (refused.status, refused.code) == (429, "TOO_MANY_REQUESTS")
        return True
    return False


async def test_an_order_that_waits_is_pending_and_cannot_be_canceled_yet(world: World) -> None:
    world.sim.let_orders_wait()
    placed = await world.place(order_type="MARKET", limit_price=None)
    waiting = await world.status(placed)
    with pytest.raises(Refused) as failure:
        await world.cancel(placed)

    world.sim.finish_orders()

    assert waiting == "PENDING"
    assert failure.value.code == "OPENAPI_ORDER_CAN_NOT_BE_CANCEL_FOR_PENDING_SUBMIT"
    assert await world.status(placed) == "FILLED"


async def test_a_cancel_that_waits_may_come_too_late(world: World) -> None:
    world.sim.let_cancels_wait()
    first, second = await world.place(), await world.place()
    await world.cancel(first)
    await world.cancel(second)
    with pytest.raises(Refused):
        await world.cancel(second)
    still = await world.status(first)
    world.sim.fill(first)

    world.sim.finish_cancels()

    assert still == "SUBMITTED"
    assert [await world.status(first), await world.status(second)] == ["FILLED", "CANCELLED"]


async def test_a_replacement_that_waits_shows_the_old_numbers(world: World) -> None:
    world.sim.let_replaces_wait()
    placed = await world.place()
    await world.replace(placed, limit_price="101.00")
    before = (await world.order(placed))["limit_price"]

    world.sim.finish_replaces()

    assert (before, (await world.order(placed))["limit_price"]) == ("100.00", "101.00")


async def test_a_replacement_of_what_has_filled_meanwhile_does_nothing(world: World) -> None:
    world.sim.let_replaces_wait()
    placed = await world.place()
    await world.replace(placed, quantity="5")
    world.sim.fill(placed)

    world.sim.finish_replaces()

    assert (await world.order(placed))["total_quantity"] == "1"


async def test_an_order_can_fail_after_it_was_taken(world: World) -> None:
    world.sim.fail_on_arrival()
    failed = await world.place()
    world.sim.arrive_well()
    well = await world.place()

    assert [await world.status(failed), await world.status(well)] == ["FAILED", "SUBMITTED"]


async def test_the_lists_may_lag_behind_the_detail(world: World) -> None:
    old = await world.place()
    world.sim.let_lists_lag()
    new = await world.place()
    await world.cancel(old)

    listed = await world.open_ids()
    history = await world.client.get(HISTORY, account_id=world.account.id)
    fresh = [await world.status(old), await world.status(new)]
    world.sim.let_reads_catch_up()

    assert listed == [old]
    assert [one["orders"][0]["status"] for one in history["data"]] == ["SUBMITTED"]
    assert fresh == ["CANCELLED", "SUBMITTED"]
    assert await world.open_ids() == [new]


async def test_no_read_may_show_a_new_order_for_a_while(world: World) -> None:
    world.sim.let_details_lag()
    placed = await world.place()

    with pytest.raises(Refused) as failure:
        await world.detail(placed)
    hidden = await world.open_ids()
    repeated = await world.refused(client_order_id=placed)
    world.sim.let_reads_catch_up()

    assert failure.value.code == "OPENAPI_ORDER_NOT_FOUND"
    assert hidden == []
    assert repeated == "OPENAPI_TRADE_PLACE_ORDER_REPEAT"
    assert await world.status(placed) == "SUBMITTED"


async def test_any_status_word_can_be_shown(world: World) -> None:
    placed = await world.place()

    world.sim.set_status(placed, "SUSPENDED")

    assert await world.status(placed) == "SUSPENDED"


async def test_requests_are_not_limited_unless_a_test_says_so(world: World) -> None:
    assert [await refused_read(world) for _ in range(12)] == [False] * 12


async def test_the_documented_limits_are_of_a_key_and_a_path(world: World) -> None:
    world.sim.limit_rate()
    other = world.client_of(world.sim.add_app(person=world.person))

    first = [await refused_read(world) for _ in range(11)]
    await other.get("/trading/accounts/list")
    await world.balance()
    await world.balance()
    with pytest.raises(Refused) as failure:
        await world.balance()
    world.watch.advance(seconds=30)
    later = await refused_read(world)

    assert first == [False] * 10 + [True]
    assert failure.value.status == 429
    assert not later


async def test_a_limit_of_a_test_s_own(world: World) -> None:
    world.sim.limit_rate("/trading/orders/place", 1, 60)
    placed = await world.place()

    with pytest.raises(Refused) as failure:
        await world.place()

    assert failure.value.status == 429
    assert [order.client_order_id for order in world.sim.orders] == [placed]
