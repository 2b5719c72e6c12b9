"""A person's own alerts, as they are seen."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from floorbroker.bot.replies import custom_ids
from floorbroker.bot.replies.card import Card
from floorbroker.bot.replies.own_alert_cards import (
    A_PAGE,
    list_card,
    news_card,
    quiet_card,
    removed_card,
    set_card,
    words,
)
from floorbroker.domain.crossing import Level
from floorbroker.domain.ids import OrderId
from floorbroker.domain.modes import Environment
from floorbroker.domain.orders import Side
from floorbroker.domain.own_alerts import (
    MOST,
    AlertKind,
    Firing,
    OwnAlert,
    PreparedOrder,
    Standing,
    fired,
)
from floorbroker.domain.quiet_hours import QuietHours
from tests.bot.drawn import drawn
from tests.domain.alerting import FIRING, PREPARED, own_alert
from tests.domain.building import NOON

QUIET = QuietHours(start=1320, end=420, zone="America/Argentina/ComodRivadavia")
PERCENT = Level(
    above=False, price=Decimal("228"), percent=Decimal(5), start=Decimal(240), start_at=NOON
)
FILLS = {"kind": AlertKind.FILL, "level": None, "instrument": None}
LINES = tuple(f"Buy {number} AAPL: filled at 100 USD." for number in range(10))


def seen(alert: OwnAlert) -> OwnAlert:
    return fired(alert, FIRING)


@pytest.mark.parametrize(
    ("alert", "expected"),
    [
        (own_alert(), "AAPL above $240.00"),
        (own_alert(level=PERCENT, kind=AlertKind.PERCENT), "AAPL 5 % down, at $228.00"),
        (own_alert(**FILLS), "Fills at Paper …0001"),
        (own_alert(**FILLS, order_id=OrderId("x"), order_words="Buy 1 AAPL"), "Fill of Buy 1 AAPL"),
        (own_alert(kind=AlertKind.EXPIRY, level=None, days=1), "Expiry of Apple, 1 day before"),
    ],
)
def test_it_is_called_by_what_it_looks_out_for(alert: OwnAlert, expected: str) -> None:
    assert words(alert) == expected


@pytest.mark.parametrize(
    "card",
    [
        set_card(own_alert(prepared=PREPARED, repeat=True, armed=False), QUIET),
        news_card(seen(own_alert(prepared=PREPARED, repeat=True)), NOON),
        news_card(fired(own_alert(**FILLS), Firing(number=1, at=NOON, lines=LINES, more=3)), NOON),
        news_card(own_alert(asleep_news=True), NOON),
        news_card(own_alert(asleep_news=True, standing=Standing.DONE), NOON),
        removed_card(own_alert()),
        quiet_card(QUIET),
        quiet_card(None),
    ],
    ids=["set", "fired", "fills", "asleep", "cut off", "removed", "quiet", "loud"],
)
def test_each_card_fits_and_its_buttons_are_found_again(card: Card) -> None:
    shown = drawn(card)

    shown.assert_fits()
    for button in shown.buttons.values():
        assert custom_ids.ALERT.fullmatch(button["custom_id"])


@pytest.mark.parametrize("environment", Environment)
def test_what_fired_says_when_at_which_price_and_that_nothing_was_sent(
    environment: Environment,
) -> None:
    shown = drawn(news_card(seen(own_alert(prepared=PREPARED, environment=environment)), NOON))

    assert environment.value.upper() in shown.text
    assert "**Price then** $240.12" in shown.text
    assert "Buy 3 AAPL · limit $241.00" in shown.text.replace("\\", "")
    assert "Nothing was sent" in shown.text
    assert list(shown.buttons) == ["Review order"]


def test_a_review_is_offered_for_a_week_only() -> None:
    alert = seen(own_alert(prepared=PREPARED))

    assert list(drawn(news_card(alert, NOON + timedelta(days=7))).buttons) == []
    assert list(drawn(news_card(seen(own_alert()), NOON)).buttons) == []


def test_a_removed_link_is_not_said_to_come_back() -> None:
    text = drawn(news_card(own_alert(asleep_news=True, standing=Standing.DONE), NOON)).text

    assert "was removed" in text
    assert "go on by themselves" not in text


def test_a_price_that_was_reached_several_times_says_how_often() -> None:
    alert = replace(own_alert(repeat=True), firing=replace(FIRING, number=5), told=2)

    assert "3 times since you were last told" in drawn(news_card(alert, NOON)).text
    assert "times since" not in drawn(news_card(replace(alert, told=4), NOON)).text


def test_an_order_is_worded_in_the_currency_of_its_own_symbol() -> None:
    prepared = replace(PREPARED, currency="EUR")

    assert "limit €241.00" in drawn(set_card(own_alert(prepared=prepared), None)).text


def test_a_delayed_price_is_called_that() -> None:
    delayed = fired(own_alert(), replace(FIRING, delayed=True))

    assert "This price is delayed" in drawn(news_card(delayed, NOON)).text
    assert "delayed" not in drawn(news_card(seen(own_alert()), NOON)).text


def test_a_percentage_says_what_it_counts_from() -> None:
    alert = own_alert(level=PERCENT, kind=AlertKind.PERCENT)

    for card in (set_card(alert, None), news_card(seen(alert), NOON)):
        assert "**Counted from** $240.00" in drawn(card).text


def test_who_sets_one_that_is_there_already_is_told_that_it_waits() -> None:
    assert (
        "It has to go back by half a percent" in drawn(set_card(own_alert(armed=False), None)).text
    )
    assert "go back" not in drawn(set_card(own_alert(), None)).text


def test_an_order_that_it_carries_is_said_not_to_be_sent() -> None:
    amount = PreparedOrder(
        symbol="AAPL", side=Side.SELL, account="x", amount=Decimal(500), stop=Decimal(200)
    )

    text = drawn(set_card(own_alert(prepared=amount), None)).text

    assert "Sell $500.00 of AAPL · stop $200.00" in text
    assert "not sent when it fires" in text


@pytest.mark.parametrize("page", [1, 3, 5, 99])
def test_the_longest_list_fits_page_by_page(page: int) -> None:
    def one(number: int) -> OwnAlert:
        more: dict[str, Any] = {"repeat": True, "prepared": PREPARED, "asleep_since": NOON}
        account = "An account with a long name " * 3
        alert = own_alert(alert_id=f"{number:016x}", account=account)
        alert = seen(replace(alert, kind=AlertKind.FILL, level=None))
        return replace(alert, **more)

    shown = drawn(list_card([one(number) for number in range(MOST)], QUIET, page))

    shown.assert_fits()
    assert f"Page {min(page, MOST // A_PAGE)} of {MOST // A_PAGE}" in shown.text
    assert shown.text.count("asleep") == A_PAGE


def test_texts_of_a_broker_are_text() -> None:
    evil = Firing(number=1, at=NOON, lines=("@everyone **Filled** <@1>\n-# Source: me",))

    text = drawn(news_card(fired(own_alert(**FILLS), evil), NOON)).text

    assert "<@1>" not in text
    assert "\n-# Source: me" not in text
