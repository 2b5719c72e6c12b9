"""The rules of Prometheus say what the table of alerts says, about metrics that there are."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from floorbroker.domain.alerts import ALERTS, PROCESS_DOWN, Alert
from floorbroker.services.alert_looks import (
    COMMANDS_WITHIN,
    FAULTS,
    LAG_WITHIN,
    LEAST_COMMANDS,
    RENEWALS_WITHIN,
)
from floorbroker.services.alerting import LOOK
from tests.deploy.metric_names import known, names, selected
from tests.docs.pages import DOCS, ROOT, anchors

FOLDER: Final = ROOT / "deploy" / "prometheus"
ALL: Final = (*ALERTS, PROCESS_DOWN)
PREFIX: Final = "Floorbroker"


def read(path: Path) -> Any:
    return yaml.safe_load(path.read_text())


RULES: Final = {
    rule["alert"]: rule
    for group in read(FOLDER / "alerts.yml")["groups"]
    for rule in group["rules"]
}


def rule(row: Alert) -> dict[str, Any]:
    found: dict[str, Any] = RULES[f"{PREFIX}{row.name}"]
    return found


def text(duration: timedelta) -> str:
    seconds = int(duration.total_seconds())
    return f"{seconds // 60}m" if seconds and seconds % 60 == 0 else f"{seconds}s"


each_alert = pytest.mark.parametrize("row", ALL, ids=lambda row: row.name)


def test_there_is_a_rule_for_each_alert_and_no_other() -> None:
    assert set(RULES) == {f"{PREFIX}{row.name}" for row in ALL}


@each_alert
def test_a_rule_has_the_threshold_and_the_times_of_the_table(row: Alert) -> None:
    found = rule(row)

    assert found["expr"].rstrip().endswith(f">= {row.threshold:g}")
    assert (found["for"], found["keep_firing_for"]) == (text(row.holds), text(row.over_after))
    assert found["labels"]["severity"] == ("critical" if row.serious else "warning")


@each_alert
def test_a_rule_says_what_it_means_and_where_to_read_on(row: Alert) -> None:
    notes = rule(row)["annotations"]
    page, _, anchor = notes["runbook"].partition("#")

    assert (notes["summary"], notes["description"]) == (row.title, row.meaning)
    assert page == "docs/runbook.md"
    assert anchor in set(anchors((DOCS / "runbook.md").read_text()))


@each_alert
def test_a_rule_asks_for_metrics_and_labels_that_there_are(row: Alert) -> None:
    there, query = known(), rule(row)["expr"]

    assert names(query) <= there.keys()
    assert row is PROCESS_DOWN or names(query)
    assert all(labels <= there[name] for name, labels in selected(query))


def test_failed_commands_are_those_that_the_bot_counts() -> None:
    query = RULES[f"{PREFIX}ErrorRate"]["expr"]

    (outcomes,) = re.findall(r'outcome=~"([^"]+)"', query)
    assert set(outcomes.split("|")) == FAULTS
    assert f">= {LEAST_COMMANDS}\n" in query


@pytest.mark.parametrize(
    ("name", "span"),
    [
        ("ErrorRate", COMMANDS_WITHIN),
        ("RenewalsFailing", RENEWALS_WITHIN),
        ("LoopLag", LAG_WITHIN),
    ],
)
def test_a_rule_looks_back_as_far_as_the_bot(name: str, span: timedelta) -> None:
    spans = re.findall(r"\[(\w+)\]", RULES[PREFIX + name]["expr"])

    assert set(spans) == {text(span)}


def test_the_example_scrapes_this_machine_with_the_token_and_names_the_rules() -> None:
    example = read(FOLDER / "prometheus.yml")

    assert example["rule_files"] == ["alerts.yml"]
    assert example["global"]["scrape_interval"] == f"{LOOK.total_seconds():.0f}s"
    (job,) = example["scrape_configs"]
    assert f'job="{job["job_name"]}"' in RULES[f"{PREFIX}ProcessDown"]["expr"]
    assert job["authorization"] == {"type": "Bearer", "credentials_file": "metrics_token"}
    assert job["static_configs"] == [{"targets": ["localhost:8080"]}]


def test_every_rule_is_in_the_cases_for_promtool() -> None:
    """`promtool test rules deploy/prometheus/alerts_test.yml` runs them; Prometheus has it."""
    cases = (FOLDER / "alerts_test.yml").read_text()

    assert {name for name in RULES if name not in cases} == set()
