"""The id follows an interaction, and only that one."""

import asyncio

import pytest

from floorbroker.observability.context import bind_correlation, current_correlation


def test_the_id_ends_with_its_block_even_after_an_error() -> None:
    with pytest.raises(ValueError, match="inside"), bind_correlation("one"):
        raise ValueError("inside")

    assert current_correlation() is None


def test_an_inner_id_gives_way_to_the_outer_one() -> None:
    with bind_correlation("outer"):
        with bind_correlation("inner"):
            assert current_correlation() == "inner"
        assert current_correlation() == "outer"


async def test_two_interactions_at_once_keep_their_own_ids() -> None:
    both_inside = asyncio.Barrier(2)

    async def interaction(correlation_id: str) -> str | None:
        with bind_correlation(correlation_id):
            await both_inside.wait()
            return await asyncio.create_task(asyncio.to_thread(current_correlation))

    seen = await asyncio.gather(interaction("one"), interaction("two"))

    assert list(seen) == ["one", "two"]
