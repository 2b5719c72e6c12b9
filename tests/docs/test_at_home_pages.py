"""The pages for a bot at home: recipes that can be read, ports and sentences as they are."""

import configparser
import plistlib
import re
from pathlib import Path
from typing import Final

import pytest

from floorbroker.brokers.registry import all_brokers, get_broker
from floorbroker.brokers.shared.ports import check_listening
from floorbroker.cli.giving_up import MISCONFIGURED
from floorbroker.config import Settings
from floorbroker.domain.errors import GatewayNotRunning
from tests.cli.ears import at_ports, ear, nobody
from tests.docs.pages import DOCS, rows

AT_HOME: Final = (DOCS / "single-user.md").read_text()
DEBUGGING: Final = (DOCS / "gateway-debugging.md").read_text()
WHY_NOT: Final = (DOCS / "why-not-in-the-cloud.md").read_text()
LONGEST_STOP: Final = Settings.model_fields["drain_seconds"].default + 10
"""Until Discord is left."""

IBKR_SENTENCE: Final = (
    "IBKR requires local Gateway installation. Only supported in single-user deployment mode."
)


def block(language: str, containing: str) -> str:
    """The one block of code of that language that holds the words."""
    blocks = re.findall(rf"^```{language}\n(.*?)^```", AT_HOME, re.MULTILINE | re.DOTALL)
    (found,) = [one for one in blocks if containing in one]
    return str(found)


def test_the_unit_for_systemd_restarts_what_a_restart_can_help() -> None:
    unit = configparser.ConfigParser()
    unit.read_string(block("ini", "[Unit]"))

    service = unit["Service"]
    assert service["ExecStart"].endswith("/floorbroker run")
    assert service["Restart"] == "on-failure"
    assert service.getint("RestartPreventExitStatus") == MISCONFIGURED
    assert service.getint("TimeoutStopSec") > LONGEST_STOP


def test_the_agent_for_launchd_is_a_property_list_that_ends_in_order() -> None:
    agent = plistlib.loads(block("xml", "plist").encode())

    assert agent["ProgramArguments"][1:] == ["run"]
    assert (agent["RunAtLoad"], agent["KeepAlive"]) == (True, {"SuccessfulExit": False})
    assert agent["ExitTimeOut"] > LONGEST_STOP


@pytest.mark.parametrize("system", ["macOS: launchd", "Windows: Task Scheduler"])
def test_what_was_not_tried_says_so(system: str) -> None:
    below = AT_HOME.partition(f"### {system}\n")[2]

    assert "(not tried)" in below.split("```")[0]
    assert "**Neither macOS nor Windows was tried**" in AT_HOME


def test_the_ports_are_those_of_the_manifest() -> None:
    gateway = get_broker("ibkr").gateway
    assert gateway is not None

    table = rows((DOCS / "ibkr-at-home.md").read_text(), "Port")
    assert [(int(port), what) for port, what in table] == list(gateway.ports)


async def test_the_first_symptoms_are_the_sentences_of_the_bot() -> None:
    read = " ".join(row[0] for row in rows(DEBUGGING, "You read"))

    for broker in ("ibkr", "moomoo"):
        with nobody() as port:
            with pytest.raises(GatewayNotRunning) as refused:
                await check_listening(at_ports(broker, {port: "paper"}), "127.0.0.1", port)
            assert refused.value.message.partition(" on ")[0] in read
    with nobody() as port, ear() as other:
        spec = at_ports("ibkr", {port: "TWS", other.port: "IB Gateway"})
        with pytest.raises(GatewayNotRunning) as elsewhere:
            await check_listening(spec, "127.0.0.1", port)
    told = elsewhere.value.message.rpartition("IB Gateway")[2]
    assert re.sub(r"\d+", "…", told).strip().removesuffix(".") in read


def test_whoever_cannot_stay_at_home_is_told_who_comes_closest() -> None:
    closest = {row[0]: row[1] for row in rows(WHY_NOT, "You are at")}

    for spec in all_brokers():
        if spec.gateway is not None:
            names = [get_broker(one).name for one in spec.alternatives]
            assert re.findall(r"\[(.*?)\]", closest[spec.name]) == names


@pytest.mark.parametrize("page", ["ibkr-at-home.md", "why-not-in-the-cloud.md"])
def test_the_limit_to_one_person_is_said_in_so_many_words(page: str) -> None:
    assert IBKR_SENTENCE in " ".join((DOCS / page).read_text().split())


@pytest.mark.parametrize(
    "page", ["ibkr-at-home", "moomoo-at-home", "gateway-debugging", "why-not-in-the-cloud"]
)
def test_the_pages_are_listed_and_lead_to_each_other(page: str) -> None:
    others: list[Path] = [one for one in DOCS.glob("*.md") if one.stem not in {page, "index"}]

    assert f"\n{page}\n" in (DOCS / "index.md").read_text()
    assert any(f"({page}.md" in one.read_text() for one in others)
