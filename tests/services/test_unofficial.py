"""Prices that no broker vouches for: off unless switched on, asked last, labelled, never traded."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from floorbroker.bot.replies.quote_cards import quote_card
from floorbroker.brokers.port import BrokerAdapter
from floorbroker.brokers.spec import Capability
from floorbroker.config import UnofficialPricesOf
from floorbroker.domain.errors import (
    ApiError,
    InvalidInput,
    MarketClosed,
    NotSupported,
    SymbolNotFound,
)
from floorbroker.domain.instruments import Instrument
from floorbroker.domain.market import Bar, Quote, Timeframe
from floorbroker.market_data.unofficial import UnofficialPrices, chosen_prices
from floorbroker.market_data.yahoo import Yahoo
from floorbroker.services.quotes import Quotes
from floorbroker.services.sources import Sources
from tests.bot.drawn import drawn
from tests.fakes.clock import ManualClock
from tests.fakes.exchange.venue import Venue
from tests.floor import ANNA, BEN, EXCHANGE, SECOND, House, settings
from tests.services.conftest import Build


class TellingPrices:
    """Tells one price of everything, and counts."""

    name = "Somebody"
    label = "Somebody, unofficial, delayed"

    def __init__(self, clock: ManualClock) -> None:
        self._clock = clock
        self.asked: list[str] = []
        self.failing: Exception | None = None

    async def quote(self, instrument: Instrument) -> Quote:
        """42."""
        self.asked.append(instrument.symbol)
        if self.failing is not None:
            raise self.failing
        return Quote(
            instrument=instrument,
            bid=None,
            ask=None,
            last=Decimal(42),
            at=self._clock.now(),
            source=self.label,
            delayed=True,
        )

    async def bars(
        self, instrument: Instrument, timeframe: Timeframe, start: datetime, end: datetime
    ) -> Sequence[Bar]:
        """One of 42."""
        self.asked.append(instrument.symbol)
        price = Decimal(42)
        bar = Bar(at=start, open=price, high=price, low=price, close=price, volume=Decimal(1))
        return [bar]


@pytest.fixture
def second() -> Venue:
    return Venue(bid=Decimal(50), ask=Decimal(51), last=Decimal("50.50"))


@pytest.fixture
def house(build: Build, venue: Venue, second: Venue) -> House:
    return build(venue=venue, second=second)


@pytest.fixture
def prices(clock: ManualClock) -> TellingPrices:
    return TellingPrices(clock)


@pytest.fixture
def sources(house: House, prices: TellingPrices) -> Sources:
    return Sources(house.accounts, house.sessions, unofficial=prices)


@pytest.fixture
def quotes(house: House, sources: Sources) -> Quotes:
    return Quotes(house.accounts, sources, house.desk.hours, house.clock)


def test_they_are_off_unless_the_operator_switches_them_on() -> None:
    assert settings().unofficial_prices is UnofficialPricesOf.OFF
    assert chosen_prices(settings(), ManualClock()) is None


def test_the_operator_switches_yahoo_on() -> None:
    chosen = chosen_prices(settings(unofficial_prices="yahoo"), ManualClock())

    assert isinstance(chosen, Yahoo)
    assert "unofficial" in chosen.label
    assert "delayed" in chosen.label
    chosen.close()


async def test_they_are_asked_only_when_every_broker_has_failed(
    house: House, quotes: Quotes, prices: TellingPrices, venue: Venue, second: Venue
) -> None:
    await house.link(name="first")
    house.clock.advance(1)
    await house.link(name="second", broker=SECOND)

    await quotes.look(ANNA, "AAPL", None)
    venue.failing["quote"] = ApiError()
    house.clock.advance(2)
    stood_in = await quotes.look(ANNA, "AAPL", None)

    assert stood_in.account.link.broker == SECOND
    assert prices.asked == []

    second.failing["quote"] = MarketClosed()
    house.clock.advance(2)
    looked = await quotes.look(ANNA, "AAPL", None)

    assert prices.asked == ["AAPL"]
    assert looked.quote.last == 42


async def test_the_card_says_that_they_are_unofficial_and_delayed(
    house: House, quotes: Quotes, venue: Venue
) -> None:
    await house.link()
    venue.failing["quote"] = NotSupported("No data permission.")

    card = quote_card(await quotes.look(ANNA, "AAPL", None), house.clock.now())

    text = drawn(card).text
    for words in (
        "Alpaca: No data permission.",
        "unofficial and delayed: no order is priced with it",
        "The quote is delayed.",
        "Source Somebody, unofficial, delayed",
    ):
        assert words in text


async def test_a_chart_comes_from_there_and_says_so(
    house: House, sources: Sources, venue: Venue
) -> None:
    await house.link()
    venue.failing["bars"] = ApiError()
    now = house.clock.now()

    async def bars(
        adapter: BrokerAdapter | UnofficialPrices, instrument: Instrument
    ) -> Sequence[Bar]:
        return await adapter.bars(instrument, Timeframe.DAY, now - timedelta(days=9), now)

    answered = await sources.ask(ANNA, "AAPL", None, Capability.BARS, bars, bars)

    assert answered.source == "Somebody, unofficial, delayed"
    assert answered.account.link.broker == EXCHANGE
    assert [bar.close for bar in answered.value] == [42]


async def test_no_order_is_priced_with_them(
    house: House, quotes: Quotes, prices: TellingPrices, venue: Venue
) -> None:
    await house.link()
    venue.failing["quote"] = ApiError()
    assert (await quotes.look(ANNA, "AAPL", None)).quote.last == 42

    with pytest.raises(InvalidInput, match="no price to value"):
        await house.draft()
    own_price = await house.draft(limit="90.00")

    assert own_price.review.price is None
    assert own_price.review.cost is not None
    assert own_price.review.cost.amount == 900
    assert prices.asked == ["AAPL"]


async def test_whoever_names_an_account_hears_that_account_only(
    house: House, quotes: Quotes, prices: TellingPrices, venue: Venue
) -> None:
    await house.link()
    venue.failing["quote"] = ApiError("Its own words.")

    with pytest.raises(ApiError, match="Its own words"):
        await quotes.look(ANNA, "AAPL", "ex")
    assert prices.asked == []


async def test_what_no_broker_knows_is_not_asked_there(
    house: House, quotes: Quotes, prices: TellingPrices
) -> None:
    await house.link()

    with pytest.raises(SymbolNotFound):
        await quotes.look(ANNA, "MSFT", None)
    assert prices.asked == []


async def test_a_practice_market_has_no_prices_from_there(
    house: House, quotes: Quotes, prices: TellingPrices
) -> None:
    await house.accounts.choose(ANNA, None)  # opens the practice account

    with pytest.raises(SymbolNotFound):
        await quotes.look(ANNA, "NOSUCH", None)
    assert prices.asked == []


async def test_if_they_fail_too_the_broker_s_own_words_are_told(
    house: House, quotes: Quotes, prices: TellingPrices, venue: Venue
) -> None:
    await house.link()
    venue.failing["quote"] = ApiError("Its own words.")
    prices.failing = ApiError("Not these.")

    with pytest.raises(ApiError, match="Its own words"):
        await quotes.look(ANNA, "AAPL", None)


async def test_one_answer_serves_everybody_for_a_minute(
    house: House, quotes: Quotes, prices: TellingPrices, venue: Venue
) -> None:
    await house.link(ANNA)
    await house.link(BEN)
    venue.failing["quote"] = ApiError()

    hers = await quotes.look(ANNA, "AAPL", None)
    his = await quotes.look(BEN, "AAPL", None)
    house.clock.advance(60)
    later = await quotes.look(BEN, "AAPL", None)

    assert prices.asked == ["AAPL"] * 2
    assert replace(hers.quote) == his.quote
    assert later.quote.at > his.quote.at
