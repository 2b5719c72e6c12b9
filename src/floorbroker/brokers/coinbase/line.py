"""The line that a key's requests stand in: what Coinbase allows, and threads to wait in.

Thirty private requests a second and person, ten public ones a second and address: the limits that
Coinbase published for Advanced Trade until 2025. What it publishes now is that of all its APIs,
10,000 an hour and key:
https://docs.cdp.coinbase.com/coinbase-app/api-architecture/rate-limiting

A counter that was at rest lets through what it holds and what a second brings: both together are
what Coinbase allows within any second.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Final

import requests

from floorbroker.brokers.coinbase.errors import BROKER, Refusal
from floorbroker.brokers.coinbase.results import T
from floorbroker.brokers.context import BrokerContext
from floorbroker.brokers.shared.allowance import Allowance
from floorbroker.brokers.shared.http import failure
from floorbroker.brokers.shared.threads import NeverStarted

MARKET_SECONDS: Final = 5.0
PRIVATE_AT_ONCE: Final = 20
PRIVATE_A_SECOND: Final = 10
AN_HOUR: Final = 10_000
PUBLIC_AT_ONCE: Final = 5
PUBLIC_A_SECOND: Final = 5
LEFT: Final = "x-ratelimit-remaining"
"""What the person has left of this second (RATE_LIMIT_HEADERS of coinbase-advanced-py)."""

_A_SECOND: Final = timedelta(seconds=1)


class Line:
    """One person's requests.

    Every one raises a `Failure` where it has nothing to return.
    """

    __slots__ = ("_allowances", "_blocking", "_link_id")

    def __init__(self, context: BrokerContext) -> None:
        """Nobody stands there yet."""
        self._blocking = context.transport.blocking
        self._allowances = context.allowances
        self._link_id = context.link_id

    async def private(self, seconds: float, exchange: Callable[[], T], *, urgent: bool) -> T:
        """What one request of the key leads to.

        Args:
            seconds: For the request and its answer.
            exchange: Sends it once and reads the answer; blocks.
        """
        of_the_second = self._of_the_second()
        await self._of_the_hour().take(urgent=urgent)
        await of_the_second.take(urgent=urgent)
        run = self._blocking.run_urgent if urgent else self._blocking.run
        return await self._run(run, seconds, exchange, of_the_second)

    async def public(self, exchange: Callable[[], T]) -> T:
        """What one request without a key leads to."""
        allowance = self._allowances.decaying(
            BROKER, "address", most=PUBLIC_AT_ONCE, per_second=PUBLIC_A_SECOND
        )
        # None of them is more urgent than others: there is nothing to keep a share back for.
        await allowance.take(urgent=True)
        return await self._run(self._blocking.run, MARKET_SECONDS, exchange, allowance)

    def hear(self, headers: Mapping[str, str]) -> None:
        """What an answer says of the limit; other programs of the same person count there too."""
        if headers.get(LEFT) == "0":
            self._of_the_second().stay_away(_A_SECOND)

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
            if refusal.stay_away is not None:
                allowance.stay_away(refusal.stay_away)
            raise
        except (requests.RequestException, NeverStarted) as error:
            told = failure(error)
        # Out here, since the error holds the request, and that holds a token.
        raise told

    def _of_the_second(self) -> Allowance:
        return self._allowances.decaying(
            BROKER, "key", self._link_id, most=PRIVATE_AT_ONCE, per_second=PRIVATE_A_SECOND
        )

    def _of_the_hour(self) -> Allowance:
        return self._allowances.window(
            BROKER, "key's hour", self._link_id, most=AN_HOUR, seconds=3600
        )
