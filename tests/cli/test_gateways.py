"""What `floorbroker doctor` tells of gateways; in multi-user mode no port is ever knocked at."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from typer.testing import CliRunner

from floorbroker.bootstrap import running
from floorbroker.brokers.registry import all_brokers
from floorbroker.brokers.spec import BrokerSpec
from floorbroker.cli import doctor
from floorbroker.cli.app import app
from floorbroker.cli.findings import Finding, Level
from floorbroker.cli.gateways import gateway_findings
from floorbroker.config import Settings
from floorbroker.domain.errors import DeploymentModeError
from floorbroker.domain.ids import BrokerId
from floorbroker.domain.modes import DeploymentMode, Environment
from floorbroker.services.link_requests import Wanted
from floorbroker.storage.sqlite import SqliteDocuments
from floorbroker.vault.keyring import new_key
from tests.cli.at_home import HOME, at_home
from tests.cli.ears import at_ports, ear, nobody
from tests.environment import only_these_settings
from tests.floor import ANNA
from tests.observability.captured import captured_stderr

PATIENCE_SECONDS = 60


async def looked(spec: BrokerSpec, seconds: float = 5, **settings: Any) -> Sequence[Finding]:
    async with asyncio.timeout(PATIENCE_SECONDS):
        return await gateway_findings(at_home(**settings), seconds, [spec])


def ibkr(port: int, examination: str | None = None) -> BrokerSpec:
    """At one port, with a look of `tests.cli.examinations`."""
    examiner = examination and f"tests.cli.examinations:{examination}"
    return at_ports("ibkr", {port: "TWS, paper"}, examiner=examiner)


# A gateway that is not there


async def test_with_nothing_listening_gateway_and_port_and_what_to_do_are_named(
    folder: Path,
) -> None:
    with nobody() as port:
        (found,) = await looked(ibkr(port, "silent"), ib_port=port)

    assert (found.level, found.about) == (Level.FAIL, "Interactive Brokers gateway")
    assert f"TWS or IB Gateway is not running: nothing listens on 127.0.0.1:{port}" in found.what
    assert "(TWS, paper)" in found.what
    assert found.todo == "Start the gateway, log in, and try again."


async def test_what_listens_instead_is_named_with_the_setting(folder: Path) -> None:
    with nobody() as port, ear() as other:
        spec = at_ports("ibkr", {port: "TWS, paper", other.port: "IB Gateway, paper"})
        (found,) = await looked(spec, ib_port=port)

    assert f"IB Gateway, paper answers on port {other.port}: set IB_PORT={other.port}" in found.what


async def test_a_gateway_that_nobody_set_up_is_no_fault(folder: Path) -> None:
    with nobody() as port:
        settings = at_home(ib_port=port)
        settings.model_fields_set.remove("ib_port")  # as if the default were this port
        (found,) = await gateway_findings(settings, 5, [ibkr(port)])

    assert found.level is Level.INFO
    assert "is not running" in found.what


# One that is there


async def test_a_port_that_is_open_is_told_where_there_is_no_closer_look(folder: Path) -> None:
    with ear() as there:
        (found,) = await looked(ibkr(there.port), ib_port=there.port)

    assert found.level is Level.OK
    assert f"listens on 127.0.0.1:{there.port}" in found.what


async def test_each_line_of_the_look_is_a_finding_with_what_to_do(folder: Path) -> None:
    with ear() as there:
        found = await looked(ibkr(there.port, "every_outcome"), ib_port=there.port)

    assert [(one.about, one.level) for one in found] == [
        ("Interactive Brokers good", Level.OK),
        ("Interactive Brokers note", Level.INFO),
        ("Interactive Brokers warning", Level.WARN),
        ("Interactive Brokers bad", Level.FAIL),
    ]
    assert {(one.what, one.todo) for one in found} == {(f"Port {there.port}.", "Do it.")}


async def test_a_look_leaves_no_connection_open(folder: Path) -> None:
    before = asyncio.all_tasks()

    with ear() as there:
        (found,) = await looked(ibkr(there.port, "connected"), ib_port=there.port)

    assert found.what == "connected"
    assert asyncio.all_tasks() == before


async def test_a_gateway_that_says_nothing_is_given_up_in_time(folder: Path) -> None:
    before = asyncio.all_tasks()

    with ear() as there:
        (found,) = await looked(ibkr(there.port, "silent"), 0.05, ib_port=there.port)

    assert found.level is Level.FAIL
    assert "says nothing for 0.05 s" in found.what
    assert asyncio.all_tasks() == before


async def test_without_the_brokers_package_nobody_looks(folder: Path) -> None:
    with ear() as there:
        spec = replace(ibkr(there.port, "every_outcome"), sdk_module="no_such_package_of_ours")
        found = await looked(spec, ib_port=there.port)

        assert (found, there.heard()) == ([], 0)


def test_the_command_fails_for_a_gateway_that_is_set_and_does_not_run(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with nobody() as port, captured_stderr():
        only_these_settings(monkeypatch, tmp_path, **HOME, IB_PORT=str(port))
        result = CliRunner().invoke(app, ["doctor"])

    assert result.exit_code == 1
    assert f"nothing listens on 127.0.0.1:{port}" in result.stdout


# D0-10: a bot for many people opens no connection to this machine for a gateway


def in_the_cloud(port: int, **changes: Any) -> Settings:
    return Settings(
        deployment_mode=DeploymentMode.MULTI_USER,
        host="127.0.0.1",
        port=0,
        ib_port=port,
        opend_port=port,
        credential_master_keys=SecretStr(new_key("a")),
        **changes,
    )


async def test_in_the_cloud_the_doctor_knocks_at_no_gateways_port(folder: Path) -> None:
    with ear() as there:
        at_home_it_knocks = await gateway_findings(
            at_home(ib_port=there.port), 5, [ibkr(there.port, "every_outcome")]
        )
        assert at_home_it_knocks
        assert there.heard() > 0

        in_cloud = in_the_cloud(there.port)
        looks = await gateway_findings(in_cloud, 5, [ibkr(there.port, "every_outcome")])
        found = await doctor.findings(in_cloud)

        assert looks == []
        assert there.heard() == 0
    assert "Interactive Brokers gateway" not in {one.about for one in found}


@pytest.mark.parametrize(
    "words",
    [
        ["doctor"],
        ["brokers"],
        ["link", "ibkr"],
        ["link", "moomoo", "--live"],
        ["unlock", "moomoo"],
        ["verify", "Interactive Brokers paper", f"--user={HOME['OWNER_ID']}"],
        ["init", "--yes"],
    ],
    ids=lambda words: words[0],
)
def test_in_the_cloud_no_command_knocks_at_a_gateways_port(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, words: list[str]
) -> None:
    with ear() as there, captured_stderr():
        only_these_settings(
            monkeypatch,
            tmp_path,
            DEPLOYMENT_MODE="multi-user",
            OPERATOR_IDS=HOME["OWNER_ID"],
            HOST="127.0.0.1",
            PORT="0",
            IB_PORT=str(there.port),
            OPEND_PORT=str(there.port),
            LIVE_TRADING="on",
        )
        result = CliRunner().invoke(app, words, input="a password\n")

        assert there.heard() == 0
    assert result.exit_code in ({0} if words == ["brokers"] else {1, 2})


@pytest.mark.parametrize("broker", ["ibkr", "moomoo"])
async def test_in_the_cloud_a_running_bot_refuses_a_gateway_and_knocks_nowhere(
    folder: Path, broker: str
) -> None:
    documents = SqliteDocuments(folder / "test.db")

    with ear() as there:
        async with running(in_the_cloud(there.port), documents=documents) as bot:
            for environment in Environment:
                wanted = Wanted(user_id=ANNA, broker=BrokerId(broker), environment=environment)
                with pytest.raises(DeploymentModeError, match=r"requires local .*Gateway"):
                    await bot.floor.linking.check(wanted)

        assert there.heard() == 0


def test_every_broker_with_a_gateway_is_for_single_user_mode_alone() -> None:
    gated = [spec for spec in all_brokers() if spec.gateway is not None]

    assert {spec.id for spec in gated} == {"ibkr", "moomoo"}
    assert {mode for spec in gated for mode in spec.modes} == {DeploymentMode.SINGLE_USER}
