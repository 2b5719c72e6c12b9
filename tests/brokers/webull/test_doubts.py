"""Cancels and changes without an answer, and what reading back proves."""

import pytest

from floorbroker.brokers.webull.adapter import WebullAdapter
from floorbroker.domain.errors import (
    ApiError,
    BrokerConnectionError,
    BrokerError,
    OrderRejected,
    OutcomeUnknown,
)
from floorbroker.domain.order import Order
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import Absent
from tests.brokers.webull.answering import Told
from tests.brokers.webull.at_webull import CHEAPER, Renewed, looked_at, placed
from tests.brokers.webull.silences import every_silence, whether_carried_out
from tests.simulators.webull import Fault, Person, Platform, WebullSimulator

ENDED = {"order_id": "1", "status": "FILLED"}


@every_silence
@whether_carried_out
@pytest.mark.parametrize("kind", ["cancel", "modify"])
async def test_a_cancel_or_change_without_a_readable_answer_is_unknown_and_asked_once(
    adapter: WebullAdapter,
    resting: Order,
    simulator: WebullSimulator,
    kind: str,
    fault: Fault,
    carried_out: bool,
) -> None:
    order = await placed(adapter, resting)
    simulator.fail(kind, fault, carried_out=carried_out)

    with pytest.raises(OutcomeUnknown):
        if kind == "cancel":
            await adapter.cancel_order(order)
        else:
            await adapter.modify_order(order, CHEAPER)

    simulator.work()
    found = await looked_at(adapter, order)
    ended = kind == "cancel" and carried_out
    assert len([one for one in simulator.received if kind in one.kinds]) == 1
    assert found.state is (OrderState.CANCELED if ended else OrderState.ACCEPTED)
    assert found.limit_price == (99 if kind == "modify" and carried_out else 100)


@pytest.mark.parametrize("kind", ["cancel", "modify"])
async def test_an_answer_about_another_order_says_nothing_about_ours(
    adapter: WebullAdapter, resting: Order, simulator: WebullSimulator, kind: str
) -> None:
    order = await placed(adapter, resting)
    simulator.refuse_with(kind, Told({"client_order_id": "another0order00001"}))

    with pytest.raises(OutcomeUnknown):
        if kind == "cancel":
            await adapter.cancel_order(order)
        else:
            await adapter.modify_order(order, CHEAPER)


async def test_an_order_that_has_ended_can_no_longer_be_canceled(
    adapter: WebullAdapter, resting: Order, simulator: WebullSimulator
) -> None:
    order = await placed(adapter, resting)
    simulator.fill(order.order_id)

    with pytest.raises(OrderRejected):
        await adapter.cancel_order(order)


# Reading back


async def test_a_read_over_a_connection_that_is_cut_is_asked_once(
    adapter: WebullAdapter, simulator: WebullSimulator
) -> None:
    assert await adapter.accounts()  # over a connection that is kept
    asked = len(simulator.received)
    simulator.fail("/trading/accounts/list", Fault.RESET, times=1)

    with pytest.raises(BrokerConnectionError):
        await adapter.accounts()

    assert simulator.connections == 1
    assert len(simulator.received) == asked + 1


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (417, "OPENAPI_PARAM_ERR"),
        (404, "OPENAPI_ORDER_NOT_FOUND"),
        (500, "OPENAPI_ORDER_NOT_FOUND"),
        (401, "UNAUTHORIZED"),
    ],
)
async def test_only_one_answer_says_that_there_is_no_such_order(
    adapter: WebullAdapter, resting: Order, simulator: WebullSimulator, status: int, code: str
) -> None:
    order = await placed(adapter, resting)
    simulator.refuse("read", code, "Order not found.", status=status)

    with pytest.raises(BrokerError):
        await adapter.find_order(order)


async def test_a_key_that_is_not_known_is_no_absence(
    adapter: WebullAdapter, resting: Order, simulator: WebullSimulator
) -> None:
    simulator.refuse_with("read", Told({"error_msg": "404 Route Not Found"}, status=404))

    with pytest.raises(BrokerError):
        await adapter.find_order(resting)


@pytest.mark.parametrize(
    "odd",
    [
        {},
        [],
        {"orders": []},
        {
            "orders": [
                {"client_order_id": "another0order00001", "order_id": "1", "status": "FILLED"}
            ]
        },
        {"orders": [{"order_id": "1", "status": "FILLED"}]},
    ],
    ids=str,
)
async def test_an_answer_without_our_order_is_neither_it_nor_its_absence(
    adapter: WebullAdapter, resting: Order, simulator: WebullSimulator, odd: object
) -> None:
    order = await placed(adapter, resting)
    simulator.refuse_with("read", Told(odd))

    with pytest.raises(ApiError):
        await adapter.find_order(order)


# Signed in


async def test_an_order_whose_token_is_refused_is_not_sent_again_and_the_next_one_is_let_in(
    guest: WebullAdapter,
    resting: Order,
    simulator: WebullSimulator,
    tokens: Renewed,
    anna: Person,
    platform: Platform,
) -> None:
    other = simulator.grant(anna, platform)
    tokens.later.append({"access_token": other.access_token, "refresh_token": other.refresh_token})
    simulator.refuse("place", "UNAUTHORIZED", "no", status=401, times=1)

    with pytest.raises(OrderRejected, match="does not accept this access"):
        await guest.place_order(resting)

    assert simulator.orders_received == 1
    assert tokens.refused == 1
    assert await guest.find_order(resting) == Absent()
    assert (await guest.place_order(resting)).state is OrderState.ACCEPTED


async def test_an_order_whose_token_cannot_be_renewed_is_refused_all_the_same(
    guest: WebullAdapter, resting: Order, simulator: WebullSimulator, tokens: Renewed
) -> None:
    simulator.refuse("place", "UNAUTHORIZED", "no", status=401)

    with pytest.raises(OrderRejected):
        await guest.place_order(resting)

    assert tokens.refused == 1
    assert simulator.orders_received == 1
