"""A history's cards: what was not looked through is said, and no figure stands for it."""

from dataclasses import replace
from decimal import Decimal

import pytest

from floorbroker.bot.replies.card import Card
from floorbroker.bot.replies.history_cards import csv_card, history_card
from floorbroker.domain.modes import Environment
from floorbroker.domain.money import usd
from floorbroker.domain.order_state import OrderState
from floorbroker.services.history import Asked, History, Made, Period
from tests.bot.drawn import drawn
from tests.domain.building import fill, order

NOTHING = Made(profits={}, closings=0, unknown=0)
EMPTY = History(
    asked=Asked(),
    environment=Environment.LIVE,
    orders=[],
    realised={},
    made=dict.fromkeys(Period, NOTHING),
)
SOLD = order(OrderState.FILLED, fills=(fill("1", 10, 90),))
CUT = replace(
    EMPTY,
    orders=[SOLD],
    made={
        **EMPTY.made,
        Period.DAY: Made(profits={"USD": usd(5)}, closings=2, unknown=1),
        Period.ALL: Made(profits={}, closings=7, unknown=6, whole=False),
    },
    more=True,
)


def test_a_period_that_reaches_beyond_what_was_looked_through_has_no_figure() -> None:
    text = drawn(history_card(CUT, 0)).text

    assert "**Realised today** +$5.00 (2 closings)" in text
    assert "**Realised in all** unknown" in text
    assert "6 closings with units of unknown cost" in text


@pytest.mark.parametrize("card", [history_card(CUT, 0), csv_card(CUT)], ids=["page", "file"])
def test_the_card_and_its_file_say_that_older_orders_were_not_looked_through(card: Card) -> None:
    shown = drawn(card)

    assert "Only your newest 1,000 live orders are looked through." in shown.text
    assert "With a symbol, /history looks further back." in shown.text
    shown.assert_fits()


def test_with_a_symbol_the_card_names_it_and_offers_no_further_look() -> None:
    text = drawn(history_card(replace(CUT, asked=Asked(symbol="AAPL")), 0)).text

    assert "Only your newest 1,000 live AAPL orders are looked through." in text
    assert "looks further back" not in text


def test_no_orders_are_claimed_only_where_all_were_looked_through() -> None:
    assert drawn(history_card(EMPTY, 0)).text.count("You sent no orders in this time.") == 1
    for less in (replace(EMPTY, more=True), replace(EMPTY, unreadable=2)):
        text = drawn(history_card(less, 0)).text
        assert "You sent no orders" not in text
        assert "None of the orders looked through was sent in this time." in text


def test_orders_that_cannot_be_read_are_counted_on_both_cards() -> None:
    broken = replace(CUT, more=False, unreadable=1, realised={SOLD.order_id: Decimal(1)})

    for card in (history_card(broken, 0), csv_card(broken)):
        assert "1 order cannot be read by this version" in drawn(card).text
        assert "newest 1,000" not in drawn(card).text
