"""The edit of a private card: only the token of the interaction that it answers reaches it."""

from enum import Enum, auto
from typing import Final

import aiohttp
import discord
import structlog
from discord.http import Route

from floorbroker.bot.replies.card import Card
from floorbroker.bot.replies.components import payload_of

_GONE: Final = frozenset({401, 403, 404})
"""The token has ended, or the message is not there any more."""

_log = structlog.get_logger(__name__)


class Edit(Enum):
    """What became of an edit; `NOT_NOW`: perhaps nothing, and the next one may work."""

    SHOWN = auto()
    NOT_NOW = auto()
    GONE = auto()


async def edit_card(client: discord.Client, token: str, card: Card) -> Edit:
    """Shows `card` in place of what is there."""
    try:
        await client.http.request(route_of(client.application_id, token), json=payload_of(card))
    except discord.HTTPException as error:
        _log.info("card_not_edited", code=error.code, status=error.status)
        return Edit.GONE if error.status in _GONE else Edit.NOT_NOW
    except (aiohttp.ClientError, OSError) as error:
        _log.info("card_not_edited", error=type(error).__name__)
        return Edit.NOT_NOW
    return Edit.SHOWN


def route_of(application_id: int | None, token: str) -> Route:
    """Where a card is edited.

    By the names of its parameters discord.py knows that each token has a limit of its own: see
    `discord.http.Route.major_parameters`, 2.7.1.
    """
    return Route(
        "PATCH",
        "/webhooks/{webhook_id}/{webhook_token}/messages/@original",
        webhook_id=application_id,
        webhook_token=token,
    )
