"""Limits: each one named in its own words, and none of them in the way of a close."""

from dataclasses import replace
from decimal import Decimal

import pytest

from floorbroker.domain.error_codes import ErrorCode
from floorbroker.domain.risk import Limits, ProposedOrder, violations

LIMITS = Limits(
    max_order_value=Decimal(50_000),
    max_position_value=Decimal(100_000),
    max_orders_per_day=3,
    price_collar_percent=Decimal(5),
)
GOOD = ProposedOrder(
    symbol="AAPL",
    value=Decimal(50_000),
    position_value_after=Decimal(100_000),
    orders_today=2,
    closing=False,
    price_off_percent=Decimal(5),
)


def words(order: ProposedOrder, limits: Limits = LIMITS) -> list[str]:
    return [violation.message for violation in violations(order, limits)]


def test_an_order_at_every_limit_may_go() -> None:
    assert violations(GOOD, LIMITS) == ()


def test_a_position_beyond_its_limit_is_named() -> None:
    [broken] = violations(replace(GOOD, position_value_after=Decimal("100000.01")), LIMITS)

    assert broken.code is ErrorCode.POSITION_SIZE_EXCEEDED
    assert broken.message == "Position size exceeds limit ($100,000.01 of $100,000.00)"


def test_an_order_value_beyond_its_limit_is_named_with_the_value() -> None:
    [broken] = violations(replace(GOOD, value=Decimal("50000.01")), LIMITS)

    assert broken.code is ErrorCode.RISK_LIMIT_EXCEEDED
    assert broken.message == "Order value $50,000.01 exceeds limit ($50,000.00)"


def test_the_last_order_of_a_day_may_go_and_the_next_may_not() -> None:
    [broken] = violations(replace(GOOD, orders_today=3), LIMITS)

    assert broken.code is ErrorCode.RISK_LIMIT_EXCEEDED
    assert broken.message == "Daily order limit reached (3)"


def test_a_limit_price_beyond_the_collar_is_named() -> None:
    [broken] = violations(replace(GOOD, price_off_percent=Decimal("5.01")), LIMITS)

    assert broken.code is ErrorCode.RISK_LIMIT_EXCEEDED
    assert "beyond the market (collar 5 %)" in broken.message


@pytest.mark.parametrize(
    ("allowed", "denied", "fine"),
    [
        ((), (), True),
        (("AAPL",), (), True),
        (("MSFT",), (), False),
        ((), ("AAPL",), False),
        (("AAPL",), ("AAPL",), False),
        ((), ("MSFT",), True),
    ],
)
def test_the_lists_of_symbols_say_what_may_be_traded(
    allowed: tuple[str, ...], denied: tuple[str, ...], fine: bool
) -> None:
    limits = replace(LIMITS, allowed_symbols=frozenset(allowed), denied_symbols=frozenset(denied))

    broken = violations(GOOD, limits)

    assert [v.code for v in broken] == ([] if fine else [ErrorCode.POLICY])


def test_every_broken_limit_is_named_at_once_and_the_symbol_first() -> None:
    order = replace(
        GOOD,
        value=Decimal(60_000),
        position_value_after=Decimal(200_000),
        orders_today=9,
        price_off_percent=Decimal(6),
    )

    told = words(order, replace(LIMITS, denied_symbols=frozenset({"AAPL"})))

    assert len(told) == 5
    assert told[0].startswith("AAPL is not on the list")
    assert told[1].startswith("Position size exceeds limit")


def test_no_limit_but_the_collar_stands_in_the_way_of_a_close() -> None:
    order = replace(
        GOOD,
        closing=True,
        value=Decimal(60_000),
        position_value_after=Decimal(200_000),
        orders_today=9,
    )

    assert words(order, replace(LIMITS, denied_symbols=frozenset({"AAPL"}))) == []
