"""Checks of the Redis that replicas share, where there is to be one."""

from typing import Final

from floorbroker.cli.findings import Finding, Level
from floorbroker.config import Settings, SettingsProblem
from floorbroker.replicas.examining import OLDEST, examined
from floorbroker.replicas.opening import open_redis

ABOUT: Final = "REDIS_URL"
_OLDEST: Final = ".".join(map(str, OLDEST))


async def redis_findings(settings: Settings) -> list[Finding]:
    """Nothing where one process does everything."""
    try:
        redis = open_redis(settings)
    except SettingsProblem as problem:
        return [Finding(level=Level.FAIL, about=ABOUT, what=str(problem))]
    if redis is None:
        return []
    from redis.exceptions import AuthenticationError, RedisError

    try:
        told = await examined(redis)
    except AuthenticationError:
        what, todo = "Redis refuses.", "Check user and password in REDIS_URL."
    except (RedisError, OSError) as error:
        what = f"Redis does not answer ({type(error).__name__})."
        todo = "Check that it runs, host and port in REDIS_URL, and that it admits this machine."
    else:
        if told.recent:
            what = f"Redis {told.version} answers."
            found = [Finding(level=Level.OK, about=ABOUT, what=what)]
            if told.evicts:
                what = "It throws away what replicas share when its memory is full."
                todo = "Set its maxmemory-policy to noeviction."
                found.append(Finding(level=Level.WARN, about=ABOUT, what=what, todo=todo))
            return found
        what, todo = f"Redis {told.version} is too old.", f"Install Redis {_OLDEST} or later."
    finally:
        await redis.aclose()
    return [Finding(level=Level.FAIL, about=ABOUT, what=what, todo=todo)]
