"""Binance before the contract: the real factory, the real SDK, a simulator on loopback."""

from collections.abc import AsyncIterator, Awaitable, Callable
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
from tests.simulators.binance import BinanceSimulator

KEY = "ContractKey00000000000000000000000000000000000000000000000000001"
SECRET = "ContractSecret000000000000000000000000000000000000000000000000001"


class TestTestnet(WireContract):
    """All of the contract, at the testnet's address, which has no /sapi."""

    broker_id = "binance"

    @pytest.fixture
    def clock(self) -> ManualClock:
        return ManualClock()

    @pytest.fixture
    async def simulator(self, clock: ManualClock) -> AsyncIterator[BinanceSimulator]:
        live = self.environment is Environment.LIVE
        async with BinanceSimulator(now=clock.now, wallet=live) as simulator:
            person = simulator.add_person(KEY, SECRET)
            simulator.market.set("BTCUSDT", bid="83500.10", ask="83510.20")
            simulator.market.make_bars("BTCUSDT", "1d", 30)
            # The contract counts in whole units, and a commission is taken from what is received.
            simulator.set_commission("0", "0")
            assert person.permissions == ["SPOT"]
            yield simulator

    @pytest.fixture
    def sabotage(self, simulator: BinanceSimulator) -> AtSimulator:
        return AtSimulator(simulator, lambda: simulator.refuse("place"))

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
        simulator: BinanceSimulator,
        transport: Transport,
    ) -> AsyncIterator[BrokerAdapter]:
        factory = BrokerFactory(
            request.param,
            clock=clock,
            shared=shared(clock, transport=transport),
            endpoints={
                BrokerId("binance"): {
                    self.environment.value: simulator.url,
                    f"{self.environment}_stream": simulator.url,
                    "wallet": simulator.url,
                }
            },
        )
        adapter = factory.create(
            "binance",
            environment=self.environment,
            user_id=USER,
            link_id=LINK,
            credentials={"api_key": KEY, "api_secret": SECRET},
        )
        yield adapter
        await adapter.close()

    @pytest.fixture
    def pass_time(
        self, clock: ManualClock, simulator: BinanceSimulator
    ) -> Callable[[], Awaitable[None]]:
        async def ten_seconds() -> None:
            clock.advance(10)
            simulator.match()

        return ten_seconds

    @pytest.fixture
    def tradable(self) -> Instrument:
        return Instrument(symbol="BTC/USDT", asset_class=AssetClass.CRYPTO, currency="USDT")

    @pytest.fixture
    def resting_price(self) -> Decimal:
        return Decimal(50000)


class TestLive(TestTestnet):
    """The same at the host for real money; the testnet is not asked once."""

    environment = Environment.LIVE
