"""A quote says what it costs, how old that is, who says so, and when not to rely on it."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from floorbroker.bot.replies.card import Tone
from floorbroker.bot.replies.quote_cards import MOST_LEVELS, quote_card
from floorbroker.domain.instruments import AssetClass, Instrument, OptionRight
from floorbroker.domain.market import Depth, Greeks, Level, Quote
from floorbroker.services.quotes import Looked
from tests.bot.drawn import account, drawn
from tests.domain.building import AAPL, NOON

D = Decimal
OPTION = Instrument(
    symbol="AAPL261218C00200000",
    asset_class=AssetClass.OPTION,
    multiplier=D(100),
    underlying="AAPL",
    expiry=date(2026, 12, 18),
    strike=D(200),
    right=OptionRight.CALL,
)
QUOTE = Quote(
    instrument=AAPL,
    bid=D("187.40"),
    ask=D("187.50"),
    last=D("187.45"),
    at=NOON,
    source="Interactive Brokers, live",
    volume=D(1_234_567),
)
GREEKS = Greeks(
    instrument=OPTION,
    at=NOON,
    source="Interactive Brokers, delayed",
    delta=D("0.51234"),
    implied_volatility=D("0.2345"),
    underlying_price=D("187.45"),
)


def looked(**changes: object) -> Looked:
    usual = Looked(account=account(), instrument=AAPL, quote=QUOTE)
    return replace(usual, **changes)


def book(levels: int) -> Depth:
    rows = tuple(Level(price=D(187) - n, size=D(100)) for n in range(levels))
    return Depth(instrument=AAPL, bids=rows, asks=rows[:1], at=NOON, source="IB")


def test_it_tells_prices_volume_source_age_and_account() -> None:
    card = quote_card(looked(), NOON + timedelta(seconds=12))

    text = drawn(card).text
    for words in ("$187.40", "$187.50", "$187.45", "1,234,567", "Interactive Brokers, live, 12 s"):
        assert words in text
    assert card.tone is Tone.NEUTRAL
    assert card.notes == ()


@pytest.mark.parametrize(
    ("quote", "why"),
    [
        (replace(QUOTE, delayed=True), "The quote is delayed."),
        (replace(QUOTE, bid=D(188)), "The quote is crossed"),
        (replace(QUOTE, at=NOON - timedelta(minutes=2)), "The quote is old."),
    ],
)
def test_a_price_not_to_rely_on_says_so(quote: Quote, why: str) -> None:
    card = quote_card(looked(quote=quote), NOON)

    assert card.tone is Tone.CAUTION
    assert card.notes[0].startswith(why)


def test_a_price_that_is_not_there_is_not_made_up() -> None:
    bare = replace(QUOTE, bid=None, ask=None, last=None, volume=None)

    card = quote_card(looked(quote=bare), NOON)

    assert card.lead == "There is no price now."
    assert "$" not in drawn(card).text


def test_an_option_has_its_greeks_and_says_whose_they_are() -> None:
    card = quote_card(looked(instrument=OPTION, greeks=GREEKS), NOON)

    text = drawn(card).text
    for words in ("0.5123", "23.4 %", "$187.45", "Interactive Brokers, delayed"):
        assert words in text
    assert "Gamma" not in text
    drawn(card).assert_fits()


def test_the_book_shows_its_best_levels_side_by_side() -> None:
    card = quote_card(looked(depth=book(20)), NOON)

    [section] = card.sections
    assert len(section.lines) == MOST_LEVELS
    assert section.lines[0] == "100 at $187.00 | 100 at $187.00"
    assert section.lines[1] == "100 at $186.00 | –"
    drawn(card).assert_fits()


def test_an_empty_book_is_said() -> None:
    [section] = quote_card(looked(depth=book(0)), NOON).sections

    assert section.lines == ("Nobody stands in it.",)
