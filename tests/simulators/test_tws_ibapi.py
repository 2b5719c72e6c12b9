"""The TWS simulator under IBKR's own Python client, from an environment of its own."""

import asyncio
import json
import os
import sys
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.simulators.tws import Bar
from tests.simulators.tws_clients import ACCOUNT, World, opened

_HERE = Path(__file__).parent
_INSTALL = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps")


async def run(*command: str, **environment: str) -> str:
    """What a command of this Python prints; fails if it fails."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *command,
        env={**os.environ, **environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    told, failed = await process.communicate()
    assert process.returncode == 0, failed.decode()
    return told.decode()


async def driven(world: World, place: Path) -> dict[str, Any]:
    """Installs ibapi and lets it trade at the simulator."""
    at = str(place)
    needs = str(_HERE / "ibapi.txt")
    await run(*_INSTALL, "--require-hashes", "--target", at, "--requirement", needs)
    answer = await run(str(_HERE / "ibapi_driver.py"), str(world.sim.port), PYTHONPATH=at)
    found = json.loads(answer)
    assert found["version"] == 157
    told = found["told"]
    assert isinstance(told, dict)
    return told


@pytest.mark.long
async def test_ibkr_s_own_client_trades(tmp_path: Path) -> None:
    async with opened(connects=False) as world:
        world.sim.hold(ACCOUNT, "AAPL", 10, "150")
        one = {n: Decimal(100) for n in ("open", "high", "low", "close")}
        days = [Bar(at=world.watch.at - timedelta(days=ago), **one) for ago in (2, 1)]  # type: ignore[arg-type] # by name
        world.sim.set_bars("AAPL", "1 day", days)

        told = await driven(world, tmp_path / "ibapi")

        assert told["accounts"] == [{"list": ACCOUNT}]
        assert told["position"][0] == {
            "account": ACCOUNT,
            "con_id": 265598,
            "quantity": 10,
            "cost": 150,
        }
        assert {s["tag"]: s["value"] for s in told["summary"]}["NetLiquidation"] == "101899.50"
        assert told["portfolio"][0]["values"][:5] == [10, 189.95, 1899.5, 150, 399.5]
        (details,) = told["details"]
        assert (details["con_id"], details["name"]) == (265598, "APPLE INC")
        assert (details["primary"], details["stock_type"]) == ("NASDAQ", "COMMON")
        assert {p["type"]: p["price"] for p in told["price"]} == {
            1: 189.9,
            2: 190.0,
            4: 189.95,
            9: 188.0,
        }
        assert [bar["date"] for bar in told["bar"]] == ["20261116", "20261117"]
        _check_orders(world, told)


def _check_orders(world: World, told: dict[str, Any]) -> None:
    bought, resting = world.sim.orders
    seen = [(s["id"], s["status"]) for s in told["status"]]
    assert seen[:3] == [(1, "PreSubmitted"), (1, "Submitted"), (1, "Filled")]
    assert seen[-2:] == [(2, "PendingCancel"), (2, "Cancelled")]
    assert (2, 202) in [(error["about"], error["code"]) for error in told["error"]]
    assert (bought.order_ref, bought.status) == ("bought", "Filled")
    assert (resting.order_ref, resting.status) == ("resting", "Cancelled")
    refs = {o["id"]: (o["ref"], o["perm_id"]) for o in told["open_order"]}
    assert refs[1] == ("bought", bought.perm_id)
    assert refs[2] == ("resting", resting.perm_id)
    live, asked_for = told["execution"]
    assert (live["asked"], asked_for["asked"]) == (-1, 1005)
    assert (live["ref"], live["side"], live["shares"], live["price"]) == ("bought", "BOT", 3, 190)
    assert told["commission"][0] == {"id": live["id"], "amount": 1.0}
    (what_if,) = [o for o in told["open_order"] if o["what_if"]]
    assert (what_if["status"], what_if["commission"]) == ("PreSubmitted", 1.0)
    assert float(what_if["margin"]) > 0
    assert [(c["ref"], c["status"]) for c in told["completed"]] == [
        ("bought", "Filled"),
        ("resting", "Cancelled"),
    ]
