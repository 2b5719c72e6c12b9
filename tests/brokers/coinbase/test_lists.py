"""Lists of orders: everything at work, and what ended, ours among others."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from floorbroker.brokers.coinbase.adapter import CoinbaseAdapter
from floorbroker.domain.errors import ApiError
from floorbroker.domain.instruments import AssetClass
from floorbroker.domain.order import Order
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import OrderType
from floorbroker.domain.portfolio import BrokerAccount
from tests.brokers.coinbase.at_coinbase import request, resting_request
from tests.brokers.coinbase.conftest import Ordering
from tests.fakes.clock import NOON, ManualClock
from tests.simulators.coinbase import CoinbaseSimulator
from tests.simulators.serving import Answer, Refusal, json_answer


class ForEver(Refusal):
    """A page that leads to itself."""

    def answer(self) -> Answer:
        return json_answer({"orders": [], "has_next": True, "cursor": "again"})


async def test_lists_tell_ours_from_others(
    adapter: CoinbaseAdapter,
    account: BrokerAccount,
    ordered: Ordering,
    simulator: CoinbaseSimulator,
) -> None:
    ours = ordered(resting_request(quantity=Decimal("0.5")))
    other = ordered(resting_request(limit_price=Decimal(40000)))
    await adapter.place_order(ours)
    await adapter.place_order(other)
    simulator.order(other.order_id).client_order_id = "somebody-elses"
    simulator.fill(ours.order_id, "0.2", "50000")

    listed = await adapter.open_orders(account)

    by_id = {line.order_id: line for line in listed}
    assert by_id.keys() == {ours.order_id, None}
    assert by_id[ours.order_id].description == "Buy 0.5 BTC/USD limit 50000 gtc"
    assert by_id[ours.order_id].receipt.state is OrderState.PARTIALLY_FILLED
    (fill,) = by_id[ours.order_id].receipt.fills
    assert (fill.quantity, fill.fee) == (Decimal("0.2"), Decimal(90))
    assert by_id[None].instrument.symbol == "BTC/USD"


@pytest.mark.parametrize("status", ["OPEN", "PENDING", "QUEUED", "CANCEL_QUEUED", "EDIT_QUEUED"])
async def test_every_order_at_work_is_listed_however_old(
    adapter: CoinbaseAdapter,
    account: BrokerAccount,
    resting: Order,
    simulator: CoinbaseSimulator,
    clock: ManualClock,
    status: str,
) -> None:
    await adapter.place_order(resting)
    simulator.set_status(resting.order_id, status)
    clock.advance(400 * 24 * 3600)

    (line,) = await adapter.open_orders(account)

    assert (line.order_id, line.at) == (resting.order_id, NOON)


async def test_an_order_that_ended_is_not_at_work(
    adapter: CoinbaseAdapter, account: BrokerAccount, resting: Order, simulator: CoinbaseSimulator
) -> None:
    await adapter.place_order(resting)
    simulator.set_status(resting.order_id, "EXPIRED")

    assert list(await adapter.open_orders(account)) == []


async def test_a_list_that_leads_nowhere_is_no_list(
    adapter: CoinbaseAdapter, account: BrokerAccount, simulator: CoinbaseSimulator
) -> None:
    simulator.refuse_with("/api/v3/brokerage/orders/historical/batch", ForEver("again"))

    with pytest.raises(ApiError):
        await adapter.open_orders(account)

    assert len(simulator.received) < 10


async def test_history_is_in_the_order_of_the_ends_and_within_its_range(
    adapter: CoinbaseAdapter,
    account: BrokerAccount,
    ordered: Ordering,
    simulator: CoinbaseSimulator,
    clock: ManualClock,
) -> None:
    orders = [ordered(resting_request()) for _ in range(3)]
    for order in orders:
        await adapter.place_order(order)
        clock.advance(60)
    for order in reversed(orders):
        simulator.fill(order.order_id, None, "50000")
        clock.advance(60)
    since = NOON + timedelta(seconds=30)  # the first was placed before

    listed = await adapter.order_history(account, since, clock.now())

    assert [line.order_id for line in listed] == [orders[1].order_id, orders[2].order_id]
    assert all(line.receipt.state is OrderState.FILLED for line in listed)


async def test_a_long_history_is_read_page_by_page_and_cut_to_five_hundred(
    adapter: CoinbaseAdapter,
    account: BrokerAccount,
    resting: Order,
    simulator: CoinbaseSimulator,
    clock: ManualClock,
) -> None:
    await adapter.place_order(resting)
    model = simulator.order(resting.order_id)
    model.status = "CANCELLED"
    for number in range(620):
        simulator.orders.append(
            replace(
                model,
                id=f"00000000-0000-4000-8000-{number:012d}",
                client_order_id="",
                created_at=NOON + timedelta(seconds=number),
            )
        )
    clock.advance(3600)

    listed = await adapter.order_history(account, NOON - timedelta(days=1), clock.now())

    ids = [line.receipt.broker_order_id for line in listed]
    assert len(ids) == len(set(ids)) == 500
    assert [line.at for line in listed] == sorted((line.at for line in listed), reverse=True)


async def test_a_pair_that_is_listed_no_more_does_not_hide_its_orders(
    adapter: CoinbaseAdapter, account: BrokerAccount, resting: Order, simulator: CoinbaseSimulator
) -> None:
    await adapter.place_order(resting)
    known = simulator.order(resting.order_id)
    known.product = replace(known.product, base="GONE")

    (line,) = await adapter.open_orders(account)

    assert line.instrument.symbol == "GONE/USD"
    assert line.instrument.asset_class is AssetClass.CRYPTO


async def test_a_contract_is_told_by_coinbases_name_of_it(
    adapter: CoinbaseAdapter, account: BrokerAccount, resting: Order, simulator: CoinbaseSimulator
) -> None:
    await adapter.place_order(resting)
    known = simulator.order(resting.order_id)
    known.product = replace(known.product, base="BIP", quote="20DEC30-CDE")

    (line,) = await adapter.open_orders(account)

    assert line.instrument.symbol == "BIP-20DEC30-CDE"
    assert line.instrument.asset_class is AssetClass.FUTURE


async def test_other_kinds_of_orders_are_described_too(
    adapter: CoinbaseAdapter,
    account: BrokerAccount,
    ordered: Ordering,
    simulator: CoinbaseSimulator,
    clock: ManualClock,
) -> None:
    stop = request(type=OrderType.STOP_LIMIT, stop_price=Decimal(70000), limit_price=Decimal(70100))
    bought = ordered(request(quantity=Decimal("0.01")))
    await adapter.place_order(ordered(stop))
    await adapter.place_order(bought)
    known = simulator.order(bought.order_id)
    known.quote_size, known.base_size = Decimal(100), None
    known.fields = {"quote_size": "100"}

    (waiting,) = await adapter.open_orders(account)
    (ended,) = await adapter.order_history(account, NOON, clock.now())

    assert waiting.description == "Buy 0.1 BTC/USD stop limit 70000 70100 gtc"
    assert ended.description == "Buy 100 USD BTC/USD market ioc"
