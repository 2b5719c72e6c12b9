"""Chains: what is asked for and how often, half of one, and Greeks that are computed."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from floorbroker.brokers.shared.option_symbols import contract_of, symbol_of
from floorbroker.domain.errors import ApiError, BrokerTimeout, InvalidInput, NotSupported
from floorbroker.domain.instruments import AssetClass, Instrument, OptionRight
from floorbroker.domain.market import MarketDataError
from floorbroker.services.chain_parts import ChainRequest
from floorbroker.services.greeks import source_of
from floorbroker.services.option_chains import Chain, OneContract, OptionChains
from floorbroker.services.sources import Sources
from floorbroker.services.volatility import Moves, Volatilities
from tests.fakes.clock import NOON
from tests.fakes.exchange.venue import AAPL, Venue
from tests.floor import ANNA, House
from tests.services.conftest import Build

SOON, LATER = date(2026, 3, 6), date(2026, 4, 17)
RATE = Decimal(4)


def contract(expiry: date, strike: int, right: OptionRight = OptionRight.CALL) -> Instrument:
    """On AAPL."""
    found = contract_of(symbol_of("AAPL", expiry, right, Decimal(strike)))
    assert found is not None
    return found


CALL = contract(LATER, 100)
CHAIN = tuple(
    contract(day, strike, right)
    for day in (SOON, LATER)
    for strike in range(80, 121)
    for right in OptionRight
)
BITCOIN = Instrument(symbol="BTC/USD", asset_class=AssetClass.CRYPTO)


@pytest.fixture
def venue() -> Venue:
    """Every contract costs five dollars."""
    return Venue(
        instruments=(AAPL, BITCOIN, *CHAIN), premiums={one.symbol: Decimal(5) for one in CHAIN}
    )


@pytest.fixture
async def house(build: Build, venue: Venue) -> House:
    house = build(venue=venue)
    await house.link()
    return house


@pytest.fixture
def chains(house: House) -> OptionChains:
    return OptionChains(Sources(house.accounts, house.sessions), house.clock, RATE)


async def _chain(chains: OptionChains, **asked: object) -> Chain:
    request = ChainRequest(**{"symbol": "AAPL", **asked})  # type: ignore[arg-type]  # as typed
    return (await chains.chain(ANNA, request)).value


async def _contract(chains: OptionChains) -> OneContract:
    return (await chains.contract(ANNA, CALL.symbol, None)).value


async def test_prices_are_asked_for_what_is_shown_and_in_one_request(
    chains: OptionChains, venue: Venue
) -> None:
    chain = await _chain(chains)

    assert chain.asked.expiry == SOON
    assert [one.price for one in chain.shown] == list(range(95, 106))
    assert (venue.count("option_quotes"), venue.priced) == (1, [22])
    assert chain.remarks == ()


async def test_what_is_listed_is_asked_for_once_in_ten_minutes(
    chains: OptionChains, venue: Venue, house: House
) -> None:
    first = await _chain(chains)
    await _chain(chains, middle=first.higher)
    listed = [venue.count(one) for one in ("option_expiries", "option_chain")]
    house.clock.advance(600)
    await _chain(chains)

    assert listed == [1, 1]
    assert venue.count("option_expiries") == venue.count("option_chain") == 2
    assert venue.count("option_quotes") == 3


async def test_every_strike_is_reached_by_going_on(chains: OptionChains) -> None:
    chain = await _chain(chains)
    while chain.lower is not None:
        chain = await _chain(chains, middle=chain.lower)
    seen = {one.price for one in chain.shown}

    while chain.higher is not None:
        chain = await _chain(chains, middle=chain.higher)
        seen |= {one.price for one in chain.shown}

    assert seen == set(range(80, 121))


async def test_half_a_chain_is_shown_with_a_sentence(chains: OptionChains, venue: Venue) -> None:
    for one in CHAIN:
        if one.right is OptionRight.PUT:
            del venue.premiums[one.symbol]

    chain = await _chain(chains)

    assert len(chain.told) == 11
    assert chain.remarks == ("11 of 22 contracts have no price now.",)


@pytest.mark.parametrize(
    "error",
    [NotSupported("No permission for options data."), ApiError("Overloaded."), BrokerTimeout()],
)
async def test_a_chain_without_prices_is_still_a_chain(
    chains: OptionChains, venue: Venue, error: ApiError
) -> None:
    venue.failing["option_quotes"] = error

    chain = await _chain(chains)

    assert len(chain.shown) == 11
    assert chain.told == {}
    assert chain.remarks == (f"The chain is shown without prices: {error.message}",)


async def test_without_a_price_of_the_share_the_middle_is_shown(
    chains: OptionChains, venue: Venue
) -> None:
    venue.bid = venue.ask = venue.last = None

    chain = await _chain(chains)

    assert chain.price is None
    assert chain.asked.middle == 100
    assert "The price of AAPL is not to be had now." in chain.remarks


async def test_a_filter_narrows_what_is_shown(chains: OptionChains, venue: Venue) -> None:
    chain = await _chain(
        chains, expiry=LATER, right=OptionRight.PUT, low=Decimal(110), high=Decimal(112)
    )

    assert [one.price for one in chain.shown] == [110, 111, 112]
    assert all(one.call is None for one in chain.shown)
    assert (chain.lower, chain.higher) == (None, None)
    assert venue.priced == [3]


async def test_what_has_no_options_or_no_such_day_is_told(chains: OptionChains) -> None:
    with pytest.raises(MarketDataError, match="no options on BTC/USD"):
        await _chain(chains, symbol="BTC/USD")
    with pytest.raises(InvalidInput, match="2026-03-06, 2026-04-17"):
        await _chain(chains, expiry=date(2026, 5, 1))
    with pytest.raises(InvalidInput, match="contract"):
        await _chain(chains, symbol=CALL.symbol)
    with pytest.raises(InvalidInput, match="is no option"):
        await chains.contract(ANNA, "AAPL", None)


async def test_greeks_that_the_broker_does_not_tell_are_computed_and_say_so(
    chains: OptionChains,
) -> None:
    one = await _contract(chains)

    assert one.greeks is not None
    assert one.greeks.source == "computed (Black–Scholes, rate 4 %, no dividends)"
    assert one.greeks.source == source_of(RATE)
    assert one.greeks.delta is not None
    assert Decimal("0.5") < one.greeks.delta < Decimal("0.6")
    assert one.greeks.implied_volatility is not None
    assert Decimal("0.3") < one.greeks.implied_volatility < Decimal("0.4")
    assert one.remark == ""


def _delayed(venue: Venue) -> None:
    venue.delayed = True


def _old(venue: Venue) -> None:
    venue.quoted_at = NOON - timedelta(seconds=61)


def _crossed(venue: Venue) -> None:
    venue.bid, venue.ask = Decimal("100.01"), Decimal(100)


def _absent(venue: Venue) -> None:
    venue.bid = venue.ask = venue.last = None


def _below_exercise(venue: Venue) -> None:
    venue.bid, venue.ask, venue.last = Decimal(150), Decimal(151), Decimal(150)


@pytest.mark.parametrize("spoil", [_delayed, _old, _crossed, _absent, _below_exercise])
async def test_nothing_is_computed_from_a_price_that_cannot_be_relied_on(
    chains: OptionChains, venue: Venue, spoil: object
) -> None:
    assert callable(spoil)
    spoil(venue)

    one = await _contract(chains)

    assert one.greeks is None
    assert one.remark.startswith("Greeks are not computed")


async def test_suggestions_are_those_near_the_price_that_have_every_word(
    chains: OptionChains, venue: Venue
) -> None:
    near = await chains.suggestions(ANNA, "aapl", None)
    later = await chains.suggestions(ANNA, "aapl 17Apr2026 100 c", None)

    assert near[0].strike == 100
    assert [one.symbol for one in later] == [CALL.symbol]
    assert venue.count("option_quotes") == 0
    assert venue.count("quote") == 1


async def _moves(house: House, chains: OptionChains, symbol: str = "AAPL") -> Moves:
    volatilities = Volatilities(Sources(house.accounts, house.sessions), chains, house.clock)
    return await volatilities.look(ANNA, symbol, None)


async def test_implied_volatility_is_that_at_the_price_of_a_day_that_is_not_too_near(
    house: House, chains: OptionChains, venue: Venue
) -> None:
    venue.closes["AAPL"] = [Decimal(100 + number % 2) for number in range(40)]

    moves = await _moves(house, chains)

    assert moves.implied is not None
    assert moves.historical is not None
    implied, historical = moves.implied.value, moves.historical.value
    assert (implied.expiry, implied.strike) == (LATER, 100)
    assert implied.source == source_of(RATE)
    assert historical.by_days[10] is not None
    assert historical.by_days[60] is None
    assert historical.days_a_year == 252
    assert historical.until < NOON.date()


@pytest.mark.parametrize("spoil", [_delayed, _absent])
async def test_without_an_implied_volatility_the_other_one_is_shown(
    house: House, chains: OptionChains, venue: Venue, spoil: object
) -> None:
    assert callable(spoil)
    spoil(venue)
    venue.closes["AAPL"] = [Decimal(100 + number % 2) for number in range(40)]

    moves = await _moves(house, chains)

    assert moves.implied is None
    assert moves.remarks
    assert moves.historical is not None
    assert moves.historical.value.by_days[30] is not None


async def test_a_coin_has_closes_on_every_day_and_no_options(
    house: House, chains: OptionChains, venue: Venue
) -> None:
    venue.closes["BTC/USD"] = [Decimal(100 + number % 2) for number in range(40)]

    moves = await _moves(house, chains, "BTC/USD")

    assert moves.historical is not None
    assert moves.historical.value.days_a_year == 365
    assert moves.implied is None


async def test_neither_closes_nor_options_are_told_as_such(
    house: House, chains: OptionChains, venue: Venue
) -> None:
    venue.failing["option_expiries"] = ApiError("Overloaded.")

    with pytest.raises(MarketDataError, match="no daily closes"):
        await _moves(house, chains)
