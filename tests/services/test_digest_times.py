"""A summary is due at the open or the close of each trading day, or of each day."""

from datetime import UTC, datetime

import pytest

from floorbroker.domain.digests import DigestChoice, DigestTime
from floorbroker.services.digest_times import day_after, needless, next_digest
from tests.fakes.calendar import calendar_of, session

CALENDAR = calendar_of(
    session("2026-11-25"), session("2026-11-27", closes="18:00"), session("2026-11-30")
)
OPEN, CLOSE, OFF = DigestTime.OPEN, DigestTime.CLOSE, DigestTime.OFF


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("when", "every_day", "after", "due"),
    [
        (OPEN, False, "2026-11-25 14:29", "2026-11-25 14:30"),
        (OPEN, False, "2026-11-25 14:30", "2026-11-27 14:30"),
        (CLOSE, False, "2026-11-25 14:30", "2026-11-25 21:00"),
        (CLOSE, False, "2026-11-25 21:00", "2026-11-27 18:00"),
        (CLOSE, True, "2026-11-25 21:00", "2026-11-26 21:00"),
        (CLOSE, True, "2026-11-26 21:00", "2026-11-27 18:00"),
        (OPEN, True, "2026-11-28 00:00", "2026-11-28 14:30"),
        (CLOSE, False, "2026-11-28 00:00", "2026-11-30 21:00"),
    ],
)
def test_it_follows_the_exchanges_days(
    when: DigestTime, every_day: bool, after: str, due: str
) -> None:
    choice = DigestChoice(at=when, every_day=every_day)

    assert next_digest(choice, CALENDAR, at(after)) == at(due)


@pytest.mark.parametrize(
    ("every_day", "after", "due"),
    [
        (False, "2026-11-27 21:00", "2026-11-30 21:00"),
        (True, "2026-11-27 21:00", "2026-11-28 21:00"),
        (False, "2026-07-01 19:59", "2026-07-01 20:00"),
    ],
)
def test_without_a_calendar_it_follows_the_week(every_day: bool, after: str, due: str) -> None:
    choice = DigestChoice(at=CLOSE, every_day=every_day)

    assert next_digest(choice, None, at(after)) == at(due)


def test_the_exchanges_next_day_begins_at_its_own_midnight() -> None:
    assert day_after(at("2026-11-27 18:00")) == at("2026-11-28 05:00")
    assert day_after(at("2026-11-28 04:59")) == at("2026-11-28 05:00")


def test_who_wants_none_gets_none() -> None:
    assert next_digest(DigestChoice(), CALENDAR, at("2026-11-25 12:00")) is None


@pytest.mark.parametrize(
    ("due", "every_day", "known", "none_wanted"),
    [
        ("2026-11-26 21:00", False, True, True),
        ("2026-11-26 21:00", True, True, False),
        ("2026-11-27 18:00", False, True, False),
        ("2026-11-26 21:00", False, False, False),
    ],
)
def test_a_holiday_that_nobody_knew_of_is_needless_once_it_is_known(
    due: str, every_day: bool, known: bool, none_wanted: bool
) -> None:
    choice = DigestChoice(at=CLOSE, every_day=every_day, due_at=at(due))

    assert needless(choice, CALENDAR if known else None) is none_wanted
