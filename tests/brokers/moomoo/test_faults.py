"""What each way of going wrong proves about an order, a cancel and a change."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Final, cast

import pytest

from floorbroker.brokers.moomoo.adapter import MoomooAdapter
from floorbroker.brokers.moomoo.calls import MoomooCalls
from floorbroker.brokers.moomoo.orders import Orders
from floorbroker.domain.error_codes import ErrorCode
from floorbroker.domain.errors import (
    ApiError,
    BrokerConnectionError,
    BrokerError,
    BrokerTimeout,
    NotSent,
    NotSupported,
    OrderRejected,
    OutcomeUnknown,
    RateLimited,
)
from floorbroker.domain.modes import Environment
from floorbroker.domain.order import Order
from tests.brokers.moomoo.at_moomoo import APPLE, CHEAPER, placed
from tests.fakes.clock import ManualClock
from tests.simulators.opend import Error, Fault, OpenDSimulator

REFUSED: Final = "The order price is too far from the market"
UNSURE: Final = (
    *Fault,
    Error(REFUSED, ret_type=-100),
    Error(REFUSED, ret_type=-200),
    Error(REFUSED, ret_type=-400),
    Error(REFUSED, ret_type=-500),
    Error(""),
    Error("Request timeout, please try again"),
    Error("Network interruption"),
    Error("The server is disconnected", carried_out=True),
    Error("系统繁忙"),
)
"""None of them says that the request was not carried out, and some were."""

ASK: Final[dict[str, Callable[[MoomooAdapter, Order], Awaitable[object]]]] = {
    "order": lambda adapter, order: adapter.place_order(order),
    "cancel": lambda adapter, order: adapter.cancel_order(order),
    "change": lambda adapter, order: adapter.modify_order(order, CHEAPER),
}


def received(simulator: OpenDSimulator, kind: str) -> int:
    return {
        "order": simulator.orders_received,
        "cancel": simulator.cancels_received,
        "change": simulator.changes_received,
    }[kind]


async def ready(adapter: MoomooAdapter, kind: str, order: Order) -> Order:
    return order if kind == "order" else await placed(adapter, order)


@pytest.mark.parametrize("kind", list(ASK))
@pytest.mark.parametrize("fault", UNSURE, ids=str)
async def test_what_is_no_answer_proves_nothing_and_is_asked_once(
    adapter: MoomooAdapter,
    simulator: OpenDSimulator,
    resting: Order,
    kind: str,
    fault: Fault | Error,
) -> None:
    order = await ready(adapter, kind, resting)
    simulator.fail(kind, fault, times=None)

    with pytest.raises(OutcomeUnknown):
        await ASK[kind](adapter, order)

    assert received(simulator, kind) == 1


@pytest.mark.parametrize("kind", list(ASK))
async def test_moomoos_own_refusal_is_proof_and_keeps_its_words(
    adapter: MoomooAdapter, simulator: OpenDSimulator, resting: Order, kind: str
) -> None:
    order = await ready(adapter, kind, resting)
    simulator.fail(kind, Error(REFUSED))

    with pytest.raises(OrderRejected) as refusal:
        await ASK[kind](adapter, order)

    assert refusal.value.message == REFUSED


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("Insufficient buying power in the account", ErrorCode.INSUFFICIENT_FUNDS),
        ("购买力不足", ErrorCode.INSUFFICIENT_FUNDS),
        ("Unknown stock. US.QZX", ErrorCode.SYMBOL_NOT_FOUND),
        ("The market is closed", ErrorCode.MARKET_CLOSED),
        ("Trd_PlaceOrder is called with high frequency", ErrorCode.RATE_LIMIT_EXCEEDED),
        ("Whatever else", ErrorCode.ORDER_REJECTED),
    ],
)
async def test_a_refusal_has_the_code_that_its_words_stand_for(
    adapter: MoomooAdapter,
    simulator: OpenDSimulator,
    resting: Order,
    words: str,
    reason: ErrorCode,
) -> None:
    simulator.reject(words)

    with pytest.raises(OrderRejected) as refusal:
        await adapter.place_order(resting)

    assert refusal.value.reason is reason


class ElsewhereCalls:
    """An OpenD that answers about another order than was asked about."""

    async def change(self, *_: object, **__: object) -> str:
        return "8"


async def test_an_answer_about_another_order_says_nothing_about_ours(
    clock: ManualClock, resting: Order
) -> None:
    calls = cast(MoomooCalls, ElsewhereCalls())
    orders = Orders(calls, clock, Environment.PAPER)

    with pytest.raises(OutcomeUnknown):
        await orders.cancel(replace(resting, broker_order_id="7"))


async def test_a_cancel_or_change_is_not_sent_when_the_order_cannot_be_looked_up(
    adapter: MoomooAdapter, simulator: OpenDSimulator, resting: Order
) -> None:
    await adapter.place_order(resting)
    simulator.fail("read", Error("Something is wrong"), times=None)

    for ask in (ASK["cancel"], ASK["change"]):
        with pytest.raises(NotSent):
            await ask(adapter, resting)

    assert simulator.cancels_received == simulator.changes_received == 0


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Fault.SILENCE, BrokerTimeout),
        (Fault.DROP_BEFORE, BrokerConnectionError),
        (Fault.RUBBISH, ApiError),
        (Fault.BAD_HASH, ApiError),
        (Error("Timed out", ret_type=-100), ApiError),
        (Error("Qot_GetSecuritySnapshot is called with high frequency"), RateLimited),
        (Error("No right to get the quote of the US market"), NotSupported),
        (Error("OpenD is currently logged out. Please log in first."), BrokerConnectionError),
        (Error("Something else"), BrokerError),
    ],
    ids=str,
)
async def test_a_read_is_told_by_what_happened(
    adapter: MoomooAdapter,
    simulator: OpenDSimulator,
    fault: Fault | Error,
    kind: type[BrokerError],
) -> None:
    simulator.fail("read", fault, times=None)

    with pytest.raises(kind) as failure:
        await adapter.quote(APPLE)

    assert type(failure.value) is kind
