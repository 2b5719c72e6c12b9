"""One process has one pool of connections to Redis, or, without an address, nothing of Redis."""

import asyncio
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest
from pydantic import SecretStr
from redis.asyncio import Redis

from floorbroker.bootstrap import running
from floorbroker.config import SettingsProblem
from floorbroker.replicas.opening import answers
from floorbroker.storage.sqlite import SqliteDocuments
from floorbroker.vault.keyring import new_key, parse_keyring
from tests.environment import child_environment
from tests.floor import settings
from tests.redis_server import RedisServer

KEYS: Final = parse_keyring(new_key("test"))

_ALONE: Final = """
import asyncio, sys
from floorbroker.bootstrap import running
from floorbroker.config import Settings

async def main():
    chosen = Settings(deployment_mode="single-user", owner_id="100000000000000001")
    async with running(chosen) as app:
        assert app.redis is None
        assert (await app.checks())["store"]

asyncio.run(main())
print(sorted({name.partition(".")[0] for name in sys.modules} & {"redis", "saq", "coredis"}))
"""


def test_without_an_address_nothing_of_redis_is_imported(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", _ALONE],
        cwd=tmp_path,
        env=child_environment(DATA_DIR=str(tmp_path)),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.splitlines()[-1] == "[]"


async def test_a_process_takes_its_connections_with_it_when_it_ends(
    tmp_path: Path, redis_server: RedisServer
) -> None:
    chosen = settings(redis_url=SecretStr(redis_server.url))
    async with Redis.from_url(redis_server.url) as other:
        async with running(chosen, documents=_store(tmp_path), keyring=KEYS) as app:
            assert app.redis is not None
            assert await answers(app.redis)
            assert len(await other.client_list()) > 1

        await _until_alone(other)


async def test_a_start_without_an_answer_of_redis_is_a_start(
    tmp_path: Path, redis_server: RedisServer
) -> None:
    redis_server.stop()
    chosen = settings(redis_url=SecretStr(redis_server.url))

    async with running(chosen, documents=_store(tmp_path), keyring=KEYS) as app:
        assert app.redis is not None
        assert not await answers(app.redis)
        assert (await app.checks())["store"]


@pytest.mark.parametrize("address", ["localhost:6379", "http://localhost:6379", "redis://a:b"])
async def test_what_is_no_address_of_redis_is_refused_without_saying_it(
    tmp_path: Path, address: str
) -> None:
    chosen = settings(redis_url=SecretStr(address))

    with pytest.raises(SettingsProblem) as refused:
        async with running(chosen, documents=_store(tmp_path), keyring=KEYS):
            pass

    assert "REDIS_URL" in str(refused.value)
    assert address not in str(refused.value)


def _store(folder: Path) -> SqliteDocuments:
    return SqliteDocuments(folder / "test.db")


async def _until_alone(redis: Redis) -> None:
    async with asyncio.timeout(10):
        while len(await redis.client_list()) > 1:
            pass  # its answer lets the server hear of what was closed
