"""Interactive Brokers before the contract: the real factory, the real SDK, TWS on loopback."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

import pytest

from floorbroker.brokers.factory import BrokerFactory
from floorbroker.brokers.port import BrokerAdapter
from floorbroker.brokers.shared.gateways import Gateways
from floorbroker.domain.ids import BrokerId
from floorbroker.domain.instruments import AssetClass, Instrument, OptionRight
from floorbroker.domain.modes import DeploymentMode
from floorbroker.domain.portfolio import BrokerAccount
from tests.brokers.fakes.surroundings import shared
from tests.brokers.ibkr.at_ibkr import SHORT, USUAL, AtTws, gateways_at, options_at
from tests.contract.contract import BrokerContract
from tests.contract.placing import LINK, USER
from tests.contract.sent_once import WireContract
from tests.fakes.clock import ManualClock
from tests.simulators.tws import Bar, TwsSimulator

OPTION: Final = "AAPL  261218C00200000"
FUTURE: Final = "ESZ6"


def bars(clock: ManualClock) -> list[Bar]:
    """One a day, of the last five."""
    days = (clock.now().replace(hour=0) - timedelta(days=ago) for ago in range(5, 0, -1))
    price = Decimal(190)
    return [Bar(at=day, open=price, high=price + 2, low=price - 2, close=price + 1) for day in days]


class IbkrContract(BrokerContract):
    """What all kinds of instruments have in common. Single-user only."""

    broker_id = "ibkr"

    @pytest.fixture
    def clock(self) -> ManualClock:
        return ManualClock()  # the day on which the contract sends its orders

    @pytest.fixture
    async def simulator(self, clock: ManualClock) -> AsyncIterator[TwsSimulator]:
        async with TwsSimulator(now=clock.now) as simulator:
            simulator.set_cash("DU1234567", 10_000_000)
            simulator.set_price("AAPL", bid="189.90", ask="190.00", last="189.95", close="188.00")
            simulator.set_price("EUR.USD", bid="1.0801", ask="1.0802", close="1.0790")
            simulator.set_price(OPTION, bid="3.10", ask="3.20", last="3.15", close="3.00")
            simulator.set_price(FUTURE, bid="6000", ask="6000.25", last="6000", close="5990")
            simulator.set_price("BTC", bid="83500.25", ask="83510.50", last="83505", close="83000")
            for contract in ("AAPL", "EUR.USD", OPTION, FUTURE, "BTC"):
                simulator.set_bars(contract, "1 day", bars(clock))
            yield simulator

    @pytest.fixture
    def sabotage(self, simulator: TwsSimulator) -> AtTws:
        return AtTws(simulator)

    @pytest.fixture
    async def gateways(
        self, request: pytest.FixtureRequest, simulator: TwsSimulator, clock: ManualClock
    ) -> AsyncIterator[Gateways]:
        silent = request.node.originalname == "test_no_request_about_an_order_is_repeated"
        gateways = gateways_at(simulator, clock, patience=SHORT if silent else USUAL)
        yield gateways
        await gateways.aclose()

    @pytest.fixture
    async def adapter(
        self, clock: ManualClock, simulator: TwsSimulator, gateways: Gateways
    ) -> AsyncIterator[BrokerAdapter]:
        factory = BrokerFactory(
            DeploymentMode.SINGLE_USER,
            clock=clock,
            shared=shared(clock, gateways=gateways),
            options={BrokerId("ibkr"): options_at(simulator)},
        )
        adapter = factory.create(
            "ibkr",
            environment=self.environment,
            user_id=USER,
            link_id=LINK,
            credentials={},
        )
        yield adapter
        await adapter.close()

    @pytest.fixture
    def pass_time(self, clock: ManualClock) -> Callable[[], Awaitable[None]]:
        async def ten_seconds() -> None:
            clock.advance(10)

        return ten_seconds


class TestShares(IbkrContract, WireContract):
    """All of the contract, with a share, and that no request is repeated."""

    @pytest.fixture
    def tradable(self) -> Instrument:
        return Instrument(symbol="AAPL", asset_class=AssetClass.EQUITY)

    @pytest.fixture
    def resting_price(self) -> Decimal:
        return Decimal(150)


class TestOptions(IbkrContract):
    """All of the contract, with an option; searching leads to it through its underlying."""

    @pytest.fixture
    def tradable(self) -> Instrument:
        return Instrument(
            symbol="AAPL261218C00200000",
            asset_class=AssetClass.OPTION,
            multiplier=Decimal(100),
            underlying="AAPL",
            expiry=date(2026, 12, 18),
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

        chain = await adapter.option_chain(underlying, date(2026, 12, 18))

        assert tradable.symbol in {one.symbol for one in chain}


class TestFutures(IbkrContract):
    """All of the contract, with a future; searching needs the whole of its symbol."""

    @pytest.fixture
    def tradable(self) -> Instrument:
        return Instrument(
            symbol=FUTURE,
            asset_class=AssetClass.FUTURE,
            multiplier=Decimal(50),
            underlying="ES",
            expiry=date(2026, 12, 18),
        )

    @pytest.fixture
    def resting_price(self) -> Decimal:
        return Decimal(5000)

    async def test_searching_the_beginning_of_a_symbol_finds_it(
        self, adapter: BrokerAdapter, account: BrokerAccount, tradable: Instrument
    ) -> None:
        found = await adapter.search_instruments(tradable.symbol)

        assert [one.symbol for one in found] == [tradable.symbol]


class TestPairs(IbkrContract):
    """All of the contract, with euros for dollars."""

    @pytest.fixture
    def tradable(self) -> Instrument:
        return Instrument(symbol="EUR/USD", asset_class=AssetClass.FOREX)

    @pytest.fixture
    def resting_price(self) -> Decimal:
        return Decimal("0.9")


class TestCoins(IbkrContract):
    """All of the contract, with bitcoin."""

    @pytest.fixture
    def tradable(self) -> Instrument:
        return Instrument(symbol="BTC/USD", asset_class=AssetClass.CRYPTO)

    @pytest.fixture
    def resting_price(self) -> Decimal:
        return Decimal(50000)
