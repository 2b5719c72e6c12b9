"""The connection to OpenD: what people hear while it is down, and what becomes of who waits."""

import asyncio
import threading
from dataclasses import replace

import pytest

from floorbroker.brokers.context import BrokerContext
from floorbroker.brokers.moomoo.adapter import MoomooAdapter
from floorbroker.brokers.shared.gateway_wire import Pace
from floorbroker.brokers.shared.gateways import Gateways
from floorbroker.brokers.shared.transport import Transport
from floorbroker.domain.connections import ConnectionEvent, ConnectionState
from floorbroker.domain.errors import (
    BrokerConnectionError,
    BrokerError,
    BrokerTimeout,
    GatewayNotRunning,
    NotSent,
    OutcomeUnknown,
)
from floorbroker.domain.order import Order
from tests.brokers.moomoo.at_moomoo import APPLE, adapter_in, context_at, looked_at, placed, until
from tests.fakes.clock import ManualClock
from tests.simulators.opend import Error, Fault, OpenDSimulator

STANDS_STILL = Pace(pauses=(60.0, 60.0, 60.0), slow=60.0, probe=60.0, least=0.0)


def theirs() -> set[threading.Thread]:
    """Threads of the SDK's connections; its one network thread goes by the name of its loop."""
    return {one for one in threading.enumerate() if "(run)" in one.name}


# Nothing there


async def test_nothing_listening_is_told_with_the_port_before_the_sdk_is_touched(
    context: BrokerContext, simulator: OpenDSimulator
) -> None:
    await simulator.stop()
    adapter, before = adapter_in(context), theirs()

    with pytest.raises(GatewayNotRunning, match=f"127.0.0.1:{simulator.port}"):
        await adapter.connect()

    assert not adapter.status().healthy
    assert theirs() == before


async def test_an_order_is_not_sent_while_nothing_listens(
    adapter: MoomooAdapter, simulator: OpenDSimulator, resting: Order
) -> None:
    await simulator.stop()
    await until(lambda: not adapter.status().healthy)

    with pytest.raises(NotSent, match="nothing listens"):
        await adapter.place_order(resting)

    assert simulator.orders_received == 0


async def test_something_else_on_the_port_is_told_as_silent(
    simulator: OpenDSimulator, clock: ManualClock, transport: Transport
) -> None:
    gateways = Gateways(clock, replace(STANDS_STILL, connect=0.5))
    simulator.fail("connect", Fault.SILENCE, times=None)
    adapter = adapter_in(context_at(simulator, clock, gateways=gateways, transport=transport))

    with pytest.raises(BrokerTimeout, match="does not answer"):
        await adapter.connect()

    await gateways.aclose()
    await until(lambda: not simulator.connections)


async def test_an_opend_that_hangs_up_is_told(
    context: BrokerContext, simulator: OpenDSimulator
) -> None:
    simulator.fail("connect", Fault.DROP_BEFORE, times=None)

    with pytest.raises(BrokerConnectionError, match="took the connection and ended it"):
        await adapter_in(context).connect()


async def test_an_opend_that_wants_encryption_is_told_what_to_take_out(
    clock: ManualClock, gateways: Gateways, transport: Transport
) -> None:
    async with OpenDSimulator(now=clock.now, encrypted=True) as simulator:
        adapter = adapter_in(context_at(simulator, clock, gateways=gateways, transport=transport))

        with pytest.raises(BrokerConnectionError, match="RSA key"):
            await adapter.connect()


async def test_an_opend_that_refuses_the_greeting_is_told_in_its_words(
    context: BrokerContext, simulator: OpenDSimulator
) -> None:
    simulator.fail("connect", Error("The number of connections exceeds the limit"))

    with pytest.raises(BrokerConnectionError, match="number of connections exceeds"):
        await adapter_in(context).connect()


# It stands


async def test_the_record_of_a_connection_has_its_port_and_version(
    context: BrokerContext, simulator: OpenDSimulator, gateways: Gateways
) -> None:
    events: list[ConnectionEvent] = []
    gateways.listen(events.append)

    await adapter_in(context).connect()

    assert events[-1].state is ConnectionState.CONNECTED
    assert events[-1].facts == {
        "port": str(simulator.port),
        "version": "10.11.7108",
        "accounts": "2",
        "firm": "FUTUINC",
        "attempt": "1",
    }


