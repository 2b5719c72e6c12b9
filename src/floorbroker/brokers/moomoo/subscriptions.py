"""What OpenD is asked to keep at hand: books and quotes count against a quota of the person's.

A quota of 100 and more, by assets: https://openapi.moomoo.com/futu-api-doc/en/intro/authority.html.
It is given back a minute after the asking at the earliest:
https://openapi.futunn.com/futu-api-doc/en/qa/quote.html.
"""

import asyncio
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Final

from floorbroker.brokers.moomoo.calls import MoomooCalls
from floorbroker.brokers.moomoo.errors import BROKER
from floorbroker.brokers.moomoo.line import OpenDLine
from floorbroker.domain.errors import RateLimited

MOST: Final = 40
AT_LEAST_SECONDS: Final = 61.0


class Subscriptions:
    """Of the one connection, whoever asks; the oldest that nobody listens to make room."""

    __slots__ = ("_calls", "_line")

    def __init__(self, calls: MoomooCalls, line: OpenDLine) -> None:
        """`line` forgets them when its connection ends, as OpenD does."""
        self._calls = calls
        self._line = line

    @contextmanager
    def streaming(self, codes: Iterable[str], kind: int) -> Iterator[None]:
        """While the block runs, none of these makes room for another."""
        keys = [(code, kind) for code in codes]
        self._line.streamed.update(keys)
        try:
            yield
        finally:
            self._line.streamed.subtract(keys)

    async def need(self, code: str, kind: int, *, push: bool = False) -> None:
        """Subscribes, unless that was done before.

        Raises:
            RateLimited: All are taken, and none is old enough to go, or all are listened to.
        """
        await self._calls.up()
        held = self._line.subscribed
        if (code, kind) in held and not push:
            return
        now = asyncio.get_running_loop().time()
        if len(held) >= MOST and (code, kind) not in held:
            await self._make_room(now)
        await self._calls.subscribe(code, kind, push=push)
        held[code, kind] = now

    async def _make_room(self, now: float) -> None:
        held = self._line.subscribed
        idle = [key for key in held if not self._line.streamed[key]]
        if not idle:
            wait = timedelta(seconds=AT_LEAST_SECONDS)
            raise RateLimited(_ALL_STREAM, broker=BROKER, retry_after=wait)
        oldest = min(idle, key=lambda key: held[key])
        left = AT_LEAST_SECONDS - (now - held[oldest])
        if left > 0:
            raise RateLimited(broker=BROKER, retry_after=timedelta(seconds=left))
        del held[oldest]
        await self._calls.unsubscribe(*oldest)


_ALL_STREAM: Final = f"All {MOST} prices that Moomoo keeps at hand are being listened to."
