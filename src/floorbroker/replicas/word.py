"""What one replica did that others must know of at once: a few words over Redis, ids only.

Nothing stands on them. A word that is lost costs seconds: whoever hears nothing asks the store, as
each command does anyway. Since words get lost where Redis is away, every beginning of listening
counts as news of everything.
"""

import asyncio
import re
import secrets
from collections.abc import Awaitable, Callable, Coroutine
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

import structlog

from floorbroker.observability.metrics import Metrics
from floorbroker.replicas.outage import Outage
from floorbroker.replicas.wanted import wanted

if TYPE_CHECKING:
    from redis.asyncio import Redis

CHANNEL: Final = "floorbroker:word"
"""With the number of the database after it: to Redis itself a channel belongs to none of them."""

BEAT: Final = 2.0
"""Seconds of silence after which Redis is asked for a sign of life; after as many more without one
it is away."""

ANEW: Final = 0.5
"""Seconds between two tries to listen."""

_WORD: Final = re.compile(rb"[A-Za-z0-9_-]{1,64}(?: [A-Za-z0-9_-]{1,64}){1,4}")

HandOver = Callable[[Coroutine[Any, Any, None]], object]
"""Runs work to its end; nobody waits for it."""

_log = structlog.get_logger(__name__)


class What(StrEnum):
    """What a word is about, and the ids that come with it."""

    LINK = "link"
    """A link's id: its credential was taken away, or another took its place."""

    CARD = "card"
    """A person's id, a live card's, and whether that card began or was stopped."""

    ANYTHING = "anything"
    """No ids: words before this one may have been lost."""


class Word:
    """Tells the other replicas, and does what they tell; without Redis there are none."""

    def __init__(
        self,
        redis: "Redis | None",
        metrics: Metrics,
        hand_over: HandOver,
        *,
        beat: float = BEAT,
        anew: float = ANEW,
    ) -> None:
        """`beat` and `anew` stand in for the usual patience."""
        self._redis = redis
        self._hand_over = hand_over
        self._beat = beat
        self._anew = anew
        self._outage = Outage("word", metrics)
        self._me = secrets.token_hex(4)
        self._done: dict[str, Callable[..., Awaitable[None]]] = {}
        self._owed = self._missed = False

    def on(self, what: What, do: Callable[..., Awaitable[None]]) -> None:
        """From now on `do` is called with the ids of each such word of another replica."""
        self._done[what] = do

    def tell(self, what: What, *ids: str) -> None:
        """Tells the others what was done here; nobody waits for it."""
        if self._redis is not None:
            self._hand_over(self._publish(self._redis, " ".join((self._me, what, *ids))))

    async def listen(self) -> None:
        """Hears the others until it is canceled; begins again whenever that breaks."""
        if self._redis is None:
            return
        from redis.exceptions import RedisError

        while wanted():
            try:
                await self._listen(self._redis)
            except (RedisError, OSError, TimeoutError) as error:
                self._outage.failed(error)
            except Exception as error:  # noqa: BLE001  # the edge: it begins again
                _log.exception("word_not_heard", error=type(error).__name__)
            await asyncio.sleep(self._anew)

    async def _listen(self, redis: "Redis") -> None:
        async with redis.pubsub() as ears:
            await ears.subscribe(channel_of(redis))
            silent = False
            while wanted():
                message = await ears.get_message(timeout=self._beat)
                if message is None:
                    if silent:
                        raise TimeoutError
                    await ears.ping()
                    silent = True
                    continue
                silent = False
                self._outage.answered()
                if message["type"] == "subscribe":
                    self._hear(What.ANYTHING)
                elif message["type"] == "message":
                    self._read(message["data"])
                if self._owed:
                    self._owed = False
                    self.tell(What.ANYTHING)
                if self._missed:
                    self._missed = False
                    self._hear(What.ANYTHING)

    def _read(self, data: bytes) -> None:
        if _WORD.fullmatch(data) is None:
            return  # of a version to come
        sender, what, *ids = data.decode("ascii").split(" ")
        if sender != self._me:
            self._hear(what, *ids)

    def _hear(self, what: str, *ids: str) -> None:
        do = self._done.get(what)
        if do is not None:
            self._hand_over(self._doing(what, do, ids))

    async def _publish(self, redis: "Redis", word: str) -> None:
        from redis.exceptions import RedisError

        try:
            await redis.publish(channel_of(redis), word)
        except (RedisError, OSError) as error:
            self._owed = True  # told as "anything" once Redis is heard of again
            self._outage.failed(error)

    async def _doing(
        self, what: str, do: Callable[..., Awaitable[None]], ids: tuple[str, ...]
    ) -> None:
        try:
            await do(*ids)
        except Exception as error:  # noqa: BLE001  # the edge: the next word must be heard
            self._missed = True  # as if it was lost: the store may be away with Redis
            _log.exception("word_not_done", what=what, error=type(error).__name__)


def channel_of(redis: "Redis") -> str:
    """Where replicas on that database hear each other."""
    return f"{CHANNEL}:{redis.connection_pool.connection_kwargs.get('db', 0)}"
