"""Other terms for a working order: the same checks as a new one, asked for once, read back."""

from dataclasses import replace
from decimal import Decimal

import pytest

from floorbroker.domain.errors import (
    InvalidInput,
    LimitExceeded,
    Paused,
)
from floorbroker.domain.order import IntentKind, IntentState, Order
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import OrderChanges, Receipt, Side
from tests.fakes.clock import ManualClock
from tests.fakes.exchange.venue import Venue, filled, held
from tests.floor import ANNA, House, caller
from tests.services.conftest import Build

CHEAPER = OrderChanges(limit_price=Decimal("89.00"))


@pytest.fixture
def house(build: Build, venue: Venue) -> House:
    return build(venue=venue)


@pytest.fixture
async def resting(house: House) -> Order:
    """Buy 10 AAPL at 90.00, working at the scripted broker."""
    await house.link()
    return await house.resting()


def _state(order: Order) -> IntentState:
    assert order.intent is not None
    assert order.intent.kind is IntentKind.MODIFY
    return order.intent.state


async def test_a_change_that_is_carried_out_changes_the_stored_terms(
    house: House, venue: Venue, resting: Order
) -> None:
    changes = OrderChanges(quantity=Decimal(20), limit_price=Decimal("89.00"))

    order = await house.changes.modify(caller(), resting.order_id, changes)

    assert order.state is OrderState.ACCEPTED
    assert _state(order) is IntentState.DONE
    assert order.request.quantity == 20
    assert order.request.limit_price == Decimal("89.00")
    assert order == await house.stored(order)
    assert venue.count("modify_order") == 1


async def test_a_broker_that_answers_with_a_new_id_leaves_a_chain(
    house: House, venue: Venue, resting: Order
) -> None:
    venue.new_id_on_modify = True
    first = resting.broker_order_id

    one = await house.changes.modify(caller(), resting.order_id, CHEAPER)
    two = await house.changes.modify(
        caller(), resting.order_id, OrderChanges(limit_price=Decimal("88.00"))
    )

    assert one.replaced == (first,)
    assert two.replaced == (first, one.broker_order_id)
    assert two.broker_order_id == f"{first}''"


async def test_new_terms_are_put_on_the_brokers_steps(
    house: House, venue: Venue, resting: Order
) -> None:
    changes = OrderChanges(quantity=Decimal("12.7"), limit_price=Decimal("89.006"))

    order = await house.changes.modify(caller(), resting.order_id, changes)

    assert order.request.quantity == 12
    assert order.request.limit_price == Decimal("89.01")
    assert order.intent is not None
    assert order.intent.changes == OrderChanges(quantity=Decimal(12), limit_price=Decimal("89.01"))


async def test_only_what_was_named_is_sent(house: House, venue: Venue, resting: Order) -> None:
    order = await house.changes.modify(caller(), resting.order_id, CHEAPER)

    assert order.intent is not None
    assert order.intent.changes == CHEAPER


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        (OrderChanges(quantity=Decimal(600)), LimitExceeded),
        (OrderChanges(limit_price=Decimal("105.01")), LimitExceeded),
        (OrderChanges(quantity=Decimal("0.5")), InvalidInput),
        (OrderChanges(stop_price=Decimal("80.00")), InvalidInput),
    ],
    ids=["order value", "collar", "below the smallest", "a stop for a limit order"],
)
async def test_a_change_that_a_new_order_could_not_have_is_refused_before_the_broker(
    house: House, venue: Venue, resting: Order, changes: OrderChanges, error: type[Exception]
) -> None:
    with pytest.raises(error):
        await house.changes.modify(caller(), resting.order_id, changes)

    assert venue.count("modify_order") == 0
    assert (await house.stored(resting)).intent is None


async def test_a_pause_stops_a_change_of_an_order_that_opens(
    house: House, venue: Venue, resting: Order
) -> None:
    await house.choose(ANNA, paused=True)

    with pytest.raises(Paused):
        await house.changes.modify(caller(), resting.order_id, CHEAPER)

    assert venue.count("modify_order") == 0


async def test_a_pause_lets_a_closing_order_be_changed(
    house: House, venue: Venue, clock: ManualClock
) -> None:
    await house.link()
    venue.positions = (held(10, clock.now()),)
    order = await house.resting(side=Side.SELL, limit="110.00")
    await house.choose(ANNA, paused=True)

    changed = await house.changes.modify(
        caller(), order.order_id, OrderChanges(limit_price=Decimal("109.00"))
    )

    assert _state(changed) is IntentState.DONE


async def test_a_closing_order_cannot_be_changed_into_a_short_one(
    house: House, venue: Venue, clock: ManualClock
) -> None:
    await house.link()
    venue.positions = (held(10, clock.now()),)
    order = await house.resting(side=Side.SELL, limit="110.00")

    with pytest.raises(InvalidInput, match="You hold 10 AAPL"):
        await house.changes.modify(caller(), order.order_id, OrderChanges(quantity=Decimal(50)))

    assert venue.count("modify_order") == 0


async def test_what_a_closing_order_has_filled_is_not_held_any_more_and_does_not_count(
    house: House, venue: Venue, clock: ManualClock
) -> None:
    await house.link()
    venue.positions = (held(10, clock.now()),)
    order = await house.resting(side=Side.SELL, limit="110.00", quantity="8")
    venue.book[order.order_id] = _partly("X-1", 5, clock)
    clock.advance(10)
    await house.reconciler.sweep()
    venue.positions = (held(5, clock.now()),)

    changed = await house.changes.modify(
        caller(), order.order_id, OrderChanges(quantity=Decimal(10))
    )

    assert _state(changed) is IntentState.DONE
    with pytest.raises(InvalidInput):
        await house.changes.modify(caller(), order.order_id, OrderChanges(quantity=Decimal(11)))


@pytest.mark.parametrize("quantity", ["4", "5", "5.9"])
async def test_the_new_quantity_must_be_more_than_is_filled_also_after_rounding(
    house: House, venue: Venue, resting: Order, clock: ManualClock, quantity: str
) -> None:
    venue.book[resting.order_id] = _partly("X-1", 5, clock)
    clock.advance(10)
    await house.reconciler.sweep()

    with pytest.raises(InvalidInput, match="5 is filled already"):
        await house.changes.modify(
            caller(), resting.order_id, OrderChanges(quantity=Decimal(quantity))
        )

    assert venue.count("modify_order") == 0


async def test_an_order_for_an_amount_of_money_keeps_its_amount(house: House, venue: Venue) -> None:
    await house.link()
    order = await house.confirm(await house.draft(amount="500", limit="90.00"))

    with pytest.raises(InvalidInput, match="amount of money"):
        await house.changes.modify(caller(), order.order_id, OrderChanges(quantity=Decimal(3)))

    assert venue.count("modify_order") == 0


def _partly(broker_order_id: str, quantity: int, clock: ManualClock) -> Receipt:
    whole = filled(broker_order_id, Decimal(quantity), clock.now())
    return replace(whole, state=OrderState.PARTIALLY_FILLED)
