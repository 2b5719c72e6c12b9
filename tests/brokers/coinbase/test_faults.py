"""Everything that can go wrong between an order and its answer: one request, and the truth later.

What hangs is ended as the service ends it, by its deadline.
"""

import asyncio
from collections.abc import Awaitable
from decimal import Decimal
from typing import Final

import pytest

from floorbroker.brokers.coinbase.adapter import CoinbaseAdapter
from floorbroker.domain.errors import NotSent, OutcomeUnknown
from floorbroker.domain.order import Order
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import Absent, Found, OrderChanges, Receipt
from tests.brokers.coinbase.at_coinbase import resting_request
from tests.brokers.coinbase.conftest import Ordering
from tests.brokers.coinbase.following import placed as placed_order
from tests.fakes.clock import ManualClock
from tests.simulators.coinbase import CoinbaseSimulator, Fault, Trouble
from tests.simulators.coinbase.sabotage import Refused

CHANGE = OrderChanges(limit_price=Decimal(51000))
NO_ANSWER: Final = [
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
    Fault.EMPTY_BODY,
]
NO_PROOF: Final = [
    (400, "INTERNAL"),
    (404, "UNAVAILABLE"),
    (409, "ALREADY_EXISTS"),
    (429, "RESOURCE_EXHAUSTED"),
    (499, "CANCELLED"),
    (500, "INTERNAL"),
    (503, "UNAVAILABLE"),
    (504, "DEADLINE_EXCEEDED"),
]
UNTOLD: Final = {
    "place": {"success": False, "error_response": {"error": "UNKNOWN_FAILURE_REASON"}},
    "modify": {
        "success": False,
        "errors": [{"edit_failure_reason": "UNKNOWN_EDIT_ORDER_FAILURE_REASON"}],
    },
}
"""A no without a reason."""

TROUBLES: Final = [*NO_ANSWER, *NO_PROOF, "untold"]
Wrong = Fault | tuple[int, str] | str

every_trouble = pytest.mark.parametrize(
    "trouble", TROUBLES, ids=lambda one: one.name if isinstance(one, Fault) else str(one)
)
whether_carried_out = pytest.mark.parametrize("carried_out", [True, False])


def put(simulator: CoinbaseSimulator, kind: str, trouble: Wrong, carried_out: bool) -> Trouble:
    if isinstance(trouble, Fault):
        return simulator.fail(kind, trouble, carried_out=carried_out)
    if isinstance(trouble, tuple):
        status, word = trouble
        return simulator.refuse(
            kind, status=status, error=word, message="of its own", carried_out=carried_out
        )
    body = UNTOLD.get(kind) or untold_cancel(simulator)
    return simulator.refuse_with(kind, Refused(body), carried_out=carried_out)


def untold_cancel(simulator: CoinbaseSimulator) -> dict[str, object]:
    (order,) = simulator.orders
    reason = {"failure_reason": "UNKNOWN_CANCEL_FAILURE_REASON", "order_id": order.id}
    return {"results": [{"success": False, **reason}]}


async def read_back(adapter: CoinbaseAdapter, order: Order, clock: ManualClock) -> Receipt | None:
    """After Coinbase has been left alone long enough."""
    clock.advance(61)
    found = await adapter.find_order(order)
    if found == Absent():
        return None
    assert isinstance(found, Found)
    return found.receipt


@pytest.fixture
async def placed(adapter: CoinbaseAdapter, resting: Order) -> Order:
    return await placed_order(adapter, resting)


@every_trouble
@whether_carried_out
async def test_a_place_without_a_readable_answer_is_unknown_and_then_known(
    adapter: CoinbaseAdapter,
    resting: Order,
    simulator: CoinbaseSimulator,
    clock: ManualClock,
    trouble: Wrong,
    carried_out: bool,
) -> None:
    on = put(simulator, "place", trouble, carried_out)

    with pytest.raises(OutcomeUnknown):
        await adapter.place_order(resting)

    on.lift()
    told = await read_back(adapter, resting, clock)
    assert simulator.orders_received == 1
    assert (told is not None) is carried_out
    assert told is None or told.state is OrderState.ACCEPTED


