"""Two hundred drops in a row leave nothing behind: no task, no socket, no thread, no memory."""

import asyncio
import gc
import threading
import tracemalloc
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

import pytest

from floorbroker.brokers.moomoo.adapter import MoomooAdapter
from floorbroker.domain.errors import BrokerError, OutcomeUnknown
from tests.brokers.moomoo.at_moomoo import APPLE, order_of, resting_request
from tests.simulators.opend import Fault, OpenDSimulator

WARM: Final = 20
DROPS: Final = 200
LATE: Final = 3
"""Of each kind so many may just be ending; a leak would be two hundred."""

ROOM: Final = 400_000
"""Bytes: caches of Python's and of protobuf's grow a little whatever is asked."""


def sockets() -> int:
    found = 0
    for entry in Path("/proc/self/fd").iterdir():
        with suppress(OSError):  # the folder's own, which is closed by now
            found += str(entry.readlink()).startswith("socket:")
    return found


def counted() -> tuple[int, int, int]:
    return len(asyncio.all_tasks()), sockets(), threading.active_count()


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not holds():  # noqa: ASYNC110  # the SDK's thread sets no event
            await asyncio.sleep(0.001)


async def one_drop(adapter: MoomooAdapter, simulator: OpenDSimulator, number: int) -> None:
    """In turn: while nothing is asked, under a read, under an order, and during the greeting."""
    made = simulator.connections_made
    if number % 4 == 1:
        simulator.fail("read", Fault.DROP_AFTER)
        with pytest.raises(BrokerError):
            await adapter.quote(APPLE)
    elif number % 4 == 2:
        simulator.fail("order", Fault.DROP_AFTER)
        with pytest.raises(OutcomeUnknown):
            await adapter.place_order(order_of(resting_request()))
    else:
        if number % 4 == 3:
            simulator.fail("connect", Fault.DROP_BEFORE)
        simulator.drop()
    await until(lambda: simulator.connections_made > made)
    await until(lambda: adapter.status().healthy and simulator.connections == 1)


@pytest.mark.long
async def test_two_hundred_drops_leave_nothing_behind(
    adapter: MoomooAdapter, simulator: OpenDSimulator
) -> None:
    for number in range(WARM):
        await one_drop(adapter, simulator, number)
    gc.collect()
    before = counted()
    tracemalloc.start()
    held = tracemalloc.get_traced_memory()[0]

    for number in range(DROPS):
        await one_drop(adapter, simulator, number)

    simulator.received.clear()
    simulator.orders.clear()
    gc.collect()
    grown = tracemalloc.get_traced_memory()[0] - held
    tracemalloc.stop()
    await until(
        lambda: all(now <= then + LATE for now, then in zip(counted(), before, strict=True))
    )
    assert grown < ROOM
