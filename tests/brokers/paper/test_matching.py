"""When resting orders fill, on a market whose price the test writes down."""

import math
from datetime import timedelta
from decimal import Decimal

import pytest

from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import Session
from tests.brokers.paper.scripted import START, Floor, after, asked, steps

ASK, BID = Decimal("200.02"), Decimal("199.98")
"""Of a share whose middle price is 200."""


@pytest.mark.parametrize(("side", "price"), [("buy", ASK), ("sell", BID)])
def test_a_market_order_fills_at_once_at_the_touch(side: str, price: Decimal) -> None:
    floor = Floor()
    floor.place("stock", asked("buy", "100"))

    order = floor.place("a", asked(side, "10"))

    assert order.state is OrderState.FILLED
    assert [(fill.price, fill.quantity, fill.at) for fill in order.fills] == [
        (price, Decimal(10), START)
    ]


@pytest.mark.parametrize(
    ("side", "limit", "state"),
    [
        ("buy", "200.02", OrderState.FILLED),
        ("buy", "200.01", OrderState.ACCEPTED),
        ("buy", "250.00", OrderState.FILLED),
        ("sell", "199.98", OrderState.FILLED),
        ("sell", "199.99", OrderState.ACCEPTED),
        ("sell", "150.00", OrderState.FILLED),
    ],
)
def test_a_limit_order_fills_exactly_from_the_touch_on(
    side: str, limit: str, state: OrderState
) -> None:
    floor = Floor()
    floor.place("stock", asked("buy", "100"))

    order = floor.place("a", asked(side, "10", limit_price=limit))

    assert order.state is state
    assert [fill.price for fill in order.fills] == (
        [ASK if side == "buy" else BID] if state is OrderState.FILLED else []
    )


def test_a_resting_order_fills_when_the_market_crosses_it_not_when_somebody_looks() -> None:
    floor = Floor(steps((0, 200.0), (1_234.5, 189.9)))
    floor.place("a", asked("buy", "10", limit_price="190.00", time_in_force="gtc"))

    floor.wait(6 * 3_600)

    fill = floor.order("a").fills[0]
    assert after(1_234.5) <= fill.at <= after(1_235.5)
    assert fill.price == Decimal("189.92")


def test_a_smooth_crossing_fills_at_the_limit_to_the_cent() -> None:
    floor = Floor(lambda seconds: 200 - seconds / 1_000)
    floor.place("a", asked("buy", "10", limit_price="190.00"))

    floor.wait(3 * 3_600)

    fill = floor.order("a").fills[0]
    assert fill.price == Decimal("190.00")
    assert after(10_000) < fill.at < after(10_030)


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


def test_a_stop_waits_for_its_price_and_then_takes_the_touch() -> None:
    floor = Floor(steps((0, 200.0), (100, 195.01), (200, 194.5)))
    floor.place("stock", asked("buy", "10"))
    floor.place("a", asked("sell", "10", type="stop", stop_price="195.00"))

    floor.wait(150)
    before = floor.order("a").state
    floor.wait(150)

    fill = floor.order("a").fills[0]
    assert before is OrderState.ACCEPTED
    assert after(199) <= fill.at <= after(202)
    assert fill.price == Decimal("194.48")


@pytest.mark.parametrize(
    ("last", "state"), [(205.0, OrderState.FILLED), (204.99, OrderState.ACCEPTED)]
)
def test_a_buy_stop_is_reached_exactly_at_its_price(last: float, state: OrderState) -> None:
    floor = Floor(steps((0, 200.0), (10, last)))
    floor.place("a", asked("buy", "10", type="stop", stop_price="205.00"))

    floor.wait(60)

    assert floor.order("a").state is state


@pytest.mark.parametrize(
    ("last", "state"), [(195.0, OrderState.FILLED), (195.01, OrderState.ACCEPTED)]
)
def test_a_sell_stop_is_reached_exactly_at_its_price(last: float, state: OrderState) -> None:
    floor = Floor(steps((0, 200.0), (10, last)))
    floor.place("stock", asked("buy", "10"))
    floor.place("a", asked("sell", "10", type="stop", stop_price="195.00"))

    floor.wait(60)

    assert floor.order("a").state is state


