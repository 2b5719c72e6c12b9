"""Everything that can go wrong between an order and its answer: one request, and the truth later.

What hangs is ended as the service ends it, by its deadline.
"""

import asyncio
from collections.abc import Awaitable
from decimal import Decimal

import pytest

from floorbroker.brokers.kraken.adapter import KrakenAdapter
from floorbroker.brokers.shared.wire import NoAllowance
from floorbroker.domain.errors import NotSent, OutcomeUnknown
from floorbroker.domain.order import Order
from floorbroker.domain.order_life import with_receipt
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import Absent, Found, OrderChanges, Receipt
from tests.brokers.kraken.at_kraken import order_of, resting_request
from tests.fakes.clock import NOON, ManualClock
from tests.simulators.kraken import Fault, KrakenSimulator, ProxyPage, Trouble

CHANGE = OrderChanges(limit_price=Decimal(51000))
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
NO_PROOF = [
    "EService:Unavailable",
    "EService:Busy",
    "EService:Deadline elapsed",
    "EGeneral:Internal error",
    "EGeneral:Internal error:1",
    "EAPI:Rate limit exceeded",
    "EService: Throttled: 1772643700",
]
TROUBLES = [*NO_ANSWER, *NO_PROOF, ProxyPage(520)]

every_trouble = pytest.mark.parametrize(
    "trouble", TROUBLES, ids=lambda one: one.name if isinstance(one, Fault) else str(one)
)
whether_carried_out = pytest.mark.parametrize("carried_out", [True, False])


def put(
    simulator: KrakenSimulator, kind: str, trouble: Fault | str | ProxyPage, carried_out: bool
) -> Trouble:
    if isinstance(trouble, Fault):
        return simulator.fail(kind, trouble, carried_out=carried_out)
    if isinstance(trouble, str):
        return simulator.refuse(kind, trouble, carried_out=carried_out)
    return simulator.refuse_with(kind, trouble, carried_out=carried_out)


async def read_back(adapter: KrakenAdapter, order: Order, clock: ManualClock) -> Receipt | None:
    """After Kraken has been left alone long enough."""
    clock.advance(301)
    found = await adapter.find_order(order)
    if found == Absent():
        return None
    assert isinstance(found, Found)
    return found.receipt


@pytest.fixture
def order() -> Order:
    return order_of(resting_request())


@pytest.fixture
async def placed(adapter: KrakenAdapter, order: Order) -> Order:
    return with_receipt(order, await adapter.place_order(order), NOON)


@every_trouble
@whether_carried_out
async def test_a_place_without_a_readable_answer_is_unknown_and_then_known(
    adapter: KrakenAdapter,
    order: Order,
    simulator: KrakenSimulator,
    clock: ManualClock,
    trouble: Fault | str | ProxyPage,
    carried_out: bool,
) -> None:
    on = put(simulator, "place", trouble, carried_out)

    with pytest.raises(OutcomeUnknown):
        await adapter.place_order(order)

    on.lift()
    told = await read_back(adapter, order, clock)
    assert simulator.orders_received == 1
    assert (told is not None) is carried_out
    assert told is None or told.state is OrderState.ACCEPTED


@every_trouble
@whether_carried_out
async def test_a_cancel_without_a_readable_answer_is_unknown_and_then_known(
    adapter: KrakenAdapter,
    placed: Order,
    simulator: KrakenSimulator,
    clock: ManualClock,
    trouble: Fault | str | ProxyPage,
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
    adapter: KrakenAdapter,
    placed: Order,
    simulator: KrakenSimulator,
    clock: ManualClock,
    trouble: Fault | str | ProxyPage,
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
    request: Awaitable[object], simulator: KrakenSimulator, kind: str, *, carried_out: bool
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
    adapter: KrakenAdapter,
    order: Order,
    simulator: KrakenSimulator,
    clock: ManualClock,
    carried_out: bool,
) -> None:
    await _ended_early(adapter.place_order(order), simulator, "place", carried_out=carried_out)

    told = await read_back(adapter, order, clock)

    assert simulator.orders_received == 1
    assert (told is not None) is carried_out


async def test_a_cancel_and_a_change_whose_waits_were_ended_are_known_afterwards(
    adapter: KrakenAdapter, placed: Order, simulator: KrakenSimulator, clock: ManualClock
) -> None:
    change = adapter.modify_order(placed, CHANGE)
    await _ended_early(change, simulator, "modify", carried_out=True)
    changed = await read_back(adapter, placed, clock)
    await _ended_early(adapter.cancel_order(placed), simulator, "cancel", carried_out=True)
    canceled = await read_back(adapter, placed, clock)

    assert changed is not None
    assert canceled is not None
    assert (changed.limit_price, canceled.state) == (51000, OrderState.CANCELED)
    assert (simulator.modifies_received, simulator.cancels_received) == (1, 1)


async def test_without_a_connection_nothing_was_sent(
    adapter: KrakenAdapter, placed: Order, simulator: KrakenSimulator
) -> None:
    await simulator.stop_listening()

    for asking in (
        adapter.place_order(order_of(resting_request())),
        adapter.cancel_order(placed),
        adapter.modify_order(placed, CHANGE),
    ):
        with pytest.raises(NotSent, match="nothing was sent"):
            await asking

    await simulator.listen_again()
    assert (simulator.orders_received, simulator.cancels_received) == (1, 0)


async def test_the_reading_back_of_an_order_in_doubt_uses_the_reserve(
    adapter: KrakenAdapter, order: Order, simulator: KrakenSimulator, clock: ManualClock
) -> None:
    simulator.fail("place", Fault.CLOSE, times=1)
    with pytest.raises(OutcomeUnknown):
        await adapter.place_order(order)
    allowance = adapter._client._line._of_the_key()
    with pytest.raises((NoAllowance, TimeoutError)):  # all that is there for what can wait
        async with asyncio.timeout(0.1):
            for _ in range(20):
                await allowance.take(1)

    found = await adapter.find_order(order)

    assert isinstance(found, Found)
