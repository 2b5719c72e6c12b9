"""Lists of orders: all pages of them, and what is at work told from what has ended."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from floorbroker.brokers.etrade.adapter import EtradeAdapter
from floorbroker.brokers.port import BrokerOrder
from floorbroker.domain.errors import ApiError, BrokerError
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import (
    Found,
    OrderType,
)
from floorbroker.domain.portfolio import BrokerAccount
from tests.brokers.etrade.at_etrade import Told, order_of, resting_request
from tests.brokers.etrade.following import elsewhere, unanswered
from tests.fakes.clock import ManualClock
from tests.simulators.etrade import EtradeSimulator, Fault, Person
from tests.simulators.etrade.faults import ORDERS


async def test_an_order_far_down_the_pages_is_found(
    adapter: EtradeAdapter, simulator: EtradeSimulator, anna: Person
) -> None:
    order = await unanswered(adapter, simulator, anna)
    for _ in range(250):
        elsewhere(simulator, anna, symbol="F")

    assert isinstance(await adapter.find_order(order), Found)


async def test_an_end_of_the_list_that_is_not_reached_proves_nothing(
    adapter: EtradeAdapter, simulator: EtradeSimulator, anna: Person
) -> None:
    for _ in range(2100):
        elsewhere(simulator, anna, symbol="F")

    with pytest.raises(ApiError):
        await adapter.find_order(order_of(resting_request(), anna.account))


@pytest.mark.parametrize(
    "fault", [Fault.EMPTY_OBJECT, Fault.LIST, Fault.INVALID_JSON, Fault.BAD_GATEWAY, Fault.CLOSE]
)
async def test_a_list_that_cannot_be_read_is_not_an_empty_one(
    adapter: EtradeAdapter, simulator: EtradeSimulator, anna: Person, fault: Fault
) -> None:
    order = await unanswered(adapter, simulator, anna)
    simulator.fail(ORDERS, fault)

    with pytest.raises(BrokerError):
        await adapter.find_order(order)


async def test_lists_tell_everybodys_orders_without_our_ids(
    adapter: EtradeAdapter,
    simulator: EtradeSimulator,
    anna: Person,
    account: BrokerAccount,
    clock: ManualClock,
) -> None:
    for terms in (
        {},
        {"type": OrderType.STOP_LIMIT, "stop_price": Decimal(205), "limit_price": Decimal(206)},
    ):
        await adapter.place_order(order_of(resting_request(**terms), anna.account))
        clock.advance(1)
    ended = elsewhere(simulator, anna, symbol="F", action="SELL", limit=None)
    simulator.fill(ended, price="12")
    day = timedelta(days=1)

    working = await adapter.open_orders(account)
    history = await adapter.order_history(account, clock.now() - day, clock.now() + day)
    before = await adapter.order_history(account, clock.now() - 9 * day, clock.now() - 8 * day)

    def words(lines: Any) -> list[str]:
        return [line.description for line in lines]

    assert words(working) == [
        "Buy 10 AAPL stop limit 205 206 good for day",
        "Buy 10 AAPL limit 150 good for day",
    ]
    assert words(history) == ["Sell 10 F market good for day"]
    assert before == []
    lines: list[BrokerOrder] = [*working, *history]
    assert {line.order_id for line in lines} == {None}
    (fill,) = history[0].receipt.fills
    assert [fill.quantity, fill.price] == [Decimal(10), Decimal(12)]


@pytest.mark.parametrize("status", ["PARTIAL", "INDIVIDUAL_FILLS", "CANCEL_REQUESTED"])
async def test_orders_that_are_filled_in_part_or_about_to_end_are_at_work(
    adapter: EtradeAdapter,
    simulator: EtradeSimulator,
    anna: Person,
    account: BrokerAccount,
    status: str,
) -> None:
    simulator.fill_in_parts(2, status=status if status != "CANCEL_REQUESTED" else "PARTIAL")
    order = order_of(resting_request(), anna.account)
    await adapter.place_order(order)
    simulator.fill(order.order_id, "5", "150")
    if status == "CANCEL_REQUESTED":
        simulator.set_status(order.order_id, status)

    (line,) = await adapter.open_orders(account)

    assert line.receipt.state is OrderState.PARTIALLY_FILLED


async def test_a_marker_that_leads_round_in_a_circle_proves_nothing(
    adapter: EtradeAdapter, simulator: EtradeSimulator, anna: Person
) -> None:
    elsewhere(simulator, anna, symbol="F")
    row = (
        b'{"orderId": 1, "OrderDetail": [{"placedTime": 1772643600000, "status": "OPEN",'
        b' "priceType": "LIMIT", "limitPrice": 9, "Instrument": [{"orderedQuantity": 1,'
        b' "orderAction": "BUY", "Product": {"symbol": "F", "securityType": "EQ"}}]}]}'
    )
    simulator.refuse_with(
        ORDERS, Told(b'{"OrdersResponse": {"marker": "1", "Order": [' + row + b"]}}")
    )

    with pytest.raises(ApiError):
        await adapter.find_order(order_of(resting_request(), anna.account))
