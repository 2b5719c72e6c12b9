"""What can go wrong between an order and its answer: one request, and the truth later."""

import pytest

from floorbroker.brokers.webull import client
from floorbroker.brokers.webull.adapter import WebullAdapter
from floorbroker.domain.errors import (
    NotSent,
    OutcomeUnknown,
)
from floorbroker.domain.order import Order
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import Absent, Found
from tests.brokers.webull.answering import Told
from tests.brokers.webull.at_webull import CHEAPER, looked_at, placed
from tests.brokers.webull.silences import ended_early, every_silence, whether_carried_out
from tests.simulators.serving import Answer, Refusal, json_answer
from tests.simulators.webull import Fault, WebullSimulator

UNPROVEN = [
    (417, "OPENAPI_SYSTEM_ERROR"),
    (417, "OPENAPI_TIMEOUT"),
    (417, "ORDER_PROCESSING"),
    (401, "DUPPLICATED_REQUEST"),
    (429, "TOO_MANY_REQUESTS"),
    (500, "OPENAPI_TICKER_IS_DENY"),
    (503, "UNAUTHORIZED"),
    (404, "NOT_FOUND"),
]


@every_silence
@whether_carried_out
async def test_a_placed_order_without_a_readable_answer_is_unknown_and_never_sent_again(
    adapter: WebullAdapter,
    resting: Order,
    simulator: WebullSimulator,
    fault: Fault,
    carried_out: bool,
) -> None:
    simulator.fail("place", fault, carried_out=carried_out)

    with pytest.raises(OutcomeUnknown):
        await adapter.place_order(resting)

    simulator.work()
    found = await adapter.find_order(resting)
    assert simulator.orders_received == 1
    assert len(simulator.orders) == int(carried_out)
    assert isinstance(found, Found if carried_out else Absent)


@pytest.mark.parametrize(("status", "code"), UNPROVEN, ids=str)
async def test_a_code_that_proves_nothing_is_no_refusal(
    adapter: WebullAdapter, resting: Order, simulator: WebullSimulator, status: int, code: str
) -> None:
    simulator.refuse("place", code, "No.", status=status, carried_out=True)

    with pytest.raises(OutcomeUnknown):
        await adapter.place_order(resting)

    assert (await looked_at(adapter, resting)).state is OrderState.ACCEPTED
    assert simulator.orders_received == 1


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_a_redirect_is_not_followed(
    adapter: WebullAdapter, resting: Order, simulator: WebullSimulator, status: int
) -> None:
    class Elsewhere(Refusal):
        def answer(self) -> Answer:
            return json_answer({}, status, headers={"Location": "/trading/orders/place"})

    simulator.refuse_with("place", Elsewhere("elsewhere"), carried_out=True, times=1)

    with pytest.raises(OutcomeUnknown):
        await adapter.place_order(resting)

    assert simulator.orders_received == 1


async def test_a_kept_connection_that_is_cut_carries_an_order_once(
    adapter: WebullAdapter, resting: Order, simulator: WebullSimulator
) -> None:
    assert await adapter.accounts()  # over a connection that is kept
    simulator.fail("place", Fault.RESET, carried_out=True, times=1)

    with pytest.raises(OutcomeUnknown):
        await adapter.place_order(resting)

    assert simulator.connections == 1
    assert simulator.orders_received == 1
    assert isinstance(await adapter.find_order(resting), Found)


async def test_a_connection_that_webull_closed_meanwhile_is_no_reason_for_doubt(
    adapter: WebullAdapter, resting: Order, simulator: WebullSimulator
) -> None:
    await simulator.stop_listening()
    await simulator.listen_again()

    receipt = await adapter.place_order(resting)

    assert receipt.state is OrderState.ACCEPTED
    assert simulator.orders_received == 1


async def test_without_a_connection_nothing_was_sent(
    adapter: WebullAdapter, resting: Order, simulator: WebullSimulator
) -> None:
    await simulator.stop_listening()

    with pytest.raises(NotSent):
        await adapter.place_order(resting)
    await simulator.listen_again()

    assert await adapter.find_order(resting) == Absent()


