"""What the doctor sees at OpenD, each failing line with the one thing to do."""

import asyncio
from typing import Any

import pytest

from floorbroker.brokers.gateway_checks import GatewayCheck, Outcome, examiner
from floorbroker.brokers.moomoo.adapter import MoomooAdapter
from floorbroker.brokers.registry import get_broker
from floorbroker.brokers.shared.gateways import Gateways
from floorbroker.domain.errors import OrderRejected
from floorbroker.domain.order import Order
from tests.simulators.opend import Error, Fault, OpenDSimulator


@pytest.fixture
def options(simulator: OpenDSimulator) -> dict[str, Any]:
    return {
        "opend_host": simulator.host,
        "opend_port": simulator.port,
        "opend_security_firm": "FUTUINC",
    }


async def seen(options: dict[str, Any], gateways: Gateways) -> dict[str, GatewayCheck]:
    checks = await examiner(get_broker("moomoo"))(options, gateways)
    found = {check.about: check for check in checks}
    assert len(found) == len(checks)
    for check in checks:
        assert bool(check.now) == (check.outcome in {Outcome.BAD, Outcome.WARNING}), check
    return found


async def test_all_is_well(
    options: dict[str, Any], gateways: Gateways, simulator: OpenDSimulator
) -> None:
    found = await seen(options, gateways)

    assert [about for about, check in found.items() if check.outcome is Outcome.GOOD] == [
        "Port",
        "Handshake",
        "Log-in",
        "Paper accounts",
        "Live accounts",
    ]
    assert "10.11.7108" in found["Handshake"].found
    assert found["Trading"].outcome is Outcome.NOTE
    assert "floorbroker unlock moomoo" in found["Trading"].found
    assert simulator.orders_received == simulator.unlocks_received == 0


async def test_nothing_listening_is_one_line_within_two_seconds(
    options: dict[str, Any], gateways: Gateways, simulator: OpenDSimulator
) -> None:
    await simulator.stop()

    async with asyncio.timeout(2):
        found = await seen(options, gateways)

    assert list(found) == ["Port"]
    assert found["Port"].outcome is Outcome.BAD
    assert f"nothing listens on {simulator.host}:{simulator.port}" in found["Port"].found


async def test_an_opend_that_hangs_up_is_seen(
    options: dict[str, Any], gateways: Gateways, simulator: OpenDSimulator
) -> None:
    simulator.fail("connect", Fault.DROP_BEFORE, times=None)

    found = await seen(options, gateways)

    assert list(found) == ["Port", "Handshake"]
    assert found["Handshake"].outcome is Outcome.BAD


async def test_a_lost_log_in_is_seen(
    options: dict[str, Any], gateways: Gateways, simulator: OpenDSimulator
) -> None:
    simulator.log_out()

    found = await seen(options, gateways)

    assert found["Handshake"].outcome is Outcome.GOOD
    assert found["Log-in"].outcome is Outcome.BAD
    assert "Accounts" not in found


async def test_the_wrong_firm_is_seen(
    options: dict[str, Any], gateways: Gateways, simulator: OpenDSimulator
) -> None:
    found = await seen({**options, "opend_security_firm": "FUTUSG"}, gateways)

    assert "set OPEND_SECURITY_FIRM=FUTUINC" in found["Live accounts"].found
    assert found["Paper accounts"].outcome is Outcome.GOOD


async def test_a_setting_that_names_no_firm_is_seen(
    options: dict[str, Any], gateways: Gateways, simulator: OpenDSimulator
) -> None:
    found = await seen({**options, "opend_security_firm": "MOOMOO"}, gateways)

    assert list(found) == ["Setting"]
    assert "FUTUINC" in found["Setting"].now
    assert simulator.connections_made == 0


async def test_accounts_that_cannot_be_read_are_seen(
    options: dict[str, Any], gateways: Gateways, simulator: OpenDSimulator
) -> None:
    await seen(options, gateways)
    simulator.fail("Trd_GetAccList", Error("Something is wrong"))

    found = await seen(options, gateways)

    assert (found["Accounts"].outcome, found["Accounts"].found) == (
        Outcome.BAD,
        "Something is wrong",
    )


async def test_an_opend_on_another_machine_is_warned_about(
    options: dict[str, Any], gateways: Gateways, adapter: MoomooAdapter
) -> None:
    adapter._gateway.wire.host = "192.168.1.5"

    found = await seen(options, gateways)

    assert found["Port"].outcome is Outcome.WARNING
    assert "not encrypted" in found["Port"].found


async def test_the_lock_is_known_from_the_last_order_with_real_money(
    options: dict[str, Any],
    gateways: Gateways,
    simulator: OpenDSimulator,
    live: MoomooAdapter,
    live_resting: Order,
) -> None:
    with pytest.raises(OrderRejected):
        await live.place_order(live_resting)
    locked = await seen(options, gateways)
    simulator.locked = False
    await live.place_order(live_resting)

    unlocked = await seen(options, gateways)

    assert locked["Trading"].outcome is Outcome.BAD
    assert "floorbroker unlock moomoo" in locked["Trading"].now
    assert unlocked["Trading"].outcome is Outcome.GOOD


@pytest.mark.parametrize(
    ("right", "outcome"),
    [(None, Outcome.NOTE), (6, Outcome.GOOD), (1, Outcome.WARNING), (5, Outcome.WARNING)],
)
async def test_the_right_to_prices_is_seen(
    options: dict[str, Any],
    gateways: Gateways,
    adapter: MoomooAdapter,
    right: int | None,
    outcome: Outcome,
) -> None:
    adapter._gateway.wire.us_right = right

    assert (await seen(options, gateways))["Market data"].outcome is outcome


async def test_the_last_drop_is_told(
    options: dict[str, Any], gateways: Gateways, simulator: OpenDSimulator, adapter: MoomooAdapter
) -> None:
    simulator.drop()
    async with asyncio.timeout(5):
        while adapter.status().healthy:  # noqa: ASYNC110  # the SDK's thread sets no event
            await asyncio.sleep(0)

    found = await seen(options, gateways)

    assert "stands again since 2026-03-04 17:00 UTC" in found["Last drop"].found
