"""Everything that can go wrong between an order and its answer: one request, and the truth later.

What hangs is ended as the service ends it, by its deadline.
"""

import asyncio
from collections.abc import Awaitable
from dataclasses import replace
from decimal import Decimal

import pytest

from floorbroker.brokers.schwab.adapter import SchwabAdapter
from floorbroker.domain.errors import NotSent, OrderRejected, OutcomeUnknown
from floorbroker.domain.order import Intent, IntentKind, IntentState, Order
from floorbroker.domain.order_life import with_receipt
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import Absent, Found, OrderChanges, Receipt
from tests.brokers.schwab.at_schwab import order_of, resting_request
from tests.fakes.clock import NOON, ManualClock
from tests.simulators.schwab import Fault, SchwabSimulator

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
    Fault.LIST,
    Fault.EMPTY_OBJECT,
]
every_fault = pytest.mark.parametrize("fault", NO_ANSWER, ids=lambda fault: fault.name)
whether_carried_out = pytest.mark.parametrize("carried_out", [True, False])


async def read_back(adapter: SchwabAdapter, order: Order, clock: ManualClock) -> Receipt | None:
    """After Schwab has been left alone long enough."""
    clock.advance(61)
    found = await adapter.find_order(order)
    if found == Absent():
        return None
    assert isinstance(found, Found)
    return found.receipt


def changing(order: Order) -> Order:
    """With the change that was asked for, as the service stores it before it asks."""
    intent = Intent(
        kind=IntentKind.MODIFY,
        origin_key="click",
        state=IntentState.UNKNOWN,
        at=NOON,
        changes=CHANGE,
    )
    return replace(order, intent=intent)


@pytest.fixture
async def placed(adapter: SchwabAdapter, resting: Order) -> Order:
    return with_receipt(resting, await adapter.place_order(resting), NOON)


@pytest.mark.parametrize("fault", [*NO_ANSWER, Fault.EMPTY_BODY], ids=lambda fault: fault.name)
@whether_carried_out
async def test_a_place_without_a_readable_answer_is_unknown_and_then_known(
    adapter: SchwabAdapter,
    resting: Order,
    simulator: SchwabSimulator,
    clock: ManualClock,
    fault: Fault,
    carried_out: bool,
) -> None:
    on = simulator.fail("place", fault, carried_out=carried_out)

    with pytest.raises(OutcomeUnknown):
        await adapter.place_order(resting)

    on.lift()
    told = await read_back(adapter, resting, clock)
    assert simulator.orders_received == 1
    assert (told is not None) is carried_out
    assert told is None or told.state is OrderState.ACCEPTED


@every_fault
@whether_carried_out
async def test_a_cancel_without_a_readable_answer_is_unknown_and_then_known(
    adapter: SchwabAdapter,
    placed: Order,
    simulator: SchwabSimulator,
    clock: ManualClock,
    fault: Fault,
    carried_out: bool,
) -> None:
    on = simulator.fail("cancel", fault, carried_out=carried_out)

    with pytest.raises(OutcomeUnknown):
        await adapter.cancel_order(placed)

    on.lift()
    told = await read_back(adapter, placed, clock)
    assert simulator.cancels_received == 1
    assert told is not None
    assert told.state is (OrderState.CANCELED if carried_out else OrderState.ACCEPTED)


@every_fault
@whether_carried_out
async def test_a_change_without_a_readable_answer_is_unknown_and_then_known(
    adapter: SchwabAdapter,
    placed: Order,
    simulator: SchwabSimulator,
    clock: ManualClock,
    fault: Fault,
    carried_out: bool,
) -> None:
    on = simulator.fail("modify", fault, carried_out=carried_out)

    with pytest.raises(OutcomeUnknown):
        await adapter.modify_order(placed, CHANGE)

    on.lift()
    told = await read_back(adapter, changing(placed), clock)
    assert simulator.replacements_received == 1
    assert told is not None
    assert told.state is OrderState.ACCEPTED
    assert told.limit_price == (101 if carried_out else 100)
    assert (told.broker_order_id == placed.broker_order_id) is not carried_out


