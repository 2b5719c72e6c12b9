"""Schwab before the contract: the real factory, the SDK's words, a simulator on loopback."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from pydantic import SecretStr

from floorbroker.brokers.factory import BrokerFactory
from floorbroker.brokers.port import BrokerAdapter
from floorbroker.brokers.shared.transport import Transport
from floorbroker.domain.ids import BrokerId
from floorbroker.domain.instruments import AssetClass, Instrument, OptionRight
from floorbroker.domain.modes import DeploymentMode, Environment
from floorbroker.domain.portfolio import BrokerAccount
from tests.brokers.fakes.surroundings import shared
from tests.contract.at_simulator import AtSimulator
from tests.contract.placing import LINK, USER
from tests.contract.sent_once import WireContract
from tests.fakes.clock import ManualClock
from tests.simulators.schwab import SchwabSimulator

APP_KEY, APP_SECRET = "appkey0123456789", "appsecret0123456"
CALL = "AAPL  260320C00200000"
EXPIRY = date(2026, 3, 20)


class SchwabContract(WireContract):
    """What shares and options have in common. Real money only: Schwab has nothing else."""

    broker_id = "schwab"
    environment = Environment.LIVE

    @pytest.fixture
    def clock(self) -> ManualClock:
        return ManualClock()

    @pytest.fixture
    async def simulator(self, clock: ManualClock) -> AsyncIterator[SchwabSimulator]:
        async with SchwabSimulator(now=clock.now) as simulator:
            simulator.add_app(APP_KEY, APP_SECRET, "https://bot.example.com/oauth/schwab")
            simulator.add_person("anna", ["11112222", "33334444"], cash="1000000")
            simulator.listing.add_contracts("AAPL", EXPIRY, "200")
            simulator.market.set("AAPL", bid="189.90", ask="190.00")
            simulator.market.set(CALL, bid="3.10", ask="3.20")
            simulator.limit_rate(writes=120, reads=120)
            for symbol in ("AAPL", CALL):
                simulator.market.make_bars(symbol, "daily", 1, 30)
            yield simulator

    @pytest.fixture
    def sabotage(self, simulator: SchwabSimulator) -> AtSimulator:
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
        simulator: SchwabSimulator,
        transport: Transport,
    ) -> AsyncIterator[BrokerAdapter]:
        factory = BrokerFactory(
            request.param,
            clock=clock,
            shared=shared(clock, transport=transport),
            endpoints={BrokerId("schwab"): {"api": simulator.url}},
            options={
                BrokerId("schwab"): {
                    "schwab_app_key": APP_KEY,
                    "schwab_app_secret": SecretStr(APP_SECRET),
                }
            },
        )
        given = simulator.grant(simulator.people[0], APP_KEY)
        adapter = factory.create(
            "schwab",
            environment=self.environment,
            user_id=USER,
            link_id=LINK,
            credentials={
                "access_token": given["access_token"],
                "refresh_token": given["refresh_token"],
                "ends_at": (clock.now() + timedelta(days=7)).isoformat(),
            },
        )
        yield adapter
        await adapter.close()

    @pytest.fixture
    def pass_time(
        self, clock: ManualClock, simulator: SchwabSimulator
    ) -> Callable[[], Awaitable[None]]:
        async def ten_seconds() -> None:
            clock.advance(10)
            simulator.match()

        return ten_seconds


class TestShares(SchwabContract):
    """All of the contract, with a share."""

    @pytest.fixture
    def tradable(self) -> Instrument:
        return Instrument(symbol="AAPL", asset_class=AssetClass.EQUITY)

    @pytest.fixture
    def resting_price(self) -> Decimal:
        return Decimal(100)


class TestOptions(SchwabContract):
    """All of the contract, with an option; searching leads to it through its underlying."""

    @pytest.fixture
    def tradable(self) -> Instrument:
        return Instrument(
            symbol="AAPL260320C00200000",
            asset_class=AssetClass.OPTION,
            multiplier=Decimal(100),
            underlying="AAPL",
            expiry=EXPIRY,
            strike=Decimal(200),
            right=OptionRight.CALL,
        )

    @pytest.fixture
    def resting_price(self) -> Decimal:
        return Decimal(2)

    async def test_searching_the_beginning_of_a_symbol_finds_it(
        self, adapter: BrokerAdapter, account: BrokerAccount, tradable: Instrument
    ) -> None:
        (underlying,) = await adapter.search_instruments(tradable.symbol[:3])

        chain = await adapter.option_chain(underlying, EXPIRY)

        assert tradable.symbol in {one.symbol for one in chain}
