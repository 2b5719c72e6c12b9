"""Reads end at their deadline and are measured; order requests are left alone."""

from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from typing import Any

import pytest

from floorbroker.brokers.paper.adapter import ACCOUNT, PaperAdapter
from floorbroker.brokers.paper.credentials import PaperCredentials
from floorbroker.brokers.paper.instruments import listing
from floorbroker.brokers.port import BrokerAdapter
from floorbroker.brokers.shared.breaker import Breaker
from floorbroker.brokers.shared.hiding import HIDDEN, Hiding
from floorbroker.brokers.shared.watched import WatchedAdapter
from floorbroker.domain.errors import AuthenticationFailed, BrokerError, BrokerTimeout
from floorbroker.domain.ids import BrokerId
from floorbroker.domain.instruments import Instrument
from floorbroker.domain.market import Quote
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


SECRET = "a-secret-of-somebody"


class Telling(PaperAdapter):
    """Pushes one quote, and then what a careless broker says."""

    ended = False

    async def stream_quotes(self, instruments: Sequence[Instrument]) -> AsyncIterator[Quote]:
        try:
            yield await self.quote(instruments[0])
            raise AuthenticationFailed(f"Wrong key {SECRET}.", broker="paper", detail=SECRET)
        finally:
            self.ended = True


def _telling(heard: list[BrokerError]) -> tuple[Telling, WatchedAdapter]:
    clock = ManualClock()
    made = Telling(surroundings(clock, latency_seconds=0), PaperCredentials())
    watched = WatchedAdapter(
        made,
        BrokerId("paper"),
        Metrics(),
        breaker=Breaker(clock),
        hiding=Hiding([SECRET]),
        refused=heard.append,
    )
    return made, watched


async def test_a_stream_that_is_refused_is_heard_of_and_repeats_no_credential() -> None:
    heard: list[BrokerError] = []
    _, watched = _telling(heard)

    with pytest.raises(AuthenticationFailed) as refused:
        async for _ in watched.stream_quotes([AAPL]):
            pass

    assert heard == [refused.value]
    assert HIDDEN in refused.value.message
    assert SECRET not in f"{refused.value.message} {refused.value.detail} {refused.value.args}"


async def test_whoever_stops_listening_ends_the_broker_s_own_stream() -> None:
    made, watched = _telling([])

    async with aclosing(watched.stream_quotes([AAPL])) as quotes:  # type: ignore[type-var]  # is one
        await anext(quotes)

    assert made.ended
