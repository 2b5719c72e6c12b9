"""A simulator with prices, a person at it, and an adapter that is connected."""

from collections.abc import AsyncIterator

import pytest

from floorbroker.brokers.context import BrokerContext
from floorbroker.brokers.schwab.adapter import SchwabAdapter
from floorbroker.brokers.shared.transport import Transport
from floorbroker.domain.order import Order
from floorbroker.domain.order_life import with_receipt
from floorbroker.domain.portfolio import BrokerAccount
from tests.brokers.schwab.at_schwab import (
    ANNAS,
    APP_KEY,
    APP_SECRET,
    EXPIRY,
    REDIRECT,
    SCHWABS_CALL,
    Access,
    adapter_in,
    context_at,
    order_of,
    resting_request,
)
from tests.fakes.clock import NOON, ManualClock
from tests.simulators.schwab import Person, SchwabSimulator

PRICES = {
    "AAPL": ("189.90", "190.00"),
    "MSFT": ("409.90", "410.00"),
    "BRK/B": ("480.00", "480.10"),
    "BAC": ("0.8120", "0.8130"),
    SCHWABS_CALL: ("3.10", "3.20"),
}


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def simulator(clock: ManualClock) -> AsyncIterator[SchwabSimulator]:
    async with SchwabSimulator(now=clock.now) as simulator:
        simulator.add_app(APP_KEY, APP_SECRET, REDIRECT)
        simulator.listing.add_contracts("AAPL", EXPIRY, "200")
        for symbol, (bid, ask) in PRICES.items():
            simulator.market.set(symbol, bid=bid, ask=ask)
        yield simulator


@pytest.fixture
def anna(simulator: SchwabSimulator) -> Person:
    """The person whose adapter it is."""
    return simulator.add_person("anna", [ANNAS])


@pytest.fixture
def access(simulator: SchwabSimulator, anna: Person) -> Access:
    return Access(simulator, anna)


@pytest.fixture
async def transport() -> AsyncIterator[Transport]:
    transport = Transport()
    yield transport
    await transport.aclose()


@pytest.fixture
def context(
    simulator: SchwabSimulator, access: Access, transport: Transport, clock: ManualClock
) -> BrokerContext:
    """For adapters of this person's link."""
    return context_at(simulator.url, transport, clock, tokens=access)


@pytest.fixture
async def adapter(context: BrokerContext) -> AsyncIterator[SchwabAdapter]:
    """Connected."""
    adapter = adapter_in(context)
    await adapter.connect()
    yield adapter
    await adapter.close()


@pytest.fixture
async def account(adapter: SchwabAdapter) -> BrokerAccount:
    """The one that Anna has."""
    return (await adapter.accounts())[0]


@pytest.fixture
def resting() -> Order:
    """Ten AAPL far below the market, about to be sent."""
    return order_of(resting_request())


@pytest.fixture
async def placed(adapter: SchwabAdapter, resting: Order) -> Order:
    """The same, with Schwab's id."""
    return with_receipt(resting, await adapter.place_order(resting), NOON)
