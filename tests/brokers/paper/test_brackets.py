"""Closing legs: born with the fill, one cancels the other, never more than is held."""

from dataclasses import replace
from decimal import Decimal

import pytest

from floorbroker.brokers.paper.book import Book
from floorbroker.brokers.paper.desk import withdrawn
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import LegRole, PositionEffect, TimeInForce
from tests.brokers.paper.scripted import Floor, after, asked, steps

BRACKET = {"take_profit": "210.00", "stop_loss": "190.00"}


def states(floor: Floor, order_id: str = "a") -> dict[LegRole, OrderState]:
    """The legs as the parent tells them."""
    return {leg.role: leg.state for leg in floor.order(order_id).legs}


def working(book: Book) -> list[tuple[str, Decimal]]:
    """Ids and remaining quantities."""
    return [(order.order_id, order.remaining) for order in book.working]


def test_legs_begin_when_the_parent_fills_and_not_before() -> None:
    floor = Floor(steps((0, 200.0), (60, 195.0)))
    parent = floor.place("a", asked(limit_price="195.10", **BRACKET))
    before = working(floor.book)

    book = floor.wait(90)

    legs = floor.order("a").legs
    assert [leg.broker_order_id for leg in parent.legs] == [None, None]
    assert before == [("a", Decimal(10))]
    assert working(book) == [("a-tp", Decimal(10)), ("a-sl", Decimal(10))]
    assert all(leg.broker_order_id for leg in legs)
    assert all(order.time_in_force is TimeInForce.GTC for order in book.working)


@pytest.mark.parametrize(
    ("price", "filled", "canceled", "proceeds"),
    [
        (211.0, LegRole.TAKE_PROFIT, LegRole.STOP_LOSS, "210.97"),
        (189.0, LegRole.STOP_LOSS, LegRole.TAKE_PROFIT, "188.98"),
    ],
)
def test_one_leg_cancels_the_other(
    price: float, filled: LegRole, canceled: LegRole, proceeds: str
) -> None:
    floor = Floor(steps((0, 200.0), (60, price)))
    floor.place("a", asked(**BRACKET))

    book = floor.wait(120)

    assert states(floor) == {filled: OrderState.FILLED, canceled: OrderState.CANCELED}
    assert book.holdings == {}
    assert book.working == ()
    assert book.realised == 10 * (Decimal(proceeds) - Decimal("200.02"))


def test_both_legs_reached_in_one_look_end_as_the_market_met_them() -> None:
    floor = Floor(steps((0, 200.0), (600, 189.0), (1_200, 215.0)))
    floor.place("a", asked(**BRACKET))

    floor.wait(86_400)

    assert states(floor)[LegRole.STOP_LOSS] is OrderState.FILLED
    assert states(floor)[LegRole.TAKE_PROFIT] is OrderState.CANCELED
    assert after(599) <= floor.order("a-sl").fills[0].at <= after(602)


def test_a_parent_that_ends_without_a_fill_takes_its_legs_along() -> None:
    floor = Floor()
    floor.place("a", asked(limit_price="195.00", **BRACKET))

    floor.book = withdrawn(floor.book, "a", floor.now)

    assert set(states(floor).values()) == {OrderState.CANCELED}
    assert floor.book.working == ()


def test_a_parent_that_is_canceled_half_way_has_legs_for_what_it_got() -> None:
    floor = Floor()
    floor.place("a", asked(quantity="200", **BRACKET))
    got = floor.order("a").filled

    floor.book = withdrawn(floor.book, "a", floor.now)

    assert working(floor.book) == [("a-tp", got), ("a-sl", got)]


def test_canceling_a_filled_bracket_cancels_its_legs() -> None:
    floor = Floor()
    floor.place("a", asked(**BRACKET))

    floor.book = withdrawn(floor.book, "a", floor.now)

    assert floor.order("a").state is OrderState.FILLED
    assert set(states(floor).values()) == {OrderState.CANCELED}
    assert floor.book.held("AAPL") == 10


