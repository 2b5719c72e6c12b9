"""What is placed and changed, field by field, and what is refused before anything is sent."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from floorbroker.brokers.moomoo.order_fields import cancel_terms, change_terms, order_terms
from floorbroker.domain.errors import NotSent
from floorbroker.domain.ids import OrderId
from floorbroker.domain.instruments import AssetClass, Instrument
from floorbroker.domain.modes import Environment
from floorbroker.domain.order import Order
from floorbroker.domain.orders import (
    OrderChanges,
    OrderType,
    PositionEffect,
    Session,
    Side,
    TimeInForce,
)
from tests.brokers.moomoo.at_moomoo import (
    BERKSHIRE,
    CALL,
    order_of,
    request,
    resting_request,
    sale_request,
)
from tests.simulators.opend.vendor import messages

PAPER, LIVE = Environment.PAPER, Environment.LIVE


def terms(environment: Environment = LIVE, **asked: Any) -> dict[str, Any]:
    """Of a market buy of one AAPL, but for what is asked."""
    return order_terms(order_of(request(**asked), environment), environment)


def told(**fields: Any) -> Any:
    """An order of OpenD's: ten AAPL at 100."""
    usual = {
        "trdSide": 1,
        "orderType": 1,
        "orderStatus": 5,
        "orderID": 7,
        "orderIDEx": "7",
        "code": "AAPL",
        "name": "Apple",
        "qty": 10.0,
        "price": 100.0,
        "createTime": "2026-03-04 12:00:00",
        "updateTime": "2026-03-04 12:00:00",
    }
    return messages("Trd_Common").Order(**{**usual, **fields})


def test_a_market_order_names_code_side_quantity_and_our_id() -> None:
    order = order_of(request(quantity=Decimal(3)))

    assert order_terms(order, PAPER) == {
        "trdSide": 1,
        "orderType": 2,
        "code": "AAPL",
        "secMarket": 2,
        "qty": 3.0,
        "price": 0.0,
        "adjustPrice": False,
        "remark": str(order.order_id),
        "timeInForce": 0,
        "fillOutsideRTH": False,
    }


def test_a_limit_order_sells_at_its_price() -> None:
    sent = terms(
        side=Side.SELL,
        effect=PositionEffect.CLOSE,
        type=OrderType.LIMIT,
        limit_price=Decimal("190.05"),
        instrument=BERKSHIRE,
    )

    assert (sent["trdSide"], sent["orderType"], sent["price"]) == (2, 1, 190.05)
    assert sent["code"] == "BRK.B"


def test_a_stop_has_a_trigger_and_no_limit() -> None:
    sent = terms(type=OrderType.STOP, stop_price=Decimal(180))

    assert (sent["orderType"], sent["auxPrice"], sent["price"]) == (10, 180.0, 0.0)


def test_a_stop_limit_has_both() -> None:
    sent = terms(type=OrderType.STOP_LIMIT, stop_price=Decimal(180), limit_price=Decimal(179))

    assert (sent["orderType"], sent["auxPrice"], sent["price"]) == (11, 180.0, 179.0)


def test_a_trail_is_a_ratio_in_percent_or_an_amount() -> None:
    by_part = terms(type=OrderType.TRAILING_STOP, trail_percent=Decimal("2.5"))
    by_amount = terms(type=OrderType.TRAILING_STOP, trail_amount=Decimal(4))

    assert (by_part["orderType"], by_part["trailType"], by_part["trailValue"]) == (14, 1, 2.5)
    assert (by_amount["trailType"], by_amount["trailValue"]) == (2, 4.0)


def test_an_order_with_real_money_may_last_and_fill_outside_regular_hours() -> None:
    sent = terms(
        type=OrderType.LIMIT,
        limit_price=Decimal(100),
        time_in_force=TimeInForce.GTC,
        session=Session.EXTENDED,
    )

    assert (sent["timeInForce"], sent["fillOutsideRTH"]) == (1, True)


def test_a_contract_goes_by_its_code_without_leading_zeros() -> None:
    assert terms(instrument=CALL)["code"] == "AAPL261218C200000"


