"""What can go wrong between an order and its answer: one request, and the truth later."""

import asyncio
from collections.abc import Awaitable

import pytest

from floorbroker.brokers.binance import calls
from floorbroker.brokers.binance.adapter import BinanceAdapter
from floorbroker.domain.errors import BrokerError, NotSent, OrderRejected, OutcomeUnknown
from floorbroker.domain.order import Order
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import Absent, Found, Receipt
from tests.brokers.binance.at_binance import order_of, resting_request
from tests.fakes.clock import ManualClock
from tests.simulators.binance import BinanceSimulator, Fault, Person
from tests.simulators.serving import Answer, Refusal, json_answer

NO_ANSWER = [
    Fault.INTERNAL_ERROR,
    Fault.BAD_GATEWAY,
    Fault.UNAVAILABLE,
    Fault.GATEWAY_TIMEOUT,
    Fault.RESET,
    Fault.CLOSE,
    Fault.INVALID_JSON,
    Fault.TRUNCATED,
    Fault.LIST,
    Fault.EMPTY_OBJECT,
    Fault.EMPTY_BODY,
]

every_silence = pytest.mark.parametrize("fault", NO_ANSWER, ids=lambda fault: fault.name)
whether_carried_out = pytest.mark.parametrize("carried_out", [True, False])


async def ended_early(request: Awaitable[object], simulator: BinanceSimulator, kind: str) -> None:
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
    return order_of(resting_request(), anna.uid)


@pytest.fixture
async def placed(adapter: BinanceAdapter, order: Order) -> Order:
    await adapter.place_order(order)
    return order


async def read_back(adapter: BinanceAdapter, order: Order) -> Receipt:
    found = await adapter.find_order(order)
    assert isinstance(found, Found)
    return found.receipt


# Placing


@every_silence
@whether_carried_out
async def test_a_placed_order_without_a_readable_answer_is_unknown_and_never_sent_again(
    adapter: BinanceAdapter,
    order: Order,
    simulator: BinanceSimulator,
    fault: Fault,
    carried_out: bool,
) -> None:
    simulator.fail("place", fault, carried_out=carried_out)

    with pytest.raises(OutcomeUnknown):
        await adapter.place_order(order)

    simulator.work()
    found = await adapter.find_order(order)
    assert simulator.orders_received == 1
    assert len(simulator.orders) == int(carried_out)
    assert isinstance(found, Found if carried_out else Absent)


@whether_carried_out
async def test_execution_status_unknown_is_what_it_says(
    adapter: BinanceAdapter, order: Order, simulator: BinanceSimulator, carried_out: bool
) -> None:
    simulator.time_out("place", carried_out=carried_out)

    with pytest.raises(OutcomeUnknown):
        await adapter.place_order(order)

    assert simulator.orders_received == 1


@pytest.mark.parametrize(
    ("status", "code"),
    [(400, -1007), (400, -1006), (400, -1000), (400, -1001), (400, -1008), (503, -2010)],
)
async def test_a_code_that_proves_nothing_is_no_refusal(
    adapter: BinanceAdapter, order: Order, simulator: BinanceSimulator, status: int, code: int
) -> None:
    simulator.refuse("place", status=status, code=code, carried_out=True)

    with pytest.raises(OutcomeUnknown):
        await adapter.place_order(order)

    assert (await read_back(adapter, order)).state is OrderState.ACCEPTED


async def test_an_error_that_is_a_list_is_unknown_too(
    adapter: BinanceAdapter, order: Order, simulator: BinanceSimulator
) -> None:
    class ListRefusal(Refusal):
        def answer(self) -> Answer:
            return json_answer([], 400)

    simulator.refuse_with("place", ListRefusal(), carried_out=True)

    with pytest.raises(OutcomeUnknown):
        await adapter.place_order(order)

    assert (await read_back(adapter, order)).state is OrderState.ACCEPTED


async def test_a_page_of_the_firewall_is_unknown(
    adapter: BinanceAdapter, order: Order, simulator: BinanceSimulator
) -> None:
    simulator.block("place")

    with pytest.raises(OutcomeUnknown):
        await adapter.place_order(order)

    assert await adapter.find_order(order) == Absent()


async def test_a_redirect_is_not_followed(
    adapter: BinanceAdapter, order: Order, simulator: BinanceSimulator
) -> None:
    class Elsewhere(Refusal):
        def answer(self) -> Answer:
            return json_answer({}, 307, headers={"Location": "/api/v3/order"})

    simulator.refuse_with("place", Elsewhere(), carried_out=True, times=1)

    with pytest.raises(OutcomeUnknown):
        await adapter.place_order(order)

    assert simulator.orders_received == 1


