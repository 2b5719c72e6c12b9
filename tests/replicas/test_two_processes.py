"""The same with processes of the operating system, each with its own connection to the store."""

import asyncio
import sys
from pathlib import Path

import pytest

from floorbroker.domain.clock import SystemClock
from floorbroker.domain.order_state import OrderState
from floorbroker.storage.indexes import INDEXES
from tests.fakes.clock import ManualClock
from tests.floor import built
from tests.replicas.at_replicas import in_doubt
from tests.stores import Store

ORDERS = 30
PROCESSES = 2


@pytest.mark.long
async def test_no_order_is_looked_up_by_two_processes_at_once_and_none_is_left(
    store: Store, tmp_path: Path
) -> None:
    now = SystemClock().now()
    documents = store.open()
    await documents.start(INDEXES)
    house = built(documents, ManualClock(now))
    link = await house.link()
    orders = [in_doubt(link, now.replace(microsecond=0), number) for number in range(ORDERS)]
    for one in orders:
        await house.stored_orders.add(one)
    log = tmp_path / "looks"
    engine = "sqlite" if store.engine == "sqlite" else "mongo"
    command = (sys.executable, "-m", "tests.replicas.one_process", engine, store.place)

    processes = [
        await asyncio.create_subprocess_exec(
            *command, store._name, str(log),
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        )
        for _ in range(PROCESSES)
    ]  # fmt: skip
    for process in processes:
        assert process.stdout is not None
        assert await process.stdout.readline() == b"ready\n"
    ended = await asyncio.gather(*(process.communicate(b"go\n") for process in processes))

    assert [process.returncode for process in processes] == [0] * PROCESSES, ended
    under_way: set[str] = set()
    looked: list[str] = []
    for line in log.read_text().split():
        order_id = line[1:]
        if line[0] == "+":
            assert order_id not in under_way
            under_way.add(order_id)
            looked.append(order_id)
        else:
            under_way.remove(order_id)
    assert set(looked) == {one.order_id for one in orders}
    stored = [await house.stored(one) for one in orders]
    assert {one.state for one in stored} == {OrderState.ACCEPTED}
    assert {one.claim for one in stored} == {None}
    await house.stop()
