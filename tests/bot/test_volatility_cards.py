"""The card of volatility: whose each figure is, how it was made, of when, and what is missing."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from floorbroker.bot.replies.card import Tone
from floorbroker.bot.replies.volatility_cards import volatility_card
from floorbroker.domain.ids import BrokerId, LinkId
from floorbroker.services.sources import Answered
from floorbroker.services.volatility import Historical, Implied, Moves
from tests.bot.drawn import account, drawn
from tests.domain.building import AAPL, NOON

HISTORICAL = Historical(
    by_days={10: Decimal("0.2512"), 20: Decimal("0.31"), 30: Decimal("0.3"), 60: None},
    days_a_year=252,
    until=date(2026, 11, 20),
    source="Alpaca, IEX exchange only",
)
IMPLIED = Implied(
    volatility=Decimal("0.333"),
    expiry=date(2026, 12, 18),
    strike=Decimal("187.5"),
    source="Somebody",
    at=NOON - timedelta(minutes=16),
)


def moves(**changes: Any) -> Moves:
    """Both kinds, of one account."""
    both = Moves(
        instrument=AAPL,
        historical=Answered(account=account(), instrument=AAPL, value=HISTORICAL),
        implied=Answered(account=account(), instrument=AAPL, value=IMPLIED),
    )
    return replace(both, **changes)


@pytest.mark.parametrize("days_a_year", [252, 365])
def test_volatility_says_how_it_was_made(days_a_year: int) -> None:
    made = replace(HISTORICAL, days_a_year=days_a_year)
    told = Answered(account=account(), instrument=AAPL, value=made)

    shown = drawn(volatility_card(moves(historical=told), NOON))

    shown.assert_fits()
    assert "**10 days** 25.1 %" in shown.text
    assert "**60 days** too few closes" in shown.text
    assert "**At the money** 33.3 %" in shown.text
    assert f"√{days_a_year}, closes until 20 Nov 2026" in shown.text


def test_each_kind_names_its_source_and_the_implied_one_its_age() -> None:
    text = drawn(volatility_card(moves(), NOON)).text

    assert "**Historical (Alpaca, IEX exchange only)**" in text
    assert "**Implied (Somebody, 16 min old)**" in text
    assert text.count(account().title) == 1


def test_a_delayed_implied_volatility_says_so() -> None:
    late = Answered(account=account(), instrument=AAPL, value=replace(IMPLIED, delayed=True))

    text = drawn(volatility_card(moves(implied=late), NOON)).text

    assert "**Implied (Somebody, delayed, 16 min old)**" in text


def test_two_accounts_are_each_named_at_their_own_figures() -> None:
    own = account()
    link = replace(own.link, link_id=LinkId("L2"), broker=BrokerId("schwab"), label="Other")
    why = "Paper trading does not show option chain. This is what Charles Schwab shows."
    told = Answered(account=replace(own, link=link), instrument=AAPL, value=IMPLIED, note=why)

    card = volatility_card(moves(implied=told), NOON)

    shown = drawn(card)
    shown.assert_fits()
    historical, implied = shown.text.split("**Implied")
    assert f"**Account** {own.title}, at Paper trading" in historical
    assert f"**Account** {told.account.title}, at Charles Schwab" in implied
    assert "Source" not in shown.text
    assert why in card.notes
    assert card.tone is Tone.CAUTION


def test_what_is_missing_says_why_and_leaves_nothing_behind() -> None:
    why = "No historical volatility: E*TRADE does not show bars."

    card = volatility_card(moves(historical=None, remarks=(why,)), NOON)

    text = drawn(card).text
    assert card.notes == (why,)
    assert "**Implied (Somebody, 16 min old)**" in text
    assert "closes until" not in text
    assert account().title in text
