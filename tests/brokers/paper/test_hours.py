from datetime import UTC, datetime, timedelta

import pytest

from floorbroker.brokers.paper.hours import TradingHours, last_midnight
from floorbroker.domain.market import Market
from floorbroker.domain.orders import Session

HOURS = TradingHours(enforced=True)
ALWAYS = TradingHours(enforced=False)


def utc(day: int, hour: int, minute: int = 0, *, month: int = 1) -> datetime:
    """In 2026: January 5 is a Monday, and New York is five hours behind."""
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "regular", "extended"),
    [
        (utc(5, 8, 59), False, False),
        (utc(5, 9), False, True),
        (utc(5, 14, 29), False, True),
        (utc(5, 14, 30), True, True),
        (utc(5, 20, 59), True, True),
        (utc(5, 21), False, True),
        (utc(6, 1), False, False),
        (utc(3, 15), False, False),
        (utc(4, 15), False, False),
        (utc(6, 13, 30, month=7), True, True),
    ],
    ids=str,
)
def test_shares_trade_in_new_york_s_weekday_hours(
    at: datetime, regular: bool, extended: bool
) -> None:
    assert HOURS.open_at(at, Session.REGULAR, crypto=False) is regular
    assert HOURS.open_at(at, Session.EXTENDED, crypto=False) is extended


def test_coins_and_a_market_without_hours_are_always_open() -> None:
    sunday = utc(4, 3)

    assert HOURS.open_at(sunday, Session.REGULAR, crypto=True)
    assert ALWAYS.open_at(sunday, Session.REGULAR, crypto=False)


@pytest.mark.parametrize(
    ("placed", "ends"),
    [
        (utc(5, 15), utc(5, 21)),
        (utc(5, 20, 59), utc(5, 21)),
        (utc(5, 21), utc(6, 21)),
        (utc(9, 22), utc(12, 21)),
        (utc(4, 12), utc(5, 21)),
    ],
    ids=str,
)
def test_a_day_order_ends_with_the_next_close(placed: datetime, ends: datetime) -> None:
    assert HOURS.day_order_ends(placed, Session.REGULAR, crypto=False) == ends


def test_a_day_order_of_the_extended_session_lives_until_its_close() -> None:
    assert HOURS.day_order_ends(utc(5, 15), Session.EXTENDED, crypto=False) == utc(6, 1)


def test_where_the_market_never_closes_a_day_ends_at_midnight_in_new_york() -> None:
    assert ALWAYS.day_order_ends(utc(5, 15), Session.REGULAR, crypto=False) == utc(6, 5)
    assert HOURS.day_order_ends(utc(5, 15), Session.REGULAR, crypto=True) == utc(6, 5)


def test_the_day_on_which_clocks_go_forward_ends_at_its_own_midnight() -> None:
    before_the_change = utc(8, 6, month=3)

    ends = ALWAYS.day_order_ends(before_the_change, Session.REGULAR, crypto=False)

    assert ends == utc(9, 4, month=3)
    assert last_midnight(ends - timedelta(seconds=1)) == utc(8, 5, month=3)


@pytest.mark.parametrize(
    ("at", "price_time"),
    [
        (utc(5, 15), utc(5, 15)),
        (utc(6, 3), utc(6, 1)),
        (utc(4, 12), utc(3, 1)),
        (utc(5, 8), utc(3, 1)),
    ],
    ids=str,
)
def test_while_shares_are_closed_the_price_is_that_of_the_last_close(
    at: datetime, price_time: datetime
) -> None:
    assert HOURS.price_time(at, crypto=False) == price_time


def test_opens_between_two_moments_skip_the_weekend() -> None:
    opens = HOURS.opens_between(utc(8, 15), utc(13, 14, 30), Session.REGULAR)

    assert opens == [utc(9, 14, 30), utc(12, 14, 30)]


def test_the_hours_tell_when_they_change() -> None:
    open_now = HOURS.of(Market.US_EQUITIES, utc(5, 15))
    closed = HOURS.of(Market.US_EQUITIES, utc(9, 22))

    assert (open_now.open_now, open_now.next_close) == (True, utc(5, 21))
    assert (closed.open_now, closed.next_open) == (False, utc(12, 14, 30))


@pytest.mark.parametrize(
    ("hours", "market"), [(HOURS, Market.CRYPTO), (ALWAYS, Market.US_EQUITIES)]
)
def test_a_market_that_never_closes_has_no_next_change(hours: TradingHours, market: Market) -> None:
    told = hours.of(market, utc(4, 3))

    assert told.open_now
    assert told.next_open is None
    assert told.next_close is None
