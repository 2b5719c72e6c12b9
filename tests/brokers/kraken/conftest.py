"""A simulator with prices, a person at it, and an adapter that is connected."""

from collections.abc import AsyncIterator, Iterator

import pytest

from floorbroker.brokers.context import BrokerContext
from floorbroker.brokers.kraken.adapter import KrakenAdapter
from floorbroker.brokers.shared.transport import Transport
from floorbroker.domain.portfolio import BrokerAccount
from tests.brokers.kraken.at_kraken import adapter_in, context_at
from tests.fakes.clock import ManualClock
from tests.simulators.kraken import KrakenSimulator, Person
from tests.simulators.kraken_clients import KEY, SECRET

PRICES = {
    "XBTUSD": ("60000.0", "60010.0", "60005.0"),
    "XBTEUR": ("55000.0", "55010.0", "55005.0"),
    "ETHUSD": ("2999.00", "3001.00", "3000.00"),
    "ETHXBT": ("0.049980", "0.050020", "0.050000"),
    "SOLUSD": ("149.90", "150.10", "150.00"),
    "ACAEUR": ("0.04990", "0.05010", "0.05000"),
}


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def simulator(clock: ManualClock) -> AsyncIterator[KrakenSimulator]:
    async with KrakenSimulator(now=clock.now) as simulator:
        for pair, (bid, ask, last) in PRICES.items():
            simulator.market.set(pair, bid=bid, ask=ask, last=last)
        yield simulator


@pytest.fixture
def anna(simulator: KrakenSimulator) -> Person:
    """The person whose adapter it is."""
    return simulator.add_person(KEY, SECRET)


@pytest.fixture
def transport() -> Iterator[Transport]:
    transport = Transport()
    yield transport
    transport.close()


@pytest.fixture
def context(
    simulator: KrakenSimulator, anna: Person, transport: Transport, clock: ManualClock
) -> BrokerContext:
    """For adapters of this person's link."""
    return context_at(simulator.url, transport, clock)


@pytest.fixture
async def adapter(context: BrokerContext) -> AsyncIterator[KrakenAdapter]:
    """Connected."""
    adapter = adapter_in(context)
    await adapter.connect()
    yield adapter
    await adapter.close()


@pytest.fixture
async def account(adapter: KrakenAdapter) -> BrokerAccount:
    return (await adapter.accounts())[0]
