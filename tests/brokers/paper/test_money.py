"""Cash, buying power, margin and profit."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from floorbroker.brokers.paper.book import START_CASH
from floorbroker.brokers.paper.desk import withdrawn
from floorbroker.brokers.paper.margin import worth
from floorbroker.domain.error_codes import ErrorCode
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import PositionEffect
from tests.brokers.paper.scripted import Floor, asked, refusal, steps

SHORT = {"effect": PositionEffect.SHORT}
CLOSE = {"effect": PositionEffect.CLOSE}


def test_a_fresh_account_has_twice_its_cash_as_buying_power() -> None:
    floor = Floor()

    now = worth(floor.book, floor.market, floor.now)

    assert floor.book.cash == now.equity == 100_000
    assert now.buying_power == 200_000


@pytest.mark.parametrize(
    ("quantity", "fits"), [("999", True), ("1000", True), ("1000.0001", False)]
)
def test_buying_power_is_enough_to_the_last_cent_and_not_beyond(quantity: str, fits: bool) -> None:
    floor = Floor()
    request = asked("buy", quantity, limit_price="200.00")

    if fits:
        assert floor.place("a", request).state is OrderState.ACCEPTED
    else:
        assert refusal(floor, request).reason is ErrorCode.INSUFFICIENT_FUNDS


def test_working_buys_reserve_and_canceled_ones_give_back() -> None:
    floor = Floor()
    floor.place("a", asked("buy", "600", limit_price="190.00"))
    reserved = worth(floor.book, floor.market, floor.now).buying_power
    refused = refusal(floor, asked("buy", "600", limit_price="190.00"))

    floor.book = withdrawn(floor.book, "a", floor.now)

    assert reserved == 200_000 - 600 * 190
    assert refused.reason is ErrorCode.INSUFFICIENT_FUNDS
    assert worth(floor.book, floor.market, floor.now).buying_power == 200_000


@pytest.mark.parametrize(
    "terms",
    [
        {"type": "stop", "stop_price": "300.00"},
        {"type": "trailing_stop", "trail_amount": "100.00"},
        {"side": "sell", "limit_price": "300.00", **SHORT},
    ],
    ids=str,
)
def test_an_order_that_waits_for_a_higher_price_reserves_that_price(
    terms: dict[str, Any],
) -> None:
    fields = {"side": "buy", "quantity": "700", "time_in_force": "gtc", **terms}

    assert refusal(Floor(), asked(**fields)).reason is ErrorCode.INSUFFICIENT_FUNDS


def test_coins_need_cash() -> None:
    floor = Floor()
    beyond = asked("buy", "501", symbol="ETH/USD", limit_price="200.00")
    within = asked("buy", "500", symbol="ETH/USD", limit_price="200.00", time_in_force="gtc")

    refused = refusal(floor, beyond)
    order = floor.place("a", replace(within, limit_price=Decimal("199.00")))

    assert refused.reason is ErrorCode.INSUFFICIENT_FUNDS
    assert "cash" in refused.message
    assert order.state is OrderState.ACCEPTED


def test_cash_that_shares_will_take_is_not_there_for_coins() -> None:
    floor = Floor()
    floor.place("a", asked("buy", "400", limit_price="190.00"))

    refused = refusal(floor, asked("buy", "200", symbol="ETH/USD", limit_price="190.00"))

    assert refused.reason is ErrorCode.INSUFFICIENT_FUNDS


def test_selling_frees_what_buying_tied_up_and_realises_the_profit() -> None:
    floor = Floor(steps((0, 200.0), (60, 220.0)))
    floor.place("a", asked("buy", "100"))
    floor.wait(120)

    floor.place("b", asked("sell", "40"))

    holding = floor.book.holdings["AAPL"]
    assert holding.quantity == 60
    assert holding.average_price == Decimal("200.02")
    assert floor.book.realised == 40 * (Decimal("219.97") - Decimal("200.02"))
    assert floor.book.cash + holding.cost - floor.book.realised == START_CASH


def test_two_hundred_orders_can_work_and_no_more() -> None:
    floor = Floor()
    for number in range(200):
        floor.place(f"order-{number}", asked(quantity="1", limit_price="1.00"))

    assert "At most 200" in refusal(floor, asked(quantity="1", limit_price="1.00")).message


def test_the_day_opens_with_the_equity_of_new_york_s_midnight() -> None:
    floor = Floor(lambda seconds: 200 + seconds / 86_400)
    floor.place("a", asked(quantity="100"))

    book = floor.wait(timedelta(days=1).total_seconds())

    # New York's midnight came 12 hours after the start: half a dollar a share.
    assert book.opening_equity == START_CASH + 100 * (Decimal("200.50") - Decimal("200.02"))
