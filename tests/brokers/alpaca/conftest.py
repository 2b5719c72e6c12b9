"""A simulator with prices, a person at it, and an adapter that is connected."""

from collections.abc import AsyncIterator, Iterator
from datetime import date
from decimal import Decimal

import pytest

from floorbroker.brokers.alpaca.adapter import AlpacaAdapter
from floorbroker.brokers.shared.transport import Transport
from floorbroker.domain.order import Order
from floorbroker.domain.portfolio import BrokerAccount
from tests.brokers.alpaca.at_alpaca import KEY, SECRET, adapter_at, order_of, resting_request
from tests.fakes.clock import ManualClock
from tests.simulators.alpaca import AlpacaSimulator, Person

PRICES = {
    "AAPL": ("189.90", "190.00"),
    "OCGN": ("0.8120", "0.8130"),
    "BTC/USD": ("83500.10", "83510.20"),
    "AAPL260320C00200000": ("3.10", "3.20"),
}


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def simulator(clock: ManualClock) -> AsyncIterator[AlpacaSimulator]:
    async with AlpacaSimulator(now=clock.now) as simulator:
        simulator.catalogue.add_contract("AAPL", date(2026, 3, 20), "200", "call")
        for symbol, (bid, ask) in PRICES.items():
            simulator.market.set(symbol, bid=bid, ask=ask)
        yield simulator


@pytest.fixture
def anna(simulator: AlpacaSimulator) -> Person:
    """The person whose adapter it is."""
    return simulator.add_person(KEY, SECRET)


@pytest.fixture
def transport() -> Iterator[Transport]:
    transport = Transport()
    yield transport
    transport.close()


@pytest.fixture
async def adapter(
    simulator: AlpacaSimulator, anna: Person, transport: Transport, clock: ManualClock
) -> AsyncIterator[AlpacaAdapter]:
    """Connected."""
    adapter = adapter_at(simulator.url, simulator.data_url, transport, clock)
    await adapter.connect()
    yield adapter
    await adapter.close()


@pytest.fixture
async def account(adapter: AlpacaAdapter) -> BrokerAccount:
    """The one that Anna's keys open."""
    return (await adapter.accounts())[0]


@pytest.fixture
def resting(anna: Person) -> Order:
    """Ten AAPL far below the market, about to be sent."""
    return order_of(resting_request(quantity=Decimal(10)), anna.account_id)


@pytest.fixture
def bracket(anna: Person) -> Order:
    """The same with a take-profit and a stop-loss."""
    asked = resting_request(quantity=Decimal(10), take_profit=Decimal(120), stop_loss=Decimal(90))
    return order_of(asked, anna.account_id)
