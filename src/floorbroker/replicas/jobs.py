"""The service's background work as jobs that any replica takes: each round once, wherever it runs.

A round begins when its turn has lapsed: the replica that sets the turn in Redis enqueues the job.
Nothing is kept here that the store does not hold: a job that is lost comes round again, and one
that is carried out twice finds that its compare-and-set fails. While Redis is away for longer than
a moment each replica does its rounds alone, which the same compare-and-set allows.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from time import monotonic
from typing import TYPE_CHECKING, Any, Final, Protocol

import structlog

from floorbroker.observability.metrics import Metrics
from floorbroker.replicas.crew import AWAY, Carried, Crew, JobQueue
from floorbroker.replicas.outage import Outage
from floorbroker.replicas.wanted import wanted

if TYPE_CHECKING:
    from redis.asyncio import Redis

_BLINK: Final = 1.0
"""Seconds without an answer that are not worth a word."""

ALONE_AFTER: Final = 5.0
"""Seconds without Redis, after which a replica does all rounds by itself."""

HANDS: Final = 16
"""So many errands a replica does at the same time."""

SENT_AT_ONCE: Final = 16
"""The others wait, and ask nothing more of a Redis that has failed these."""

_log = structlog.get_logger(__name__)
_Work = Callable[[], Awaitable[Any]]


class Keeper(Protocol):
    """What owns the tasks of this process: its supervisor."""

    def keep(self, name: str, work: Any) -> "asyncio.Task[None]":
        """Runs `work` until the end."""
        ...

    def at_drain(self, last: Callable[[], Any]) -> None:
        """Runs `last` when draining begins, and waits for it."""
        ...


class Jobs:
    """A `Schedule` of rounds that all replicas share, and errands for whoever has a hand free."""

    def __init__(
        self, redis: "Redis", metrics: Metrics, keeper: Keeper, *, alone_after: float = ALONE_AFTER
    ) -> None:
        """Nothing runs before `start`."""
        self._redis = redis
        self._metrics = metrics
        self._keeper = keeper
        self._alone_after = alone_after
        # Two: a Redis that refuses the one and takes the other must not look as if it were well.
        self._giving = Outage("turns", metrics, blink=_BLINK)
        self._taking = Outage("jobs", metrics, blink=_BLINK)
        self._rounds = JobQueue(redis, "rounds", self._taking)
        self._errands = JobQueue(redis, "errands", self._taking)
        self._sending = asyncio.Semaphore(SENT_AT_ONCE)
        self._failed_at = float("-inf")
        self._work: dict[str, _Work] = {}
        self._first: list[tuple[str, float, float]] = []
        self._kinds: dict[str, Carried] = {}
        self._running: set[str] = set()

    def every(self, interval: timedelta, name: str, work: _Work, *, at_once: bool = True) -> None:
        """See `Schedule`; from `start` on."""
        seconds = interval.total_seconds()
        self._work[name] = work
        self._first.append((name, seconds, 0.0 if at_once else seconds))

    def errand(self, kind: str, work: Carried) -> None:
        """What is done with an errand of that kind, by the replica that takes it."""

        async def timed(**about: Any) -> None:
            await self._guarded(kind, lambda: work(**about))

        self._kinds[kind] = timed

    async def send(self, kind: str, key: str, **about: str | int) -> bool:
        """Leaves an errand to whoever has a hand free; the same one waits or runs only once.

        Returns:
            False where Redis is away: nobody will do it.
        """
        asked_at = monotonic()
        async with self._sending:
            if self._alone or self._failed_at > asked_at:
                return False
            try:
                await self._errands.put(kind, key, **about)
            except AWAY as error:
                self._giving.failed(error)
                self._failed_at = monotonic()
                return False
        return True

    def start(self) -> None:
        """Takes jobs from now on; when the process drains, what was begun comes to its end."""
        rounds = [(name, self._one_round(name)) for name in self._work]
        crews = {
            # A hand for each: none waits for another.
            "rounds": Crew(self._rounds, rounds, self._metrics, hands=len(rounds)),
            "errands": Crew(self._errands, list(self._kinds.items()), self._metrics, hands=HANDS),
        }
        tasks = [self._keeper.keep(f"jobs {name}", crew.run()) for name, crew in crews.items()]

        async def leave() -> None:
            for crew in crews.values():
                crew.leave()
            await asyncio.wait(tasks)

        self._keeper.at_drain(leave)
        for name, seconds, first in self._first:
            self._keeper.keep(f"round {name}", self._come_round(name, seconds, first))

    async def _come_round(self, name: str, seconds: float, pause: float) -> None:
        while wanted():
            await asyncio.sleep(pause)
            pause = seconds
            try:
                pause = await self._turn(name, seconds)
            except AWAY as error:
                self._giving.failed(error)
            if self._alone:
                await self._one_round(name)()

    @property
    def _alone(self) -> bool:
        """Whether Redis has taken or given out no work for so long that nobody waits for it."""
        return max(self._giving.seconds, self._taking.seconds) >= self._alone_after

    async def _turn(self, name: str, seconds: float) -> float:
        """Enqueues the round if it is due; the seconds after which it can be due again.

        That another replica has taken the turn proves nothing: only what was enqueued does.
        """
        key = f"floorbroker:turn:{name}"
        taken = await self._redis.set(key, 1, nx=True, px=max(int(seconds * 1000), 1))
        if taken:
            await self._rounds.put(name, name)
            self._giving.answered()
            return seconds
        left: int = await self._redis.pttl(key)
        return max(left, 1) / 1000

    def _one_round(self, name: str) -> Carried:
        async def one() -> None:
            if name in self._running:
                return  # begun before Redis went away, and not at its end yet
            self._running.add(name)
            try:
                await self._guarded(name, self._work[name])
            finally:
                self._running.discard(name)

        return one

    async def _guarded(self, name: str, work: _Work) -> None:
        try:
            with self._metrics.job(name):
                await work()
        except Exception as error:  # noqa: BLE001  # the edge: a failure must not end the worker
            _log.exception("background_failed", task=name, error=type(error).__name__)
