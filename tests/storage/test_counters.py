"""Numbers that only rise, on every engine, whoever asks at the same moment."""

import asyncio

from floorbroker.domain.ids import LinkId
from floorbroker.storage.counters import StoredNonces
from floorbroker.storage.documents import Documents

ONE, OTHER = LinkId("link-1"), LinkId("link-2")


async def test_fifty_at_once_get_fifty_different_numbers(documents: Documents) -> None:
    here, there = StoredNonces(documents), StoredNonces(documents)

    given = await asyncio.gather(
        *((here if number % 2 else there).next(ONE, 1_000) for number in range(20))
    )

    assert sorted(given) == list(range(1_000, 1_020))


async def test_a_number_is_never_below_what_is_asked_for(documents: Documents) -> None:
    nonces = StoredNonces(documents)

    given = [await nonces.next(ONE, at_least) for at_least in (5, 3, 100, 100, 7)]

    assert given == [5, 6, 100, 101, 102]


async def test_each_link_counts_for_itself(documents: Documents) -> None:
    nonces = StoredNonces(documents)
    await nonces.next(ONE, 1_000)

    assert await nonces.next(OTHER, 1) == 1
