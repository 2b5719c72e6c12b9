"""A store's campaign: processes with a fresh database each."""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from itertools import count
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Final

from structlog.testing import capture_logs

from floorbroker.bootstrap import running
from floorbroker.domain.ids import UserId
from floorbroker.vault.keyring import new_key, parse_keyring
from tests.campaign.faults.at_alpaca import AtAlpaca
from tests.campaign.faults.campaign import settings_for
from tests.campaign.faults.running_clock import RunningClock
from tests.campaign.faults.tally import Tally
from tests.campaign.row import Reached
from tests.campaign.stores.fault import Outages
from tests.campaign.stores.trials import Trials
from tests.fakes.flaky_documents import FlakyDocuments

A_PROCESS: Final = 25
"""Orders of one process."""

_USER: Final = UserId("300000000000000000")


def run(outages: Callable[[], Outages], size: int, seed: int) -> Reached:
    """`size` orders on one engine."""
    with capture_logs():
        return asyncio.run(_campaign(outages, size, seed))


async def _campaign(outages: Callable[[], Outages], size: int, seed: int) -> Reached:
    tally = Tally()
    for process in count():
        if tally.orders >= size or tally.broken:
            break
        numbers = range(min(A_PROCESS, size - tally.orders))
        with TemporaryDirectory() as folder:
            chance = Random(f"{seed} store {process}")
            await _process(outages(), Path(folder), numbers, chance, tally)
    return tally.reached()


async def _process(
    outages: Outages, folder: Path, numbers: range, chance: Random, tally: Tally
) -> None:
    venue = AtAlpaca(RunningClock())
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(venue.open())
        engine = await stack.enter_async_context(outages.open(folder))
        store = FlakyDocuments(engine)
        app = await stack.enter_async_context(
            running(
                settings_for(venue),
                clock=venue.clock,
                documents=store,
                keyring=parse_keyring(new_key("campaign")),
                shard_count=1,
                background=False,
            )
        )
        venue.priced()
        await venue.link(app, _USER, 0)
        trials = Trials(app, venue, store, outages, _USER, chance, tally)
        for number in numbers:
            await trials.one(number)
        tally.broken += outages.broken()
        tally.more.update(outages.figures())
