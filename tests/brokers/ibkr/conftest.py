"""A TWS with prices, the process's connections, and an adapter that is connected."""

from collections.abc import AsyncIterator

import pytest

from floorbroker.brokers.ibkr.adapter import IbkrAdapter
from floorbroker.brokers.ibkr.line import IbkrLine
from floorbroker.brokers.ibkr.questions import Patience
from floorbroker.brokers.shared.gateways import Gateways
from floorbroker.domain.order import Order
from floorbroker.domain.order_life import with_receipt
from floorbroker.domain.portfolio import BrokerAccount
from tests.brokers.ibkr.at_ibkr import (
    NOON,
    USUAL,
    adapter_in,
    context_at,
    gateways_at,
    line_of,
    order_of,
    resting_request,
)
from tests.fakes.clock import ManualClock
from tests.simulators.tws import TwsSimulator


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOON)


@pytest.fixture
async def simulator(clock: ManualClock) -> AsyncIterator[TwsSimulator]:
    async with TwsSimulator(now=clock.now) as simulator:
        simulator.set_price("AAPL", bid="189.90", ask="190.00", last="189.95", close="188.00")
        yield simulator


@pytest.fixture
def patience() -> Patience:
    """A test in which somebody stays silent has less."""
    return USUAL


@pytest.fixture
async def gateways(
    simulator: TwsSimulator, clock: ManualClock, patience: Patience
) -> AsyncIterator[Gateways]:
    gateways = gateways_at(simulator, clock, patience=patience)
    yield gateways
    await gateways.aclose()


@pytest.fixture
def line(gateways: Gateways) -> IbkrLine:
    return line_of(gateways)


@pytest.fixture
async def adapter(gateways: Gateways, clock: ManualClock) -> AsyncIterator[IbkrAdapter]:
    """Connected."""
    adapter = adapter_in(context_at(gateways, clock))
    await adapter.connect()
    yield adapter
    await adapter.close()


@pytest.fixture
async def account(adapter: IbkrAdapter) -> BrokerAccount:
    """The only one of the login."""
    return (await adapter.accounts())[0]


@pytest.fixture
def resting() -> Order:
    """Ten AAPL far below the market, about to be sent."""
    return order_of(resting_request())


@pytest.fixture
async def placed(adapter: IbkrAdapter, resting: Order) -> Order:
    """The same, with TWS's number."""
    return with_receipt(resting, await adapter.place_order(resting), NOON)