@pytest.mark.parametrize("kind", ["place", "cancel", "modify"])
async def test_a_request_whose_wait_was_ended_was_sent_once(
    adapter: WebullAdapter, resting: Order, simulator: WebullSimulator, kind: str
) -> None:
    order = resting if kind == "place" else await placed(adapter, resting)

    if kind == "place":
        await ended_early(adapter.place_order(order), simulator, kind)
    elif kind == "cancel":
        await ended_early(adapter.cancel_order(order), simulator, kind)
    else:
        await ended_early(adapter.modify_order(order, CHEAPER), simulator, kind)

    assert isinstance(await adapter.find_order(order), Found)
    assert len([one for one in simulator.received if kind in one.kinds]) == 1


async def test_an_order_that_hangs_is_left_at_its_deadline(
    adapter: WebullAdapter,
    resting: Order,
    simulator: WebullSimulator,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(client, "ORDER_SECONDS", 0.3)
    trouble = simulator.fail("place", Fault.HANG)

    with pytest.raises(OutcomeUnknown):
        await adapter.place_order(resting)

    trouble.release()
    assert simulator.orders_received == 1


async def test_an_answer_that_comes_a_little_late_is_a_receipt(
    adapter: WebullAdapter, resting: Order, simulator: WebullSimulator
) -> None:
    simulator.fail("place", Fault.LATE, delay=0.05)

    receipt = await adapter.place_order(resting)

    assert receipt.state is OrderState.ACCEPTED


@pytest.mark.parametrize(
    "odd",
    [
        {"client_order_id": "another0order00001", "order_id": "X"},
        {"order_id": "X"},
        {"client_order_id": None, "order_id": "X"},
        {"client_combo_order_id": "X", "combo_order_id": "X"},
    ],
    ids=str,
)
async def test_a_receipt_for_another_order_says_nothing_about_ours(
    adapter: WebullAdapter, resting: Order, simulator: WebullSimulator, odd: dict[str, str]
) -> None:
    simulator.refuse_with("place", Told(odd), carried_out=True)

    with pytest.raises(OutcomeUnknown):
        await adapter.place_order(resting)

    assert isinstance(await adapter.find_order(resting), Found)


async def test_a_receipt_without_webulls_id_is_read_back(
    adapter: WebullAdapter, resting: Order, simulator: WebullSimulator
) -> None:
    simulator.refuse_with("place", Told({"client_order_id": resting.order_id}), carried_out=True)

    with pytest.raises(OutcomeUnknown):
        await adapter.place_order(resting)


# An id that Webull knows already


async def test_an_order_that_exists_already_is_found_and_not_told_as_refused(
    adapter: WebullAdapter, resting: Order, simulator: WebullSimulator
) -> None:
    order = await placed(adapter, resting)

    receipt = await adapter.place_order(order)

    assert receipt.broker_order_id == simulator.order(order.order_id).id
    assert len(simulator.orders) == 1


async def test_an_order_with_exits_that_exists_already_is_found_too(
    adapter: WebullAdapter, bracket: Order, simulator: WebullSimulator
) -> None:
    order = await placed(adapter, bracket)

    receipt = await adapter.place_order(bracket)

    assert receipt.broker_order_id == order.broker_order_id
    assert len(simulator.orders) == 3


@pytest.mark.parametrize("prefix", ["OPENAPI_", "OAUTH_OPENAPI_"])
async def test_a_known_id_that_cannot_be_found_is_unknown(
    adapter: WebullAdapter, resting: Order, simulator: WebullSimulator, prefix: str
) -> None:
    simulator.refuse("place", f"{prefix}TRADE_PLACE_ORDER_REPEAT", "Please do not")

    with pytest.raises(OutcomeUnknown):
        await adapter.place_order(resting)


async def test_an_order_that_exists_already_and_cannot_be_read_is_unknown(
    adapter: WebullAdapter, resting: Order, simulator: WebullSimulator
) -> None:
    order = await placed(adapter, resting)
    simulator.fail("read", Fault.BAD_GATEWAY)

    with pytest.raises(OutcomeUnknown):
        await adapter.place_order(order)