async def test_both_environments_share_one_connection(
    adapter: MoomooAdapter, live: MoomooAdapter, simulator: OpenDSimulator
) -> None:
    assert simulator.connections == 1
    assert adapter.status().healthy
    assert live.status().healthy


async def test_closing_a_link_leaves_the_connection_to_others(
    adapter: MoomooAdapter, live: MoomooAdapter, simulator: OpenDSimulator, resting: Order
) -> None:
    await adapter.close()

    with pytest.raises(NotSent, match="is closed"):
        await adapter.place_order(resting)
    with pytest.raises(BrokerConnectionError, match="is closed"):
        await adapter.quote(APPLE)
    assert await live.accounts()
    assert simulator.connections == 1


async def test_ending_the_process_ends_the_connection_and_its_threads(
    context: BrokerContext, simulator: OpenDSimulator, gateways: Gateways
) -> None:
    before = theirs()
    await adapter_in(context).connect()

    await gateways.aclose()

    await until(lambda: not simulator.connections and theirs() <= before)


# It goes and comes


async def test_after_a_drop_the_next_question_is_answered(
    adapter: MoomooAdapter, simulator: OpenDSimulator, resting: Order
) -> None:
    order = await placed(adapter, resting)
    simulator.drop()
    await until(lambda: not adapter.status().healthy)

    receipt = await looked_at(adapter, order)

    assert receipt.broker_order_id == order.broker_order_id
    assert adapter.status().healthy
    assert simulator.connections == 1


async def test_an_opend_that_is_started_again_is_found_again(
    adapter: MoomooAdapter, simulator: OpenDSimulator
) -> None:
    await simulator.stop()
    await until(lambda: not adapter.status().healthy)
    with pytest.raises(BrokerError):
        await adapter.quote(APPLE)

    await simulator.start()

    await until(lambda: adapter.status().healthy)
    assert (await adapter.quote(APPLE)).last


@pytest.mark.parametrize("restarts", [False, True])
async def test_requests_under_way_end_at_once_when_it_drops(
    simulator: OpenDSimulator,
    clock: ManualClock,
    gateways: Gateways,
    transport: Transport,
    resting: Order,
    restarts: bool,
) -> None:
    context = context_at(
        simulator, clock, gateways=gateways, transport=transport, options={"patience": 100.0}
    )
    adapter = adapter_in(context)
    await adapter.connect()
    simulator.fail("read", Fault.SILENCE, times=None)
    simulator.fail("order", Fault.SILENCE_AFTER, times=None)
    read = asyncio.create_task(adapter.quote(APPLE))
    order = asyncio.create_task(adapter.place_order(resting))
    await until(lambda: simulator.orders_received == 1)

    if restarts:
        await simulator.stop()
    else:
        simulator.drop()

    async with asyncio.timeout(5):
        with pytest.raises(BrokerConnectionError):
            await read
        with pytest.raises(OutcomeUnknown):
            await order


async def test_a_question_that_nobody_waits_for_any_more_leaves_nothing_behind(
    adapter: MoomooAdapter, simulator: OpenDSimulator, gateways: Gateways
) -> None:
    trouble = simulator.fail("read", Fault.LATE, times=None)
    asking = asyncio.create_task(adapter.quote(APPLE))
    await until(lambda: trouble.struck == 1)
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    trouble.times = 0
    trouble.release()

    assert (await adapter.quote(APPLE)).last


async def test_closing_while_it_opens_ends_the_attempt(
    simulator: OpenDSimulator, clock: ManualClock, transport: Transport
) -> None:
    gateways = Gateways(clock, STANDS_STILL)
    before = theirs()
    simulator.fail("connect", Fault.SILENCE, times=None)
    adapter = adapter_in(context_at(simulator, clock, gateways=gateways, transport=transport))
    connecting = asyncio.create_task(adapter.connect())
    await until(lambda: len(simulator.received) == 1)

    await gateways.aclose()

    with pytest.raises(BrokerConnectionError):
        await connecting
    await until(lambda: not simulator.connections and theirs() <= before)
