"""Prices to look at: kept for a moment by link, several at once, each failure its own sentence."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

import pytest

from floorbroker.domain.errors import ApiError, BrokerError, InvalidInput, NotLinked, SymbolNotFound
from floorbroker.domain.ids import UserId
from floorbroker.domain.instruments import AssetClass, Instrument
from floorbroker.services.quotes import SECONDS, Looked, NotSeen, Quotes, symbols_in
from floorbroker.services.sources import Sources
from tests.fakes.exchange.venue import AAPL, Venue
from tests.floor import ANNA, BEN, SECOND, House
from tests.services.conftest import Build

MSFT = Instrument(symbol="MSFT", asset_class=AssetClass.EQUITY)


@pytest.fixture
def second() -> Venue:
    return Venue(bid=Decimal(50), ask=Decimal(51), last=Decimal("50.50"))


@pytest.fixture
def house(build: Build, venue: Venue, second: Venue) -> House:
    venue.instruments = (AAPL, MSFT)
    return build(venue=venue, second=second)


def quotes_of(house: House, seconds: float = SECONDS) -> Quotes:
    sources = Sources(house.accounts, house.sessions)
    return Quotes(house.accounts, sources, house.desk.hours, house.clock, seconds)


@pytest.fixture
def quotes(house: House) -> Quotes:
    return quotes_of(house)


async def _each(
    quotes: Quotes, *symbols: str, named: str | None = None, user_id: UserId = ANNA
) -> Sequence[Looked | NotSeen]:
    return await quotes.look_at_each(user_id, symbols, named)


# Kept for a moment


async def test_looks_within_a_moment_are_one_question(
    house: House, quotes: Quotes, venue: Venue
) -> None:
    await house.link()

    seen = await asyncio.gather(*(quotes.look(ANNA, "AAPL", None) for _ in range(10)))
    house.clock.advance(1)
    await quotes.look(ANNA, "AAPL", None)

    assert {one.quote.last for one in seen} == {Decimal("100.00")}
    assert venue.count("quote") == 1

    house.clock.advance(1)
    await quotes.look(ANNA, "AAPL", None)

    assert venue.count("quote") == 2


async def test_a_kept_quote_tells_its_true_age(house: House, quotes: Quotes) -> None:
    await house.link()
    first = await quotes.look(ANNA, "AAPL", None)

    house.clock.advance(1)
    again = await quotes.look(ANNA, "AAPL", None)

    assert again.quote.at == first.quote.at
    assert again.quote.age(house.clock.now()) == timedelta(seconds=1)


async def test_nobody_is_shown_what_somebody_else_may_see(
    house: House, quotes: Quotes, venue: Venue
) -> None:
    await house.link(ANNA)
    await house.link(BEN)
    await quotes.look(ANNA, "AAPL", None)

    venue.delayed = True
    hers = await quotes.look(ANNA, "AAPL", None)
    his = await quotes.look(BEN, "AAPL", None)

    assert (hers.quote.delayed, his.quote.delayed) == (False, True)


async def test_one_link_of_a_person_does_not_answer_for_the_other(
    house: House, quotes: Quotes, second: Venue
) -> None:
    await house.link(name="first")
    await house.link(name="second", broker=SECOND)

    first = await quotes.look(ANNA, "AAPL", "first")
    other = await quotes.look(ANNA, "AAPL", "second")

    assert (first.quote.last, other.quote.last) == (Decimal("100.00"), Decimal("50.50"))


async def test_a_removed_link_shows_nothing_any_more(house: House, quotes: Quotes) -> None:
    link = await house.link()
    await quotes.look(ANNA, "AAPL", "ex")

    await house.links.remove(ANNA, link.link_id)

    with pytest.raises(NotLinked):
        await quotes.look(ANNA, "AAPL", "ex")


async def test_an_order_is_priced_by_the_broker_and_not_by_what_was_looked_at(
    house: House, quotes: Quotes, venue: Venue
) -> None:
    await house.link()
    await quotes.look(ANNA, "AAPL", None)
    venue.bid, venue.ask, venue.last = Decimal(199), Decimal(200), Decimal(200)

    draft = await house.draft()
    looked = await quotes.look(ANNA, "AAPL", None)

    assert looked.quote.last == Decimal("100.00")
    assert draft.review.price == Decimal(200)
    assert draft.review.cost is not None
    assert draft.review.cost.amount == 2000


async def test_an_order_is_never_priced_by_another_broker(
    house: House, quotes: Quotes, venue: Venue, second: Venue
) -> None:
    await house.link(name="first")
    house.clock.advance(1)
    await house.link(name="second", broker=SECOND)
    venue.failing["quote"] = ApiError()

    assert (await quotes.look(ANNA, "AAPL", None)).quote.last == Decimal("50.50")
    with pytest.raises(InvalidInput, match="no price to value"):
        await house.draft()
    assert second.count("quote") == 1


# Several


async def test_several_are_told_in_the_order_in_which_they_were_asked_for(
    house: House, quotes: Quotes
) -> None:
    await house.link()

    seen = await _each(quotes, "MSFT", "AAPL")

    assert [one.instrument.symbol for one in seen if isinstance(one, Looked)] == ["MSFT", "AAPL"]


async def test_one_that_fails_says_why_and_the_others_are_shown(
    house: House, quotes: Quotes, venue: Venue
) -> None:
    await house.link()
    venue.failing["quote MSFT"] = BrokerError("No price of this one.")

    good, bad, unknown, odd = await _each(quotes, "AAPL", "MSFT", "NOSUCH", "../X")

    assert isinstance(good, Looked)
    assert isinstance(bad, NotSeen)
    assert bad.error.message == "No price of this one."
    assert isinstance(unknown, NotSeen)
    assert isinstance(unknown.error, SymbolNotFound)
    assert isinstance(odd, NotSeen)
    assert odd.error.message.startswith("Invalid symbol")


async def test_a_broker_that_does_not_answer_holds_up_one_symbol_only(
    house: House, venue: Venue
) -> None:
    await house.link()
    venue.blocked["quote MSFT"] = asyncio.Event()

    good, slow = await _each(quotes_of(house, 0.05), "AAPL", "MSFT")

    assert isinstance(good, Looked)
    assert isinstance(slow, NotSeen)
    assert slow.error.message == "Alpaca has not answered within 0.05 s."


async def test_another_broker_stands_in_for_a_slow_one_and_says_so(
    house: House, venue: Venue
) -> None:
    await house.link(name="first")
    house.clock.advance(1)
    await house.link(name="second", broker=SECOND)
    venue.blocked["quote"] = asyncio.Event()

    looked = await quotes_of(house, 0.05).look(ANNA, "AAPL", None)

    assert looked.account.link.broker == SECOND
    [note] = looked.notes
    assert note == "Alpaca has not answered within 0.05 s. This is what Webull shows."


async def test_no_more_than_a_few_are_asked_at_once(
    house: House, quotes: Quotes, venue: Venue
) -> None:
    await house.link()
    names = [f"S{number}" for number in range(10)]
    venue.instruments = tuple(
        Instrument(symbol=name, asset_class=AssetClass.EQUITY) for name in names
    )
    venue.blocked["quote"] = asyncio.Event()

    looking = asyncio.create_task(_each(quotes, *names))
    await venue.heard("quote", 5)
    for _ in range(50):
        await asyncio.sleep(0)
    asked_at_once = venue.count("quote")
    venue.blocked["quote"].set()
    seen = await looking

    assert asked_at_once == 5
    assert all(isinstance(one, Looked) for one in seen)


async def test_an_account_that_is_not_there_is_one_answer_and_not_ten(
    house: House, quotes: Quotes
) -> None:
    await house.link()

    with pytest.raises(NotLinked):
        await _each(quotes, "AAPL", "MSFT", named="Savings")


@pytest.mark.parametrize(
    ("typed", "symbols"),
    [
        ("aapl", ("AAPL",)),
        ("aapl msft", ("AAPL", "MSFT")),
        (" aapl,  msft;btc/usd\n", ("AAPL", "MSFT", "BTC/USD")),
        ("aapl AAPL aapl", ("AAPL",)),
    ],
)
def test_symbols_stand_between_blanks_or_commas(typed: str, symbols: tuple[str, ...]) -> None:
    assert symbols_in(typed) == symbols


def test_ten_symbols_are_the_most() -> None:
    names = [f"S{number}" for number in range(11)]

    assert len(symbols_in(" ".join(names[:10]))) == 10
    with pytest.raises(InvalidInput, match="11 symbols are too many"):
        symbols_in(",".join(names))
    with pytest.raises(InvalidInput):
        symbols_in(" , ")


# What is missing is said


async def test_a_default_account_that_is_down_is_stood_in_for(
    house: House, quotes: Quotes, venue: Venue
) -> None:
    await house.link(name="first")
    first = await house.accounts.choose(ANNA, "first")
    await house.choose(ANNA, defaults={"any": first.key})
    house.clock.advance(1)
    await house.link(name="second", broker=SECOND)
    await house.sessions.close_all()
    venue.failing["connect"] = ApiError()

    looked = await quotes.look(ANNA, "AAPL", None)

    assert looked.account.link.broker == SECOND
    assert looked.notes == ("Alpaca has no answer now. This is what Webull shows.",)


async def test_a_closed_market_explains_an_old_price(
    house: House, quotes: Quotes, venue: Venue
) -> None:
    await house.link()
    fresh = await quotes.look(ANNA, "AAPL", None)
    venue.market_open = False
    venue.quoted_at = house.clock.now() - timedelta(hours=3)
    house.clock.advance(2)

    old = await quotes.look(ANNA, "AAPL", None)

    assert (fresh.market_open, old.market_open) == (None, False)
    assert venue.count("market_hours") == 1


async def test_hours_that_nobody_tells_keep_no_quote_back(
    house: House, quotes: Quotes, venue: Venue
) -> None:
    await house.link()
    venue.failing["market_hours"] = ApiError()
    venue.quoted_at = house.clock.now() - timedelta(hours=3)

    assert (await quotes.look(ANNA, "AAPL", None)).market_open is None


async def test_a_book_that_is_not_shown_leaves_the_quote(house: House, quotes: Quotes) -> None:
    await house.link()

    looked = await quotes.look(ANNA, "AAPL", None, depth=True)

    assert looked.depth is None
    assert looked.notes == ("Alpaca does not show the order book.",)
