"""Market data comes from the account that would trade it, else from another real broker."""

from decimal import Decimal

import pytest

from floorbroker.brokers.port import BrokerAdapter
from floorbroker.brokers.spec import Capability
from floorbroker.domain.errors import (
    ApiError,
    BrokerTimeout,
    InvalidInput,
    NotSupported,
    SymbolNotFound,
)
from floorbroker.domain.instruments import Instrument
from floorbroker.domain.market import Quote
from floorbroker.services.reachable import LinkedAccount
from floorbroker.services.sources import Answered, Sources
from tests.fakes.exchange.venue import Venue
from tests.floor import ANNA, EXCHANGE, SECOND, House
from tests.services.conftest import Build


@pytest.fixture
def second() -> Venue:
    return Venue(bid=Decimal(50), ask=Decimal(51), last=Decimal("50.50"))


@pytest.fixture
def house(build: Build, venue: Venue, second: Venue) -> House:
    return build(venue=venue, second=second)


async def _linked_at_both(house: House) -> None:
    await house.link(name="first")
    house.clock.advance(1)
    await house.link(name="second", broker=SECOND)


async def _quote(adapter: BrokerAdapter, instrument: Instrument) -> Quote:
    return await adapter.quote(instrument)


async def _ask(
    house: House, named: str | None = None, capability: Capability = Capability.QUOTES
) -> Answered[Quote]:
    sources = Sources(house.accounts, house.sessions)
    return await sources.ask(ANNA, "aapl", named, capability, _quote)


async def test_the_account_that_would_trade_it_is_asked_first(house: House, second: Venue) -> None:
    await _linked_at_both(house)

    answered = await _ask(house)

    assert answered.account.link.broker == EXCHANGE
    assert answered.note == ""
    assert second.count("quote") == 0


@pytest.mark.parametrize("error", [ApiError(), BrokerTimeout(), NotSupported("no permission")])
async def test_another_broker_stands_in_and_is_named(
    house: House, venue: Venue, error: Exception
) -> None:
    await _linked_at_both(house)
    venue.failing["quote"] = error

    answered = await _ask(house)

    assert answered.account.link.broker == SECOND
    assert answered.value.bid == 50
    assert "This is what Webull shows." in answered.note


async def test_a_symbol_that_only_another_broker_knows_is_shown_from_there(
    house: House, venue: Venue
) -> None:
    await _linked_at_both(house)
    venue.instruments = ()

    assert (await _ask(house)).account.link.broker == SECOND


async def test_whoever_names_an_account_hears_no_other(house: House, venue: Venue) -> None:
    await _linked_at_both(house)
    venue.failing["quote"] = ApiError("The first one's own words.")

    with pytest.raises(ApiError, match="own words"):
        await _ask(house, named="first")


async def test_if_nobody_answers_the_first_one_s_words_are_told(
    house: House, venue: Venue, second: Venue
) -> None:
    await _linked_at_both(house)
    venue.failing["quote"] = ApiError("The first one's own words.")
    second.failing["instrument"] = SymbolNotFound()

    with pytest.raises(ApiError, match="own words"):
        await _ask(house)


async def test_made_up_prices_stand_in_for_nobody_s(house: House, venue: Venue) -> None:
    paper = await house.accounts.choose(ANNA, None)  # opens the practice account
    assert paper.spec.invents_prices
    await house.link(name="first")
    await house.choose(ANNA, defaults={"any": (await _named(house, "first")).key})
    venue.failing["quote"] = ApiError("The first one's own words.")

    with pytest.raises(ApiError, match="own words"):
        await _ask(house)


async def test_a_practice_market_asks_no_real_broker_in_its_place(
    house: House, second: Venue
) -> None:
    await house.accounts.choose(ANNA, None)
    house.clock.advance(1)
    await house.link(name="second", broker=SECOND)

    with pytest.raises(NotSupported, match="depth"):
        await _ask(house, capability=Capability.DEPTH)
    assert second.count("quote") == 0


async def test_what_is_no_symbol_reaches_nobody(house: House, venue: Venue) -> None:
    await _linked_at_both(house)
    sources = Sources(house.accounts, house.sessions)

    with pytest.raises(InvalidInput):
        await sources.ask(ANNA, "../orders", None, Capability.QUOTES, _quote)
    assert venue.count("instrument") == 0


async def _named(house: House, name: str) -> LinkedAccount:
    return await house.accounts.choose(ANNA, name)
