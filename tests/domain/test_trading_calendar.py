"""Sessions, the gaps between them, and what lies ahead."""

from datetime import UTC, date, datetime, timedelta

import pytest

from floorbroker.domain.market import Market
from floorbroker.domain.trading_calendar import Holiday, TradingDay
from tests.fakes.calendar import calendar_of, session

WEDNESDAY, FRIDAY, MONDAY = (
    session("2026-11-25"),
    session("2026-11-27", closes="18:00"),
    session("2026-11-30"),
)
THANKSGIVING = Holiday(day=date(2026, 11, 26), name="Thanksgiving")
CALENDAR = calendar_of(WEDNESDAY, FRIDAY, MONDAY, holidays=(THANKSGIVING,))
SECOND = timedelta(seconds=1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "is_open", "next_open", "next_close"),
    [
        (WEDNESDAY.opens - SECOND, False, WEDNESDAY.opens, WEDNESDAY.closes),
        (WEDNESDAY.opens, True, FRIDAY.opens, WEDNESDAY.closes),
        (WEDNESDAY.closes - SECOND, True, FRIDAY.opens, WEDNESDAY.closes),
        (WEDNESDAY.closes, False, FRIDAY.opens, FRIDAY.closes),
        (at("2026-11-26 17:00"), False, FRIDAY.opens, FRIDAY.closes),
        (FRIDAY.closes - SECOND, True, MONDAY.opens, FRIDAY.closes),
        (at("2026-11-27 18:00"), False, MONDAY.opens, MONDAY.closes),
    ],
)
def test_a_session_holds_its_open_and_not_its_close(
    now: datetime, is_open: bool, next_open: datetime, next_close: datetime
) -> None:
    hours = CALENDAR.hours(now)

    assert hours is not None
    assert (hours.market, hours.open_now) == (Market.US_EQUITIES, is_open)
    assert (hours.next_open, hours.next_close) == (next_open, next_close)


@pytest.mark.parametrize("now", [MONDAY.opens, MONDAY.closes, at("1999-12-31"), at("2100-01-01")])
def test_nothing_is_said_of_a_moment_that_is_not_covered(now: datetime) -> None:
    assert CALENDAR.hours(now) is None


def test_what_comes_is_holidays_and_early_closes_in_their_order() -> None:
    assert CALENDAR.coming(date(2026, 11, 25), 5) == [THANKSGIVING, FRIDAY]
    assert CALENDAR.coming(date(2026, 11, 25), 1) == [THANKSGIVING]
    assert CALENDAR.coming(date(2026, 11, 27), 5) == [FRIDAY]
    assert CALENDAR.coming(date(2026, 11, 28), 5) == []


def test_the_nearest_session_is_the_one_that_is_on_else_the_next() -> None:
    found: list[TradingDay | None] = [
        CALENDAR.nearest(now) for now in (WEDNESDAY.opens, WEDNESDAY.closes, MONDAY.closes)
    ]

    assert found == [WEDNESDAY, FRIDAY, None]