def test_a_stop_limit_that_was_jumped_over_rests_until_its_limit() -> None:
    floor = Floor(steps((0, 200.0), (60, 180.0), (600, 194.0)))
    floor.place("stock", asked("buy", "10"))
    request = asked("sell", "10", type="stop_limit", stop_price="195.00", limit_price="193.00")
    floor.place("a", request)

    floor.wait(300)
    triggered = floor.order("a")
    floor.wait(900)

    filled = floor.order("a")
    assert triggered.triggered
    assert triggered.state is OrderState.ACCEPTED
    assert filled.state is OrderState.FILLED
    assert filled.fills[0].price == Decimal("193.98")
    assert after(600) <= filled.fills[0].at <= after(602)


@pytest.mark.parametrize("trail", [{"trail_amount": "10.00"}, {"trail_percent": "4"}])
def test_a_trailing_stop_follows_upwards_and_never_back(trail: dict[str, str]) -> None:
    # The peak of 250 puts both stops at 240.00: 239.99 is through, 240.01 was not.
    floor = Floor(steps((0, 200.0), (60, 250.0), (120, 240.01), (180, 239.99)))
    floor.place("stock", asked("buy", "10"))
    floor.place("a", asked("sell", "10", type="trailing_stop", **trail))

    floor.wait(170)
    waiting = floor.order("a")
    floor.wait(60)

    assert waiting.state is OrderState.ACCEPTED
    assert waiting.trigger_price == 240
    assert floor.order("a").state is OrderState.FILLED
    assert after(179) <= floor.order("a").fills[0].at <= after(182)


def test_a_trailing_buy_follows_downwards() -> None:
    floor = Floor(steps((0, 200.0), (60, 150.0), (120, 160.0)))
    floor.place("a", asked("buy", "10", type="trailing_stop", trail_amount="10.00"))

    floor.wait(200)

    assert floor.order("a").state is OrderState.FILLED
    assert after(119) <= floor.order("a").fills[0].at <= after(122)


def test_a_large_order_fills_in_two_to_four_parts_over_the_following_seconds() -> None:
    counts = set()
    for number in range(30):
        floor = Floor()
        placed = floor.place(f"large-{number}", asked("buy", "200"))
        floor.wait(15)

        order = floor.order(f"large-{number}")
        times = [fill.at for fill in order.fills]
        counts.add(len(times))
        assert placed.state is OrderState.PARTIALLY_FILLED
        assert order.state is OrderState.FILLED
        assert order.filled == 200
        assert times == sorted(set(times))
        assert len({fill.fill_id for fill in order.fills}) == len(times)

    assert counts == {2, 3, 4}


def test_parts_depend_on_the_order_alone() -> None:
    first, second = Floor(), Floor()
    for floor in (first, second):
        floor.place("the same", asked("buy", "333"))
    first.wait(15)
    for _ in range(15):
        second.wait(1)

    assert first.order("the same").fills == second.order("the same").fills


@pytest.mark.parametrize(("quantity", "parts"), [("2500", 1), ("2501", 2)])
def test_parts_begin_beyond_25000_dollars_at_the_base_price(quantity: str, parts: int) -> None:
    floor = Floor(lambda _: 10.0)
    floor.place("a", asked("buy", quantity, symbol="F"))
    floor.wait(15)

    assert min(len(floor.order("a").fills), 2) == parts


def test_a_part_of_a_limit_order_waits_while_the_market_is_away() -> None:
    floor = Floor(steps((0, 200.0), (0.5, 210.0), (60, 200.0)))
    floor.place("a", asked("buy", "200", limit_price="201.00"))

    floor.wait(30)
    away = floor.order("a")
    floor.wait(60)

    assert away.state is OrderState.PARTIALLY_FILLED
    assert len(away.fills) == 1
    assert floor.order("a").state is OrderState.FILLED
    assert all(fill.price <= 201 for fill in floor.order("a").fills)


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


def test_of_two_orders_the_one_that_the_market_reaches_first_fills_first() -> None:
    floor = Floor(lambda seconds: 200 - seconds / 100)
    floor.place("low", asked("buy", "10", limit_price="185.00"))
    floor.place("high", asked("buy", "10", limit_price="195.00"))

    book = floor.wait(3_600)

    assert [record["order_id"] for record in book.ended] == ["high", "low"]


def test_time_that_goes_back_changes_nothing() -> None:
    floor = Floor()
    floor.place("a", asked("buy", "10", limit_price="190.00"))
    before = floor.wait(60)

    assert floor.wait(-3_600) == before
