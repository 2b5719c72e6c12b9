"""The Redis of the tests: where it is, and what its end and its silence look like."""

import pytest
from redis.asyncio import Redis
from redis.exceptions import ConnectionError as Away
from redis.exceptions import TimeoutError as Silent

from tests.redis_server import RedisServer


async def test_a_redis_that_was_stopped_comes_back_empty_on_its_port(
    redis_server: RedisServer,
) -> None:
    async with Redis.from_url(redis_server.url) as redis:
        await redis.set("word", "kept")
        redis_server.stop()
        with pytest.raises(Away):
            await redis.get("word")

        redis_server.start()

        assert await redis.get("word") is None


async def test_a_suspended_redis_is_silent_and_then_goes_on(redis_server: RedisServer) -> None:
    async with Redis.from_url(redis_server.url, socket_timeout=0.2) as redis:
        await redis.set("word", "kept")
        redis_server.suspend()
        with pytest.raises(Silent):
            await redis.get("word")

        redis_server.resume()

        assert await redis.get("word") == b"kept"
