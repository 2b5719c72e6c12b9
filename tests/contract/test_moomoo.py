"""Moomoo before the contract: the real factory, the real SDK, an OpenD on loopback."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Final

import pytest
import stamina

from floorbroker.brokers.factory import BrokerFactory
from floorbroker.brokers.port import BrokerAdapter
from floorbroker.brokers.shared.allowances import Allowances
from floorbroker.brokers.shared.breaker import Breaker
from floorbroker.brokers.shared.gateways import Gateways
from floorbroker.brokers.shared.transport import Transport
from floorbroker.brokers.shared.watched import TRIES, WatchedAdapter
from floorbroker.brokers.spec import BrokerSpec
from floorbroker.domain.errors import OrderRejected, OutcomeUnknown
from floorbroker.domain.ids import BrokerId
from floorbroker.domain.instruments import AssetClass, Instrument
from floorbroker.domain.modes import DeploymentMode, Environment
from floorbroker.domain.order import Order
from floorbroker.domain.order_life import with_receipt
from floorbroker.domain.order_state import WORKING
from floorbroker.domain.orders import (
    Found,
    OrderChanges,
    OrderRequest,
    OrderType,
    Side,
    TimeInForce,
)
from floorbroker.domain.portfolio import BrokerAccount
from floorbroker.observability.metrics import Metrics
from tests.brokers.fakes.surroundings import shared
from tests.brokers.moomoo.at_moomoo import BRISK, CALL, CALL_CODE, let_requests_come_fast
from tests.contract.at_opend import AtOpenD
from tests.contract.contract import BrokerContract, Sabotage
from tests.contract.placing import LINK, USER
from tests.fakes.clock import ManualClock
from tests.simulators.opend import Error, Fault, OpenDSimulator, sdk
from tests.simulators.opend.market import Bar

PATIENCE: Final = 0.08
"""Of the deadlines: an order's silence is over after 0.4 seconds."""

FAULTS: Final = (
    *Fault,
    *(Error("Timed out", ret_type=-100, carried_out=done) for done in (True, False)),
    *(Error("Disconnected", ret_type=-200, carried_out=done) for done in (True, False)),
    Error("", ret_type=-400, carried_out=True),
    Error("Request timeout", carried_out=True),
    Error("Insufficient buying power in the account"),
)
_DAYS: Final = 2


