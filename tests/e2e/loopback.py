"""Processes of the bot at one Discord on loopback, each with a signed door of its own or none."""

import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from aiohttp import ClientSession
from aiohttp.test_utils import TestServer
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from discord.http import Route

from floorbroker.bootstrap import App, running
from floorbroker.brokers.paper.faults import Faults
from floorbroker.cli.run import web
from floorbroker.config import DiscordTransport, Settings
from floorbroker.domain.ids import BrokerId
from floorbroker.storage.sqlite import SqliteDocuments
from floorbroker.vault.keyring import new_key, parse_keyring
from floorbroker.web.interactions import PATH
from tests.simulators.discord import DiscordServer, Seen
from tests.simulators.paper_faults import Counting

KEY = Ed25519PrivateKey.generate()
_KEYS = parse_keyring(new_key("test"))
Feed = Callable[[dict[str, Any]], Awaitable[int]]
"""Delivers an interaction; what HTTP would answer, or does."""


@dataclass(frozen=True, slots=True)
class Loopback:
    """The bot, logged in to a Discord on loopback.

    Attributes:
        site: Where its web server is; empty where it has none.
    """

    app: App
    discord: DiscordServer
    feed: Feed
    site: str

    async def answered(self, payload: dict[str, Any]) -> list[Seen]:
        """Feeds one interaction; every request that the bot made because of it."""
        return await self.asked_for(payload, "PATCH")

    async def asked_for(self, payload: dict[str, Any], method: str) -> list[Seen]:
        """The same, as soon as one of these requests is a `method`."""
        begin = len(self.discord.seen)
        assert await self.feed(payload) == 202
        await self.discord.until(lambda seen: any(one.method == method for one in seen[begin:]))
        return self.discord.seen[begin:]


@asynccontextmanager
async def discord_on_loopback() -> AsyncIterator[DiscordServer]:
    """Where discord.py sends its requests meanwhile."""
    server = DiscordServer()
    site = TestServer(server.app())
    await site.start_server()
    before, Route.BASE = Route.BASE, str(site.make_url("/api/v10"))
    try:
        yield server
    finally:
        Route.BASE = before
        await site.close()


@asynccontextmanager
async def process(
    server: DiscordServer,
    folder: Path,
    transport: DiscordTransport = DiscordTransport.HTTP,
    *,
    faults: Faults | None = None,
) -> AsyncIterator[Loopback]:
    """One process; those in the same folder share a store."""
    over_http = transport is DiscordTransport.HTTP
    async with running(
        Settings.model_construct(
            data_dir=folder,
            host="127.0.0.1",
            port=0,
            discord_transport=transport,
            discord_public_key=KEY.public_key().public_bytes_raw().hex(),
        ),
        documents=SqliteDocuments(folder / "floor.db"),
        keyring=_KEYS,
        broker_options={BrokerId("paper"): {"latency_seconds": 0, "faults": faults or Counting()}},
        shard_count=1,
    ) as app:
        door = as_requests if over_http else _through_the_gateway
        async with door(app) as (feed, site):
            await (app.bot.login_over_http if over_http else app.bot.login)("token")
            assert app.bot.can_be_reached() is over_http
            yield Loopback(app, server, feed, site)
            await app.bot.close()


@asynccontextmanager
async def as_requests(app: App) -> AsyncIterator[tuple[Feed, str]]:
    """Sends interactions to the bot's own web server, signed like Discord's."""
    async with web(app) as (port, *_), ClientSession(trust_env=False) as session:
        site = f"http://127.0.0.1:{port}"

        async def feed(payload: dict[str, Any]) -> int:
            body, moment = json.dumps(payload).encode(), str(int(time.time()))
            headers = {
                "X-Signature-Timestamp": moment,
                "X-Signature-Ed25519": KEY.sign(moment.encode() + body).hex(),
            }
            async with session.post(site + PATH, data=body, headers=headers) as answer:
                return answer.status

        yield feed, site


@asynccontextmanager
async def _through_the_gateway(app: App) -> AsyncIterator[tuple[Feed, str]]:
    async def feed(payload: dict[str, Any]) -> int:
        app.bot._connection.parse_interaction_create(cast(Any, payload))
        return 202

    yield feed, ""
