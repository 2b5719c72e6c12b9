"""Fills made of what Webull tells: how much, and at which average."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from floorbroker.brokers.context import BrokerContext
from floorbroker.brokers.webull.adapter import WebullAdapter
from floorbroker.domain.order import Order
from floorbroker.domain.order_life import with_receipt
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import Fill
from tests.brokers.webull.at_webull import (
    adapter_in,
    coin_request,
    followed,
    looked_at,
    order_of,
    placed,
    request,
    sale_request,
)
from tests.fakes.clock import NOON, ManualClock
from tests.simulators.webull import Person, WebullSimulator


def told(fills: tuple[Fill, ...]) -> list[tuple[object, object]]:
    """Quantity and price of each."""
    return [(fill.quantity, fill.price) for fill in fills]


async def test_each_look_adds_what_was_filled_since_the_last_one(
    adapter: WebullAdapter, resting: Order, simulator: WebullSimulator, clock: ManualClock
) -> None:
    order = await placed(adapter, resting)
    simulator.fill(order.order_id, "4", "99")
    half = await followed(adapter, order)
    clock.advance(60)
    simulator.fill(order.order_id, "6", "100")

    whole = await followed(adapter, half)
    again = await followed(adapter, whole)

    assert half.state is OrderState.PARTIALLY_FILLED
    assert told(half.fills) == [(4, 99)]
    assert whole.state is OrderState.FILLED
    assert told(whole.fills) == [(4, 99), (6, 100)]
    assert [fill.at for fill in whole.fills] == [NOON, NOON + timedelta(minutes=1)]
    assert [fill.fill_id for fill in whole.fills] == [
        f"{order.broker_order_id}:1",
        f"{order.broker_order_id}:2",
    ]
    assert again.fills == whole.fills


async def test_whatever_is_looked_at_between_two_looks_the_average_comes_out(
    adapter: WebullAdapter, resting: Order, simulator: WebullSimulator
) -> None:
    order = await placed(adapter, resting)
    for quantity, price in (("1", "99.11"), ("2", "99.37"), ("3", "99.73"), ("4", "99.97")):
        simulator.fill(order.order_id, quantity, price)
        order = await followed(adapter, order)

    known = simulator.order(order.order_id)
    paid = sum(fill.quantity * fill.price for fill in order.fills)
    assert order.filled_quantity == 10
    assert abs(paid - 10 * known.average) < Decimal("0.01")


async def test_two_looks_of_the_same_stored_order_count_nothing_twice(
    adapter: WebullAdapter, resting: Order, simulator: WebullSimulator
) -> None:
    order = await placed(adapter, resting)
    simulator.fill(order.order_id, "4", "99")
    first = await looked_at(adapter, order)
    simulator.fill(order.order_id, "3", "100")
    second = await looked_at(adapter, order)

    stored = with_receipt(with_receipt(order, first, NOON), second, NOON)
    other_way_round = with_receipt(with_receipt(order, second, NOON), first, NOON)

    assert told(stored.fills) == told(other_way_round.fills) == [(4, 99), (3, 100)]


async def test_another_connection_goes_on_from_what_is_stored(
    adapter: WebullAdapter, context: BrokerContext, resting: Order, simulator: WebullSimulator
) -> None:
    order = await placed(adapter, resting)
    simulator.fill(order.order_id, "4", "99")
    order = await followed(adapter, order)
    another = adapter_in(context)
    await another.connect()
    simulator.fill(order.order_id, "1", "100")
    order = await followed(another, order)
    simulator.fill(order.order_id, "5", "101")

    order = await followed(adapter, order)

    assert told(order.fills) == [(4, 99), (1, 100), (5, 101)]
    await another.close()


async def test_an_older_answer_takes_nothing_back(
    adapter: WebullAdapter, resting: Order, simulator: WebullSimulator
) -> None:
    order = await placed(adapter, resting)
    simulator.fill(order.order_id, "4", "99")
    order = await followed(adapter, order)
    known = simulator.order(order.order_id)
    kept, known.executions = known.executions, []

    earlier = await looked_at(adapter, order)
    known.executions = kept

    assert told(earlier.fills) == [(4, 99)]


async def test_the_fees_of_an_order_are_those_of_its_fills(
    adapter: WebullAdapter, anna: Person, simulator: WebullSimulator
) -> None:
    simulator.give(anna.account, "AAPL", "5")
    simulator.charge_on_sales("SEC_FEE", "0.02")
    simulator.charge_on_sales("TRADING_ACTIVITY_FEE", "0.01")

    order = await followed(
        adapter, await placed(adapter, order_of(sale_request(), anna.account.id))
    )

    assert [(fill.fee, fill.fee_currency) for fill in order.fills] == [(Decimal("0.03"), "USD")]


async def test_an_order_for_money_is_filled_with_what_it_bought(
    adapter: WebullAdapter, anna: Person
) -> None:
    order = order_of(request(notional=Decimal(100)), anna.account.id)

    order = await followed(adapter, await placed(adapter, order))

    assert order.state is OrderState.FILLED
    assert told(order.fills) == [(Decimal("0.52631"), 190)]
    assert order.request.notional == 100
    assert order.request.quantity is None


async def test_coins_are_filled_to_their_last_digit(
    adapter: WebullAdapter, anna: Person, simulator: WebullSimulator
) -> None:
    asked = coin_request(quantity=Decimal("0.12345678"))
    order = await placed(adapter, order_of(asked, anna.accounts[1].id))
    simulator.fill(order.order_id)

    order = await followed(adapter, order)

    assert order.state is OrderState.FILLED
    assert order.filled_quantity == Decimal("0.12345678")


async def test_a_canceled_order_keeps_what_it_had_filled(
    adapter: WebullAdapter, resting: Order, simulator: WebullSimulator
) -> None:
    order = await placed(adapter, resting)
    simulator.fill(order.order_id, "4", "99")
    await adapter.cancel_order(order)

    order = await followed(adapter, order)

    assert order.state is OrderState.CANCELED
    assert told(order.fills) == [(4, 99)]


async def test_a_failed_order_with_fills_is_told_as_ended_with_them(
    adapter: WebullAdapter, resting: Order, simulator: WebullSimulator
) -> None:
    order = await placed(adapter, resting)
    simulator.fill(order.order_id, "4", "99")
    order = await followed(adapter, order)
    simulator.set_status(order.order_id, "FAILED")

    order = await followed(adapter, order)

    assert order.state is OrderState.CANCELED
    assert order.reason == "Webull rejected the order and gives no reason."
    assert order.filled_quantity == 4


@pytest.mark.parametrize("filled", ["0", "4"])
async def test_filled_with_less_than_was_ordered_counts_as_working(
    adapter: WebullAdapter, resting: Order, simulator: WebullSimulator, filled: str
) -> None:
    order = await placed(adapter, resting)
    if filled != "0":
        simulator.fill(order.order_id, filled, "99")
    simulator.set_status(order.order_id, "FILLED")

    found = await looked_at(adapter, order)

    assert not found.state.final
    assert sum(fill.quantity for fill in found.fills) == Decimal(filled)


async def test_a_fill_whose_price_is_not_told_yet_is_waited_for(
    adapter: WebullAdapter, resting: Order, simulator: WebullSimulator
) -> None:
    order = await placed(adapter, resting)
    simulator.fill(order.order_id, "10", "99")
    known = simulator.order(order.order_id)
    (execution,) = known.executions
    known.executions = [replace(execution, price=Decimal(0))]

    soon = await looked_at(adapter, order)
    known.executions = [execution]
    later = await looked_at(adapter, order)

    assert (soon.state, soon.fills) == (OrderState.ACCEPTED, ())
    assert (later.state, told(later.fills)) == (OrderState.FILLED, [(10, 99)])
