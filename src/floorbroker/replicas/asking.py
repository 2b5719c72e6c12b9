"""Questions to Redis on the way of something else: who asks has an answer in a moment, or none."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from floorbroker.observability.metrics import Metrics
from floorbroker.replicas.outage import Outage

SECONDS: Final = 0.25
"""For one question. An order may wait for it, and its own deadline is five seconds."""

REST: Final = 1.0
"""Seconds after which a Redis that gave no answer is asked again, by one question at a time."""

AT_ONCE: Final = 16
"""Questions, each with a connection of its own: a crowd must not use up what Redis lets in."""

_T = TypeVar("_T")


class Asking:
    """Asks, and goes on without where there is no answer."""

    def __init__(
        self,
        use: str,
        metrics: Metrics,
        *,
        seconds: float = SECONDS,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """`use` is a word for the log and the metric; `now` counts seconds from anywhere."""
        from redis.exceptions import RedisError

        self._outage = Outage(use, metrics)
        # What nobody can make sense of is none either: an order must not end over it.
        self._no_answer = (
            RedisError,
            OSError,
            TimeoutError,
            ValueError,
            TypeError,
            ArithmeticError,
        )
        self._seconds = seconds
        self._now = now
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._again_at = float("-inf")

    async def answer(self, question: Callable[[], Awaitable[_T]]) -> _T | None:
        """What `question` brings; None where Redis is away, or slow, or talks nonsense."""
        if self._outage.lasts:
            if self._now() < self._again_at:
                return None
            self._again_at = self._now() + REST  # one asks, the others go on meanwhile
        try:
            async with asyncio.timeout(self._seconds), self._turns:
                answer = await question()
        except self._no_answer as error:
            self._outage.failed(error)
            self._again_at = self._now() + REST
            return None
        self._outage.answered()
        return answer
