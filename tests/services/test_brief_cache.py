"""What is kept for a moment: one question for all who wait, never too old, never too much."""

import asyncio

import pytest

from floorbroker.domain.errors import ApiError
from floorbroker.services.brief_cache import BriefCache
from tests.fakes.clock import ManualClock


class Asked:
    """Counts the questions; answers when it is let."""

    def __init__(self) -> None:
        self.times = 0
        self.open = asyncio.Event()
        self.open.set()
        self.failing: Exception | None = None

    async def __call__(self) -> int:
        self.times += 1
        number = self.times
        await self.open.wait()
        if self.failing is not None:
            raise self.failing
        return number


@pytest.fixture
def asked() -> Asked:
    return Asked()


async def test_a_value_is_kept_until_it_is_too_old(clock: ManualClock, asked: Asked) -> None:
    cache: BriefCache[int] = BriefCache(clock)

    first = await cache.get("a", 2, asked)
    clock.advance(1.9)
    again = await cache.get("a", 2, asked)
    clock.advance(0.1)
    anew = await cache.get("a", 2, asked)

    assert (first, again, anew) == (1, 1, 2)


async def test_a_clock_that_is_set_back_keeps_nothing_for_longer(
    clock: ManualClock, asked: Asked
) -> None:
    cache: BriefCache[int] = BriefCache(clock)
    await cache.get("a", 2, asked)

    clock.advance(2)
    clock.leap(-3600)

    assert await cache.get("a", 2, asked) == 2


async def test_all_who_ask_at_once_wait_for_one_answer(clock: ManualClock, asked: Asked) -> None:
    cache: BriefCache[int] = BriefCache(clock)
    asked.open.clear()

    waiting = [asyncio.create_task(cache.get("a", 2, asked)) for _ in range(10)]
    await asyncio.sleep(0)
    asked.open.set()

    assert await asyncio.gather(*waiting) == [1] * 10
    assert asked.times == 1


async def test_a_failure_is_told_to_all_who_wait_and_kept_for_nobody(
    clock: ManualClock, asked: Asked
) -> None:
    cache: BriefCache[int] = BriefCache(clock)
    asked.open.clear()
    asked.failing = ApiError("down")
    waiting = [asyncio.create_task(cache.get("a", 2, asked)) for _ in range(3)]
    await asyncio.sleep(0)

    asked.open.set()
    failed = await asyncio.gather(*waiting, return_exceptions=True)
    asked.failing = None

    assert [str(one) for one in failed] == ["down"] * 3
    assert asked.times == 1
    assert await cache.get("a", 2, asked) == 2


async def test_who_gives_up_leaves_the_question_to_the_next(
    clock: ManualClock, asked: Asked
) -> None:
    cache: BriefCache[int] = BriefCache(clock)
    asked.open.clear()
    first, second = (asyncio.create_task(cache.get("a", 2, asked)) for _ in range(2))
    await asyncio.sleep(0)

    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    asked.open.set()

    assert await second == 2


async def test_whoever_waits_can_give_up_alone(clock: ManualClock, asked: Asked) -> None:
    cache: BriefCache[int] = BriefCache(clock)
    asked.open.clear()
    first, second = (asyncio.create_task(cache.get("a", 2, asked)) for _ in range(2))
    await asyncio.sleep(0)

    second.cancel()
    with pytest.raises(asyncio.CancelledError):
        await second
    asked.open.set()

    assert await first == 1


async def test_only_the_newest_are_kept(clock: ManualClock, asked: Asked) -> None:
    cache: BriefCache[int] = BriefCache(clock, most=2)

    for key in ("a", "b", "c"):
        await cache.get(key, 60, asked)

    assert len(cache) == 2
    assert await cache.get("c", 60, asked) == 3
    assert await cache.get("a", 60, asked) == 4
