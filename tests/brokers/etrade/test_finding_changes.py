"""A change without an answer: followed to the order that it made, or told as not carried out."""

from dataclasses import replace
from decimal import Decimal

import pytest

from floorbroker.brokers.etrade.adapter import EtradeAdapter
from floorbroker.domain.errors import OutcomeUnknown
from floorbroker.domain.order import Intent, IntentKind, IntentState, Order
from floorbroker.domain.order_life import with_receipt
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import (
    Found,
    OrderChanges,
)
from tests.brokers.etrade.at_etrade import order_of, resting_request
from tests.brokers.etrade.following import told_of
from tests.fakes.clock import NOON, ManualClock
from tests.simulators.etrade import EtradeSimulator, Fault, Person


async def changing(
    adapter: EtradeAdapter, simulator: EtradeSimulator, person: Person, *, carried_out: bool
) -> Order:
    """An order whose change got no answer."""
    order = order_of(resting_request(), person.account)
    order = with_receipt(order, await adapter.place_order(order), NOON)
    changes = OrderChanges(limit_price=Decimal(151))
    trouble = simulator.fail("modify", Fault.CLOSE, carried_out=carried_out)
    with pytest.raises(OutcomeUnknown):
        await adapter.modify_order(order, changes)
    trouble.lift()
    intent = Intent(
        kind=IntentKind.MODIFY,
        origin_key="click",
        state=IntentState.UNKNOWN,
        at=NOON,
        changes=changes,
    )
    return replace(order, intent=intent)


async def test_a_change_that_was_carried_out_unheard_is_followed(
    adapter: EtradeAdapter, simulator: EtradeSimulator, anna: Person
) -> None:
    order = await changing(adapter, simulator, anna, carried_out=True)

    found = await adapter.find_order(order)

    assert isinstance(found, Found)
    after = with_receipt(order, found.receipt, NOON)
    assert after.intent is not None
    assert after.intent.state is IntentState.DONE
    assert after.broker_order_id == str(simulator.orders[1].id)


async def test_a_change_that_was_not_carried_out_leaves_the_order_as_it_was(
    adapter: EtradeAdapter, simulator: EtradeSimulator, anna: Person
) -> None:
    order = await changing(adapter, simulator, anna, carried_out=False)

    found = await adapter.find_order(order)

    assert isinstance(found, Found)
    assert found.receipt.state is OrderState.ACCEPTED
    assert found.receipt.limit_price == 150


async def test_a_change_is_found_by_its_terms_should_the_old_order_not_lead_to_it(
    adapter: EtradeAdapter, simulator: EtradeSimulator, anna: Person
) -> None:
    order = await changing(adapter, simulator, anna, carried_out=True)
    old, new = simulator.orders
    old.replaced_by = None

    by_its_origin = await told_of(adapter, order)
    new.replaces = None
    by_its_terms = await told_of(adapter, order)

    assert by_its_origin.broker_order_id == by_its_terms.broker_order_id == str(new.id)
    assert by_its_terms.state is OrderState.ACCEPTED


async def test_an_old_order_is_not_called_canceled_while_its_change_may_still_show_up(
    adapter: EtradeAdapter, simulator: EtradeSimulator, anna: Person, clock: ManualClock
) -> None:
    order = await changing(adapter, simulator, anna, carried_out=True)
    old, new = simulator.orders
    old.replaced_by = new.replaces = None
    simulator.orders.remove(new)

    at_first = await told_of(adapter, order)
    clock.advance(121)
    later = await told_of(adapter, order)

    assert at_first.state is OrderState.ACCEPTED
    assert later.state is OrderState.CANCELED
