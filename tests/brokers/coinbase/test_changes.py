"""Cancels and changes at Coinbase: asked once, taken or refused, carried out later."""

import asyncio
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from floorbroker.brokers.coinbase.adapter import CoinbaseAdapter
from floorbroker.domain.errors import NotSent, OrderRejected
from floorbroker.domain.order import Order
from floorbroker.domain.order_life import with_receipt
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import OrderChanges, OrderType, TimeInForce
from tests.brokers.coinbase.at_coinbase import bodies, request, resting_request
from tests.brokers.coinbase.conftest import Ordering
from tests.brokers.coinbase.following import followed, looked_at, placed
from tests.fakes.clock import NOON
from tests.simulators.coinbase import CoinbaseSimulator, Fault

DEARER = OrderChanges(limit_price=Decimal(51000))
NO_IDS = ["", "12345", "../orders", "ORDER", "all", "00000000-0000-4000-8000-00000000000\n"]

# Cancels


async def test_a_cancel_is_asked_once_by_coinbases_id(
    adapter: CoinbaseAdapter, resting: Order, simulator: CoinbaseSimulator
) -> None:
    stored = await placed(adapter, resting)

    await adapter.cancel_order(stored)

    assert bodies(simulator, "/batch_cancel") == [{"order_ids": [stored.broker_order_id]}]
    assert (await looked_at(adapter, stored)).state is OrderState.CANCELED


async def test_without_coinbases_id_it_is_looked_for_first(
    adapter: CoinbaseAdapter, resting: Order, simulator: CoinbaseSimulator
) -> None:
    receipt = await adapter.place_order(resting)

    await adapter.cancel_order(resting)

    assert bodies(simulator, "/batch_cancel") == [{"order_ids": [receipt.broker_order_id]}]


@pytest.mark.parametrize("fault", [None, Fault.BAD_GATEWAY])
async def test_an_order_that_coinbase_does_not_show_cannot_be_canceled_or_changed(
    adapter: CoinbaseAdapter, resting: Order, simulator: CoinbaseSimulator, fault: Fault | None
) -> None:
    if fault is not None:
        simulator.fail("read", fault)

    with pytest.raises(NotSent, match="does not tell of this order"):
        await adapter.cancel_order(resting)
    with pytest.raises(NotSent, match="does not tell of this order"):
        await adapter.modify_order(resting, DEARER)

    assert simulator.cancels_received + simulator.modifies_received == 0


async def test_a_cancel_that_waits_is_taken_and_a_second_one_is_no_refusal(
    adapter: CoinbaseAdapter, resting: Order, simulator: CoinbaseSimulator
) -> None:
    stored = await placed(adapter, resting)
    simulator.let_cancels_wait()

    await adapter.cancel_order(stored)
    await adapter.cancel_order(stored)
    before = await looked_at(adapter, stored)
    simulator.finish_cancels()

    assert before.state is OrderState.ACCEPTED
    assert (await looked_at(adapter, stored)).state is OrderState.CANCELED


async def test_an_ended_order_cannot_be_canceled(
    adapter: CoinbaseAdapter, resting: Order, simulator: CoinbaseSimulator
) -> None:
    stored = await placed(adapter, resting)
    simulator.fill(resting.order_id, None, "50000")
    with pytest.raises(OrderRejected, match="filled already"):
        await adapter.cancel_order(stored)

    simulator.set_status(resting.order_id, "CANCELLED")
    with pytest.raises(OrderRejected, match="no open order of this id"):
        await adapter.cancel_order(stored)


@pytest.mark.parametrize("broker_order_id", NO_IDS)
async def test_what_is_no_id_of_coinbases_is_never_asked_about(
    adapter: CoinbaseAdapter, resting: Order, simulator: CoinbaseSimulator, broker_order_id: str
) -> None:
    await adapter.place_order(resting)
    stored = replace(resting, broker_order_id=broker_order_id)

    with pytest.raises(NotSent):
        await adapter.cancel_order(stored)
    with pytest.raises(NotSent):
        await adapter.modify_order(stored, DEARER)

    assert simulator.cancels_received + simulator.modifies_received == 0
    assert not simulator.order(resting.order_id).ended


# Changes


async def test_a_change_is_asked_once_and_names_what_stays_too(
    adapter: CoinbaseAdapter, resting: Order, simulator: CoinbaseSimulator
) -> None:
    stored = await placed(adapter, resting)

    changed = await adapter.modify_order(stored, DEARER)

    assert bodies(simulator, "/orders/edit") == [
        {"order_id": stored.broker_order_id, "price": "51000", "size": "0.1"}
    ]
    assert changed.broker_order_id == stored.broker_order_id
    assert (changed.state, changed.limit_price) == (OrderState.ACCEPTED, Decimal(51000))
    told = await looked_at(adapter, stored)
    assert (told.limit_price, told.quantity) == (Decimal(51000), Decimal("0.1"))


