"""A quote says what it costs, how old that is, who says so, and when not to rely on it."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from floorbroker.bot.replies.card import Tone
from floorbroker.bot.replies.quote_cards import MOST_LEVELS, quote_card, quotes_card
from floorbroker.domain.errors import BrokerTimeout, InvalidInput
from floorbroker.domain.instruments import AssetClass, Instrument, OptionRight
from floorbroker.domain.market import Depth, Greeks, Level, Quote
from floorbroker.services.quotes import Looked, NotSeen
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
    ("before", "said"),
    [
        (timedelta(seconds=3), "187.45\n"),
        (timedelta(minutes=40), "$187.45, 40 min old"),
        (timedelta(hours=17), "$187.45, 17 h old"),
        (timedelta(days=3), "$187.45, 3 days old"),
    ],
)
def test_a_last_trade_of_long_before_bid_and_ask_has_its_own_age(
    before: timedelta, said: str
) -> None:
    one = looked(quote=replace(QUOTE, last_at=NOON - before))

    assert said in drawn(quote_card(one, NOON)).text + "\n"
    assert said.strip() in drawn(quotes_card([one], NOON)).text


@pytest.mark.parametrize(
    ("quote", "why"),
    [
        (replace(QUOTE, halted=True), "Trading in this is halted now."),
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


def test_old_and_delayed_greeks_say_so_beside_a_fresh_quote() -> None:
    late = replace(GREEKS, at=NOON - timedelta(minutes=16), source="Moomoo", delayed=True)
    night = replace(GREEKS, at=NOON - timedelta(hours=17), source="Charles Schwab")

    shown = [drawn(quote_card(looked(greeks=one), NOON)) for one in (late, night)]

    assert "Greeks (Moomoo, delayed, 16 min old)" in shown[0].text
    assert "Greeks (Charles Schwab, 17 h old)" in shown[1].text
    assert all("live, just now" in one.text for one in shown)


def test_a_source_that_says_itself_that_it_is_delayed_says_it_once() -> None:
    card = quote_card(looked(greeks=replace(GREEKS, delayed=True)), NOON)

    assert "Greeks (Interactive Brokers, delayed, just now)" in drawn(card).text


def test_the_book_has_its_own_age() -> None:
    old = replace(book(2), at=NOON - timedelta(minutes=5))

    text = drawn(quote_card(looked(depth=old), NOON)).text

    assert "asks (IB, 5 min old)" in text
    assert "live, just now" in text


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


def test_an_old_price_of_a_closed_market_is_explained() -> None:
    old = replace(QUOTE, at=NOON - timedelta(hours=3))

    card = quote_card(looked(quote=old, market_open=False), NOON)

    assert card.notes == ("The market is closed now: this is its last price.",)
    assert card.tone is Tone.CAUTION


def test_a_closed_market_hides_no_other_doubt() -> None:
    old = replace(QUOTE, at=NOON - timedelta(hours=3), delayed=True)

    card = quote_card(looked(quote=old, market_open=False), NOON)

    assert card.notes[0] == "The quote is delayed."
    assert len(card.notes) == 2


def test_where_it_is_from_somewhere_else_that_is_said() -> None:
    card = quote_card(looked(notes=("Alpaca has no answer now. This is what Webull shows.",)), NOON)

    assert "This is what Webull shows." in drawn(card).text
    assert card.tone is Tone.CAUTION


def test_several_have_a_row_each_with_price_age_and_source() -> None:
    msft = Instrument(symbol="MSFT", asset_class=AssetClass.EQUITY)
    quote = replace(QUOTE, instrument=msft, last=None, delayed=True, source="Delayed feed")

    card = quotes_card((looked(), looked(instrument=msft, quote=quote)), NOON)

    first, other = drawn(card).text.splitlines()[1:3]
    for words in ("AAPL", "$187.45", "$187.40 bid, $187.50 ask", "live, just now"):
        assert words in first
    for words in ("MSFT", "$187.40", "Delayed feed, just now. The quote is delayed."):
        assert words in other
    assert card.tone is Tone.CAUTION


def test_several_sound_ones_need_no_caution() -> None:
    assert quotes_card((looked(), looked()), NOON).tone is Tone.NEUTRAL


def test_one_that_failed_has_its_own_sentence_in_its_row() -> None:
    slow = BrokerTimeout("Alpaca has not answered within 6 s.")
    wrong = InvalidInput("Invalid symbol: X. Write it like AAPL or BTC/USD.")

    card = quotes_card(
        (looked(), NotSeen(symbol="MSFT", error=slow), NotSeen(symbol="../x`*@here", error=wrong)),
        NOON,
    )

    text = drawn(card).text
    assert "$187.45" in text
    assert "Alpaca has not answered within 6 s." in text
    assert [row.name for row in card.rows] == ["AAPL", "MSFT", "xhere"]
    assert card.tone is Tone.CAUTION


def test_ten_with_long_remarks_fit_one_message() -> None:
    long = "The account has no subscription for these prices. Add one in Client Portal. " * 3

    card = quotes_card([looked(notes=(long,))] * 10, NOON)

    assert len(drawn(card).text) <= 4_000
    assert len(drawn(card).components) <= 40
    assert drawn(card).text.count("AAPL") == 10


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"last": None, "bid": None}, "**AAPL** $187.50 ask · Interactive"),
        ({"last": None, "ask": None}, "**AAPL** $187.40 bid · Interactive"),
        ({"last": None}, "**AAPL** $187.40 bid, $187.50 ask · Interactive"),
        ({"last": None, "bid": None, "ask": None}, "**AAPL** No price now · Interactive"),
    ],
)
def test_among_several_what_is_bid_or_asked_is_not_shown_as_the_price(
    changes: dict[str, None], words: str
) -> None:
    card = quotes_card((looked(quote=replace(QUOTE, **changes)), looked()), NOON)

    assert words in drawn(card).text
