"""What a Redis tells of itself, for whoever sets it up."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from redis.asyncio import Redis

OLDEST: Final = (6, 2)
"""From then on it has BLMOVE, by which a job goes to one worker."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """The facts.

    Attributes:
        evicts: Whether it throws away what it likes when its memory is full.
    """

    version: str
    recent: bool
    evicts: bool


async def examined(redis: "Redis") -> Examined:
    """Asks it.

    Raises:
        RedisError: It does not answer, or refuses.
        OSError: It cannot be reached.
    """
    told: dict[str, Any] = await redis.info()
    version = str(told["redis_version"])
    parts = tuple(int(part) for part in version.split(".")[:2] if part.isdecimal())
    limited = bool(told.get("maxmemory"))
    policy = told.get("maxmemory_policy", "noeviction")
    return Examined(
        version=version, recent=parts >= OLDEST, evicts=limited and policy != "noeviction"
    )
