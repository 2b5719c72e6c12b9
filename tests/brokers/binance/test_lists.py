"""Open orders and ended ones, of all pairs that can be known."""

from datetime import timedelta
from decimal import Decimal

import pytest

from floorbroker.brokers.binance.adapter import BinanceAdapter
from floorbroker.brokers.context import BrokerContext
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.portfolio import BrokerAccount
from tests.brokers.binance.at_binance import (
    ETHER,
    adapter_in,
    order_of,
    request,
    resting_request,
)
from tests.fakes.clock import NOON, ManualClock
from tests.simulators.binance import BinanceSimulator, Person


@pytest.fixture
async def account(adapter: BinanceAdapter) -> BrokerAccount:
    return (await adapter.accounts())[0]


async def test_the_history_is_of_the_pairs_that_are_held_or_were_ordered_here(
    adapter: BinanceAdapter,
    context: BrokerContext,
    anna: Person,
    account: BrokerAccount,
    simulator: BinanceSimulator,
    clock: ManualClock,
) -> None:
    bought = order_of(request(instrument=ETHER), anna.uid)
    await adapter.place_order(bought)
    canceled = order_of(resting_request(), anna.uid)
    await adapter.place_order(canceled)
    await adapter.cancel_order(canceled)
    clock.advance(60)
    span = (NOON - timedelta(days=1), clock.now())
    another = adapter_in(context)
    await another.connect()

    here = await adapter.order_history(account, *span)
    elsewhere = await another.order_history(account, *span)
    later = await adapter.order_history(account, clock.now(), clock.now() + timedelta(days=1))
    await another.close()

    assert {one.order_id for one in here} == {bought.order_id, canceled.order_id}
    assert {one.order_id for one in elsewhere} == {bought.order_id}
    assert elsewhere[0].receipt.fills
    assert elsewhere[0].description == "Buy 1 ETH/USDT market gtc"
    assert later == []


async def test_open_orders_of_all_pairs_are_listed_also_those_of_others(
    adapter: BinanceAdapter, anna: Person, account: BrokerAccount, simulator: BinanceSimulator
) -> None:
    await adapter.place_order(order_of(resting_request(), anna.uid))
    half = order_of(resting_request(instrument=ETHER, limit_price=Decimal(2000)), anna.uid)
    await adapter.place_order(half)
    simulator.fill(half.order_id, "0.5")
    simulator.order(simulator.orders[0].id, "BTCUSDT").client_order_id = "web_of_somebody"

    listed = {one.instrument.symbol: one for one in await adapter.open_orders(account)}

    assert listed["BTC/USDT"].order_id is None
    assert listed["BTC/USDT"].description == "Buy 1 BTC/USDT limit 50000 gtc"
    assert listed["ETH/USDT"].order_id == half.order_id
    assert listed["ETH/USDT"].receipt.state is OrderState.PARTIALLY_FILLED
    assert [fill.quantity for fill in listed["ETH/USDT"].receipt.fills] == [Decimal("0.5")]
