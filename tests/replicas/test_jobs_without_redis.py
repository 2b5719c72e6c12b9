"""Redis goes away and comes back empty: the work goes on, and is shared again afterwards."""

import asyncio

import pytest
from redis.asyncio import Redis

from floorbroker.replicas.jobs import SENT_AT_ONCE
from tests.observability.captured import Captured, captured_stderr
from tests.observability.scraped import samples
from tests.redis_server import RedisServer
from tests.replicas.replicated import replicas, until
from tests.replicas.rounds import HOUR, Rounds

SOON_ALONE = 0.2
LATER_ALONE = 2.0
"""Longer than it takes until whoever waits for a job hears that there is none."""


async def test_each_replica_makes_the_rounds_alone_and_shares_them_again_afterwards(
    redis_server: RedisServer,
) -> None:
    rounds = Rounds()
    with captured_stderr() as log:
        async with replicas(redis_server.url, 2, alone_after=SOON_ALONE) as both:
            for one in both:
                rounds.of(one)
                one.jobs.start()
            await until(lambda: len(rounds.made) > 2)

            redis_server.stop()
            rounds.made.clear()
            await until(lambda: all(rounds.made.count(one) > 3 for one in both))
            await until(lambda: _times(log, "redis_away") >= 4)
            redis_server.start()
            await until(lambda: _times(log, "redis_back") >= 4)
            rounds.made.clear()
            rounds.at_once = 0
            await until(lambda: set(rounds.made) == set(both))

    assert rounds.at_once == 1
    # On a machine that is starved there may be more outages than the one above.
    assert _times(log, "redis_away") == _times(log, "redis_back")
    assert {line["level"] for line in log.records()} <= {"error", "warning"}


async def test_a_redis_that_hangs_keeps_nobody_from_working(redis_server: RedisServer) -> None:
    rounds = Rounds()
    async with replicas(redis_server.url, 1, alone_after=SOON_ALONE) as (one,):
        rounds.of(one)
        one.jobs.start()
        await until(lambda: bool(rounds.made))

        redis_server.suspend()
        rounds.made.clear()
        await until(lambda: len(rounds.made) > 1)
        redis_server.resume()
        rounds.made.clear()

        await until(lambda: len(rounds.made) > 3)


async def test_a_round_that_began_before_is_not_begun_again_by_the_same_replica(
    redis_server: RedisServer,
) -> None:
    rounds, others = Rounds(), Rounds()
    rounds.go.clear()
    async with replicas(redis_server.url, 1, alone_after=SOON_ALONE) as (one,):
        rounds.of(one)
        others.of(one, name="another")
        one.jobs.start()
        await until(lambda: bool(rounds.made))

        redis_server.stop()
        others.made.clear()
        await until(lambda: len(others.made) > 5)
        begun = len(rounds.made)
        rounds.go.set()
        await until(lambda: len(rounds.made) > 1)

    assert begun == 1


@pytest.mark.parametrize("refused", ["set", "evalsha", "blmove"])
async def test_where_redis_refuses_a_part_of_it_the_rounds_are_made_all_the_same(
    redis_server: RedisServer, refused: str
) -> None:
    rounds = Rounds()
    async with Redis.from_url(redis_server.url) as redis:
        await redis.execute_command("ACL", "SETUSER", "default", f"-{refused}")
    async with replicas(redis_server.url, 1, alone_after=LATER_ALONE) as (one,):
        rounds.of(one)
        rounds.of(one, name="another")
        one.jobs.start()

        await until(lambda: len(rounds.made) > 5)


async def test_a_redis_that_does_not_tell_of_itself_shares_the_work(
    redis_server: RedisServer,
) -> None:
    rounds = Rounds()
    async with Redis.from_url(redis_server.url) as redis:
        await redis.execute_command("ACL", "SETUSER", "default", "-info")
    async with replicas(redis_server.url, 1) as (one,):
        rounds.of(one)
        one.jobs.start()

        await until(lambda: len(rounds.made) > 3)


async def test_a_crowd_of_errands_waits_once_for_a_redis_that_hangs(
    redis_server: RedisServer,
) -> None:
    async with replicas(redis_server.url, 1) as (one,):
        redis_server.suspend()

        sent = await asyncio.gather(
            *(one.jobs.send("note", str(number)) for number in range(10 * SENT_AT_ONCE))
        )

        (asked,) = (
            count
            for (sample, _), count in samples(one.metrics).items()
            if sample == "floorbroker_redis_failures_total"
        )
        redis_server.resume()

    assert not any(sent)
    assert asked == SENT_AT_ONCE


async def test_what_was_lost_with_redis_is_begun_anew(redis_server: RedisServer) -> None:
    """The round is under way when Redis forgets it: its end finds nothing, and it comes again."""
    rounds = Rounds()
    rounds.go.clear()
    async with replicas(redis_server.url, 1) as (one,):
        rounds.of(one)
        one.jobs.start()
        await until(lambda: bool(rounds.made))

        redis_server.stop()
        redis_server.start()
        rounds.go.set()

        await until(lambda: len(rounds.made) > 3)


async def test_an_errand_that_nobody_would_do_is_refused(redis_server: RedisServer) -> None:
    done: list[str] = []

    async def note(word: str) -> None:
        done.append(word)

    async with replicas(redis_server.url, 1) as (one,):
        one.jobs.errand("note", note)
        one.jobs.every(HOUR, "idle", lambda: note("idle"))
        one.jobs.start()
        redis_server.stop()
        lost = await one.jobs.send("note", "1", word="lost")
        redis_server.start()
        kept = await one.jobs.send("note", "2", word="kept")

        await until(lambda: "kept" in done)

    assert (lost, kept) == (False, True)
    assert "lost" not in done


def _times(log: Captured, event: str) -> int:
    return sum(line["event"] == event for line in log.records())
