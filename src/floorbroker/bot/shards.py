"""Which part of Discord's gateway this process serves, where several share it."""

from dataclasses import dataclass

import discord

from floorbroker.config import SettingsProblem


@dataclass(frozen=True, slots=True)
class Shards:
    """These of so many; a server is on shard `(server id >> 22) % count`, messages are on 0.

    Source: https://docs.discord.com/developers/events/gateway#sharding
    """

    ids: tuple[int, ...]
    count: int


def hears_of(client: discord.Client, guild_id: int) -> bool:
    """Whether the gateway tells this process of that server, if the bot is a member of it.

    Not over HTTP, nor where the server's shard is another process's.
    """
    if not isinstance(client, discord.AutoShardedClient) or not client.is_ready():
        return False
    return (guild_id >> 22) % client.shard_count in client.shards


def shards_of(text: str) -> Shards | None:
    """What DISCORD_SHARDS names, as `0-3/16` or `4,6-7/16`; None where it is empty: all of them.

    Raises:
        SettingsProblem: It names a shard that does not exist.
    """
    if not text:
        return None
    named, _, count = text.partition("/")
    ids: set[int] = set()
    for part in named.split(","):
        first, _, last = part.partition("-")
        ids.update(range(int(first), int(last or first) + 1))
    if not ids or max(ids) >= int(count):
        raise SettingsProblem(f"DISCORD_SHARDS={text}: of {count} shards the last is one less.")
    return Shards(ids=tuple(sorted(ids)), count=int(count))
