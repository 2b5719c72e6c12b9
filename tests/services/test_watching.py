"""The watch list's service: what is put on it, and the board that its prices stand on."""

import asyncio
from contextlib import AbstractAsyncContextManager
from decimal import Decimal

import pytest

from floorbroker.domain.errors import (
    FloorbrokerError,
    InvalidInput,
    NotLinked,
    NotSupported,
    SymbolNotFound,
)
from floorbroker.domain.instruments import Instrument
from floorbroker.domain.people import Link
from floorbroker.domain.watch_list import MOST, WatchList
from floorbroker.services.quote_feed import Subscription
from floorbroker.services.quote_streams import QuoteStreams
from floorbroker.services.watching import Watching
from floorbroker.storage.watch_lists import WatchLists
from tests.fakes.exchange.venue import Venue
from tests.floor import ANNA, House
from tests.services.conftest import Build
from tests.services.following import LONG, hub_of, paper


@pytest.fixture
def house(build: Build, venue: Venue) -> House:
    return build(venue=venue)


@pytest.fixture
def lists(house: House) -> WatchLists:
    return WatchLists(house.documents)


@pytest.fixture
def watching(house: House, lists: WatchLists) -> Watching:
    return Watching(
        lists, house.accounts, house.sessions, hub_of(house), house.supervisor, house.clock
    )


async def test_a_symbol_that_no_account_knows_is_not_put_on_the_list(
    house: House, watching: Watching
) -> None:
    await house.link()

    with pytest.raises(SymbolNotFound):
        await watching.add(ANNA, "NOSUCH", None)
    assert (await watching.watched(ANNA)).symbols == ()


async def test_for_a_full_list_no_broker_is_asked(
    house: House, watching: Watching, lists: WatchLists, venue: Venue
) -> None:
    await house.link()
    full = WatchList(user_id=ANNA, symbols=tuple(f"T{number}" for number in range(MOST)))
    await lists.save(full)

    with pytest.raises(InvalidInput, match="no more fit"):
        await watching.add(ANNA, "AAPL", None)
    assert venue.requests == []


async def test_a_board_shows_what_there_is_and_why_the_rest_is_missing(
    house: House, watching: Watching, lists: WatchLists
) -> None:
    await house.link()
    await lists.save(WatchList(user_id=ANNA, symbols=("AAPL", "NOSUCH")))

    board = await watching.board(ANNA, None)
    watch = asyncio.ensure_future(board.watch())
    await board.filled(LONG)
    watch.cancel()
    await asyncio.gather(watch, return_exceptions=True)

    apple, missing = board.lines
    assert apple.event is not None
    assert (apple.opened, apple.trouble) == (Decimal(100), None)
    assert isinstance(missing.error, SymbolNotFound)
    assert not board.over


async def test_a_board_on_which_nothing_can_change_is_over(
    house: House, watching: Watching, lists: WatchLists, venue: Venue
) -> None:
    await house.link()
    await lists.save(WatchList(user_id=ANNA, symbols=("AAPL",)))
    venue.failing["quote"] = NotSupported("No permission.")

    board = await watching.board(ANNA, None)
    await board.watch()

    assert board.over
    assert isinstance(board.lines[0].trouble, NotSupported)


async def test_an_account_of_no_such_name_and_an_empty_list_are_said_once(
    house: House, watching: Watching, lists: WatchLists
) -> None:
    await house.link()

    with pytest.raises(InvalidInput, match="/watch add"):
        await watching.board(ANNA, None)
    await lists.save(WatchList(user_id=ANNA, symbols=("AAPL",)))
    with pytest.raises(NotLinked, match="no account of that name"):
        await watching.board(ANNA, "Savings")


class Faulty(QuoteStreams):
    """Has a fault of our own at one symbol."""

    def subscribe(
        self, link: Link, instrument: Instrument
    ) -> AbstractAsyncContextManager[Subscription]:
        if instrument.symbol == "AAPL":
            raise LookupError("a fault")
        return super().subscribe(link, instrument)


async def test_a_fault_at_one_line_leaves_the_others(
    house: House, lists: WatchLists, venue: Venue
) -> None:
    await house.link()
    venue.instruments = (*venue.instruments, paper("MSFT"))
    await lists.save(WatchList(user_id=ANNA, symbols=("AAPL", "MSFT")))
    streams = Faulty(house.accounts, house.sessions, house.supervisor, house.metrics, house.clock)
    watching = Watching(
        lists, house.accounts, house.sessions, streams, house.supervisor, house.clock
    )

    board = await watching.board(ANNA, None)
    watch = asyncio.ensure_future(board.watch())
    await board.filled(LONG)
    going_on = not watch.done()
    watch.cancel()
    await asyncio.gather(watch, return_exceptions=True)

    failed, sound = board.lines
    assert going_on
    assert isinstance(failed.error, FloorbrokerError)
    assert sound.event is not None
