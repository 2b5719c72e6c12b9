"""Webull before the contract: the real factory, signed requests, a simulator on loopback."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal

import pytest
from pydantic import SecretStr

from floorbroker.brokers.factory import BrokerFactory
from floorbroker.brokers.port import BrokerAdapter
from floorbroker.brokers.shared.allowances import Allowances
from floorbroker.brokers.shared.transport import Transport
from floorbroker.brokers.spec import BrokerSpec
from floorbroker.brokers.webull import metering
from floorbroker.domain.clock import Clock
from floorbroker.domain.errors import NotSent, NotSupported
from floorbroker.domain.ids import BrokerId
from floorbroker.domain.instruments import AssetClass, Instrument
from floorbroker.domain.market import Timeframe
from floorbroker.domain.modes import DeploymentMode, Environment
from floorbroker.domain.order import Order
from floorbroker.domain.orders import Absent, OrderChanges
from floorbroker.domain.people import Link
from floorbroker.domain.portfolio import BrokerAccount
from floorbroker.observability.metrics import Metrics
from floorbroker.services.verification import Plan, verified
from floorbroker.services.verification_steps import Pace, StepResult
from tests.brokers.fakes.surroundings import shared
from tests.contract.at_simulator import AtSimulator
from tests.contract.contract import Sabotage
from tests.contract.placing import LINK, USER
from tests.contract.sent_once import WireContract
from tests.fakes.clock import ManualClock
from tests.simulators.webull import Bar, WebullSimulator

KEY, SECRET = "c0ffee00c0ffee00c0ffee00c0ffee00", "contract0secret0of0a0key00000001"
PLATFORM_KEY, PLATFORM_SECRET = (
    "beef0000beef0000beef0000beef0000",
    "contract0secret0of0platform00001",
)
CLASSES = {AssetClass.EQUITY: "INDIVIDUAL_MARGIN", AssetClass.CRYPTO: "CRYPTO"}
A_DAY = timedelta(days=1)


class WebullContract(WireContract):
    """What both kinds of access have in common, and both kinds of instrument."""

    broker_id = "webull"
    signs_in = False
    traded = AssetClass.EQUITY

    @pytest.fixture
    def clock(self) -> ManualClock:
        return ManualClock()

    @pytest.fixture
    async def simulator(self, clock: ManualClock) -> AsyncIterator[WebullSimulator]:
        async with WebullSimulator(now=clock.now) as simulator:
            simulator.market.set("AAPL", bid="189.90", ask="190.00")
            simulator.market.set("BTCUSD", bid="83500.10", ask="83510.20")
            for strike in ("185", "190"):
                day = date(2026, 12, 18)
                contract = simulator.catalogue.list_option("AAPL", day, "CALL", strike)
                simulator.market.set(contract.symbol, bid="5.90", ask="6.10")
            price = Decimal(190)
            for symbol in ("AAPL", "BTCUSD"):
                days = [clock.now().replace(hour=5) - number * A_DAY for number in range(6)]
                bars = [
                    Bar(at=at, open=price, high=price, low=price, close=price, volume=price)
                    for at in days
                ]
                simulator.market.add_bars(symbol, "D", *bars)
            yield simulator

    @pytest.fixture
    def credentials(self, simulator: WebullSimulator) -> Mapping[str, str]:
        """A key, or what signing in led to."""
        person = simulator.add_person("anna", accounts=(CLASSES[self.traded],), cash="1000000")
        simulator.add_app(KEY, SECRET, person=person)
        if not self.signs_in:
            return {"app_key": KEY, "app_secret": SECRET}
        platform = simulator.add_platform(
            "client",
            "client-secret",
            "https://bot.example.com/oauth/webull",
            app_key=PLATFORM_KEY,
            app_secret=PLATFORM_SECRET,
        )
        grant = simulator.grant(person, platform)
        return {"access_token": grant.access_token, "refresh_token": grant.refresh_token}

    @pytest.fixture
    def sabotage(self, simulator: WebullSimulator) -> AtSimulator:
        code = "OPENAPI_TICKER_IS_DENY"
        words = "The ticker can not be traded."
        return AtSimulator(simulator, lambda: simulator.refuse("place", code, words))

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
        simulator: WebullSimulator,
        transport: Transport,
        credentials: Mapping[str, str],
    ) -> AsyncIterator[BrokerAdapter]:
        allowances = Allowances(clock, Metrics())
        for scope in metering.ALL:
            # The contract asks faster than Webull allows; what it allows is tested beside this.
            for identity in (LINK, ""):
                allowances.window("webull", scope.name, identity, most=100_000, seconds=10)
        names = (self.environment.value, f"connect_{self.environment.value}")
        factory = BrokerFactory(
            request.param,
            clock=clock,
            shared=shared(clock, transport=transport, allowances=allowances),
            endpoints={BrokerId("webull"): dict.fromkeys(names, simulator.url)},
            options={
                BrokerId("webull"): {
                    "webull_app_key": PLATFORM_KEY,
                    "webull_app_secret": SecretStr(PLATFORM_SECRET),
                }
            },
        )
        adapter = factory.create(
            "webull",
            environment=self.environment,
            user_id=USER,
            link_id=LINK,
            credentials=credentials,
        )
        yield adapter
        await adapter.close()

    @pytest.fixture
    def pass_time(
        self, clock: ManualClock, simulator: WebullSimulator
    ) -> Callable[[], Awaitable[None]]:
        async def ten_seconds() -> None:
            clock.advance(10)
            simulator.match()

        return ten_seconds

    @pytest.fixture
    def tradable(self) -> Instrument:
        return Instrument(symbol="AAPL", asset_class=AssetClass.EQUITY)

    @pytest.fixture
    def resting_price(self) -> Decimal:
        return Decimal("100.00")


class TestShares(WebullContract):
    """All of the contract with a share, at the sandbox's address."""


