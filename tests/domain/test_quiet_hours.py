"""Quiet hours end in the person's own time, over midnight and where clocks are changed."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floorbroker.domain.errors import InvalidInput
from floorbroker.domain.quiet_hours import QuietHours, parse_quiet_hours

_MINUTES = st.integers(0, 1439)
_ZONES = st.sampled_from(
    ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Etc/UTC"]
)
_MOMENTS = st.builds(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes),
    st.integers(0, 2 * 366 * 1440),
)
_CHANGES = st.sampled_from(
    [
        datetime(2026, 3, 29, 1, tzinfo=UTC),  # Berlin, forward
        datetime(2026, 10, 25, 1, tzinfo=UTC),  # Berlin, back
        datetime(2026, 3, 8, 7, tzinfo=UTC),  # New York, forward
        datetime(2026, 11, 1, 6, tzinfo=UTC),  # New York, back
        datetime(2026, 4, 4, 15, tzinfo=UTC),  # Lord Howe, by half an hour
    ]
)
_NEAR = st.builds(lambda at, m: at + timedelta(minutes=m), _CHANGES, st.integers(-300, 300))


@given(start=_MINUTES, end=_MINUTES, zone=_ZONES, moment=st.one_of(_MOMENTS, _NEAR))
def test_they_end_later_within_a_day_and_then_it_is_not_quiet(
    start: int, end: int, zone: str, moment: datetime
) -> None:
    if start == end:
        return
    quiet = QuietHours(start=start, end=end, zone=zone)

    until = quiet.until(moment)

    assert (until is not None) == quiet.hold(moment)
    if until is not None:
        assert moment < until <= moment + timedelta(hours=26)
        assert not quiet.hold(until)
        assert quiet.hold(until - timedelta(minutes=1))


@given(start=_MINUTES, end=_MINUTES, zone=_ZONES, moment=_MOMENTS)
def test_the_hours_and_their_opposite_share_the_day(
    start: int, end: int, zone: str, moment: datetime
) -> None:
    if start == end:
        return
    quiet = QuietHours(start=start, end=end, zone=zone)
    loud = QuietHours(start=end, end=start, zone=zone)

    assert quiet.hold(moment) != loud.hold(moment)


def _berlin(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=ZoneInfo("Europe/Berlin")).astimezone(UTC)  # type: ignore[arg-type, misc]


@pytest.mark.parametrize(
    ("at", "until"),
    [
        (_berlin(2026, 6, 1, 21, 59), None),
        (_berlin(2026, 6, 1, 22, 0), _berlin(2026, 6, 2, 7, 0)),
        (_berlin(2026, 6, 2, 0, 30), _berlin(2026, 6, 2, 7, 0)),
        (_berlin(2026, 6, 2, 6, 59), _berlin(2026, 6, 2, 7, 0)),
        (_berlin(2026, 6, 2, 7, 0), None),
        (_berlin(2026, 3, 28, 23, 0), _berlin(2026, 3, 29, 7, 0)),  # seven hours later, not eight
        (_berlin(2026, 10, 24, 23, 0), _berlin(2026, 10, 25, 7, 0)),  # nine
    ],
)
def test_a_night_ends_in_the_morning_of_its_own_zone(at: datetime, until: datetime | None) -> None:
    assert parse_quiet_hours("22:00", "7:00", "Europe/Berlin").until(at) == until


def test_a_time_that_is_left_out_ends_them_where_the_clock_is_set_forward() -> None:
    quiet = parse_quiet_hours("22:00", "2:30", "Europe/Berlin")
    changed = datetime(2026, 3, 29, 1, tzinfo=UTC)

    assert quiet.until(changed - timedelta(minutes=20)) == changed
    assert quiet.until(changed) is None


def test_a_time_that_comes_twice_ends_them_both_times() -> None:
    quiet = parse_quiet_hours("22:00", "2:30", "Europe/Berlin")
    first, second = (
        datetime(2026, 10, 25, 0, 10, tzinfo=UTC),
        datetime(2026, 10, 25, 1, 10, tzinfo=UTC),
    )

    assert quiet.until(first) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert quiet.until(second) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "end", "zone"),
    [
        ("24:00", "7:00", "Etc/UTC"),
        ("22:60", "7:00", "Etc/UTC"),
        ("２２:00", "7:00", "Etc/UTC"),
        ("22:00\n", "7:00", "Etc/UTC"),
        ("7:00", "7:00", "Etc/UTC"),
        ("22:00", "7:00", "../etc/passwd"),
        ("22:00", "7:00", "Nowhere"),
    ],
)
def test_what_is_no_time_or_zone_is_refused(start: str, end: str, zone: str) -> None:
    with pytest.raises(InvalidInput):
        parse_quiet_hours(start, end, zone)


def test_they_are_told_in_words() -> None:
    assert parse_quiet_hours("22:00", "7:05", "Etc/UTC").words == "22:00 to 07:05, Etc/UTC"
