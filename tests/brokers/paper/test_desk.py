"""What is taken, refused, canceled and changed."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from floorbroker.brokers.paper.book import START_CASH
from floorbroker.brokers.paper.desk import changed, placed, withdrawn
from floorbroker.brokers.paper.margin import worth
from floorbroker.domain.error_codes import ErrorCode
from floorbroker.domain.errors import OrderRejected
from floorbroker.domain.instruments import AssetClass, Instrument
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import OrderChanges, OrderRequest, PositionEffect, Session, Side
from tests.brokers.paper.scripted import Floor, asked, steps

SHORT = {"effect": PositionEffect.SHORT}
CLOSE = {"effect": PositionEffect.CLOSE}


def refusal(floor: Floor, request: OrderRequest) -> OrderRejected:
    """What the desk says to `request`; the book stays as it was."""
    before = floor.book
    with pytest.raises(OrderRejected) as refused:
        placed(floor.book, "refused", request, floor.market, floor.now)
    assert floor.book == before
    return refused.value


@pytest.mark.parametrize(
    ("terms", "words"),
    [
        ({"quantity": "0.00001"}, "smallest order is 0.0001"),
        ({"quantity": "1.00005"}, "multiple of 0.0001"),
        ({"limit_price": "150.005"}, "multiples of 0.01"),
        ({"type": "stop", "stop_price": "250.001"}, "multiples of 0.01"),
        ({"take_profit": "210.001"}, "multiples of 0.01"),
        ({"type": "stop", "stop_price": "250.00", "time_in_force": "ioc"}, "immediate"),
        ({"session": Session.EXTENDED}, "limit orders"),
        (SHORT, "selling shares"),
        ({"take_profit": "150.00"}, "wrong side"),
        ({"stop_loss": "200.00"}, "wrong side"),
        ({"limit_price": "190.00", "take_profit": "190.00"}, "wrong side"),
        ({"symbol": "BTC/USD", "quantity": "0.001", "limit_price": "500.00"}, "worth 1 USD"),
        ({"side": "sell", "take_profit": "150.00"}, "opens a position"),
        ({"side": "sell", "symbol": "BTC/USD", **SHORT}, "selling shares"),
    ],
    ids=str,
)
def test_an_order_that_makes_no_sense_is_refused_in_plain_words(
    terms: dict[str, Any], words: str
) -> None:
    fields = {"side": "buy", "quantity": "1", **terms}

    assert words in refusal(Floor(), asked(**fields)).message


@pytest.mark.parametrize(
    ("instrument", "reason"),
    [
        (Instrument(symbol="ZZZZ", asset_class=AssetClass.EQUITY), ErrorCode.SYMBOL_NOT_FOUND),
        (Instrument(symbol="AAPL", asset_class=AssetClass.FUTURE), ErrorCode.ORDER_REJECTED),
    ],
)
def test_what_the_market_does_not_list_is_refused(
    instrument: Instrument, reason: ErrorCode
) -> None:
    request = OrderRequest(instrument=instrument, side=Side.BUY, quantity=Decimal(1))

    assert refusal(Floor(), request).reason is reason


# Money


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


# Quantities


@pytest.mark.parametrize(
    ("terms", "quantity"),
    [
        ({"notional": "1000"}, "4.9995"),
        ({"notional": "1000", "limit_price": "190.00"}, "5.2631"),
        ({"notional": "50", "symbol": "BTC/USD"}, "0.249937"),
    ],
    ids=str,
)
def test_an_amount_of_money_buys_whole_steps_rounded_down(
    terms: dict[str, Any], quantity: str
) -> None:
    order = Floor().place("a", asked(quantity=None, **terms))

    assert order.quantity == Decimal(quantity)


def test_too_small_an_amount_of_money_is_refused() -> None:
    assert "smallest" in refusal(Floor(), asked(quantity=None, notional="0.01")).message


def test_a_part_of_a_share_can_be_bought_and_sold_to_nothing() -> None:
    floor = Floor()
    floor.place("a", asked("buy", "0.1234"))
    floor.place("b", asked("sell", "0.1234"))

    assert floor.book.holdings == {}
    assert floor.book.cash == START_CASH + floor.book.realised


# Immediate orders


@pytest.mark.parametrize("time_in_force", ["ioc", "fok"])
def test_an_immediate_order_away_from_the_market_is_canceled(time_in_force: str) -> None:
    order = Floor().place("a", asked(limit_price="190.00", time_in_force=time_in_force))

    assert order.state is OrderState.CANCELED
    assert order.fills == ()
    assert order.reason


@pytest.mark.parametrize("time_in_force", ["ioc", "fok"])
def test_an_immediate_order_at_the_market_fills(time_in_force: str) -> None:
    order = Floor().place("a", asked(limit_price="200.02", time_in_force=time_in_force))

    assert order.state is OrderState.FILLED


def test_of_a_large_order_immediate_or_cancel_keeps_a_part_and_fill_or_kill_nothing() -> None:
    floor = Floor()

    part = floor.place("a", asked(quantity="200", time_in_force="ioc"))
    nothing = floor.place("b", asked(quantity="200", time_in_force="fok"))

    assert part.state is OrderState.CANCELED
    assert 0 < part.filled < 200
    assert floor.book.held("AAPL") == part.filled
    assert (nothing.state, nothing.fills) == (OrderState.CANCELED, ())


# Selling what is not there


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


# Hours


def closed_floor() -> Floor:
    """Wednesday, 22:00 in New York."""
    floor = Floor(hours=True)
    floor.wait(10 * 3_600)
    return floor


@pytest.mark.parametrize(
    "terms", [{}, {"limit_price": "210.00", "time_in_force": "ioc"}], ids=["market", "ioc"]
)
def test_what_must_fill_at_once_is_refused_while_the_market_is_closed(
    terms: dict[str, Any],
) -> None:
    refused = refusal(closed_floor(), asked(**terms))

    assert refused.reason is ErrorCode.MARKET_CLOSED
    assert "2026-03-05 14:30 UTC" in refused.message


def test_a_limit_order_rests_while_the_market_is_closed() -> None:
    order = closed_floor().place("a", asked(limit_price="210.00"))

    assert order.state is OrderState.ACCEPTED


def test_coins_trade_at_night() -> None:
    order = closed_floor().place("a", asked(quantity="1", symbol="ETH/USD"))

    assert order.state is OrderState.FILLED


# Cancel and change


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
