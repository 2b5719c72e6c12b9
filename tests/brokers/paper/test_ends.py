"""Expiry, closed hours and long looks."""

import math
from datetime import timedelta
from decimal import Decimal

from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import Session
from tests.brokers.paper.scripted import START, Floor, after, asked, steps


def test_one_long_look_and_many_short_ones_come_to_the_same_fill() -> None:
    def wave(seconds: float) -> float:
        return 200 - 30 * math.sin(seconds / 9_000)

    one, many = Floor(wave), Floor(wave)
    request = asked("buy", "10", limit_price="175.00")
    one.place("a", request)
    many.place("a", request)

    one.wait(10_000)
    for _ in range(500):
        many.wait(20)

    apart = abs(one.order("a").fills[0].at - many.order("a").fills[0].at)
    assert apart <= timedelta(seconds=2)
    assert one.order("a").fills[0].price == many.order("a").fills[0].price


def test_a_day_order_expires_at_the_day_s_end_and_keeps_what_was_filled() -> None:
    floor = Floor(steps((0, 200.0), (0.5, 210.0)))
    floor.place("a", asked("buy", "200", limit_price="201.00"))

    floor.wait(86_400)

    order = floor.order("a")
    assert order.state is OrderState.EXPIRED
    assert order.at == order.expires_at
    assert 0 < order.filled < 200
    assert floor.book.held("AAPL") == order.filled


def test_an_order_does_not_fill_at_the_moment_at_which_it_expires() -> None:
    floor = Floor()
    order = floor.place("a", asked("buy", "10", limit_price="190.00"))
    assert order.expires_at is not None
    at_the_end = (order.expires_at - START).total_seconds()
    late, early = (
        Floor(steps((0, 200.0), (at_the_end, 150.0))),
        Floor(steps((0, 200.0), (at_the_end - 2, 150.0))),
    )
    for other in (late, early):
        other.place("a", asked("buy", "10", limit_price="190.00"))
        other.wait(at_the_end + 60)

    assert late.order("a").state is OrderState.EXPIRED
    assert early.order("a").state is OrderState.FILLED


def test_a_good_til_canceled_order_outlives_the_day() -> None:
    floor = Floor(steps((0, 200.0), (5 * 86_400, 150.0)))
    floor.place("a", asked("buy", "10", limit_price="190.00", time_in_force="gtc"))

    floor.wait(10 * 86_400)

    assert floor.order("a").state is OrderState.FILLED
    assert abs(floor.order("a").at - after(5 * 86_400)) <= timedelta(seconds=2)


def test_a_resting_order_waits_for_the_open_and_gets_the_opening_price() -> None:
    # From Wednesday's noon in New York: 16:00 is 4 h away, Thursday's 09:30 is 21.5 h.
    floor = Floor(steps((0, 200.0), (6 * 3_600, 180.0)), hours=True)
    floor.place("a", asked("buy", "10", limit_price="190.00", time_in_force="gtc"))

    floor.wait(21 * 3_600)
    at_night = floor.order("a").state
    floor.wait(3_600)

    fill = floor.order("a").fills[0]
    assert at_night is OrderState.ACCEPTED
    assert fill.at == after(21.5 * 3_600)
    assert fill.price == Decimal("180.02")


def test_a_long_look_misses_no_open() -> None:
    # Sixty days are looked at once a day, at an hour at which New York is closed.
    floor = Floor(steps((0, 200.0), (6 * 3_600, 180.0)), hours=True)
    floor.place("a", asked("buy", "10", limit_price="190.00", time_in_force="gtc"))

    floor.wait(60 * 86_400)

    assert floor.order("a").fills[0].at == after(21.5 * 3_600)


def test_an_extended_order_fills_after_the_regular_close() -> None:
    floor = Floor(steps((0, 200.0), (6 * 3_600, 180.0)), hours=True)
    request = asked("buy", "10", limit_price="190.00", session=Session.EXTENDED)
    floor.place("a", request)

    floor.wait(7 * 3_600)

    assert floor.order("a").state is OrderState.FILLED
    assert abs(floor.order("a").at - after(6 * 3_600)) <= timedelta(seconds=2)


def test_a_look_after_years_ends_and_finds_the_fill() -> None:
    floor = Floor(steps((0, 200.0), (300 * 86_400, 150.0)))
    floor.place("a", asked("buy", "10", limit_price="190.00", time_in_force="gtc"))

    floor.wait(10 * 365 * 86_400)

    assert abs(floor.order("a").at - after(300 * 86_400)) <= timedelta(seconds=2)


def test_time_that_goes_back_changes_nothing() -> None:
    floor = Floor()
    floor.place("a", asked("buy", "10", limit_price="190.00"))
    before = floor.wait(60)

    assert floor.wait(-3_600) == before
