"""Two hundred drops: what is left afterwards is what was there before."""

import asyncio
import gc
import logging
import threading
import tracemalloc
from itertools import count
from pathlib import Path

import pytest

from floorbroker.brokers.ibkr.adapter import IbkrAdapter
from floorbroker.brokers.ibkr.line import IbkrLine
from floorbroker.brokers.ibkr.pacing import Pacing
from floorbroker.brokers.shared.gateways import Gateways
from floorbroker.domain.connections import ConnectionEvent, ConnectionState
from floorbroker.domain.order import Order
from floorbroker.domain.portfolio import BrokerAccount
from tests.brokers.ibkr.at_ibkr import read_back
from tests.simulators.tws import TwsSimulator

DROPS = 200
ROOM = 200_000
"""Bytes that may have come to stay over all of them; one connection alone is more than 50,000."""


def sockets() -> int:
    """Files that this process has open, where the system tells."""
    told = Path("/proc/self/fd")
    return len(list(told.iterdir())) if told.exists() else 0


async def dropped(simulator: TwsSimulator, gateways: Gateways, times: int) -> None:
    """One drop after another, each once the connection stands again."""
    back = asyncio.Event()

    def hear(event: ConnectionEvent) -> None:
        if event.state is ConnectionState.CONNECTED:
            back.set()

    gateways.listen(hear)
    for _ in range(times):
        simulator.drop()
        await back.wait()
        back.clear()
        simulator.received.clear()  # its own memory is not what is measured
    gateways._listeners.remove(hear)


@pytest.mark.long
@pytest.mark.timeout(300)
async def test_drops_leave_nothing_behind(
    simulator: TwsSimulator,
    adapter: IbkrAdapter,
    gateways: Gateways,
    account: BrokerAccount,
    line: IbkrLine,
    placed: Order,
    caplog: pytest.LogCaptureFixture,
) -> None:
    line.pacing = Pacing(now=count().__next__)  # TWS takes fewer messages a second than come here
    caplog.set_level(logging.CRITICAL, "ib_insync")  # pytest keeps what is logged
    await dropped(simulator, gateways, 10)
    await adapter.positions(account)
    gc.collect()
    before = (len(asyncio.all_tasks()), sockets(), threading.active_count())
    tracemalloc.start()
    size, _ = tracemalloc.get_traced_memory()

    await dropped(simulator, gateways, DROPS)
    await adapter.positions(account)

    gc.collect()
    grown = tracemalloc.get_traced_memory()[0] - size
    tracemalloc.stop()
    after = (len(asyncio.all_tasks()), sockets(), threading.active_count())
    assert after == before
    assert grown < ROOM
    assert (await read_back(adapter, placed)).broker_order_id == placed.broker_order_id
    assert simulator.orders_received == 1
