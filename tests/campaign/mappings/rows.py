"""Round trips at every broker as one row."""

import asyncio
from collections import Counter
from contextlib import AsyncExitStack
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Final

from structlog.testing import capture_logs

from floorbroker.bootstrap import running
from floorbroker.domain.ids import UserId
from floorbroker.storage.sqlite import SqliteDocuments
from floorbroker.vault.keyring import new_key, parse_keyring
from tests.campaign.faults.campaign import settings_for
from tests.campaign.faults.rows import VENUES
from tests.campaign.faults.running_clock import RunningClock
from tests.campaign.faults.tally import Tally
from tests.campaign.faults.venue import Venue
from tests.campaign.mappings.trials import Trials
from tests.campaign.row import Reached, Row

_USER: Final = UserId("300000000000000000")
_TRIES: Final = 10
"""Combinations that a broker does not offer are drawn too."""


async def _process(venue: Venue, folder: Path, most: int, chance: Random, tally: Tally) -> int:
    """How many orders one process placed."""
    placed = 0
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(venue.open())
        app = await stack.enter_async_context(
            running(
                settings_for(venue),
                clock=venue.clock,
                documents=SqliteDocuments(folder / "floor.db"),
                keyring=parse_keyring(new_key("campaign")),
                broker_options=venue.options(),
                shard_count=1,
                background=False,
            )
        )
        venue.priced()
        await venue.link(app, _USER, 0)
        trials = Trials(app, venue, _USER, chance, tally)
        for _ in range(_TRIES * most):
            if placed >= most or tally.broken:
                break
            placed += await trials.one()
    return placed


async def _at(opens: type[Venue], size: int, chance: Random, tally: Tally) -> int:
    placed = 0
    for _ in range(_TRIES * size):
        if placed >= size or tally.broken:
            break
        venue = opens(RunningClock())
        most = min(venue.a_day, size - placed)
        with TemporaryDirectory() as folder:
            placed += await _process(venue, Path(folder), most, chance, tally)
    return placed


def run(size: int, seed: int) -> Reached:
    """`size` orders over all brokers, at least one each."""
    tally, figures = Tally(), Counter[str]()
    with capture_logs():
        for opens in VENUES:
            each = -(-size // len(VENUES))
            chance = Random(f"{seed} {opens.broker}")
            figures[opens.broker] = asyncio.run(_at(opens, each, chance, tally))
    return Reached(trials=figures.total(), broken=tally.broken[:20], figures=figures)


MAPPINGS: Final = Row(
    name="mappings",
    what="Orders with all the digits a broker takes, to its book and read back",
    unit="orders",
    goal=1_000,
    short=len(VENUES),
    passes_when="quantity, prices, side, type and time in force are equal to the last digit",
    run=run,
)