async def test_what_stays_is_what_stands_at_coinbase_now(
    adapter: CoinbaseAdapter, resting: Order, simulator: CoinbaseSimulator
) -> None:
    stored = await placed(adapter, resting)
    known = simulator.order(resting.order_id)
    known.base_size = Decimal("0.05")  # by the person, at Coinbase itself
    known.fields["base_size"] = "0.05"

    await adapter.modify_order(stored, DEARER)

    assert bodies(simulator, "/orders/edit")[0]["size"] == "0.05"


async def test_a_quantity_is_the_whole_of_the_order(
    adapter: CoinbaseAdapter, resting: Order, simulator: CoinbaseSimulator
) -> None:
    stored = await placed(adapter, resting)
    simulator.fill(resting.order_id, "0.04", "50000")
    stored = await followed(adapter, stored)

    changed = await adapter.modify_order(stored, OrderChanges(quantity=Decimal("0.2")))

    assert bodies(simulator, "/orders/edit")[0]["size"] == "0.2"
    assert changed.state is OrderState.PARTIALLY_FILLED
    stored = await followed(adapter, with_receipt(stored, changed, NOON))
    assert (stored.filled_quantity, stored.request.quantity) == (Decimal("0.04"), Decimal("0.2"))
    with pytest.raises(OrderRejected, match="filled already"):
        await adapter.modify_order(stored, OrderChanges(quantity=Decimal("0.03")))


async def test_a_change_that_waits_is_not_told_as_made(
    adapter: CoinbaseAdapter, resting: Order, simulator: CoinbaseSimulator
) -> None:
    stored = await placed(adapter, resting)
    simulator.let_edits_wait()

    asked = await adapter.modify_order(stored, DEARER)
    simulator.finish_edits()

    assert (asked.state, asked.limit_price) == (OrderState.ACCEPTED, Decimal(50000))
    assert (await looked_at(adapter, stored)).limit_price == 51000


async def test_a_change_that_cannot_be_looked_at_is_not_told_as_made(
    adapter: CoinbaseAdapter, resting: Order, simulator: CoinbaseSimulator
) -> None:
    stored = await placed(adapter, resting)
    trouble = simulator.fail("modify", Fault.LATE, delay=0.05)

    async def after_it_came() -> None:  # the look before the change works
        await trouble.reached.wait()
        simulator.fail("read", Fault.BAD_GATEWAY)

    asked, _ = await asyncio.gather(adapter.modify_order(stored, DEARER), after_it_came())

    assert (asked.state, asked.limit_price) == (OrderState.ACCEPTED, Decimal(50000))
    assert simulator.modifies_received == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"limit_price": Decimal("51000.001")}, "finer than Coinbase takes"),
        ({"quantity": Decimal("0.00001")}, "smaller than Coinbase takes"),
        ({"quantity": Decimal(100)}, "too little money"),
        ({"limit_price": Decimal(50000)}, "what this order says already"),
    ],
)
async def test_a_change_that_coinbase_refuses_leaves_the_order_as_it_was(
    adapter: CoinbaseAdapter, resting: Order, changes: dict[str, Any], words: str
) -> None:
    stored = await placed(adapter, resting)

    with pytest.raises(OrderRejected, match=words):
        await adapter.modify_order(stored, OrderChanges(**changes))

    told = await looked_at(adapter, stored)
    assert (told.quantity, told.limit_price) == (Decimal("0.1"), Decimal(50000))


@pytest.mark.parametrize(
    ("terms", "changes", "words"),
    [
        (
            {
                "type": OrderType.STOP_LIMIT,
                "stop_price": Decimal(70000),
                "limit_price": Decimal(70100),
            },
            {"limit_price": Decimal(70200)},
            "limit orders good til canceled only",
        ),
        (
            {
                "type": OrderType.STOP_LIMIT,
                "stop_price": Decimal(70000),
                "limit_price": Decimal(70100),
            },
            {"stop_price": Decimal(70050)},
            "does not change the stop",
        ),
        (
            {
                "type": OrderType.LIMIT,
                "limit_price": Decimal(50000),
                "time_in_force": TimeInForce.FOK,
            },
            {"limit_price": Decimal(70200)},
            "limit orders good til canceled only",
        ),
    ],
)
async def test_what_coinbase_does_not_change_is_not_asked_for(
    adapter: CoinbaseAdapter,
    ordered: Ordering,
    simulator: CoinbaseSimulator,
    terms: dict[str, Any],
    changes: dict[str, Any],
    words: str,
) -> None:
    stored = await placed(adapter, ordered(request(**terms)))

    with pytest.raises(NotSent, match=words):
        await adapter.modify_order(stored, OrderChanges(**changes))

    assert simulator.modifies_received == 0


async def test_an_ended_order_cannot_be_changed(
    adapter: CoinbaseAdapter, ordered: Ordering, simulator: CoinbaseSimulator
) -> None:
    stored = await placed(adapter, ordered(resting_request()))
    await adapter.cancel_order(stored)

    with pytest.raises(OrderRejected, match="may have ended"):
        await adapter.modify_order(stored, DEARER)
