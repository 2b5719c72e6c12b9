"""The paper broker before the contract, made by the real factory."""

from collections.abc import Awaitable, Callable
from decimal import Decimal

import pytest

from floorbroker.brokers.factory import BrokerFactory
from floorbroker.brokers.paper.contracts import expiries
from floorbroker.brokers.port import BrokerAdapter
from floorbroker.domain.ids import BrokerId
from floorbroker.domain.instruments import AssetClass, Instrument, OptionRight
from floorbroker.domain.modes import DeploymentMode, Environment
from floorbroker.domain.portfolio import BrokerAccount
from tests.brokers.fakes.surroundings import shared
from tests.contract.contract import BrokerContract
from tests.contract.placing import LINK, USER
from tests.fakes.clock import ManualClock
from tests.simulators.paper_faults import Counting, Down, Refusing, Silent


class PaperSabotage:
    """Puts one of the ready-made faults in the way; see the contract's `Sabotage`."""

    def __init__(self) -> None:
        """Works."""
        self._now = Counting()
        self._earlier = 0

    @property
    def orders_received(self) -> int:
        """Through all faults so far."""
        return self._earlier + self._now.orders_received

    def accept_and_stay_silent(self) -> None:
        """See the contract."""
        self._switch(Silent())

    def refuse_orders(self) -> None:
        """See the contract."""
        self._switch(Refusing())

    def be_unreachable(self) -> None:
        """See the contract."""
        self._switch(Down())

    def work(self) -> None:
        """See the contract."""
        self._switch(Counting())

    async def before(self, operation: str) -> None:
        """See `Faults.before`."""
        await self._now.before(operation)

    async def after(self, operation: str) -> None:
        """See `Faults.after`."""
        await self._now.after(operation)

    def _switch(self, fault: Counting) -> None:
        self._earlier += self._now.orders_received
        self._now = fault


class TestPaper(BrokerContract):
    """All of the contract."""

    broker_id = "paper"

    @pytest.fixture
    def sabotage(self) -> PaperSabotage:
        return PaperSabotage()

    @pytest.fixture
    def clock(self) -> ManualClock:
        return ManualClock()

    @pytest.fixture(params=list(DeploymentMode))
    def adapter(
        self, request: pytest.FixtureRequest, clock: ManualClock, sabotage: PaperSabotage
    ) -> BrokerAdapter:
        options = {"latency_seconds": 0, "faults": sabotage}
        factory = BrokerFactory(
            request.param,
            clock=clock,
            shared=shared(clock),
            options={BrokerId("paper"): options},
        )
        return factory.create(
            "paper", environment=Environment.PAPER, user_id=USER, link_id=LINK, credentials={}
        )

    @pytest.fixture
    def tradable(self) -> Instrument:
        return Instrument(symbol="AAPL", asset_class=AssetClass.EQUITY)

    @pytest.fixture
    def resting_price(self) -> Decimal:
        return Decimal("100.00")

    @pytest.fixture
    def pass_time(self, clock: ManualClock) -> Callable[[], Awaitable[None]]:
        async def ten_seconds() -> None:
            clock.advance(10)

        return ten_seconds


class TestOptions(TestPaper):
    """All of the contract, with an option; searching leads to it through its underlying."""

    @pytest.fixture
    def tradable(self, clock: ManualClock) -> Instrument:
        """A call that expires in about a month."""
        expiry = next(day for day in expiries(clock.now()) if day.day > 14)
        symbol = f"AAPL{expiry:%y%m%d}C00230000"
        return Instrument(
            symbol=symbol,
            asset_class=AssetClass.OPTION,
            name=f"AAPL {expiry:%d %b %Y} 230 call",
            multiplier=Decimal(100),
            underlying="AAPL",
            expiry=expiry,
            strike=Decimal(230),
            right=OptionRight.CALL,
        )

    @pytest.fixture
    def resting_price(self) -> Decimal:
        return Decimal("0.05")

    async def test_searching_the_beginning_of_a_symbol_finds_it(
        self, adapter: BrokerAdapter, account: BrokerAccount, tradable: Instrument
    ) -> None:
        (underlying, *_) = await adapter.search_instruments(tradable.symbol[:4])
        assert tradable.expiry is not None

        chain = await adapter.option_chain(underlying, tradable.expiry)

        assert tradable in chain
