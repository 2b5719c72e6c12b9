"""SAQ's queue and worker as several replicas need them that may die, and a Redis that may be away.

What of SAQ 0.26.4 is used: a job is unique by its key while it waits or runs
(`RedisQueue._enqueue`, one script), goes to one worker by BLMOVE (`dequeue`), and is put back when
its task is canceled (`Worker.process`). What is ours: no signal handlers and no threads
(`Worker.start`); a pause while Redis is away (SAQ asks again at once); and the sweep. SAQ's own
compares the clocks of two machines, takes what has only just been fetched for stuck, and bars the
key of what it ended.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final

import structlog
from redis.exceptions import RedisError
from saq import Job, Worker
from saq.queue.redis import RedisQueue

from floorbroker.observability.metrics import Metrics
from floorbroker.replicas.examining import OLDEST
from floorbroker.replicas.outage import Outage
from floorbroker.replicas.wanted import wanted

if TYPE_CHECKING:
    from redis.asyncio import Redis

AWAY: Final = (RedisError, OSError)
"""What a Redis that does not answer is, to whoever asks it."""

BEAT_SECONDS: Final = 1.0
BEAT_HOLDS: Final = 5.0
"""A worker that was silent for so long is dead, or as good as that."""

SWEEP_SECONDS: Final = 2.5
_BEAT: Final = b":beat"
_UNSEEN: Final = b""
_WAIT_SECONDS: Final = 1.0
"""For a job; less than what a connection waits for any answer."""

_PAUSE_SECONDS: Final = 0.5
_log = structlog.get_logger(__name__)

Carried = Callable[..., Awaitable[None]]
"""What a job does, called with what it was enqueued with."""


class JobQueue(RedisQueue):
    """Jobs of one kind. What a worker has begun that is gone is put back for the others."""

    def __init__(self, redis: "Redis", name: str, outage: Outage) -> None:
        """`name` tells kinds apart."""
        super().__init__(redis, name=f"floorbroker-{name}", dump=json.dumps, load=json.loads)
        self._version = (*OLDEST, 0)  # `doctor` looks at it; not every Redis lets a client ask
        self.kind = name
        self.outage = outage
        self._seen: dict[bytes, bytes | None] = {}
        self.waiting = 0

    async def put(self, what: str, key: str, **about: str | int) -> bool:
        """Enqueues a job; False if the same one waits or runs already.

        Raises:
            RedisError: Redis is away.
            OSError: The same.
        """
        job = Job(function=what, key=key, kwargs=about, timeout=0, retries=1, ttl=-1)
        return await self.enqueue(job) is not None

    async def dequeue(
        self,
        timeout: float = 0.0,  # noqa: ASYNC109  # SAQ's own signature
        poll_interval: float = 0.0,
    ) -> Job | None:
        """The next job, soon; None if there is none."""
        try:
            job = await super().dequeue(timeout or _WAIT_SECONDS)
        except AWAY as error:
            self.outage.failed(error)
            await asyncio.sleep(_PAUSE_SECONDS)
            return None
        self.outage.answered()
        return job

    @asynccontextmanager
    async def beating(self, job: Job) -> AsyncIterator[None]:
        """Gives signs of life for a job that takes longer than a moment."""
        beat = asyncio.create_task(self._beat(job.id))
        try:
            yield
        finally:
            beat.cancel()
            await asyncio.gather(beat, return_exceptions=True)

    async def _beat(self, job_id: str) -> None:
        while wanted():
            await asyncio.sleep(BEAT_SECONDS)
            try:
                await self.redis.set(job_id + _BEAT.decode(), 1, px=int(BEAT_HOLDS * 1000))
            except AWAY as error:
                self.outage.failed(error)

    async def sweep(self, lock: int = 60, abort: float = 5.0) -> list[str]:
        """Puts jobs back that nobody carries out; their keys.

        Whoever has just fetched one gives no sign yet: only the second look at the very same job
        counts, and a round that came again meanwhile is another one.
        """
        async with self.redis.pipeline(transaction=True) as pipe:
            pipe.lrange(self._active, 0, -1)
            pipe.lrange(self._queued, 0, -1)
            pipe.zrange(self._incomplete, 0, -1)
            fetched, queued, known = await pipe.execute()
        self.waiting = len(queued)
        silent = set(known).difference(fetched, queued)
        if fetched:
            beats = await self.redis.mget([one + _BEAT for one in fetched])
            silent |= {one for one, beat in zip(fetched, beats, strict=True) if beat is None}
        ids = list(silent)
        seen = dict(zip(ids, await self.redis.mget(ids), strict=True)) if ids else {}
        lost = [one for one, job in seen.items() if self._seen.get(one, _UNSEEN) == job]
        self._seen = seen
        for one in lost:
            async with self.redis.pipeline(transaction=True) as pipe:
                pipe.lrem(self._active, 0, one.decode())
                if seen[one] is None:
                    pipe.zrem(self._incomplete, one)  # Redis has forgotten what it was
                else:
                    pipe.lrem(self._queued, 0, one.decode())
                    pipe.rpush(self._queued, one)
                await pipe.execute()
        if lost:
            _log.warning("jobs_put_back", count=len(lost))
        return [self.job_key_from_id(one.decode()) for one in lost]


class Crew(Worker[Any]):
    """Takes the jobs of one queue, so many at a time, until it is told to leave."""

    def __init__(
        self,
        queue: JobQueue,
        functions: Sequence[tuple[str, Carried]],
        metrics: Metrics,
        *,
        hands: int,
    ) -> None:
        """`hands` is how many jobs it carries out at the same time."""
        super().__init__(queue, [(name, _called(queue, work)) for name, work in functions])
        self._jobs = queue
        self._metrics = metrics
        self._hands = hands
        self._leaving = asyncio.Event()

    async def run(self) -> None:
        """Works until `leave`, or until it is canceled: then what was begun is put back."""
        try:
            async with asyncio.TaskGroup() as group:
                sweeping = group.create_task(self._sweep())
                hands = [group.create_task(self._work()) for _ in range(self._hands)]
                await asyncio.wait(hands)
                sweeping.cancel()
        finally:
            self.pool.shutdown(wait=False)  # no thread was ever begun

    def leave(self) -> None:
        """Takes no more jobs; what was begun comes to its end."""
        self._leaving.set()

    async def _work(self) -> None:
        # SAQ, too, swallows the cancellation of what it carries out, once it has put that back.
        while wanted() and not self._leaving.is_set():
            try:
                await self.process()
            except AWAY:
                await asyncio.sleep(_PAUSE_SECONDS)  # its end could not be told; it is swept
            except Exception as error:  # noqa: BLE001  # the edge: this hand takes the next one
                _log.exception("job_broke", queue=self._jobs.kind, error=type(error).__name__)
                await asyncio.sleep(_PAUSE_SECONDS)

    async def _sweep(self) -> None:
        while wanted():
            await asyncio.sleep(SWEEP_SECONDS)
            try:
                await self._jobs.sweep()
                self._metrics.conditions.jobs_waiting(self._jobs.kind, self._jobs.waiting)
            except AWAY as error:
                self._jobs.outage.failed(error)
            except Exception as error:  # noqa: BLE001  # the edge: it would end all hands with it
                _log.exception("sweep_broke", queue=self._jobs.kind, error=type(error).__name__)


def _called(queue: JobQueue, work: Carried) -> Callable[..., Awaitable[None]]:
    async def carried(context: dict[str, Any], **about: Any) -> None:
        async with queue.beating(context["job"]):
            await work(**about)

    return carried
