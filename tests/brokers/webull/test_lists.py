"""Open orders and ended ones of one account, all pages of them."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from floorbroker.brokers.webull.adapter import WebullAdapter
from floorbroker.domain.errors import ApiError
from floorbroker.domain.instruments import AssetClass
from floorbroker.domain.order import Order
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import OrderType
from floorbroker.domain.portfolio import BrokerAccount
from tests.brokers.webull.at_webull import (
    CALL,
    coin_request,
    contract_request,
    followed,
    order_of,
    placed,
    request,
    resting_request,
)
from tests.fakes.clock import NOON, ManualClock
from tests.simulators.webull import Person, WebullSimulator

A_DAY = timedelta(days=1)


@pytest.fixture
async def account(adapter: WebullAdapter) -> BrokerAccount:
    return (await adapter.accounts())[0]


async def test_open_orders_are_told_whoever_placed_them(
    adapter: WebullAdapter,
    anna: Person,
    account: BrokerAccount,
    simulator: WebullSimulator,
    clock: ManualClock,
) -> None:
    ours = await placed(adapter, order_of(resting_request(), anna.account.id))
    clock.advance(60)
    theirs = simulator.place_elsewhere(anna.account, quantity="3")

    lines = await adapter.open_orders(account)

    assert [line.order_id for line in lines] == [None, ours.order_id]
    assert [line.receipt.broker_order_id for line in lines] == [theirs.id, ours.broker_order_id]
    assert [line.description for line in lines] == [
        "Buy 3 AAPL limit 100 gtc",
        "Buy 10 AAPL limit 100 gtc",
    ]
    assert [line.at for line in lines] == [NOON + timedelta(minutes=1), NOON]


async def test_every_page_of_a_list_is_read(
    adapter: WebullAdapter, anna: Person, account: BrokerAccount, simulator: WebullSimulator
) -> None:
    simulator.set_page_size(2)
    for _ in range(5):
        simulator.place_elsewhere(anna.account)

    assert len(await adapter.open_orders(account)) == 5


async def test_a_list_without_an_end_is_no_list(
    adapter: WebullAdapter, anna: Person, account: BrokerAccount, simulator: WebullSimulator
) -> None:
    simulator.set_page_size(1)
    for _ in range(11):
        simulator.place_elsewhere(anna.account)

    with pytest.raises(ApiError):
        await adapter.open_orders(account)


async def test_each_kind_of_instrument_is_recognised(
    adapter: WebullAdapter, anna: Person, simulator: WebullSimulator
) -> None:
    await placed(adapter, order_of(contract_request(limit_price=Decimal(1)), anna.account.id))
    await placed(adapter, order_of(coin_request(), anna.accounts[1].id))

    shares, coins = [await adapter.open_orders(one) for one in await adapter.accounts()]

    (contract,), (coin,) = shares, coins
    assert replace(contract.instrument, name="") == CALL
    assert contract.description == "Buy 1 AAPL261218C00240000 limit 1 day"
    assert (coin.instrument.symbol, coin.instrument.asset_class) == ("BTC/USD", AssetClass.CRYPTO)


async def test_an_order_with_exits_is_listed_under_the_id_that_it_is_stored_under(
    adapter: WebullAdapter, account: BrokerAccount, bracket: Order
) -> None:
    order = await placed(adapter, bracket)

    lines = await adapter.open_orders(account)

    ours = [line for line in lines if line.order_id == order.order_id]
    assert [line.receipt.broker_order_id for line in ours] == [order.broker_order_id]
    assert len(lines) == 3
    assert len({line.receipt.broker_order_id for line in lines}) == 3


async def test_a_trailing_stop_is_described_with_its_distance(
    adapter: WebullAdapter, anna: Person, account: BrokerAccount
) -> None:
    for terms in ({"trail_percent": Decimal("2.5")}, {"trail_amount": Decimal(3)}):
        asked = request(type=OrderType.TRAILING_STOP, **terms)
        await placed(adapter, order_of(asked, anna.account.id))

    told = {line.description for line in await adapter.open_orders(account)}

    assert told == {
        "Buy 1 AAPL trailing stop loss 2.5 % day",
        "Buy 1 AAPL trailing stop loss 3 day",
    }


async def test_the_history_has_what_ended_with_its_fills(
    adapter: WebullAdapter,
    anna: Person,
    account: BrokerAccount,
    simulator: WebullSimulator,
    clock: ManualClock,
) -> None:
    bought = await placed(adapter, order_of(request(), anna.account.id))
    clock.advance(60)
    canceled = await placed(adapter, order_of(resting_request(), anna.account.id))
    await adapter.cancel_order(canceled)
    await placed(adapter, order_of(resting_request(), anna.account.id))

    lines = await adapter.order_history(account, NOON - A_DAY, NOON + A_DAY)
    earlier = await adapter.order_history(account, NOON - 2 * A_DAY, NOON - A_DAY)

    assert [line.order_id for line in lines] == [canceled.order_id, bought.order_id]
    assert [line.receipt.state for line in lines] == [OrderState.CANCELED, OrderState.FILLED]
    assert [fill.price for fill in lines[1].receipt.fills] == [190]
    assert earlier == []


async def test_a_list_that_lags_takes_nothing_from_what_is_read_back(
    adapter: WebullAdapter, account: BrokerAccount, resting: Order, simulator: WebullSimulator
) -> None:
    simulator.let_lists_lag()
    order = await placed(adapter, resting)

    listed = await adapter.open_orders(account)
    after = await followed(adapter, order)

    assert listed == []
    assert after.state is OrderState.ACCEPTED
