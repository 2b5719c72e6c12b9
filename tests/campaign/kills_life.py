"""A bot that trades until it is killed, on a store that the one before it left behind."""

import asyncio
import random
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, Final

from tests.campaign.forking import Ready
from tests.campaign.people import TRADERS, bot
from tests.campaign.processes import Place
from tests.campaign.trading import discarded, trade

LOOKING: Final = "look"
"""In the names of reviews before the child is ready."""

PEOPLE_AT_ONCE: Final = 2
PATHS_EACH: Final = 2
"""Orders of one person that are somewhere on their path at any moment."""


class AheadClock:
    """The machine's clock, so many seconds later."""

    def __init__(self, seconds: float) -> None:
        """`seconds` stay the same."""
        self._ahead = timedelta(seconds=seconds)

    def now(self) -> datetime:
        """See `floorbroker.domain.clock.Clock`."""
        return datetime.now(UTC) + self._ahead

    def steady(self) -> float:
        """See the port."""
        return time.monotonic()


def life(work: Mapping[str, Any], ready: Ready) -> None:
    """A child's whole life: `rounds` of trading, without end if None; 0 only looks after orders."""
    asyncio.run(_life(work, ready))


async def _life(work: Mapping[str, Any], ready: Ready) -> None:
    chance = random.Random(work["name"])
    traders = chance.sample(TRADERS, PEOPLE_AT_ONCE)
    async with bot(work["urls"], Place(**work["place"]), AheadClock(work["ahead"])) as app:
        if (rounds := work["rounds"]) == 0:
            ready()
            await asyncio.Event().wait()
        # To connect, and to read what can be traded, is no part of an order's path.
        await trade(app, f"{work['name']}-{LOOKING}", chance, traders, (discarded,))
        ready()
        for number in count() if rounds is None else range(rounds):
            await trade(app, f"{work['name']}-{number}", chance, traders * PATHS_EACH)
