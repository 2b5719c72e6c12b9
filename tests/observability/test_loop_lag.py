"""A stall of the event loop, measured on a loop whose time is made by the test."""

import asyncio
import selectors
from collections.abc import Mapping
from typing import Any

import pytest

from floorbroker.observability.loop_lag import watch_loop_lag
from floorbroker.observability.metrics import Metrics
from tests.observability.scraped import samples


class MadeUpTime(asyncio.SelectorEventLoop):
    """Waiting takes no time: the clock jumps to the next timer."""

    def __init__(self) -> None:
        self.now = 0.0
        super().__init__(_Jumping(self))

    def time(self) -> float:
        return self.now


class _Jumping(selectors.BaseSelector):
    def __init__(self, loop: MadeUpTime) -> None:
        self._loop = loop
        self._real = selectors.DefaultSelector()

    def select(self, timeout: float | None = None) -> Any:
        self._loop.now += timeout or 0.0
        return self._real.select(0)

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        return self._real.register(fileobj, events, data)

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        return self._real.unregister(fileobj)

    def close(self) -> None:
        self._real.close()

    def get_map(self) -> Mapping[Any, selectors.SelectorKey]:
        return self._real.get_map()


def _watched(*, stall_seconds: float) -> tuple[float, float]:
    """The last lag and the number of measurements after four intervals and one stall."""
    metrics = Metrics()
    loop = MadeUpTime()

    def stall() -> None:
        loop.now += stall_seconds

    async def watch_for_a_while() -> None:
        loop.call_later(1.9, stall)
        async with asyncio.timeout(2.1 + stall_seconds):
            await watch_loop_lag(metrics, interval_seconds=0.5)

    try:
        with pytest.raises(TimeoutError):
            loop.run_until_complete(watch_for_a_while())
    finally:
        loop.close()
    found = samples(metrics)
    return (
        found["floorbroker_event_loop_lag_last_seconds", ()],
        found["floorbroker_event_loop_lag_seconds_count", ()],
    )


def test_a_stall_is_measured_as_far_as_it_outlasts_the_interval() -> None:
    last, count = _watched(stall_seconds=0.3)

    assert last == pytest.approx(0.2, abs=0.01)
    assert count == 4


def test_a_loop_that_keeps_up_has_no_lag() -> None:
    last, count = _watched(stall_seconds=0.0)

    assert last == pytest.approx(0.0, abs=0.01)
    assert count == 4
