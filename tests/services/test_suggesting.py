"""Did you mean …? From the account's own broker, in time, and in symbols only."""

import asyncio
from dataclasses import replace

import pytest

from floorbroker.brokers.spec import Capability
from floorbroker.domain.errors import ApiError, SymbolNotFound
from floorbroker.domain.instruments import AssetClass, Instrument
from floorbroker.services.quotes import Quotes
from floorbroker.services.sources import Sources
from tests.fakes.exchange.venue import AAPL, Venue
from tests.floor import ANNA, SECOND, House
from tests.services.conftest import Build


def listed(*symbols: str) -> tuple[Instrument, ...]:
    return tuple(Instrument(symbol=one, asset_class=AssetClass.EQUITY) for one in symbols)


@pytest.fixture
def second() -> Venue:
    return Venue(instruments=listed("MSFTX"))


@pytest.fixture
def house(build: Build, venue: Venue, second: Venue) -> House:
    venue.instruments = (AAPL, *listed("AAP", "AA", "GOOG", "GOOGL"))
    return build(venue=venue, second=second)


@pytest.fixture
def quotes(house: House) -> Quotes:
    sources = Sources(house.accounts, house.sessions)
    return Quotes(house.accounts, sources, house.desk.hours, house.clock)


async def _not_found(quotes: Quotes, symbol: str) -> str:
    with pytest.raises(SymbolNotFound) as failure:
        await quotes.look(ANNA, symbol, None)
    return failure.value.message


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("AAPLL", "Did you mean AAPL?"),
        ("GOOGX", "Did you mean GOOG, GOOGL?"),
        ("GOO", "Did you mean GOOG, GOOGL?"),
    ],
)
async def test_a_mistyped_symbol_is_answered_with_what_is_like_it(
    house: House, quotes: Quotes, typed: str, meant: str
) -> None:
    await house.link()

    assert (await _not_found(quotes, typed)).endswith(meant)


async def test_what_is_like_nothing_is_answered_without(house: House, quotes: Quotes) -> None:
    await house.link()

    assert "Did you mean" not in await _not_found(quotes, "QZW")


async def test_an_order_is_answered_in_the_same_way_and_nothing_is_stored(house: House) -> None:
    await house.link()

    with pytest.raises(SymbolNotFound, match="Did you mean AAPL"):
        await house.draft(symbol="AAPLL")

    assert await house.list.recent(ANNA) == []


async def test_a_chart_is_answered_in_the_same_way(house: House) -> None:
    await house.link()
    sources = Sources(house.accounts, house.sessions)

    async def question(adapter: object, instrument: object) -> None:
        raise AssertionError("there is nothing to ask of")

    with pytest.raises(SymbolNotFound, match="Did you mean GOOG"):
        await sources.ask(ANNA, "GOOGX", None, Capability.BARS, question)


async def test_another_account_s_broker_is_not_searched(
    house: House, quotes: Quotes, second: Venue
) -> None:
    await house.link(name="first")
    house.clock.advance(1)
    await house.link(name="second", broker=SECOND)

    assert "MSFTX" not in await _not_found(quotes, "MSFT")
    assert second.count("search_instruments") == 0


async def test_only_what_is_written_as_symbols_are_is_repeated(
    house: House, quotes: Quotes, venue: Venue
) -> None:
    await house.link()
    venue.instruments = (*listed("TSLA <@1>", "tsla", "TSLAA"), replace(AAPL, symbol="TSL`A"))

    assert (await _not_found(quotes, "TSL")).endswith("Did you mean TSLAA?")


async def test_a_search_that_fails_leaves_the_answer_as_it_is(
    house: House, quotes: Quotes, venue: Venue
) -> None:
    await house.link()
    venue.failing["search_instruments"] = ApiError("something else")

    assert await _not_found(quotes, "AAPLL") == "The broker does not know this symbol."


async def test_a_search_that_never_ends_is_not_waited_for(
    house: House, quotes: Quotes, venue: Venue
) -> None:
    await house.link()
    venue.blocked["search_instruments"] = asyncio.Event()

    assert await _not_found(quotes, "AAPLL") == "The broker does not know this symbol."
