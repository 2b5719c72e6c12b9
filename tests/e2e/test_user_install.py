"""The app installed by a person only: in DMs, and in servers where the bot itself is not."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from floorbroker.config import DiscordTransport
from tests.e2e.loopback import Loopback, discord_on_loopback, process
from tests.simulators.discord import CHANNEL_ID, Seen, click, slash

PERSON = "700000000000000007"
EPHEMERAL = 64
_CONFIRM = re.compile(r"fb:confirm:[a-z0-9]{18}")


@pytest_asyncio.fixture(params=DiscordTransport)
async def loopback(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Loopback]:
    async with (
        discord_on_loopback() as server,
        process(server, tmp_path, request.param) as loopback,
    ):
        yield loopback


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


def _idea() -> dict[str, Any]:
    return _in_a_foreign_server(slash("idea", PERSON, symbol="AAPL", side="buy", reason="Phones"))


async def _ends(loopback: Loopback, words: str) -> list[Seen]:
    await loopback.feed(_idea())
    await loopback.discord.until(lambda seen: words in str(seen[-1].body))
    return loopback.discord.seen[-4:]


async def test_an_idea_is_told_as_posted_after_it_was_and_by_no_message_that_stays_private(
    loopback: Loopback,
) -> None:
    acknowledged, begun, public, told = await _ends(loopback, "Your idea is in the channel")

    assert [one.method for one in (acknowledged, begun, public, told)] == [
        "POST",
        "PATCH",
        "POST",
        "PATCH",
    ]
    assert "Posted" not in str(begun.body)
    assert "Idea: Buy AAPL" in str(public.body)
    assert not public.body.get("flags", 0) & EPHEMERAL
    assert await _stored(loopback) == 1


async def test_an_idea_that_discord_shows_to_its_author_alone_is_not_told_as_posted(
    loopback: Loopback,
) -> None:
    loopback.discord.hides_followups = True

    *_, told = await _ends(loopback, "Not posted")

    assert "to nobody but you" in str(told.body)
    assert "external apps" in str(told.body)
    assert await _stored(loopback) == 0


async def test_an_idea_that_discord_does_not_answer_for_is_not_told_as_posted(
    loopback: Loopback,
) -> None:
    loopback.discord.drops_followups = True

    *_, told = await _ends(loopback, "Not posted")

    assert "did not say that it took your idea" in str(told.body)
    assert "nobody can trade it from there" in str(told.body)
    assert await _stored(loopback) == 0


async def _stored(loopback: Loopback) -> int:
    return await loopback.app.documents.count("ideas", {}, limit=9)


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
