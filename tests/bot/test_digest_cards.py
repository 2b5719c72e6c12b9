"""A summary: real money and paper apart, nothing made up, and what needs its reader."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from floorbroker.bot.replies.card import Tone
from floorbroker.bot.replies.digest_cards import digest_card
from floorbroker.bot.replies.news_cards import DIGESTS, digest_words, notifications_card
from floorbroker.domain.digests import DigestChoice, DigestTime
from floorbroker.domain.errors import ApiError
from floorbroker.domain.ids import AccountId, UserId
from floorbroker.domain.modes import Environment
from floorbroker.domain.money import usd
from floorbroker.domain.people import Person
from floorbroker.services.day_digest import Away, Compared, DayDigest, FilledToday, Traded
from floorbroker.services.history import Made
from floorbroker.services.portfolio import Holdings, Overview
from floorbroker.services.reachable import UnreachableLink
from floorbroker.storage.day_values import DayValue
from tests.bot.drawn import MOST_CHARACTERS, MOST_COMPONENTS, account, drawn, holdings
from tests.domain.building import NOON, order

D = Decimal
CHOICE = DigestChoice(at=DigestTime.CLOSE)
DUE = datetime(2026, 11, 23, 21, 0, tzinfo=UTC)
NOTHING = DayDigest(
    overview=Overview(holdings=[], failed=[]),
    away=[],
    compared=[],
    traded={},
    open_orders=[],
    ending=[],
)


def text(digest: DayDigest, now: datetime = DUE) -> str:
    return drawn(digest_card(CHOICE, digest, DUE, now)).text


def held(environment: Environment, **changes: Any) -> Holdings:
    one = account()
    link = replace(one.link, environment=environment)
    there = holdings(of=replace(one, link=link), at=DUE)
    return replace(there, balances=replace(there.balances, **changes))


def test_real_money_and_paper_are_apart() -> None:
    overview = Overview(
        holdings=[
            held(Environment.PAPER, equity=usd(100), day_profit=usd(1)),
            held(Environment.LIVE, equity=usd(2_000), day_profit=usd(-5)),
        ],
        failed=[],
    )

    card = digest_card(CHOICE, replace(NOTHING, overview=overview), DUE, DUE)

    assert [section.heading for section in card.sections] == ["LIVE", "PAPER"]
    live, paper = [{row.name: row.value for row in one.rows} for one in card.sections]
    assert (live["Worth"], live["Today"]) == ("$2,000.00", "−$5.00")
    assert (paper["Worth"], paper["Today"]) == ("$100.00", "+$1.00")
    assert card.badges == ("LIVE", "PAPER")
    assert card.title == "Your day · Mon, 23 Nov 2026"


def test_what_is_not_known_is_not_there() -> None:
    overview = Overview(holdings=[held(Environment.PAPER, day_profit=None)], failed=[])

    shown = text(replace(NOTHING, overview=overview))

    assert "Worth" in shown
    assert "Today" not in shown
    assert "Realised" not in shown
    assert "nothing that was sent here" in shown


def test_a_change_since_an_earlier_look_says_since_when() -> None:
    one = held(Environment.PAPER, day_profit=None)
    digest = replace(
        NOTHING,
        overview=Overview(holdings=[one], failed=[]),
        compared=[Compared(held=one, since=date(2026, 11, 20), change=usd(12))],
    )

    assert "since 20 Nov** +$12.00, deposits included" in text(digest)


def test_fills_and_realised_profit_are_told() -> None:
    filled = FilledToday(order=order(), quantity=D(100), price=D("150.10"))
    made = Made(profits={"USD": usd(-3)}, closings=2, unknown=1)
    traded = {Environment.PAPER: Traded(filled=[filled], made=made)}

    shown = text(replace(NOTHING, traded=traded))

    assert "100 at $150.10" in shown
    assert "**Realised today** −$3.00" in shown
    assert "1 closing of today with units of unknown cost" in shown


def test_a_broker_that_is_away_is_named_with_what_was_known_and_when() -> None:
    link = account().link
    known = DayValue(
        user_id=UserId("1"),
        link_id=link.link_id,
        account_id=AccountId("A"),
        day=date(2026, 11, 20),
        at=datetime(2026, 11, 20, 21, 5, tzinfo=UTC),
        value=usd(12_000),
    )
    failed = [UnreachableLink(link=link, error=ApiError("Down.", broker=link.broker))]
    digest = replace(
        NOTHING,
        overview=Overview(holdings=[], failed=failed),
        away=[Away(link=link, title="ex", known=known), Away(link=link, title="Other")],
    )

    card = digest_card(CHOICE, digest, DUE, DUE)

    assert "$12,000.00 when last looked at, on 20 Nov 21:05 UTC" in drawn(card).text
    assert "**Other is away** what it is worth is not known" in drawn(card).text
    assert card.tone is Tone.CAUTION


def test_links_that_end_or_have_died_are_told() -> None:
    link = account().link
    ending = [
        replace(link, label="One", ends_at=DUE + timedelta(hours=5)),
        replace(link, label="Two", dead_since=NOON),
    ]

    shown = text(replace(NOTHING, ending=ending))

    assert f"**One ends** <t:{int((DUE + timedelta(hours=5)).timestamp())}:R>" in shown
    assert "**Two** no longer works" in shown


def test_one_that_comes_late_says_so() -> None:
    assert "late" not in text(NOTHING, DUE + timedelta(minutes=1))
    assert "it was due at 16:00 in New York" in text(NOTHING, DUE + timedelta(hours=1))


def test_a_day_of_nothing_says_that() -> None:
    assert "did nothing today" in text(NOTHING)


def test_a_busy_day_fits_one_message() -> None:
    filled = FilledToday(order=order(), quantity=D(100), price=D("150.10"))
    made = Made(profits={"USD": usd(1)}, closings=40, unknown=3)
    busy = {one: Traded(filled=[filled] * 40, made=made) for one in Environment}
    digest = replace(
        NOTHING,
        traded=busy,
        open_orders=[order()] * 25,
        ending=[account().link] * 9,
        overview=Overview(holdings=[held(Environment.LIVE)] * 30, failed=[]),
    )

    card = drawn(digest_card(CHOICE, digest, DUE, DUE))

    assert len(card.components) <= MOST_COMPONENTS
    assert sum(map(len, card.texts)) <= MOST_CHARACTERS
    assert "and 32 more orders" in card.text
    assert "and more: /orders lists them" in card.text


# Where it is set


def test_the_menu_shows_what_is_chosen() -> None:
    for value, choice in DIGESTS.items():
        card = notifications_card(Person(user_id=UserId("1"), digest=choice))
        menu = dict(card.menus)["Daily summary by direct message"]

        assert [one.value for one in menu.choices if one.chosen] == [value]


def test_all_menus_fit_one_message() -> None:
    digest = replace(CHOICE, due_at=DUE, missed_at=DUE, closed=True)

    card = drawn(notifications_card(Person(user_id=UserId("1"), digest=digest)))

    assert len(card.components) <= MOST_COMPONENTS
    assert f"<t:{int(DUE.timestamp())}:F>" in card.text
    assert "was not delivered, since you take no direct messages" in card.text


def test_one_that_discord_did_not_take_blames_nobody() -> None:
    digest = replace(CHOICE, due_at=DUE, missed_at=DUE)

    text = drawn(notifications_card(Person(user_id=UserId("1"), digest=digest))).text

    assert "may not have reached you" in text
    assert "you take no direct messages" not in text


def test_it_is_off_until_somebody_wants_it() -> None:
    assert digest_words(Person(user_id=UserId("1")).digest) == "off"
    assert digest_words(CHOICE) == "at the market's close, on trading days"


def test_what_was_not_looked_through_is_said() -> None:
    said = text(replace(NOTHING, older=True, unreadable=1))

    assert "Only your newest 1,000 orders of each kind of money were looked through." in said
    assert "1 order cannot be read by this version" in said
    assert "1,000" not in text(NOTHING)
