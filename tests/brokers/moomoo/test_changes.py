"""Cancels and changes: each asked for once, of an order that is there."""

from dataclasses import replace
from decimal import Decimal

import pytest

from floorbroker.brokers.moomoo.adapter import MoomooAdapter
from floorbroker.domain.errors import NotSent, OrderRejected, OutcomeUnknown
from floorbroker.domain.order import Intent, IntentKind, IntentState, Order
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import (
    OrderChanges,
)
from tests.brokers.moomoo.at_moomoo import (
    CHEAPER,
    looked_at,
    placed,
)
from tests.fakes.clock import NOON
from tests.simulators.opend import Fault, OpenDSimulator

_S = OrderState


async def test_a_cancel_that_waits_is_not_told_as_done(
    adapter: MoomooAdapter, simulator: OpenDSimulator, resting: Order
) -> None:
    order = await placed(adapter, resting)
    simulator.let_cancels_wait()

    await adapter.cancel_order(order)
    waiting = await looked_at(adapter, order)
    simulator.finish_cancels()

    assert waiting.state is _S.ACCEPTED
    assert (await looked_at(adapter, order)).state is _S.CANCELED


async def test_a_cancel_of_an_order_that_is_not_there_is_not_sent(
    adapter: MoomooAdapter, simulator: OpenDSimulator, resting: Order
) -> None:
    with pytest.raises(NotSent, match="does not tell of this order"):
        await adapter.cancel_order(resting)

    assert simulator.cancels_received == 0


async def test_a_change_asks_once_and_tells_what_stands_then(
    adapter: MoomooAdapter, simulator: OpenDSimulator, resting: Order
) -> None:
    order = await placed(adapter, resting)

    receipt = await adapter.modify_order(order, OrderChanges(quantity=Decimal(3)))

    known = simulator.order(str(resting.order_id))
    assert (known.qty, known.price) == (Decimal(3), Decimal(100))
    assert (receipt.quantity, receipt.limit_price) == (Decimal(3), Decimal(100))
    assert receipt.broker_order_id == order.broker_order_id
    assert simulator.changes_received == 1


async def test_a_change_whose_answer_never_came_is_found_by_reading_back(
    adapter: MoomooAdapter, simulator: OpenDSimulator, resting: Order
) -> None:
    order = await placed(adapter, resting)

    simulator.fail("change", Fault.LATE)
    with pytest.raises(OutcomeUnknown):
        await adapter.modify_order(order, CHEAPER)

    doubted = replace(
        order,
        intent=Intent(
            kind=IntentKind.MODIFY,
            origin_key="interaction-2",
            state=IntentState.UNKNOWN,
            at=NOON,
            changes=CHEAPER,
        ),
    )
    assert (await looked_at(adapter, doubted)).limit_price == Decimal(99)


async def test_a_change_of_an_ended_order_is_refused_in_moomoos_words(
    adapter: MoomooAdapter, simulator: OpenDSimulator, resting: Order
) -> None:
    order = await placed(adapter, resting)
    simulator.cancel_elsewhere(resting.order_id)

    with pytest.raises(OrderRejected, match="does not support modify"):
        await adapter.modify_order(order, CHEAPER)
