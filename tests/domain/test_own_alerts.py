"""What becomes of an alert that fires, and once it was told."""

from dataclasses import replace
from datetime import timedelta

import pytest

from floorbroker.domain.crossing import APART
from floorbroker.domain.own_alerts import (
    MOST_LINES,
    REVIEWABLE,
    AlertKind,
    Firing,
    OwnAlert,
    Standing,
    fired,
    told,
)
from tests.domain.alerting import FIRING, PREPARED, own_alert
from tests.domain.building import NOON

LATER = NOON + timedelta(minutes=1)


def test_one_that_fires_once_is_done_and_kept_for_a_review() -> None:
    alert = fired(own_alert(prepared=PREPARED), FIRING)

    assert (alert.standing, alert.armed, alert.tell_at) == (Standing.DONE, False, NOON)
    assert alert.reviewable(NOON + REVIEWABLE - timedelta(seconds=1))
    assert not alert.reviewable(NOON + REVIEWABLE)
    assert alert.ends_at == NOON + REVIEWABLE


def test_one_that_repeats_stays_at_work_until_its_end() -> None:
    before = own_alert(repeat=True)

    alert = fired(before, FIRING)

    assert (alert.standing, alert.armed, alert.ends_at) == (
        Standing.AT_WORK,
        False,
        before.ends_at,
    )


def test_it_rests_between_two_times_and_a_clock_that_went_back_holds_nothing_up() -> None:
    alert = fired(own_alert(repeat=True), FIRING)

    assert not alert.rested(NOON + APART - timedelta(seconds=1), APART)
    assert alert.rested(NOON + APART, APART)
    assert alert.rested(NOON - timedelta(hours=1), APART)
    assert own_alert().rested(NOON, APART)


def test_lines_that_were_not_told_yet_are_told_with_the_next_ones() -> None:
    alert = own_alert(kind=AlertKind.FILL, repeat=True, level=None)
    for number in range(1, 8):
        lines = (f"{number} a", f"{number} b")
        alert = fired(alert, Firing(number=number, at=NOON, lines=lines))

    assert alert.firing is not None
    assert len(alert.firing.lines) == MOST_LINES
    assert alert.firing.more == 4
    again = fired(replace(alert, told=7), Firing(number=8, at=LATER, lines=("new",)))
    assert again.firing is not None
    assert (again.firing.lines, again.firing.more) == (("new",), 0)


@pytest.mark.parametrize("reached", [True, False])
def test_what_was_told_is_not_told_again_and_what_could_not_be_waits(reached: bool) -> None:
    alert = fired(own_alert(), FIRING)

    after = told(alert, alert, LATER, reached=reached)

    assert (after.tell_at, after.told) == (None, int(reached))
    assert after.unseen_at == (None if reached else LATER)


def test_what_happened_while_it_was_told_is_told_too() -> None:
    shown = replace(fired(own_alert(repeat=True), FIRING), tell_at=LATER)
    present = fired(shown, replace(FIRING, number=2, at=LATER + timedelta(minutes=30)))

    after = told(present, shown, LATER, reached=True)

    assert after.tell_at == present.tell_at
    assert after.told == 1


def _filling(number: int, *lines: str) -> Firing:
    return Firing(number=number, at=NOON + timedelta(minutes=number), lines=lines)


def _fills(*lines: str) -> OwnAlert:
    alert = own_alert(kind=AlertKind.FILL, repeat=True, level=None)
    return fired(alert, _filling(1, *lines))


def test_what_reached_nobody_is_told_with_what_happens_next() -> None:
    first = _fills("a")
    missed = told(first, first, LATER, reached=False)

    second = fired(missed, _filling(2, "b"))
    after = told(second, second, LATER, reached=True)

    assert second.firing is not None
    assert second.firing.lines == ("a", "b")
    assert (after.told, after.unseen_at, after.tell_at) == (2, None, None)


def test_what_a_message_has_shown_is_not_in_the_next_one() -> None:
    shown = _fills("a", "b")
    present = fired(shown, _filling(2, "c"))

    after = told(present, shown, LATER, reached=True)

    assert after.firing is not None
    assert after.firing.lines == ("c",)
    assert after.tell_at == present.tell_at


def test_what_could_not_be_told_meanwhile_stays_to_be_shown() -> None:
    shown = replace(_fills("a"), tell_at=None, unseen_at=NOON)
    later = fired(shown, _filling(2, "b"))
    present = told(later, later, LATER, reached=False)

    after = told(present, shown, LATER, reached=True)

    assert (after.unseen_at, after.told) == (LATER, 1)
