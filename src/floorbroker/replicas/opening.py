"""The connection to Redis that the settings name."""

from typing import TYPE_CHECKING, Any, Final

from floorbroker.config import Settings, SettingsProblem

if TYPE_CHECKING:
    from redis.asyncio import Redis

PATIENCE_SECONDS: Final = 2.0
"""For connecting and for an answer: nobody who trades waits for Redis longer."""

_MISSING: Final = "REDIS_URL needs the set `scale`: pip install 'floorbroker[scale]'."


def open_redis(settings: Settings) -> "Redis | None":
    """A client that connects when it is first used; None where one process does everything.

    Raises:
        SettingsProblem: The address is none, or the library is not installed.
    """
    if settings.redis_url is None:
        return None
    try:
        from redis.asyncio import Redis
    except ModuleNotFoundError:
        raise SettingsProblem(_MISSING) from None
    try:
        return Redis.from_url(
            settings.redis_url.get_secret_value(),
            socket_timeout=PATIENCE_SECONDS,
            socket_connect_timeout=PATIENCE_SECONDS,
            health_check_interval=30,
        )
    except ValueError:
        raise SettingsProblem("REDIS_URL is no address like redis://host:6379.") from None


async def answers(redis: "Redis") -> bool:
    """Whether Redis gives a sign of life."""
    from redis.exceptions import RedisError

    try:
        answered: Any = redis.ping()  # the library's types cannot tell that it is awaited
        return bool(await answered)
    except (RedisError, OSError):
        return False
