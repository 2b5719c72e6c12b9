"""`floorbroker unlock`: the trade password goes to the owner's own gateway, and nowhere else."""

import asyncio
import hashlib
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from floorbroker.cli.app import app
from floorbroker.cli.giving_up import MISCONFIGURED, GivenUp
from floorbroker.cli.unlock import unlock, unlockable
from tests.cli.at_home import CANARY, HOME, at_home
from tests.cli.ears import ear, nobody
from tests.cli.typing_keys import Typed
from tests.environment import only_these_settings
from tests.observability.captured import captured_stderr
from tests.simulators.opend.accounts_api import PASSWORD
from tests.simulators.opend.faults import Fault
from tests.simulators.opend.simulator import OpenDSimulator
from tests.simulators.opend.vendor import sdk


def run(
    monkeypatch: pytest.MonkeyPatch, folder: Path, *words: str, typed: str = "", **changes: str
) -> Result:
    only_these_settings(monkeypatch, folder, **{**HOME, **changes})
    return CliRunner().invoke(app, ["unlock", *words], input=typed)


def test_a_bot_for_many_people_unlocks_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    result = run(monkeypatch, tmp_path, "moomoo", typed=CANARY, DEPLOYMENT_MODE="multi-user")

    assert (result.exit_code, result.stdout) == (2, "")
    assert "DEPLOYMENT_MODE=single-user" in result.stderr


@pytest.mark.parametrize("broker", ["ibkr", "alpaca", "paper", "no-such-broker"])
def test_only_moomoos_gateway_is_unlocked_here(broker: str) -> None:
    with pytest.raises(GivenUp, match="Only the gateway of moomoo") as reason:
        unlockable(at_home(), broker)

    assert reason.value.exit_code == MISCONFIGURED


async def test_no_password_is_asked_for_where_no_gateway_listens() -> None:
    person = Typed(CANARY)

    with nobody() as port, pytest.raises(GivenUp, match=f"nothing listens on 127.0.0.1:{port}"):
        await unlock(at_home(opend_port=port), "moomoo", person)

    assert person.answers == [CANARY]


async def test_the_trade_password_is_asked_for_hidden_and_told_apart_from_the_login(
    capsys: pytest.CaptureFixture[str],
) -> None:
    person = Typed("")

    with ear() as there, pytest.raises(GivenUp, match="No password, so nothing was sent"):
        await unlock(at_home(opend_port=there.port), "moomoo", person)

    assert (person.hidden, person.seen) == (["Trade password"], [])
    assert "not the one that you log in with" in capsys.readouterr().out


def test_a_line_too_many_sends_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with ear() as there:
        typed = f"{CANARY}\nmore\n"
        result = run(monkeypatch, tmp_path, "moomoo", typed=typed, OPEND_PORT=str(there.port))

    assert result.exit_code == 2
    assert CANARY not in result.output


def test_no_option_can_hold_the_password(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    result = run(monkeypatch, tmp_path, "moomoo", f"--password={CANARY}")

    assert result.exit_code == 2
    assert "No such option" in result.stderr


# At OpenD itself


async def at_opend(opend: OpenDSimulator, patch: pytest.MonkeyPatch, folder: Path) -> Result:
    """The command, in a thread: it runs a loop of its own, and this one serves the simulator."""
    sdk()
    port = str(opend.port)
    with captured_stderr() as log:
        result = await asyncio.to_thread(
            run, patch, folder, "moomoo", typed=f"{PASSWORD}\n", OPEND_PORT=port
        )
    everything = result.output + log.getvalue()
    digest = hashlib.md5(PASSWORD.encode(), usedforsecurity=False).hexdigest()
    assert PASSWORD not in everything.replace("127.0.0.1:" + port, "")
    assert digest not in everything
    assert list(folder.iterdir()) == []  # noqa: ASYNC240  # nothing else runs on this loop
    return result


async def test_the_right_password_unlocks_once_and_is_kept_nowhere(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async with OpenDSimulator() as opend:
        opend.locked = True
        result = await at_opend(opend, monkeypatch, tmp_path)

        assert result.exit_code == 0, result.output
        assert (opend.locked, opend.unlocks_received) == (False, 1)
        assert result.stdout.splitlines()[-1].startswith("Unlocked.")


async def test_a_wrong_password_is_told_in_opends_words_and_not_sent_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async with OpenDSimulator() as opend:
        opend.locked, opend.unlock_password_md5 = True, "of another one"
        result = await at_opend(opend, monkeypatch, tmp_path)

        assert (opend.locked, opend.unlocks_received) == (True, 1)
    assert result.exit_code == 1
    assert result.stderr.startswith("Not unlocked. OpenD did not unlock trading:")
    assert "Unlocked" not in result.stdout


async def test_an_opend_that_is_unlocked_in_its_window_only_says_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async with OpenDSimulator() as opend:
        opend.locked, opend.unlocking_allowed = True, False
        result = await at_opend(opend, monkeypatch, tmp_path)

        assert opend.locked
    assert result.exit_code == 1
    assert "window" in result.stderr


async def test_an_answer_that_is_lost_is_not_taken_for_a_refusal(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async with OpenDSimulator() as opend:
        opend.locked = True
        opend.fail("unlock", Fault.DROP_AFTER)
        result = await at_opend(opend, monkeypatch, tmp_path)

        assert (opend.locked, opend.unlocks_received) == (False, 1)
    assert result.exit_code == 1
    assert "Not unlocked" not in result.stderr
    assert "trading may be unlocked" in result.stderr
