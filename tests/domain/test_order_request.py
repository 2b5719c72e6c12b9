"""A request that no broker could carry out cannot be made."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floorbroker.domain.errors import InvalidInput
from floorbroker.domain.orders import OrderChanges, OrderRequest, OrderType, Side
from tests.domain.building import AAPL

D = Decimal
NEEDED: dict[OrderType, dict[str, Any]] = {
    OrderType.MARKET: {},
    OrderType.LIMIT: {"limit_price": D(90)},
    OrderType.STOP: {"stop_price": D(95)},
    OrderType.STOP_LIMIT: {"limit_price": D(90), "stop_price": D(95)},
    OrderType.TRAILING_STOP: {"trail_percent": D(2)},
}
BAD_NUMBERS = [D(0), D("-1"), D("NaN"), D("sNaN"), D("Infinity"), D("-Infinity")]


def made(kind: OrderType = OrderType.MARKET, **terms: Any) -> OrderRequest:
    usual: dict[str, Any] = {"instrument": AAPL, "side": Side.BUY, "type": kind}
    if "notional" not in terms:
        usual["quantity"] = D(10)
    return OrderRequest(**{**usual, **NEEDED[kind], **terms})


@pytest.mark.parametrize("kind", OrderType)
def test_each_type_with_its_own_prices_is_a_request(kind: OrderType) -> None:
    assert made(kind).type is kind


@pytest.mark.parametrize(
    ("kind", "name"), [(kind, name) for kind, needed in NEEDED.items() for name in needed]
)
def test_a_price_that_the_type_needs_may_not_be_missing(kind: OrderType, name: str) -> None:
    with pytest.raises(InvalidInput):
        made(kind, **{name: None})


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (kind, name)
        for kind, needed in NEEDED.items()
        for name in ("limit_price", "stop_price", "trail_percent", "trail_amount")
        if name not in needed and not (kind is OrderType.TRAILING_STOP and name == "trail_amount")
    ],
)
def test_a_price_that_the_type_does_not_know_is_refused(kind: OrderType, name: str) -> None:
    with pytest.raises(InvalidInput):
        made(kind, **{name: D(3)})


def test_a_quantity_and_an_amount_exclude_each_other() -> None:
    with pytest.raises(InvalidInput, match="one of the two"):
        made(quantity=D(1), notional=D(100))
    with pytest.raises(InvalidInput, match="one of the two"):
        made(quantity=None)


@pytest.mark.parametrize("number", BAD_NUMBERS)
def test_a_quantity_that_is_no_number_above_zero_is_refused(number: Decimal) -> None:
    with pytest.raises(InvalidInput, match=r"^Invalid order quantity"):
        made(quantity=number)


@pytest.mark.parametrize("number", BAD_NUMBERS)
@pytest.mark.parametrize("name", ["notional", "take_profit", "stop_loss"])
def test_an_amount_or_leg_that_is_no_number_above_zero_is_refused(
    name: str, number: Decimal
) -> None:
    with pytest.raises(InvalidInput):
        made(OrderType.MARKET, **{name: number})


@pytest.mark.parametrize("number", BAD_NUMBERS)
@pytest.mark.parametrize(
    ("kind", "name"), [(kind, name) for kind, needed in NEEDED.items() for name in needed]
)
def test_a_price_that_is_no_number_above_zero_is_refused(
    kind: OrderType, name: str, number: Decimal
) -> None:
    with pytest.raises(InvalidInput):
        made(kind, **{name: number})


def test_a_trail_has_one_form_and_stays_below_all_of_the_price() -> None:
    assert made(OrderType.TRAILING_STOP, trail_percent=None, trail_amount=D("1.5")).trail_amount
    assert made(OrderType.TRAILING_STOP, trail_percent=D("99.9")).trail_percent
    with pytest.raises(InvalidInput, match="one trail"):
        made(OrderType.TRAILING_STOP, trail_amount=D(1))
    with pytest.raises(InvalidInput, match="below 100"):
        made(OrderType.TRAILING_STOP, trail_percent=D(100))


@pytest.mark.parametrize(
    ("side", "profit", "loss", "good"),
    [
        (Side.BUY, 110, 90, True),
        (Side.BUY, 90, 110, False),
        (Side.BUY, 100, 100, False),
        (Side.SELL, 90, 110, True),
        (Side.SELL, 110, 90, False),
        (Side.SELL, 100, 100, False),
    ],
)
def test_a_bracket_stands_the_right_way_round(
    side: Side, profit: int, loss: int, good: bool
) -> None:
    legs: dict[str, Any] = {"take_profit": D(profit), "stop_loss": D(loss)}
    if good:
        assert made(side=side, **legs).bracket
        return
    with pytest.raises(InvalidInput, match="wrong way round"):
        made(side=side, **legs)


def test_one_leg_alone_is_a_bracket_too() -> None:
    assert made(take_profit=D(110)).bracket
    assert made(stop_loss=D(90)).bracket
    assert not made().bracket


def test_a_copy_is_checked_like_the_first() -> None:
    with pytest.raises(InvalidInput):
        replace(made(OrderType.LIMIT), quantity=D(-10))


PRICES = st.none() | st.sampled_from([D(1), D(2), *BAD_NUMBERS])


@given(
    kind=st.sampled_from(OrderType),
    side=st.sampled_from(Side),
    quantity=PRICES,
    notional=PRICES,
    limit_price=PRICES,
    stop_price=PRICES,
    trail_percent=PRICES,
    trail_amount=PRICES,
    take_profit=PRICES,
    stop_loss=PRICES,
)
def test_whatever_becomes_a_request_has_one_size_its_own_prices_and_sane_numbers(
    kind: OrderType, side: Side, **terms: Any
) -> None:
    try:
        request = OrderRequest(instrument=AAPL, side=side, type=kind, **terms)
    except InvalidInput:
        return
    given_prices = {name for name, price in terms.items() if price is not None}
    assert len(given_prices & {"quantity", "notional"}) == 1
    wanted = set(NEEDED[kind]) - {"trail_percent"}
    assert given_prices & {"limit_price", "stop_price"} == wanted
    trails = given_prices & {"trail_percent", "trail_amount"}
    assert len(trails) == (request.type is OrderType.TRAILING_STOP)
    assert all(terms[name] in {D(1), D(2)} for name in given_prices)


def test_a_change_changes_something_and_to_sane_numbers() -> None:
    with pytest.raises(InvalidInput, match="Say what to change"):
        OrderChanges()
    for number in BAD_NUMBERS:
        for name in ("quantity", "limit_price", "stop_price"):
            with pytest.raises(InvalidInput):
                OrderChanges(**{name: number})
