"""Everything that can go wrong between an order and its answer: one request, and the truth later.

What hangs is ended as the service ends it, by its deadline; the adapter's own are in the tests of
the transport.
"""

import asyncio
from collections.abc import Awaitable
from decimal import Decimal

import pytest

from floorbroker.brokers.alpaca.adapter import AlpacaAdapter
from floorbroker.domain.errors import NotSent, OutcomeUnknown
from floorbroker.domain.order import Order
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import Absent, Found, OrderChanges, Receipt
from tests.brokers.alpaca.at_alpaca import order_of, resting_request
from tests.simulators.alpaca import AlpacaSimulator, Fault, Person

CHANGE = OrderChanges(limit_price=Decimal(101))

NO_ANSWER = [
    Fault.INTERNAL_ERROR,
    Fault.BAD_GATEWAY,
    Fault.UNAVAILABLE,
    Fault.GATEWAY_TIMEOUT,
    Fault.TOO_MANY_REQUESTS,
    Fault.RESET,
    Fault.CLOSE,
    Fault.INVALID_JSON,
    Fault.TRUNCATED,
]
NO_ORDER_IN_IT = [Fault.LIST, Fault.EMPTY_OBJECT, Fault.EMPTY_BODY]

every_silence = pytest.mark.parametrize("fault", NO_ANSWER, ids=lambda fault: fault.name)
every_empty_answer = pytest.mark.parametrize("fault", NO_ORDER_IN_IT, ids=lambda fault: fault.name)
whether_carried_out = pytest.mark.parametrize("carried_out", [True, False])


async def ended_early(request: Awaitable[object], simulator: AlpacaSimulator, kind: str) -> None:
    """Ends the wait once the request has reached the simulator, as a deadline does."""
    trouble = simulator.fail(kind, Fault.HANG)
    waiting = asyncio.ensure_future(request)
    await trouble.reached.wait()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    trouble.release()


@pytest.fixture
def order(anna: Person) -> Order:
    return order_of(resting_request(), anna.account_id)


@pytest.fixture
async def placed(adapter: AlpacaAdapter, order: Order) -> Order:
    await adapter.place_order(order)
    return order


async def read_back(adapter: AlpacaAdapter, order: Order) -> Receipt:
    found = await adapter.find_order(order)
    assert isinstance(found, Found)
    return found.receipt


# Placing


@every_silence
@whether_carried_out
async def test_a_placed_order_without_a_readable_answer_is_unknown_and_never_sent_again(
    adapter: AlpacaAdapter,
    order: Order,
    simulator: AlpacaSimulator,
    fault: Fault,
    carried_out: bool,
) -> None:
    simulator.fail("place", fault, carried_out=carried_out)

    with pytest.raises(OutcomeUnknown):
        await adapter.place_order(order)

    simulator.work()
    found = await adapter.find_order(order)
    assert simulator.orders_received == 1
    assert len(simulator.orders) == int(isinstance(found, Found))


@every_empty_answer
async def test_an_answer_without_an_order_in_it_is_no_receipt(
    adapter: AlpacaAdapter, order: Order, simulator: AlpacaSimulator, fault: Fault
) -> None:
    simulator.fail("place", fault)

    with pytest.raises(OutcomeUnknown):
        await adapter.place_order(order)

    simulator.work()
    assert simulator.orders_received == 1
    assert (await read_back(adapter, order)).state is OrderState.ACCEPTED


async def test_an_order_whose_wait_was_ended_is_found_afterwards(
    adapter: AlpacaAdapter, order: Order, simulator: AlpacaSimulator
) -> None:
    await ended_early(adapter.place_order(order), simulator, "place")

    assert (await read_back(adapter, order)).state is OrderState.ACCEPTED
    assert simulator.orders_received == 1


async def test_an_answer_that_comes_a_little_late_is_a_receipt(
    adapter: AlpacaAdapter, order: Order, simulator: AlpacaSimulator
) -> None:
    simulator.fail("place", Fault.LATE, delay=0.05)

    receipt = await adapter.place_order(order)

    assert receipt.state is OrderState.ACCEPTED
    assert simulator.orders_received == 1


