"""The store fails before the intent, or after the broker's answer: never two orders, none lost."""

import asyncio

import pytest

from floorbroker.domain.errors import StoreUnavailable
from floorbroker.domain.order_state import OrderState
from tests.fakes.clock import ManualClock
from tests.fakes.exchange.venue import Venue
from tests.fakes.flaky_documents import FlakyDocuments
from tests.floor import House, caller
from tests.services.conftest import Build
from tests.simulators.paper_faults import Counting, Refusing, Silent


async def test_a_store_that_is_down_before_the_intent_sends_nothing(
    house: House, broker: Counting, store: FlakyDocuments
) -> None:
    draft = await house.draft()
    store.fail("replace", "orders")

    with pytest.raises(StoreUnavailable):
        await house.confirm(draft)

    store.recover()
    assert broker.orders_received == 0
    assert (await house.stored(draft)).state is OrderState.DRAFT


@pytest.mark.parametrize(
    ("operation", "collection"),
    [("find", "orders"), ("get", "links"), ("get", "users"), ("get", "switches"),
     ("count", "orders")],
)  # fmt: skip
async def test_a_check_that_cannot_be_made_sends_nothing(
    house: House, broker: Counting, store: FlakyDocuments, operation: str, collection: str
) -> None:
    draft = await house.draft()
    store.fail(operation, collection)

    with pytest.raises(StoreUnavailable):
        await house.confirm(draft)

    store.recover()
    assert broker.orders_received == 0
    assert (await house.confirm(draft)).state is OrderState.FILLED


async def test_an_intent_whose_acknowledgement_is_lost_sends_nothing_and_ends_not_placed(
    house: House, broker: Counting, store: FlakyDocuments, clock: ManualClock
) -> None:
    draft = await house.draft()
    store.fail("replace", "orders", times=1, done=True)

    with pytest.raises(StoreUnavailable):
        await house.confirm(draft)

    assert broker.orders_received == 0
    assert (await house.stored(draft)).state is OrderState.SENDING
    assert (await house.confirm(draft)).state is OrderState.SENDING
    clock.advance(31)
    await house.reconciler.sweep()
    assert (await house.stored(draft)).state is OrderState.NOT_PLACED
    assert broker.orders_received == 0


async def test_a_store_that_is_down_after_the_answer_shows_unknown_and_recovers(
    house: House, broker: Counting, store: FlakyDocuments, clock: ManualClock
) -> None:
    draft = await house.draft()
    store.fail("replace", "orders", skip=1)

    shown = await house.confirm(draft)

    assert shown.state is OrderState.UNKNOWN
    store.recover()
    assert (await house.stored(draft)).state is OrderState.SENDING
    clock.advance(29)
    assert await house.reconciler.sweep() == 0
    clock.advance(1)
    assert await house.reconciler.sweep() == 1
    found = await house.stored(draft)
    assert found.state is OrderState.FILLED
    assert found.filled_quantity == 10
    assert broker.orders_received == 1


async def test_a_refusal_that_cannot_be_stored_is_not_shown_as_one(
    build: Build, store: FlakyDocuments, clock: ManualClock
) -> None:
    broker = Refusing()
    house = build(faults=broker)
    draft = await house.draft()
    store.fail("replace", "orders", skip=1)

    shown = await house.confirm(draft)

    assert shown.state is OrderState.UNKNOWN
    store.recover()
    clock.advance(31)
    await house.reconciler.sweep()
    assert (await house.stored(draft)).state is OrderState.NOT_PLACED
    assert broker.orders_received == 1


async def test_an_answer_that_was_stored_but_not_acknowledged_is_there_afterwards(
    house: House, broker: Counting, store: FlakyDocuments
) -> None:
    draft = await house.draft()
    store.fail("replace", "orders", skip=1, done=True)

    shown = await house.confirm(draft)

    assert shown.state is OrderState.UNKNOWN
    store.recover()
    assert (await house.stored(draft)).state is OrderState.FILLED
    assert broker.orders_received == 1


async def test_a_store_that_never_comes_back_while_clicking_on_sends_one_order(
    house: House, broker: Counting, store: FlakyDocuments
) -> None:
    draft = await house.draft()
    store.fail("replace", "orders", skip=1)

    answers = await asyncio.gather(
        *(house.confirm(draft) for _ in range(10)), return_exceptions=True
    )

    assert broker.orders_received == 1
    assert not [a for a in answers if isinstance(a, BaseException)
                and not isinstance(a, StoreUnavailable)]  # fmt: skip


async def test_the_audit_trail_being_down_does_not_touch_the_order(
    house: House, broker: Counting, store: FlakyDocuments
) -> None:
    store.fail("insert", "audit")

    order = await house.bought("10")

    assert order.state is OrderState.FILLED
    assert (await house.stored(order)).state is OrderState.FILLED


async def test_a_draft_that_cannot_be_stored_is_no_draft(
    house: House, store: FlakyDocuments, broker: Counting
) -> None:
    by = caller()
    store.fail("insert", "orders", times=1)

    with pytest.raises(StoreUnavailable):
        await house.draft(by)

    draft = await house.draft(by)
    assert (await house.confirm(draft, by)).state is OrderState.FILLED
    assert broker.orders_received == 1


async def test_a_draft_whose_acknowledgement_is_lost_is_found_by_the_next_delivery(
    house: House, store: FlakyDocuments
) -> None:
    by = caller()
    store.fail("insert", "orders", times=1, done=True)
    with pytest.raises(StoreUnavailable):
        await house.draft(by)

    again = await house.draft(by)

    assert again.origin_key == by.origin_key
    assert again.state is OrderState.DRAFT


async def test_a_store_that_is_down_through_recovery_too_loses_nothing(
    build: Build, store: FlakyDocuments, clock: ManualClock
) -> None:
    broker = Silent()
    house = build(faults=broker)
    order = await house.bought("10")
    clock.advance(2)
    store.fail("replace", "orders", times=3)
    for _ in range(3):
        clock.advance(5)
        await house.reconciler.sweep()
    assert (await house.stored(order)).state is OrderState.UNKNOWN

    await house.reconciler.sweep()

    assert (await house.stored(order)).state is OrderState.FILLED
    assert broker.orders_received == 1


async def test_a_price_check_that_fails_because_of_the_store_leaves_the_draft(
    build: Build, venue: Venue, store: FlakyDocuments
) -> None:
    house = build(venue=venue)
    await house.link()
    draft = await house.draft(limit="90.00")
    store.fail("get", "switches", times=1)

    with pytest.raises(StoreUnavailable):
        await house.confirm(draft)

    assert venue.count("place_order") == 0
    assert (await house.stored(draft)).state is OrderState.DRAFT
