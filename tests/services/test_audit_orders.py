"""What the trail says of an order: each thing that became of it, once, with its prices."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from floorbroker.domain.audit import chained
from floorbroker.domain.errors import OutcomeUnknown
from floorbroker.domain.order_life import moved
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import Fill, OrderChanges
from floorbroker.storage.audit import AuditTrail
from floorbroker.storage.documents import OLDEST_FIRST, Documents
from tests.fakes.clock import ManualClock
from tests.fakes.exchange.venue import Venue
from tests.floor import ANNA, House, caller
from tests.services.conftest import Build

UNKNOWN = OutcomeUnknown(broker="alpaca")
CHANGES = OrderChanges(quantity=Decimal("7"), limit_price=Decimal("89.00"))


@pytest.fixture
async def house(build: Build, venue: Venue) -> House:
    built = build(venue=venue)
    await built.link()
    return built


async def told(house: House, documents: Documents) -> list[dict[str, Any]]:
    """The fields of every entry of an order, oldest first, once all are written."""
    await house.stop()
    found = await documents.find("audit", {}, order=("number", OLDEST_FIRST), limit=100)
    return [one["fields"] for one in found if one["action"] == "order"]


async def test_a_change_in_doubt_that_is_proven_later_is_told_with_what_it_asked(
    house: House, venue: Venue, documents: Documents, clock: ManualClock
) -> None:
    resting = await house.resting(limit="90.00")
    venue.failing_after["modify_order"] = UNKNOWN
    await house.changes.modify(caller(), resting.order_id, CHANGES)
    clock.advance(2)

    for _ in range(3):
        await house.reconciler.sweep()

    before, doubtful, proven = await told(house, documents)
    assert "asked_limit" not in before
    assert (doubtful["intent"], doubtful["limit"]) == ("modify:unknown", "90.00")
    assert (proven["intent"], proven["limit"]) == ("modify:done", "89.00")
    for entry in (doubtful, proven):
        assert (entry["asked_quantity"], entry["asked_limit"]) == ("7", "89.00")
        assert "asked_stop" not in entry


async def test_a_cancel_that_left_no_trace_is_told(
    house: House, venue: Venue, documents: Documents, clock: ManualClock
) -> None:
    resting = await house.resting()
    venue.failing["cancel_order"] = UNKNOWN
    await house.changes.cancel(caller(), resting.order_id)

    for _ in range(3):
        clock.advance(40)
        await house.reconciler.sweep()

    intents = [(one["state"], one["intent"]) for one in await told(house, documents)]
    assert intents == [
        ("accepted", ""),
        ("accepted", "cancel:unknown"),
        ("accepted", "cancel:refused"),
    ]


async def test_each_further_fill_is_told(
    house: House, venue: Venue, documents: Documents, clock: ManualClock
) -> None:
    resting = await house.resting(quantity="10")
    receipt = venue.book[resting.order_id]
    for count in (1, 2):
        fills = tuple(
            Fill(fill_id=str(number), quantity=Decimal("2.5"), price=Decimal(90), at=clock.now())
            for number in range(count)
        )
        part = replace(receipt, state=OrderState.PARTIALLY_FILLED, fills=fills)
        venue.book[resting.order_id] = part
        clock.advance(60)
        await house.reconciler.sweep()
        clock.advance(60)
        await house.reconciler.sweep()

    filled = [(one["state"], one["filled"]) for one in await told(house, documents)]
    assert filled == [
        ("accepted", "0"),
        ("partially_filled", "2.5"),
        ("partially_filled", "5.0"),
    ]


async def test_an_order_that_a_killed_process_left_is_told_as_unknown_and_then_as_found(
    house: House, venue: Venue, documents: Documents, clock: ManualClock
) -> None:
    resting = await house.resting()
    order_id = resting.order_id + "x"
    drafted = replace(resting, order_id=order_id, origin_key="k", state=OrderState.DRAFT, events=())
    left = replace(
        moved(drafted, OrderState.SENDING, "confirmed", clock.now()),
        sent_at=clock.now(),
        check_at=clock.now(),
    )
    await house.stored_orders.add(left)
    venue.book[left.order_id] = venue.book[resting.order_id]
    clock.advance(60)

    await house.reconciler.sweep()

    states = [one["state"] for one in await told(house, documents) if one["order_id"] == order_id]
    assert states == ["unknown", "accepted"]


async def test_entries_of_before_and_of_now_make_one_whole_chain(
    house: House, documents: Documents, clock: ManualClock
) -> None:
    trail, person = AuditTrail(documents), await house.audit.pseudonym(ANNA)
    number, previous = await trail.end(person)
    older = chained(
        person=person,
        number=number + 1,
        at=clock.now() - timedelta(days=9),
        action="order",
        fields={"order_id": "a", "state": "filled", "filled": "10", "intent": ""},
        previous=previous,
    )
    assert await trail.append(older)

    await house.resting(limit="90.00")

    newest = (await told(house, documents))[-1]
    assert newest["limit"] == "90.00"
    assert await house.audit.verify(ANNA) is None
