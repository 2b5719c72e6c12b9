"""Periods of the exchange, and profits that are never added across currencies."""

from datetime import UTC, datetime

import pytest

from floorbroker.services.history import Period, beginning


@pytest.mark.parametrize(
    ("period", "began"),
    [
        (Period.DAY, datetime(2026, 3, 4, 5, tzinfo=UTC)),
        (Period.WEEK, datetime(2026, 3, 2, 5, tzinfo=UTC)),
        (Period.MONTH, datetime(2026, 3, 1, 5, tzinfo=UTC)),
        (Period.YEAR, datetime(2026, 1, 1, 5, tzinfo=UTC)),
        (Period.ALL, None),
    ],
)
def test_a_period_begins_at_midnight_in_new_york(period: Period, began: datetime | None) -> None:
    # 3 a.m. in London is still the day before in New York.
    assert beginning(period, datetime(2026, 3, 5, 3, tzinfo=UTC)) == began


def test_midnight_follows_daylight_saving() -> None:
    assert beginning(Period.DAY, datetime(2026, 7, 1, 15, tzinfo=UTC)) == datetime(
        2026, 7, 1, 4, tzinfo=UTC
    )
