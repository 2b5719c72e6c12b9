"""What is the same for everybody is fetched once, and what fails is not kept."""

import asyncio
from datetime import timedelta

import pytest

from floorbroker.brokers.shared.cache import SharedCache
from tests.fakes.clock import ManualClock

HOUR = timedelta(hours=1)


class Loading:
    """Counts; waits until it may go on; fails where it is told to."""

    def __init__(self, *, fails: bool = False) -> None:
        self.times = 0
        self.may_go_on = asyncio.Event()
        self.fails = fails

    async def __call__(self) -> int:
        self.times += 1
        await self.may_go_on.wait()
        if self.fails:
            raise LookupError
        return self.times


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def cache(clock: ManualClock) -> SharedCache:
    return SharedCache(clock)


async def test_a_failure_is_everybodys_own_and_nothing_is_kept(cache: SharedCache) -> None:
    load = Loading(fails=True)
    load.may_go_on.set()

    for _ in range(2):
        with pytest.raises(LookupError):
            await cache.get("key", load, HOUR)

    assert load.times == 2
    assert cache.peek("key") is None
    assert cache._loading == {}


async def test_a_wait_that_is_ended_leaves_the_next_one_free(cache: SharedCache) -> None:
    load = Loading()
    waiting = asyncio.ensure_future(cache.get("key", load, HOUR))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    load.may_go_on.set()

    assert await cache.get("key", load, HOUR) == 2


async def test_a_crowd_fetches_once(cache: SharedCache) -> None:
    load = Loading()
    crowd = [asyncio.ensure_future(cache.get("key", load, HOUR)) for _ in range(50)]
    await asyncio.sleep(0)
    load.may_go_on.set()

    assert set(await asyncio.gather(*crowd)) == {1}
    assert load.times == 1


async def test_what_is_too_old_is_fetched_again(cache: SharedCache, clock: ManualClock) -> None:
    load = Loading()
    load.may_go_on.set()
    first = await cache.get("key", load, HOUR)
    clock.advance(3599)
    still = await cache.get("key", load, HOUR)
    clock.advance(1)
    again = await cache.get("key", load, HOUR)

    assert (first, still, again) == (1, 1, 2)


async def test_nothing_is_a_value_too(cache: SharedCache) -> None:
    asked = []

    async def load() -> None:
        asked.append(1)

    await cache.get("key", load, HOUR)
    await cache.get("key", load, HOUR)

    assert asked == [1]
