"""An old price is explained by a closed market, also where the broker tells no hours."""

from datetime import timedelta

import pytest

from floorbroker.services.quotes import Looked, Quotes
from floorbroker.services.sources import Sources
from floorbroker.services.trading_hours import TradingHours
from tests.fakes.calendar import FixedCalendar, calendar_of, session
from tests.fakes.exchange.venue import Venue
from tests.floor import ANNA, SECOND, House
from tests.services.conftest import Build

OPENS_LATER = calendar_of(session("2026-03-05"))
OPEN = calendar_of(session("2026-03-04"), session("2026-03-05"))
NIGHT = timedelta(hours=15)


@pytest.fixture
async def house(build: Build, venue: Venue) -> House:
    house = build(second=venue)
    await house.link(broker=SECOND)
    return house


async def look(house: House, calendar: FixedCalendar) -> Looked:
    sources = Sources(house.accounts, house.sessions)
    hours = TradingHours(calendar, house.clock)
    return await Quotes(house.accounts, sources, hours, house.clock).look(ANNA, "AAPL", None)


async def test_the_calendar_says_that_the_market_is_closed_where_the_broker_does_not(
    house: House, venue: Venue
) -> None:
    venue.quoted_at = house.clock.now() - NIGHT

    closed = await look(house, FixedCalendar(OPENS_LATER))
    trading = await look(house, FixedCalendar(OPEN))

    assert (closed.market_open, trading.market_open) == (False, True)
    assert venue.count("market_hours") == 0


async def test_a_fresh_price_needs_no_explanation(house: House) -> None:
    looked = await look(house, FixedCalendar(OPENS_LATER))

    assert looked.market_open is None


async def test_a_calendar_that_is_not_computed_yet_is_not_waited_for(
    house: House, venue: Venue
) -> None:
    venue.quoted_at = house.clock.now() - NIGHT
    calendar = FixedCalendar(OPENS_LATER, cold=True)

    looked = await look(house, calendar)

    assert (looked.market_open, calendar.asked) == (None, 0)


async def test_what_the_broker_itself_tells_goes_before_the_calendar(
    build: Build, venue: Venue
) -> None:
    house = build(venue=venue)
    await house.link()
    venue.quoted_at = house.clock.now() - NIGHT
    venue.market_open = False

    looked = await look(house, FixedCalendar(OPEN))

    assert looked.market_open is False
    assert venue.count("market_hours") == 1
