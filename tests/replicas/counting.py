"""Replicas that count together, without the rest of them."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from redis.asyncio import Redis

from floorbroker.brokers.shared.allowances import Allowances
from floorbroker.observability.metrics import Metrics
from floorbroker.replicas.asking import Asking
from floorbroker.replicas.counts import SharedCounts
from floorbroker.vault.keyring import new_key, parse_keyring
from floorbroker.vault.seal import Vault
from tests.fakes.clock import ManualClock
from tests.redis_server import RedisServer

UNHURRIED: Final = 20.0
"""Seconds for a question, where a test is not about how long one may take."""

_VAULT: Final = Vault(parse_keyring(new_key("test")))


class Waits(Exception):
    """Somebody would have to wait for room."""


@dataclass(kw_only=True)
class Replica:
    """What one process counts with; `now` is its own seconds, which a test moves."""

    clock: ManualClock
    metrics: Metrics
    counts: SharedCounts
    allowances: Allowances
    told: "set[asyncio.Task[None]]" = field(default_factory=set)
    seconds: list[float] = field(default_factory=lambda: [0.0])

    def later(self, seconds: float) -> None:
        """Time goes by for whoever asks Redis."""
        self.seconds[0] += seconds

    async def all_told(self) -> None:
        """Waits until what was handed over has ended."""
        await asyncio.sleep(0)  # what came from a thread begins
        while self.told:
            await asyncio.wait(set(self.told))


@asynccontextmanager
async def replicas(
    server: RedisServer, number: int, *, patience: float = UNHURRIED
) -> AsyncIterator[list[Replica]]:
    """So many, each with a connection of its own; nobody waits for room in them."""
    async with AsyncExitStack() as open_ones:
        yield [
            _replica(await open_ones.enter_async_context(Redis.from_url(server.url)), patience)
            for _ in range(number)
        ]


def _replica(redis: Redis, patience: float) -> Replica:
    clock, metrics, seconds = ManualClock(), Metrics(), [time.monotonic()]
    told: set[asyncio.Task[None]] = set()

    def hand_over(work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        told.add(task)
        task.add_done_callback(told.discard)

    now: Callable[[], float] = lambda: seconds[0]  # noqa: E731  # a clock to be moved
    asking = Asking("limits", metrics, seconds=patience, now=now)
    counts = SharedCounts(redis, asking, _VAULT.mark, hand_over)
    return Replica(
        clock=clock,
        metrics=metrics,
        counts=counts,
        allowances=Allowances(clock, metrics, pause=_nobody_waits, together=counts),
        told=told,
        seconds=seconds,
    )


async def _nobody_waits(seconds: float) -> None:
    del seconds
    raise Waits
