"""What every broker must do. A broker's own test module inherits `BrokerContract` and says how.

The subclass gives the fixtures below that raise; everything else holds for all brokers. What a
broker does not declare among its capabilities must be refused with `NotSupported`, so each of
those tests judges both kinds of broker.
"""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from decimal import Decimal
from typing import Protocol

import pytest

from floorbroker.brokers.port import BrokerAdapter, ConnectionState
from floorbroker.brokers.registry import get_broker
from floorbroker.brokers.spec import BrokerSpec, Capability
from floorbroker.domain.clock import Clock
from floorbroker.domain.errors import (
    BrokerError,
    NotSent,
    NotSupported,
    OrderRejected,
    OutcomeUnknown,
    SymbolNotFound,
)
from floorbroker.domain.instruments import AssetClass, Instrument
from floorbroker.domain.market import Market, Timeframe
from floorbroker.domain.modes import Environment
from floorbroker.domain.order import Order
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import (
    Absent,
    Found,
    OrderChanges,
    OrderRequest,
    OrderType,
    Receipt,
    Side,
    TimeInForce,
)
from floorbroker.domain.portfolio import BrokerAccount
from tests.contract.placing import sending

ZERO = timedelta(0)


class Sabotage(Protocol):
    """How a test makes the broker's simulator misbehave."""

    @property
    def orders_received(self) -> int:
        """How many requests for an order reached the broker."""
        ...

    def accept_and_stay_silent(self) -> None:
        """The next order requests are carried out and get no readable answer."""
        ...

    def refuse_orders(self) -> None:
        """Order requests are refused in so many words."""
        ...

    def be_unreachable(self) -> None:
        """Nothing gets through, not even a connection."""
        ...

    def work(self) -> None:
        """Everything works again."""
        ...


