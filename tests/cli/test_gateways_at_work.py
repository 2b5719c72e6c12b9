"""From `init` to `verify` with a gateway that answers: the simulators of TWS and OpenD."""

import asyncio
from pathlib import Path

import pytest
from dotenv import dotenv_values
from typer.testing import CliRunner, Result

from floorbroker.cli.app import app
from tests.cli.at_home import HOME, OWNER
from tests.cli.discord_stand_in import TOKEN, DiscordStandIn
from tests.environment import only_these_settings
from tests.observability.captured import captured_stderr
from tests.simulators.opend.simulator import OpenDSimulator
from tests.simulators.opend.vendor import sdk
from tests.simulators.tws.simulator import TwsSimulator


async def run(*words: str, typed: str = "") -> Result:
    """In a thread: the command runs a loop of its own, and this one serves the simulator."""
    with captured_stderr():
        return await asyncio.to_thread(CliRunner().invoke, app, list(words), input=typed)


def about(result: Result, broker: str) -> dict[str, str]:
    """The doctor's lines about a broker: what was looked at, and its level."""
    lines = [line.split(maxsplit=1) for line in result.stdout.splitlines() if broker in line]
    return {
        rest.removeprefix(f"{broker} ").partition("  ")[0].strip(): level for level, rest in lines
    }


async def test_beside_tws_an_account_is_linked_and_verified(
    monkeypatch: pytest.MonkeyPatch, folder: Path, stand_in: DiscordStandIn
) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", TOKEN)
    monkeypatch.setenv("PORT", "0")
    async with TwsSimulator() as tws:
        tws.set_price("AAPL", bid="189.90", ask="190.00", last="189.95")

        made = await run("init", "--yes", f"--owner-id={OWNER}", f"--ib-port={tws.port}")
        looked_with = tws.cancels_received  # of an order that is not there
        linked = await run("link", "ibkr")
        verified = await run("verify", "Interactive Brokers paper")

    assert dotenv_values(folder / ".env")["IB_PORT"] == str(tws.port)
    assert made.exit_code == 0, made.output
    assert "floorbroker link ibkr" in made.stdout
    assert {"port", "handshake", "client id", "read-only"} <= about(
        made, "Interactive Brokers"
    ).keys()
    assert linked.exit_code == 0, linked.output
    assert "PAPER  …4567" in linked.stdout
    assert verified.exit_code == 0, verified.output
    assert "Left at the broker: nothing." in verified.stdout
    assert (tws.orders_received, tws.cancels_received - looked_with) == (1, 1)


async def test_a_tws_that_takes_no_orders_is_found_by_the_doctor(
    monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    async with TwsSimulator(read_only=True) as tws:
        only_these_settings(monkeypatch, folder, **HOME, IB_PORT=str(tws.port))
        result = await run("doctor")

    assert about(result, "Interactive Brokers")["read-only"] == "fail"
    assert tws.orders_received == 0


async def test_beside_opend_an_account_is_linked_and_verified(
    monkeypatch: pytest.MonkeyPatch, folder: Path, stand_in: DiscordStandIn
) -> None:
    sdk()
    async with OpenDSimulator() as opend:
        opend.set_price("US.AAPL", bid="189.90", ask="190.00")
        settings = {"DISCORD_TOKEN": TOKEN, "PORT": "0", "OPEND_PORT": str(opend.port)}
        for name, value in settings.items():
            monkeypatch.setenv(name, value)

        made = await run("init", "--yes", f"--owner-id={OWNER}")
        linked = await run("link", "moomoo")
        verified = await run("verify", "Moomoo paper")

    assert dotenv_values(folder / ".env")["OPEND_PORT"] == str(opend.port)
    assert made.exit_code == 0, made.output
    assert "floorbroker link moomoo" in made.stdout
    assert {"Port", "Handshake", "Log-in"} <= about(made, "Moomoo").keys()
    assert linked.exit_code == 0, linked.output
    assert verified.exit_code == 0, verified.output
    assert "Left at the broker: nothing." in verified.stdout
    assert (opend.orders_received, opend.cancels_received) == (1, 1)
