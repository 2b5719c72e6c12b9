"""Selling what is held, and short selling what is not."""

from decimal import Decimal

import pytest

from floorbroker.brokers.paper.book import START_CASH
from floorbroker.brokers.paper.margin import worth
from floorbroker.domain.error_codes import ErrorCode
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import PositionEffect
from tests.brokers.paper.scripted import Floor, asked, refusal, steps

SHORT = {"effect": PositionEffect.SHORT}
CLOSE = {"effect": PositionEffect.CLOSE}


@pytest.mark.parametrize("effect", [PositionEffect.OPEN, PositionEffect.CLOSE])
@pytest.mark.parametrize(("quantity", "fits"), [("10", True), ("10.0001", False)])
def test_a_sell_beyond_the_holding_is_refused_unless_it_says_short(
    effect: PositionEffect, quantity: str, fits: bool
) -> None:
    floor = Floor()
    floor.place("stock", asked("buy", "10"))
    request = asked("sell", quantity, effect=effect)

    if fits:
        assert floor.place("a", request).state is OrderState.FILLED
    else:
        assert refusal(floor, request).reason is ErrorCode.POSITION_SIZE_EXCEEDED


def test_shares_that_a_working_sell_will_take_are_not_there_for_another() -> None:
    floor = Floor()
    floor.place("stock", asked("buy", "10"))
    floor.place("a", asked("sell", "6", limit_price="250.00"))

    refused = refusal(floor, asked("sell", "5"))

    assert refused.reason is ErrorCode.POSITION_SIZE_EXCEEDED
    assert "more than the 4" in refused.message


def test_a_short_position_is_opened_marked_and_covered() -> None:
    floor = Floor(steps((0, 200.0), (60, 180.0)))
    floor.place("a", asked("sell", "100", **SHORT))
    opened = floor.book
    floor.wait(120)
    marked = worth(floor.book, floor.market, floor.now)

    floor.place("b", asked("buy", "100", **CLOSE))

    assert opened.held("AAPL") == -100
    assert opened.cash == START_CASH + 100 * Decimal("199.98")
    assert marked.equity == opened.cash - 100 * 180
    assert marked.free == marked.equity - 50 * 180
    assert floor.book.holdings == {}
    assert floor.book.realised == 100 * (Decimal("199.98") - Decimal("180.02"))


def test_a_short_sale_needs_margin() -> None:
    floor = Floor()

    refused = refusal(floor, asked("sell", "1001", **SHORT))

    assert refused.reason is ErrorCode.INSUFFICIENT_FUNDS


def test_a_short_sale_through_a_holding_sells_it_first() -> None:
    floor = Floor()
    floor.place("stock", asked("buy", "10"))

    floor.place("a", asked("sell", "25", **SHORT))

    assert floor.book.held("AAPL") == -15


def test_covering_more_than_is_short_is_refused_only_for_a_closing_order() -> None:
    floor = Floor()
    floor.place("a", asked("sell", "10", **SHORT))

    refused = refusal(floor, asked("buy", "11", **CLOSE))
    floor.place("b", asked("buy", "11"))

    assert refused.reason is ErrorCode.POSITION_SIZE_EXCEEDED
    assert floor.book.held("AAPL") == 1


def test_covering_a_short_needs_no_buying_power() -> None:
    floor = Floor()
    floor.place("a", asked("sell", "990", **SHORT))
    floor.wait(15)
    left = worth(floor.book, floor.market, floor.now).buying_power

    order = floor.place("b", asked("buy", "100"))

    assert left < 100 * 200
    assert order.state is OrderState.FILLED
