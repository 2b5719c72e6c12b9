"""Limits: each one named in its own words with whose it is, and none in the way of a close."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from floorbroker.domain.error_codes import ErrorCode
from floorbroker.domain.risk import (
    DayLoss,
    Limits,
    ProposedOrder,
    Scope,
    SymbolList,
    close_calls,
    violations,
)

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
EVERY = replace(
    LIMITS,
    max_daily_loss=Decimal(500),
    max_concentration_percent=Decimal(20),
    only_in_market_hours=True,
    symbols=(SymbolList(scope=Scope.SERVER, denied=frozenset({"AAPL"})),),
)
BAD = replace(
    GOOD,
    value=Decimal(60_000),
    position_value_after=Decimal(200_000),
    orders_today=9,
    price_off_percent=Decimal(6),
    concentration_percent=Decimal(21),
    at_market=True,
    market_open=False,
    loss=DayLoss(amount=Decimal(501), basis="by your broker's figure"),
)


def words(order: ProposedOrder, limits: Limits = LIMITS) -> list[str]:
    return [violation.message for violation in violations(order, limits)]


def lost(amount: str | None, basis: str = "by your broker's figure") -> DayLoss:
    return DayLoss(amount=None if amount is None else Decimal(amount), basis=basis)


def test_an_order_at_every_limit_may_go() -> None:
    at_each = replace(GOOD, concentration_percent=Decimal(20), loss=lost("499.99"))

    assert violations(at_each, replace(EVERY, symbols=())) == ()


def test_a_position_beyond_its_limit_is_named() -> None:
    [broken] = violations(replace(GOOD, position_value_after=Decimal("100000.01")), LIMITS)

    assert broken.code is ErrorCode.POSITION_SIZE_EXCEEDED
    assert broken.message == (
        "Position size exceeds limit ($100,000.01 of $100,000.00, the operator's)"
    )


def test_an_order_value_beyond_its_limit_is_named_with_the_value() -> None:
    [broken] = violations(replace(GOOD, value=Decimal("50000.01")), LIMITS)

    assert broken.code is ErrorCode.RISK_LIMIT_EXCEEDED
    assert broken.message == "Order value $50,000.01 exceeds limit ($50,000.00, the operator's)"


def test_the_last_order_of_a_day_may_go_and_the_next_may_not() -> None:
    [broken] = violations(replace(GOOD, orders_today=3), LIMITS)

    assert broken.code is ErrorCode.RISK_LIMIT_EXCEEDED
    assert broken.message == "Daily order limit reached (3, the operator's)"


def test_a_limit_price_beyond_the_collar_is_named() -> None:
    [broken] = violations(replace(GOOD, price_off_percent=Decimal("5.01")), LIMITS)

    assert broken.code is ErrorCode.RISK_LIMIT_EXCEEDED
    assert "beyond the market (collar 5 %, the operator's)" in broken.message


@pytest.mark.parametrize(
    ("name", "order"),
    [
        ("max_order_value", {"value": Decimal(60_000)}),
        ("max_position_value", {"position_value_after": Decimal(200_000)}),
        ("max_orders_per_day", {"orders_today": 3}),
        ("price_collar_percent", {"price_off_percent": Decimal(6)}),
        ("max_concentration_percent", {"concentration_percent": Decimal(21)}),
        ("max_daily_loss", {"loss": lost("500")}),
        ("only_in_market_hours", {"at_market": True, "market_open": False}),
    ],
)
@pytest.mark.parametrize("scope", Scope)
def test_a_violation_says_whose_limit_it_is(name: str, order: dict[str, Any], scope: Scope) -> None:
    limits = replace(EVERY, symbols=(), whose={name: scope})
    within = replace(GOOD, concentration_percent=Decimal(1), loss=lost("0"))

    [broken] = words(replace(within, **order), limits)

    assert scope.value in broken


@pytest.mark.parametrize(
    ("allowed", "denied", "fine"),
    [
        (None, (), True),
        (("AAPL",), (), True),
        (("MSFT",), (), False),
        ((), (), False),
        (None, ("AAPL",), False),
        (("AAPL",), ("AAPL",), False),
        (None, ("MSFT",), True),
    ],
)
def test_the_lists_of_symbols_say_what_may_be_traded(
    allowed: tuple[str, ...] | None, denied: tuple[str, ...], fine: bool
) -> None:
    listed = SymbolList(
        scope=Scope.PERSON,
        allowed=None if allowed is None else frozenset(allowed),
        denied=frozenset(denied),
    )

    broken = violations(GOOD, replace(LIMITS, symbols=(listed,)))

    assert [v.code for v in broken] == ([] if fine else [ErrorCode.POLICY])
    assert all("your own" in v.message for v in broken)


def test_a_list_that_names_an_underlying_means_its_contracts_too() -> None:
    option = replace(GOOD, symbol="AAPL260116C00200000", underlying="AAPL")
    denies = SymbolList(scope=Scope.PERSON, denied=frozenset({"AAPL"}))
    allows = SymbolList(scope=Scope.PERSON, allowed=frozenset({"AAPL"}))

    assert violations(option, replace(LIMITS, symbols=(denies,)))
    assert violations(option, replace(LIMITS, symbols=(allows,))) == ()


def test_a_days_loss_that_reaches_its_limit_is_named_with_where_it_comes_from() -> None:
    [broken] = violations(replace(GOOD, loss=lost("500.00")), replace(EVERY, **_ONLY_LOSS))

    assert broken.code is ErrorCode.DAILY_LOSS_LIMIT
    assert broken.message == (
        "Daily loss limit reached ($500.00 of $500.00, the operator's; by your broker's figure)"
    )


@pytest.mark.parametrize("loss", [None, lost(None, "the account is in EUR")])
def test_a_days_loss_that_nobody_knows_is_never_taken_for_none(loss: DayLoss | None) -> None:
    [broken] = violations(replace(GOOD, loss=loss), replace(EVERY, **_ONLY_LOSS))

    assert broken.code is ErrorCode.DAILY_LOSS_LIMIT
    assert broken.message.startswith("Today's loss cannot be checked")


_ONLY_LOSS: dict[str, Any] = {
    "max_concentration_percent": None,
    "only_in_market_hours": False,
    "symbols": (),
}


def test_a_gain_is_no_loss() -> None:
    assert violations(replace(GOOD, loss=lost("-9000")), replace(EVERY, **_ONLY_LOSS)) == ()


def test_a_concentration_that_cannot_be_computed_is_refused() -> None:
    limits = replace(LIMITS, max_concentration_percent=Decimal(20))

    [broken] = violations(GOOD, limits)

    assert broken.code is ErrorCode.POSITION_SIZE_EXCEEDED
    assert broken.message.startswith("Concentration cannot be computed")


@pytest.mark.parametrize(
    ("at_market", "market_open", "fine"),
    [(True, True, True), (True, False, False), (True, None, False), (False, False, True)],
)
def test_market_orders_wait_for_the_market_where_that_is_the_rule(
    at_market: bool, market_open: bool | None, fine: bool
) -> None:
    order = replace(GOOD, at_market=at_market, market_open=market_open)

    broken = violations(order, replace(LIMITS, only_in_market_hours=True))

    assert [v.code for v in broken] == ([] if fine else [ErrorCode.MARKET_CLOSED])
    assert violations(order, LIMITS) == ()


def test_every_broken_limit_is_named_at_once_and_the_symbol_first() -> None:
    told = words(BAD, EVERY)

    assert len(told) == 8
    assert told[0].startswith("AAPL is not on the list")
    assert told[1].startswith("Position size exceeds limit")


def test_no_limit_but_the_collar_stands_in_the_way_of_a_close() -> None:
    order = replace(BAD, closing=True)

    assert words(replace(order, price_off_percent=Decimal(5)), EVERY) == []
    assert [one.partition(" is ")[0] for one in words(order, EVERY)] == ["The limit price"]


def test_what_comes_near_to_a_limit_is_told_and_nothing_else_is() -> None:
    near = replace(
        GOOD,
        value=Decimal(40_000),
        position_value_after=Decimal(80_000),
        concentration_percent=Decimal(16),
        loss=lost("400"),
    )
    below = replace(
        GOOD,
        value=Decimal("39999.99"),
        position_value_after=Decimal("79999.99"),
        concentration_percent=Decimal("15.9"),
        loss=lost("399.99"),
        orders_today=1,
    )

    told = close_calls(near, EVERY)

    assert len(told) == 5
    assert told[0] == (
        "The order is near its limit: $40,000.00 of $50,000.00 (the operator's limit)."
    )
    assert "by your broker's figure" in told[2]
    assert told[4].startswith("It is the last order of today: 3")
    assert close_calls(below, EVERY) == ()
    assert close_calls(replace(near, closing=True), EVERY) == ()
