"""A price that cannot be relied on: said on paper, confirmed twice with real money."""

import asyncio
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from floorbroker.domain.errors import DraftExpired, InvalidInput
from floorbroker.domain.modes import Environment
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import Side
from tests.fakes.clock import NOON
from tests.fakes.exchange.venue import Venue, held
from tests.floor import ANNA, House, settings
from tests.services.conftest import Build


def _missing(venue: Venue) -> None:
    venue.bid = venue.ask = venue.last = None


def _delayed(venue: Venue) -> None:
    venue.delayed = True


def _crossed(venue: Venue) -> None:
    venue.bid, venue.ask = Decimal("100.01"), Decimal("100.00")


def _old(venue: Venue) -> None:
    venue.quoted_at = NOON - timedelta(seconds=61)


DOUBTFUL = [_missing, _delayed, _crossed, _old]
PRICED = [_delayed, _crossed, _old]


@pytest.fixture
def house(build: Build, venue: Venue) -> House:
    return build(venue=venue, chosen=settings(live_trading="on"))


async def _live(house: House) -> None:
    await house.link(environment=Environment.LIVE)
    await house.choose(ANNA, live=True)


@pytest.mark.parametrize("spoil", PRICED)
async def test_a_live_market_order_at_a_doubtful_price_is_confirmed_twice(
    house: House, venue: Venue, spoil: Any
) -> None:
    await _live(house)
    spoil(venue)
    draft = await house.draft()

    asked = await house.confirm(draft)
    again = await house.confirm(draft)

    assert draft.review.doubt
    assert not draft.asked_again
    assert [one.state for one in (asked, again)] == [OrderState.DRAFT] * 2
    assert asked.asked_again
    assert venue.count("place_order") == 0

    sent = await house.confirm(draft, anyway=True)
    twice = await house.confirm(draft, anyway=True)

    assert sent.state is OrderState.ACCEPTED
    assert twice.state is OrderState.ACCEPTED
    assert venue.count("place_order") == 1


async def test_the_answer_counts_only_after_the_question(house: House, venue: Venue) -> None:
    await _live(house)
    _delayed(venue)
    draft = await house.draft()

    first = await house.confirm(draft, anyway=True)

    assert first.state is OrderState.DRAFT
    assert first.asked_again
    assert venue.count("place_order") == 0


async def test_clicks_at_the_same_time_only_ask(house: House, venue: Venue) -> None:
    await _live(house)
    _delayed(venue)
    draft = await house.draft()

    answers = await asyncio.gather(*(house.confirm(draft) for _ in range(5)))

    assert {one.state for one in answers} == {OrderState.DRAFT}
    assert all(one.asked_again for one in answers)
    assert venue.count("place_order") == 0


async def test_a_doubtful_review_that_is_too_old_is_not_asked_about(
    house: House, venue: Venue
) -> None:
    await _live(house)
    _delayed(venue)
    draft = await house.draft()
    house.clock.advance(61)

    with pytest.raises(DraftExpired):
        await house.confirm(draft)

    assert venue.count("place_order") == 0


async def test_a_price_to_rely_on_is_confirmed_once(house: House, venue: Venue) -> None:
    await _live(house)
    draft = await house.draft()

    sent = await house.confirm(draft)

    assert draft.review.doubt == ""
    assert sent.state is OrderState.ACCEPTED
    assert venue.count("place_order") == 1


async def test_a_live_market_order_proposes_the_limit_that_it_would_have_met(
    house: House, venue: Venue
) -> None:
    await _live(house)
    _delayed(venue)

    draft = await house.draft()

    [note] = [one for one in draft.review.notes if "delayed" in one]
    assert f"A limit order, at {draft.review.price} for one" in note


@pytest.mark.parametrize("spoil", DOUBTFUL)
async def test_a_live_limit_order_says_its_own_price_and_is_reviewed(
    house: House, venue: Venue, spoil: Any
) -> None:
    await _live(house)
    spoil(venue)

    draft = await house.draft(limit="90.00")

    assert draft.review.cost is not None
    assert draft.review.cost.amount == 900
    assert draft.review.notes
    assert draft.review.doubt == ""


@pytest.mark.parametrize(
    ("spoil", "note"),
    [
        (_delayed, "The quote is delayed."),
        (_crossed, "The quote is crossed"),
        (_old, "The quote is old."),
    ],
)
async def test_a_paper_market_order_is_reviewed_with_a_warning(
    house: House, venue: Venue, spoil: Any, note: str
) -> None:
    await house.link()
    spoil(venue)

    draft = await house.draft()

    assert any(one.startswith(note) for one in draft.review.notes)
    assert draft.review.doubt == ""


async def test_without_any_price_a_market_order_cannot_be_valued(
    house: House, venue: Venue
) -> None:
    await house.link()
    _missing(venue)

    with pytest.raises(InvalidInput, match="no price to value"):
        await house.draft()


async def test_without_a_touch_the_last_price_counts(house: House, venue: Venue) -> None:
    await house.link()
    venue.bid = venue.ask = None
    venue.last = Decimal(101)

    assert (await house.draft()).review.price == 101


async def test_an_amount_to_sell_cannot_be_checked_without_a_price_and_is_refused(
    house: House, venue: Venue
) -> None:
    await house.link()
    venue.positions = (held(1, house.clock.now()),)
    _missing(venue)

    with pytest.raises(InvalidInput, match="no price"):
        await house.draft(side=Side.SELL, amount="40000")


async def test_the_limits_look_at_a_market_order_with_the_collar_on_top(
    build: Build, venue: Venue
) -> None:
    house = build(venue=venue, chosen=settings(max_order_value=1000, price_collar_percent=5))
    await house.link()

    assert (await house.draft(quantity="9")).state is OrderState.DRAFT
    with pytest.raises(Exception, match=r"Order value \$1,050.00 exceeds limit"):
        await house.draft(quantity="10")
    assert (await house.draft(quantity="10", limit="100.00")).state is OrderState.DRAFT
