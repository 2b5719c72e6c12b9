"""A level is crossed once, however the price trembles; what nobody can believe is no price."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floorbroker.domain.crossing import (
    AHEAD,
    FRESH,
    FRESH_DELAYED,
    MARGIN,
    Level,
    believable,
    crossed,
)
from floorbroker.domain.errors import InvalidInput
from floorbroker.domain.instruments import AssetClass, Instrument
from floorbroker.domain.market import Quote
from tests.domain.building import NOON

SECOND = timedelta(seconds=1)
QUOTE = Quote(
    instrument=Instrument(symbol="AAPL", asset_class=AssetClass.EQUITY),
    bid=Decimal("99.98"),
    ask=Decimal("100.02"),
    last=Decimal("100.01"),
    at=NOON,
    source="a test",
)
_PRICES = st.lists(st.decimals(min_value="90", max_value="110", places=2), max_size=60)


def rings(level: Level, prices: list[Decimal], *, armed: bool) -> list[int]:
    """At which of the prices it fires, if nothing else holds it up."""
    found = []
    for place, price in enumerate(prices):
        armed, fires = crossed(level, price, armed=armed, rested=True)
        found += [place] * fires
    return found


@given(prices=_PRICES, above=st.booleans())
def test_between_two_rings_the_price_went_back_by_the_margin(
    prices: list[Decimal], above: bool
) -> None:
    level = Level(above=above, price=Decimal(100))

    found = rings(level, prices, armed=True)

    for first, second in pairwise(found):
        assert any(level.left(price) for price in prices[first:second])
    assert all(level.reached(prices[place]) for place in found)


@given(prices=_PRICES)
def test_an_armed_level_fires_at_the_first_price_that_reaches_it(prices: list[Decimal]) -> None:
    level = Level(above=True, price=Decimal(100))
    reached = [place for place, price in enumerate(prices) if level.reached(price)]

    found = rings(level, prices, armed=True)

    assert found[:1] == reached[:1]


@given(tremble=st.lists(st.decimals(min_value="99.51", max_value="110", places=2), max_size=60))
def test_a_price_that_trembles_at_the_level_rings_once_at_most(tremble: list[Decimal]) -> None:
    assert len(rings(Level(above=True, price=Decimal(100)), tremble, armed=True)) <= 1


@given(prices=_PRICES)
def test_above_and_below_are_mirror_images(prices: list[Decimal]) -> None:
    mirrored = [200 - price for price in prices]

    assert rings(Level(above=True, price=Decimal(100)), prices, armed=False) == rings(
        Level(above=False, price=Decimal(100)), mirrored, armed=False
    )


def test_a_price_that_is_beyond_it_from_the_first_has_to_come_back_first() -> None:
    prices = [Decimal(text) for text in ("101", "105", "99.51", "100", "99.5", "100")]

    assert rings(Level(above=True, price=Decimal(100)), prices, armed=False) == [5]


def test_what_is_crossed_too_soon_fires_later_if_it_stays() -> None:
    level, there = Level(above=True, price=Decimal(100)), Decimal(101)

    assert crossed(level, there, armed=True, rested=False) == (True, False)
    assert crossed(level, there, armed=True, rested=True) == (False, True)


@pytest.mark.parametrize(
    ("start", "percent", "up", "price"),
    [("200", "5", True, "210"), ("200", "5", False, "190"), ("0.5", "1000", True, "5.5")],
)
def test_a_percentage_counts_from_the_price_of_that_moment(
    start: str, percent: str, up: bool, price: str
) -> None:
    level = Level.away(Decimal(start), NOON, Decimal(percent), up=up)

    assert (level.price, level.start, level.above) == (Decimal(price), Decimal(start), up)


@pytest.mark.parametrize(("percent", "up"), [("100", False), ("1000.1", True)])
def test_a_percentage_that_nothing_can_reach_is_refused(percent: str, up: bool) -> None:
    with pytest.raises(InvalidInput):
        Level.away(Decimal(100), NOON, Decimal(percent), up=up)


@pytest.mark.parametrize(("last", "price"), [("5.00", "2.10"), ("1.00", "2.00"), ("2.05", "2.05")])
def test_a_last_trade_outside_the_book_is_older_than_the_book(last: str, price: str) -> None:
    book = replace(QUOTE, bid=Decimal("2.00"), ask=Decimal("2.10"), last=Decimal(last))

    assert believable(book, NOON) == Decimal(price)


def test_a_book_of_zeros_is_no_book() -> None:
    assert believable(replace(QUOTE, bid=Decimal(0), ask=Decimal(0)), NOON) == Decimal("100.01")


def test_the_last_trade_is_the_price_and_without_one_the_middle() -> None:
    assert believable(QUOTE, NOON) == Decimal("100.01")
    assert believable(replace(QUOTE, last=None), NOON) == Decimal(100)


@pytest.mark.parametrize(
    "worthless",
    [
        replace(QUOTE, bid=None, ask=None, last=None),
        replace(QUOTE, last=None, bid=None),
        replace(QUOTE, bid=Decimal("100.03")),
        replace(QUOTE, last=Decimal(0)),
        replace(QUOTE, at=NOON - FRESH - SECOND),
        replace(QUOTE, at=NOON + AHEAD + SECOND),
        replace(QUOTE, at=NOON - FRESH_DELAYED - SECOND, delayed=True),
        replace(QUOTE, halted=True),
    ],
    ids=["absent", "one side", "crossed", "zero", "old", "future", "too much delayed", "halted"],
)
def test_a_price_that_nobody_can_believe_is_none(worthless: Quote) -> None:
    assert believable(worthless, NOON) is None


def test_a_delayed_price_may_be_older() -> None:
    old = replace(QUOTE, at=NOON - FRESH - SECOND)

    assert believable(replace(old, delayed=True), NOON) == Decimal("100.01")


def test_the_margin_is_half_a_percent() -> None:
    assert Decimal("0.005") == MARGIN  # what the cards say
