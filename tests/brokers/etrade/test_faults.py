"""Everything that can go wrong between an order and its answer: one request, and the truth later.

What hangs is ended as the service ends it, by its deadline.
"""

import asyncio
from collections.abc import Awaitable
from dataclasses import replace
from decimal import Decimal

import pytest

from floorbroker.brokers.etrade.adapter import EtradeAdapter
from floorbroker.domain.errors import NotSent, OutcomeUnknown
from floorbroker.domain.order import Intent, IntentKind, IntentState, Order
from floorbroker.domain.order_life import with_receipt
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import Absent, Found, OrderChanges, Receipt
from tests.brokers.etrade.at_etrade import order_of, resting_request
from tests.fakes.clock import NOON, ManualClock
from tests.simulators.etrade import EtradeSimulator, Fault, Person, Trouble
from tests.simulators.etrade.refusals import TIMED_OUT

CHANGE = OrderChanges(limit_price=Decimal(151))
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
    Fault.EMPTY_BODY,
]
UNWELL = "The requested service is not currently available, please try after sometime."
NO_PROOF = [
    (100, UNWELL, 500),
    (100, UNWELL, 400),
    (101, TIMED_OUT, 400),
    (9999, "The client order id was used before.", 400),
    (None, "Something that nobody has published", 400),
]
TROUBLES = [*NO_ANSWER, *NO_PROOF]
Kind = Fault | tuple[int | None, str, int]

every_trouble = pytest.mark.parametrize(
    "trouble", TROUBLES, ids=lambda one: one.name if isinstance(one, Fault) else str(one[0])
)
whether_carried_out = pytest.mark.parametrize("carried_out", [True, False])


def put(simulator: EtradeSimulator, kind: str, trouble: Kind, carried_out: bool) -> Trouble:
    if isinstance(trouble, Fault):
        return simulator.fail(kind, trouble, carried_out=carried_out)
    code, message, status = trouble
    return simulator.refuse(
        kind, code=code, message=message, status=status, carried_out=carried_out
    )


async def read_back(adapter: EtradeAdapter, order: Order, clock: ManualClock) -> Receipt | None:
    clock.advance(61)
    found = await adapter.find_order(order)
    if found == Absent():
        return None
    assert isinstance(found, Found)
    return found.receipt


@pytest.fixture
def order(anna: Person) -> Order:
    return order_of(resting_request(), anna.account)


@pytest.fixture
async def placed(adapter: EtradeAdapter, order: Order) -> Order:
    return with_receipt(order, await adapter.place_order(order), NOON)


@every_trouble
@whether_carried_out
async def test_a_place_without_proof_is_unknown_and_then_known(
    adapter: EtradeAdapter,
    order: Order,
    simulator: EtradeSimulator,
    clock: ManualClock,
    trouble: Kind,
    carried_out: bool,
) -> None:
    on = put(simulator, "place", trouble, carried_out)

    with pytest.raises(OutcomeUnknown):
        await adapter.place_order(order)

    on.lift()
    told = await read_back(adapter, order, clock)
    assert (simulator.orders_received, simulator.previews_received) == (1, 1)
    assert (told is not None) is carried_out
    assert told is None or told.state is OrderState.ACCEPTED


@every_trouble
@whether_carried_out
async def test_a_cancel_without_proof_is_unknown_and_then_known(
    adapter: EtradeAdapter,
    placed: Order,
    simulator: EtradeSimulator,
    clock: ManualClock,
    trouble: Kind,
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
async def test_a_change_without_proof_is_unknown_and_then_known(
    adapter: EtradeAdapter,
    placed: Order,
    simulator: EtradeSimulator,
    clock: ManualClock,
    trouble: Kind,
    carried_out: bool,
) -> None:
    on = put(simulator, "modify", trouble, carried_out)

    with pytest.raises(OutcomeUnknown):
        await adapter.modify_order(placed, CHANGE)

    on.lift()
    intent = Intent(
        kind=IntentKind.MODIFY,
        origin_key="click",
        state=IntentState.UNKNOWN,
        at=NOON,
        changes=CHANGE,
    )
    told = await read_back(adapter, replace(placed, intent=intent), clock)
    assert (simulator.modifies_received, simulator.orders_received) == (1, 1)
    assert told is not None
    assert told.state is OrderState.ACCEPTED
    assert told.limit_price == (151 if carried_out else 150)


def _asked(adapter: EtradeAdapter, kind: str, order: Order) -> Awaitable[object]:
    if kind == "place":
        return adapter.place_order(order)
    if kind == "cancel":
        return adapter.cancel_order(order)
    return adapter.modify_order(order, CHANGE)


async def _within(seconds: float, request: Awaitable[object]) -> None:
    async with asyncio.timeout(seconds):
        await request


@pytest.mark.parametrize("kind", ["place", "cancel", "modify"])
@whether_carried_out
async def test_what_hangs_is_given_up_by_whoever_waits_and_read_back(
    adapter: EtradeAdapter,
    order: Order,
    simulator: EtradeSimulator,
    clock: ManualClock,
    kind: str,
    carried_out: bool,
) -> None:
    if kind != "place":
        order = with_receipt(order, await adapter.place_order(order), NOON)
    trouble = simulator.fail(kind, Fault.HANG, carried_out=carried_out)

    with pytest.raises(TimeoutError):
        await _within(0.3, _asked(adapter, kind, order))

    trouble.release()
    told = await read_back(adapter, order, clock)
    assert (told is None) == (kind == "place" and not carried_out)
    assert simulator.orders_received == 1


async def test_a_broker_that_is_away_gets_nothing(
    adapter: EtradeAdapter, placed: Order, order: Order, simulator: EtradeSimulator
) -> None:
    await simulator.stop_listening()

    with pytest.raises(NotSent):
        await adapter.place_order(order)
    with pytest.raises(NotSent):
        await adapter.cancel_order(placed)
    with pytest.raises(NotSent):
        await adapter.modify_order(placed, CHANGE)

    assert (simulator.orders_received, simulator.cancels_received) == (1, 0)


async def test_a_kept_connection_that_was_closed_is_noticed_before_it_is_used(
    adapter: EtradeAdapter, order: Order, simulator: EtradeSimulator
) -> None:
    await simulator.stop_listening()
    await simulator.listen_again()

    receipt = await adapter.place_order(order)

    assert receipt.broker_order_id
    assert simulator.orders_received == 1
