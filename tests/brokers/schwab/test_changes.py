"""Changing: one request about the order that lives, which puts another in its place."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from floorbroker.brokers.context import BrokerContext
from floorbroker.brokers.schwab.adapter import SchwabAdapter
from floorbroker.domain.errors import BrokerError, NotSent, OrderRejected, OutcomeUnknown
from floorbroker.domain.order import Intent, IntentKind, IntentState, Order
from floorbroker.domain.order_life import with_receipt
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import OrderChanges
from tests.brokers.schwab.at_schwab import (
    adapter_in,
    body_of,
    looked_at,
    order_of,
    request,
    resting_request,
)
from tests.fakes.clock import NOON, ManualClock
from tests.simulators.schwab import Fault, Person, SchwabSimulator

DEARER = OrderChanges(limit_price=Decimal(101))


def asked(order: Order, changes: OrderChanges = DEARER) -> Order:
    """With the change that is asked for, as the service stores it first."""
    intent = Intent(
        kind=IntentKind.MODIFY,
        origin_key="click",
        state=IntentState.SENDING,
        at=NOON,
        changes=changes,
    )
    return replace(order, intent=intent)


async def test_a_change_puts_another_order_in_the_place(
    adapter: SchwabAdapter, placed: Order, simulator: SchwabSimulator
) -> None:
    receipt = await adapter.modify_order(
        placed, OrderChanges(limit_price=Decimal(101), quantity=Decimal(12))
    )

    old, new = simulator.orders
    after = with_receipt(placed, receipt, NOON)
    assert (old.status, new.status) == ("REPLACED", "WORKING")
    assert (receipt.broker_order_id, after.replaced) == (str(new.id), (str(old.id),))
    assert (receipt.limit_price, receipt.quantity) == (Decimal(101), Decimal(12))
    assert (await looked_at(adapter, after)).state is OrderState.ACCEPTED
    assert simulator.replacements_received == 1


async def test_what_is_not_changed_stays_as_it_was(
    adapter: SchwabAdapter, placed: Order, simulator: SchwabSimulator
) -> None:
    await adapter.modify_order(placed, DEARER)

    (put,) = [one for one in simulator.received if one.method == "PUT"]
    placing = body_of(simulator.orders_bodies[0])
    assert body_of(put.body) == {**placing, "price": "101"}


async def test_a_changed_order_is_canceled_by_its_new_id(
    adapter: SchwabAdapter, placed: Order, simulator: SchwabSimulator
) -> None:
    after = with_receipt(placed, await adapter.modify_order(placed, DEARER), NOON)

    await adapter.cancel_order(after)

    assert [one.status for one in simulator.orders] == ["REPLACED", "CANCELED"]


async def test_a_change_that_is_rejected_a_moment_later_leaves_the_order_as_it_was(
    adapter: SchwabAdapter, placed: Order, simulator: SchwabSimulator
) -> None:
    simulator.reject_on_arrival("The price is not in a valid increment.")

    with pytest.raises(OrderRejected, match="valid increment"):
        await adapter.modify_order(placed, DEARER)

    told = await looked_at(adapter, asked(placed))
    assert (told.broker_order_id, told.state) == (placed.broker_order_id, OrderState.ACCEPTED)
    assert told.limit_price == 100


async def test_a_change_that_is_rejected_late_is_read_back_as_the_order_that_lives(
    adapter: SchwabAdapter, placed: Order, simulator: SchwabSimulator
) -> None:
    simulator.let_replacements_wait()
    after = with_receipt(asked(placed), await adapter.modify_order(placed, DEARER), NOON)
    simulator.reject_on_arrival("Not today")
    simulator.finish_replacements()

    told = await looked_at(adapter, after)
    final = with_receipt(after, told, NOON)
    await adapter.cancel_order(final)

    assert final.state is OrderState.ACCEPTED
    assert final.request.limit_price == 100
    assert simulator.order(placed.broker_order_id).status == "CANCELED"


async def test_a_change_that_is_rejected_and_takes_the_old_order_with_it_is_the_end_of_both(
    adapter: SchwabAdapter, placed: Order, simulator: SchwabSimulator
) -> None:
    simulator.let_rejected_replacements_end_the_old()
    simulator.reject_on_arrival("Not today")

    receipt = await adapter.modify_order(placed, DEARER)

    assert (receipt.state, receipt.reason) == (OrderState.REJECTED, "Not today")


async def test_an_order_that_filled_before_its_change_is_told_as_filled(
    adapter: SchwabAdapter, placed: Order, simulator: SchwabSimulator
) -> None:
    simulator.let_replacements_wait()
    after = with_receipt(asked(placed), await adapter.modify_order(placed, DEARER), NOON)
    simulator.fill(placed.broker_order_id)
    simulator.finish_replacements()

    final = with_receipt(after, await looked_at(adapter, after), NOON)

    assert final.state is OrderState.FILLED
    assert final.filled_quantity == 10


async def test_what_filled_of_the_old_order_is_not_lost(
    adapter: SchwabAdapter, placed: Order, simulator: SchwabSimulator
) -> None:
    simulator.let_replacements_wait()
    after = with_receipt(asked(placed), await adapter.modify_order(placed, DEARER), NOON)
    simulator.fill(placed.broker_order_id, "3")
    simulator.finish_replacements()

    told = await looked_at(adapter, after)
    final = with_receipt(after, told, NOON)

    assert final.state is OrderState.PARTIALLY_FILLED
    assert final.filled_quantity == 3
    assert told.quantity == 13  # as much is there now: the new one has ten of its own


async def test_an_order_that_is_filled_in_part_is_not_changed(
    adapter: SchwabAdapter, placed: Order, simulator: SchwabSimulator
) -> None:
    simulator.fill(placed.broker_order_id, "4")

    with pytest.raises(NotSent, match="A part of this order is filled"):
        await adapter.modify_order(placed, DEARER)

    assert simulator.replacements_received == 0


@pytest.mark.parametrize("status", ["PENDING_CANCEL", "PENDING_REPLACE", "CANCELED", "FILLED"])
async def test_an_order_on_its_way_out_is_not_changed(
    adapter: SchwabAdapter, placed: Order, simulator: SchwabSimulator, status: str
) -> None:
    simulator.set_status(placed.broker_order_id, status)

    with pytest.raises(NotSent, match="nothing was asked"):
        await adapter.modify_order(placed, DEARER)

    assert simulator.replacements_received == 0


async def test_an_order_that_cannot_be_read_is_not_changed(
    adapter: SchwabAdapter, placed: Order, simulator: SchwabSimulator
) -> None:
    simulator.fail("order", Fault.BAD_GATEWAY)

    with pytest.raises(NotSent, match="does not tell of this order"):
        await adapter.modify_order(placed, DEARER)

    assert simulator.replacements_received == 0


@pytest.mark.parametrize(
    ("asked_for", "changes"),
    [
        (request(), OrderChanges(limit_price=Decimal(1))),
        (resting_request(), OrderChanges(stop_price=Decimal(1))),
        (resting_request(), OrderChanges(quantity=Decimal("1.5"))),
        (resting_request(stop_loss=Decimal(90)), DEARER),
    ],
)
async def test_a_change_that_schwab_or_the_order_does_not_take_does_not_leave(
    adapter: SchwabAdapter, simulator: SchwabSimulator, asked_for: Any, changes: OrderChanges
) -> None:
    order = replace(order_of(asked_for), broker_order_id="1005")

    with pytest.raises(NotSent):
        await adapter.modify_order(order, changes)

    assert simulator.replacements_received == 0


# Changes whose answer got lost


async def lost(adapter: SchwabAdapter, simulator: SchwabSimulator, order: Order) -> Order:
    """The change of `order` is carried out, and its answer gets lost."""
    trouble = simulator.fail("modify", Fault.CLOSE)
    with pytest.raises(OutcomeUnknown):
        await adapter.modify_order(order, DEARER)
    trouble.lift()
    return asked(order)


async def test_between_two_that_may_have_taken_the_place_nobody_guesses(
    adapter: SchwabAdapter,
    placed: Order,
    simulator: SchwabSimulator,
    anna: Person,
    clock: ManualClock,
) -> None:
    order = await lost(adapter, simulator, placed)
    simulator.place_elsewhere(anna.account, body_of(_put(simulator)))

    with pytest.raises(BrokerError, match="still changing"):
        await adapter.find_order(order)

    clock.advance(601)
    told = await looked_at(adapter, order)
    assert told.state is OrderState.REPLACED
    assert "Another order took its place" in told.reason


async def test_a_change_that_waits_is_not_told_as_not_carried_out(
    context: BrokerContext, adapter: SchwabAdapter, placed: Order, simulator: SchwabSimulator
) -> None:
    simulator.let_replacements_wait()
    order = await lost(adapter, simulator, placed)
    later = adapter_in(context)
    await later.connect()

    told = await looked_at(later, order)

    assert told.broker_order_id == str(simulator.orders[1].id)
    assert told.limit_price == 101


async def test_an_order_that_waits_for_a_change_that_does_not_show_is_asked_about_again(
    adapter: SchwabAdapter, placed: Order, simulator: SchwabSimulator
) -> None:
    simulator.set_status(placed.broker_order_id, "PENDING_REPLACE")

    with pytest.raises(BrokerError, match="still changing"):
        await adapter.find_order(asked(placed))


def _put(simulator: SchwabSimulator) -> bytes:
    return next(one.body for one in simulator.received if one.method == "PUT")
