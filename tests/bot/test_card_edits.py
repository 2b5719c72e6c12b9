"""The edit of a private card: a limit of its own, and an end only where Discord says so."""

from typing import cast

import aiohttp
import discord
import pytest
from discord.http import Route

from floorbroker.bot.card_edits import Edit, edit_card, route_of
from floorbroker.bot.replies.card import Card


class _Answer:
    reason = ""

    def __init__(self, status: int) -> None:
        self.status = status


class _Http:
    """Stands for discord.py's own client."""

    def __init__(self, error: Exception | None) -> None:
        self.error = error

    async def request(self, _route: Route, **_what: object) -> None:
        if self.error is not None:
            raise self.error


class _Client:
    application_id = 1

    def __init__(self, error: Exception | None) -> None:
        self.http = _Http(error)


def refused(status: int) -> discord.HTTPException:
    return discord.HTTPException(_Answer(status), None)  # type: ignore[arg-type]


def test_each_card_has_a_limit_of_its_own() -> None:
    one, other = route_of(1, "a"), route_of(1, "b")

    assert one.url == f"{Route.BASE}/webhooks/1/a/messages/@original"
    assert one.key == other.key
    assert one.major_parameters != other.major_parameters


@pytest.mark.parametrize(
    ("error", "edit"),
    [
        (None, Edit.SHOWN),
        (refused(401), Edit.GONE),
        (refused(403), Edit.GONE),
        (refused(404), Edit.GONE),
        (refused(429), Edit.NOT_NOW),
        (refused(503), Edit.NOT_NOW),
        (aiohttp.ServerDisconnectedError(), Edit.NOT_NOW),
        (ConnectionResetError(), Edit.NOT_NOW),
        (TimeoutError(), Edit.NOT_NOW),
    ],
)
async def test_only_who_is_gone_is_given_up(error: Exception | None, edit: Edit) -> None:
    client = cast("discord.Client", _Client(error))

    assert await edit_card(client, "token", Card(title="x")) is edit
