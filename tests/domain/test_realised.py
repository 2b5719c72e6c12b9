"""Profit of closed trades, against examples worked out by hand."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from floorbroker.domain.ids import AccountId, OrderId
from floorbroker.domain.instruments import AssetClass, Instrument
from floorbroker.domain.order import Order
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import Fill, Leg, LegRole, OrderRequest, PositionEffect, Side
from floorbroker.domain.realised import closings
from tests.domain.building import order as built

NOON = datetime(2026, 3, 4, 17, 0, tzinfo=UTC)
AAPL = Instrument(symbol="AAPL", asset_class=AssetClass.EQUITY)


def done(number: int, side: Side, quantity: str, price: str, **more: Any) -> Order:
    """An order that filled at once, `number` minutes after noon."""
    effect = more.pop("effect", PositionEffect.OPEN if side is Side.BUY else PositionEffect.CLOSE)
    instrument = more.pop("instrument", AAPL)
    account = more.pop("account", "A")
    fill = Fill(
        fill_id=f"{number}",
        quantity=Decimal(quantity),
        price=Decimal(price),
        at=NOON + timedelta(minutes=number),
        **more,
    )
    request = OrderRequest(
        instrument=instrument, side=side, quantity=Decimal(quantity), effect=effect
    )
    return replace(
        built(),
        order_id=OrderId(f"order{number:013d}"),
        account_id=AccountId(account),
        request=request,
        fills=(fill,),
    )


def test_the_oldest_units_are_sold_first() -> None:
    (one, two) = closings(
        [
            done(4, Side.SELL, "15", "130"),  # 10 of 100 and 5 of 120
            done(1, Side.BUY, "10", "100"),
            done(2, Side.BUY, "10", "120"),
            done(5, Side.SELL, "5", "110"),
        ]
    )

    assert (one.profit, one.unknown) == (Decimal(350), Decimal(0))
    assert (two.profit, two.unknown) == (Decimal(-50), Decimal(0))


def test_fees_of_both_sides_count_if_they_were_paid_in_the_same_money() -> None:
    (closing,) = closings(
        [
            done(1, Side.BUY, "10", "100", fee=Decimal(1)),
            done(2, Side.SELL, "5", "110", fee=Decimal("0.5")),
        ]
    )
    (in_coins,) = closings(
        [
            done(1, Side.BUY, "10", "100", fee=Decimal("0.01"), fee_currency="BNB"),
            done(2, Side.SELL, "5", "110"),
        ]
    )

    assert closing.profit == Decimal("49.0")  # 50, less half of the first fee and all of the second
    assert in_coins.profit == 50


def test_a_short_sale_earns_when_it_is_bought_back_lower() -> None:
    (closing,) = closings(
        [
            done(1, Side.SELL, "10", "100", effect=PositionEffect.SHORT),
            done(2, Side.BUY, "10", "90", effect=PositionEffect.CLOSE),
        ]
    )

    assert closing.profit == 100


def test_units_opened_elsewhere_have_no_profit_that_anybody_made_up() -> None:
    (nothing,) = closings([done(1, Side.SELL, "5", "130")])
    (part,) = closings([done(1, Side.BUY, "2", "100"), done(2, Side.SELL, "5", "130")])

    assert (nothing.profit, nothing.unknown) == (None, Decimal(5))
    assert (part.profit, part.unknown) == (Decimal(60), Decimal(3))


def test_one_account_s_units_are_not_sold_in_another() -> None:
    (closing,) = closings(
        [done(1, Side.BUY, "5", "100", account="A"), done(2, Side.SELL, "5", "130", account="B")]
    )

    assert closing.profit is None


def test_a_contract_counts_with_its_multiplier() -> None:
    future = Instrument(symbol="ESZ6", asset_class=AssetClass.FUTURE, multiplier=Decimal(50))
    (closing,) = closings(
        [
            done(1, Side.BUY, "1", "5000", instrument=future),
            done(2, Side.SELL, "1", "5001.25", instrument=future),
        ]
    )

    assert closing.profit == Decimal("62.50")


def test_what_a_bracket_closed_by_itself_is_told_as_unknown_and_is_not_sold_again() -> None:
    leg = Leg(role=LegRole.TAKE_PROFIT, price=Decimal(110), state=OrderState.FILLED)
    entry = replace(done(1, Side.BUY, "5", "100"), legs=(leg,))

    by_leg, later = closings([entry, done(2, Side.SELL, "5", "130")])

    assert (by_leg.profit, by_leg.unknown) == (None, Decimal(5))
    assert (later.profit, later.unknown) == (None, Decimal(5))


_STEPS = st.lists(
    st.tuples(st.sampled_from(Side), st.integers(1, 50), st.integers(1, 500)), max_size=30
)


@given(_STEPS)
def test_what_is_made_and_what_is_left_add_up_to_what_went_in_and_out(
    steps: list[tuple[Side, int, int]],
) -> None:
    """A flat position at the end has made exactly the cash that is left."""
    held, cash, orders = 0, 0, []
    for number, (side, wanted, price) in enumerate(steps):
        quantity = wanted if side is Side.BUY else min(wanted, held)
        if quantity:
            sign = 1 if side is Side.BUY else -1
            held += sign * quantity
            cash -= sign * quantity * price
            orders.append(done(number, side, str(quantity), str(price)))
    if held:
        orders.append(done(99, Side.SELL, str(held), "7"))
        cash += held * 7

    made = closings(orders)

    assert sum(one.profit or 0 for one in made) == cash
    assert all(not one.unknown for one in made)


def test_a_sale_beyond_the_holding_closes_first_and_then_opens() -> None:
    made = closings(
        [
            done(1, Side.BUY, "100", "10"),
            done(2, Side.SELL, "150", "12", effect=PositionEffect.SHORT),
            done(3, Side.BUY, "50", "11", effect=PositionEffect.CLOSE),
            done(4, Side.BUY, "100", "20"),
            done(5, Side.SELL, "100", "21"),
        ]
    )

    assert [(one.quantity, one.profit) for one in made] == [
        (Decimal(100), Decimal(200)),
        (Decimal(50), Decimal(50)),
        (Decimal(100), Decimal(100)),
    ]


def test_a_symbol_with_orders_that_were_not_read_has_closings_without_a_profit() -> None:
    msft = Instrument(symbol="MSFT", asset_class=AssetClass.EQUITY)
    made = closings(
        [
            done(1, Side.BUY, "10", "100"),
            done(2, Side.SELL, "4", "130"),
            done(3, Side.SELL, "9", "130", effect=PositionEffect.SHORT),
            done(4, Side.BUY, "3", "90", effect=PositionEffect.CLOSE),
            done(5, Side.BUY, "1", "50", instrument=msft),
            done(6, Side.SELL, "1", "60", instrument=msft),
        ],
        unsure={"AAPL"},
    )

    assert [(one.symbol, one.profit, one.unknown) for one in made] == [
        ("AAPL", None, Decimal(4)),
        ("AAPL", None, Decimal(9)),
        ("AAPL", None, Decimal(3)),
        ("MSFT", Decimal(10), Decimal(0)),
    ]


def test_an_opening_that_closes_what_was_read_of_such_a_symbol_is_a_closing_too() -> None:
    made = closings(
        [
            done(1, Side.SELL, "10", "100", effect=PositionEffect.OPEN),
            done(2, Side.BUY, "10", "90"),
        ],
        unsure={"AAPL"},
    )

    assert [(one.order_id, one.profit) for one in made] == [(OrderId("order0000000000002"), None)]
