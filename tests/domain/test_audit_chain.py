"""The hash chain: whatever is changed, removed or put out of order is found where it happened."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floorbroker.domain.audit import FIRST, AuditEntry, Flaw, chained, flaw_of
from tests.domain.building import NOON


def chain(length: int, person: str = "p") -> list[AuditEntry]:
    entries: list[AuditEntry] = []
    previous = FIRST
    for number in range(1, length + 1):
        entries.append(
            chained(
                person=person,
                number=number,
                at=NOON + timedelta(seconds=number),
                action="order",
                fields={"state": "filled", "quantity": str(number)},
                previous=previous,
            )
        )
        previous = entries[-1].digest
    return entries


def first_break(entries: Iterable[AuditEntry]) -> int | None:
    """The number of the first entry that is not as it should be."""
    previous = FIRST
    for number, entry in enumerate(entries, start=1):
        if flaw_of(entry, number=number, previous=previous) is not None:
            return number
        previous = entry.digest
    return None


def test_each_way_in_which_a_chain_is_broken_has_its_name() -> None:
    first, second, third = chain(3)

    def flaw(entry: AuditEntry, number: int) -> Flaw | None:
        return flaw_of(entry, number=number, previous=first.digest)

    assert flaw(second, 2) is None
    assert flaw(third, 2) is Flaw.MISSING
    assert flaw(first, 2) is Flaw.TWICE
    assert flaw(replace(second, action="forged"), 2) is Flaw.CHANGED
    assert flaw(third, 3) is Flaw.WRONG_LINK


def test_a_whole_chain_has_no_break() -> None:
    assert first_break(chain(5)) is None
    assert first_break([]) is None


@pytest.mark.parametrize(
    "change",
    [
        {"person": "q"},
        {"at": NOON},
        {"action": "link"},
        {"fields": {"state": "filled", "quantity": "999"}},
        {"fields": {}},
        {"previous": FIRST},
        {"digest": "0" * 64},
        {"number": 7},
    ],
    ids=lambda change: next(iter(change)),
)
@pytest.mark.parametrize("place", [2, 3, 5])
def test_a_changed_entry_is_found_at_its_number(change: dict[str, Any], place: int) -> None:
    entries = chain(5)
    entries[place - 1] = replace(entries[place - 1], **change)

    broken = first_break(entries)

    assert broken == place


def test_a_change_that_was_hashed_anew_is_found_at_the_next_entry() -> None:
    entries = chain(5)
    old = entries[2]
    entries[2] = chained(
        person=old.person,
        number=old.number,
        at=old.at,
        action="forged",
        fields=old.fields,
        previous=old.previous,
    )

    assert first_break(entries) == 4


@pytest.mark.parametrize("place", [1, 2, 4])
def test_a_removed_entry_is_found_at_its_number(place: int) -> None:
    entries = chain(5)
    del entries[place - 1]

    assert first_break(entries) == place


@given(st.permutations(range(4)))
def test_entries_out_of_order_are_found_at_the_first_that_is_wrong(order: list[int]) -> None:
    entries = chain(4)
    wrong = [place for place, number in enumerate(order) if place != number]

    broken = first_break([entries[number] for number in order])

    assert broken == (wrong[0] + 1 if wrong else None)


def test_an_entry_of_another_person_does_not_fit_in() -> None:
    mine, theirs = chain(3, "mine"), chain(3, "theirs")

    assert first_break([mine[0], theirs[1], mine[2]]) == 2


def test_the_same_moment_in_another_zone_is_another_text() -> None:
    """The store gives every time back in UTC, which is how it must have been hashed."""
    there = datetime(2026, 1, 1, 12, tzinfo=timezone(timedelta(hours=2)))
    here = there.astimezone(UTC)

    def digest(at: datetime) -> str:
        return chained(person="p", number=1, at=at, action="a", fields={}, previous=FIRST).digest

    assert digest(here) == digest(datetime(2026, 1, 1, 10, tzinfo=UTC))