class MoomooContract(BrokerContract):
    """What both environments have in common, and both kinds of instrument."""

    broker_id = "moomoo"

    @pytest.fixture
    def clock(self) -> ManualClock:
        return ManualClock()

    @pytest.fixture
    async def simulator(self, clock: ManualClock) -> AsyncIterator[OpenDSimulator]:
        sdk()
        async with OpenDSimulator(now=clock.now) as simulator:
            assert CALL.expiry is not None
            simulator.list_option("US.AAPL", CALL.expiry, "CALL", "200")
            simulator.locked = False
            for account_id in simulator.accounts:
                simulator.set_cash(account_id, 1_000_000)
            for code, bid, ask in (("US.AAPL", "189.90", "190.00"), (CALL_CODE, "5.90", "6.10")):
                simulator.set_price(code, bid=bid, ask=ask)
                price = Decimal(ask)
                at = clock.now().replace(hour=5)
                days = [at - number * timedelta(days=1) for number in range(5, -1, -1)]
                bars = [Bar(day, price, price, price, price, 100) for day in days]
                simulator.set_bars(code, _DAYS, bars)
            yield simulator

    @pytest.fixture
    def sabotage(self, simulator: OpenDSimulator) -> AtOpenD:
        return AtOpenD(simulator)

    @pytest.fixture
    def transport(self) -> Iterator[Transport]:
        transport = Transport()
        yield transport
        transport.close()

    @pytest.fixture
    async def adapter(
        self, clock: ManualClock, simulator: OpenDSimulator, transport: Transport
    ) -> AsyncIterator[BrokerAdapter]:
        allowances = Allowances(clock, Metrics())
        # The contract asks faster than moomoo allows; what it allows is tested beside this.
        let_requests_come_fast(allowances)
        gateways = Gateways(clock, BRISK)
        factory = BrokerFactory(
            DeploymentMode.SINGLE_USER,
            clock=clock,
            shared=shared(clock, transport=transport, allowances=allowances, gateways=gateways),
            options={
                BrokerId("moomoo"): {
                    "opend_host": simulator.host,
                    "opend_port": simulator.port,
                    "opend_security_firm": "FUTUINC",
                    "patience": PATIENCE,
                }
            },
        )
        adapter = factory.create(
            "moomoo",
            environment=self.environment,
            user_id=USER,
            link_id=LINK,
            credentials={},
        )
        yield adapter
        await adapter.close()
        await gateways.aclose()

    @pytest.fixture
    def pass_time(
        self, clock: ManualClock, simulator: OpenDSimulator
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

    @pytest.fixture
    def resting(
        self, account: BrokerAccount, tradable: Instrument, resting_price: Decimal
    ) -> Order:
        """For today: all that paper accounts take."""
        request = OrderRequest(
            instrument=tradable,
            side=Side.BUY,
            quantity=Decimal(1),
            type=OrderType.LIMIT,
            limit_price=resting_price,
            time_in_force=TimeInForce.DAY,
        )
        return self.order(account, request)

    # A connection that was cut is not noticed before the loop turns

    async def test_an_unreachable_broker_means_that_nothing_was_sent(
        self, adapter: BrokerAdapter, resting: Order, sabotage: Sabotage
    ) -> None:
        await _cut(adapter, sabotage)

        await super().test_an_unreachable_broker_means_that_nothing_was_sent(
            adapter, resting, sabotage
        )


class WithShares(MoomooContract):
    """A share is enough to see what is sent, and how often."""

    @pytest.mark.parametrize("kind", ["place", "cancel", "modify"])
    async def test_no_request_about_an_order_is_repeated(
        self,
        adapter: BrokerAdapter,
        resting: Order,
        account: BrokerAccount,
        sabotage: AtOpenD,
        spec: BrokerSpec,
        clock: ManualClock,
        kind: str,
    ) -> None:
        """As for brokers on a wire; what can go wrong is a connection's."""
        for fault in FAULTS:
            order = self.order(account, resting.request)
            if kind != "place":
                order = with_receipt(order, await adapter.place_order(order), clock.now())
            watched = WatchedAdapter(adapter, spec.id, Metrics(), breaker=Breaker(clock))
            before = sabotage.received(kind)
            trouble = sabotage.fail(kind, fault)

            with stamina.set_testing(True, attempts=TRIES):
                await _asked(watched, kind, order)

            trouble.times = 0
            assert sabotage.received(kind) == before + 1, fault
            await _settled(adapter, order)


class TestPaper(WithShares):
    """All of the contract with a share, in a paper account."""


class TestLive(WithShares):
    """The same with real money, in an OpenD whose trading is unlocked."""

    environment = Environment.LIVE


class TestOptions(MoomooContract):
    """The same with a contract, in a paper account."""

    @pytest.fixture
    def tradable(self) -> Instrument:
        return CALL

    @pytest.fixture
    def resting_price(self) -> Decimal:
        return Decimal("1.00")

    async def test_searching_the_beginning_of_a_symbol_finds_it(
        self, adapter: BrokerAdapter, account: BrokerAccount, tradable: Instrument
    ) -> None:
        """Contracts are found through their chain."""
        assert CALL.expiry is not None
        underlying = await adapter.instrument("AAPL")

        found = await adapter.option_chain(underlying, CALL.expiry)

        assert [one.symbol for one in found] == [CALL.symbol]


async def _cut(adapter: BrokerAdapter, sabotage: Sabotage) -> None:
    sabotage.be_unreachable()
    async with asyncio.timeout(5):
        while adapter.status().healthy:  # noqa: ASYNC110  # the SDK's thread sets no event
            await asyncio.sleep(0)


async def _asked(adapter: BrokerAdapter, kind: str, order: Order) -> None:
    price = order.request.limit_price
    assert price is not None
    try:
        if kind == "place":
            await adapter.place_order(order)
        elif kind == "cancel":
            await adapter.cancel_order(order)
        else:
            await adapter.modify_order(order, OrderChanges(limit_price=price + 1))
    except (OutcomeUnknown, OrderRejected):
        pass


async def _settled(adapter: BrokerAdapter, order: Order) -> None:
    """Makes room for the next one."""
    found = await adapter.find_order(order)
    if isinstance(found, Found) and found.receipt.state in WORKING:
        await adapter.cancel_order(replace(order, broker_order_id=found.receipt.broker_order_id))
