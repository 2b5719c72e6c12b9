"""Who asks, and from where: the clicking user's id and nothing else is identity."""

from dataclasses import dataclass

from floorbroker.domain.ids import UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """A person at a command or a button.

    Attributes:
        guild_id: The server that the command was given in; None in a direct message.
        origin_key: The interaction's id: the same interaction delivered twice has the same.
        role_ids: The member's roles in that server, as Discord tells them with the interaction.
        channel_ids: The channel, and the one that it is a thread of.
    """

    user_id: UserId
    guild_id: str | None
    origin_key: str
    role_ids: frozenset[str] = frozenset()
    channel_ids: frozenset[str] = frozenset()