async def test_an_order_that_finds_no_connection_was_not_sent(
    adapter: AlpacaAdapter, order: Order, simulator: AlpacaSimulator
) -> None:
    await simulator.stop_listening()
    await asyncio.sleep(0)  # the simulator's own connections end now

    with pytest.raises(NotSent):
        await adapter.place_order(order)

    await simulator.listen_again()
    assert await adapter.find_order(order) == Absent()
    assert simulator.orders_received == 0


# Canceling


@every_silence
@whether_carried_out
async def test_a_cancel_without_a_readable_answer_is_unknown_and_never_asked_again(
    adapter: AlpacaAdapter,
    placed: Order,
    simulator: AlpacaSimulator,
    fault: Fault,
    carried_out: bool,
) -> None:
    simulator.fail("cancel", fault, carried_out=carried_out)

    with pytest.raises(OutcomeUnknown):
        await adapter.cancel_order(placed)

    simulator.work()
    expected = simulator.order(placed.order_id).status
    receipt = await read_back(adapter, placed)
    assert simulator.cancels_received == 1
    assert receipt.state is (OrderState.CANCELED if expected == "canceled" else OrderState.ACCEPTED)


async def test_a_cancel_whose_wait_was_ended_is_seen_afterwards(
    adapter: AlpacaAdapter, placed: Order, simulator: AlpacaSimulator
) -> None:
    await ended_early(adapter.cancel_order(placed), simulator, "cancel")

    assert (await read_back(adapter, placed)).state is OrderState.CANCELED
    assert simulator.cancels_received == 1


async def test_a_cancel_that_finds_no_connection_was_not_sent(
    adapter: AlpacaAdapter, placed: Order, simulator: AlpacaSimulator
) -> None:
    await simulator.stop_listening()
    await asyncio.sleep(0)

    with pytest.raises(NotSent):
        await adapter.cancel_order(placed)

    await simulator.listen_again()
    assert (await read_back(adapter, placed)).state is OrderState.ACCEPTED
    assert simulator.cancels_received == 0


async def test_a_cancel_asks_nothing_while_alpacas_id_of_the_order_cannot_be_read(
    adapter: AlpacaAdapter, placed: Order, simulator: AlpacaSimulator
) -> None:
    simulator.fail("read", Fault.BAD_GATEWAY)

    with pytest.raises(NotSent):
        await adapter.cancel_order(placed)

    assert simulator.cancels_received == 0


@every_empty_answer
async def test_anything_in_the_place_of_a_204_proves_no_cancel(
    adapter: AlpacaAdapter, placed: Order, simulator: AlpacaSimulator, fault: Fault
) -> None:
    simulator.fail("cancel", fault)

    with pytest.raises(OutcomeUnknown):
        await adapter.cancel_order(placed)

    assert simulator.cancels_received == 1


# Changing


@every_silence
@whether_carried_out
async def test_a_change_without_a_readable_answer_is_unknown_and_never_asked_again(
    adapter: AlpacaAdapter,
    placed: Order,
    simulator: AlpacaSimulator,
    fault: Fault,
    carried_out: bool,
) -> None:
    simulator.fail("modify", fault, carried_out=carried_out)

    with pytest.raises(OutcomeUnknown):
        await adapter.modify_order(placed, CHANGE)

    simulator.work()
    working = [one for one in simulator.orders if not one.ended]
    receipt = await read_back(adapter, placed)
    assert simulator.modifies_received == 1
    assert [one.id for one in working] == [receipt.broker_order_id]
    assert [one.limit_price for one in working] == [receipt.limit_price]


@every_empty_answer
async def test_an_answer_without_an_order_in_it_proves_no_change(
    adapter: AlpacaAdapter, placed: Order, simulator: AlpacaSimulator, fault: Fault
) -> None:
    simulator.fail("modify", fault)

    with pytest.raises(OutcomeUnknown):
        await adapter.modify_order(placed, CHANGE)

    simulator.work()
    assert simulator.modifies_received == 1
    assert (await read_back(adapter, placed)).limit_price == Decimal(101)


async def test_a_change_whose_wait_was_ended_is_seen_afterwards(
    adapter: AlpacaAdapter, placed: Order, simulator: AlpacaSimulator
) -> None:
    await ended_early(adapter.modify_order(placed, CHANGE), simulator, "modify")

    assert (await read_back(adapter, placed)).limit_price == Decimal(101)
    assert simulator.modifies_received == 1
