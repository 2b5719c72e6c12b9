"""What OpenD is asked to keep at hand: books and quotes count against a quota of the person's.

A quota of 100 and more, by assets: https://openapi.moomoo.com/futu-api-doc/en/intro/authority.html.
It is given back a minute after the asking at the earliest:
https://openapi.futunn.com/futu-api-doc/en/qa/quote.html.
"""

import asyncio
from datetime import timedelta
from typing import Final

from floorbroker.brokers.moomoo.calls import MoomooCalls
from floorbroker.brokers.moomoo.errors import BROKER
from floorbroker.brokers.moomoo.line import OpenDLine
from floorbroker.domain.errors import RateLimited

MOST: Final = 40
AT_LEAST_SECONDS: Final = 61.0


class Subscriptions:
    """Of the one connection, whoever asks; the oldest make room."""

    __slots__ = ("_calls", "_line")

    def __init__(self, calls: MoomooCalls, line: OpenDLine) -> None:
        """`line` forgets them when its connection ends, as OpenD does."""
        self._calls = calls
        self._line = line

    async def need(self, code: str, kind: int, *, push: bool = False) -> None:
        """Subscribes, unless that was done before.

        Raises:
            RateLimited: All are taken, and none is old enough to go.
        """
        await self._calls.up()
        held = self._line.subscribed
        if (code, kind) in held and not push:
            return
        now = asyncio.get_running_loop().time()
        if len(held) >= MOST:
            oldest = min(held, key=lambda key: held[key])
            left = AT_LEAST_SECONDS - (now - held[oldest])
            if left > 0:
                raise RateLimited(broker=BROKER, retry_after=timedelta(seconds=left))
            del held[oldest]
            await self._calls.unsubscribe(*oldest)
        await self._calls.subscribe(code, kind, push=push)
        held[code, kind] = now
