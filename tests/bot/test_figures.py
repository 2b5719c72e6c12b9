"""How prices are written: nothing is rounded that an order is sent with, or was filled at."""

from dataclasses import replace
from decimal import Decimal

import pytest

from floorbroker.bot.replies import figures
from floorbroker.bot.replies.order_cards import order_card, shared_card
from floorbroker.bot.replies.order_words import one_line, terms
from floorbroker.bot.replies.own_alert_cards import list_card, news_card, set_card, words
from floorbroker.domain.crossing import Level
from floorbroker.domain.order import Fill
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import OrderType
from floorbroker.domain.own_alerts import fired
from tests.bot.drawn import drawn, order_in
from tests.domain.alerting import FIRING, PREPARED, own_alert, placing
from tests.domain.building import NOON


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        ("150", "$150.00"),
        ("150.5", "$150.50"),
        ("150.10000000", "$150.10"),
        ("1.2345", "$1.2345"),
        ("1.005", "$1.005"),
        ("64123.12345678", "$64,123.12345678"),
        ("123456789.1234", "$123,456,789.1234"),
        ("1E+2", "$100.00"),
        ("0.5", "$0.5"),
        ("0.00001234", "$0.00001234"),
        ("0.0000000000012345", "$0.0000000000012345"),
        ("229.1066666666666666666666667", "about $229.1067"),
        ("228.9999999999999999999999999", "about $229.00"),
        ("0.0012346666666666666666666666", "about $0.00123467"),
        ("0", "$0"),
    ],
)
def test_a_price_is_shown_with_every_digit_that_it_has(amount: str, shown: str) -> None:
    assert figures.price(Decimal(amount)) == shown


def test_money_without_a_sign_of_its_own_is_named() -> None:
    assert figures.price(Decimal("1234.5"), "CHF") == "1,234.50 CHF"
    assert figures.price(Decimal("1.23456"), "CHF") == "1.23456 CHF"


def test_what_a_position_cost_on_average_is_shown_to_the_cent() -> None:
    assert figures.average(Decimal("134.333333")) == "$134.33"
    assert figures.average(Decimal("0.012345")) == "$0.012345"


@pytest.mark.parametrize("state", [OrderState.DRAFT, OrderState.ACCEPTED])
def test_each_price_of_an_order_is_shown_exactly(state: OrderState) -> None:
    order = order_in(state)
    request = replace(
        order.request,
        type=OrderType.STOP_LIMIT,
        quantity=Decimal(3),
        notional=None,
        limit_price=Decimal("1.2345"),
        stop_price=Decimal("1.2305"),
        take_profit=Decimal("1.5025"),
        stop_loss=Decimal("1.1275"),
    )
    order = replace(order, request=request)
    review = replace(order.review, price=Decimal("1.2335"))

    text = drawn(order_card(replace(order, review=review), "Paper", NOON)).text

    prices = ("Stop $1.2305, limit $1.2345", "take profit $1.5025", "stop loss $1.1275")
    assert all(one in text for one in prices)
    assert all(one in one_line(order) for one in prices)
    assert ("$1.2335" in text) == (state is OrderState.DRAFT)


def test_a_trailing_amount_is_shown_exactly() -> None:
    request = replace(
        order_in(OrderState.DRAFT).request,
        type=OrderType.TRAILING_STOP,
        limit_price=None,
        trail_amount=Decimal("1.0125"),
    )

    assert terms(request).startswith("Trailing stop $1.0125")


def test_each_price_of_a_fill_is_shown_exactly() -> None:
    order = order_in(OrderState.FILLED)
    fill = Fill(fill_id="1", quantity=Decimal(100), price=Decimal("1.2345"), at=NOON)
    order = replace(order, fills=(fill,))

    for card in (order_card(order, "Paper", NOON), shared_card(order, "Anna")):
        assert "100 at $1.2345" in drawn(card).text


def test_each_price_of_an_alert_and_its_order_is_shown_exactly() -> None:
    level = Level(price=Decimal("1.2345"), above=True)
    order = replace(PREPARED, limit=Decimal("1.2355"))
    request = replace(placing().request, limit_price=Decimal("1.2355"))
    alert = own_alert(level=level, prepared=order, placing=replace(placing(), request=request))
    rung = fired(own_alert(level=level, prepared=order), replace(FIRING, price=Decimal("1.2346")))

    assert words(alert) == "AAPL above $1.2345"
    assert "Limit $1.2355" in drawn(list_card([alert], None)).text
    assert "limit $1.2355" in drawn(set_card(alert, None)).text
    assert "$1.2346" in drawn(news_card(rung, NOON)).text
