"""Market orders in market hours only: judged at the review and again at Confirm."""

import asyncio
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from floorbroker.brokers.registry import get_broker
from floorbroker.domain.error_codes import ErrorCode
from floorbroker.domain.errors import ApiError, LimitExceeded
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import OrderRequest, PositionEffect, Side
from floorbroker.domain.own_limits import OwnLimits, StandingLimits
from floorbroker.services.trading_hours import TradingHours
from tests.fakes.calendar import FixedCalendar, calendar_of, session
from tests.fakes.clock import ManualClock
from tests.fakes.exchange.venue import AAPL, Venue, held
from tests.floor import EXCHANGE, SECOND, SERVER, House, caller, settings
from tests.services.conftest import Build

LIMIT = StandingLimits(now=OwnLimits(only_in_market_hours=True))
TODAY, TOMORROW = session("2026-03-04", "14:30", "17:30"), session("2026-03-05")
"""The clock of the tests stands at 17:00 of the first."""


@pytest.fixture
def house(build: Build, venue: Venue) -> House:
    return build(venue=venue)


# Where the broker tells the hours


@pytest.mark.parametrize("scope", ["the operator's", "this server's", "your own"])
async def test_a_market_that_closes_after_the_review_stops_the_order(
    build: Build, venue: Venue, scope: str
) -> None:
    operators = {"only_in_market_hours": "on"} if scope == "the operator's" else {}
    house = build(venue=venue, chosen=settings(**operators))
    await house.link()
    if scope == "this server's":
        await house.rule(limits=LIMIT)
    if scope == "your own":
        await house.choose(limits=LIMIT)
    draft = await house.draft(caller(guild_id=SERVER))
    venue.market_open = False

    with pytest.raises(LimitExceeded, match=f"The market is closed now.*{scope}") as refused:
        await house.confirm(draft, caller(guild_id=SERVER))

    assert refused.value.code is ErrorCode.MARKET_CLOSED
    assert venue.count("place_order") == 0
    assert (await house.stored(draft)).state is OrderState.DRAFT


async def test_a_market_that_is_still_open_lets_it_pass(house: House, venue: Venue) -> None:
    await house.link()
    await house.choose(limits=LIMIT)

    sent = await house.confirm(await house.draft())

    assert sent.state is OrderState.ACCEPTED
    assert venue.count("market_hours") == 2


async def test_a_limit_that_came_after_the_review_holds(house: House, venue: Venue) -> None:
    await house.link()
    venue.market_open = False
    draft = await house.draft()
    await house.choose(limits=LIMIT)

    with pytest.raises(LimitExceeded, match="The market is closed now"):
        await house.confirm(draft)

    assert venue.count("place_order") == 0


async def test_hours_that_are_not_told_at_confirm_are_not_taken_for_open(
    house: House, venue: Venue
) -> None:
    await house.link()
    await house.choose(limits=LIMIT)
    draft = await house.draft()
    venue.failing["market_hours"] = ApiError("Down.", broker="alpaca")

    with pytest.raises(LimitExceeded, match="Nobody tells whether this market is open now"):
        await house.confirm(draft)

    assert venue.count("place_order") == 0
    venue.failing.clear()
    assert (await house.confirm(draft)).state is OrderState.ACCEPTED


async def test_hours_that_come_too_late_are_not_waited_for(
    house: House, venue: Venue, clock: ManualClock
) -> None:
    link = await house.link()
    venue.blocked["market_hours"] = asyncio.Event()
    hours = TradingHours(FixedCalendar(), clock, within_seconds=0.0)
    request = OrderRequest(instrument=AAPL, side=Side.BUY, quantity=Decimal(1))

    async with house.sessions.lease(link) as adapter:
        told = await hours.open_now(adapter, get_broker(EXCHANGE), request)

    assert told is None


async def test_the_pause_is_asked_after_the_hours(house: House, venue: Venue) -> None:
    await house.link()
    await house.choose(limits=LIMIT)
    draft = await house.draft()
    gate = venue.blocked["market_hours"] = asyncio.Event()
    confirming = asyncio.ensure_future(house.confirm(draft))
    await venue.heard("market_hours", 2)
    await house.choose(paused=True)
    gate.set()

    [outcome] = await asyncio.gather(confirming, return_exceptions=True)

    assert isinstance(outcome, Exception)
    assert "You have paused trading" in str(outcome)
    assert venue.count("place_order") == 0


