"""A turn is one process's until it lapses, on every engine."""

import asyncio
from datetime import timedelta

import pytest
import pytest_asyncio

from floorbroker.storage.documents import Documents
from floorbroker.storage.turns import Turns
from tests.domain.building import NOON

MINUTE = timedelta(minutes=1)


@pytest_asyncio.fixture
async def two(documents: Documents) -> tuple[Turns, Turns]:
    await documents.start(())
    return Turns(documents, "one"), Turns(documents, "two")


async def test_whoever_has_it_keeps_it_and_the_other_waits(two: tuple[Turns, Turns]) -> None:
    one, other = two

    assert await one.take("look", NOON, MINUTE)
    assert not await other.take("look", NOON + 0.9 * MINUTE, MINUTE)
    assert await one.take("look", NOON + 0.9 * MINUTE, MINUTE)
    assert not await other.take("look", NOON + 1.8 * MINUTE, MINUTE)
    assert await other.take("another", NOON, MINUTE)


async def test_one_that_lapsed_goes_to_another(two: tuple[Turns, Turns]) -> None:
    one, other = two
    await one.take("look", NOON, MINUTE)

    assert await other.take("look", NOON + MINUTE, MINUTE)
    assert not await one.take("look", NOON + MINUTE, MINUTE)


@pytest.mark.parametrize("lapsed", [False, True])
async def test_of_many_at_the_same_moment_one_has_it(documents: Documents, lapsed: bool) -> None:
    await documents.start(())
    if lapsed:
        await Turns(documents, "before").take("look", NOON - 2 * MINUTE, MINUTE)

    taken = await asyncio.gather(
        *(Turns(documents, str(number)).take("look", NOON, MINUTE) for number in range(6))
    )

    assert taken.count(True) == 1


async def test_a_turn_from_before_the_clock_was_set_back_holds_nobody_up(
    two: tuple[Turns, Turns],
) -> None:
    one, other = two
    await one.take("look", NOON + timedelta(days=1), MINUTE)

    assert await other.take("look", NOON, MINUTE)


async def test_a_turn_that_is_given_back_is_anybodys(two: tuple[Turns, Turns]) -> None:
    one, other = two
    await one.take("look", NOON, MINUTE)
    await other.give_back("look", NOON)
    assert not await other.take("look", NOON, MINUTE)

    await one.give_back("look", NOON)
    await one.give_back("another", NOON)

    assert await other.take("look", NOON, MINUTE)
