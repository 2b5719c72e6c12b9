"""Which part of Discord's gateway this process serves, where several share it."""

from dataclasses import dataclass

from floorbroker.config import SettingsProblem


@dataclass(frozen=True, slots=True)
class Shards:
    """These of so many; a server is on shard `(server id >> 22) % count`, messages are on 0.

    Source: https://docs.discord.com/developers/events/gateway#sharding
    """

    ids: tuple[int, ...]
    count: int


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