@every_trouble
@whether_carried_out
async def test_a_cancel_without_a_readable_answer_is_unknown_and_then_known(
    adapter: CoinbaseAdapter,
    placed: Order,
    simulator: CoinbaseSimulator,
    clock: ManualClock,
    trouble: Wrong,
    carried_out: bool,
) -> None:
    on = put(simulator, "cancel", trouble, carried_out)

    with pytest.raises(OutcomeUnknown):
        await adapter.cancel_order(placed)

    on.lift()
    told = await read_back(adapter, placed, clock)
    assert simulator.cancels_received == 1
    assert told is not None
    assert told.state is (OrderState.CANCELED if carried_out else OrderState.ACCEPTED)


@every_trouble
@whether_carried_out
async def test_a_change_without_a_readable_answer_is_unknown_and_then_known(
    adapter: CoinbaseAdapter,
    placed: Order,
    simulator: CoinbaseSimulator,
    clock: ManualClock,
    trouble: Wrong,
    carried_out: bool,
) -> None:
    on = put(simulator, "modify", trouble, carried_out)

    with pytest.raises(OutcomeUnknown):
        await adapter.modify_order(placed, CHANGE)

    on.lift()
    told = await read_back(adapter, placed, clock)
    assert simulator.modifies_received == 1
    assert told is not None
    assert told.limit_price == (51000 if carried_out else 50000)


async def _ended_early(
    request: Awaitable[object], simulator: CoinbaseSimulator, kind: str, *, carried_out: bool
) -> None:
    """Ends the wait once the request has reached the simulator, as a deadline does."""
    trouble = simulator.fail(kind, Fault.HANG, carried_out=carried_out)
    asking = asyncio.ensure_future(request)
    await trouble.reached.wait()
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    trouble.release()


@whether_carried_out
async def test_a_place_whose_wait_was_ended_is_known_afterwards(
    adapter: CoinbaseAdapter,
    resting: Order,
    simulator: CoinbaseSimulator,
    clock: ManualClock,
    carried_out: bool,
) -> None:
    await _ended_early(adapter.place_order(resting), simulator, "place", carried_out=carried_out)

    told = await read_back(adapter, resting, clock)

    assert simulator.orders_received == 1
    assert (told is not None) is carried_out


async def test_a_cancel_and_a_change_whose_waits_were_ended_are_known_afterwards(
    adapter: CoinbaseAdapter, placed: Order, simulator: CoinbaseSimulator, clock: ManualClock
) -> None:
    change = adapter.modify_order(placed, CHANGE)
    await _ended_early(change, simulator, "modify", carried_out=True)
    changed = await read_back(adapter, placed, clock)
    await _ended_early(adapter.cancel_order(placed), simulator, "cancel", carried_out=True)
    canceled = await read_back(adapter, placed, clock)

    assert changed is not None
    assert canceled is not None
    assert changed.limit_price == 51000
    assert canceled.state is OrderState.CANCELED
    assert (simulator.modifies_received, simulator.cancels_received) == (1, 1)


async def test_without_a_connection_nothing_was_sent(
    adapter: CoinbaseAdapter, placed: Order, simulator: CoinbaseSimulator, ordered: Ordering
) -> None:
    await simulator.stop_listening()

    for asking in (
        adapter.place_order(ordered(resting_request())),
        adapter.cancel_order(placed),
        adapter.modify_order(placed, CHANGE),
    ):
        with pytest.raises(NotSent, match="nothing was"):
            await asking

    await simulator.listen_again()
    assert (simulator.orders_received, simulator.cancels_received) == (1, 0)
    assert simulator.modifies_received == 0
