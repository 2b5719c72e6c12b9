"""When resting orders fill and in which parts, on a market whose price the test writes down."""

from decimal import Decimal

import pytest

from floorbroker.domain.order_state import OrderState
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


def test_of_two_orders_the_one_that_the_market_reaches_first_fills_first() -> None:
    floor = Floor(lambda seconds: 200 - seconds / 100)
    floor.place("low", asked("buy", "10", limit_price="185.00"))
    floor.place("high", asked("buy", "10", limit_price="195.00"))

    book = floor.wait(3_600)

    assert [record["order_id"] for record in book.ended] == ["high", "low"]
