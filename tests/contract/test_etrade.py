"""E*TRADE before the contract: the real factory, the real SDK, a simulator on loopback."""

from collections.abc import AsyncIterator, Awaitable, Callable
from decimal import Decimal

import pytest
from pydantic import SecretStr

from floorbroker.brokers.factory import BrokerFactory
from floorbroker.brokers.port import BrokerAdapter
from floorbroker.brokers.shared.transport import Transport
from floorbroker.domain.ids import BrokerId
from floorbroker.domain.instruments import AssetClass, Instrument
from floorbroker.domain.modes import DeploymentMode, Environment
from tests.brokers.etrade.at_etrade import CONTRACT, credential, endpoints_at, roomy
from tests.brokers.fakes.surroundings import shared
from tests.contract.at_simulator import AtSimulator
from tests.contract.placing import LINK, USER
from tests.contract.sent_once import WireContract
from tests.fakes.clock import ManualClock
from tests.simulators.etrade import Account, EtradeSimulator


class EtradeContract(WireContract):
    """What shares and contracts have in common. Real money only: the sandbox keeps no book."""

    broker_id = "etrade"
    environment = Environment.LIVE
    api = "live"

    @pytest.fixture
    def clock(self) -> ManualClock:
        return ManualClock()

    @pytest.fixture
    async def simulator(self, clock: ManualClock) -> AsyncIterator[EtradeSimulator]:
        async with EtradeSimulator(now=clock.now) as simulator:
            simulator.market.set("AAPL", bid="189.90", ask="190.00", name="AAPL APPLE INC COM")
            simulator.market.set(CONTRACT, bid="4.90", ask="5.10")
            yield simulator

    @pytest.fixture
    def sabotage(self, simulator: EtradeSimulator) -> AtSimulator:
        words = "You have insufficient funds for this order."
        return AtSimulator(simulator, lambda: simulator.refuse("place", code=8400, message=words))

    @pytest.fixture
    async def transport(self) -> AsyncIterator[Transport]:
        transport = Transport()
        yield transport
        await transport.aclose()

    @pytest.fixture(params=list(DeploymentMode))
    async def adapter(
        self,
        request: pytest.FixtureRequest,
        clock: ManualClock,
        simulator: EtradeSimulator,
        transport: Transport,
    ) -> AsyncIterator[BrokerAdapter]:
        app = simulator.add_app()
        anna = simulator.add_person("anna", accounts=[Account(cash=Decimal(100000))])
        etrade = BrokerId("etrade")
        options = {
            "etrade_consumer_key": app.key,
            "etrade_consumer_secret": SecretStr(app.secret),
        }
        factory = BrokerFactory(
            request.param,
            clock=clock,
            shared=shared(clock, transport=transport, allowances=roomy(clock)),
            endpoints={etrade: endpoints_at(simulator.url, sandbox=self.api == "sandbox")},
            options={etrade: options},
        )
        adapter = factory.create(
            "etrade",
            environment=self.environment,
            user_id=USER,
            link_id=LINK,
            credentials=credential(simulator.grant(anna, app.key), clock.now()),
        )
        yield adapter
        await adapter.close()

    @pytest.fixture
    def pass_time(
        self, clock: ManualClock, simulator: EtradeSimulator
    ) -> Callable[[], Awaitable[None]]:
        async def ten_seconds() -> None:
            clock.advance(10)
            simulator.match()

        return ten_seconds


class TestShares(EtradeContract):
    """All of the contract, with a share."""

    @pytest.fixture
    def tradable(self) -> Instrument:
        return Instrument(symbol="AAPL", asset_class=AssetClass.EQUITY)

    @pytest.fixture
    def resting_price(self) -> Decimal:
        return Decimal("100.00")


class TestSandboxHost(TestShares):
    """The same, signed for the host of the sandbox."""

    api = "sandbox"
