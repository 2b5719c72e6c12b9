"""Volatility says of each figure whose it is, though the two kinds may be of two accounts."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from floorbroker.brokers.shared.option_symbols import contract_of, symbol_of
from floorbroker.domain.errors import BrokerError, NotSupported, SymbolNotFound
from floorbroker.domain.instruments import Instrument, OptionRight
from floorbroker.services.greeks import source_of
from floorbroker.services.option_chains import OptionChains
from floorbroker.services.sources import Sources
from floorbroker.services.volatility import Moves, Volatilities
from tests.fakes.clock import NOON
from tests.fakes.exchange.venue import AAPL, Venue
from tests.floor import ANNA, EXCHANGE, SECOND, House
from tests.services.conftest import Build

RATE = Decimal(4)
EXPIRY = date(2026, 4, 17)
CLOSES = [Decimal(100 + number % 2) for number in range(70)]


def _contract(right: OptionRight) -> Instrument:
    found = contract_of(symbol_of("AAPL", EXPIRY, right, Decimal(100)))
    assert found is not None
    return found


CHAIN = tuple(_contract(right) for right in OptionRight)


def _venue() -> Venue:
    return Venue(
        instruments=(AAPL, *CHAIN),
        premiums={one.symbol: Decimal(5) for one in CHAIN},
        closes={"AAPL": CLOSES},
    )


@pytest.fixture
def venue() -> Venue:
    return _venue()


@pytest.fixture
def second() -> Venue:
    return _venue()


@pytest.fixture
async def house(build: Build, venue: Venue, second: Venue) -> House:
    house = build(venue=venue, second=second)
    await house.link(name="first")
    house.clock.advance(1)
    await house.link(name="second", broker=SECOND)
    return house


async def look(house: House, symbol: str = "AAPL", named: str | None = None) -> Moves:
    sources = Sources(house.accounts, house.sessions)
    chains = OptionChains(sources, house.clock, RATE)
    return await Volatilities(sources, chains, house.clock).look(ANNA, symbol, named)


async def test_a_chain_of_another_account_is_told_as_that_account_s(
    house: House, venue: Venue, second: Venue
) -> None:
    for request in ("option_expiries", "option_chain"):
        venue.failing[request] = NotSupported("Alpaca shows no options to this account.")

    moves = await look(house)

    assert moves.historical is not None
    assert moves.implied is not None
    assert (moves.historical.account.link.broker, moves.historical.note) == (EXCHANGE, "")
    assert moves.historical.value.source == "Alpaca"
    assert moves.implied.account.link.broker == SECOND
    assert moves.implied.note == (
        "Alpaca shows no options to this account. This is what Webull shows."
    )


async def test_contracts_are_asked_of_the_account_that_told_the_chain(
    house: House, venue: Venue, second: Venue
) -> None:
    venue.failing["option_expiries"] = NotSupported("No options here.")

    moves = await look(house)

    assert moves.implied is not None
    assert moves.implied.value.source == source_of(RATE)
    assert venue.count("option_quotes") == 0
    assert second.count("option_quotes") == 3


async def test_an_implied_volatility_is_as_old_as_the_price_that_it_is_of(
    house: House, venue: Venue
) -> None:
    venue.quoted_at = NOON - timedelta(seconds=40)

    moves = await look(house)

    assert moves.implied is not None
    assert moves.implied.value.at == venue.quoted_at


async def test_a_broker_without_bars_still_tells_what_its_options_imply(
    house: House, venue: Venue
) -> None:
    venue.failing["bars"] = NotSupported("It does not show bars.")

    moves = await look(house, named="first")

    assert moves.historical is None
    assert moves.implied is not None
    assert moves.implied.account.link.broker == EXCHANGE
    assert moves.remarks == ("No historical volatility: It does not show bars.",)


async def test_with_neither_kind_it_is_said_why_there_are_no_closes(
    house: House, venue: Venue
) -> None:
    venue.failing["bars"] = NotSupported("It does not show bars.")
    venue.failing["option_expiries"] = BrokerError("Down.")

    with pytest.raises(NotSupported, match="does not show bars"):
        await look(house, named="first")


async def test_an_unknown_symbol_is_not_asked_for_twice(house: House, venue: Venue) -> None:
    with pytest.raises(SymbolNotFound):
        await look(house, "NOSUCH", named="first")

    assert venue.count("option_expiries") == 0
