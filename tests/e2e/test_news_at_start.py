"""A process that starts while summaries and reminders are due: they wait until it has logged in."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest_asyncio
from aiohttp.test_utils import TestServer
from discord.http import Route

from floorbroker.bootstrap import App, background, running
from floorbroker.domain.clock import SystemClock
from floorbroker.domain.digests import DigestChoice, DigestTime
from floorbroker.domain.ids import BrokerId, LinkId, UserId
from floorbroker.domain.modes import Environment, Role
from floorbroker.domain.people import Link, Person
from floorbroker.services.supervisor import Supervisor
from floorbroker.storage.people import People
from floorbroker.storage.sqlite import SqliteDocuments
from floorbroker.vault.keyring import new_key, parse_keyring
from tests.floor import settings
from tests.simulators.discord import DiscordServer

ANNA = UserId("700000000000000007")
HOUR = timedelta(hours=1)
DUE = ("digests", "reminders")
TELLING = (*DUE, "notify", "erasing", "alert telling")
LONG_ENOUGH = 0.3
"""Seconds in which a round that does not wait has come to its end."""


class Rounds(Supervisor):
    """Keeps the rounds instead of beginning them."""

    def __init__(self) -> None:
        super().__init__()
        self.work: dict[str, Callable[[], Awaitable[Any]]] = {}

    def every(
        self,
        interval: timedelta,
        name: str,
        work: Callable[[], Awaitable[Any]],
        *,
        at_once: bool = True,
    ) -> None:
        self.work[name] = work


@pytest_asyncio.fixture
async def discord() -> AsyncIterator[DiscordServer]:
    server = DiscordServer()
    site = TestServer(server.app())
    await site.start_server()
    before, Route.BASE = Route.BASE, str(site.make_url("/api/v10"))
    yield server
    Route.BASE = before
    await site.close()


@pytest_asyncio.fixture
async def app(tmp_path: Path) -> AsyncIterator[App]:
    async with running(
        settings(),
        documents=SqliteDocuments(tmp_path / "floor.db"),
        keyring=parse_keyring(new_key("test")),
        background=False,
    ) as app:
        yield app
        await app.bot.close()


async def something_is_due(app: App) -> None:
    """A summary, and word that a link ends within the hour."""
    now, people = SystemClock().now(), People(app.documents)
    due = now - timedelta(minutes=1)
    digest = DigestChoice(at=DigestTime.CLOSE, every_day=True, due_at=due, look_at=due)
    assert await people.save_person(Person(user_id=ANNA, digest=digest))
    link = Link(
        link_id=LinkId("one"),
        user_id=ANNA,
        broker=BrokerId("paper"),
        environment=Environment.PAPER,
        label="Mine",
        created_at=now - 24 * HOUR,
        linked_at=now - 24 * HOUR,
        ends_at=now + HOUR,
        remind_at=due,
    )
    assert await people.save_link(link)


async def test_what_is_due_at_the_start_is_told_once_the_bot_has_logged_in(
    app: App, discord: DiscordServer
) -> None:
    await something_is_due(app)
    rounds = Rounds()
    background.start(replace(app, supervisor=rounds), Role.ALL)

    sweeping = {asyncio.ensure_future(rounds.work[name]()) for name in TELLING}
    early, _ = await asyncio.wait(sweeping, timeout=LONG_ENOUGH)
    await app.bot.login("token")
    await asyncio.gather(*sweeping)

    assert not early
    assert sum(one.path.endswith("/messages") for one in discord.seen) == len(DUE)
    person = await People(app.documents).person(ANNA)
    assert person is not None
    assert person.digest.missed_at is None
