"""The contract: what is declared is kept, what is not is refused."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from decimal import Decimal

import pytest

from floorbroker.brokers.port import MOST_CONTRACTS, BrokerAdapter
from floorbroker.brokers.spec import BrokerSpec, Capability
from floorbroker.domain.clock import Clock
from floorbroker.domain.errors import (
    NotSupported,
)
from floorbroker.domain.instruments import AssetClass, Instrument
from floorbroker.domain.market import Market, Timeframe
from floorbroker.domain.order import Order
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import (
    Absent,
    OrderChanges,
    Side,
)
from floorbroker.domain.portfolio import BrokerAccount
from floorbroker.services.gates import EXCHANGE_ZONE
from tests.contract.fixtures import BrokerFixtures

ZERO = timedelta(0)


class CapabilityContract(BrokerFixtures):
    """Each test judges both kinds of broker: those that declare it and those that do not."""

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

    async def test_the_expiries_lead_to_chains_and_their_prices_or_are_not_offered(
        self, adapter: BrokerAdapter, clock: Clock, underlying: Instrument, spec: BrokerSpec
    ) -> None:
        await adapter.connect()
        if Capability.OPTION_CHAIN not in spec.capabilities:
            with pytest.raises(NotSupported):
                await adapter.option_expiries(underlying)
            return
        expiries = await adapter.option_expiries(underlying)
        chain = await adapter.option_chain(underlying, expiries[0])
        asked = chain[:MOST_CONTRACTS]
        told = await adapter.option_quotes(asked)

        assert list(expiries) == sorted(set(expiries))
        assert expiries[0] >= clock.now().astimezone(EXCHANGE_ZONE).date()
        assert {one.expiry for one in chain} == {expiries[0]}
        assert {one.underlying for one in chain} == {underlying.symbol}
        assert told
        symbols = [one.symbol for one in asked]
        assert [one.contract.symbol for one in told] == [
            symbol for symbol in symbols if symbol in {one.contract.symbol for one in told}
        ]
        assert any(one.quote is not None for one in told)
        for one in told:
            assert one.contract in asked
            assert one.quote is None or one.quote.source
            assert one.open_interest is None or one.open_interest >= 0

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
            Capability.GREEKS: lambda: adapter.greeks(tradable),
            Capability.DEPTH: lambda: adapter.depth(tradable),
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
            Capability.GREEKS: "greeks",
            Capability.DEPTH: "depth",
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
