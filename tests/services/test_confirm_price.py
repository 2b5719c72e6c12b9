"""A market order goes out only near the price that the person saw."""

from datetime import timedelta
from decimal import Decimal

import pytest

from floorbroker.domain.errors import ApiError, DraftExpired
from floorbroker.domain.order import Order
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import Receipt
from tests.fakes.clock import ManualClock
from tests.fakes.exchange.venue import Venue, accepted, held
from tests.floor import caller
from tests.services.conftest import Build


@pytest.mark.parametrize("ask", ["105.01", "94.99"])
async def test_a_price_beyond_the_collar_is_refused_at_confirm(
    build: Build, venue: Venue, clock: ManualClock, ask: str
) -> None:
    house = build(venue=venue)
    await house.link()
    draft = await house.draft()
    clock.advance(30)
    venue.ask = Decimal(ask)

    with pytest.raises(DraftExpired, match=r"moved from 100\.00 to"):
        await house.confirm(draft)

    assert venue.count("place_order") == 0
    assert (await house.stored(draft)).state is OrderState.LAPSED


async def test_a_market_order_whose_price_cannot_be_checked_again_is_not_sent(
    build: Build, venue: Venue, clock: ManualClock
) -> None:
    house = build(venue=venue)
    await house.link()
    draft = await house.draft()
    clock.advance(30)
    venue.failing["quote"] = ApiError(broker="alpaca")

    with pytest.raises(DraftExpired, match="could not be checked"):
        await house.confirm(draft)

    assert venue.count("place_order") == 0


async def test_a_close_goes_out_even_if_its_price_cannot_be_checked_again(
    build: Build, venue: Venue, clock: ManualClock
) -> None:
    house = build(venue=venue)
    await house.link()
    venue.positions = (held(10, clock.now()),)
    draft = await house.drafts.draft_close(caller(), "AAPL", None, None)
    clock.advance(30)
    venue.failing["quote"] = ApiError(broker="alpaca")

    assert (await house.confirm(draft)).state is OrderState.ACCEPTED


async def test_a_price_at_the_collar_is_still_taken(
    build: Build, venue: Venue, clock: ManualClock
) -> None:
    house = build(venue=venue)
    await house.link()
    draft = await house.draft()
    clock.advance(30)
    venue.ask = Decimal("105.00")

    assert (await house.confirm(draft)).state is OrderState.ACCEPTED


async def test_a_source_whose_clock_is_ahead_does_not_switch_the_collar_off(
    build: Build, venue: Venue, clock: ManualClock
) -> None:
    house = build(venue=venue)
    await house.link()
    venue.quoted_at = clock.now() + timedelta(hours=1)
    draft = await house.draft()
    clock.advance(30)
    venue.ask = Decimal("150.00")

    with pytest.raises(DraftExpired, match="moved from"):
        await house.confirm(draft)


async def test_a_limit_order_says_its_own_price_and_needs_no_collar(
    build: Build, venue: Venue, clock: ManualClock
) -> None:
    house = build(venue=venue)
    await house.link()
    draft = await house.draft(limit="90.00")
    clock.advance(300)
    venue.failing["quote"] = ApiError(broker="alpaca")

    assert (await house.confirm(draft)).state is OrderState.ACCEPTED


async def test_what_is_sent_is_exactly_what_the_review_showed(build: Build, venue: Venue) -> None:
    house = build(venue=venue)
    await house.link()
    sent: list[Order] = []

    def take(order: Order) -> Receipt:
        sent.append(order)
        return accepted("X-1")

    venue.on_place = take
    draft = await house.draft(quantity="10.7", limit="90.006")

    await house.confirm(draft)

    assert [order.request for order in sent] == [draft.request]
    assert draft.request.quantity == 10
    assert draft.request.limit_price == Decimal("90.01")
    assert sent[0].order_id == draft.order_id
