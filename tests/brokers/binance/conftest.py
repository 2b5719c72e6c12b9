"""A simulator with prices, a person at it, and an adapter that is connected."""

from collections.abc import AsyncIterator

import pytest

from floorbroker.brokers.binance.adapter import BinanceAdapter
from floorbroker.brokers.context import BrokerContext
from floorbroker.brokers.shared.transport import Transport
from tests.brokers.binance.at_binance import KEY, SECRET, adapter_in, context_at
from tests.fakes.clock import ManualClock
from tests.simulators.binance import BinanceSimulator, Person

PRICES = {
    "BTCUSDT": ("83500.10", "83510.20"),
    "ETHUSDT": ("2500.00", "2501.00"),
    "BNBUSDT": ("600.00", "601.00"),
    "BTCFDUSD": ("83490.00", "83520.00"),
}


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def simulator(clock: ManualClock) -> AsyncIterator[BinanceSimulator]:
    async with BinanceSimulator(now=clock.now) as simulator:
        for symbol, (bid, ask) in PRICES.items():
            simulator.market.set(symbol, bid=bid, ask=ask)
        yield simulator


@pytest.fixture
def anna(simulator: BinanceSimulator) -> Person:
    """The person whose adapter it is."""
    return simulator.add_person(KEY, SECRET, balances={"USDT": "1000000"})


@pytest.fixture
async def transport() -> AsyncIterator[Transport]:
    transport = Transport()
    yield transport
    await transport.aclose()


@pytest.fixture
def context(simulator: BinanceSimulator, transport: Transport, clock: ManualClock) -> BrokerContext:
    return context_at(simulator.url, transport, clock)


@pytest.fixture
async def adapter(context: BrokerContext, anna: Person) -> AsyncIterator[BinanceAdapter]:
    """Connected."""
    adapter = adapter_in(context)
    await adapter.connect()
    yield adapter
    await adapter.close()
