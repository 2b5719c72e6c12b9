"""A bot that trades until it is killed, on a store that the one before it left behind."""

import asyncio
import random
from collections.abc import Mapping
from itertools import count
from typing import Any, Final

from tests.campaign.forking import Ready
from tests.campaign.people import TRADERS, bot
from tests.campaign.processes import Place
from tests.campaign.trading import trade

AT_ONCE: Final = 3
"""People who are somewhere on their order's path at any moment."""


def life(work: Mapping[str, Any], ready: Ready) -> None:
    """A child's whole life: `rounds` of trading, or until its end comes."""
    asyncio.run(_life(work, ready))


async def _life(work: Mapping[str, Any], ready: Ready) -> None:
    chance = random.Random(work["name"])
    async with bot(work["urls"], Place(**work["place"])) as app:
        await asyncio.gather(*(app.floor.accounts.accounts(one.user_id) for one in TRADERS[::4]))
        ready()
        rounds = work["rounds"]
        for number in count() if rounds is None else range(rounds):
            await trade(app, f"{work['name']}-{number}", chance, AT_ONCE)
