"""Stops, stop-limits and trailing stops."""

from decimal import Decimal

import pytest

from floorbroker.domain.order_state import OrderState
from tests.brokers.paper.scripted import Floor, after, asked, steps


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
