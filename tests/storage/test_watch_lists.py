"""Watch lists, on every engine."""

from dataclasses import replace

import pytest
import pytest_asyncio

from floorbroker.domain.errors import InvalidInput
from floorbroker.domain.watch_list import MOST, WatchList
from floorbroker.storage.documents import Documents
from floorbroker.storage.watch_lists import WatchLists
from tests.domain.building import ANNA, BEN


@pytest_asyncio.fixture
async def lists(documents: Documents) -> WatchLists:
    await documents.start(())
    return WatchLists(documents)


async def test_a_list_comes_back_as_it_was_stored_and_to_its_owner_only(lists: WatchLists) -> None:
    stored = await lists.save(WatchList(user_id=ANNA, symbols=("AAPL", "BTC/USD")))

    assert stored is not None
    assert await lists.get(ANNA) == stored == replace(stored, version=1)
    assert await lists.get(BEN) == WatchList(user_id=BEN)


async def test_whoever_is_second_is_told_so(lists: WatchLists) -> None:
    empty = await lists.get(ANNA)
    first = await lists.save(empty.with_symbol("AAPL"))
    assert first is not None

    assert await lists.save(empty.with_symbol("KO")) is None
    assert await lists.save(first.with_symbol("KO")) is not None
    assert await lists.save(first.with_symbol("PEP")) is None
    assert (await lists.get(ANNA)).symbols == ("AAPL", "KO")


def test_a_symbol_stands_on_it_once_and_in_the_order_of_putting() -> None:
    watched = WatchList(user_id=ANNA).with_symbol("KO").with_symbol("AAPL")

    assert watched.with_symbol("KO") is watched
    assert watched.symbols == ("KO", "AAPL")
    assert watched.without("KO").symbols == ("AAPL",)
    with pytest.raises(InvalidInput, match="not on your watch list"):
        watched.without("PEP")


def test_it_holds_so_many_and_says_how_to_make_room() -> None:
    full = WatchList(user_id=ANNA, symbols=tuple(f"T{number}" for number in range(MOST)))

    with pytest.raises(InvalidInput, match="/watch remove"):
        full.with_symbol("AAPL")
    assert full.with_symbol("T3") is full
