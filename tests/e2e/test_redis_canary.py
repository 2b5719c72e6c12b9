"""Whatever a working day says to Redis: counts and ids of links, nothing of what anybody does."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from pydantic import SecretStr
from redis.asyncio import Redis

from floorbroker.replicas.counts import AWAY, COUNTER, USED
from floorbroker.replicas.word import CHANNEL
from tests.e2e.at_binance import KEY, SECRET, at_binance
from tests.e2e.people import Somebody
from tests.e2e.world import KEY as MASTER_KEY
from tests.observability.captured import captured_stderr
from tests.redis_server import RedisServer
from tests.stores import Store

COUNTED = (f"{USED}:", f"{AWAY}:", f"{COUNTER}:")
WORK = ("floorbroker:turn:", "saq:floorbroker-", "saq:job:floorbroker-rounds:")
"""The names of rounds; what waits or runs goes when it is done."""


@asynccontextmanager
async def overheard(redis: Redis) -> AsyncIterator[list[str]]:
    """Every command that Redis is given inside, with all that comes with it."""
    commands: list[str] = []

    async def listen() -> None:
        while True:
            commands.append((await monitor.next_command())["command"])

    async with redis.monitor() as monitor:
        listening = asyncio.create_task(listen())
        try:
            yield commands
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)


async def _a_day(alice: Somebody) -> None:
    await alice.types("balance")
    review = await alice.types("buy", symbol="BTC/USDT", quantity="0.5")
    await alice.clicks(review, "Confirm")
    review = await alice.types("buy", symbol="BTC/USDT", quantity="0.1", limit="50000")
    await alice.clicks(review, "Confirm")
    await alice.types("quote", symbol="BTC/USDT")
    await alice.types("positions")
    asked = await alice.types("setup remove", account="Binance paper")
    await alice.clicks(asked, "Remove")


async def test_redis_is_told_of_counts_and_ids_only(
    sqlite: Store, redis_server: RedisServer
) -> None:
    url = SecretStr(redis_server.url)
    with captured_stderr(level="DEBUG") as log:
        async with (
            Redis.from_url(redis_server.url) as redis,
            overheard(redis) as commands,
            at_binance(sqlite.open(), redis_url=url) as (world, _),
        ):
            alice = world.alice
            (link,) = [
                one
                for one in await world.app.floor.accounts.links(alice.user_id)
                if one.broker == "binance"
            ]
            await _a_day(alice)
            orders = [one.order_id for one in await world.orders(alice)]
            keys = [key.decode() for key in await redis.keys("*")]
            lasting = [key for key in keys if await redis.pttl(key) <= 0]

    said = "\n".join(commands)
    (told,) = [one for one in commands if one.startswith(f"PUBLISH {CHANNEL}")]
    assert told.startswith(f"PUBLISH {CHANNEL}:0 ")
    assert told.endswith(f" link {link.link_id}")
    assert len(orders) == 2
    assert keys
    assert all(key.startswith((*COUNTED, *WORK)) for key in keys)
    assert all(key.startswith(WORK) for key in lasting)
    for private in (KEY, SECRET, MASTER_KEY, alice.user_id, "BTC", "USDT", *orders):
        assert private not in said
    assert said.count(link.link_id) == 1
    assert redis_server.url not in log.getvalue()
