"""An OpenD that loses its own log-in, finds it again, and tells what changed."""

from dataclasses import replace

import pytest

from floorbroker.brokers.context import BrokerContext
from floorbroker.brokers.moomoo.adapter import MoomooAdapter
from floorbroker.brokers.shared.gateway_wire import Pace
from floorbroker.brokers.shared.gateways import Gateways
from floorbroker.brokers.shared.transport import Transport
from floorbroker.domain.errors import (
    BrokerConnectionError,
    NotSent,
)
from floorbroker.domain.order import Order
from tests.brokers.moomoo.at_moomoo import APPLE, adapter_in, context_at, until
from tests.fakes.clock import ManualClock
from tests.simulators.opend import Fault, OpenDSimulator
from tests.simulators.opend.vendor import messages

STANDS_STILL = Pace(pauses=(60.0, 60.0, 60.0), slow=60.0, probe=60.0, least=0.0)


# What OpenD tells unasked


@pytest.mark.parametrize(("right", "delayed"), [(1, True), (6, False)])
async def test_a_change_of_the_right_to_prices_is_heard(
    adapter: MoomooAdapter, simulator: OpenDSimulator, right: int, delayed: bool
) -> None:
    told = messages("Notify").S2C(type=4)
    told.qotRight.usQotRight = right
    told.qotRight.hkQotRight = told.qotRight.cnQotRight = 5
    line = adapter._gateway.wire
    for connection in simulator._listener.standing:
        connection.push("Notify", told)

    await until(lambda: line.us_right == right)

    assert (await adapter.quote(APPLE)).delayed is delayed


async def test_an_event_that_means_nothing_here_does_no_harm(
    adapter: MoomooAdapter, simulator: OpenDSimulator
) -> None:
    told = messages("Notify").S2C(type=1)
    told.event.eventType, told.event.desc = 14, "trade password changed"
    for connection in simulator._listener.standing:
        connection.push("Notify", told)

    assert (await adapter.quote(APPLE)).last
    assert adapter.status().healthy


# Log-in


async def test_an_opend_that_loses_its_log_in_is_told_and_takes_no_orders(
    adapter: MoomooAdapter, simulator: OpenDSimulator, resting: Order
) -> None:
    simulator.log_out()
    await until(lambda: not adapter.status().healthy)

    assert "not logged in" in adapter.status().detail
    with pytest.raises(NotSent, match="not logged in"):
        await adapter.place_order(resting)
    assert simulator.orders_received == 0


async def test_it_goes_on_when_it_is_logged_in_again(
    adapter: MoomooAdapter, simulator: OpenDSimulator
) -> None:
    simulator.log_out()
    await until(lambda: not adapter.status().healthy)

    simulator.log_in()

    await until(lambda: adapter.status().healthy)
    assert (await adapter.quote(APPLE)).last


async def test_an_opend_that_is_not_logged_in_yet_is_connected_and_says_so(
    context: BrokerContext, simulator: OpenDSimulator
) -> None:
    simulator.log_out()
    adapter = adapter_in(context)

    with pytest.raises(BrokerConnectionError, match="Log in to it by hand"):
        await adapter.connect()
    simulator.log_in()
    await until(lambda: context.gateways.statuses()["moomoo"].healthy)  # type: ignore[index]

    await adapter.connect()

    assert adapter.status().healthy


async def test_a_log_in_that_was_lost_silently_is_seen_by_the_next_look(
    simulator: OpenDSimulator, clock: ManualClock, transport: Transport
) -> None:
    gateways = Gateways(clock, replace(STANDS_STILL, probe=0.01))
    adapter = adapter_in(context_at(simulator, clock, gateways=gateways, transport=transport))
    await adapter.connect()

    simulator._system.logged_in = False

    await until(lambda: not adapter.status().healthy)
    simulator._system.logged_in = True
    await until(lambda: adapter.status().healthy)
    await gateways.aclose()


async def test_an_opend_that_no_longer_answers_is_opened_anew(
    simulator: OpenDSimulator, clock: ManualClock, transport: Transport
) -> None:
    gateways = Gateways(clock, replace(STANDS_STILL, probe=0.01, answer=0.2))
    adapter = adapter_in(context_at(simulator, clock, gateways=gateways, transport=transport))
    await adapter.connect()

    simulator.fail("GetGlobalState", Fault.SILENCE)

    await until(lambda: not adapter.status().healthy)
    await until(lambda: adapter.status().healthy)
    await gateways.aclose()
