"""A simulated Discord with one server, one channel and one person, around the real bot.

Needs the extra `demo` (simcord). No token, no key, no network.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import simcord
from simcord.actors import MemberActor
from simcord.builders import ChannelHandle
from simcord.env import Env

from floorbroker.bootstrap import App, running
from floorbroker.config import Settings
from floorbroker.storage.sqlite import SqliteDocuments
from floorbroker.vault.keyring import keyring_file

SETTLE_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class World:
    """The application inside its simulated Discord."""

    app: App
    env: Env
    channel: ChannelHandle
    person: MemberActor


@asynccontextmanager
async def simulated(data_dir: Path) -> AsyncIterator[World]:
    """The application in multi-user mode, on SQLite in a local folder, with one person at the door.

    The settings of the environment are left out on purpose: a demo never meets a real account.
    """
    data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    keyring, _ = keyring_file(data_dir / "master.key")
    documents = SqliteDocuments(data_dir / "floorbroker.sqlite3")
    settings = Settings.model_construct(data_dir=data_dir, operator_ids=frozenset())
    async with (
        running(settings, documents=documents, keyring=keyring, shard_count=1) as app,
        simcord.run(app.bot, check_errors=False, settle_timeout=SETTLE_SECONDS) as env,
    ):
        person = env.create_user("you")
        guild = env.create_guild("Trading floor")
        channel = guild.create_text_channel("orders")
        # The simulation begins in the past; cards show times relative to today.
        await env.advance_time((datetime.now(UTC) - env.now()).total_seconds())
        yield World(app, env, channel, guild.add_member(person))
