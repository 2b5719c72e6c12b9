"""Kraken before the contract: the real factory, the real SDK, a simulator on loopback."""

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
from tests.simulators.kraken import KrakenSimulator
from tests.simulators.kraken_clients import KEY, SECRET


class KrakenContract(WireContract):
    """What pairs have in common. Real money only: Kraken has nothing else."""

    broker_id = "kraken"
    environment = Environment.LIVE

    @pytest.fixture
    def clock(self) -> ManualClock:
        return ManualClock()

    @pytest.fixture
    async def simulator(self, clock: ManualClock) -> AsyncIterator[KrakenSimulator]:
        async with KrakenSimulator(now=clock.now) as simulator:
            simulator.add_person(KEY, SECRET, balances={"USD": "1000000"})
            simulator.market.set("XBTUSD", bid="83500.1", ask="83510.2")
            simulator.limit_rate()
            for pair in ("XBTUSD",):
                simulator.market.make_bars(pair, 1440, 30)
            yield simulator

    @pytest.fixture
    def sabotage(self, simulator: KrakenSimulator) -> AtSimulator:
        return AtSimulator(simulator, lambda: simulator.refuse("place"))

    @pytest.fixture
    def transport(self) -> Iterator[Transport]:
        transport = Transport()
        yield transport
        transport.close()

    @pytest.fixture(params=list(DeploymentMode))
    async def adapter(
        self,
        request: pytest.FixtureRequest,
        clock: ManualClock,
        simulator: KrakenSimulator,
        transport: Transport,
    ) -> AsyncIterator[BrokerAdapter]:
        factory = BrokerFactory(
            request.param,
            clock=clock,
            shared=shared(clock, transport=transport),
            endpoints={BrokerId("kraken"): {"live": simulator.url, "live_stream": simulator.url}},
        )
        adapter = factory.create(
            "kraken",
            environment=self.environment,
            user_id=USER,
            link_id=LINK,
            credentials={"api_key": KEY, "private_key": SECRET},
        )
        yield adapter
        await adapter.close()

    @pytest.fixture
    def pass_time(
        self, clock: ManualClock, simulator: KrakenSimulator
    ) -> Callable[[], Awaitable[None]]:
        async def ten_seconds() -> None:
            clock.advance(10)
            simulator.match()

        return ten_seconds


class TestDollars(KrakenContract):
    """All of the contract, with bitcoin against dollars."""

    @pytest.fixture
    def tradable(self) -> Instrument:
        return Instrument(symbol="BTC/USD", asset_class=AssetClass.CRYPTO)

    @pytest.fixture
    def resting_price(self) -> Decimal:
        return Decimal(50000)
