"""Alpaca before the contract: the real factory, the real SDK, a simulator on loopback."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from datetime import date
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
from tests.simulators.alpaca import AlpacaSimulator

KEY, SECRET = "PKCONTRACT0000000001", "contract/secret+0123456789012345678901"

TOKEN = "79500537-5796-4230-9661-7f7108877c60"


class AlpacaContract(WireContract):
    """What shares and coins have in common."""

    broker_id = "alpaca"
    credentials: Mapping[str, str] = {"api_key": KEY, "api_secret": SECRET}

    @pytest.fixture
    def clock(self) -> ManualClock:
        return ManualClock()

    @pytest.fixture
    async def simulator(self, clock: ManualClock) -> AsyncIterator[AlpacaSimulator]:
        async with AlpacaSimulator(environment=self.environment.value, now=clock.now) as simulator:
            simulator.add_token(TOKEN, simulator.add_person(KEY, SECRET))
            simulator.market.set("AAPL", bid="189.90", ask="190.00")
            simulator.market.set("BTC/USD", bid="83500.10", ask="83510.20")
            for strike in ("185", "190"):
                symbol = simulator.catalogue.add_contract(
                    "AAPL", date(2026, 12, 18), strike, "call"
                )
                simulator.market.set(symbol, bid="5.90", ask="6.10")
            simulator.set_crypto_fee("0")  # the contract knows of none
            for symbol in simulator.market.quotes:
                simulator.market.make_bars(symbol, "1Day", 30)
            yield simulator

    @pytest.fixture
    def sabotage(self, simulator: AlpacaSimulator) -> AtSimulator:
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
        simulator: AlpacaSimulator,
        transport: Transport,
    ) -> AsyncIterator[BrokerAdapter]:
        factory = BrokerFactory(
            request.param,
            clock=clock,
            shared=shared(clock, transport=transport),
            endpoints={
                BrokerId("alpaca"): {
                    self.environment.value: simulator.url,
                    "data": simulator.data_url,
                    "stream": simulator.stream_url,
                }
            },
        )
        adapter = factory.create(
            "alpaca",
            environment=self.environment,
            user_id=USER,
            link_id=LINK,
            credentials=self.credentials,
        )
        yield adapter
        await adapter.close()

    @pytest.fixture
    def pass_time(
        self, clock: ManualClock, simulator: AlpacaSimulator
    ) -> Callable[[], Awaitable[None]]:
        async def ten_seconds() -> None:
            clock.advance(10)
            simulator.match()

        return ten_seconds


class TestShares(AlpacaContract):
    """All of the contract, with a share."""

    @pytest.fixture
    def tradable(self) -> Instrument:
        return Instrument(symbol="AAPL", asset_class=AssetClass.EQUITY)

    @pytest.fixture
    def resting_price(self) -> Decimal:
        return Decimal("100.00")


class TestLive(TestShares):
    """The same at the host for real money; the paper host is not asked once."""

    environment = Environment.LIVE


class TestSignedIn(TestShares):
    """The same with a token from signing in."""

    credentials: Mapping[str, str] = {"access_token": TOKEN}


class TestCoins(AlpacaContract):
    """All of the contract once more, with a coin."""

    @pytest.fixture
    def tradable(self) -> Instrument:
        return Instrument(symbol="BTC/USD", asset_class=AssetClass.CRYPTO)

    @pytest.fixture
    def resting_price(self) -> Decimal:
        return Decimal(50000)
