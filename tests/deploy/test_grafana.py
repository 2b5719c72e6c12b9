"""The dashboard shows metrics that there are, and every alert has a panel."""

import json
import re
from typing import Any, Final

import pytest

from floorbroker.domain.alerts import ALERTS, PROCESS_DOWN, Alert
from tests.deploy.metric_names import known, names, selected
from tests.deploy.test_prometheus import rule
from tests.docs.pages import ROOT

BOARD: Final[dict[str, Any]] = json.loads((ROOT / "deploy/grafana/floorbroker.json").read_text())
PANELS: Final = [panel for panel in BOARD["panels"] if panel["type"] != "row"]
QUERIES: Final = [target["expr"] for panel in PANELS for target in panel["targets"]]


@pytest.mark.parametrize("query", QUERIES)
def test_a_panel_asks_for_metrics_and_labels_that_there_are(query: str) -> None:
    there = known()

    assert names(query) <= there.keys()
    assert names(query) or "up{" in query
    for name, labels in selected(query):
        assert labels <= there[name] | {"instance"}


def test_every_metric_of_the_bot_is_shown() -> None:
    shown = set().union(*(names(query) for query in QUERIES))
    families = {re.sub(r"_(bucket|sum|count|created)$", "", name) for name in known()}

    missing = {
        name
        for name in families
        if name.startswith("floorbroker_") and not any(one.startswith(name) for one in shown)
    }
    assert missing == set()


@pytest.mark.parametrize("row", (*ALERTS, PROCESS_DOWN), ids=lambda row: row.name)
def test_every_alert_has_a_panel_with_its_metrics_and_its_threshold(row: Alert) -> None:
    (panel,) = [one for one in PANELS if f"Alert: {row.title}." in one["description"]]

    asked = set().union(*(names(target["expr"]) for target in panel["targets"]))
    assert names(rule(row)["expr"]) <= asked
    steps = panel["fieldConfig"]["defaults"]["thresholds"]["steps"]
    assert row.threshold in {step["value"] for step in steps}


def test_panels_lie_beside_each_other_and_have_ids_of_their_own() -> None:
    cells = set()
    for panel in BOARD["panels"]:
        at = panel["gridPos"]
        assert at["x"] + at["w"] <= 24
        own = {
            (x, y)
            for x in range(at["x"], at["x"] + at["w"])
            for y in range(at["y"], at["y"] + at["h"])
        }
        assert not cells & own, panel["title"]
        cells |= own

    ids = [panel["id"] for panel in BOARD["panels"]]
    assert len(set(ids)) == len(ids)


def test_it_takes_the_readers_own_prometheus() -> None:
    sources = {panel["datasource"]["uid"] for panel in PANELS}

    assert sources == {"${datasource}"}
    assert {one["name"] for one in BOARD["templating"]["list"]} == {"datasource", "instance"}
