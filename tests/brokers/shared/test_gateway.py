"""The connection to a gateway: opened when first needed, kept up, and every change told once."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from floorbroker.brokers.shared.gateway import Gateway
from floorbroker.brokers.shared.gateway_wire import Pace
from floorbroker.domain.connections import ConnectionEvent, ConnectionState
from floorbroker.domain.errors import (
    BrokerConnectionError,
    BrokerError,
    BrokerTimeout,
    GatewayNotRunning,
    NotSent,
)
from floorbroker.domain.ids import BrokerId
from tests.fakes.clock import ManualClock
from tests.fakes.gateway_wire import BRISK, ScriptedWire

HOME = BrokerId("home")
STANDS_STILL = Pace(pauses=(60.0, 60.0, 60.0), slow=60.0, probe=60.0, least=0.0)
"""Nothing happens by itself within a test."""

Connect = Callable[..., Gateway[ScriptedWire]]


@pytest.fixture
async def connect(clock: ManualClock) -> AsyncIterator[Connect]:
    made: list[Gateway[ScriptedWire]] = []

    def make(wire: ScriptedWire, pace: Pace = STANDS_STILL) -> Gateway[ScriptedWire]:
        made.append(Gateway(HOME, wire, clock, pace))
        return made[-1]

    yield make
    for one in made:
        await one.close()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


def heard(gateway: Gateway[ScriptedWire]) -> list[ConnectionEvent]:
    events: list[ConnectionEvent] = []
    gateway.listen(events.append)
    return events


def states(events: list[ConnectionEvent]) -> list[str]:
    return [event.state.value for event in events]


async def until(gateway: Gateway[ScriptedWire], state: ConnectionState) -> None:
    there = asyncio.Event()
    leave = gateway.listen(lambda event: event.state is state and there.set())
    async with asyncio.timeout(5):
        if gateway.status().state is not state:
            await there.wait()
    leave()


async def test_nothing_is_opened_before_somebody_needs_it(connect: Connect) -> None:
    wire = ScriptedWire()

    gateway = connect(wire)
    await asyncio.sleep(0)

    assert wire.opened == 0
    assert gateway.status().state is ConnectionState.DISCONNECTED


async def test_it_opens_once_for_all_who_ask_at_the_same_time(connect: Connect) -> None:
    wire = ScriptedWire()
    gateway = connect(wire)
    events = heard(gateway)

    await asyncio.gather(*(gateway.up() for _ in range(20)))

    assert wire.opened == 1
    assert states(events) == ["connecting", "connected"]
    assert events[-1].facts == {"version": "176", "attempt": "1"}
    assert gateway.status().healthy


async def test_it_is_looked_at_as_soon_as_it_stands(connect: Connect) -> None:
    wire = ScriptedWire()
    gateway = connect(wire)

    await gateway.up()

    async with asyncio.timeout(5):
        await wire.probes.wait()


async def test_whoever_asks_hears_why_it_cannot_be_opened(connect: Connect) -> None:
    gateway = connect(ScriptedWire(GatewayNotRunning("Nothing listens.", broker="home")))

    with pytest.raises(GatewayNotRunning, match=r"Nothing listens\."):
        await gateway.up()


async def test_an_order_is_not_sent_over_a_connection_that_does_not_stand(
    connect: Connect,
) -> None:
    gateway = connect(ScriptedWire(GatewayNotRunning("Nothing listens.", broker="home")))

    with pytest.raises(NotSent, match=r"Nothing listens\."):
        await gateway.up_to_send()


async def test_asking_again_sets_off_another_attempt(connect: Connect) -> None:
    wire = ScriptedWire(GatewayNotRunning(broker="home"))
    gateway = connect(wire)
    with pytest.raises(GatewayNotRunning):
        await gateway.up()

    await gateway.up()

    assert wire.opened == 2


async def test_those_who_ask_at_once_after_a_failure_are_told_it_without_another_attempt(
    connect: Connect,
) -> None:
    wire = ScriptedWire(GatewayNotRunning("Nothing listens.", broker="home"))
    gateway = connect(wire, Pace(pauses=(60.0, 60.0, 60.0), least=60.0))

    for _ in range(3):
        with pytest.raises(GatewayNotRunning, match=r"Nothing listens\."):
            await gateway.up()

    assert wire.opened == 1


async def test_it_fails_after_three_attempts_and_goes_on_trying(connect: Connect) -> None:
    refusal = GatewayNotRunning("Nothing listens.", broker="home")
    wire = ScriptedWire(*[refusal] * 5)
    gateway = connect(wire, BRISK)
    events = heard(gateway)

    with pytest.raises(GatewayNotRunning):
        await gateway.up()
    await until(gateway, ConnectionState.CONNECTED)

    assert wire.opened == 6
    assert states(events) == ["connecting", "failed", "connected"]
    assert events[1].detail == "Nothing listens."
    assert events[1].facts == {"attempt": "3"}


async def test_an_attempt_ends_at_its_deadline(connect: Connect) -> None:
    wire = ScriptedWire()
    wire.hangs = True
    gateway = connect(wire, Pace(connect=0.01, pauses=(60.0, 60.0, 60.0)))

    with pytest.raises(BrokerTimeout):
        await gateway.up()

    assert wire.closed == 1


async def test_an_attempt_that_breaks_in_an_unforeseen_way_is_a_failed_one(
    connect: Connect,
) -> None:
    wire = ScriptedWire()
    wire.refusals.append(ValueError("unforeseen"))  # type: ignore[arg-type]  # that is the point
    gateway = connect(wire)

    with pytest.raises(BrokerConnectionError):
        await gateway.up()
    await gateway.up()

    assert gateway.status().state is ConnectionState.CONNECTED


async def test_a_dropped_connection_is_opened_anew(connect: Connect) -> None:
    wire = ScriptedWire()
    gateway = connect(wire)
    await gateway.up()
    events = heard(gateway)

    wire.told.broke("The socket was closed.")
    await gateway.up()

    assert wire.opened == 2
    assert states(events) == ["reconnecting", "connected"]
    assert events[0].detail == "The socket was closed."


async def test_nobody_is_let_through_between_the_drop_and_the_next_connection(
    connect: Connect,
) -> None:
    wire = ScriptedWire()
    gateway = connect(wire)
    await gateway.up()
    wire.refusals.append(GatewayNotRunning(broker="home"))

    wire.told.broke("The socket was closed.")

    with pytest.raises(NotSent):
        await gateway.up_to_send()


async def test_a_connection_that_no_longer_answers_is_opened_anew(connect: Connect) -> None:
    wire = ScriptedWire()
    gateway = connect(wire, BRISK)
    await gateway.up()
    events = heard(gateway)

    wire.silent = BrokerTimeout("No answer.", broker="home")
    await until(gateway, ConnectionState.RECONNECTING)
    wire.silent = None
    await until(gateway, ConnectionState.CONNECTED)

    assert states(events) == ["reconnecting", "connected"]
    assert events[0].detail == "No answer."


async def test_a_gateway_that_takes_connections_and_does_not_answer_is_not_connected(
    connect: Connect,
) -> None:
    wire = ScriptedWire()
    wire.silent = BrokerTimeout("No answer.", broker="home")
    gateway = connect(wire)

    with pytest.raises(BrokerTimeout, match=r"No answer\."):
        await gateway.up()

    assert not gateway.status().healthy
    assert wire.closed == 1


async def test_a_connection_that_breaks_at_once_again_and_again_is_tried_ever_slower(
    connect: Connect,
) -> None:
    wire = ScriptedWire()
    gateway = connect(wire)
    await gateway.up()

    for _ in range(3):
        wire.told.broke("The socket was closed.")
        await asyncio.sleep(0)

    assert wire.opened == 1  # the next attempt is a minute away, or as near as the next caller


async def test_a_gateway_without_its_servers_serves_nobody_and_is_left_connected(
    connect: Connect,
) -> None:
    wire = ScriptedWire()
    gateway = connect(wire, BRISK)
    await gateway.up()
    events = heard(gateway)

    wire.told.cut_off("IB's servers cannot be reached.")
    wire.silent = BrokerTimeout(broker="home")
    with pytest.raises(BrokerConnectionError, match="IB's servers"):
        await gateway.up()
    with pytest.raises(NotSent):
        await gateway.up_to_send()
    wire.silent = None
    wire.told.restored(anew=False)
    await gateway.up()

    assert wire.opened == 1
    assert states(events) == ["reconnecting", "connected"]


async def test_a_gateway_that_lost_its_subscriptions_is_opened_anew(connect: Connect) -> None:
    wire = ScriptedWire()
    gateway = connect(wire)
    await gateway.up()
    wire.told.cut_off("IB's servers cannot be reached.")

    wire.told.restored(anew=True)
    await gateway.up()

    assert wire.opened == 2


async def test_a_gateway_that_has_no_servers_from_the_start_serves_nobody(
    connect: Connect,
) -> None:
    wire = ScriptedWire()
    wire.cut_off_at_start = "IB's servers cannot be reached."
    gateway = connect(wire)

    with pytest.raises(BrokerConnectionError, match="IB's servers"):
        await gateway.up()
    assert not gateway.status().healthy
    wire.told.restored(anew=False)
    await gateway.up()

    assert gateway.status().healthy


async def test_a_drop_is_told_once_however_often_it_is_reported(connect: Connect) -> None:
    wire = ScriptedWire()
    gateway = connect(wire)
    await gateway.up()
    events = heard(gateway)

    wire.told.cut_off("IB's servers cannot be reached.")
    wire.told.broke("The socket was closed.")
    wire.told.broke("The socket was closed.")
    await gateway.up()

    assert states(events) == ["reconnecting", "connected"]


async def test_a_listener_that_left_hears_no_more(connect: Connect) -> None:
    gateway = connect(ScriptedWire())
    events: list[ConnectionEvent] = []
    leave = gateway.listen(events.append)

    leave()
    leave()
    await gateway.up()

    assert events == []


async def test_closing_ends_it_and_whoever_waits(connect: Connect) -> None:
    wire = ScriptedWire()
    wire.hangs = True
    gateway = connect(wire, Pace(connect=60.0))
    waiting = asyncio.create_task(gateway.up())
    await until(gateway, ConnectionState.CONNECTING)

    await gateway.close()

    with pytest.raises(BrokerConnectionError):
        await waiting
    assert gateway.status().state is ConnectionState.DISCONNECTED
    assert wire.closed == 1


async def test_it_can_be_opened_after_it_was_closed(connect: Connect) -> None:
    wire = ScriptedWire()
    gateway = connect(wire)
    await gateway.up()

    await gateway.close()
    await gateway.up()

    assert wire.opened == 2


async def test_a_caller_who_gives_up_does_not_end_the_attempt(connect: Connect) -> None:
    wire = ScriptedWire()
    wire.hangs = True
    gateway = connect(wire, Pace(connect=0.05, pauses=(60.0, 60.0, 60.0)))
    patient = asyncio.create_task(gateway.up())
    await until(gateway, ConnectionState.CONNECTING)
    hasty = asyncio.create_task(gateway.up())
    await asyncio.sleep(0)

    hasty.cancel()

    with pytest.raises(BrokerError):
        await patient
    assert wire.opened == 1


async def test_servers_that_come_back_while_it_is_being_opened_make_it_not_connected(
    connect: Connect,
) -> None:
    wire = ScriptedWire()
    gateway = connect(wire)
    await gateway.up()
    wire.hangs = True
    wire.told.broke("The socket was closed.")
    waiting = asyncio.create_task(gateway.up())
    await until(gateway, ConnectionState.RECONNECTING)

    wire.told.restored(anew=False)

    assert not gateway.status().healthy
    waiting.cancel()


async def test_a_look_that_breaks_in_an_unforeseen_way_leads_to_another_connection(
    connect: Connect,
) -> None:
    wire = ScriptedWire()
    gateway = connect(wire, BRISK)
    await gateway.up()

    wire.silent = ValueError("unforeseen")  # type: ignore[assignment]  # that is the point
    await until(gateway, ConnectionState.RECONNECTING)
    wire.silent = None
    await until(gateway, ConnectionState.CONNECTED)

    await gateway.up()
