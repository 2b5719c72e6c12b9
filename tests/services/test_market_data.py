"""A price that cannot be relied on: said on paper, refused for a live market order."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from floorbroker.domain.errors import InvalidInput, PolicyRefused
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


@pytest.fixture
def house(build: Build, venue: Venue) -> Iterator[House]:
    yield build(venue=venue, chosen=settings(live_trading="on"))
    assert venue.count("place_order") == 0


async def _live(house: House) -> None:
    await house.link(environment=Environment.LIVE)
    await house.choose(ANNA, live=True)


@pytest.mark.parametrize("spoil", DOUBTFUL)
async def test_a_live_market_order_needs_a_price_to_rely_on(
    house: House, venue: Venue, spoil: Any
) -> None:
    await _live(house)
    spoil(venue)

    with pytest.raises(PolicyRefused, match="no reliable price"):
        await house.draft()


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
