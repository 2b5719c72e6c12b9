"""How late the event loop runs what is due: the first sign of a blocking call."""

import asyncio
from typing import Never

from floorbroker.observability.metrics import Metrics


async def watch_loop_lag(metrics: Metrics, interval_seconds: float = 0.5) -> Never:
    """Measures until cancelled; the body of one supervised task.

    A stall is seen as far as it reaches beyond the moment of the next measurement.
    """
    loop = asyncio.get_running_loop()
    while True:
        due = loop.time() + interval_seconds
        await asyncio.sleep(interval_seconds)
        metrics.loop_lag(max(0.0, loop.time() - due))
