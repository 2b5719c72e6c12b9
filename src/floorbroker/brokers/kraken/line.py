"""The line that a key's requests stand in: what Kraken allows, their numbers, their turns."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from functools import partial
from time import monotonic
from typing import Final

import requests

from floorbroker.brokers.context import BrokerContext
from floorbroker.brokers.kraken.errors import BROKER, Refusal
from floorbroker.brokers.kraken.results import T
from floorbroker.brokers.shared.allowance import Allowance
from floorbroker.brokers.shared.http import failure
from floorbroker.brokers.shared.threads import NeverStarted
from floorbroker.brokers.shared.wire import NotBegun
from floorbroker.domain.errors import StoreUnavailable

MARKET_SECONDS: Final = 5.0
COUNTER: Final = 15
FALLS_PER_SECOND: Final = 0.33
"""Of the lowest tier: https://docs.kraken.com/exchange/guides/rest/ratelimits"""
PUBLIC_A_MINUTE: Final = 60
"""Of one address: "a frequency of 1 per second (or less)", support article 206548367."""


class Line:
    """One person's requests.

    Every one raises a `Failure` where it has nothing to return.
    """

    __slots__ = ("_allowances", "_blocking", "_clock", "_link_id", "_nonces", "_turn")

    def __init__(self, context: BrokerContext) -> None:
        """Nobody stands there yet."""
        self._blocking = context.transport.blocking
        self._allowances = context.allowances
        self._nonces = context.nonces
        self._link_id = context.link_id
        self._clock = context.clock
        self._turn = asyncio.Lock()

    async def private(
        self,
        seconds: float,
        exchange: Callable[[int, threading.Event], T],
        *,
        cost: int,
        urgent: bool,
    ) -> T:
        """What one private request leads to, which is sent when its turn comes.

        Args:
            seconds: For all of it: the wait in line, the request and its answer.
            exchange: Sends it with a number, unless it was given up meanwhile; blocks.
            cost: What it adds to Kraken's counter.
        """
        ends_at = monotonic() + seconds
        await self._of_the_key().take(cost, urgent=urgent)
        await self._stand_in_line(ends_at)
        given_up = threading.Event()
        try:
            number = await self._number()
            ready = partial(exchange, number, given_up)
            run = self._blocking.run_urgent if urgent else self._blocking.run
            return await self._run(run, ends_at - monotonic(), ready, self._of_the_key())
        finally:
            given_up.set()
            self._turn.release()

    async def public(self, exchange: Callable[[], T]) -> T:
        """What one public request leads to."""
        allowance = self._allowances.window(BROKER, "address", most=PUBLIC_A_MINUTE, seconds=60)
        await allowance.take()
        return await self._run(self._blocking.run, MARKET_SECONDS, exchange, allowance)

    async def _run(
        self,
        run: Callable[[float, Callable[[], T]], Awaitable[T]],
        seconds: float,
        exchange: Callable[[], T],
        allowance: Allowance,
    ) -> T:
        try:
            return await run(seconds, exchange)
        except Refusal as refusal:
            pause = refusal.stay_away(self._clock.now())
            if pause is not None:
                allowance.stay_away(pause)
            raise
        except (requests.RequestException, NeverStarted) as error:
            told = failure(error)
        # Out here, since the error holds the request, and that holds the key.
        raise told

    def _of_the_key(self) -> Allowance:
        return self._allowances.decaying(
            BROKER, "key", self._link_id, most=COUNTER, per_second=FALLS_PER_SECOND
        )

    async def _stand_in_line(self, ends_at: float) -> None:
        try:
            async with asyncio.timeout(ends_at - monotonic()):
                await self._turn.acquire()
        except TimeoutError:
            pass
        else:
            return
        raise NotBegun("other requests of this key are under way")

    async def _number(self) -> int:
        """The nonce: above every earlier one of this link, in every process."""
        milliseconds = int(self._clock.now().timestamp() * 1000)
        try:
            return await self._nonces.next(self._link_id, milliseconds)
        except StoreUnavailable as error:
            raise NotBegun("the store gave no number") from error
