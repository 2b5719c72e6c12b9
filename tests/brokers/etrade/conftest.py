"""A simulator with prices, people at it, and an adapter that is connected."""

from collections.abc import AsyncIterator
from decimal import Decimal

import pytest

from floorbroker.brokers.context import BrokerContext
from floorbroker.brokers.etrade.adapter import EtradeAdapter
from floorbroker.brokers.shared.transport import Transport
from floorbroker.domain.portfolio import BrokerAccount
from tests.brokers.etrade.at_etrade import CONTRACT, adapter_in, context_at, credential
from tests.fakes.clock import ManualClock
from tests.simulators.etrade import Account, App, EtradeSimulator, Person


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def simulator(clock: ManualClock) -> AsyncIterator[EtradeSimulator]:
    async with EtradeSimulator(now=clock.now) as simulator:
        simulator.market.set("AAPL", bid="199.90", ask="200.10", name="APPLE INC COM")
        simulator.market.set("F", bid="11.99", ask="12.01", name="FORD MTR CO DEL COM")
        simulator.market.set(CONTRACT, bid="4.90", ask="5.10")
        yield simulator


@pytest.fixture
def app(simulator: EtradeSimulator) -> App:
    """The operator's."""
    return simulator.add_app("consumer-key-of-a-test", "consumer-secret-of-a-test")


@pytest.fixture
def anna(simulator: EtradeSimulator) -> Person:
    """The person whose adapter it is, with an account on margin."""
    account = Account(mode="MARGIN", cash=Decimal(100000), name="Anna's own")
    return simulator.add_person("anna", accounts=[account])


@pytest.fixture
async def transport() -> AsyncIterator[Transport]:
    transport = Transport()
    yield transport
    await transport.aclose()


@pytest.fixture
def context(
    simulator: EtradeSimulator, app: App, transport: Transport, clock: ManualClock
) -> BrokerContext:
    """For adapters of one link."""
    return context_at(simulator.url, app, transport, clock)


@pytest.fixture
async def adapter(
    context: BrokerContext,
    simulator: EtradeSimulator,
    app: App,
    anna: Person,
    clock: ManualClock,
) -> AsyncIterator[EtradeAdapter]:
    """Anna's, connected."""
    adapter = adapter_in(context, credential(simulator.grant(anna, app.key), clock.now()))
    await adapter.connect()
    yield adapter
    await adapter.close()


@pytest.fixture
async def account(adapter: EtradeAdapter) -> BrokerAccount:
    return (await adapter.accounts())[0]
