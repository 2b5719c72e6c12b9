"""From an order to TWS's fields: exact numbers, the right words, and what is refused before."""

from decimal import Decimal

import pytest

from floorbroker.brokers.ibkr.order_fields import changed, closing_fields, order_fields
from floorbroker.domain.errors import NotSent
from floorbroker.domain.instruments import AssetClass, Instrument
from floorbroker.domain.orders import (
    OrderChanges,
    OrderRequest,
    OrderType,
    PositionEffect,
    Session,
    Side,
    TimeInForce,
)
from tests.brokers.ibkr.at_ibkr import order_of, request_of, resting_request

COIN = Instrument(symbol="BTC/USD", asset_class=AssetClass.CRYPTO)
EURO = Instrument(symbol="EUR/USD", asset_class=AssetClass.FOREX)


def fields_of(request: OrderRequest) -> dict[str, object]:
    return order_fields(order_of(request))


@pytest.mark.parametrize(
    ("side", "effect", "action"),
    [
        (Side.BUY, PositionEffect.OPEN, "BUY"),
        (Side.BUY, PositionEffect.CLOSE, "BUY"),
        (Side.SELL, PositionEffect.CLOSE, "SELL"),
        (Side.SELL, PositionEffect.SHORT, "SELL"),
    ],
)
def test_the_side_is_the_one_that_was_asked(
    side: Side, effect: PositionEffect, action: str
) -> None:
    assert fields_of(request_of(side=side, effect=effect))["action"] == action


@pytest.mark.parametrize(
    ("number", "sent"),
    [
        ("0.00000001", "0.00000001"),
        ("123456789.123456789", "123456789.123456789"),
        ("1E+3", "1000"),
        ("0.30", "0.3"),
    ],
)
def test_numbers_go_as_they_are_and_without_an_exponent(number: str, sent: str) -> None:
    request = request_of(
        instrument=COIN,
        quantity=Decimal(number),
        type=OrderType.LIMIT,
        limit_price=Decimal(number),
    )

    fields = fields_of(request)

    assert (fields["totalQuantity"], fields["lmtPrice"]) == (sent, sent)


def test_a_trail_in_dollars_and_one_in_percent_are_told_apart() -> None:
    dollars = fields_of(request_of(type=OrderType.TRAILING_STOP, trail_amount=Decimal(2)))
    percent = fields_of(request_of(type=OrderType.TRAILING_STOP, trail_percent=Decimal(2)))

    assert (dollars["auxPrice"], dollars.get("trailingPercent")) == ("2", None)
    assert (percent.get("auxPrice"), percent["trailingPercent"]) == (None, "2")


def test_closing_orders_close_what_the_entry_opens() -> None:
    order = order_of(
        resting_request(
            side=Side.SELL,
            effect=PositionEffect.SHORT,
            take_profit=Decimal(100),
            stop_loss=Decimal(200),
            time_in_force=TimeInForce.GTC,
        )
    )

    profit, loss = closing_fields(order)

    assert {one["action"] for one in (profit, loss)} == {"BUY"}
    assert {one["totalQuantity"] for one in (profit, loss)} == {"10"}
    assert {one["tif"] for one in (profit, loss)} == {"GTC"}
    assert (profit["lmtPrice"], loss["auxPrice"]) == ("100", "200")
    assert profit["orderRef"] != loss["orderRef"]


def test_regular_hours_are_the_usual_ones() -> None:
    assert fields_of(resting_request())["outsideRth"] is False
    assert fields_of(resting_request(session=Session.EXTENDED))["outsideRth"] is True


@pytest.mark.parametrize(
    "terms",
    [
        {"type": OrderType.STOP, "stop_price": Decimal(1), "time_in_force": TimeInForce.IOC},
        {"session": Session.EXTENDED},
        {
            "instrument": EURO,
            "session": Session.EXTENDED,
            "type": OrderType.LIMIT,
            "limit_price": Decimal(1),
        },
        {
            "type": OrderType.TRAILING_STOP,
            "trail_amount": Decimal(1),
            "take_profit": Decimal(300),
        },
        {
            "type": OrderType.LIMIT,
            "limit_price": Decimal(1),
            "session": Session.EXTENDED,
            "stop_loss": Decimal(1),
        },
    ],
)
def test_what_does_not_go_together_is_refused_here(terms: dict[str, object]) -> None:
    with pytest.raises(NotSent):
        fields_of(request_of(**terms))


def test_a_change_leaves_what_it_does_not_name() -> None:
    before = request_of(
        type=OrderType.STOP_LIMIT, stop_price=Decimal(195), limit_price=Decimal(196)
    )

    after = changed(before, OrderChanges(stop_price=Decimal(194)))

    assert (after.stop_price, after.limit_price, after.quantity) == (194, 196, 10)


@pytest.mark.parametrize(
    "changes", [OrderChanges(limit_price=Decimal(1)), OrderChanges(stop_price=Decimal(1))]
)
def test_a_market_order_has_no_price_to_change(changes: OrderChanges) -> None:
    with pytest.raises(NotSent):
        changed(request_of(), changes)
