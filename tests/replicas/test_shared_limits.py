"""Replicas are one to a vendor: they keep to its limits together, as long as Redis answers."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest
from limits import RateLimitItemPerMinute
from redis.asyncio import Redis

from floorbroker.brokers.shared.allowance import Allowance
from floorbroker.brokers.shared.wire import NoAllowance
from floorbroker.replicas.asking import AT_ONCE, REST
from floorbroker.web.rate import TooMany, Visits
from tests.observability.scraped import samples
from tests.redis_server import RedisServer
from tests.replicas.counting import Replica, Waits, replicas
from tests.web.test_link_rate import asked

MOST = 10
ACCOUNT = "account-4711-of-anna"


def window(replica: Replica, who: str = ACCOUNT) -> Allowance:
    return replica.allowances.window("alpaca", "account", who, most=MOST, seconds=60)


async def passed(allowances: Sequence[Allowance], each: int, *, urgent: bool = False) -> int:
    """How many of `each` takers at every one went through at once."""
    results = await asyncio.gather(
        *(one.take(urgent=urgent) for one in allowances for _ in range(each)),
        return_exceptions=True,
    )
    assert all(result is None or isinstance(result, NoAllowance | Waits) for result in results)
    return results.count(None)


def failures(replica: Replica) -> float:
    """How many questions had no answer."""
    return samples(replica.metrics).get(("floorbroker_redis_failures_total", ("limits",)), 0.0)


async def test_three_replicas_keep_to_one_limit_together(redis_server: RedisServer) -> None:
    async with replicas(redis_server, 3) as three:
        assert await passed([window(one) for one in three], MOST, urgent=True) == MOST


async def test_the_reserve_is_kept_for_what_is_urgent_in_any_replica(
    redis_server: RedisServer,
) -> None:
    async with replicas(redis_server, 3) as three:
        usual = await passed([window(one) for one in three], MOST)
        urgent = await passed([window(one) for one in three], MOST, urgent=True)

    assert usual == 8
    assert urgent == 2


async def test_a_weight_counts_as_many_in_every_replica(redis_server: RedisServer) -> None:
    async with replicas(redis_server, 2) as (one, other):
        await window(one).take(7)

        with pytest.raises(NoAllowance):
            await window(other).take(2)
        await window(other).take(1)


async def test_one_person_uses_nothing_of_anothers(redis_server: RedisServer) -> None:
    async with replicas(redis_server, 2) as (one, other):
        assert await passed([window(one, "anna")], MOST, urgent=True) == MOST

        assert await passed([window(other, "ben")], MOST, urgent=True) == MOST


async def test_the_share_that_is_used_is_that_of_all(redis_server: RedisServer) -> None:
    async with replicas(redis_server, 2) as (one, other):
        for _ in range(4):
            await window(one).take()

        await window(other).take()

        text = other.metrics.render()[0].decode()
    assert 'floorbroker_broker_limit_used{broker="alpaca",scope="account"} 0.5' in text


def counter(replica: Replica, who: str = ACCOUNT, falls: float = 0.001) -> Allowance:
    return replica.allowances.decaying("kraken", "key", who, most=MOST, per_second=falls)


async def test_a_counter_that_falls_is_one_for_all_replicas(redis_server: RedisServer) -> None:
    async with replicas(redis_server, 3) as three:
        usual = await passed([counter(one) for one in three], MOST)
        urgent = await passed([counter(one) for one in three], MOST, urgent=True)

        with pytest.raises(NoAllowance) as refused:
            await counter(three[0]).take(2, urgent=True)

    assert usual == 8
    assert urgent == 2
    assert timedelta(seconds=1900) < refused.value.retry_after <= timedelta(seconds=2000)


async def test_a_counter_falls_by_the_clock_of_redis(redis_server: RedisServer) -> None:
    async with replicas(redis_server, 2) as two:
        for one in two * MOST:
            one.clock.advance(60)  # for its own count, which is not asked here

            await counter(one, falls=1e6).take(urgent=True)


async def test_a_counter_goes_on_in_each_replica_without_redis(redis_server: RedisServer) -> None:
    async with replicas(redis_server, 2) as two:
        redis_server.stop()

        assert [await passed([counter(one)], MOST + 1, urgent=True) for one in two] == [MOST] * 2


async def test_without_redis_each_replica_counts_for_itself_and_with_it_together_again(
    redis_server: RedisServer, capfd: pytest.CaptureFixture[str]
) -> None:
    async with replicas(redis_server, 2) as (one, other):
        await window(one).take()
        redis_server.stop()

        alone = [await passed([window(each)], MOST + 2, urgent=True) for each in (one, other)]
        redis_server.start()
        still_alone = await passed([window(each, "b") for each in (one, other)], MOST, urgent=True)
        for each in (one, other):
            each.later(REST)
        await window(one, "c").take()
        await window(other, "c").take()
        together = await passed([window(each, "d") for each in (one, other)], MOST, urgent=True)

    assert alone == [MOST - 1, MOST]  # what was counted together is known here, too
    assert still_alone == 2 * MOST
    assert together == MOST
    said = "".join(capfd.readouterr())
    assert said.count("redis_away") == said.count("redis_back") == 2  # once a replica


async def test_what_was_used_without_redis_is_not_forgotten_with_it(
    redis_server: RedisServer,
) -> None:
    async with replicas(redis_server, 1) as (one,):
        redis_server.stop()
        assert await passed([window(one)], MOST, urgent=True) == MOST

        redis_server.start()
        one.later(REST)

        assert await passed([window(one)], MOST, urgent=True) == 0


async def test_a_silent_redis_keeps_nobody_waiting_again_and_again(
    redis_server: RedisServer,
) -> None:
    async with replicas(redis_server, 1, patience=0.05) as (one,):
        redis_server.suspend()

        assert [await passed([window(one, str(who))], 1) for who in range(50)] == [1] * 50

        assert failures(one) == 1
        one.later(REST)
        await window(one).take()
        assert failures(one) == 2


async def test_a_crowd_uses_few_connections(redis_server: RedisServer) -> None:
    async with replicas(redis_server, 1) as (one,), Redis.from_url(redis_server.url) as redis:
        crowd = [window(one, str(number)) for number in range(20 * AT_ONCE)]

        assert await passed(crowd, 1) == len(crowd)

        assert len(await redis.client_list()) <= AT_ONCE + 1


async def test_of_those_who_find_redis_gone_at_once_no_more_pass_than_one_process_allows(
    redis_server: RedisServer,
) -> None:
    """All of them saw room before any of them used it."""
    async with replicas(redis_server, 1, patience=0.05) as (one,):
        redis_server.suspend()

        assert await passed([window(one)], 5 * MOST) == 8


@pytest.mark.parametrize("urgent", [True, False])
async def test_a_broker_that_says_stay_away_is_left_alone_by_every_replica(
    redis_server: RedisServer, urgent: bool
) -> None:
    async with replicas(redis_server, 3) as (one, other, third):
        await window(one).take()
        window(one).stay_away(timedelta(seconds=30))
        await one.all_told()

        for each in (one, other, third):
            with pytest.raises(NoAllowance) as refused:
                await window(each).take(urgent=urgent)
            assert timedelta(0) < refused.value.retry_after <= timedelta(seconds=30)
        await window(other, "ben").take(urgent=urgent)


async def test_what_a_vendor_counts_itself_is_left_alone_by_every_replica_too(
    redis_server: RedisServer,
) -> None:
    async with replicas(redis_server, 2) as (one, other):
        for each in ("told", "decaying"):
            scopes = [
                replica.allowances.told("alpaca", "data", "x", most=9, seconds=60)
                if each == "told"
                else replica.allowances.decaying("kraken", "key", "x", most=9, per_second=1)
                for replica in (one, other)
            ]
            scopes[0].stay_away(timedelta(seconds=30))
            await one.all_told()

            with pytest.raises(NoAllowance):
                await scopes[1].take(urgent=True)


async def test_a_shorter_demand_does_not_lift_a_longer_one(redis_server: RedisServer) -> None:
    async with replicas(redis_server, 3) as (one, other, third):
        window(one).stay_away(timedelta(seconds=60))
        await one.all_told()
        window(other).stay_away(timedelta(seconds=1))
        await other.all_told()

        with pytest.raises(NoAllowance) as refused:
            await window(third).take()

    assert refused.value.retry_after > timedelta(seconds=30)


async def test_a_demand_that_a_thread_hears_reaches_every_replica(
    redis_server: RedisServer,
) -> None:
    async with replicas(redis_server, 2) as (one, other):
        await asyncio.to_thread(window(one).stay_away, timedelta(seconds=30))
        await one.all_told()

        with pytest.raises(NoAllowance):
            await window(other).take()


async def test_who_knocks_at_two_replicas_knocks_as_often_as_at_one(
    redis_server: RedisServer,
) -> None:
    async with replicas(redis_server, 2) as two:
        five = RateLimitItemPerMinute(5)
        one, other = (Visits(per_address=five, together=each.counts) for each in two)
        for _ in range(3):
            await one.count_address(asked("192.0.2.1"))
        for _ in range(2):
            await other.count_address(asked("192.0.2.1"))

        for visits in (one, other):
            with pytest.raises(TooMany) as refused:
                await visits.count_address(asked("192.0.2.1"))
            assert 1 <= refused.value.seconds <= 60
        await one.count_address(asked("192.0.2.2"))


async def test_whoever_is_counted_cannot_be_read_out_of_redis(redis_server: RedisServer) -> None:
    async with replicas(redis_server, 1) as (one,), Redis.from_url(redis_server.url) as redis:
        await window(one).take()
        await counter(one).take()
        window(one).stay_away(timedelta(seconds=30))
        await one.all_told()
        await Visits(together=one.counts).count_address(asked("192.0.2.1"))
        await Visits(together=one.counts).count_link("0123456789abcdef")

        keys = [key.decode() for key in await redis.keys("*")]
        values = [str(await redis.dump(key)) for key in keys]
        lasting = [key for key in keys if await redis.pttl(key) <= 0]

    assert len(keys) == 5
    assert not lasting
    for text in (*keys, *values):
        assert not any(told in text for told in (ACCOUNT, "192.0.2.1", "0123456789abcdef"))


async def test_numbers_that_nobody_can_have_meant_hold_up_no_request(
    redis_server: RedisServer,
) -> None:
    async with replicas(redis_server, 2) as (one, other), Redis.from_url(redis_server.url) as redis:
        counter = one.allowances.decaying("kraken", "calls", ACCOUNT, most=MOST, per_second=1)
        await counter.take()
        (key,) = await redis.keys("*counter*")
        await redis.hset(key, "used", "1e300")

        await other.allowances.decaying("kraken", "calls", ACCOUNT, most=MOST, per_second=1).take(
            urgent=True
        )

        window(one).stay_away(timedelta(seconds=5))
        await one.all_told()
        (key,) = await redis.keys("*away*")
        await redis.pexpire(key, 9_000_000_000_000_000_000)
        other.later(REST)

        await window(other).take(urgent=True)
    assert failures(other) == 2
