"""Placing: one request, Schwab's id from where it says the order is, and the first looks at it."""

from decimal import Decimal

import pytest

from floorbroker.brokers.context import BrokerContext
from floorbroker.brokers.schwab.adapter import SchwabAdapter
from floorbroker.domain.error_codes import ErrorCode
from floorbroker.domain.errors import NotSent, OrderRejected, OutcomeUnknown
from floorbroker.domain.order import Order
from floorbroker.domain.order_life import with_receipt
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import OrderType, PositionEffect, Side
from tests.brokers.schwab.at_schwab import (
    Canned,
    adapter_in,
    body_of,
    looked_at,
    order_of,
    request,
    resting_request,
)
from tests.fakes.clock import NOON, ManualClock
from tests.simulators.schwab import Fault, Person, SchwabSimulator

NO_MONEY = "You do not have enough available cash/buying power for this order."


async def test_an_order_is_sent_once_and_known_by_schwabs_id(
    adapter: SchwabAdapter, resting: Order, simulator: SchwabSimulator
) -> None:
    receipt = await adapter.place_order(resting)

    (known,) = simulator.orders
    assert receipt.broker_order_id == str(known.id)
    assert (receipt.state, receipt.quantity, receipt.limit_price) == (
        OrderState.ACCEPTED,
        Decimal(10),
        Decimal(100),
    )
    assert simulator.orders_received == 1
    assert body_of(simulator.orders_bodies[0])["price"] == "100"


async def test_an_order_that_fills_at_once_is_told_as_filled(
    adapter: SchwabAdapter, simulator: SchwabSimulator
) -> None:
    receipt = await adapter.place_order(order_of(request()))

    assert receipt.state is OrderState.FILLED
    assert [(fill.quantity, fill.price) for fill in receipt.fills] == [(Decimal(1), Decimal(190))]


async def test_what_schwab_takes_and_rejects_is_told_in_its_words(
    adapter: SchwabAdapter, simulator: SchwabSimulator
) -> None:
    simulator.set_cash(simulator.people[0].account, "10")

    with pytest.raises(OrderRejected, match="enough available cash") as refused:
        await adapter.place_order(order_of(request()))

    assert refused.value.reason is ErrorCode.INSUFFICIENT_FUNDS
    assert simulator.orders_received == 1


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("No trades are currently allowed", ErrorCode.ORDER_REJECTED),
        ("The market is closed.", ErrorCode.MARKET_CLOSED),
        ("This order may result in an oversold position.", ErrorCode.ORDER_REJECTED),
        ("", ErrorCode.ORDER_REJECTED),
    ],
)
async def test_a_rejection_has_a_code_and_a_reason(
    adapter: SchwabAdapter, simulator: SchwabSimulator, words: str, code: ErrorCode
) -> None:
    simulator.reject_on_arrival(words or " ")

    with pytest.raises(OrderRejected) as refused:
        await adapter.place_order(order_of(request()))

    assert refused.value.reason is code
    assert refused.value.message == (words or "Schwab rejected the order and gives no reason.")


async def test_schwab_gets_a_moment_to_decide_and_its_decision_is_told(
    context: BrokerContext, simulator: SchwabSimulator
) -> None:
    simulator.reject_on_arrival(NO_MONEY)
    simulator.let_orders_wait()
    waited: list[float] = []

    async def meanwhile(seconds: float) -> None:
        waited.append(seconds)
        simulator.finish_orders()

    adapter = adapter_in(context, pause=meanwhile)
    await adapter.connect()

    with pytest.raises(OrderRejected, match="enough available cash"):
        await adapter.place_order(order_of(request()))

    assert waited == [0.7]
    assert simulator.orders_received == 1


async def test_what_is_not_decided_then_counts_as_taken_and_is_known_later(
    adapter: SchwabAdapter, simulator: SchwabSimulator, resting: Order
) -> None:
    simulator.let_orders_wait()
    order = with_receipt(resting, await adapter.place_order(resting), NOON)
    simulator.reject_on_arrival(NO_MONEY)
    simulator.finish_orders()

    told = await looked_at(adapter, order)

    assert order.state is OrderState.ACCEPTED
    assert (told.state, told.reason) == (OrderState.REJECTED, NO_MONEY)
    assert with_receipt(order, told, NOON).state is OrderState.REJECTED


