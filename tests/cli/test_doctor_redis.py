"""`floorbroker doctor` and the Redis that replicas share."""

from pathlib import Path

import pytest
from redis.asyncio import Redis

from floorbroker.cli.findings import Finding, Level
from floorbroker.cli.shared_redis import redis_findings
from floorbroker.replicas.examining import examined
from tests.cli.at_home import CANARY, at_home
from tests.redis_server import RedisServer


class Tells:
    """A Redis that says what a test has it say."""

    def __init__(self, **told: object) -> None:
        self._told = told

    async def info(self) -> dict[str, object]:
        return self._told


async def found(url: str) -> list[Finding]:
    return await redis_findings(at_home(redis_url=url))


async def test_without_an_address_nothing_is_said(folder: Path) -> None:
    assert await redis_findings(at_home()) == []


async def test_one_that_answers_is_well(folder: Path, redis_server: RedisServer) -> None:
    (only,) = await found(redis_server.url)

    assert (only.level, only.about) == (Level.OK, "REDIS_URL")
    assert only.what.startswith("Redis ")


async def test_one_that_forgets_when_it_is_full_is_warned_of(
    folder: Path, redis_server: RedisServer
) -> None:
    async with Redis.from_url(redis_server.url) as redis:
        await redis.config_set("maxmemory", "100mb")
        await redis.config_set("maxmemory-policy", "allkeys-lru")

    well, warned = await found(redis_server.url)

    assert (well.level, warned.level) == (Level.OK, Level.WARN)
    assert "noeviction" in warned.todo


async def test_one_that_wants_another_password_is_said_so(
    folder: Path, redis_server: RedisServer
) -> None:
    async with Redis.from_url(redis_server.url) as redis:
        await redis.config_set("requirepass", "another")

    (only,) = await found(redis_server.url.replace("//", f"//:{CANARY}@"))

    assert (only.level, only.what) == (Level.FAIL, "Redis refuses.")
    assert CANARY not in f"{only.what}{only.todo}"


async def test_one_out_of_reach_is_said_so(folder: Path) -> None:
    (only,) = await found(f"redis://:{CANARY}@127.0.0.1:1")

    assert (only.level, only.what) == (Level.FAIL, "Redis does not answer (ConnectionError).")
    assert CANARY not in f"{only.what}{only.todo}"


async def test_what_is_no_address_is_said_so(folder: Path) -> None:
    (only,) = await found(f"http://{CANARY}")

    assert only.level is Level.FAIL
    assert CANARY not in f"{only.what}{only.todo}"


@pytest.mark.parametrize(
    ("version", "recent"),
    [("6.0.16", False), ("6.2.0", True), ("7.4.1", True), ("10.0", True), ("5.0", False)],
)
async def test_one_that_cannot_hand_a_job_to_one_worker_is_too_old(
    version: str, recent: bool
) -> None:
    told = await examined(Tells(redis_version=version))  # type: ignore[arg-type]  # it only tells

    assert told.recent is recent
