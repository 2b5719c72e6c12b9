"""The app installed by a person only: in DMs, and in servers where the bot itself is not."""

import json
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest
import pytest_asyncio
from aiohttp import ClientSession
from aiohttp.test_utils import TestServer
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from discord.http import Route

from floorbroker.bootstrap import App, running
from floorbroker.cli.run import web
from floorbroker.config import DiscordTransport, Settings
from floorbroker.domain.ids import BrokerId
from floorbroker.storage.sqlite import SqliteDocuments
from floorbroker.vault.keyring import new_key, parse_keyring
from floorbroker.web.interactions import PATH
from tests.simulators.discord import CHANNEL_ID, DiscordServer, Seen, click, slash

PERSON = "700000000000000007"
EPHEMERAL = 64
_CONFIRM = re.compile(r"fb:confirm:[a-z0-9]{18}")


KEY = Ed25519PrivateKey.generate()
Feed = Callable[[dict[str, Any]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Loopback:
    """The bot, logged in to a Discord on loopback."""

    app: App
    discord: DiscordServer
    feed: Feed

    async def answered(self, payload: dict[str, Any]) -> list[Seen]:
        """Feeds one interaction; every request that the bot made because of it."""
        begin = len(self.discord.seen)
        await self.feed(payload)
        await self.discord.until(lambda seen: any(one.method == "PATCH" for one in seen[begin:]))
        return self.discord.seen[begin:]


@asynccontextmanager
async def _as_requests(app: App) -> AsyncIterator[Feed]:
    """Sends interactions to the bot's own web server, signed like Discord's."""
    async with web(app) as (port, *_), ClientSession(trust_env=False) as session:

        async def feed(payload: dict[str, Any]) -> None:
            body, moment = json.dumps(payload).encode(), str(int(time.time()))
            headers = {
                "X-Signature-Timestamp": moment,
                "X-Signature-Ed25519": KEY.sign(moment.encode() + body).hex(),
            }
            url = f"http://127.0.0.1:{port}{PATH}"
            async with session.post(url, data=body, headers=headers) as answer:
                assert answer.status == 202

        yield feed


@asynccontextmanager
async def _through_the_gateway(app: App) -> AsyncIterator[Feed]:
    async def feed(payload: dict[str, Any]) -> None:
        app.bot._connection.parse_interaction_create(cast(Any, payload))

    yield feed


@pytest_asyncio.fixture(params=DiscordTransport)
async def loopback(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Loopback]:
    over_http = request.param is DiscordTransport.HTTP
    server = DiscordServer()
    site = TestServer(server.app())
    await site.start_server()
    before, Route.BASE = Route.BASE, str(site.make_url("/api/v10"))
    try:
        async with running(
            Settings.model_construct(
                data_dir=tmp_path,
                host="127.0.0.1",
                port=0,
                discord_transport=request.param,
                discord_public_key=KEY.public_key().public_bytes_raw().hex(),
            ),
            documents=SqliteDocuments(tmp_path / "floor.db"),
            keyring=parse_keyring(new_key("test")),
            broker_options={BrokerId("paper"): {"latency_seconds": 0}},
            shard_count=1,
        ) as app:
            door = _as_requests if over_http else _through_the_gateway
            async with door(app) as feed:
                await (app.bot.login_over_http if over_http else app.bot.login)("token")
                assert app.bot.can_be_reached() is over_http
                yield Loopback(app, server, feed)
                await app.bot.close()
    finally:
        Route.BASE = before
        await site.close()


def _in_dm(payload: dict[str, Any]) -> dict[str, Any]:
    user = payload.pop("member")["user"]
    for name in ("guild_id", "guild_locale"):
        payload.pop(name)
    channel = {"id": CHANNEL_ID, "type": 1, "recipients": [user]}
    owners = {"1": PERSON}
    return {
        **payload,
        "user": user,
        "channel": channel,
        "context": 1,
        "authorizing_integration_owners": owners,
    }


def _in_a_foreign_server(payload: dict[str, Any]) -> dict[str, Any]:
    return {**payload, "authorizing_integration_owners": {"1": PERSON}}


@pytest.mark.parametrize("where", [_in_dm, _in_a_foreign_server])
async def test_an_order_goes_from_review_to_receipt_with_two_requests_each(
    loopback: Loopback, where: Any
) -> None:
    reviewed = await loopback.answered(where(slash("buy", PERSON, symbol="AAPL", quantity="10")))
    confirm = _CONFIRM.search(str(reviewed[-1].body))
    assert confirm is not None

    confirmed = await loopback.answered(where(click(confirm[0], PERSON, reviewed[-1].body)))

    assert "Filled" in str(confirmed[-1].body)
    # Where the app is not in the server Discord allows five follow-ups: one card, edited in place.
    assert [one.method for one in reviewed] == ["POST", "PATCH"]
    assert [one.method for one in confirmed] == ["POST", "PATCH"]
    assert reviewed[0].body["data"]["flags"] & EPHEMERAL


async def test_the_acknowledgement_goes_out_before_anything_is_looked_up(
    loopback: Loopback,
) -> None:
    asked = await loopback.answered(slash("balance", PERSON))

    assert asked[0].path.endswith("/callback")
    assert asked[0].body["type"] == 5


async def test_every_command_is_offered_to_servers_and_to_people(loopback: Loopback) -> None:
    synced = next(one for one in loopback.discord.seen if one.path.endswith("/commands"))

    by_name = {command["name"]: command for command in synced.body}
    assert set(by_name) >= {"buy", "sell", "close", "orders", "order", "setup", "settings"}
    for name, command in by_name.items():
        assert command["integration_types"] == [0, 1], name
        assert command["contexts"] == ([0] if name == "server" else [0, 1, 2]), name
