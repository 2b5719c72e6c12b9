"""The contract: the life of an order."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from decimal import Decimal

import pytest

from floorbroker.brokers.port import BrokerAdapter
from floorbroker.domain.clock import Clock
from floorbroker.domain.errors import (
    OrderRejected,
    OutcomeUnknown,
)
from floorbroker.domain.order import Order
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import (
    Absent,
    Found,
)
from floorbroker.domain.portfolio import BrokerAccount
from tests.contract.fixtures import BrokerFixtures

ZERO = timedelta(0)


class OrderContract(BrokerFixtures):
    """What was accepted can be read back, canceled once, and exists once."""

    async def test_a_limit_order_rests_and_can_be_read_back(
        self, adapter: BrokerAdapter, account: BrokerAccount, resting: Order
    ) -> None:
        receipt = await adapter.place_order(resting)

        found = await adapter.find_order(resting)
        listed = self.listed_as(resting, receipt, await adapter.open_orders(account))
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

        receipt = await self.read_back(adapter, at_market)
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

        first = await self.read_back(adapter, at_market)
        second = await self.read_back(adapter, at_market)

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
        receipt = await adapter.place_order(resting)

        await adapter.cancel_order(resting)
        await pass_time()

        day = timedelta(days=1)
        history = await adapter.order_history(account, clock.now() - day, clock.now() + day)
        assert (await self.read_back(adapter, resting)).state is OrderState.CANCELED
        assert not self.listed_as(resting, receipt, await adapter.open_orders(account))
        assert self.listed_as(resting, receipt, history)

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
            again = await self.read_back(adapter, resting)

        listed = await adapter.open_orders(account)
        assert again.broker_order_id == first.broker_order_id
        assert len(self.listed_as(resting, first, listed)) == 1
