"""A changed order keeps its ids, and what it came to is read back."""

import json
from dataclasses import replace
from decimal import Decimal

import pytest

from floorbroker.brokers.webull.adapter import WebullAdapter
from floorbroker.domain.errors import NotSent, OrderRejected
from floorbroker.domain.order import Intent, IntentKind, IntentState, Order
from floorbroker.domain.order_life import with_receipt
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import OrderChanges, OrderRequest, OrderType
from tests.brokers.webull.at_webull import (
    CHEAPER,
    bracket_request,
    coin_request,
    contract_request,
    followed,
    looked_at,
    order_of,
    placed,
    request,
    resting_request,
)
from tests.fakes.clock import NOON
from tests.simulators.webull import Fault, Person, WebullSimulator

STOP_LIMIT = resting_request(type=OrderType.STOP_LIMIT, stop_price=Decimal(200))


def sent(simulator: WebullSimulator) -> list[dict[str, object]]:
    """What each replacement said."""
    bodies = [json.loads(one.body) for one in simulator.received if "modify" in one.kinds]
    return [item for body in bodies for item in body["modify_orders"]]


CHANGES: list[tuple[OrderRequest, OrderChanges, dict[str, str]]] = [
    (resting_request(), CHEAPER, {"limit_price": "99"}),
    (
        resting_request(),
        OrderChanges(quantity=Decimal(7)),
        {"quantity": "7", "limit_price": "100"},
    ),
    (
        STOP_LIMIT,
        OrderChanges(stop_price=Decimal("210.50")),
        {"stop_price": "210.5", "limit_price": "100"},
    ),
    (
        STOP_LIMIT,
        OrderChanges(quantity=Decimal(7), stop_price=Decimal(210), limit_price=Decimal(99)),
        {"quantity": "7", "stop_price": "210", "limit_price": "99"},
    ),
    (bracket_request(), CHEAPER, {"limit_price": "99"}),
    (contract_request(), OrderChanges(limit_price=Decimal(4)), {"limit_price": "4"}),
]


@pytest.mark.parametrize(("wanted", "changes", "fields"), CHANGES, ids=lambda one: None)
async def test_a_change_is_sent_once_keeps_the_id_and_is_read_back(
    adapter: WebullAdapter,
    anna: Person,
    simulator: WebullSimulator,
    wanted: OrderRequest,
    changes: OrderChanges,
    fields: dict[str, str],
) -> None:
    order = await placed(adapter, order_of(wanted, anna.account.id))

    receipt = await adapter.modify_order(order, changes)

    assert sent(simulator) == [{"client_order_id": order.order_id, **fields}]
    assert simulator.modifies_received == 1
    assert receipt.broker_order_id == order.broker_order_id
    assert receipt.state is OrderState.ACCEPTED
    told = {
        "quantity": receipt.quantity,
        "limit_price": receipt.limit_price,
        "stop_price": receipt.stop_price,
    }
    assert {name: told[name] for name in fields} == {
        name: Decimal(value) for name, value in fields.items()
    }
    assert await looked_at(adapter, order) == receipt


async def test_more_contracts_are_asked_for_in_the_leg_too(
    adapter: WebullAdapter, anna: Person, simulator: WebullSimulator
) -> None:
    order = await placed(adapter, order_of(contract_request(), anna.account.id))

    receipt = await adapter.modify_order(order, OrderChanges(quantity=Decimal(3)))

    (item,) = sent(simulator)
    leg_id = simulator.order(order.order_id).leg_id
    assert item["quantity"] == "3"
    assert item["legs"] == [{"id": leg_id, "quantity": "3"}]
    assert receipt.quantity == 3


async def test_contracts_whose_leg_is_not_told_are_left_as_they_are(
    adapter: WebullAdapter, anna: Person, simulator: WebullSimulator
) -> None:
    order = await placed(adapter, order_of(contract_request(), anna.account.id))
    simulator.fail("read", Fault.BAD_GATEWAY)

    with pytest.raises(NotSent):
        await adapter.modify_order(order, OrderChanges(quantity=Decimal(3)))

    assert simulator.modifies_received == 0


async def test_fills_before_and_after_a_change_are_all_ours(
    adapter: WebullAdapter, resting: Order, simulator: WebullSimulator
) -> None:
    order = await placed(adapter, resting)
    simulator.fill(order.order_id, "4", "99")
    order = await followed(adapter, order)
    order = with_receipt(order, await adapter.modify_order(order, CHEAPER), NOON)
    simulator.fill(order.order_id, "6", "98")

    order = await followed(adapter, order)

    assert order.state is OrderState.FILLED
    assert [fill.quantity for fill in order.fills] == [4, 6]
    assert [fill.price for fill in order.fills] == [99, 98]
    assert order.replaced == ()


async def test_a_change_that_takes_its_time_stays_open_until_it_shows(
    adapter: WebullAdapter, resting: Order, simulator: WebullSimulator
) -> None:
    order = await placed(adapter, resting)
    asked = Intent(
        kind=IntentKind.MODIFY,
        origin_key="click",
        state=IntentState.ACCEPTED,
        at=NOON,
        changes=CHEAPER,
    )
    simulator.let_replaces_wait()

    receipt = await adapter.modify_order(order, CHEAPER)
    order = with_receipt(replace(order, intent=asked), receipt, NOON)
    waiting = order.intent
    simulator.finish_replaces()
    order = await followed(adapter, order)

    assert waiting is not None
    assert waiting.state is IntentState.ACCEPTED
    assert order.intent is not None
    assert order.intent.state is IntentState.DONE
    assert order.request.limit_price == 99


async def test_a_change_whose_result_cannot_be_read_was_taken_all_the_same(
    adapter: WebullAdapter, resting: Order, simulator: WebullSimulator
) -> None:
    order = await placed(adapter, resting)
    simulator.fail("read", Fault.BAD_GATEWAY)

    receipt = await adapter.modify_order(order, CHEAPER)

    assert receipt.state is OrderState.ACCEPTED
    assert receipt.limit_price is None
    assert receipt.broker_order_id == order.broker_order_id


async def test_a_change_that_webull_refuses_leaves_the_order_as_it_was(
    adapter: WebullAdapter, resting: Order, simulator: WebullSimulator
) -> None:
    order = await placed(adapter, resting)
    simulator.fill(order.order_id, "6", "99")

    with pytest.raises(OrderRejected):
        await adapter.modify_order(order, OrderChanges(quantity=Decimal(5)))

    assert (await looked_at(adapter, order)).quantity == 10


@pytest.mark.parametrize(
    ("wanted", "coins", "changes", "words"),
    [
        (coin_request(), True, CHEAPER, "no orders for coins"),
        (bracket_request(), False, OrderChanges(quantity=Decimal(5)), "quantity of this order"),
        (
            request(notional=Decimal(50)),
            False,
            OrderChanges(quantity=Decimal(5)),
            "quantity of this order",
        ),
    ],
)
async def test_what_webull_does_not_change_is_not_asked_for(
    adapter: WebullAdapter,
    anna: Person,
    simulator: WebullSimulator,
    wanted: OrderRequest,
    coins: bool,
    changes: OrderChanges,
    words: str,
) -> None:
    order = await placed(adapter, order_of(wanted, anna.accounts[coins].id))

    with pytest.raises(NotSent, match=words):
        await adapter.modify_order(order, changes)

    assert simulator.modifies_received == 0