def test_legs_shrink_with_the_holding_and_end_with_it() -> None:
    floor = Floor()
    floor.place("a", asked(**BRACKET))

    floor.place("b", asked("sell", "4"))
    shrunk = working(floor.book)
    floor.place("c", asked("sell", "6"))

    assert shrunk == [("a-tp", Decimal(6)), ("a-sl", Decimal(6))]
    assert floor.book.working == ()
    assert set(states(floor).values()) == {OrderState.CANCELED}


def test_a_resting_sell_leaves_the_legs_alone_until_it_fills() -> None:
    floor = Floor()
    floor.place("a", asked(**BRACKET))
    floor.place("b", asked("sell", "10", limit_price="205.00", time_in_force="gtc"))

    floor.place("c", asked("buy", "1"))

    assert len(floor.book.working) == 3
    assert states(floor) == dict.fromkeys(LegRole, OrderState.ACCEPTED)


def test_a_leg_that_closes_the_holding_ends_a_resting_sell() -> None:
    floor = Floor(steps((0, 200.0), (60, 189.0), (120, 206.0)))
    floor.place("a", asked(**BRACKET))
    floor.place("b", asked("sell", "10", limit_price="205.00", time_in_force="gtc"))

    book = floor.wait(600)

    assert book.held("AAPL") == 0
    assert floor.order("b").state is OrderState.CANCELED
    assert "closed" in floor.order("b").reason


def test_a_part_of_one_leg_leaves_the_other_that_much_smaller() -> None:
    floor = Floor(steps((0, 200.0), (60, 210.1), (60.5, 200.0), (600, 189.0)))
    floor.place("a", asked(quantity="200", **BRACKET))

    floor.wait(120)
    after_part = dict(working(floor.book))
    floor.wait(1_000)

    assert 0 < after_part["a-tp"] < 200
    assert after_part["a-tp"] == after_part["a-sl"]
    assert states(floor) == {
        LegRole.TAKE_PROFIT: OrderState.CANCELED,
        LegRole.STOP_LOSS: OrderState.FILLED,
    }
    assert floor.book.holdings == {}


def test_one_leg_follows_the_other_even_where_more_is_held() -> None:
    floor = Floor(steps((0, 200.0), (60, 210.1), (60.5, 200.0)))
    floor.place("stock", asked(quantity="100"))
    floor.place("a", asked(quantity="200", **BRACKET))

    floor.wait(120)

    left = dict(working(floor.book))
    assert 0 < left["a-tp"] < 200
    assert left["a-tp"] == left["a-sl"]


def test_resting_sells_give_way_together_when_a_leg_makes_the_holding_smaller() -> None:
    floor = Floor(steps((0, 200.0), (60, 189.0)))
    floor.place("stock", asked(quantity="10"))
    floor.place("a", asked(quantity="10", stop_loss="190.00"))
    floor.place("old", asked("sell", "12", limit_price="250.00", time_in_force="gtc"))
    floor.place("new", asked("sell", "8", limit_price="250.00", time_in_force="gtc"))

    book = floor.wait(120)

    assert book.held("AAPL") == 10
    assert working(book) == [("old", Decimal(10))]
    assert floor.order("new").state is OrderState.CANCELED


def test_a_short_bracket_is_closed_by_buying() -> None:
    floor = Floor(steps((0, 200.0), (60, 189.0)))
    request = asked("sell", take_profit="190.00", stop_loss="210.00")
    floor.place("a", replace(request, effect=PositionEffect.SHORT))

    book = floor.wait(120)

    assert book.holdings == {}
    assert book.realised == 10 * (Decimal("199.98") - Decimal("189.02"))


def test_a_bracket_may_have_one_leg_only() -> None:
    floor = Floor(steps((0, 200.0), (60, 189.0)))
    floor.place("a", asked(stop_loss="190.00"))

    floor.wait(120)

    assert states(floor) == {LegRole.STOP_LOSS: OrderState.FILLED}
