"""The edit of a private card: only the token of the interaction that it answers reaches it."""

import discord
import structlog
from discord.http import Route

from floorbroker.bot.replies.card import Card
from floorbroker.bot.replies.components import payload_of

_log = structlog.get_logger(__name__)


async def edit_card(client: discord.Client, token: str, card: Card) -> bool:
    """Shows `card` in place of what is there; False where Discord does not take it."""
    route = Route(
        "PATCH",
        "/webhooks/{application_id}/{token}/messages/@original",
        application_id=client.application_id,
        token=token,
    )
    try:
        await client.http.request(route, json=payload_of(card))
    except discord.HTTPException as error:
        _log.info("card_not_edited", code=error.code)
        return False
    return True
