"""What OpenD refuses."""

from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import pytest

from tests.simulators.opend import CASH, LIVE_ID, PAPER_ID, REAL, SIMULATE, Account
from tests.simulators.opend_clients import World, account, opened, order

PAPER = account()


@pytest.fixture
async def world() -> AsyncIterator[World]:
    """Prices for AAPL, and live trading unlocked."""
    async with opened() as opened_world:
        opened_world.sim.locked = False
        yield opened_world


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"order_type": "STOP", "aux_price": 180.0}, "limit orders and market orders"),
        ({"time_in_force": "GTC"}, "good for day"),
        ({"fill_outside_rth": True}, "regular trading hours"),
        ({"session": "OVERNIGHT"}, "regular trading hours"),
    ],
)
async def test_paper_trading_takes_no_more_than_it_says(
    world: World, fields: dict[str, Any], word: str
) -> None:
    context = await world.trade()

    assert word in await world.refused(context.place_order, **order(**fields))
    assert world.sim.orders == []


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"code": "US.NONE"}, "Unknown stock"),
        ({"code": "HK.00700"}, "no authority"),
        ({"qty": 0}, "lots"),
        ({"qty": 0.9}, "lots"),
        ({"price": 0.0}, "above 0"),
        ({"price": 150.005}, "price spread"),
        ({"time_in_force": "IOC"}, "time in force"),
        ({"order_type": "MARKET", "fill_outside_rth": True}, "Only limit orders"),
        ({"order_type": "STOP"}, "aux_price"),
        ({"order_type": "TRAILING_STOP"}, "trail_type"),
        ({"order_type": "AUCTION"}, "orderType"),
        ({"trd_side": "SELL_SHORT"}, "Only BUY and SELL"),
        ({"qty": 100_000}, "buying power"),
        ({"trd_side": "SELL", "qty": 6}, "Insufficient position"),
    ],
)
async def test_live_trading_has_rules_too(world: World, fields: dict[str, Any], word: str) -> None:
    context = await world.trade()
    world.sim.hold(LIVE_ID, "US.AAPL", 5, 100)

    assert word in await world.refused(context.place_order, **order(paper=False, **fields))
    assert world.sim.orders == []


async def test_what_is_behind_the_point_of_a_quantity_is_cut_off_without_a_word(
    world: World,
) -> None:
    context = await world.trade()

    number = await world.place(context, qty=1.9, price=150.1209)

    made = world.sim.order(number)
    assert (made.qty, made.price) == (Decimal(1), Decimal("150.12"))


async def test_a_remark_has_at_most_64_bytes(world: World) -> None:
    context = await world.trade()

    words = await world.refused(context.place_order, **order(remark="é" * 33))

    assert "64 bytes" in words
    assert world.sim.orders_received == 0  # the SDK itself refuses
    assert await world.place(context, remark="é" * 32)


async def test_a_cash_account_does_not_sell_short() -> None:
    cash = Account(acc_id=LIVE_ID, trd_env=REAL, acc_type=CASH)
    async with opened(accounts=[cash]) as world:
        world.sim.locked = False
        context = await world.trade()

        words = await world.refused(
            context.place_order, **order(paper=False, trd_side="SELL", price=150.0)
        )

        assert "sold short" in words


async def test_a_paper_account_for_shares_takes_no_options() -> None:
    shares = Account(acc_id=PAPER_ID, trd_env=SIMULATE, sim_acc_type="STOCK")
    async with opened(accounts=[shares]) as world:
        context = await world.trade()
        code = world.sim.list_option("US.AAPL", world.watch.at.date(), "PUT", 190)

        assert "options" in await world.refused(context.place_order, **order(code=code, price=1.0))


async def test_what_this_opend_does_not_know_is_refused_by_its_number(world: World) -> None:
    context = await world.trade()

    words = await world.refused(context.get_margin_ratio, ["US.AAPL"])

    assert words == "Unknown protocol ID"
    assert world.sim.names()[-1] == "2223"


async def test_a_suspended_share_is_not_traded(world: World) -> None:
    context = await world.trade()
    world.sim.listing.change("US.AAPL", suspended=True)

    assert "suspended" in await world.refused(context.place_order, **order())


async def test_an_account_of_the_other_environment_is_unknown(world: World) -> None:
    context = await world.trade()

    words = await world.refused(context.place_order, **order(acc_id=LIVE_ID))

    assert "Nonexisting acc_id" in words
    assert world.sim.orders_received == 0  # the SDK looks it up first


async def test_a_disabled_account_does_not_trade(world: World) -> None:
    context = await world.trade()
    world.sim.accounts[LIVE_ID].active = False

    assert "disabled" in await world.refused(context.place_order, **order(paper=False))


async def test_an_order_that_has_ended_is_not_canceled_or_changed(world: World) -> None:
    context = await world.trade()
    number = await world.place(context, order_type="MARKET")

    canceled = await world.refused(context.modify_order, "CANCEL", number, 0, 0, **PAPER)
    changed = await world.refused(context.modify_order, "NORMAL", number, 2, 150.0, **PAPER)
    unknown = await world.refused(context.modify_order, "CANCEL", "1", 0, 0, **PAPER)

    assert canceled.endswith("FILLED_ALL")
    assert changed.endswith("FILLED_ALL")
    assert unknown == "Order does not exist"


@pytest.mark.parametrize("operation", ["DISABLE", "ENABLE", "DELETE"])
async def test_the_us_market_knows_no_other_operation(world: World, operation: str) -> None:
    context = await world.trade()
    number = await world.place(context)

    words = await world.refused(context.modify_order, operation, number, 0, 0, **PAPER)

    assert "does not support this operation" in words
    assert world.sim.order(number).status == "SUBMITTED"


async def test_a_change_that_is_refused_leaves_the_order_as_it_was(world: World) -> None:
    context = await world.trade()
    number = await world.place(context)

    await world.refused(context.modify_order, "NORMAL", number, 100_000, 150.0, **PAPER)
    await world.refused(context.modify_order, "NORMAL", number, 2, 150.005, **PAPER)
    await world.refused(context.modify_order, "NORMAL", number, 0, 150.0, **PAPER)

    made = world.sim.order(number)
    assert (made.qty, made.price) == (Decimal(1), Decimal(150))
    assert made.status == "SUBMITTED"


async def test_an_order_can_be_refused_in_any_words(world: World) -> None:
    context = await world.trade()
    world.sim.reject("Your account is restricted")

    words = await world.refused(context.place_order, **order())

    assert words == "Your account is restricted"
    assert world.sim.orders == []
    assert await world.place(context)


async def test_sixteen_orders_in_thirty_seconds_are_one_too_many(world: World) -> None:
    context = await world.trade()
    world.sim.requests_limited = True
    for _ in range(15):
        await world.place(context)

    words = await world.refused(context.place_order, **order())
    world.watch.advance(seconds=30)

    assert "high frequency" in words
    assert len(world.sim.orders) == 15
    assert await world.place(context)


async def test_the_cache_may_be_read_as_often_as_one_likes(world: World) -> None:
    context = await world.trade()
    world.sim.requests_limited = True
    for _ in range(12):
        await world.ask(context.order_list_query, **PAPER)
    for _ in range(10):
        await world.ask(context.order_list_query, refresh_cache=True, **PAPER)

    words = await world.refused(context.order_list_query, refresh_cache=True, **PAPER)

    assert "high frequency" in words