class TestLive(WebullContract):
    """The same at the host for real money; the sandbox is not asked once."""

    environment = Environment.LIVE


class TestSignedIn(WebullContract):
    """The same with access from signing in, which brings no prices."""

    signs_in = True

    async def test_a_quote_has_a_price_a_time_and_a_source_or_is_not_offered(
        self, adapter: BrokerAdapter, clock: Clock, tradable: Instrument, spec: BrokerSpec
    ) -> None:
        await adapter.connect()

        with pytest.raises(NotSupported):
            await adapter.quote(tradable)

    async def test_bars_are_in_order_and_within_their_range_or_not_offered(
        self, adapter: BrokerAdapter, clock: Clock, tradable: Instrument, spec: BrokerSpec
    ) -> None:
        await adapter.connect()

        with pytest.raises(NotSupported):
            await adapter.bars(tradable, Timeframe.DAY, clock.now() - A_DAY, clock.now())

    async def test_the_expiries_lead_to_chains_and_their_prices_or_are_not_offered(
        self, adapter: BrokerAdapter, clock: Clock, underlying: Instrument, spec: BrokerSpec
    ) -> None:
        await adapter.connect()
        (expiry,) = await adapter.option_expiries(underlying)
        chain = await adapter.option_chain(underlying, expiry)

        with pytest.raises(NotSupported):
            await adapter.option_quotes(chain)

    async def test_the_verification_that_people_run_passes_with_one_order_and_leaves_nothing(
        self,
        adapter: BrokerAdapter,
        spec: BrokerSpec,
        clock: Clock,
        tradable: Instrument,
        pass_time: Callable[[], Awaitable[None]],
        sabotage: Sabotage,
    ) -> None:
        link = Link(
            link_id=LINK,
            user_id=USER,
            broker=BrokerId(self.broker_id),
            environment=self.environment,
            label="",
            created_at=clock.now(),
        )

        done = await verified(
            adapter,
            spec,
            link,
            clock=clock,
            plan=Plan(symbol=tradable.symbol, read_only=True),
            pace=Pace(sleep=lambda _: pass_time()),
        )

        failed = [step.name for step in done.steps if step.result is StepResult.FAILED]
        assert [str(name) for name in failed] == ["quote"]
        assert sabotage.orders_received == 0


class TestCoins(WebullContract):
    """All of the contract once more with a coin, of which Webull neither changes nor previews."""

    traded = AssetClass.CRYPTO

    @pytest.fixture
    def tradable(self) -> Instrument:
        return Instrument(symbol="BTC/USD", asset_class=AssetClass.CRYPTO)

    @pytest.fixture
    def resting_price(self) -> Decimal:
        return Decimal(50000)

    async def test_a_change_of_price_is_carried_out_or_not_offered(
        self, adapter: BrokerAdapter, resting: Order, resting_price: Decimal, spec: BrokerSpec
    ) -> None:
        await adapter.place_order(resting)

        with pytest.raises(NotSent):
            await adapter.modify_order(resting, OrderChanges(limit_price=resting_price - 1))

    async def test_a_preview_is_an_estimate_that_becomes_no_order_or_is_not_offered(
        self, adapter: BrokerAdapter, account: BrokerAccount, resting: Order, spec: BrokerSpec
    ) -> None:
        with pytest.raises(NotSupported):
            await adapter.preview_order(resting)

        assert await adapter.find_order(resting) == Absent()

    @pytest.mark.parametrize("kind", ["place", "cancel"])
    async def test_no_request_about_an_order_is_repeated(
        self,
        adapter: BrokerAdapter,
        account: BrokerAccount,
        resting: Order,
        sabotage: AtSimulator,
        spec: BrokerSpec,
        clock: ManualClock,
        pass_time: Callable[[], Awaitable[None]],
        kind: str,
    ) -> None:
        await super().test_no_request_about_an_order_is_repeated(
            adapter, account, resting, sabotage, spec, clock, pass_time, kind
        )
