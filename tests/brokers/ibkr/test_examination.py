"""The doctor's look: what is wrong, and the one thing to do about it."""

import pytest

from floorbroker.brokers.gateway_checks import GatewayCheck, Outcome, examiner
from floorbroker.brokers.ibkr.examination import examine
from floorbroker.brokers.ibkr.spec import SPEC
from floorbroker.brokers.shared.gateways import Gateways
from tests.brokers.ibkr.at_ibkr import SHORT, gateways_at, options_at
from tests.fakes.clock import ManualClock
from tests.simulators.tws import Fault, TwsSimulator


async def looked(
    simulator: TwsSimulator, clock: ManualClock, **changes: object
) -> dict[str, GatewayCheck]:
    gateways = gateways_at(simulator, clock, patience=SHORT, **changes)
    try:
        checks = await examine(options_at(simulator, **changes), gateways)
    finally:
        await gateways.aclose()
    return {check.about: check for check in checks}


def test_the_manifest_names_it() -> None:
    assert examiner(SPEC) is examine


async def test_with_everything_in_order_every_line_is_good(
    simulator: TwsSimulator, clock: ManualClock
) -> None:
    lines = await looked(simulator, clock)

    assert {check.outcome for check in lines.values()} == {Outcome.GOOD}
    assert {*lines} == {
        "port",
        "handshake",
        "client id",
        "read-only",
        "accounts",
        "market data",
        "connection",
    }
    assert simulator.orders_received == 0


async def test_with_nothing_there_one_line_says_so(
    simulator: TwsSimulator, clock: ManualClock
) -> None:
    await simulator.stop()

    (line,) = (await looked(simulator, clock)).values()

    assert line.outcome is Outcome.BAD
    assert f"nothing listens on 127.0.0.1:{simulator.port}" in line.found
    assert line.now


async def test_a_taken_client_id_is_told(simulator: TwsSimulator, clock: ManualClock) -> None:
    simulator.client_ids_taken = {1}

    line = (await looked(simulator, clock))["client id"]

    assert line.outcome is Outcome.WARNING
    assert "connected with 2" in line.found
    assert line.now


async def test_a_tws_for_reading_only_is_told_with_the_setting(
    simulator: TwsSimulator, clock: ManualClock
) -> None:
    simulator.read_only = True

    line = (await looked(simulator, clock))["read-only"]

    assert line.outcome is Outcome.BAD
    assert "Read-Only API" in line.now


async def test_a_tws_that_does_not_say_is_not_called_good(
    simulator: TwsSimulator, clock: ManualClock
) -> None:
    simulator.fail("cancel", Fault.SILENCE)

    line = (await looked(simulator, clock))["read-only"]

    assert line.outcome is Outcome.NOTE


async def test_a_live_login_is_a_warning(clock: ManualClock) -> None:
    async with TwsSimulator(now=clock.now, accounts=("U1234567",)) as simulator:
        line = (await looked(simulator, clock))["accounts"]

    assert line.outcome is Outcome.WARNING
    assert "HIGH RISK" in line.found
    assert "U1234567" not in line.found


async def test_a_wrong_account_is_told(simulator: TwsSimulator, clock: ManualClock) -> None:
    line = (await looked(simulator, clock, ib_account="DU9"))["account"]

    assert line.outcome is Outcome.BAD
    assert "IB_ACCOUNT" in line.now


@pytest.mark.parametrize("fault", [Fault.DROP_BEFORE, Fault.DROP_AFTER])
async def test_a_handshake_that_fails_is_told(
    simulator: TwsSimulator, clock: ManualClock, fault: Fault
) -> None:
    simulator.fail("connect", fault, times=9)

    line = (await looked(simulator, clock))["handshake"]

    assert line.outcome is Outcome.BAD
    assert line.now


@pytest.mark.parametrize(
    ("kind", "outcome"),
    [(1, Outcome.GOOD), (2, Outcome.NOTE), (3, Outcome.NOTE), (4, Outcome.NOTE)],
)
async def test_delayed_prices_are_told(
    simulator: TwsSimulator, clock: ManualClock, kind: int, outcome: Outcome
) -> None:
    line = (await looked(simulator, clock, ib_market_data_type=kind))["market data"]

    assert line.outcome is outcome


async def test_the_last_drop_is_told(
    simulator: TwsSimulator, clock: ManualClock, gateways: Gateways
) -> None:
    options = options_at(simulator)
    await examine(options, gateways)
    client = gateways.of(SPEC.id, _never).wire.client  # type: ignore[attr-defined] # a line
    simulator.drop()
    await client.lost

    lines = {check.about: check for check in await examine(options, gateways)}

    assert "last dropped at 2026-11-18 17:00 UTC" in lines["connection"].found


def _never() -> object:
    raise AssertionError("the line is there")
