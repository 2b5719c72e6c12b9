"""Coinbase before the contract: the real factory, the real SDK, a simulator on loopback."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from decimal import Decimal

import pytest

from floorbroker.brokers.factory import BrokerFactory
from floorbroker.brokers.port import BrokerAdapter
from floorbroker.brokers.shared.transport import Transport
from floorbroker.domain.ids import BrokerId
from floorbroker.domain.instruments import AssetClass, Instrument
from floorbroker.domain.modes import DeploymentMode, Environment
from tests.brokers.fakes.surroundings import shared
from tests.contract.at_simulator import AtSimulator
from tests.contract.placing import LINK, USER
from tests.contract.sent_once import WireContract
from tests.fakes.clock import ManualClock
from tests.simulators.coinbase import EDDSA, ES256, CoinbaseSimulator


class CoinbaseContract(WireContract):
    """What pairs have in common. Real money only: Coinbase has nothing else."""

    broker_id = "coinbase"
    environment = Environment.LIVE

    @pytest.fixture
    def clock(self) -> ManualClock:
        return ManualClock()

    @pytest.fixture
    async def simulator(self, clock: ManualClock) -> AsyncIterator[CoinbaseSimulator]:
        async with CoinbaseSimulator(now=clock.now) as simulator:
            simulator.market.set("BTC-USD", bid="83500.10", ask="83510.20")
            simulator.market.make_candles("BTC-USD", "ONE_DAY", 30)
            simulator.limit_rate(30)
            yield simulator

    @pytest.fixture
    def sabotage(self, simulator: CoinbaseSimulator) -> AtSimulator:
        return AtSimulator(simulator, simulator.refuse_orders)

    @pytest.fixture
    def transport(self) -> Iterator[Transport]:
        transport = Transport()
        yield transport
        transport.close()

    @pytest.fixture(
        params=[(DeploymentMode.MULTI_USER, EDDSA), (DeploymentMode.SINGLE_USER, ES256)],
        ids=["multi-user, Ed25519", "single-user, ECDSA"],
    )
    async def adapter(
        self,
        request: pytest.FixtureRequest,
        clock: ManualClock,
        simulator: CoinbaseSimulator,
        transport: Transport,
    ) -> AsyncIterator[BrokerAdapter]:
        mode, algorithm = request.param
        key = simulator.add_person(cash="1000000", algorithm=algorithm).key
        factory = BrokerFactory(
            mode,
            clock=clock,
            shared=shared(clock, transport=transport),
            endpoints={BrokerId("coinbase"): {"live": simulator.url, "live_stream": simulator.url}},
        )
        adapter = factory.create(
            "coinbase",
            environment=self.environment,
            user_id=USER,
            link_id=LINK,
            credentials={"key_name": key.api_key, "private_key": key.api_secret},
        )
        yield adapter
        await adapter.close()

    @pytest.fixture
    def pass_time(
        self, clock: ManualClock, simulator: CoinbaseSimulator
    ) -> Callable[[], Awaitable[None]]:
        async def ten_seconds() -> None:
            clock.advance(10)
            simulator.match()

        return ten_seconds


class TestDollars(CoinbaseContract):
    """All of the contract, with bitcoin against dollars."""

    @pytest.fixture
    def tradable(self) -> Instrument:
        return Instrument(symbol="BTC/USD", asset_class=AssetClass.CRYPTO)

    @pytest.fixture
    def resting_price(self) -> Decimal:
        return Decimal(50000)
