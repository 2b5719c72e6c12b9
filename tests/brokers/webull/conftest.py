"""A simulator with prices, a person at it, and adapters that are connected."""

from collections.abc import AsyncIterator

import pytest

from floorbroker.brokers.context import BrokerContext
from floorbroker.brokers.shared.transport import Transport
from floorbroker.brokers.webull.adapter import WebullAdapter
from floorbroker.brokers.webull.oauth import WebullOAuth
from floorbroker.domain.order import Order
from tests.brokers.webull.at_webull import (
    CLIENT_ID,
    CLIENT_SECRET,
    KEY,
    PLATFORM_KEY,
    PLATFORM_SECRET,
    REDIRECT,
    SECRET,
    Renewed,
    adapter_in,
    bracket_request,
    context_at,
    order_of,
    resting_request,
    signed_in,
)
from tests.brokers.webull.signing_in import flow_at
from tests.fakes.clock import ManualClock
from tests.simulators.webull import App, Person, Platform, WebullSimulator

PRICES = {
    "AAPL": ("189.90", "190.00"),
    "BRK.B": ("500.10", "500.30"),
    "F": ("0.80", "0.81"),
    "BTCUSD": ("83500.10", "83510.20"),
    "AAPL261218C00240000": ("5.90", "6.10"),
}


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def simulator(clock: ManualClock) -> AsyncIterator[WebullSimulator]:
    async with WebullSimulator(now=clock.now) as simulator:
        for symbol, (bid, ask) in PRICES.items():
            simulator.market.set(symbol, bid=bid, ask=ask)
        yield simulator


@pytest.fixture
def anna(simulator: WebullSimulator) -> Person:
    """The person whose adapter it is: with an account for shares and one for coins."""
    return simulator.add_person("anna", accounts=("INDIVIDUAL_MARGIN", "CRYPTO"), cash="1000000")


@pytest.fixture
def app(simulator: WebullSimulator, anna: Person) -> App:
    """Her key."""
    return simulator.add_app(KEY, SECRET, person=anna)


@pytest.fixture
def platform(simulator: WebullSimulator) -> Platform:
    """The operator's application."""
    return simulator.add_platform(
        CLIENT_ID, CLIENT_SECRET, REDIRECT, app_key=PLATFORM_KEY, app_secret=PLATFORM_SECRET
    )


@pytest.fixture
async def transport() -> AsyncIterator[Transport]:
    transport = Transport()
    yield transport
    await transport.aclose()


@pytest.fixture
def context(simulator: WebullSimulator, transport: Transport, clock: ManualClock) -> BrokerContext:
    return context_at(simulator.url, transport, clock)


@pytest.fixture
async def adapter(context: BrokerContext, app: App) -> AsyncIterator[WebullAdapter]:
    """Connected with her key."""
    adapter = adapter_in(context)
    await adapter.connect()
    yield adapter
    await adapter.close()


@pytest.fixture
def flow(
    simulator: WebullSimulator, transport: Transport, clock: ManualClock, platform: Platform
) -> WebullOAuth:
    return flow_at(simulator, transport, clock)


@pytest.fixture
def tokens(simulator: WebullSimulator, anna: Person, platform: Platform) -> Renewed:
    """What her signing in led to."""
    grant = simulator.grant(anna, platform)
    return Renewed({"access_token": grant.access_token, "refresh_token": grant.refresh_token})


@pytest.fixture
async def guest(context: BrokerContext, tokens: Renewed) -> AsyncIterator[WebullAdapter]:
    """Connected with access from signing in."""
    adapter = signed_in(context, tokens)
    await adapter.connect()
    yield adapter
    await adapter.close()


@pytest.fixture
def resting(anna: Person) -> Order:
    """A limit order that does not fill, about to be sent."""
    return order_of(resting_request(), anna.account.id)


@pytest.fixture
def bracket(anna: Person) -> Order:
    """The same with both exits."""
    return order_of(bracket_request(), anna.account.id)
