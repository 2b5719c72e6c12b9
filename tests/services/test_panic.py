"""The kill switch: everything canceled, everything closed, once, and only what was agreed to."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from floorbroker.domain.errors import ApiError, InvalidInput, OrderRejected
from floorbroker.domain.ids import new_order_id
from floorbroker.domain.instruments import AssetClass, Instrument
from floorbroker.domain.modes import Environment
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import Leg, LegRole, PositionEffect, Side
from floorbroker.services.listing import OrderList
from floorbroker.services.panic import Panic
from tests.fakes.exchange.venue import AAPL, Venue, filled, held
from tests.floor import ANNA, BEN, House, caller, settings
from tests.services.conftest import Build

MSFT = Instrument(symbol="MSFT", asset_class=AssetClass.EQUITY)


@pytest.fixture
def house(build: Build, venue: Venue) -> House:
    venue.instruments = (AAPL, MSFT)
    return build(venue=venue, chosen=settings(live_trading="on", max_orders_per_day=2))


@pytest.fixture
def panic(house: House) -> Panic:
    listing = OrderList(house.stored_orders)
    return Panic(listing, house.portfolio, house.changes, house.drafts, house.orders)


def holds(house: House, venue: Venue, **shares: int) -> None:
    known = {one.symbol: one for one in venue.instruments}
    now = house.clock.now()
    venue.positions = tuple(
        held(quantity, now, known[symbol]) for symbol, quantity in shares.items()
    )


def fills(house: House, venue: Venue) -> None:
    """Every order from now on fills at once."""

    def fill(order: Any) -> Any:
        return filled(f"X-{order.order_id}", order.request.quantity, house.clock.now())

    venue.on_place = fill


async def flatten(panic: Panic, asked: str = "1", **changes: str) -> list[Any]:
    mark = changes.get("mark") or (await panic.exposure(ANNA)).mark
    return list(await panic.flatten(caller(), asked, mark))


async def test_what_is_open_is_shown_account_by_account(
    house: House, panic: Panic, venue: Venue
) -> None:
    await house.link()
    order = await house.resting()
    holds(house, venue, AAPL=3, MSFT=-2)

    exposure = await panic.exposure(ANNA)

    assert [one.order_id for one in exposure.orders] == [order.order_id]
    assert [one.position.quantity for one in exposure.holdings] == [3, -2]
    assert exposure.failed == []


async def test_every_order_is_canceled_once(house: House, panic: Panic, venue: Venue) -> None:
    await house.link()
    orders = {(await house.resting()).order_id for _ in range(2)}
    by = caller()

    done = await panic.cancel_all(by)
    again = await panic.cancel_all(by)

    assert {one.order.order_id for one in done if one.order} == orders
    assert {one.order.state for one in done if one.order} == {OrderState.CANCELED}
    assert again == []
    assert venue.count("cancel_order") == 2


async def test_one_order_that_cannot_be_canceled_does_not_keep_the_others(
    house: House, panic: Panic, venue: Venue
) -> None:
    await house.link()
    first, second = await house.resting(), await house.resting()
    venue.book.pop(first.order_id)
    venue.failing["cancel_order"] = OrderRejected("Too late.", broker="alpaca")

    done = await panic.cancel_all(caller())

    assert len(done) == 2
    assert {one.order.order_id for one in done if one.order} == {first.order_id, second.order_id}
    assert venue.count("cancel_order") == 2


async def test_nobody_elses_orders_are_touched(house: House, panic: Panic, venue: Venue) -> None:
    await house.link(BEN)
    await house.resting(BEN)
    await house.link()

    assert await panic.cancel_all(caller()) == []
    assert venue.count("cancel_order") == 0


async def test_every_position_is_closed_at_the_market(
    house: House, panic: Panic, venue: Venue
) -> None:
    await house.link()
    holds(house, venue, AAPL=3, MSFT=-2)
    fills(house, venue)

    done = await flatten(panic)

    orders = {one.order.request.instrument.symbol: one.order for one in done if one.order}
    assert {one.state for one in orders.values()} == {OrderState.FILLED}
    assert (orders["AAPL"].request.side, orders["AAPL"].request.quantity) == (Side.SELL, 3)
    assert (orders["MSFT"].request.side, orders["MSFT"].request.quantity) == (Side.BUY, 2)
    assert {one.request.effect for one in orders.values()} == {PositionEffect.CLOSE}


async def test_a_bracket_of_long_ago_is_not_forgotten(
    house: House, panic: Panic, venue: Venue
) -> None:
    await house.link()
    entry = await house.resting()
    leg = Leg(
        role=LegRole.STOP_LOSS,
        price=Decimal(80),
        state=OrderState.ACCEPTED,
        broker_order_id="X-L",
    )
    venue.book[entry.order_id] = replace(
        filled("X-E", entry.request.quantity or Decimal(0), house.clock.now()), legs=(leg,)
    )
    bracket = await house.reconciler.check(await house.stored(entry))
    ended = replace(bracket, legs=(), check_at=None)
    for number in range(101):
        order_id, key = new_order_id(), f"later-{number}"
        since = house.clock.now() + timedelta(seconds=number)
        later = replace(ended, order_id=order_id, origin_key=key, created_at=since)
        await house.stored_orders.add(later)
    holds(house, venue, AAPL=10)

    exposure = await panic.exposure(ANNA)
    offered = await house.list.cancelable(ANNA)
    [kept] = await flatten(panic)
    await panic.cancel_all(caller())

    assert [one.order_id for one in exposure.orders] == [entry.order_id]
    assert [one.order_id for one in offered] == [entry.order_id]
    assert "Closing orders of a bracket in AAPL still work." in str(kept.error)
    assert venue.count("cancel_order") == 1


async def test_an_order_of_a_removed_account_is_not_offered_for_canceling(
    house: House, panic: Panic, venue: Venue
) -> None:
    await house.link()
    await house.link(name="other")
    order = await house.resting(account="other")
    await house.links.remove(ANNA, order.link_id)
    house.clock.advance(120)
    await house.reconciler.sweep()

    done = await panic.cancel_all(caller())

    assert (await house.stored(order)).check_at is None
    assert done == []


async def test_neither_the_pause_nor_the_days_limit_stands_in_the_way(
    house: House, panic: Panic, venue: Venue
) -> None:
    await house.link()
    for _ in range(2):  # as many as the limit allows
        await house.resting()
    await house.choose(ANNA, paused=True)
    holds(house, venue, AAPL=3)
    fills(house, venue)

    [done] = await flatten(panic)

    assert done.order is not None
    assert done.order.state is OrderState.FILLED


async def test_the_same_decision_delivered_twice_sends_nothing_again(
    house: House, panic: Panic, venue: Venue
) -> None:
    await house.link()
    holds(house, venue, AAPL=3)
    fills(house, venue)
    mark = (await panic.exposure(ANNA)).mark
    [first] = await panic.flatten(caller(), "decision", mark)

    [still] = await panic.flatten(caller(), "decision", mark)  # the broker still shows it
    venue.positions = ()
    [gone] = await panic.flatten(caller(), "decision", mark)

    assert first.order is not None
    assert {first.order.order_id} == {one.order.order_id for one in (still, gone) if one.order}
    assert venue.count("place_order") == 1


async def test_only_what_was_listed_is_closed(house: House, panic: Panic, venue: Venue) -> None:
    await house.link()
    holds(house, venue, AAPL=3)
    mark = (await panic.exposure(ANNA)).mark
    holds(house, venue, AAPL=3, MSFT=5)

    with pytest.raises(InvalidInput, match="have changed"):
        await flatten(panic, mark=mark)

    assert venue.count("place_order") == 0


async def test_one_position_that_cannot_be_closed_does_not_keep_the_others(
    house: House, panic: Panic, venue: Venue
) -> None:
    await house.link()
    holds(house, venue, AAPL=3, MSFT=5)
    fills(house, venue)
    placed = venue.on_place
    assert placed is not None

    def refuse(order: Any) -> Any:
        if order.request.instrument.symbol == "AAPL":
            raise OrderRejected("Halted.", broker="alpaca")
        return placed(order)

    venue.on_place = refuse

    done = await flatten(panic)

    states = {one.what.position.instrument.symbol: one.order for one in done}
    assert states["AAPL"] is not None
    assert states["AAPL"].state is OrderState.REJECTED
    assert states["MSFT"] is not None
    assert states["MSFT"].state is OrderState.FILLED


async def test_real_money_at_a_doubtful_price_is_closed_all_the_same(
    house: House, panic: Panic, venue: Venue
) -> None:
    await house.link(environment=Environment.LIVE)
    await house.choose(ANNA, live=True)
    holds(house, venue, AAPL=3)
    fills(house, venue)
    venue.delayed = True

    [done] = await flatten(panic)

    assert done.order is not None
    assert done.order.state is OrderState.FILLED
    assert venue.count("place_order") == 1


async def test_an_account_that_does_not_answer_is_said_and_the_others_go_on(
    house: House, panic: Panic, venue: Venue
) -> None:
    await house.link()
    venue.failing["positions"] = ApiError("No answer.", broker="alpaca")

    exposure = await panic.exposure(ANNA)

    assert [one.error.message for one in exposure.failed] == ["No answer."]
    assert exposure.holdings == []


async def test_the_mark_tells_amounts_accounts_and_symbols_apart(
    house: House, panic: Panic, venue: Venue
) -> None:
    await house.link()
    marks = set()
    for shares in ({"AAPL": 3}, {"AAPL": 4}, {"MSFT": 3}, {"AAPL": -3}):
        holds(house, venue, **shares)
        marks.add((await panic.exposure(ANNA)).mark)
    holds(house, venue, AAPL=3)
    exposure = await panic.exposure(ANNA)
    [one] = exposure.holdings
    elsewhere = replace(one.account, link=replace(one.account.link, link_id="other"))
    marks.add(replace(exposure, holdings=[replace(one, account=elsewhere)]).mark)

    assert len(marks) == 5
    assert exposure.mark in marks
    assert exposure.holdings[0].position.quantity == Decimal(3)
