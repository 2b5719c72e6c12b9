"""Connecting to TWS: once a process, under a free client id, and only where the money agrees."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from floorbroker.brokers.ibkr.accounts import HIGH_RISK, check_agreement, warning
from floorbroker.brokers.ibkr.adapter import IbkrAdapter
from floorbroker.brokers.ibkr.line import IDS_TRIED, IbkrLine
from floorbroker.brokers.ibkr.restarts import told_plainly
from floorbroker.brokers.shared.gateways import Gateways
from floorbroker.domain.connections import ConnectionEvent, ConnectionState
from floorbroker.domain.errors import (
    BrokerConnectionError,
    BrokerTimeout,
    GatewayNotRunning,
    NotSent,
    NotSupported,
)
from floorbroker.domain.modes import Environment
from floorbroker.domain.order import Order
from tests.brokers.ibkr.at_ibkr import (
    SHORT,
    adapter_in,
    context_at,
    gateways_at,
    line_of,
)
from tests.fakes.clock import ManualClock
from tests.simulators.tws import Fault, TwsSimulator

PAPER, LIVE = Environment.PAPER, Environment.LIVE


async def test_nothing_is_opened_before_somebody_needs_it(
    simulator: TwsSimulator, gateways: Gateways, clock: ManualClock
) -> None:
    adapter = adapter_in(context_at(gateways, clock))

    assert simulator.connections_made == 0
    assert adapter.status().state is ConnectionState.DISCONNECTED


async def test_a_process_has_one_connection_whoever_asks_and_keeps_it(
    simulator: TwsSimulator, gateways: Gateways, clock: ManualClock
) -> None:
    adapters = [adapter_in(context_at(gateways, clock)) for _ in range(3)]

    await asyncio.gather(*(one.connect() for one in adapters))
    await adapters[0].close()

    assert simulator.connections == 1
    assert len(await adapters[1].accounts()) == 1


async def test_what_a_connection_is_like_is_told(
    simulator: TwsSimulator, gateways: Gateways, clock: ManualClock
) -> None:
    heard: list[ConnectionEvent] = []
    gateways.listen(heard.append)

    await adapter_in(context_at(gateways, clock)).connect()

    facts = heard[-1].facts
    assert heard[-1].state is ConnectionState.CONNECTED
    assert (facts["version"], facts["client_id"]) == ("176", "1")
    assert facts["accounts"] == "DU1234567"


async def test_a_client_id_that_is_taken_is_passed_by(
    simulator: TwsSimulator, gateways: Gateways, line: IbkrLine, clock: ManualClock
) -> None:
    simulator.client_ids_taken = {1, 2}

    await adapter_in(context_at(gateways, clock)).connect()

    assert line.client_id == 3


async def test_with_no_free_client_id_it_says_what_to_do(
    simulator: TwsSimulator, gateways: Gateways, clock: ManualClock
) -> None:
    simulator.client_ids_taken = set(range(1, IDS_TRIED + 1))

    with pytest.raises(BrokerConnectionError, match="IB_CLIENT_ID"):
        await adapter_in(context_at(gateways, clock)).connect()


async def test_with_no_tws_it_says_so_at_once(
    simulator: TwsSimulator, gateways: Gateways, clock: ManualClock
) -> None:
    await simulator.stop()

    with pytest.raises(GatewayNotRunning, match=f"nothing listens on 127.0.0.1:{simulator.port}"):
        await adapter_in(context_at(gateways, clock)).connect()


@pytest.mark.parametrize("fault", [Fault.DROP_BEFORE, Fault.DROP_AFTER])
async def test_a_tws_that_hangs_up_is_an_error(
    simulator: TwsSimulator, gateways: Gateways, clock: ManualClock, fault: Fault
) -> None:
    simulator.fail("connect", fault, times=9)  # the look at the port is a connection too

    with pytest.raises(BrokerConnectionError, match="ended the connection"):
        await adapter_in(context_at(gateways, clock)).connect()


async def test_only_the_operators_account_is_reached(clock: ManualClock) -> None:
    async with TwsSimulator(now=clock.now, accounts=("DU1", "DU2", "DU3")) as simulator:
        gateways = gateways_at(simulator, clock, ib_account="DU2")
        adapter = adapter_in(context_at(gateways, clock))
        await adapter.connect()

        accounts = await adapter.accounts()

        await gateways.aclose()
        assert [one.number for one in accounts] == ["DU2"]


async def test_an_account_that_the_login_does_not_reach_is_refused(
    simulator: TwsSimulator, clock: ManualClock
) -> None:
    gateways = gateways_at(simulator, clock, ib_account="DU999")

    with pytest.raises(NotSupported, match="IB_ACCOUNT"):
        await adapter_in(context_at(gateways, clock)).connect()
    await gateways.aclose()


# Whose money it is


async def test_a_live_link_is_refused_at_a_paper_login(
    simulator: TwsSimulator, gateways: Gateways, clock: ManualClock, resting: Order
) -> None:
    adapter = adapter_in(context_at(gateways, clock, environment=LIVE))

    with pytest.raises(NotSupported, match="the login at the gateway has a paper account"):
        await adapter.connect()
    with pytest.raises(NotSent, match="do not agree"):
        await adapter.place_order(resting)

    assert adapter.status().state is ConnectionState.FAILED
    assert "do not agree" in adapter.status().detail
    assert simulator.orders_received == 0


async def test_a_paper_link_is_refused_when_tws_comes_back_with_a_live_login(
    simulator: TwsSimulator, adapter: IbkrAdapter, gateways: Gateways, resting: Order
) -> None:
    simulator.accounts = {"U7654321": next(iter(simulator.accounts.values()))}
    back = states_of(gateways, ConnectionState.CONNECTED)
    simulator.drop()
    await back.wait()

    with pytest.raises(NotSent, match="do not agree"):
        await adapter.place_order(resting)

    assert simulator.orders_received == 0


async def test_a_live_link_says_high_risk_while_it_stands(clock: ManualClock) -> None:
    async with TwsSimulator(now=clock.now, accounts=("U1234567",)) as simulator:
        gateways = gateways_at(simulator, clock)
        adapter = adapter_in(context_at(gateways, clock, environment=LIVE))

        await adapter.connect()

        assert adapter.status().healthy
        assert HIGH_RISK in adapter.status().detail
        await gateways.aclose()


@pytest.mark.parametrize(
    ("environment", "port", "account"),
    [
        (PAPER, 7497, "DU1"),
        (PAPER, 4002, "DU1"),
        (LIVE, 7496, "U1"),
        (LIVE, 4001, "U1"),
        (PAPER, 5000, "DF1"),
        (LIVE, 5000, "U1"),
    ],
)
def test_port_account_and_link_that_agree_pass(
    environment: Environment, port: int, account: str
) -> None:
    check_agreement(environment, port, [account])


@pytest.mark.parametrize(
    ("environment", "port", "account", "said"),
    [
        (PAPER, 7496, "DU1", "port 7496 is TWS, live"),
        (PAPER, 7497, "U1", "a live account"),
        (LIVE, 4002, "U1", "port 4002 is IB Gateway, paper"),
        (LIVE, 7496, "DU1", "a paper account"),
        (LIVE, 5000, "DU1", "a paper account"),
        (PAPER, 5000, "U1", "a live account"),
    ],
)
def test_those_that_do_not_agree_are_named(
    environment: Environment, port: int, account: str, said: str
) -> None:
    with pytest.raises(NotSupported) as refusal:
        check_agreement(environment, port, [account])

    assert said in refusal.value.message
    assert account not in refusal.value.message


def test_a_login_of_both_kinds_is_refused_for_either() -> None:
    for environment in Environment:
        with pytest.raises(NotSupported):
            check_agreement(environment, 5000, ["DU1", "U1"])


def test_live_ports_are_high_risk_and_paper_ones_are_not() -> None:
    assert [warning(PAPER, port) != "" for port in (7497, 4002, 7496, 4001)] == [
        False,
        False,
        True,
        True,
    ]


# What goes away and comes back


async def test_a_drop_is_mended_and_what_happened_meanwhile_is_known(
    simulator: TwsSimulator, adapter: IbkrAdapter, gateways: Gateways, placed: Order
) -> None:
    came_back = states_of(gateways, ConnectionState.CONNECTED)
    simulator.drop()
    simulator.fill(simulator.orders[0])
    await came_back.wait()

    news = await adapter.find_order(placed)

    assert simulator.connections == 1
    assert news.receipt.state.value == "filled"  # type: ignore[union-attr] # it is there


async def test_a_nightly_restart_is_mended_and_explained(
    simulator: TwsSimulator, adapter: IbkrAdapter, gateways: Gateways
) -> None:
    heard: list[ConnectionEvent] = []
    gateways.listen(heard.append)
    came_back = states_of(gateways, ConnectionState.CONNECTED)

    simulator.restart_nightly()
    await came_back.wait()

    assert heard[0].state is ConnectionState.RECONNECTING
    assert "restart once a day" in heard[0].detail
    assert len(await adapter.accounts()) == 1


def test_on_a_sunday_morning_in_new_york_the_weeks_login_is_the_likeliest() -> None:
    sunday = datetime(2026, 11, 22, 6, 30, tzinfo=UTC)  # 01:30 ET
    before = datetime(2026, 11, 22, 5, 30, tzinfo=UTC)

    assert "this week's login" in told_plainly("It ended.", sunday)
    assert "this week's login" not in told_plainly("It ended.", before)


async def test_a_tws_that_was_there_is_explained_when_it_is_away(
    simulator: TwsSimulator, adapter: IbkrAdapter, gateways: Gateways
) -> None:
    away = states_of(gateways, ConnectionState.RECONNECTING)
    await simulator.stop()
    await away.wait()

    with pytest.raises(GatewayNotRunning, match="restart once a day"):
        await adapter.accounts()


async def test_without_the_servers_everything_is_refused_at_once_until_they_are_back(
    simulator: TwsSimulator, adapter: IbkrAdapter, gateways: Gateways, resting: Order
) -> None:
    away = states_of(gateways, ConnectionState.RECONNECTING)
    back = states_of(gateways, ConnectionState.CONNECTED)
    simulator.lose_server()
    await away.wait()

    with pytest.raises(BrokerConnectionError, match="lost Interactive Brokers' servers"):
        await adapter.accounts()
    with pytest.raises(NotSent):
        await adapter.place_order(resting)
    simulator.regain_server(lost_data=False)
    await back.wait()

    assert (await adapter.place_order(resting)).state.value == "accepted"
    assert simulator.connections_made <= 2  # the look at the port, and the connection


async def test_with_lost_subscriptions_it_connects_anew(
    simulator: TwsSimulator, adapter: IbkrAdapter, gateways: Gateways
) -> None:
    away = states_of(gateways, ConnectionState.RECONNECTING)
    simulator.lose_server()
    await away.wait()
    before, back = simulator.connections_made, states_of(gateways, ConnectionState.CONNECTED)

    simulator.regain_server(lost_data=True)
    await back.wait()

    assert simulator.connections_made > before
    assert len(await adapter.accounts()) == 1


async def test_a_read_under_way_ends_at_once_when_the_connection_does(
    simulator: TwsSimulator, adapter: IbkrAdapter
) -> None:
    trouble = simulator.fail("read", Fault.SILENCE)
    reading = asyncio.ensure_future(adapter.accounts())
    await trouble.reached.wait()

    simulator.drop()

    with pytest.raises(BrokerConnectionError):
        await reading


async def test_an_adapter_that_was_closed_asks_nothing(
    simulator: TwsSimulator, adapter: IbkrAdapter, resting: Order
) -> None:
    asked = len(simulator.received)
    await adapter.close()
    await adapter.close()

    with pytest.raises(BrokerConnectionError):
        await adapter.accounts()
    with pytest.raises(NotSent):
        await adapter.place_order(resting)

    assert len(simulator.received) == asked


async def test_a_tws_that_does_not_answer_the_look_is_left_and_called_anew(
    simulator: TwsSimulator, adapter: IbkrAdapter, gateways: Gateways, line: IbkrLine
) -> None:
    client = line.client
    simulator.fail("read", Fault.SILENCE)

    with pytest.raises(BrokerTimeout):
        await line.client.ask_alone("currentTime", lambda ib: ib.reqCurrentTimeAsync(), 0.05)
    await line.close()

    assert client.lost.done()


async def test_a_question_that_is_never_answered_is_not_mixed_up_with_the_next(
    simulator: TwsSimulator, adapter: IbkrAdapter, line: IbkrLine, placed: Order
) -> None:
    late = simulator.fail("read", Fault.LATE)
    with pytest.raises(BrokerTimeout):
        await line.open_orders(seconds=0.05)

    asking = asyncio.ensure_future(line.open_orders())
    await asyncio.sleep(0)
    assert not asking.done()
    late.release()

    assert await asking == {int(placed.broker_order_id or 0)}


async def test_questions_that_nobody_waits_for_any_more_are_not_asked(
    simulator: TwsSimulator, adapter: IbkrAdapter, line: IbkrLine
) -> None:
    before = _asked(simulator)
    late = simulator.fail("read", Fault.LATE)
    for _ in range(20):
        with pytest.raises(BrokerTimeout):
            await line.open_orders(seconds=0.02)

    late.release()
    await line.open_orders()

    assert _asked(simulator) - before == 2  # the one that was under way, and the last


async def test_those_who_wait_for_the_same_answer_share_one_question(
    simulator: TwsSimulator, adapter: IbkrAdapter, line: IbkrLine, placed: Order
) -> None:
    before = _asked(simulator)
    late = simulator.fail("read", Fault.LATE)
    first = asyncio.ensure_future(line.open_orders())
    await _until(lambda: _asked(simulator) > before)
    others = [asyncio.ensure_future(line.open_orders()) for _ in range(20)]
    await asyncio.sleep(0)
    late.release()

    answers = await asyncio.gather(first, *others)

    assert all(answer == {int(placed.broker_order_id or 0)} for answer in answers)
    assert _asked(simulator) - before == 2


async def test_who_waits_when_the_connection_ends_is_told_so(
    simulator: TwsSimulator, adapter: IbkrAdapter, line: IbkrLine
) -> None:
    before = _asked(simulator)
    simulator.fail("read", Fault.SILENCE)
    asking = [asyncio.ensure_future(line.open_orders()) for _ in range(3)]
    await _until(lambda: _asked(simulator) > before)

    await line.close()

    told = await asyncio.gather(*asking, return_exceptions=True)
    assert {type(one) for one in told} == {BrokerConnectionError}


def _asked(simulator: TwsSimulator) -> int:
    """How often all open orders were asked for: message 16 of TWS's protocol."""
    return sum(fields[0] == "16" for fields in simulator.received)


async def _until(there: Callable[[], bool]) -> None:
    for _ in range(5_000):
        if there():
            return
        await asyncio.sleep(0.001)
    raise AssertionError("It never came to that.")


# TWS as a reader only


async def test_a_read_only_tws_shows_accounts_and_takes_no_orders(
    clock: ManualClock, resting: Order
) -> None:
    async with TwsSimulator(now=clock.now, read_only=True) as simulator:
        simulator.set_price("AAPL", bid="189.90", ask="190.00")
        gateways = gateways_at(simulator, clock, patience=SHORT)
        adapter = adapter_in(context_at(gateways, clock))
        await adapter.connect()

        with pytest.raises(Exception, match="Read-Only") as refusal:
            await adapter.place_order(resting)

        assert type(refusal.value).__name__ == "OrderRejected"
        assert "Configure → API → Settings" in str(refusal.value)
        assert len(await adapter.accounts()) == 1
        assert line_of(gateways).read_only
        await gateways.aclose()


def states_of(gateways: Gateways, state: ConnectionState) -> asyncio.Event:
    """Set once a gateway passes to that state."""
    seen = asyncio.Event()

    def hear(event: Any) -> None:
        if event.state is state:
            seen.set()

    gateways.listen(hear)
    return seen
