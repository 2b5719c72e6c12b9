"""What is taken and refused, whatever the account holds."""

from decimal import Decimal
from typing import Any

import pytest

from floorbroker.brokers.paper.book import START_CASH
from floorbroker.domain.error_codes import ErrorCode
from floorbroker.domain.instruments import AssetClass, Instrument
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import OrderRequest, PositionEffect, Session, Side
from tests.brokers.paper.scripted import Floor, asked, refusal

SHORT = {"effect": PositionEffect.SHORT}
CLOSE = {"effect": PositionEffect.CLOSE}


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
