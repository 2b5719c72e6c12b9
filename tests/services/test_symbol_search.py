"""Suggestions come in time, or not at all; a list that takes long is there for the next letter."""

import asyncio

import pytest

from floorbroker.domain.errors import ApiError
from floorbroker.services.symbol_search import SymbolSearch
from tests.fakes.exchange.venue import Venue
from tests.floor import ANNA, House
from tests.services.conftest import Build


@pytest.fixture
def house(build: Build, venue: Venue) -> House:
    return build(venue=venue)


async def test_what_the_broker_finds_is_suggested(house: House) -> None:
    await house.link()
    search = SymbolSearch(house.accounts, house.sessions, house.supervisor)

    assert [one.symbol for one in await search.search(ANNA, "AA")] == ["AAPL"]


async def test_a_search_that_takes_too_long_goes_on_without_anybody_waiting(
    house: House, venue: Venue
) -> None:
    await house.link()
    venue.blocked["search_instruments"] = asyncio.Event()
    search = SymbolSearch(house.accounts, house.sessions, house.supervisor, seconds=0.05)

    first = await search.search(ANNA, "A")
    venue.blocked["search_instruments"].set()
    second = await search.search(ANNA, "AA")

    assert list(first) == []
    assert [one.symbol for one in second] == ["AAPL"]
    assert venue.count("search_instruments") == 2


async def test_a_broker_that_fails_suggests_nothing(house: House, venue: Venue) -> None:
    await house.link()
    venue.failing["search_instruments"] = ApiError()
    search = SymbolSearch(house.accounts, house.sessions, house.supervisor)

    assert list(await search.search(ANNA, "AA")) == []
