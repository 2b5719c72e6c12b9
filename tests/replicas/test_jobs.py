"""Rounds that replicas share through Redis: once, by whichever of them is there."""

import asyncio

import pytest
from redis.asyncio import Redis
from saq import Status

from floorbroker.observability.metrics import Metrics
from floorbroker.replicas.crew import JobQueue
from floorbroker.replicas.outage import Outage
from tests.observability.captured import captured_stderr
from tests.redis_server import RedisServer
from tests.replicas.replicated import SOON, replicas, until
from tests.replicas.rounds import HOUR, ROUND, Rounds


def queue_of(redis: Redis) -> JobQueue:
    """The queue that rounds go through."""
    return JobQueue(redis, "rounds", Outage("jobs", Metrics()))


async def test_of_three_replicas_one_at_a_time_makes_a_round(redis_server: RedisServer) -> None:
    rounds = Rounds()
    async with replicas(redis_server.url, 3) as all_three:
        for one in all_three:
            rounds.of(one)
            one.jobs.start()

        await until(lambda: set(rounds.made) == set(all_three) and len(rounds.made) >= 20)

    assert rounds.at_once == 1


async def test_a_turn_is_taken_once_whoever_comes(redis_server: RedisServer) -> None:
    hourly, often = Rounds(), Rounds()
    async with replicas(redis_server.url, 3) as all_three:
        for one in all_three:
            hourly.of(one, HOUR)
            often.of(one, name="another")
            one.jobs.start()
            await until(lambda one=one: often.made.count(one) >= 3)  # type: ignore[misc]

    assert len(hourly.made) == 1


async def test_a_round_that_takes_long_is_begun_by_nobody_else(redis_server: RedisServer) -> None:
    rounds = Rounds()
    rounds.go.clear()
    async with replicas(redis_server.url, 2) as both, Redis.from_url(redis_server.url) as redis:
        for one in both:
            rounds.of(one)
            one.jobs.start()
        async with asyncio.timeout(20):
            while not await redis.keys("*:beat"):  # noqa: ASYNC110  # it is in Redis
                await asyncio.sleep(0.05)
        looks = queue_of(redis)
        lost = [*await looks.sweep(), *await looks.sweep()]
        begun = len(rounds.made)
        rounds.go.set()
        await until(lambda: len(rounds.made) > 3)

    assert (lost, begun, rounds.at_once) == ([], 1, 1)


async def test_what_fails_comes_round_again(redis_server: RedisServer) -> None:
    times = []

    async def fails() -> None:
        times.append(None)
        raise ZeroDivisionError

    with captured_stderr() as log:
        async with replicas(redis_server.url, 1) as (one,):
            one.jobs.every(SOON, "fails", fails)
            one.jobs.start()
            await until(lambda: len(times) >= 3)

    failed = [line for line in log.records() if line["event"] == "background_failed"]
    assert {line["task"] for line in failed} == {"fails"}
    assert b'job="fails",outcome="ERROR"' in one.metrics.render()[0]


async def test_a_replica_that_ends_lets_its_round_come_to_its_end(
    redis_server: RedisServer,
) -> None:
    rounds = Rounds()
    rounds.go.clear()
    async with replicas(redis_server.url, 1) as (one,), Redis.from_url(redis_server.url) as redis:
        rounds.of(one, HOUR)
        one.jobs.start()
        await until(lambda: bool(rounds.made))
        ending = asyncio.ensure_future(one.end())
        await until(lambda: one.supervisor.draining)
        rounds.go.set()

        assert await ending == 0
        left = await redis.keys("saq:*")
        assert [key for key in left if not key.endswith(b":beat")] == []


async def test_a_replica_that_has_no_time_left_puts_its_round_back(
    redis_server: RedisServer,
) -> None:
    rounds = Rounds()
    rounds.go.clear()
    async with replicas(redis_server.url, 2) as (gone, stays):
        rounds.of(gone, HOUR)
        gone.jobs.start()
        await until(lambda: rounds.made == [gone])
        await gone.gone()
        rounds.go.set()
        rounds.of(stays, HOUR)
        stays.jobs.start()

        await until(lambda: rounds.made == [gone, stays])

    assert rounds.at_once == 1


async def test_a_job_without_a_sign_of_life_is_put_back_at_the_second_look(
    redis_server: RedisServer,
) -> None:
    async with Redis.from_url(redis_server.url) as redis:
        died, looks = queue_of(redis), queue_of(redis)
        await died.put("work", ROUND)
        assert await died.dequeue() is not None

        looked = [await looks.sweep(), await looks.sweep()]

        again = await looks.dequeue()

    assert looked == [[], [ROUND]]
    assert again is not None
    assert again.key == ROUND


async def test_a_round_that_is_seen_twice_but_came_again_in_between_is_left_alone(
    redis_server: RedisServer,
) -> None:
    async with Redis.from_url(redis_server.url) as redis:
        works, looks = queue_of(redis), queue_of(redis)
        looked = []
        for number in range(2):
            await works.put("work", ROUND, number=number)
            job = await works.dequeue()
            looked.append(await looks.sweep())
            assert job is not None
            await job.finish(Status.COMPLETE)

    assert looked == [[], []]


async def test_a_job_that_waits_is_left_alone_and_not_enqueued_twice(
    redis_server: RedisServer,
) -> None:
    async with Redis.from_url(redis_server.url) as redis:
        looks = queue_of(redis)
        first = await looks.put("work", ROUND)
        looked = [await looks.sweep(), await looks.sweep()]
        second = await looks.put("work", ROUND)

    assert (first, second, looked, looks.waiting) == (True, False, [[], []], 1)


@pytest.mark.parametrize("half", ["saq:floorbroker-rounds:queued", "saq:job:floorbroker-rounds:*"])
async def test_a_job_of_which_redis_has_forgotten_the_half_holds_up_nothing(
    redis_server: RedisServer, half: str
) -> None:
    async with Redis.from_url(redis_server.url) as redis:
        looks = queue_of(redis)
        await looks.put("work", ROUND)
        await redis.delete(*await redis.keys(half))
        assert not await looks.put("work", ROUND)
        assert await looks.dequeue() is None

        looked = [await looks.sweep(), await looks.sweep()]
        await looks.put("work", ROUND)
        again = await looks.dequeue()

    assert looked == [[], [ROUND]]
    assert again is not None


async def test_what_nobody_can_read_in_redis_ends_no_work(redis_server: RedisServer) -> None:
    rounds = Rounds()
    async with replicas(redis_server.url, 1) as (one,), Redis.from_url(redis_server.url) as redis:
        await redis.rpush("saq:floorbroker-rounds:active", b"\xff")
        rounds.of(one)
        with captured_stderr() as log:
            one.jobs.start()
            await until(lambda: "sweep_broke" in {line["event"] for line in log.records()})
        rounds.made.clear()

        await until(lambda: len(rounds.made) > 3)
