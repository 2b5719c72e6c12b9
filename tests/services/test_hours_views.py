"""Whose word on the hours a person gets: their broker's, the calendar's, or nobody's."""

import pytest

from floorbroker.domain.errors import ApiError, BrokerTimeout, NotLinked
from floorbroker.domain.market import Market
from floorbroker.services.accounts import PAPER
from floorbroker.services.hours_views import HoursViews
from floorbroker.services.trading_hours import ALWAYS, TradingHours
from tests.fakes.calendar import FixedCalendar, calendar_of, session
from tests.fakes.exchange.venue import Venue
from tests.floor import ANNA, SECOND, House
from tests.services.conftest import Build

CALENDAR = calendar_of(session("2026-03-04"), session("2026-03-05"), session("2026-03-06"))
US, COINS = Market.US_EQUITIES, Market.CRYPTO


@pytest.fixture
def house(build: Build, venue: Venue) -> House:
    return build(venue=venue, second=venue)


def views(house: House, calendar: FixedCalendar | None = None) -> HoursViews:
    hours = TradingHours(calendar or FixedCalendar(CALENDAR), house.clock)
    return HoursViews(house.accounts, house.sessions, hours, house.clock)


async def test_the_accounts_own_broker_comes_first(house: House, venue: Venue) -> None:
    await house.link()
    venue.market_open = False

    view = await views(house).look(ANNA, None, US)

    [told] = view.markets
    assert told.hours is not None
    assert (told.hours.open_now, told.by_broker, told.source) == (False, True, "Alpaca")
    assert view.calendar is CALENDAR


async def test_a_broker_without_hours_leaves_it_to_the_calendar(house: House, venue: Venue) -> None:
    await house.link(broker=SECOND)

    shares, coins = (await views(house).look(ANNA, None, None)).markets

    assert (shares.hours, shares.source) == (
        CALENDAR.hours(house.clock.now()),
        "exchange_calendars",
    )
    assert (coins.hours, coins.by_broker) == (ALWAYS, False)
    assert venue.count("market_hours") == 0


@pytest.mark.parametrize("error", [ApiError("Down.", broker="a"), BrokerTimeout(broker="a")])
async def test_a_broker_that_does_not_answer_is_named_and_the_calendar_speaks(
    house: House, venue: Venue, error: Exception
) -> None:
    await house.link()
    venue.failing["market_hours"] = error

    view = await views(house).look(ANNA, None, US)

    assert [one.source for one in view.markets] == ["exchange_calendars"]
    assert list(view.failures.values()) == [[US]]


async def test_a_broker_that_tells_one_market_only_fails_for_the_other_alone(
    house: House, venue: Venue
) -> None:
    await house.link()
    venue.failing[f"market_hours {US.value}"] = ApiError("Down.", broker="a")

    view = await views(house).look(ANNA, None, None)

    assert [one.by_broker for one in view.markets] == [False, True]
    assert view.failures == {"Down.": [US]}


async def test_without_a_calendar_the_broker_still_speaks(house: House) -> None:
    await house.link()

    view = await views(house, FixedCalendar()).look(ANNA, None, US)

    assert [one.source for one in view.markets] == ["Alpaca"]
    assert view.calendar is None


async def test_without_anybody_nothing_is_said(house: House) -> None:
    await house.link(broker=SECOND)

    view = await views(house, FixedCalendar()).look(ANNA, None, US)

    assert [(one.hours, one.source) for one in view.markets] == [(None, "")]


async def test_a_person_without_an_account_sees_both_markets(house: House) -> None:
    link = await house.accounts.open_paper(ANNA)
    await house.links.remove(ANNA, link.link_id)

    view = await views(house).look(ANNA, None, None)

    assert view.account is None
    assert [one.market for one in view.markets] == [US, COINS]


async def test_a_newcomer_is_told_of_the_paper_market(house: House) -> None:
    view = await views(house).look(ANNA, None, None)

    assert view.account is not None
    assert view.account.link.broker == PAPER
    assert {one.market for one in view.markets} == {US, COINS}


async def test_an_account_that_is_not_there_is_refused(house: House) -> None:
    with pytest.raises(NotLinked):
        await views(house).look(ANNA, "Savings", None)


async def test_default_links_that_are_down_do_not_hide_the_market(
    house: House, venue: Venue
) -> None:
    await house.link()
    venue.failing["accounts"] = ApiError("Down.", broker="alpaca")

    view = await views(house).look(ANNA, None, US)

    assert view.account is None
    assert [one.source for one in view.markets] == ["exchange_calendars"]
    assert list(view.failures.values()) == [[]]


async def test_a_market_that_was_named_is_the_only_one(house: House) -> None:
    await house.link()

    view = await views(house).look(ANNA, "ex", COINS)

    assert [one.market for one in view.markets] == [COINS]
    assert view.calendar is None
