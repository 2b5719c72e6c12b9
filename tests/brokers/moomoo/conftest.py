"""An OpenD with prices, its one connection, and adapters that are connected."""

from collections.abc import AsyncIterator, Iterator

import pytest

from floorbroker.brokers.context import BrokerContext
from floorbroker.brokers.moomoo.adapter import MoomooAdapter
from floorbroker.brokers.shared.gateways import Gateways
from floorbroker.brokers.shared.transport import Transport
from floorbroker.domain.modes import Environment
from floorbroker.domain.order import Order
from tests.brokers.moomoo.at_moomoo import (
    BRISK,
    CALL,
    CALL_CODE,
    adapter_in,
    context_at,
    order_of,
    resting_request,
)
from tests.fakes.clock import ManualClock
from tests.simulators.opend import OpenDSimulator, sdk

PRICES = {
    "US.AAPL": ("189.90", "190.00"),
    "US.BRK.B": ("500.10", "500.30"),
    "US.F": ("0.80", "0.81"),
    CALL_CODE: ("5.90", "6.10"),
}


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def simulator(clock: ManualClock) -> AsyncIterator[OpenDSimulator]:
    """Locked for orders with real money, as OpenD is after each start."""
    sdk()
    async with OpenDSimulator(now=clock.now) as simulator:
        simulator.list_security("US.BRK.B", name="Berkshire Hathaway-B")
        simulator.list_security("US.F", name="Ford Motor")
        assert CALL.expiry is not None
        simulator.list_option("US.AAPL", CALL.expiry, "CALL", "200")
        for code, (bid, ask) in PRICES.items():
            simulator.set_price(code, bid=bid, ask=ask)
        yield simulator


@pytest.fixture
async def gateways(clock: ManualClock) -> AsyncIterator[Gateways]:
    """The process's connections, which come back fast."""
    gateways = Gateways(clock, BRISK)
    yield gateways
    await gateways.aclose()


@pytest.fixture
def transport() -> Iterator[Transport]:
    transport = Transport()
    yield transport
    transport.close()


@pytest.fixture
def context(
    simulator: OpenDSimulator, clock: ManualClock, gateways: Gateways, transport: Transport
) -> BrokerContext:
    """A paper link's."""
    return context_at(simulator, clock, gateways=gateways, transport=transport)


@pytest.fixture
async def adapter(context: BrokerContext) -> AsyncIterator[MoomooAdapter]:
    """Connected, for the paper account."""
    adapter = adapter_in(context)
    await adapter.connect()
    yield adapter
    await adapter.close()


@pytest.fixture
async def live(
    simulator: OpenDSimulator, clock: ManualClock, gateways: Gateways, transport: Transport
) -> AsyncIterator[MoomooAdapter]:
    """Connected, for the account with real money, over the same connection."""
    context = context_at(
        simulator, clock, environment=Environment.LIVE, gateways=gateways, transport=transport
    )
    adapter = adapter_in(context)
    await adapter.connect()
    yield adapter
    await adapter.close()


@pytest.fixture
def resting() -> Order:
    """A limit order in the paper account that does not fill, about to be sent."""
    return order_of(resting_request())


@pytest.fixture
def live_resting() -> Order:
    """The same with real money."""
    return order_of(resting_request(), Environment.LIVE)
