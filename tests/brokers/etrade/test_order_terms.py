"""Whether an answer is about the order that was meant, and what a change repeats."""

from decimal import Decimal
from typing import Any

import pytest

from floorbroker.brokers.etrade.order_answers import Detail
from floorbroker.brokers.etrade.order_fields import (
    changed,
    fields,
    previewed_as_asked,
    terms,
    told_terms,
)
from floorbroker.domain.errors import NotSent
from floorbroker.domain.orders import (
    OrderChanges,
    OrderType,
    PositionEffect,
    Side,
)
from tests.brokers.etrade.at_etrade import CALL, request, resting_request

ID = "a1b2c3d4e5f6g7h8i9"
_E, _S, _T = PositionEffect, Side, OrderType


def detail(**other: Any) -> Detail:
    """A preview's order, as it was asked for but for `other`."""
    usual = {
        "priceType": "LIMIT",
        "orderTerm": "GOOD_FOR_DAY",
        "marketSession": "REGULAR",
        "limitPrice": 150,
        "stopPrice": 0,
        "Instrument": [
            {
                "orderAction": "BUY",
                "quantity": 10,
                "Product": {"symbol": "AAPL", "securityType": "EQ"},
            }
        ],
    }
    return Detail.model_validate({**usual, **other})


def _instrument(**other: Any) -> dict[str, Any]:
    usual = {
        "orderAction": "BUY",
        "quantity": 10,
        "Product": {"symbol": "AAPL", "securityType": "EQ"},
    }
    return {"Instrument": [{**usual, **other}]}


@pytest.mark.parametrize(
    "other",
    [
        {},
        {"limitPrice": Decimal("150.0000")},
        {"limitPrice": Decimal("150.00000000000003")},
        {"orderTerm": None, "marketSession": None},
    ],
    ids=str,
)
def test_a_preview_of_the_order_itself_is_known(other: dict[str, Any]) -> None:
    asked = fields(resting_request(), ID)

    assert previewed_as_asked(detail(**other), asked, resting_request())


@pytest.mark.parametrize(
    "other",
    [
        {"limitPrice": Decimal("150.01")},
        {"limitPrice": None},
        {"priceType": "MARKET"},
        {"orderTerm": "GOOD_UNTIL_CANCEL"},
        {"marketSession": "EXTENDED"},
        _instrument(quantity=100),
        _instrument(orderAction="SELL"),
        _instrument(Product={"symbol": "AAPU", "securityType": "EQ"}),
        {"Instrument": []},
    ],
    ids=str,
)
def test_a_preview_of_another_order_is_seen(other: dict[str, Any]) -> None:
    asked = fields(resting_request(), ID)

    assert not previewed_as_asked(detail(**other), asked, resting_request())


def test_a_contract_in_an_answer_is_the_contract_that_was_asked_for() -> None:
    wanted = request(instrument=CALL, quantity=Decimal(1))
    product = {
        "symbol": "AAPL",
        "securityType": "OPTN",
        "callPut": "CALL",
        "expiryYear": 2026,
        "expiryMonth": 12,
        "expiryDay": 18,
        "strikePrice": Decimal("200.0"),
    }
    told = {"orderAction": "BUY_OPEN", "quantity": 1, "Product": product}
    put = {**told, "Product": {**product, "callPut": "PUT"}}

    assert told_terms(detail(priceType="MARKET", Instrument=[told])) == terms(wanted)
    assert told_terms(detail(priceType="MARKET", Instrument=[put])) != terms(wanted)


def test_a_change_repeats_all_terms_and_adds_none() -> None:
    both = resting_request(type=_T.STOP_LIMIT, stop_price=Decimal(155))

    after = changed(both, OrderChanges(quantity=Decimal(5), stop_price=Decimal(154)))

    assert [after.quantity, after.limit_price, after.stop_price] == [
        Decimal(5),
        Decimal(150),
        Decimal(154),
    ]
    with pytest.raises(NotSent):
        changed(resting_request(), OrderChanges(stop_price=Decimal(1)))
    with pytest.raises(NotSent):
        changed(request(), OrderChanges(limit_price=Decimal(1)))
