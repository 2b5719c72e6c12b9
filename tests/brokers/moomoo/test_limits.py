"""How often OpenD is asked: as often as moomoo allows, and then not at all."""

from datetime import timedelta

import pytest

from floorbroker.brokers.context import BrokerContext
from floorbroker.brokers.moomoo import metering
from floorbroker.brokers.moomoo.adapter import MoomooAdapter
from floorbroker.brokers.shared.allowances import Allowances
from floorbroker.brokers.shared.gateways import Gateways
from floorbroker.brokers.shared.transport import Transport
from floorbroker.domain.errors import NotSent, RateLimited
from floorbroker.domain.order import Order
from floorbroker.observability.metrics import Metrics
from tests.brokers.moomoo.at_moomoo import (
    APPLE,
    context_at,
    order_of,
    resting_request,
    sale_request,
)
from tests.fakes.clock import ManualClock
from tests.simulators.opend import PAPER_ID, OpenDSimulator


@pytest.fixture
def context(
    simulator: OpenDSimulator, clock: ManualClock, gateways: Gateways, transport: Transport
) -> BrokerContext:
    """As in service: both sides count."""
    simulator.requests_limited = True

    async def at_once(_: float) -> None:
        """No test waits for a window to move on."""

    return context_at(
        simulator,
        clock,
        unmetered=False,
        gateways=gateways,
        transport=transport,
        allowances=Allowances(clock, Metrics(), pause=at_once),
    )


async def test_twelve_orders_in_half_a_minute_leave_the_rest_for_what_closes(
    adapter: MoomooAdapter, simulator: OpenDSimulator
) -> None:
    simulator.hold(PAPER_ID, "US.AAPL", 100, "150")
    for _ in range(12):
        await adapter.place_order(order_of(resting_request()))

    with pytest.raises(NotSent, match="no more requests for a moment") as refusal:
        await adapter.place_order(order_of(resting_request()))
    for _ in range(3):
        await adapter.place_order(order_of(sale_request()))
    with pytest.raises(NotSent):
        await adapter.place_order(order_of(sale_request()))

    assert refusal.value.retry_after is not None
    assert timedelta(0) < refusal.value.retry_after <= timedelta(seconds=30)
    assert simulator.orders_received == 15


async def test_cancels_go_before_changes(
    adapter: MoomooAdapter, simulator: OpenDSimulator, resting: Order
) -> None:
    await adapter.place_order(resting)
    scope = metering.CHANGE

    assert (scope.most, scope.kept_back) == (20, True)
    await adapter.cancel_order(resting)
    assert simulator.cancels_received == 1


async def test_snapshots_end_before_opend_refuses_them(
    adapter: MoomooAdapter, simulator: OpenDSimulator
) -> None:
    for _ in range(48):
        await adapter.quote(APPLE)

    with pytest.raises(RateLimited):
        await adapter.quote(APPLE)

    assert simulator.names().count("Qot_GetSecuritySnapshot") == 48


async def test_lists_come_out_of_opends_memory_and_are_not_counted(
    adapter: MoomooAdapter, simulator: OpenDSimulator
) -> None:
    (account,) = await adapter.accounts()

    for _ in range(30):
        await adapter.open_orders(account)
        await adapter.balances(account)
        await adapter.positions(account)

    assert simulator.names().count("Trd_GetOrderList") == 30
