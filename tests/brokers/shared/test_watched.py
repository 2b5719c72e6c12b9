"""Reads end at their deadline and are measured; order requests are left alone."""

from typing import Any

import pytest

from floorbroker.brokers.paper.adapter import ACCOUNT, PaperAdapter
from floorbroker.brokers.paper.credentials import PaperCredentials
from floorbroker.brokers.paper.instruments import listing
from floorbroker.brokers.port import BrokerAdapter
from floorbroker.brokers.shared.breaker import Breaker
from floorbroker.brokers.shared.watched import WatchedAdapter
from floorbroker.domain.errors import BrokerTimeout
from floorbroker.domain.ids import BrokerId
from floorbroker.observability.metrics import Metrics
from tests.brokers.fakes.surroundings import context as surroundings
from tests.fakes.clock import ManualClock
from tests.simulators.paper_faults import Hanging

AAPL = listing("AAPL").instrument
READS: dict[str, tuple[Any, ...]] = {
    "connect": (),
    "accounts": (),
    "balances": (ACCOUNT,),
    "positions": (ACCOUNT,),
    "instrument": ("AAPL",),
    "instrument_rules": (AAPL,),
    "quote": (AAPL,),
    "open_orders": (ACCOUNT,),
}


def _watched(operation: str, metrics: Metrics) -> WatchedAdapter:
    clock = ManualClock()
    faults = Hanging(frozenset({operation}))
    context = surroundings(clock, latency_seconds=0, faults=faults)
    made = PaperAdapter(context, PaperCredentials())
    return WatchedAdapter(made, BrokerId("paper"), metrics, breaker=Breaker(clock), patience=0.001)


@pytest.mark.parametrize("operation", READS)
async def test_a_read_that_hangs_ends_at_its_deadline_and_is_counted(operation: str) -> None:
    metrics = Metrics()
    adapter = _watched(operation, metrics)

    with pytest.raises(BrokerTimeout):
        await getattr(adapter, operation)(*READS[operation])

    text = metrics.render()[0].decode()
    assert f'operation="{operation}"' in text


def test_every_call_of_the_port_is_passed_on() -> None:
    port = {name for name in vars(BrokerAdapter) if not name.startswith("_")}

    assert port <= set(vars(WatchedAdapter))
