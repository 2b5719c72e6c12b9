"""The app installed by a person only: in DMs, and in servers where the bot itself is not."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp.test_utils import TestServer
from discord.http import Route

from floorbroker.bootstrap import App, running
from floorbroker.config import Settings
from floorbroker.domain.ids import BrokerId
from floorbroker.storage.sqlite import SqliteDocuments
from floorbroker.vault.keyring import new_key, parse_keyring
from tests.simulators.discord import CHANNEL_ID, DiscordServer, Seen, click, slash

PERSON = "700000000000000007"
EPHEMERAL = 64
_CONFIRM = re.compile(r"fb:confirm:[a-z0-9]{18}")


@dataclass(frozen=True, slots=True)
class Loopback:
    """The bot, logged in to a Discord on loopback."""

    app: App
    discord: DiscordServer

    async def answered(self, payload: dict[str, Any]) -> list[Seen]:
        """Feeds one interaction; every request that the bot made because of it."""
        begin = len(self.discord.seen)
        self.app.bot._connection.parse_interaction_create(payload)
        await self.discord.until(lambda seen: any(one.method == "PATCH" for one in seen[begin:]))
        return self.discord.seen[begin:]


@pytest_asyncio.fixture
async def loopback(tmp_path: Path) -> AsyncIterator[Loopback]:
    server = DiscordServer()
    site = TestServer(server.app())
    await site.start_server()
    before, Route.BASE = Route.BASE, str(site.make_url("/api/v10"))
    try:
        async with running(
            Settings.model_construct(data_dir=tmp_path),
            documents=SqliteDocuments(tmp_path / "floor.db"),
            keyring=parse_keyring(new_key("test")),
            broker_options={BrokerId("paper"): {"latency_seconds": 0}},
            shard_count=1,
        ) as app:
            await app.bot.login("token")
            yield Loopback(app, server)
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
