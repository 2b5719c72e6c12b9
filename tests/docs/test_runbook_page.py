"""docs/runbook.md has one section an alert, with everything that a section needs."""

import re
from typing import Final

import pytest

from floorbroker.domain.alerts import ALERTS, PROCESS_DOWN, Alert
from tests.deploy.metric_names import known, names
from tests.docs.pages import DOCS, ROOT, code_spans, rows

PAGE: Final = (DOCS / "runbook.md").read_text()
ALL: Final = (*ALERTS, PROCESS_DOWN)
SECTIONS: Final = dict(
    re.findall(r"^## ([^\n]+)\n(.*?)(?=^## |\Z)", PAGE, flags=re.MULTILINE | re.DOTALL)
)
PARTS: Final = (
    "What it means",
    "What people notice",
    "How to look",
    "What to do",
    "When it is over",
)
SOURCES: Final = "\n".join(path.read_text() for path in (ROOT / "src").rglob("*.py"))

each_alert = pytest.mark.parametrize("row", ALL, ids=lambda row: row.name)


def test_there_is_a_section_for_each_alert_in_the_tables_order_and_no_other() -> None:
    assert list(SECTIONS) == [row.title for row in ALL]


@each_alert
def test_a_section_says_all_that_one_needs_in_the_same_order(row: Alert) -> None:
    assert tuple(re.findall(r"^\*\*(.+?)\.\*\*", SECTIONS[row.title], re.MULTILINE)) == PARTS


def test_the_table_has_the_times_of_the_code() -> None:
    told = {title.partition("]")[0].lstrip("["): times for title, *times in rows(PAGE, "Alert")}

    for row in ALL:
        holds, over_after, _ = told.pop(row.title)
        assert (holds, over_after) == (words(row.holds.seconds), words(row.over_after.seconds))
    assert told == {}


def test_every_metric_that_is_named_is_there() -> None:
    named = set().union(*(names(span) for span in code_spans(PAGE)))
    there = {re.sub(r"_(bucket|sum|created)$", "", name) for name in known()}

    assert named <= there | {"floorbroker_event_loop_lag_seconds"}
    assert len(named) >= 9


def test_every_log_event_that_is_named_is_logged() -> None:
    spans = {span for text in SECTIONS.values() for span in code_spans(text)}
    events = {
        span for span in spans if re.fullmatch(r"[a-z]+(_[a-z]+)+", span) and not names(span)
    } - {"waits_for"}

    assert {event for event in events if f'"{event}"' not in SOURCES} == set()
    assert len(events) >= 8


def words(seconds: int) -> str:
    if not seconds:
        return "at once"
    number, unit = (seconds // 60, "minute") if seconds % 60 == 0 else (seconds, "second")
    return f"{number} {unit}{'s' * (number != 1)}"
