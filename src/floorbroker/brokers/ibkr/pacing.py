"""How much a gateway is asked: one of these a connection, passed by every message to it.

What Interactive Brokers meters, and what exceeding it costs:

- Messages: 50 a second (https://interactivebrokers.github.io/tws-api/order_limitations.html); after
  that error 100. That going on ends the connection is reported, not documented.
- Historical data: no identical request within 15 seconds, fewer than six for the same contract,
  exchange and kind of tick within two seconds, 60 within ten minutes; error 162 otherwise
  (https://interactivebrokers.github.io/tws-api/historical_limitations.html, which says too that for
  bars of a minute and more these limits are soft now: they are kept all the same).
- Searches: one a second (https://interactivebrokers.github.io/tws-api/matching_symbols.html).
- Market data lines: 100 at a time, error 101; books: 3 at a time, error 309
  (https://interactivebrokers.github.io/tws-api/market_depth.html). TWS's own windows use them too.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Final

import structlog

from floorbroker.brokers.shared.allowance import (
    LONGEST_WAIT,
    NEARLY_USED,
    RESERVE,
    Allowance,
    Pause,
    Told,
)
from floorbroker.brokers.shared.wire import NoAllowance
from floorbroker.domain.clock import SystemClock
from floorbroker.domain.errors import RateLimited

BROKER: Final = "ibkr"
_log = structlog.get_logger(__name__)

MESSAGES: Final = 45
"""A second. Five below the vendor's figure for what is sent by itself when a connection opens. The
SDK's own throttle is off: it would keep an order back and send it after its outcome was told."""

QUEUE: Final = 100
HISTORY: Final = 60
HISTORY_SECONDS: Final = 600
SEARCH_SECONDS: Final = 1.0
SAME_QUESTION_SECONDS: Final = 15.0
SAME_CONTRACT: Final = 5
SAME_CONTRACT_SECONDS: Final = 2.0
LINES: Final = 100
BOOKS: Final = 3

Meter = Callable[[str], Told]
"""Where the use of a scope is told."""


class Pacing:
    """See the module's first line. Everything that finds no room raises `RateLimited`."""

    def __init__(
        self, *, now: Callable[[], float] = time.monotonic, pause: Pause = asyncio.sleep
    ) -> None:
        """`now` counts seconds from anywhere; `pause` is how a caller waits."""
        self._meter: Meter | None = None
        self._now = now
        self._messages = _Exact("messages", MESSAGES, 1.0, self._told, now, pause)
        self._pause = pause
        self._next_search = float("-inf")
        self._history = _Exact("history", HISTORY, HISTORY_SECONDS, self._told, now, pause)
        self._waiting = 0
        self._questions: deque[tuple[float, Hashable, Hashable]] = deque()
        self.lines = Places("market data lines", LINES, self._told)
        self.books = Places("books", BOOKS, self._told)

    def meter(self, meter: Meter) -> None:
        """From now on the use of each scope is told there; until then only the log warns."""
        self._meter = meter

    async def message(self, *, urgent: bool = False) -> None:
        """Waits until one more message may leave; at most `QUEUE` wait.

        Args:
            urgent: It is about an order, or lets something go: a fifth of rate and queue is kept
                for such.
        """
        room = QUEUE if urgent else round(QUEUE * (1 - RESERVE))
        if self._waiting >= room:
            raise _limited("Too much waits for the gateway already.", timedelta(seconds=1))
        self._waiting += 1
        try:
            await self._messages.take(urgent=urgent)
        except NoAllowance as error:
            raise _limited(_TOO_FAST, error.retry_after) from error
        finally:
            self._waiting -= 1

    async def search(self) -> None:
        """Waits until one more search may be asked, in the order in which they come."""
        now = self._now()
        wait = max(self._next_search - now, 0.0)
        if wait > LONGEST_WAIT.total_seconds():
            raise _limited(_TOO_FAST, timedelta(seconds=wait))
        self._next_search = now + wait + SEARCH_SECONDS
        if wait:
            await self._pause(wait)

    async def history(self, contract: Hashable, question: Hashable) -> None:
        """Before a request for bars of `contract`; `question` is all that it asks, together."""
        now = self._now()
        while self._questions and now - self._questions[0][0] >= SAME_QUESTION_SECONDS:
            self._questions.popleft()
        for at, _, asked in self._questions:
            if asked == question:
                raise _limited(_JUST_ASKED, timedelta(seconds=SAME_QUESTION_SECONDS - (now - at)))
        recent = [
            at
            for at, about, _ in self._questions
            if about == contract and now - at < SAME_CONTRACT_SECONDS
        ]
        if len(recent) >= SAME_CONTRACT:
            wait = SAME_CONTRACT_SECONDS - (now - recent[-SAME_CONTRACT])
            raise _limited(_TOO_FAST, timedelta(seconds=wait))
        self._questions.append((now, contract, question))
        try:
            await self._history.take(urgent=True)
        except NoAllowance as error:
            raise _limited(_HISTORY_USED, error.retry_after) from error

    def _told(self, scope: str, used: float) -> None:
        if self._meter is not None:
            self._meter(scope)(used)


class Places:
    """What may be there only so many times at once."""

    def __init__(self, scope: str, most: int, told: Callable[[str, float], None]) -> None:
        """All are free."""
        self._scope = scope
        self._most = most
        self._told = told
        self.taken = 0

    @contextmanager
    def one(self) -> Iterator[None]:
        """Takes one for as long as the block lasts."""
        if self.taken >= self._most:
            words = f"All {self._most} {self._scope} that Interactive Brokers gives are in use."
            raise _limited(words, timedelta(seconds=2))
        self._take(1)
        try:
            yield
        finally:
            self._take(-1)

    def _take(self, change: int) -> None:
        self.taken += change
        self._told(self._scope, self.taken / self._most)
        if change > 0 and self.taken == round(self._most * NEARLY_USED):
            _log.warning("limit_nearly_used", limit=f"{BROKER} {self._scope}", percent=80)


class _Exact(Allowance):
    """At most `most` within any `seconds`, counted one by one."""

    def __init__(
        self,
        scope: str,
        most: int,
        seconds: float,
        told: Callable[[str, float], None],
        now: Callable[[], float],
        pause: Pause,
    ) -> None:
        super().__init__(
            f"{BROKER} {scope}", SystemClock(), lambda used: told(scope, used), pause=pause
        )
        self._most = most
        self._seconds = seconds
        self._now = now
        self._taken: deque[float] = deque()

    def _wait_for(self, cost: int, reserve: float) -> timedelta | None:
        now = self._now()
        while self._taken and now - self._taken[0] >= self._seconds:
            self._taken.popleft()
        over = len(self._taken) + cost - (self._most - int(self._most * reserve))
        if over <= 0:
            return None
        wait = self._taken[over - 1] + self._seconds - now
        return timedelta(seconds=max(wait, 0.001))

    def _use(self, cost: int) -> None:
        self._taken.extend([self._now()] * cost)

    def _used(self) -> float:
        return len(self._taken) / self._most


def _limited(words: str, retry_after: timedelta) -> RateLimited:
    return RateLimited(f"{words} Nothing was asked.", broker=BROKER, retry_after=retry_after)


_TOO_FAST: Final = "Interactive Brokers takes only so many requests at a time."
_JUST_ASKED: Final = "Interactive Brokers does not answer the same question about the past at once."
_HISTORY_USED: Final = "Interactive Brokers answers 60 questions about the past in ten minutes."