def test_every_message_can_be_made_of_its_fields() -> None:
    place = messages("Trd_PlaceOrder").Request
    kinds: tuple[dict[str, Any], ...] = (
        {"type": OrderType.STOP_LIMIT, "stop_price": Decimal(180), "limit_price": Decimal(179)},
        {"type": OrderType.TRAILING_STOP, "trail_percent": Decimal("2.5")},
    )

    for kind in kinds:
        made = place(c2s=terms(**kind))
        assert made.c2s.code == "AAPL"
    assert messages("Trd_ModifyOrder").Request(c2s=cancel_terms("7")).c2s.modifyOrderOp == 2


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        (resting_request(time_in_force=TimeInForce.GTC), "orders for today only"),
        (request(type=OrderType.STOP, stop_price=Decimal(180)), "market and limit orders only"),
        (
            request(type=OrderType.TRAILING_STOP, trail_amount=Decimal(4)),
            "market and limit orders only",
        ),
        (resting_request(session=Session.EXTENDED), "regular hours only"),
    ],
)
def test_a_paper_account_takes_market_and_limit_orders_for_today_only(asked: Any, why: str) -> None:
    with pytest.raises(NotSent, match=why):
        order_terms(order_of(asked), PAPER)


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ({"quantity": Decimal("0.5")}, "whole shares and contracts"),
        ({"notional": Decimal(100)}, "not an amount of money"),
        ({"type": OrderType.LIMIT, "limit_price": Decimal("0.1234")}, "three digits"),
        ({"type": OrderType.STOP, "stop_price": Decimal("0.1234")}, "three digits"),
        ({"type": OrderType.TRAILING_STOP, "trail_amount": Decimal("0.1234")}, "three digits"),
        ({"time_in_force": TimeInForce.IOC}, "today only or good til canceled"),
        ({"session": Session.EXTENDED}, "limit orders only"),
        ({"take_profit": Decimal(200)}, "no take-profit"),
        ({"effect": PositionEffect.SHORT}, "opened by selling"),
        ({"instrument": CALL, "side": Side.SELL}, "nothing is written"),
        (
            {
                "instrument": CALL,
                "type": OrderType.LIMIT,
                "limit_price": Decimal(5),
                "session": Session.EXTENDED,
            },
            "regular hours only",
        ),
        (
            {"instrument": Instrument(symbol="BTC/USD", asset_class=AssetClass.CRYPTO)},
            "shares and options only",
        ),
        (
            {
                "instrument": Instrument(
                    symbol="AAPL", asset_class=AssetClass.EQUITY, currency="HKD"
                )
            },
            "priced in dollars",
        ),
        (
            {"instrument": Instrument(symbol="(00700)", asset_class=AssetClass.EQUITY)},
            "no symbol of this form",
        ),
    ],
)
def test_what_moomoo_would_cut_off_misread_or_not_take_is_not_sent(
    asked: dict[str, Any], why: str
) -> None:
    with pytest.raises(NotSent, match=why):
        terms(**asked)


def test_an_order_of_another_environment_is_not_sent() -> None:
    with pytest.raises(NotSent, match="another environment"):
        order_terms(order_of(request(), PAPER), LIVE)


def test_an_order_without_an_id_of_ours_is_not_sent() -> None:
    strange = replace(order_of(request()), order_id=OrderId("../orders"))

    with pytest.raises(NotSent, match="no id of ours"):
        order_terms(strange, PAPER)


def test_a_sale_is_no_purchase() -> None:
    order: Order = order_of(sale_request())

    assert order_terms(order, PAPER)["trdSide"] == 2


def test_a_change_sends_what_stays_too() -> None:
    assert change_terms(told(), OrderChanges(limit_price=Decimal(99))) == {
        "modifyOrderOp": 1,
        "orderIDEx": "7",
        "qty": 10.0,
        "price": 99.0,
        "adjustPrice": False,
    }
    assert change_terms(told(), OrderChanges(quantity=Decimal(4)))["qty"] == 4.0


def test_a_changed_stop_keeps_its_limit_and_its_trail() -> None:
    order = told(orderType=11, auxPrice=180.0, trailType=2, trailValue=4.0)

    sent = change_terms(order, OrderChanges(stop_price=Decimal(181)))

    assert (sent["auxPrice"], sent["price"]) == (181.0, 100.0)
    assert (sent["trailType"], sent["trailValue"]) == (2, 4.0)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        (OrderChanges(quantity=Decimal("1.5")), "whole shares"),
        (OrderChanges(limit_price=Decimal("99.0001")), "three digits"),
        (OrderChanges(stop_price=Decimal(90)), "no stop price"),
    ],
)
def test_a_change_that_would_come_out_otherwise_is_not_asked_for(
    changes: OrderChanges, why: str
) -> None:
    with pytest.raises(NotSent, match=why):
        change_terms(told(), changes)


def test_a_cancel_names_one_order() -> None:
    assert cancel_terms("7") == {"modifyOrderOp": 2, "orderIDEx": "7"}
