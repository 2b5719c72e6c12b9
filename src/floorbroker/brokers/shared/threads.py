"""Threads of our own for SDKs that block, and the one deadline that each call has.

Never asyncio's default pool: it has six threads on a small machine, and whatever else runs there
would wait behind brokers (see docs/architecture.md and the bench's P5).
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from functools import partial
from time import monotonic
from typing import Final, ParamSpec, TypeVar

MOST_THREADS: Final = 64
MOST_WAITING: Final = 256
RESERVED: Final = 16

_P = ParamSpec("_P")
_T = TypeVar("_T")
_ends_at: ContextVar[float | None] = ContextVar("ends_at", default=None)


class NeverStarted(Exception):
    """The call did not begin: too many wait already, or its time ran out while it waited."""


class BlockingCalls:
    """Runs blocking calls, a bounded number at once, each within its own deadline.

    What cancels, closes or reads back has threads of its own: a broker that keeps all the others
    waiting holds none of that up.
    """

    def __init__(
        self, threads: int = MOST_THREADS, waiting: int = MOST_WAITING, reserve: int = RESERVED
    ) -> None:
        """`waiting` is how many calls may stand in line behind those that run."""
        self._usual = _Line("broker", threads, waiting)
        self._reserve = _Line("broker-urgent", reserve, waiting)

    async def run(
        self, seconds: float, function: Callable[_P, _T], /, *args: _P.args, **kwargs: _P.kwargs
    ) -> _T:
        """What `function` returns. `seconds` hold for waiting and running together.

        A canceled call that still waits in line never begins; one that runs is left to its own
        deadline, and what it returns is dropped.

        Raises:
            NeverStarted: It did not begin.
        """
        return await self._usual.run(seconds, partial(function, *args, **kwargs))

    async def run_urgent(
        self, seconds: float, function: Callable[_P, _T], /, *args: _P.args, **kwargs: _P.kwargs
    ) -> _T:
        """The same, on the reserve."""
        return await self._reserve.run(seconds, partial(function, *args, **kwargs))

    def close(self) -> None:
        """Begins nothing more; does not wait for what still runs."""
        self._usual.close()
        self._reserve.close()


class _Line:
    """Some threads, and those who wait for them."""

    def __init__(self, name: str, threads: int, waiting: int) -> None:
        self._most = threads + waiting
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._under_way = 0

    async def run(self, seconds: float, call: Callable[[], _T]) -> _T:
        if self._under_way >= self._most:
            raise NeverStarted("queue full")
        future = self._pool.submit(_within, monotonic() + seconds, call)
        self._under_way += 1
        loop = asyncio.get_running_loop()
        future.add_done_callback(lambda _: _tell(loop, self._ended))
        return await asyncio.wrap_future(future)

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _ended(self) -> None:
        self._under_way -= 1


def seconds_left() -> float | None:
    """What is left of the deadline of the call that this thread runs; None outside of one."""
    ends_at = _ends_at.get()
    return None if ends_at is None else ends_at - monotonic()


def _within(ends_at: float, work: Callable[[], _T]) -> _T:
    if monotonic() >= ends_at:
        raise NeverStarted("its time ran out in the queue")
    token = _ends_at.set(ends_at)
    try:
        return work()
    finally:
        _ends_at.reset(token)


def _tell(loop: asyncio.AbstractEventLoop, ended: Callable[[], None]) -> None:
    if not loop.is_closed():
        loop.call_soon_threadsafe(ended)
