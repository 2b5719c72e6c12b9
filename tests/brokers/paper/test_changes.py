"""Cancels and changes of working orders."""

from decimal import Decimal

import pytest

from floorbroker.brokers.paper.desk import changed, withdrawn
from floorbroker.domain.errors import OrderRejected
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import OrderChanges, OrderRequest, PositionEffect
from tests.brokers.paper.scripted import Floor, asked, steps

SHORT = {"effect": PositionEffect.SHORT}
CLOSE = {"effect": PositionEffect.CLOSE}


def test_a_cancel_keeps_what_was_filled() -> None:
    floor = Floor()
    floor.place("a", asked(quantity="200"))

    floor.book = withdrawn(floor.book, "a", floor.now)
    floor.wait(60)

    order = floor.order("a")
    assert order.state is OrderState.CANCELED
    assert 0 < order.filled == floor.book.held("AAPL")


def test_a_fill_that_comes_before_the_cancel_wins() -> None:
    floor = Floor(steps((0, 200.0), (30, 180.0)))
    floor.place("a", asked(limit_price="190.00"))
    floor.wait(60)

    with pytest.raises(OrderRejected, match="already filled"):
        withdrawn(floor.book, "a", floor.now)


def test_canceling_twice_changes_nothing() -> None:
    floor = Floor()
    floor.place("a", asked(limit_price="190.00"))
    floor.book = withdrawn(floor.book, "a", floor.now)

    assert withdrawn(floor.book, "a", floor.now) == floor.book


def test_an_unknown_order_can_be_neither_canceled_nor_changed() -> None:
    floor = Floor()

    with pytest.raises(OrderRejected, match="no such"):
        withdrawn(floor.book, "a", floor.now)
    with pytest.raises(OrderRejected, match="no such"):
        changed(floor.book, "a", OrderChanges(quantity=Decimal(1)), floor.market, floor.now)


def change(floor: Floor, **changes: str) -> None:
    """Changes order `a`."""
    terms = OrderChanges(**{name: Decimal(text) for name, text in changes.items()})
    floor.book = changed(floor.book, "a", terms, floor.market, floor.now)


def test_a_change_of_the_limit_to_the_market_fills_at_once_under_the_same_id() -> None:
    floor = Floor()
    before = floor.place("a", asked(limit_price="190.00"))

    change(floor, limit_price="200.02", quantity="20")

    order = floor.order("a")
    assert order.broker_order_id == before.broker_order_id
    assert order.state is OrderState.FILLED
    assert order.filled == 20


def test_a_changed_order_does_not_fill_in_its_past() -> None:
    floor = Floor(steps((0, 200.0), (10, 194.0), (20, 200.0)))
    floor.place("a", asked(limit_price="190.00"))
    floor.wait(60)

    change(floor, limit_price="195.00")
    floor.wait(60)

    assert floor.order("a").state is OrderState.ACCEPTED


def test_a_changed_stop_is_reached_at_its_new_price() -> None:
    floor = Floor(steps((0, 200.0), (60, 206.0)))
    floor.place("a", asked(type="stop", stop_price="205.00"))

    change(floor, stop_price="210.00")
    floor.wait(120)

    assert floor.order("a").state is OrderState.ACCEPTED


@pytest.mark.parametrize(
    ("request_", "changes", "words"),
    [
        (asked(limit_price="190.00"), {"stop_price": "1.00"}, "no stop price"),
        (asked(type="stop", stop_price="205.00"), {"limit_price": "1.00"}, "no limit price"),
        (asked(limit_price="190.00"), {"limit_price": "190.001"}, "multiples"),
        (asked(limit_price="190.00"), {"quantity": "5000"}, "Insufficient funds"),
        (asked(quantity="200"), {"quantity": "1"}, "filled already"),
    ],
    ids=str,
)
def test_a_refused_change_leaves_the_order_as_it_was(
    request_: OrderRequest, changes: dict[str, str], words: str
) -> None:
    floor = Floor()
    before = floor.place("a", request_)

    with pytest.raises(OrderRejected, match=words):
        change(floor, **changes)

    assert floor.order("a") == before


def test_an_ended_order_cannot_be_changed() -> None:
    floor = Floor()
    floor.place("a", asked())

    with pytest.raises(OrderRejected, match="already filled"):
        change(floor, quantity="20")
