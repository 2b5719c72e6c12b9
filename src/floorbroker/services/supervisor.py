"""The owner of every task that outlives the call which started it."""

import asyncio
import contextvars
from collections.abc import Awaitable, Callable, Coroutine
from datetime import timedelta
from functools import partial
from typing import Any, Final, TypeVar

import structlog

from floorbroker.domain.errors import Busy

_T = TypeVar("_T")
_AGAIN_SECONDS: Final = 1.0
_log = structlog.get_logger(__name__)


class Supervisor:
    """Starts tasks, logs those that fail, and ends them all in order."""

    def __init__(self) -> None:
        """Nothing runs yet."""
        self._work: set[asyncio.Task[Any]] = set()
        self._loops: set[asyncio.Task[Any]] = set()
        self._last: list[Callable[[], Coroutine[Any, Any, None]]] = []
        self.draining = False

    def carry_out(self, work: Coroutine[Any, Any, _T]) -> "asyncio.Future[_T]":
        """Runs `work` to its end even if the caller is canceled; the caller awaits the result.

        Raises:
            Busy: The process is about to end.
        """
        if self.draining:
            work.close()
            raise Busy
        return asyncio.shield(self.hand_over(work))

    def hand_over(self, work: Coroutine[Any, Any, _T]) -> "asyncio.Task[_T]":
        """Runs `work` to its end, also while draining; nobody need wait for it."""
        task = asyncio.ensure_future(work)
        self._work.add(task)
        task.add_done_callback(self._finished)
        return task

    def every(
        self,
        interval: timedelta,
        name: str,
        work: Callable[[], Awaitable[Any]],
        *,
        at_once: bool = True,
    ) -> None:
        """Runs `work` again and again, `interval` after each end, whatever it raises.

        Args:
            at_once: For the first time now; else after one `interval`.
        """
        first = timedelta(0) if at_once else interval
        task = asyncio.create_task(_again(first, interval, name, work), name=name)
        self._loops.add(task)

    def keep(self, name: str, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        """Runs `work`, which has no end of its own, until its owner cancels it, or at the end.

        In a context of its own: it outlives the command that it began in, whose correlation its
        later log lines must not carry.
        """
        task = contextvars.Context().run(partial(asyncio.create_task, work, name=name))
        self._loops.add(task)
        task.add_done_callback(self._loops.discard)
        return task

    def at_drain(self, last: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Runs `last` when draining begins: what people should be told while they can be."""
        self._last.append(last)

    async def drain(self, within: timedelta) -> int:
        """Takes no more work and waits for what runs; how much was still running at the end."""
        self.draining = True
        for last in self._last:
            self.hand_over(last())
        return await self.settled(within)

    async def settled(self, within: timedelta) -> int:
        """Waits for what runs; how much was still running at the end."""
        loop = asyncio.get_running_loop()
        end = loop.time() + within.total_seconds()
        while self._work and (left := end - loop.time()) > 0:
            # What ends may hand over more: the last step of an order is its audit.
            await asyncio.wait(set(self._work), timeout=left)
        return len(self._work)

    async def stop(self) -> None:
        """Ends everything."""
        self.draining = True
        tasks = self._loops | self._work
        left = tasks
        while left:
            for task in left:
                task.cancel()
            # Again: on Python 3.11 `asyncio.wait_for`, in whatever library, may swallow one.
            _, left = await asyncio.wait(left, timeout=_AGAIN_SECONDS)
        await asyncio.gather(*tasks, return_exceptions=True)
        self._loops.clear()

    def _finished(self, task: asyncio.Task[Any]) -> None:
        self._work.discard(task)
        if not task.cancelled() and task.exception() is not None:
            # Retrieved here as well, for a caller that is gone by now.
            _log.debug("work_failed", error=type(task.exception()).__name__)


async def _again(
    first: timedelta, interval: timedelta, name: str, work: Callable[[], Awaitable[Any]]
) -> None:
    if first:
        await asyncio.sleep(first.total_seconds())
    while True:
        try:
            await work()
        except Exception as error:  # noqa: BLE001  # the edge: a failure must not end the loop
            _log.exception("background_failed", task=name, error=type(error).__name__)
        await asyncio.sleep(interval.total_seconds())
