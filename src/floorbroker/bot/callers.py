"""Who is at the other end of an interaction."""

import discord

from floorbroker.domain.ids import UserId
from floorbroker.services.callers import Caller


def caller_of(interaction: discord.Interaction) -> Caller:
    """The clicking or typing person; an interaction that is delivered twice gives the same."""
    guild_id = interaction.guild_id
    return Caller(
        user_id=UserId(str(interaction.user.id)),
        guild_id=None if guild_id is None else str(guild_id),
        origin_key=f"discord:{interaction.id}",
    )


def manages_server(interaction: discord.Interaction) -> bool:
    """Whether Discord says that this member may manage the server."""
    return interaction.guild_id is not None and interaction.permissions.manage_guild