@pytest.mark.parametrize(
    "fault", [Fault.BAD_GATEWAY, Fault.CLOSE, Fault.INVALID_JSON, Fault.EMPTY_OBJECT]
)
async def test_a_look_that_fails_takes_nothing_from_what_is_known(
    adapter: SchwabAdapter, simulator: SchwabSimulator, resting: Order, fault: Fault
) -> None:
    simulator.fail("order", fault)

    receipt = await adapter.place_order(resting)

    assert receipt.state is OrderState.ACCEPTED
    assert receipt.broker_order_id == str(simulator.orders[0].id)
    assert simulator.orders_received == 1


async def test_an_order_that_does_not_show_itself_yet_counts_as_taken(
    adapter: SchwabAdapter, simulator: SchwabSimulator, resting: Order
) -> None:
    simulator.let_reads_lag()

    receipt = await adapter.place_order(resting)

    assert receipt.state is OrderState.ACCEPTED
    assert receipt.broker_order_id == str(simulator.orders[0].id)


# Where it is


async def test_a_taken_order_whose_place_is_not_told_is_looked_for(
    adapter: SchwabAdapter, simulator: SchwabSimulator, resting: Order
) -> None:
    simulator.hide_location()

    with pytest.raises(OutcomeUnknown):
        await adapter.place_order(resting)

    told = await looked_at(adapter, resting)
    assert told.broker_order_id == str(simulator.orders[0].id)
    assert simulator.orders_received == 1


@pytest.mark.parametrize(
    "location",
    [
        "https://api.schwabapi.com/trader/v1/accounts/{other}/orders/1005000000009",
        "https://api.schwabapi.com/trader/v1/accounts/{hash}/orders/",
        "https://api.schwabapi.com/trader/v1/accounts/{hash}/orders/x1005",
        "https://api.schwabapi.com/trader/v1/accounts/{hash}/orders/1005/more",
        "https://api.schwabapi.com/trader/v1/orders/1005000000009",
        "1005000000009",
    ],
)
async def test_a_place_that_is_not_this_accounts_order_tells_nothing(
    adapter: SchwabAdapter, simulator: SchwabSimulator, anna: Person, location: str
) -> None:
    told = location.format(hash=anna.account.hash, other="F" * 64)
    simulator.refuse_with("place", Canned(None, status=201, location=told))

    with pytest.raises(OutcomeUnknown):
        await adapter.place_order(order_of(request()))


async def test_a_200_is_no_receipt(
    adapter: SchwabAdapter, simulator: SchwabSimulator, anna: Person
) -> None:
    told = f"https://api.schwabapi.com/trader/v1/accounts/{anna.account.hash}/orders/1005"
    simulator.refuse_with("place", Canned(None, status=200, location=told))

    with pytest.raises(OutcomeUnknown):
        await adapter.place_order(order_of(request()))


# Once


async def test_the_same_order_is_not_sent_a_second_time_whatever_became_of_the_first(
    adapter: SchwabAdapter, simulator: SchwabSimulator, resting: Order, clock: ManualClock
) -> None:
    trouble = simulator.fail("place", Fault.CLOSE, carried_out=False)
    with pytest.raises(OutcomeUnknown):
        await adapter.place_order(resting)
    trouble.lift()

    with pytest.raises(OutcomeUnknown):
        await adapter.place_order(resting)

    assert simulator.orders_received == 1
    assert simulator.orders == []


async def test_what_schwab_would_not_take_does_not_leave(
    adapter: SchwabAdapter, simulator: SchwabSimulator
) -> None:
    half = order_of(resting_request(quantity=Decimal("0.5")))

    with pytest.raises(NotSent, match="whole shares"):
        await adapter.place_order(half)

    assert simulator.orders_received == 0


async def test_a_trailing_stop_rests_until_it_is_triggered(
    adapter: SchwabAdapter, simulator: SchwabSimulator, anna: Person
) -> None:
    simulator.give(anna.account, "AAPL", "10", "150")
    asked = request(
        side=Side.SELL,
        type=OrderType.TRAILING_STOP,
        trail_percent=Decimal(5),
        quantity=Decimal(10),
        effect=PositionEffect.CLOSE,
    )

    receipt = await adapter.place_order(order_of(asked))

    assert receipt.state is OrderState.ACCEPTED
    assert simulator.orders[0].status == "AWAITING_STOP_CONDITION"
    assert simulator.orders[0].ticket.link_type == "PERCENT"
