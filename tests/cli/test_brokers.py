"""`floorbroker brokers`."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from floorbroker.brokers.availability import Availability, availability
from floorbroker.brokers.registry import all_brokers
from floorbroker.cli.app import app
from floorbroker.cli.brokers import broker_finding, brokers_report
from floorbroker.cli.findings import Level
from floorbroker.config import PAGE_SETTINGS
from floorbroker.domain.modes import DeploymentMode
from tests.brokers.fakes.building import built
from tests.environment import only_these_settings


def brokers(
    monkeypatch: pytest.MonkeyPatch, folder: Path, *arguments: str, **settings: str
) -> Result:
    only_these_settings(monkeypatch, folder, **settings)
    return CliRunner().invoke(app, ["brokers", *arguments])


def by_id(result: Result) -> dict[str, dict[str, Any]]:
    return {row["id"]: row for row in json.loads(result.stdout)["brokers"]}


def test_every_broker_has_its_line_in_the_order_of_the_registry(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    result = brokers(monkeypatch, tmp_path)

    lines = result.stdout.splitlines()
    ids = [line.split()[0] for line in lines[2:] if not line.startswith(" ")]
    assert result.exit_code == 0
    assert lines[0] == "Brokers in multi-user mode"
    assert ids == [spec.id for spec in all_brokers()]


def test_what_stands_in_the_way_and_what_would_help_are_on_lines_of_their_own(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    lines = brokers(monkeypatch, tmp_path).stdout.splitlines()

    (number,) = [number for number, line in enumerate(lines) if line.startswith("ibkr ")]
    assert "not ready  Needs TWS or IB Gateway" in lines[number]
    assert lines[number + 1].strip().startswith("→ Run a bot of your own beside the gateway")


@pytest.mark.parametrize("mode", ["multi-user", "single-user"])
def test_paper_is_ready_in_both_modes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, mode: str
) -> None:
    result = brokers(monkeypatch, tmp_path, "--json", DEPLOYMENT_MODE=mode)

    paper = by_id(result)["paper"]
    assert json.loads(result.stdout)["mode"] == mode
    assert (paper["status"], paper["selectable"], paper["fix"]) == ("ready", True, "")


def test_a_gateway_broker_is_kept_out_by_the_mode_only_in_the_cloud(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    cloud = by_id(brokers(monkeypatch, tmp_path, "--json"))["ibkr"]
    home = by_id(brokers(monkeypatch, tmp_path, "--json", DEPLOYMENT_MODE="single-user"))["ibkr"]

    assert (cloud["status"], cloud["selectable"]) == ("not ready", False)
    assert "not possible with a bot in the cloud" in cloud["reason"]
    assert "DEPLOYMENT_MODE=single-user" in cloud["fix"]
    assert "cloud" not in home["reason"]


def test_the_retired_broker_names_its_successor(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    retired = by_id(brokers(monkeypatch, tmp_path, "--json"))["tdameritrade"]

    assert "Charles Schwab" in retired["reason"]


def test_an_unknown_mode_is_a_sentence_and_not_a_table(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    result = brokers(monkeypatch, tmp_path, DEPLOYMENT_MODE="cloud")

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == "DEPLOYMENT_MODE should be 'multi-user' or 'single-user'.\n"


def test_text_and_json_tell_the_same() -> None:
    present = (
        Availability(spec=built("alpaca"), selectable=True),
        Availability(
            spec=built("kraken"),
            selectable=False,
            reason_for_people="Why.",
            fix_for_operator="How.",
        ),
    )

    text = brokers_report(DeploymentMode.MULTI_USER, present, as_json=False)
    rows = json.loads(brokers_report(DeploymentMode.MULTI_USER, present, as_json=True))["brokers"]

    assert [row["status"] for row in rows] == ["ready", "not ready"]
    assert all(value in text for row in rows for value in (row["id"], row["name"], row["status"]))
    assert "Why." in text
    assert "→ How." in text


@pytest.mark.parametrize(
    ("configured", "level"),
    [
        (set(), Level.INFO),
        ({"SCHWAB_APP_KEY"}, Level.WARN),
        ({"SCHWAB_APP_KEY", "SCHWAB_APP_SECRET"}, Level.WARN),
        ({"SCHWAB_APP_KEY", "SCHWAB_APP_SECRET", *PAGE_SETTINGS}, Level.OK),
    ],
)
def test_a_broker_that_nobody_set_up_is_no_fault_and_half_set_up_is_one(
    configured: set[str], level: Level
) -> None:
    present = availability(built("schwab"), DeploymentMode.MULTI_USER, configured)

    assert broker_finding(present, configured).level is level
