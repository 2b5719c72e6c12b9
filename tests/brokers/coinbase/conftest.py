"""A simulator with prices, a person at it, and an adapter that is connected."""

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest

from floorbroker.brokers.coinbase.adapter import CoinbaseAdapter
from floorbroker.brokers.coinbase.client import CoinbaseClient
from floorbroker.brokers.context import BrokerContext
from floorbroker.brokers.shared.transport import Transport
from floorbroker.domain.order import Order
from floorbroker.domain.orders import OrderRequest
from floorbroker.domain.portfolio import BrokerAccount
from tests.brokers.coinbase.at_coinbase import (
    EC_SECRET,
    KEY,
    SECRET,
    adapter_in,
    context_at,
    order_of,
    resting_request,
)
from tests.brokers.shared.told_server import ToldServer
from tests.fakes.clock import ManualClock
from tests.simulators.coinbase import CoinbaseSimulator, Person

PRICES = {
    "BTC-USD": ("60000.00", "60010.00", "60005.00"),
    "ETH-USD": ("2999.00", "3001.00", "3000.00"),
    "SOL-USD": ("149.90", "150.10", "150.00"),
    "DOGE-USD": ("0.19999", "0.20001", "0.20000"),
}
Ordering = Callable[..., Order]
Making = Callable[[ToldServer], CoinbaseClient]


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def simulator(clock: ManualClock) -> AsyncIterator[CoinbaseSimulator]:
    async with CoinbaseSimulator(now=clock.now) as simulator:
        for product, (bid, ask, last) in PRICES.items():
            simulator.market.set(product, bid=bid, ask=ask, last=last)
        yield simulator


@pytest.fixture
def anna(simulator: CoinbaseSimulator) -> Person:
    """The person whose adapter it is."""
    return simulator.add_person(api_key=KEY, api_secret=SECRET)


@pytest.fixture
def transport() -> Iterator[Transport]:
    transport = Transport()
    yield transport
    transport.close()


@pytest.fixture
def context(
    simulator: CoinbaseSimulator, anna: Person, transport: Transport, clock: ManualClock
) -> BrokerContext:
    """For adapters of this person's link."""
    return context_at(simulator.url, transport, clock)


@pytest.fixture
async def adapter(context: BrokerContext) -> AsyncIterator[CoinbaseAdapter]:
    """Connected."""
    adapter = adapter_in(context)
    await adapter.connect()
    yield adapter
    await adapter.close()


@pytest.fixture
async def account(adapter: CoinbaseAdapter) -> BrokerAccount:
    return (await adapter.accounts())[0]


@pytest.fixture
def ordered(anna: Person) -> Ordering:
    """A request as an order about to be sent to Anna's portfolio."""

    def made(asked: OrderRequest, **more: Any) -> Order:
        return order_of(asked, anna.portfolio.id, **more)

    return made


@pytest.fixture
def resting(ordered: Ordering) -> Order:
    return ordered(resting_request())


@pytest.fixture
def client_of(transport: Transport, clock: ManualClock) -> Making:
    """The client alone, at a server that says what it is told to."""

    def made(server: ToldServer) -> CoinbaseClient:
        return CoinbaseClient(context_at(server.url, transport, clock), key=KEY, secret=EC_SECRET)

    return made