@pytest.mark.parametrize("ticket", [{"limit": "90.00"}, {}], ids=["limit order", "no such limit"])
async def test_hours_are_asked_once_more_only_where_a_limit_needs_them(
    house: House, venue: Venue, ticket: dict[str, Any]
) -> None:
    await house.link()
    if ticket:
        await house.choose(limits=LIMIT)
    draft = await house.draft(**ticket)
    venue.market_open = False

    sent = await house.confirm(draft)

    assert sent.state is OrderState.ACCEPTED
    assert venue.count("market_hours") == 1


async def test_what_closes_a_position_goes_out_of_a_closed_market(
    build: Build, venue: Venue
) -> None:
    house = build(venue=venue, chosen=settings(only_in_market_hours="on"))
    await house.link()
    await house.choose(limits=LIMIT)
    venue.positions = (held(10, house.clock.now()),)
    draft = await house.drafts.draft_close(caller(), "AAPL", None, None)
    venue.market_open = False
    venue.blocked["market_hours"] = asyncio.Event()  # who asked would wait for ever

    sent = await house.confirm(draft)

    assert sent.request.effect is PositionEffect.CLOSE
    assert sent.state is OrderState.ACCEPTED


# Where the calendar does


def silent(build: Build, venue: Venue, calendar: FixedCalendar) -> House:
    """A house whose second broker tells no hours."""
    return build(second=venue, calendar=calendar)


async def test_the_calendar_says_that_the_market_is_open(build: Build, venue: Venue) -> None:
    house = silent(build, venue, FixedCalendar(calendar_of(TODAY, TOMORROW)))
    await house.link(broker=SECOND)
    await house.choose(limits=LIMIT)

    sent = await house.confirm(await house.draft())

    assert sent.state is OrderState.ACCEPTED
    assert venue.count("market_hours") == 0


async def test_the_calendar_says_that_the_market_is_closed(build: Build, venue: Venue) -> None:
    house = silent(build, venue, FixedCalendar(calendar_of(TOMORROW, session("2026-03-06"))))
    await house.link(broker=SECOND)

    notes = (await house.draft()).review.notes
    await house.choose(limits=LIMIT)

    assert "The market is closed now. It opens on Thursday, 5 March, at 09:30 in New York." in notes
    with pytest.raises(LimitExceeded, match="The market is closed now"):
        await house.draft()


async def test_a_session_that_ends_between_review_and_confirm_stops_the_order(
    build: Build, venue: Venue
) -> None:
    house = silent(build, venue, FixedCalendar(calendar_of(TODAY, TOMORROW)))
    await house.link(broker=SECOND)
    await house.choose(limits=LIMIT)
    house.clock.move_to(TODAY.closes - timedelta(seconds=1))
    draft = await house.draft()
    house.clock.advance(1)

    with pytest.raises(LimitExceeded, match="The market is closed now"):
        await house.confirm(draft)

    assert venue.count("place_order") == 0


async def test_without_a_calendar_such_a_limit_refuses(build: Build, venue: Venue) -> None:
    house = silent(build, venue, FixedCalendar())
    await house.link(broker=SECOND)
    draft = await house.draft()
    await house.choose(limits=LIMIT)

    with pytest.raises(LimitExceeded, match="Nobody tells"):
        await house.draft()
    with pytest.raises(LimitExceeded, match="Nobody tells"):
        await house.confirm(draft)

    assert venue.count("place_order") == 0


async def test_a_calendar_is_waited_for_only_where_a_limit_needs_it(
    build: Build, venue: Venue
) -> None:
    calendar = FixedCalendar(calendar_of(TOMORROW, session("2026-03-06")), cold=True)
    house = silent(build, venue, calendar)
    await house.link(broker=SECOND)

    assert not any("closed" in note for note in (await house.draft()).review.notes)
    assert calendar.asked == 0
    await house.choose(limits=LIMIT)
    with pytest.raises(LimitExceeded, match="The market is closed now"):
        await house.draft()

    assert calendar.asked == 1


async def test_no_calendar_is_waited_for_by_what_closes_a_position(
    build: Build, venue: Venue
) -> None:
    calendar = FixedCalendar(cold=True)
    house = silent(build, venue, calendar)
    await house.link(broker=SECOND)
    await house.choose(limits=LIMIT)
    venue.positions = (held(10, house.clock.now()),)

    sent = await house.confirm(await house.drafts.draft_close(caller(), "AAPL", None, None))

    assert sent.state is OrderState.ACCEPTED
    assert calendar.asked == 0
