"""When a reminder comes, for access of any length."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floorbroker.services.reminders import BEFORE, next_reminder
from tests.fakes.clock import NOON


@given(
    life=st.timedeltas(min_value=timedelta(seconds=1), max_value=timedelta(days=400)),
    after=st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=401)),
)
def test_a_reminder_is_one_of_the_three_after_half_of_the_life_and_before_its_end(
    life: timedelta, after: timedelta
) -> None:
    ends_at = NOON + life

    at = next_reminder(ends_at, linked_at=NOON, after=NOON + after)

    if at is not None:
        assert ends_at - at in BEFORE
        assert NOON + after < at < ends_at
        assert at - NOON >= life / 2


@pytest.mark.parametrize(("ends_at", "linked_at"), [(None, NOON), (NOON, None), (None, None)])
def test_without_an_end_or_a_beginning_there_is_none(
    ends_at: datetime | None, linked_at: datetime | None
) -> None:
    assert next_reminder(ends_at, linked_at=linked_at, after=NOON) is None


def test_the_three_times_are_two_days_half_a_day_and_an_hour() -> None:
    assert (timedelta(hours=48), timedelta(hours=12), timedelta(hours=1)) == BEFORE
