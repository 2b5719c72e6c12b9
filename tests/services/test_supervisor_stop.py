"""The end of a process waits for nobody who was asked to end and did not hear it."""

import asyncio

from floorbroker.services.supervisor import Supervisor


async def test_a_task_that_swallows_a_cancellation_is_asked_again() -> None:
    supervisor, began = Supervisor(), asyncio.Event()

    async def deaf_at_first() -> None:
        began.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            await asyncio.Event().wait()  # as a library that loses it goes on

    task = supervisor.keep("deaf", deaf_at_first())
    await began.wait()

    await asyncio.wait_for(supervisor.stop(), timeout=60)

    assert task.cancelled()
