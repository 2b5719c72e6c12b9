"""An idea goes to the channel before its author reads that it is there."""

from typing import Final

import aiohttp
import discord
import structlog

from floorbroker.bot.replies.card import Card
from floorbroker.bot.replies.components import view_of
from floorbroker.bot.replies.idea_cards import idea_card, posted_card, posting_card
from floorbroker.domain.errors import StoreUnavailable
from floorbroker.domain.ideas import Idea, NotPosted
from floorbroker.services.idea_board import IdeaBoard

_log = structlog.get_logger(__name__)

_FAILED: Final = (discord.DiscordException, aiohttp.ClientError, OSError)
_REFUSED: Final = "Discord does not let the bot post in this channel, so your idea is not in it."
_UNANSWERED: Final = "Discord failed and did not say that it took your idea."
_WITHOUT_USE: Final = " If it is in the channel all the same, nobody can trade it from there."
_UNSEEN: Final = (
    "Discord shows your idea to nobody but you. Where the bot is no member, you may not use it in "
    "front of others."
)
_SERVER_FAILS: Final = 500


async def post(interaction: discord.Interaction, board: IdeaBoard, idea: Idea) -> Card:
    """Posts a stored idea to the channel; what its author reads then.

    Raises:
        NotPosted: Others do not see it. It was taken back, so that it does not count.
    """
    shown = view_of(idea_card(idea, interaction.user.display_name))
    try:
        # While the answer is still "thinking", a follow-up would become that answer: a private one.
        await interaction.edit_original_response(view=view_of(posting_card()))
        message = await interaction.followup.send(view=shown, ephemeral=False, wait=True)
    except _FAILED as error:
        _log.warning("idea_not_posted", error=type(error).__name__, code=getattr(error, "code", 0))
        refused = isinstance(error, discord.HTTPException) and error.status < _SERVER_FAILS
        if refused:
            raise await _taken_back(board, idea, _REFUSED) from error
        raise await _taken_back(board, idea, _UNANSWERED, _WITHOUT_USE) from error
    if message.flags.ephemeral:  # a member without the right to use external apps
        raise await _taken_back(board, idea, _UNSEEN)
    return posted_card()


async def _taken_back(board: IdeaBoard, idea: Idea, why: str, then: str = "") -> NotPosted:
    try:
        await board.take_back(idea)
    except StoreUnavailable:
        then = " It could not be taken back, so it counts as one of this hour's."
    return NotPosted(why + then)
