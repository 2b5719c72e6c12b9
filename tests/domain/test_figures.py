"""Small arithmetic that people act on: money, holdings, quotes, ids."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from floorbroker.domain.ids import AccountId, LinkId, is_order_id, new_order_id
from floorbroker.domain.instruments import AssetClass, Instrument, OptionRight
from floorbroker.domain.market import Quote
from floorbroker.domain.money import Money, to_cents, usd
from floorbroker.domain.orders import Side
from floorbroker.domain.portfolio import Balances, Position, Snapshot
from tests.domain.building import AAPL, ANNA, NOON

D = Decimal


def position(quantity: int, **fields: Any) -> Position:
    usual: dict[str, Any] = {"average_price": D(100), "market_price": D(110)}
    return Position(
        **{"instrument": AAPL, "quantity": D(quantity), "as_of": NOON, **usual, **fields}
    )


def quote(**fields: Any) -> Quote:
    usual: dict[str, Any] = {"bid": D(99), "ask": D(101), "last": D(100)}
    return Quote(**{"instrument": AAPL, "at": NOON, "source": "test", **usual, **fields})


@pytest.mark.parametrize(
    ("quantity", "value", "profit", "percent"),
    [(10, D(1100), D(100), D(10)), (-10, D(-1100), D(-100), D(-10))],
)
def test_a_holding_gains_when_it_is_long_and_the_price_rises(
    quantity: int, value: Decimal, profit: Decimal, percent: Decimal
) -> None:
    held = position(quantity)

    assert (held.market_value, held.profit, held.profit_percent) == (value, profit, percent)


def test_a_contract_counts_its_multiplier() -> None:
    option = Instrument(
        symbol="AAPL 250C", asset_class=AssetClass.OPTION, multiplier=D(100), underlying="AAPL",
        expiry=date(2026, 6, 19), strike=D(250), right=OptionRight.CALL,
    )  # fmt: skip

    held = position(2, instrument=option, average_price=D(1), market_price=D(3))

    assert (held.market_value, held.profit, held.profit_percent) == (D(600), D(400), D(200))


@pytest.mark.parametrize("missing", ["average_price", "market_price"])
def test_what_cannot_be_computed_is_none(missing: str) -> None:
    held = position(1, **{missing: None})

    assert held.profit is None
    assert held.profit_percent is None
    assert position(1, average_price=D(0)).profit_percent is None


@pytest.mark.parametrize("missing", ["underlying", "expiry", "strike", "right"])
def test_an_option_has_all_its_terms(missing: str) -> None:
    terms: dict[str, Any] = {
        "underlying": "AAPL", "expiry": date(2026, 6, 19), "strike": D(250),
        "right": OptionRight.CALL,
    }  # fmt: skip

    with pytest.raises(ValueError, match="An option has"):
        Instrument(symbol="X", asset_class=AssetClass.OPTION, **{**terms, missing: None})


@pytest.mark.parametrize("multiplier", [0, -1])
def test_a_multiplier_is_above_zero(multiplier: int) -> None:
    with pytest.raises(ValueError, match="multiplier"):
        Instrument(symbol="X", asset_class=AssetClass.FUTURE, multiplier=D(multiplier))


def test_a_buyer_meets_the_ask_and_a_seller_the_bid() -> None:
    assert quote().touch(Side.BUY) == 101
    assert quote().touch(Side.SELL) == 99
    assert quote(ask=None).touch(Side.BUY) == 100
    assert quote(bid=None, last=None).touch(Side.SELL) is None


def test_a_bid_above_the_ask_is_crossed_and_an_equal_one_is_not() -> None:
    assert quote(bid=D(102)).crossed
    assert not quote(bid=D(101)).crossed
    assert not quote(bid=None).crossed


def test_a_price_from_the_future_is_not_of_a_negative_age() -> None:
    assert quote().age(NOON + timedelta(seconds=3)) == timedelta(seconds=3)
    assert quote().age(NOON - timedelta(seconds=3)) == timedelta(0)


def test_amounts_are_added_in_one_currency_only() -> None:
    assert usd("0.1") + usd("0.2") == usd("0.3")
    with pytest.raises(ValueError, match="cannot be added"):
        usd(1) + Money(amount=D(1), currency="EUR")


@pytest.mark.parametrize("number", ["NaN", "sNaN", "Infinity", "-Infinity"])
def test_an_amount_is_a_number(number: str) -> None:
    with pytest.raises(ValueError, match="finite"):
        usd(number)


def test_cents_are_rounded_half_to_even() -> None:
    assert [to_cents(D(n)) for n in ("0.005", "0.015", "0.025", "-0.015")] == [
        D("0.00"), D("0.02"), D("0.02"), D("-0.02"),
    ]  # fmt: skip


def test_ids_fit_every_broker_and_do_not_repeat() -> None:
    ids = {new_order_id() for _ in range(1_000)}

    assert len(ids) == 1_000
    assert all(is_order_id(one) and len(one) == 18 for one in ids)


@pytest.mark.parametrize("text", ["", "a" * 17, "a" * 19, "A" * 18, "a" * 17 + "\n", "é" * 18])
def test_whatever_else_is_no_id_of_ours(text: str) -> None:
    assert not is_order_id(text)


def snapshot(*positions: Position, cash: Money | None = None) -> Snapshot:
    told = Balances(cash=cash or usd(400), equity=usd(1000), buying_power=usd(400), as_of=NOON)
    return Snapshot.of(ANNA, LinkId("link"), AccountId("A"), told, positions)


def test_a_snapshot_computes_what_is_invested_and_what_it_made() -> None:
    taken = snapshot(position(10), position(-5, average_price=D(120)))

    assert taken.invested == usd(600)
    assert taken.unrealised_profit == usd(100 + 50)
    assert taken.return_percent == D(150) / D(1600) * 100


@pytest.mark.parametrize(
    "unpriced",
    [
        position(10, market_price=None),
        position(10, average_price=None),
        position(
            10, instrument=Instrument(symbol="BMW", asset_class=AssetClass.EQUITY, currency="EUR")
        ),
    ],
)
def test_a_snapshot_has_no_profit_where_one_position_cannot_tell_its_own(
    unpriced: Position,
) -> None:
    taken = snapshot(position(10), unpriced)

    assert taken.unrealised_profit is None
    assert taken.return_percent is None


def test_a_snapshot_of_an_account_without_positions_made_nothing_up() -> None:
    taken = snapshot()

    assert (taken.unrealised_profit, taken.return_percent, taken.day_profit) == (None, None, None)
    assert taken.invested == usd(600)


def test_a_snapshot_never_adds_amounts_of_different_currencies() -> None:
    assert snapshot(cash=Money(amount=D(1), currency="EUR")).invested is None
