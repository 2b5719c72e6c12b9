"""Which orders may be one of ours: everything that was asked for must fit, and the time."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from floorbroker.brokers.schwab import answers
from floorbroker.brokers.schwab.matching import fitting
from floorbroker.domain.orders import OrderRequest, OrderType, PositionEffect, Side
from tests.brokers.schwab.at_schwab import CALL, SCHWABS_CALL, request, resting_request
from tests.brokers.schwab.told import stamp, told
from tests.fakes.clock import NOON


def fits(order: answers.Order, asked: OrderRequest | None = None) -> bool:
    return fitting([order], asked or resting_request(), NOON) == [order]


def test_an_order_that_is_what_was_asked_for_fits() -> None:
    assert fits(told())


@pytest.mark.parametrize("status", ["FILLED", "CANCELED", "REJECTED", "EXPIRED", "SOMETHING_NEW"])
def test_whatever_has_become_of_it(status: str) -> None:
    assert fits(told(status=status))


@pytest.mark.parametrize(
    "other",
    [
        {"symbol": "MSFT"},
        {"instruction": "SELL"},
        {"instruction": "SELL_SHORT"},
        {"instruction": ""},
        {"quantity": 9.0},
        {"orderType": "STOP_LIMIT"},
        {"orderType": "MARKET"},
        {"price": 100.01},
        {"price": None},
        {"orderStrategyType": "TRIGGER"},
        {"orderLegCollection": []},
    ],
)
def test_one_that_differs_in_anything_that_was_asked_for_is_another(other: dict[str, Any]) -> None:
    assert not fits(told(**other))


@pytest.mark.parametrize(
    ("asked", "same", "other"),
    [
        (
            request(type=OrderType.STOP, stop_price=Decimal(210)),
            {"orderType": "STOP", "stopPrice": 210.0, "quantity": 1.0, "price": None},
            {"orderType": "STOP", "stopPrice": 211.0, "quantity": 1.0, "price": None},
        ),
        (
            request(type=OrderType.TRAILING_STOP, trail_percent=Decimal(5)),
            {
                "orderType": "TRAILING_STOP",
                "stopPrice": 199.4,
                "stopPriceOffset": 5.0,
                "stopPriceLinkType": "PERCENT",
                "quantity": 1.0,
            },
            {
                "orderType": "TRAILING_STOP",
                "stopPriceOffset": 5.0,
                "stopPriceLinkType": "VALUE",
                "quantity": 1.0,
            },
        ),
        (
            request(side=Side.SELL, effect=PositionEffect.SHORT),
            {"orderType": "MARKET", "instruction": "SELL_SHORT", "quantity": 1.0, "price": None},
            {"orderType": "MARKET", "instruction": "BUY_TO_COVER", "quantity": 1.0},
        ),
        (
            resting_request(instrument=CALL, limit_price=Decimal(2)),
            {"symbol": SCHWABS_CALL, "instruction": "BUY_TO_OPEN", "price": 2.0},
            {"symbol": "AAPL  260320P00200000", "instruction": "BUY_TO_OPEN", "price": 2.0},
        ),
        (
            resting_request(stop_loss=Decimal(90)),
            {"orderStrategyType": "TRIGGER"},
            {"orderStrategyType": "SINGLE"},
        ),
    ],
)
def test_every_kind_of_order_is_told_from_its_like(
    asked: OrderRequest, same: dict[str, Any], other: dict[str, Any]
) -> None:
    assert fits(told(**same), asked)
    assert not fits(told(**other), asked)


@pytest.mark.parametrize("seconds", [-60, 0, 5, 120])
def test_it_came_in_around_its_sending(seconds: int) -> None:
    assert fits(told(enteredTime=stamp(NOON + timedelta(seconds=seconds))))


@pytest.mark.parametrize("seconds", [-61, 121, 86400])
def test_at_another_time_it_is_another_one(seconds: int) -> None:
    assert not fits(told(enteredTime=stamp(NOON + timedelta(seconds=seconds))))


def test_without_a_time_it_may_be_it() -> None:
    assert fits(told(enteredTime=None))


def test_what_is_known_to_be_another_order_is_no_candidate() -> None:
    first, second = told(orderId=1), told(orderId=2)

    assert fitting([first, second], resting_request(), NOON, others={1}) == [second]
