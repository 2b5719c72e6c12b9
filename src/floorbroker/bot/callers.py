"""Who is at the other end of an interaction."""

import discord

from floorbroker.domain.ids import UserId
from floorbroker.domain.order import ReplyAddress
from floorbroker.services.callers import Caller
from floorbroker.services.notify import Addresses


def caller_of(interaction: discord.Interaction) -> Caller:
    """The clicking or typing person; an interaction that is delivered twice gives the same."""
    guild_id = interaction.guild_id
    return Caller(
        user_id=UserId(str(interaction.user.id)),
        guild_id=None if guild_id is None else str(guild_id),
        origin_key=f"discord:{interaction.id}",
        role_ids=_roles(interaction),
        channel_ids=_channels(interaction),
    )


def _roles(interaction: discord.Interaction) -> frozenset[str]:
    if not isinstance(interaction.user, discord.Member):
        return frozenset()
    # `Member.roles` leaves out what is not cached: all of them where the bot is not in the server.
    # @everyone has the server's own id and is not among a member's.
    return frozenset(map(str, (interaction.guild_id, *interaction.user._roles)))


def _channels(interaction: discord.Interaction) -> frozenset[str]:
    ids = {interaction.channel_id}
    if isinstance(interaction.channel, discord.Thread):
        ids.add(interaction.channel.parent_id)
    return frozenset(str(one) for one in ids if one is not None)


def manages_server(interaction: discord.Interaction) -> bool:
    """Whether Discord says that this member may manage the server."""
    return interaction.guild_id is not None and interaction.permissions.manage_guild


def address_of(
    interaction: discord.Interaction, caller: Caller, addresses: Addresses
) -> ReplyAddress:
    """Where this interaction's card is."""
    message = interaction.message
    return addresses.seal(
        caller.user_id,
        str(interaction.channel_id or ""),
        str(message.id) if message is not None else "",
        interaction.token,
    )
