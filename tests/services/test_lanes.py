"""Bounded work at each broker, and nothing sent by a process that was held up."""

import asyncio
from decimal import Decimal

import pytest

from floorbroker.domain.errors import Busy
from floorbroker.domain.ids import BrokerId
from floorbroker.domain.order import IntentState
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import OrderChanges
from floorbroker.services.lanes import Lanes
from tests.fakes.clock import ManualClock
from tests.fakes.flaky_documents import FlakyDocuments
from tests.floor import House, caller
from tests.simulators.paper_faults import Counting

SLOW, QUICK = BrokerId("slow"), BrokerId("quick")


async def _inside(lanes: Lanes, broker: BrokerId, leave: asyncio.Event) -> None:
    async with lanes.lane(broker):
        await leave.wait()


async def _started(lanes: Lanes, broker: BrokerId, leave: asyncio.Event) -> asyncio.Task[None]:
    task = asyncio.create_task(_inside(lanes, broker, leave))
    await asyncio.sleep(0)
    return task


async def test_a_full_lane_makes_the_next_one_wait_for_its_turn() -> None:
    lanes, leave = Lanes(at_once=1), asyncio.Event()
    first = await _started(lanes, SLOW, leave)

    second = await _started(lanes, SLOW, asyncio.Event())
    waited = not second.done() and not first.done()
    leave.set()
    await first

    assert waited
    second.cancel()


async def test_a_full_lane_of_one_broker_leaves_the_others_open() -> None:
    lanes, leave = Lanes(at_once=1), asyncio.Event()
    held = await _started(lanes, SLOW, leave)

    async with asyncio.timeout(1), lanes.lane(QUICK):
        entered = True

    assert entered
    leave.set()
    await held


async def test_when_too_many_wait_the_next_one_is_told_to_come_later() -> None:
    lanes, leave = Lanes(at_once=1, most_waiting=1), asyncio.Event()
    tasks = [await _started(lanes, SLOW, leave) for _ in range(2)]

    with pytest.raises(Busy):
        async with lanes.lane(SLOW):
            pass

    leave.set()
    await asyncio.gather(*tasks)


async def test_whoever_gives_up_waiting_leaves_no_gap() -> None:
    lanes, leave = Lanes(at_once=1, most_waiting=1), asyncio.Event()
    held = await _started(lanes, SLOW, leave)
    impatient = await _started(lanes, SLOW, leave)
    impatient.cancel()
    await asyncio.gather(impatient, return_exceptions=True)

    patient = await _started(lanes, SLOW, leave)
    leave.set()

    await asyncio.wait_for(asyncio.gather(held, patient), timeout=1)


async def test_a_process_that_was_held_up_for_one_deadline_sends_nothing(
    house: House, store: FlakyDocuments, broker: Counting, clock: ManualClock
) -> None:
    order = await house.draft()

    async def held_up() -> None:
        clock.advance(house.settings.order_deadline_seconds)

    store.before[("replace", "orders")] = held_up
    ended = await house.confirm(order)

    assert ended.state is OrderState.NOT_PLACED
    assert broker.orders_received == 0


@pytest.mark.parametrize("kind", ["cancel", "modify"])
async def test_a_process_that_was_held_up_asks_for_no_change(
    house: House, store: FlakyDocuments, broker: Counting, clock: ManualClock, kind: str
) -> None:
    order = await house.resting()

    async def held_up() -> None:
        clock.advance(house.settings.order_deadline_seconds)

    store.before[("replace", "orders")] = held_up
    if kind == "cancel":
        asked = await house.changes.cancel(caller(), order.order_id)
    else:
        changes = OrderChanges(quantity=Decimal(5))
        asked = await house.changes.modify(caller(), order.order_id, changes)

    assert asked.intent is not None
    assert (asked.intent.state, asked.state) == (IntentState.NOT_SENT, OrderState.ACCEPTED)
    assert f"{kind}_order" not in broker.operations
