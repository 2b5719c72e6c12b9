"""Hours say what holds now, when it changes, who says so, and what is out of the ordinary."""

from dataclasses import replace
from datetime import UTC, date, datetime

from floorbroker.bot.replies.card import Card, Moment, Tone
from floorbroker.bot.replies.hours_cards import MOST_DAYS, hours_card
from floorbroker.domain.market import Market, MarketHours
from floorbroker.domain.trading_calendar import Holiday
from floorbroker.services.hours_views import HoursView, MarketNow
from floorbroker.services.trading_hours import ALWAYS
from tests.bot.drawn import account, drawn
from tests.fakes.calendar import calendar_of, session

WEDNESDAY, FRIDAY = session("2026-11-25"), session("2026-11-27", closes="18:00")
CALENDAR = calendar_of(
    WEDNESDAY,
    FRIDAY,
    session("2026-11-30"),
    holidays=(
        Holiday(day=date(2026, 9, 7), name="Labor Day"),
        Holiday(day=date(2026, 11, 26), name="Thanksgiving"),
        *(Holiday(day=date(2027, 1, day)) for day in range(1, 10)),
    ),
)
THANKSGIVING = datetime(2026, 11, 26, 17, 0, tzinfo=UTC)
CLOSED = MarketHours(
    market=Market.US_EQUITIES,
    open_now=False,
    next_open=FRIDAY.opens,
    next_close=FRIDAY.closes,
)
SHARES = MarketNow(market=Market.US_EQUITIES, hours=CLOSED, source="exchange_calendars")
COINS = MarketNow(market=Market.CRYPTO, hours=ALWAYS)
VIEW = HoursView(account=None, markets=(SHARES, COINS), calendar=CALENDAR)


def values(card: Card) -> dict[str, object]:
    return {row.name: row.value for section in card.sections[:1] for row in section.rows}


def test_a_closed_market_tells_when_it_opens_and_then_closes() -> None:
    card = hours_card(VIEW, THANKSGIVING)

    assert card.sections[0].heading == "US shares · closed"
    assert values(card) == {
        "Opens": Moment(FRIDAY.opens),
        "Then closes": Moment(FRIDAY.closes),
        "Early close": "closes early, at 13:00 in New York",
        "Source": "exchange_calendars",
    }
    assert (card.tone, card.notes) == (Tone.NEUTRAL, ())


def test_an_open_market_tells_when_it_closes_and_opens_again() -> None:
    now = WEDNESDAY.opens
    told = replace(SHARES, hours=CALENDAR.hours(now))

    card = hours_card(replace(VIEW, markets=(told,)), now)

    assert card.sections[0].heading == "US shares · open"
    assert values(card) == {
        "Closes": Moment(WEDNESDAY.closes),
        "Opens again": Moment(FRIDAY.opens),
        "Source": "exchange_calendars",
    }


def test_moments_are_in_everybodys_own_time_zone_with_their_distance() -> None:
    at = int(FRIDAY.opens.timestamp())

    assert f"**Opens** <t:{at}:F> (<t:{at}:R>)" in drawn(hours_card(VIEW, THANKSGIVING)).text


def test_coins_trade_always() -> None:
    text = drawn(hours_card(replace(VIEW, markets=(COINS,), calendar=None), THANKSGIVING)).text

    assert "Coins · open" in text
    assert "Trades at all hours." in text
    assert "US shares" not in text


def test_holidays_and_early_closes_come_in_their_order_and_name_their_source() -> None:
    ahead = hours_card(VIEW, THANKSGIVING).sections[-1]

    assert len(ahead.lines) == MOST_DAYS
    assert ahead.lines[:3] == (
        "Thu, 26 Nov 2026: closed, Thanksgiving",
        "Fri, 27 Nov 2026: closes early, at 13:00 in New York",
        "Fri, 1 Jan 2027: closed",
    )
    assert ahead.rows[0].value == "exchange_calendars"


def test_where_nobody_tells_it_is_not_called_open_or_closed() -> None:
    unknown = MarketNow(market=Market.US_EQUITIES, hours=None)

    card = hours_card(replace(VIEW, markets=(unknown,), calendar=None), THANKSGIVING)

    assert card.sections[0].heading == "US shares · unknown"
    assert "Nobody tells now" in drawn(card).text


def test_a_broker_that_differs_from_the_calendar_is_believed_and_that_is_said() -> None:
    always = MarketHours(market=Market.US_EQUITIES, open_now=True, next_open=None, next_close=None)
    theirs = MarketNow(
        market=Market.US_EQUITIES, hours=always, source="Paper trading", by_broker=True
    )

    card = hours_card(replace(VIEW, account=account(), markets=(theirs,)), THANKSGIVING)

    own, exchange, _ = card.sections
    assert own.heading == "US shares · open"
    assert exchange.heading == "The exchange itself · closed"
    assert exchange.lines == ("For your orders your broker's word counts.",)
    assert {row.name: row.value for row in exchange.rows}["Opens"] == Moment(FRIDAY.opens)
    assert "Account" in drawn(card).text


def test_a_broker_that_agrees_with_the_calendar_is_shown_alone() -> None:
    theirs = MarketNow(market=Market.US_EQUITIES, hours=CLOSED, source="Alpaca", by_broker=True)

    card = hours_card(replace(VIEW, account=account(), markets=(theirs,)), THANKSGIVING)

    assert len(card.sections) == 2


def test_a_broker_that_does_not_answer_is_named() -> None:
    card = hours_card(replace(VIEW, failures={"Alpaca does not answer.": []}), THANKSGIVING)

    assert card.tone is Tone.CAUTION
    assert card.notes == ("Alpaca does not answer. The hours shown are not your broker's.",)


def test_hours_of_one_market_that_the_broker_did_not_tell_are_named_alone() -> None:
    failures = {"Alpaca does not answer.": [Market.US_EQUITIES]}

    card = hours_card(replace(VIEW, failures=failures), THANKSGIVING)

    assert card.notes == (
        "Alpaca does not answer. The hours shown of US shares are not your broker's.",
    )
