"""Trading hours, read and compared with the present."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from floorbroker.brokers.ibkr.hours import Session, market_hours, sessions, zone_of
from floorbroker.domain.market import Market

NEW_YORK = ZoneInfo("America/New_York")
US = Market.US_EQUITIES
THANKSGIVING = (
    "20261125:0930-20261125:1600;20261126:CLOSED;20261127:0930-20261127:1300;"
    "20261128:CLOSED;20261129:CLOSED;20261130:0930-20261130:1600"
)


def at(text: str) -> datetime:
    """A moment in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "is_open", "next_open", "next_close"),
    [
        ("2026-11-25 14:29", False, "2026-11-25 14:30", "2026-11-25 21:00"),
        ("2026-11-25 14:30", True, "2026-11-27 14:30", "2026-11-25 21:00"),
        ("2026-11-25 20:59", True, "2026-11-27 14:30", "2026-11-25 21:00"),
        ("2026-11-25 21:00", False, "2026-11-27 14:30", "2026-11-27 18:00"),
        ("2026-11-26 17:00", False, "2026-11-27 14:30", "2026-11-27 18:00"),
        ("2026-11-27 17:59", True, "2026-11-30 14:30", "2026-11-27 18:00"),
        ("2026-11-28 12:00", False, "2026-11-30 14:30", "2026-11-30 21:00"),
        ("2026-11-30 15:00", True, None, "2026-11-30 21:00"),
        ("2026-11-30 21:00", False, None, None),
    ],
)
def test_a_market_opens_and_closes_by_its_sessions(
    now: str, is_open: bool, next_open: str | None, next_close: str | None
) -> None:
    found = market_hours(US, sessions(THANKSGIVING, NEW_YORK), at(now))

    assert found.open_now is is_open
    assert found.next_open == (at(next_open) if next_open else None)
    assert found.next_close == (at(next_close) if next_close else None)


@pytest.mark.parametrize(
    ("told", "zone", "opens"),
    [
        # Summer begins on 8 March 2026 and ends on 1 November
        (
            "20260306:0930-20260306:1600;20260309:0930-20260309:1600",
            "US/Eastern",
            ["2026-03-06 14:30", "2026-03-09 13:30"],
        ),
        (
            "20261030:0930-20261030:1600;20261102:0930-20261102:1600",
            "EST",
            ["2026-10-30 13:30", "2026-11-02 14:30"],
        ),
        (
            "20260306:0830-20260306:1515;20260309:0830-20260309:1515",
            "CST (Central Standard Time)",
            ["2026-03-06 14:30", "2026-03-09 13:30"],
        ),
        (
            "20261030:0830-20261030:1515;20261102:0830-20261102:1515",
            "CST6CDT",
            ["2026-10-30 13:30", "2026-11-02 14:30"],
        ),
        # Europe changes on 29 March: the weeks between know another distance
        ("20260330:0800-20260330:1630", "Europe/London", ["2026-03-30 07:00"]),
    ],
)
def test_hours_move_with_summer_time_whatever_the_zone_is_called(
    told: str, zone: str, opens: list[str]
) -> None:
    found = sessions(told, zone_of(zone))

    assert [session.start for session in found] == [at(one) for one in opens]


def test_a_session_over_the_change_is_as_long_as_it_really_is() -> None:
    (night,) = sessions("20260307:1800-20260308:1700", NEW_YORK)
    (longer,) = sessions("20261031:1800-20261101:1700", NEW_YORK)

    assert (night.end - night.start).total_seconds() == 22 * 3600
    assert (longer.end - longer.start).total_seconds() == 24 * 3600


@pytest.mark.parametrize(
    ("told", "spans"),
    [
        (
            "20261118:0930-1600,1700-1800",
            [
                ("2026-11-18 14:30", "2026-11-18 21:00"),
                ("2026-11-18 22:00", "2026-11-18 23:00"),
            ],
        ),
        ("20261118:1700-1600", [("2026-11-18 22:00", "2026-11-19 21:00")]),
        ("20261118:0000-20261118:2400", [("2026-11-18 05:00", "2026-11-19 05:00")]),
        ("", []),
        ("20261118:CLOSED", []),
        ("20261118:0930-20261118:0930", []),
    ],
)
def test_older_and_rarer_ways_of_writing_hours(told: str, spans: list[tuple[str, str]]) -> None:
    assert sessions(told, NEW_YORK) == [Session(at(start), at(end)) for start, end in spans]


def test_what_only_midnight_divides_is_one_session() -> None:
    told = "20261118:0000-20261118:2359;20261119:0000-20261119:2359;20261120:0000-20261120:2359"

    found = sessions(told, ZoneInfo("UTC"))

    assert found == [Session(at("2026-11-18 00:00"), at("2026-11-20 23:59"))]


def test_what_never_closes_has_no_close() -> None:
    told = ";".join(f"202611{day}:0000-202611{day}:2359" for day in range(18, 24))

    found = market_hours(Market.CRYPTO, sessions(told, NEW_YORK), at("2026-11-18 17:00"))

    assert (found.open_now, found.next_open, found.next_close) == (True, None, None)


def test_coins_that_rest_at_the_weekend_close_and_open() -> None:
    told = "20261115:0300-20261120:1600;20261122:0300-20261127:1600"

    found = market_hours(Market.CRYPTO, sessions(told, NEW_YORK), at("2026-11-18 17:00"))

    assert (found.open_now, found.next_close) == (True, at("2026-11-20 21:00"))
    assert found.next_open == at("2026-11-22 08:00")


@pytest.mark.parametrize(
    "told",
    ["open", "20261118", "20261118:0930", "20261318:0930-20261318:1600", "0930-1600", "a:b-c:d"],
)
def test_hours_that_cannot_be_read_are_an_error(told: str) -> None:
    with pytest.raises(ValueError):  # dates and times have words of their own
        sessions(told, NEW_YORK)


@pytest.mark.parametrize("name", ["", "Mars/Base", "../etc", "US"])
def test_a_zone_that_nobody_knows_is_an_error(name: str) -> None:
    with pytest.raises(ValueError, match="not a time zone"):
        zone_of(name)