async def test_an_order_whose_wait_was_ended_is_found_afterwards(
    adapter: BinanceAdapter, order: Order, simulator: BinanceSimulator
) -> None:
    await ended_early(adapter.place_order(order), simulator, "place")

    assert (await read_back(adapter, order)).state is OrderState.ACCEPTED
    assert simulator.orders_received == 1


async def test_an_order_that_hangs_is_left_at_its_deadline(
    adapter: BinanceAdapter,
    order: Order,
    simulator: BinanceSimulator,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await adapter.instrument("BTC/USDT")
    monkeypatch.setattr(calls, "ORDER_SECONDS", 0.3)
    trouble = simulator.fail("place", Fault.HANG)

    with pytest.raises(OutcomeUnknown):
        await adapter.place_order(order)

    trouble.release()
    assert simulator.orders_received == 1


async def test_an_answer_that_comes_a_little_late_is_a_receipt(
    adapter: BinanceAdapter, order: Order, simulator: BinanceSimulator
) -> None:
    simulator.fail("place", Fault.LATE, delay=0.05)

    receipt = await adapter.place_order(order)

    assert receipt.state is OrderState.ACCEPTED


async def test_an_order_that_exists_already_is_found_and_not_told_as_refused(
    adapter: BinanceAdapter, placed: Order, simulator: BinanceSimulator
) -> None:
    receipt = await adapter.place_order(placed)

    assert receipt.broker_order_id == f"BTCUSDT:{simulator.order(placed.order_id).id}"
    assert len(simulator.orders) == 1


async def test_an_order_that_exists_already_and_cannot_be_read_is_unknown(
    adapter: BinanceAdapter, placed: Order, simulator: BinanceSimulator
) -> None:
    simulator.refuse("place", message="Duplicate order sent.")
    simulator.fail("read", Fault.BAD_GATEWAY)

    with pytest.raises(OutcomeUnknown):
        await adapter.place_order(placed)


async def test_without_a_list_of_pairs_nothing_is_sent(
    adapter: BinanceAdapter, order: Order, simulator: BinanceSimulator
) -> None:
    simulator.fail("/api/v3/exchangeInfo", Fault.BAD_GATEWAY)

    with pytest.raises(NotSent):
        await adapter.place_order(order)

    assert simulator.orders_received == 0


async def test_an_old_list_of_pairs_is_good_enough_for_an_order(
    adapter: BinanceAdapter, order: Order, simulator: BinanceSimulator, clock: ManualClock
) -> None:
    await adapter.instrument("BTC/USDT")
    clock.advance(7200)
    simulator.fail("data", Fault.BAD_GATEWAY)

    receipt = await adapter.place_order(order)

    assert receipt.state is OrderState.ACCEPTED


async def test_a_region_that_is_not_served_is_a_refusal_in_plain_words(
    adapter: BinanceAdapter, order: Order, simulator: BinanceSimulator
) -> None:
    await adapter.instrument("BTC/USDT")
    simulator.restrict_region()

    with pytest.raises(OrderRejected, match="does not serve the region"):
        await adapter.place_order(order)


# Canceling


@every_silence
@whether_carried_out
async def test_a_cancel_without_a_readable_answer_is_unknown_and_asked_once(
    adapter: BinanceAdapter,
    placed: Order,
    simulator: BinanceSimulator,
    fault: Fault,
    carried_out: bool,
) -> None:
    simulator.fail("cancel", fault, carried_out=carried_out)

    with pytest.raises(OutcomeUnknown):
        await adapter.cancel_order(placed)

    simulator.work()
    expected = OrderState.CANCELED if carried_out else OrderState.ACCEPTED
    assert (await read_back(adapter, placed)).state is expected
    assert simulator.cancels_received == 1


async def test_a_cancel_whose_wait_was_ended_was_asked_once(
    adapter: BinanceAdapter, placed: Order, simulator: BinanceSimulator
) -> None:
    await ended_early(adapter.cancel_order(placed), simulator, "cancel")

    assert (await read_back(adapter, placed)).state is OrderState.CANCELED
    assert simulator.cancels_received == 1


# Reading back


@pytest.mark.parametrize("code", [-1121, -2015, -1003])
async def test_only_one_code_says_that_there_is_no_such_order(
    adapter: BinanceAdapter, placed: Order, simulator: BinanceSimulator, code: int
) -> None:
    simulator.refuse("read", code=code, message="Order does not exist.")

    with pytest.raises(BrokerError):
        await adapter.find_order(placed)