class BrokerContract:
    """Inherit it, give the fixtures, and the broker is judged."""

    broker_id = ""
    environment = Environment.PAPER

    # Given by the subclass

    @pytest.fixture
    def sabotage(self) -> Sabotage:
        """The simulator's bad side."""
        raise NotImplementedError

    @pytest.fixture
    def adapter(self) -> BrokerAdapter:
        """From the real factory, not connected yet."""
        raise NotImplementedError

    @pytest.fixture
    def clock(self) -> Clock:
        """The one that the adapter was given."""
        raise NotImplementedError

    @pytest.fixture
    def tradable(self) -> Instrument:
        """Something that the account can buy one unit of."""
        raise NotImplementedError

    @pytest.fixture
    def resting_price(self) -> Decimal:
        """A limit at which a buy of `tradable` is taken and does not fill."""
        raise NotImplementedError

    @pytest.fixture
    def pass_time(self) -> Callable[[], Awaitable[None]]:
        """Lets the broker carry out what it can, without real waiting."""
        raise NotImplementedError

    # Made from these

    @pytest.fixture
    def spec(self) -> BrokerSpec:
        """The manifest."""
        return get_broker(self.broker_id)

    @pytest.fixture
    async def account(self, adapter: BrokerAdapter) -> BrokerAccount:
        """The first account of a connected adapter."""
        await adapter.connect()
        return (await adapter.accounts())[0]

    def order(self, account: BrokerAccount, request: OrderRequest) -> Order:
        """`request` about to be sent to `account`."""
        return sending(
            request,
            account_id=account.account_id,
            broker=self.broker_id,
            environment=self.environment,
        )

    @pytest.fixture
    def resting(
        self, account: BrokerAccount, tradable: Instrument, resting_price: Decimal, spec: BrokerSpec
    ) -> Order:
        """A limit buy of one unit far below the market."""
        lasting = {TimeInForce.GTC, TimeInForce.DAY} & spec.times_in_force
        request = OrderRequest(
            instrument=tradable,
            side=Side.BUY,
            quantity=Decimal(1),
            type=OrderType.LIMIT,
            limit_price=resting_price,
            time_in_force=max(lasting),
        )
        return self.order(account, request)

    @pytest.fixture
    def at_market(self, account: BrokerAccount, tradable: Instrument, spec: BrokerSpec) -> Order:
        """A market buy of one unit."""
        fits = {TimeInForce.DAY, TimeInForce.GTC, TimeInForce.IOC} & spec.times_in_force
        request = OrderRequest(
            instrument=tradable,
            side=Side.BUY,
            quantity=Decimal(1),
            time_in_force=min(fits),
        )
        return self.order(account, request)

    # Connection

    async def test_a_connected_adapter_is_healthy_and_a_closed_one_is_not(
        self, adapter: BrokerAdapter
    ) -> None:
        before = adapter.status()
        await adapter.connect()
        connected = adapter.status()
        await adapter.close()

        assert before.state is ConnectionState.DISCONNECTED
        assert connected.state is ConnectionState.CONNECTED
        assert connected.healthy
        assert adapter.status().state is ConnectionState.DISCONNECTED
        assert not adapter.status().healthy

    async def test_closing_twice_or_unconnected_does_no_harm(self, adapter: BrokerAdapter) -> None:
        await adapter.close()
        await adapter.close()

        assert adapter.status().state is ConnectionState.DISCONNECTED

    async def test_a_failed_connection_is_told_and_leaves_no_connection(
        self, adapter: BrokerAdapter, sabotage: Sabotage
    ) -> None:
        sabotage.be_unreachable()

        with pytest.raises(BrokerError):
            await adapter.connect()

        assert adapter.status().state is not ConnectionState.CONNECTED
        assert not adapter.status().healthy

    async def test_a_broker_that_comes_back_can_be_connected(
        self, adapter: BrokerAdapter, sabotage: Sabotage
    ) -> None:
        sabotage.be_unreachable()
        with pytest.raises(BrokerError):
            await adapter.connect()

        sabotage.work()
        await adapter.connect()

        assert adapter.status().state is ConnectionState.CONNECTED

    # Accounts

    async def test_every_account_has_an_id_a_number_and_a_currency(
        self, adapter: BrokerAdapter
    ) -> None:
        await adapter.connect()

        accounts = await adapter.accounts()

        assert accounts
        assert all(a.account_id and a.number and a.currency for a in accounts)
        assert len({a.account_id for a in accounts}) == len(accounts)

    async def test_balances_are_decimals_in_one_currency_with_a_time_in_utc(
        self, adapter: BrokerAdapter, account: BrokerAccount
    ) -> None:
        balances = await adapter.balances(account)

        amounts = (balances.cash, balances.equity, balances.buying_power)
        assert {type(money.amount) for money in amounts} == {Decimal}
        assert {money.currency for money in amounts} == {account.currency}
        assert balances.as_of.utcoffset() == ZERO

    async def test_an_instrument_is_found_by_its_own_symbol(
        self, adapter: BrokerAdapter, account: BrokerAccount, tradable: Instrument
    ) -> None:
        found = await adapter.instrument(tradable.symbol)

        assert found.symbol == tradable.symbol
        assert found.asset_class is tradable.asset_class

    async def test_searching_the_beginning_of_a_symbol_finds_it(
        self, adapter: BrokerAdapter, account: BrokerAccount, tradable: Instrument
    ) -> None:
        found = await adapter.search_instruments(tradable.symbol[:3])

        assert tradable.symbol in {instrument.symbol for instrument in found}
        assert len(found) <= 25

    async def test_an_unknown_symbol_is_told_as_such(
        self, adapter: BrokerAdapter, account: BrokerAccount
    ) -> None:
        with pytest.raises(SymbolNotFound):
            await adapter.instrument("QZXQZX")

    async def test_steps_and_ticks_are_above_zero(
        self, adapter: BrokerAdapter, account: BrokerAccount, tradable: Instrument
    ) -> None:
        rules = await adapter.instrument_rules(tradable)

        assert rules.quantity_step > 0
        assert rules.price_tick > 0
        assert rules.minimum_quantity > 0

    # Orders

    async def test_a_limit_order_rests_and_can_be_read_back(
        self, adapter: BrokerAdapter, account: BrokerAccount, resting: Order
    ) -> None:
        receipt = await adapter.place_order(resting)

        found = await adapter.find_order(resting)
        listed = [o for o in await adapter.open_orders(account) if o.order_id == resting.order_id]
        assert receipt.broker_order_id
        assert receipt.state is OrderState.ACCEPTED
        assert isinstance(found, Found)
        assert found.receipt.broker_order_id == receipt.broker_order_id
        assert found.receipt.state is OrderState.ACCEPTED
        assert [order.receipt.broker_order_id for order in listed] == [receipt.broker_order_id]

    async def test_an_order_that_was_never_sent_is_absent(
        self, adapter: BrokerAdapter, resting: Order
    ) -> None:
        assert await adapter.find_order(resting) == Absent()

    async def test_a_market_order_fills_and_becomes_a_position(
        self,
        adapter: BrokerAdapter,
        account: BrokerAccount,
        at_market: Order,
        pass_time: Callable[[], Awaitable[None]],
    ) -> None:
        await adapter.place_order(at_market)
        await pass_time()

        receipt = await self._read_back(adapter, at_market)
        symbol = at_market.request.instrument.symbol
        held = [p for p in await adapter.positions(account) if p.instrument.symbol == symbol]
        assert receipt.state is OrderState.FILLED
        assert sum(fill.quantity for fill in receipt.fills) == 1
        assert all(fill.price > 0 and fill.at.utcoffset() == ZERO for fill in receipt.fills)
        assert [position.quantity for position in held] == [Decimal(1)]

    async def test_fills_keep_their_ids_when_they_are_read_again(
        self,
        adapter: BrokerAdapter,
        at_market: Order,
        pass_time: Callable[[], Awaitable[None]],
    ) -> None:
        await adapter.place_order(at_market)
        await pass_time()

        first = await self._read_back(adapter, at_market)
        second = await self._read_back(adapter, at_market)

        assert first.fills
        assert first.fills == second.fills

    async def test_a_canceled_order_leaves_the_open_ones_for_the_history(
        self,
        adapter: BrokerAdapter,
        account: BrokerAccount,
        clock: Clock,
        resting: Order,
        pass_time: Callable[[], Awaitable[None]],
    ) -> None:
        await adapter.place_order(resting)

        await adapter.cancel_order(resting)
        await pass_time()

        day = timedelta(days=1)
        history = await adapter.order_history(account, clock.now() - day, clock.now() + day)
        assert (await self._read_back(adapter, resting)).state is OrderState.CANCELED
        assert resting.order_id not in {o.order_id for o in await adapter.open_orders(account)}
        assert resting.order_id in {order.order_id for order in history}

    async def test_a_filled_order_can_no_longer_be_canceled(
        self,
        adapter: BrokerAdapter,
        at_market: Order,
        pass_time: Callable[[], Awaitable[None]],
    ) -> None:
        await adapter.place_order(at_market)
        await pass_time()

        with pytest.raises(OrderRejected):
            await adapter.cancel_order(at_market)

    async def test_the_same_order_sent_twice_exists_once(
        self, adapter: BrokerAdapter, account: BrokerAccount, resting: Order
    ) -> None:
        first = await adapter.place_order(resting)

        try:
            again = await adapter.place_order(resting)
        except OutcomeUnknown:
            again = await self._read_back(adapter, resting)

        ids = [order.order_id for order in await adapter.open_orders(account)]
        assert again.broker_order_id == first.broker_order_id
        assert ids.count(resting.order_id) == 1

    # Failures

    async def test_an_accepted_order_without_an_answer_is_unknown_and_found_by_reading_back(
        self, adapter: BrokerAdapter, resting: Order, sabotage: Sabotage
    ) -> None:
        sabotage.accept_and_stay_silent()

        with pytest.raises(OutcomeUnknown):
            await adapter.place_order(resting)

        sabotage.work()
        receipt = await self._read_back(adapter, resting)
        assert sabotage.orders_received == 1
        assert receipt.state is OrderState.ACCEPTED

    async def test_a_refusal_is_proof_and_leaves_no_order(
        self, adapter: BrokerAdapter, account: BrokerAccount, resting: Order, sabotage: Sabotage
    ) -> None:
        sabotage.refuse_orders()

        with pytest.raises(OrderRejected) as refusal:
            await adapter.place_order(resting)

        sabotage.work()
        assert refusal.value.message
        assert sabotage.orders_received == 1
        assert resting.order_id not in {o.order_id for o in await adapter.open_orders(account)}

    async def test_an_unreachable_broker_means_that_nothing_was_sent(
        self, adapter: BrokerAdapter, resting: Order, sabotage: Sabotage
    ) -> None:
        sabotage.be_unreachable()

        with pytest.raises(NotSent):
            await adapter.place_order(resting)

        sabotage.work()
        assert await adapter.find_order(resting) == Absent()

    async def test_a_failing_read_is_never_told_as_an_order_error(
        self, adapter: BrokerAdapter, account: BrokerAccount, sabotage: Sabotage
    ) -> None:
        sabotage.be_unreachable()

        with pytest.raises(BrokerError) as failure:
            await adapter.balances(account)

        assert not isinstance(failure.value, (NotSent, OutcomeUnknown, OrderRejected))

    # Capabilities: declared and kept, or refused

    async def test_a_change_of_price_is_carried_out_or_not_offered(
        self, adapter: BrokerAdapter, resting: Order, resting_price: Decimal, spec: BrokerSpec
    ) -> None:
        await adapter.place_order(resting)
        rules = await adapter.instrument_rules(resting.request.instrument)
        changes = OrderChanges(limit_price=resting_price - rules.price_tick)

        if Capability.MODIFY not in spec.capabilities:
            with pytest.raises(NotSupported):
                await adapter.modify_order(resting, changes)
            return
        receipt = await adapter.modify_order(resting, changes)

        assert receipt.state is OrderState.ACCEPTED
        assert receipt.limit_price == changes.limit_price

    async def test_a_preview_is_an_estimate_that_becomes_no_order_or_is_not_offered(
        self, adapter: BrokerAdapter, account: BrokerAccount, resting: Order, spec: BrokerSpec
    ) -> None:
        if Capability.PREVIEW not in spec.capabilities:
            with pytest.raises(NotSupported):
                await adapter.preview_order(resting)
            return
        preview = await adapter.preview_order(resting)

        assert preview.cost > 0
        assert preview.fees >= 0
        assert await adapter.find_order(resting) == Absent()

    async def test_a_quote_has_a_price_a_time_and_a_source_or_is_not_offered(
        self, adapter: BrokerAdapter, clock: Clock, tradable: Instrument, spec: BrokerSpec
    ) -> None:
        await adapter.connect()
        if Capability.QUOTES not in spec.capabilities:
            with pytest.raises(NotSupported):
                await adapter.quote(tradable)
            return
        quote = await adapter.quote(tradable)

        price = quote.touch(Side.BUY)
        assert price is not None
        assert price > 0
        assert not quote.crossed
        assert quote.at <= clock.now()
        assert quote.at.utcoffset() == ZERO
        assert quote.source

    async def test_bars_are_in_order_and_within_their_range_or_not_offered(
        self, adapter: BrokerAdapter, clock: Clock, tradable: Instrument, spec: BrokerSpec
    ) -> None:
        await adapter.connect()
        end = clock.now()
        start = end - timedelta(days=7)
        if Capability.BARS not in spec.capabilities:
            with pytest.raises(NotSupported):
                await adapter.bars(tradable, Timeframe.DAY, start, end)
            return
        bars = await adapter.bars(tradable, Timeframe.DAY, start, end)

        assert bars
        assert [bar.at for bar in bars] == sorted({bar.at for bar in bars})
        assert all(start <= bar.at < end for bar in bars)
        assert all(bar.low <= min(bar.open, bar.close) for bar in bars)
        assert all(bar.high >= max(bar.open, bar.close) for bar in bars)

    async def test_market_hours_are_told_or_not_offered(
        self, adapter: BrokerAdapter, tradable: Instrument, spec: BrokerSpec
    ) -> None:
        await adapter.connect()
        crypto = tradable.asset_class is AssetClass.CRYPTO
        market = Market.CRYPTO if crypto else Market.US_EQUITIES
        if Capability.MARKET_HOURS not in spec.capabilities:
            with pytest.raises(NotSupported):
                await adapter.market_hours(market)
            return
        hours = await adapter.market_hours(market)

        assert hours.market is market
        assert hours.open_now or hours.next_open is not None

    async def test_what_is_not_declared_is_refused_plainly(
        self, adapter: BrokerAdapter, clock: Clock, tradable: Instrument, spec: BrokerSpec
    ) -> None:
        await adapter.connect()
        expiry = clock.now().date()
        calls: dict[Capability, Callable[[], object]] = {
            Capability.ORDER_EVENTS: adapter.order_events,
            Capability.STREAM_QUOTES: lambda: adapter.stream_quotes([tradable]),
        }
        awaited: dict[Capability, Callable[[], Awaitable[object]]] = {
            Capability.KEY_RIGHTS: adapter.key_rights,
            Capability.REVOKE: adapter.revoke,
            Capability.OPTION_CHAIN: lambda: adapter.option_chain(tradable, expiry),
        }

        for capability in calls.keys() - spec.capabilities:
            with pytest.raises(NotSupported):
                calls[capability]()
        for capability in awaited.keys() - spec.capabilities:
            with pytest.raises(NotSupported):
                await awaited[capability]()

    def test_the_manifest_declares_exactly_the_optional_calls_that_are_implemented(
        self, adapter: BrokerAdapter, spec: BrokerSpec
    ) -> None:
        optional = {
            Capability.MODIFY: "modify_order",
            Capability.PREVIEW: "preview_order",
            Capability.QUOTES: "quote",
            Capability.BARS: "bars",
            Capability.MARKET_HOURS: "market_hours",
            Capability.OPTION_CHAIN: "option_chain",
            Capability.STREAM_QUOTES: "stream_quotes",
            Capability.ORDER_EVENTS: "order_events",
            Capability.KEY_RIGHTS: "key_rights",
            Capability.REVOKE: "revoke",
        }

        implemented = {
            capability
            for capability, name in optional.items()
            if getattr(type(adapter), name) is not getattr(BrokerAdapter, name)
        }

        assert implemented == spec.capabilities & optional.keys()

    async def _read_back(self, adapter: BrokerAdapter, order: Order) -> Receipt:
        found = await adapter.find_order(order)
        assert isinstance(found, Found)
        return found.receipt
