"""A broker's campaign: days of orders, each with a process and a store of its own."""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any, Final

from structlog.testing import capture_logs

from floorbroker.bootstrap import running
from floorbroker.config import Settings
from floorbroker.domain.ids import UserId
from floorbroker.storage.sqlite import SqliteDocuments
from floorbroker.vault.keyring import new_key, parse_keyring
from tests.campaign.faults.day import Day
from tests.campaign.faults.running_clock import RunningClock
from tests.campaign.faults.tally import Tally
from tests.campaign.faults.venue import Venue
from tests.campaign.row import Reached

Opens = Callable[[RunningClock], Venue]

_FIRST_ID: Final = 300_000_000_000_000_000
_MOST_DAYS: Final = 3
"""For each order: a broker that takes none must not keep the campaign for ever."""

_LARGE: Final = 10**9


def run(opens: Opens, size: int, seed: int) -> Reached:
    """`size` orders at one broker."""
    with capture_logs():
        return asyncio.run(_campaign(opens, size, seed))


async def _campaign(opens: Opens, size: int, seed: int) -> Reached:
    tally = Tally()
    for day in range(_MOST_DAYS * size):
        if tally.orders >= size or tally.broken:
            break
        venue = opens(RunningClock())
        numbers = range(min(venue.a_day, size - tally.orders))
        chance = Random(f"{seed} {venue.broker} {day}")
        with TemporaryDirectory() as folder:
            await _day(venue, Path(folder), numbers, chance, tally)
    return tally.reached()


async def _day(venue: Venue, folder: Path, numbers: range, chance: Random, tally: Tally) -> None:
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
        users = [UserId(str(_FIRST_ID + one)) for one in range(venue.people)]
        for one, user in enumerate(users):
            await venue.link(app, user, one)
        await Day(venue, app, users, chance, tally).pass_with(numbers)


def settings_for(venue: Venue) -> Settings:
    """The product's defaults but for its limits, which are not what is tried here."""
    values: dict[str, Any] = {
        "deployment_mode": venue.mode,
        "owner_id": str(_FIRST_ID),
        "order_deadline_seconds": venue.deadline_seconds,
        "max_order_value": _LARGE,
        "max_position_value": _LARGE,
        "max_orders_per_day": _LARGE,
        "price_collar_percent": 90,
        **venue.settings(),
    }
    return Settings(_env_file=None, **values)  # type: ignore[call-arg] # pydantic-settings' own
