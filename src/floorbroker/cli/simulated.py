"""A simulated Discord with one server, one channel and one person, around the real bot.

Needs the extra `demo` (simcord). No token, no key, no network.
"""

import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import discord

from floorbroker.bootstrap import App, running
from floorbroker.config import Settings, Switch
from floorbroker.storage.sqlite import SqliteDocuments
from floorbroker.vault.keyring import keyring_file

if TYPE_CHECKING:
    from simcord.actors import MemberActor
    from simcord.builders import ChannelHandle
    from simcord.env import Env

SETTLE_SECONDS = 15.0
BOT_NAME = "Floorbroker"
ARRIVAL = datetime(2026, 1, 1, 0, 1, 0, 500, tzinfo=UTC)
"""An id holds the millisecond of its making, so this gives the person, whose paper account is kept
under that id, the same one at every start. It is not on the edge of a millisecond."""

TOPIC = "Type a command, for example /buy symbol:AAPL quantity:10"


@dataclass(frozen=True, slots=True)
class World:
    """The application inside its simulated Discord."""

    app: App
    env: "Env"
    channel: "ChannelHandle"
    person: "MemberActor"


@asynccontextmanager
async def simulated(data_dir: Path, settings: Settings | None = None) -> AsyncIterator[World]:
    """The application in multi-user mode, on SQLite in a local folder, with one person at the door.

    The settings of the environment are left out on purpose: a demo never meets a real account.

    Args:
        settings: For tests that link a simulated account; left out, the defaults.
    """
    data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)  # noqa: ASYNC240  # nothing else runs yet
    keyring, _ = keyring_file(data_dir / "master.key")
    documents = SqliteDocuments(data_dir / "floorbroker.sqlite3")
    settings = settings or Settings.model_construct(
        data_dir=data_dir,
        operator_ids=frozenset(),
        alerts_may_trade=Switch.ON,  # with practice money, as everything here
    )
    with _without_false_alarms():
        import simcord

    async with (
        running(settings, documents=documents, keyring=keyring, shard_count=1) as app,
        simcord.run(app.bot, check_errors=False, settle_timeout=SETTLE_SECONDS) as env,
    ):
        yield await _furnished(app, env)


async def _furnished(app: App, env: "Env") -> World:
    await env.advance_time((ARRIVAL - env.now()).total_seconds())
    person = env.create_user("you")
    guild = env.create_guild("Trading floor")
    channel = guild.create_text_channel("orders", topic=TOPIC)
    member = guild.add_member(person)
    # The simulation begins in the past; cards show times relative to today.
    await env.advance_time(max((datetime.now(UTC) - env.now()).total_seconds(), 0.0))
    assert app.bot.user is not None  # noqa: S101  # it is logged in
    await app.bot.user.edit(username=BOT_NAME)
    # The store remembers what Discord was told, and this Discord is new at every start.
    await app.bot.sync_if_changed(force=True)
    await env.settle()
    return World(app, env, channel, member)


@contextmanager
def _without_false_alarms() -> Iterator[None]:
    """Importing simcord makes a client of no use to look inside discord.py: it has no intents."""

    def matters(record: logging.LogRecord) -> bool:
        return not record.getMessage().startswith("Guilds intent seems to be disabled")

    # Voice needs two packages more; there is no voice in this bot.
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
    log = logging.getLogger("discord.state")
    log.addFilter(matters)
    try:
        yield
    finally:
        log.removeFilter(matters)
