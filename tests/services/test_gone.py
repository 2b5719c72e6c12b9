"""An order at work that its broker no longer has comes to an end that claims to know nothing."""

from dataclasses import replace
from datetime import timedelta

import pytest

from floorbroker.domain.errors import ApiError
from floorbroker.domain.news import NewsKind, news_of
from floorbroker.domain.order import IntentState, Order
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import Ambiguous, Receipt, Side
from tests.fakes.clock import ManualClock
from tests.fakes.exchange.venue import Venue, accepted, filled
from tests.floor import ANNA, House, caller
from tests.services.conftest import Build


@pytest.fixture
def house(build: Build, venue: Venue) -> House:
    return build(venue=venue)


async def swept(house: House, minutes: float) -> None:
    """A minute after another, as the sweep comes by all the time."""
    for _ in range(int(minutes)):
        house.clock.advance(60)
        await house.reconciler.sweep()


async def test_an_order_that_its_broker_has_no_more_is_gone_after_ten_minutes(
    house: House, venue: Venue
) -> None:
    await house.link()
    order = await house.resting()
    await swept(house, 2)
    venue.book.clear()
    await swept(house, 10)
    before = await house.stored(order)

    await swept(house, 2)

    after = await house.stored(order)
    assert before.state is OrderState.ACCEPTED
    assert before.news_at == order.news_at
    assert after.state is OrderState.GONE
    assert after.news_at is not None
    assert news_of(after) is NewsKind.CRITICAL
    assert await house.list.open(ANNA) == []
    assert await house.list.every_cancelable(ANNA) == []
    assert (venue.count("place_order"), venue.count("cancel_order")) == (1, 0)


async def test_what_had_filled_stays(house: House, venue: Venue) -> None:
    await house.link()
    order = await house.resting()
    fill = filled("X", order.filled_quantity + 4, house.clock.now()).fills
    known = venue.book[order.order_id]
    venue.book[order.order_id] = replace(known, state=OrderState.PARTIALLY_FILLED, fills=fill)
    await swept(house, 1)
    venue.book.clear()

    await swept(house, 12)

    after = await house.stored(order)
    assert after.state is OrderState.GONE
    assert after.filled_quantity == 4


async def test_a_few_looks_prove_nothing_however_long_they_are_apart(
    house: House, venue: Venue
) -> None:
    await house.link()
    order = await house.resting()
    venue.book.clear()
    for _ in range(4):
        house.clock.advance(3600)
        await house.reconciler.sweep()
    assert (await house.stored(order)).state is OrderState.ACCEPTED

    house.clock.advance(3600)
    await house.reconciler.sweep()

    assert (await house.stored(order)).state is OrderState.GONE


async def test_many_looks_at_once_prove_nothing(house: House, venue: Venue) -> None:
    await house.link()
    order = await house.resting()
    venue.book.clear()

    for _ in range(20):
        order = await house.reconciler.check(order)

    assert order.state is OrderState.ACCEPTED


async def test_a_clock_that_is_set_ahead_proves_nothing(house: House, venue: Venue) -> None:
    await house.link()
    order = await house.resting()
    venue.book.clear()
    await swept(house, 5)
    house.clock.leap(3600)

    await swept(house, 9)
    early = await house.stored(order)
    await swept(house, 3)

    assert early.state is OrderState.ACCEPTED
    assert (await house.stored(order)).state is OrderState.GONE


async def test_an_order_that_is_seen_in_between_counts_from_the_start_again(
    house: House, venue: Venue
) -> None:
    await house.link()
    order = await house.resting()
    known = venue.book.pop(order.order_id)
    await swept(house, 9)
    venue.book[order.order_id] = known
    await swept(house, 1)
    venue.book.clear()

    await swept(house, 9)

    assert (await house.stored(order)).state is OrderState.ACCEPTED


@pytest.mark.parametrize("silent", [True, False])
async def test_a_broker_that_does_not_say_that_it_is_not_there_ends_nothing(
    house: House, venue: Venue, silent: bool
) -> None:
    await house.link()
    order = await house.resting()
    if silent:
        venue.failing["find_order"] = ApiError(broker="alpaca")
    else:
        venue.found = Ambiguous(candidates=(accepted("X-1"), accepted("X-2")))

    await swept(house, 60)

    assert (await house.stored(order)).state is OrderState.ACCEPTED


async def _gone(house: House, venue: Venue) -> tuple[Order, Receipt]:
    await house.link()
    order = await house.resting()
    known = venue.book.pop(order.order_id)
    await swept(house, 12)
    order = await house.stored(order)
    assert order.state is OrderState.GONE
    return order, known


async def test_one_that_turns_up_again_is_followed_again_and_told(
    house: House, venue: Venue
) -> None:
    order, known = await _gone(house, venue)
    await house.orders.told(order)
    venue.book[order.order_id] = known

    await swept(house, 12)

    after = await house.stored(order)
    assert after.state is OrderState.ACCEPTED
    assert after.absence is None
    assert news_of(after) is NewsKind.CRITICAL
    assert [one.order_id for one in await house.list.open(ANNA)] == [order.order_id]


async def test_it_is_looked_for_ever_more_rarely_and_for_a_day(house: House, venue: Venue) -> None:
    order, _ = await _gone(house, venue)
    began, pauses = house.clock.now(), []
    while (due := (await house.stored(order)).check_at) is not None:
        pauses.append(due - house.clock.now())
        house.clock.move_to(due)
        await house.reconciler.sweep()

    assert pauses == sorted(pauses)
    assert 5 <= len(pauses) <= 10
    assert house.clock.now() - began > timedelta(days=1)


async def test_a_cancel_that_was_under_way_is_not_waited_for(house: House, venue: Venue) -> None:
    await house.link()
    order = await house.resting()
    venue.cancels_at_once = False
    await house.changes.cancel(caller(), order.order_id)
    venue.book.clear()

    await swept(house, 15)

    after = await house.stored(order)
    assert after.state is OrderState.GONE
    assert after.intent is not None
    assert after.intent.state is IntentState.REFUSED


async def test_after_a_practice_account_was_opened_anew_its_position_can_be_closed(
    build: Build, clock: ManualClock
) -> None:
    house = build()
    await house.bought("10")
    draft = await house.draft(side=Side.SELL, quantity="10", limit="900.00")
    order = await house.confirm(draft)
    await house.links.remove(ANNA, order.link_id)
    await house.accounts.open_paper(ANNA)
    await house.bought("10")

    await swept(house, 15)
    closing = await house.drafts.draft_close(caller(), "AAPL", None, None)

    assert (await house.stored(order)).state is OrderState.GONE
    assert closing.request.quantity == 10
