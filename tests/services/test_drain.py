"""The end of a process: no new order starts, and what is under way is finished."""

import asyncio
from datetime import timedelta

import pytest

from floorbroker.domain.errors import Busy
from floorbroker.domain.order_state import OrderState
from floorbroker.services.supervisor import Supervisor
from tests.fakes.flaky_documents import FlakyDocuments
from tests.floor import ANNA, House, caller
from tests.services.conftest import Build
from tests.simulators.paper_faults import Counting, Hanging


async def test_a_confirm_after_draining_began_is_told_to_come_back(
    house: House, broker: Counting, build: Build
) -> None:
    draft = await house.draft()
    await house.supervisor.drain(timedelta(seconds=1))

    with pytest.raises(Busy):
        await house.confirm(draft)

    assert broker.orders_received == 0
    next_process = build(faults=broker)
    assert (await next_process.confirm(draft)).state is OrderState.FILLED


async def test_a_cancel_after_draining_began_is_told_to_come_back(
    house: House, broker: Counting
) -> None:
    order = await house.resting(limit="100.00")
    await house.supervisor.drain(timedelta(seconds=1))

    with pytest.raises(Busy):
        await house.changes.cancel(caller(), order.order_id)

    assert broker.operations.count("cancel_order") == 0
    assert (await house.stored(order)).intent is None


async def test_draining_waits_for_the_order_that_is_on_its_way(build: Build) -> None:
    broker = Hanging()
    house = build(faults=broker)
    draft = await house.draft()
    click = asyncio.ensure_future(house.confirm(draft))
    await broker.saved.wait()

    ending = asyncio.ensure_future(house.supervisor.drain(timedelta(seconds=10)))
    await asyncio.sleep(0)
    broker.released.set()

    assert await ending == 0
    assert (await click).state is OrderState.FILLED
    assert (await house.stored(draft)).state is OrderState.FILLED


async def test_draining_waits_for_the_audit_of_the_last_order_too(
    build: Build, store: FlakyDocuments
) -> None:
    broker = Hanging()
    house = build(faults=broker)
    draft = await house.draft()
    click = asyncio.ensure_future(house.confirm(draft))
    await broker.saved.wait()

    ending = asyncio.ensure_future(house.stop())
    await asyncio.sleep(0)
    broker.released.set()
    await ending
    await click

    assert ("insert", "audit") in store.calls
    assert await house.audit.verify(ANNA) is None


async def test_draining_gives_up_after_its_time_and_says_how_much_was_left() -> None:
    supervisor = Supervisor()
    forever = asyncio.Event()
    supervisor.hand_over(_wait(forever))

    left = await supervisor.drain(timedelta(seconds=0.01))

    assert left == 1
    await supervisor.stop()


async def test_work_that_was_handed_over_is_canceled_at_the_stop() -> None:
    supervisor = Supervisor()
    task = supervisor.hand_over(_wait(asyncio.Event()))

    await supervisor.stop()

    assert task.cancelled()


async def test_a_loop_goes_on_after_a_failure() -> None:
    supervisor = Supervisor()
    rounds = 0
    enough = asyncio.Event()

    async def work() -> None:
        nonlocal rounds
        rounds += 1
        if rounds == 3:
            enough.set()
        raise RuntimeError("each time")

    supervisor.every(timedelta(0), "failing", work)

    await asyncio.wait_for(enough.wait(), timeout=5)
    await supervisor.stop()


async def test_what_was_refused_while_draining_never_began() -> None:
    supervisor = Supervisor()
    supervisor.draining = True
    began = asyncio.Event()

    async def work() -> None:
        began.set()

    with pytest.raises(Busy):
        await supervisor.carry_out(work())

    assert not began.is_set()


async def _wait(event: asyncio.Event) -> None:
    await event.wait()
