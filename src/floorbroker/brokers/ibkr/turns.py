"""Questions whose answers TWS does not number: one of a kind at a time, each to its end.

Who asks the same while it still waits for its turn gets the same answer, so that no more than one
waits. Once it was asked, who waits no longer leaves it behind, so that a late answer is nobody
else's; a question for which nobody waits any more before its turn is not asked.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final, Protocol, TypeVar

from floorbroker.brokers.ibkr.errors import BROKER
from floorbroker.domain.errors import BrokerConnectionError, BrokerTimeout

UNANSWERED: Final = 30.0
"""Seconds after which a question is given up on, and the connection with the next one."""

_T = TypeVar("_T")


class Asked(Protocol):
    """The connection whose questions these are."""

    lost: asyncio.Future[str]

    async def ask(
        self,
        call: Callable[[Any], Awaitable[_T]],
        seconds: float,
        refused: asyncio.Future[None] | None = None,
    ) -> _T:
        """What `call` gets; `refused` fails when the answer is an error that names no request."""
        ...

    def end(self, why: str) -> None:
        """Gives the connection up."""
        ...


class Turns:
    """Of one connection."""

    def __init__(self, connection: Asked) -> None:
        """Nothing was asked yet."""
        self._connection = connection
        self._alone: dict[str, asyncio.Lock] = {}
        self._waiting: dict[tuple[str, str], _Turn] = {}
        self._refused: dict[str, asyncio.Future[None]] = {}
        self._mute: set[str] = set()
        self._tasks: set[asyncio.Task[Any]] = set()

    async def take(
        self, kind: str, about: str, call: Callable[[Any], Awaitable[_T]], seconds: float
    ) -> _T:
        """What `call` gets; `kind` and `about` together name the question.

        Raises:
            BrokerConnectionError: The connection ended before the answer came.
            BrokerTimeout: It did not come in time.
        """
        key = (kind, about)
        turn = self._waiting.get(key)
        if turn is None:
            turn = self._waiting[key] = _Turn(asyncio.ensure_future(self._in_turn(key, call)))
            self._tasks.add(turn.task)
            turn.task.add_done_callback(self._tasks.discard)
            turn.task.add_done_callback(seen)
        turn.askers += 1
        lost = self._connection.lost
        ends: set[asyncio.Future[Any]] = {turn.task, lost}
        try:
            await asyncio.wait(ends, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            turn.askers -= 1
            if not turn.askers and self._waiting.get(key) is turn:
                del self._waiting[key]
                turn.task.cancel()
        if turn.task.done() and not turn.task.cancelled():
            answer: _T = turn.task.result()
            return answer
        if lost.done():
            raise BrokerConnectionError(lost.result(), broker=BROKER)
        raise BrokerTimeout(broker=BROKER, detail=kind)

    def refuse(self, kind: str, why: Exception) -> None:
        """TWS answers the question of that kind with an error, if one is asked at this moment."""
        waits = self._refused.get(kind)
        if waits is not None and not waits.done():
            waits.set_exception(why)

    async def close(self) -> None:
        """Ends whatever is asked or waits."""
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _in_turn(self, key: tuple[str, str], call: Callable[[Any], Awaitable[_T]]) -> _T:
        kind = key[0]
        async with self._alone.setdefault(kind, asyncio.Lock()):
            self._waiting.pop(key, None)  # whoever asks from now on wants a later answer
            if kind in self._mute:
                self._connection.end(_UNANSWERED)
                raise BrokerTimeout(broker=BROKER, detail=kind)
            refused = self._refused[kind] = asyncio.get_running_loop().create_future()
            try:
                return await self._connection.ask(call, UNANSWERED, refused)
            except BrokerTimeout:
                self._mute.add(kind)  # what comes now may answer either of two questions
                raise
            finally:
                refused.cancel()


class _Turn:
    """A question that waits for its turn, and how many wait for its answer."""

    __slots__ = ("askers", "task")

    def __init__(self, task: "asyncio.Task[Any]") -> None:
        self.task = task
        self.askers = 0


def seen(answer: asyncio.Future[Any]) -> None:
    """An error that nobody waits for any more is no defect."""
    if not answer.cancelled():
        answer.exception()


_UNANSWERED: Final = "TWS or IB Gateway left a question about orders or accounts unanswered."