@pytest.mark.parametrize("status", [400, 401, 403, 404])
async def test_a_refusal_in_schwabs_own_words_is_proof(
    adapter: SchwabAdapter, placed: Order, simulator: SchwabSimulator, status: int
) -> None:
    for kind in ("place", "cancel", "modify"):
        simulator.refuse(kind, status=status, message="Not this one")

    for asking in (
        adapter.place_order(order_of(resting_request())),
        adapter.cancel_order(placed),
        adapter.modify_order(placed, CHANGE),
    ):
        with pytest.raises(OrderRejected):
            await asking

    assert (simulator.orders_received, simulator.cancels_received) == (2, 1)
    assert simulator.replacements_received == 1


@pytest.mark.parametrize("status", [409, 422, 429, 500, 503])
async def test_words_with_a_status_that_is_no_documented_refusal_prove_nothing(
    adapter: SchwabAdapter, placed: Order, simulator: SchwabSimulator, status: int
) -> None:
    simulator.refuse("place", status=status, carried_out=True)

    with pytest.raises(OutcomeUnknown):
        await adapter.place_order(order_of(resting_request()))

    assert simulator.orders_received == 2


async def _ended_early(
    request: Awaitable[object], simulator: SchwabSimulator, kind: str, *, carried_out: bool
) -> None:
    """Ends the wait once the request has reached the simulator, as a deadline does."""
    trouble = simulator.fail(kind, Fault.HANG, carried_out=carried_out)
    asking = asyncio.ensure_future(request)
    await trouble.reached.wait()
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    trouble.release()
    trouble.lift()


@whether_carried_out
async def test_a_place_whose_wait_was_ended_is_known_afterwards(
    adapter: SchwabAdapter,
    resting: Order,
    simulator: SchwabSimulator,
    clock: ManualClock,
    carried_out: bool,
) -> None:
    await _ended_early(adapter.place_order(resting), simulator, "place", carried_out=carried_out)

    told = await read_back(adapter, resting, clock)

    assert simulator.orders_received == 1
    assert (told is not None) is carried_out


async def test_a_cancel_and_a_change_whose_waits_were_ended_are_known_afterwards(
    adapter: SchwabAdapter, placed: Order, simulator: SchwabSimulator, clock: ManualClock
) -> None:
    change = adapter.modify_order(placed, CHANGE)
    await _ended_early(change, simulator, "modify", carried_out=True)
    changed = await read_back(adapter, changing(placed), clock)
    assert changed is not None
    after = with_receipt(changing(placed), changed, NOON)
    await _ended_early(adapter.cancel_order(after), simulator, "cancel", carried_out=True)
    canceled = await read_back(adapter, after, clock)

    assert canceled is not None
    assert changed.limit_price == 101
    assert canceled.state is OrderState.CANCELED
    assert (simulator.replacements_received, simulator.cancels_received) == (1, 1)


async def test_an_order_whose_first_look_was_ended_early_is_known_by_its_id(
    adapter: SchwabAdapter, resting: Order, simulator: SchwabSimulator, clock: ManualClock
) -> None:
    simulator.place_elsewhere(simulator.people[0].account, _the_same())
    await _ended_early(adapter.place_order(resting), simulator, "order", carried_out=True)

    told = await read_back(adapter, resting, clock)

    assert told is not None
    assert told.broker_order_id == str(simulator.orders[-1].id)
    assert simulator.orders_received == 1


def _the_same() -> dict[str, object]:
    leg = {
        "instruction": "BUY",
        "quantity": 10,
        "instrument": {"symbol": "AAPL", "assetType": "EQUITY"},
    }
    return {
        "session": "NORMAL",
        "duration": "DAY",
        "orderType": "LIMIT",
        "orderStrategyType": "SINGLE",
        "price": "100",
        "orderLegCollection": [leg],
    }


async def test_without_a_connection_nothing_was_sent(
    adapter: SchwabAdapter, placed: Order, simulator: SchwabSimulator
) -> None:
    await simulator.stop_listening()

    for asking in (
        adapter.place_order(order_of(resting_request())),
        adapter.cancel_order(placed),
        adapter.modify_order(placed, CHANGE),
    ):
        with pytest.raises(NotSent, match="nothing was"):
            await asking

    await simulator.listen_again()
    assert (simulator.orders_received, simulator.cancels_received) == (1, 0)


async def test_what_was_not_sent_may_be_sent_later(
    adapter: SchwabAdapter, resting: Order, simulator: SchwabSimulator
) -> None:
    await simulator.stop_listening()
    with pytest.raises(NotSent):
        await adapter.place_order(resting)
    await simulator.listen_again()

    receipt = await adapter.place_order(resting)

    assert receipt.state is OrderState.ACCEPTED
    assert simulator.orders_received == 1
