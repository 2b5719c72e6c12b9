"""The order of a verification: far away, small, on the broker's steps."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floorbroker.brokers.registry import get_broker
from floorbroker.domain.errors import InvalidInput, NotSupported
from floorbroker.domain.ids import is_order_id
from floorbroker.domain.instruments import AssetClass, Instrument, InstrumentRules
from floorbroker.domain.market import Quote
from floorbroker.domain.modes import Environment
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import OrderRequest, OrderType, Side, TimeInForce
from floorbroker.domain.people import Link
from floorbroker.services.far_order import about_to_be_sent, far_order
from tests.fakes.clock import NOON
from tests.fakes.exchange.venue import AAPL, ACCOUNT, RULES
from tests.floor import ANNA, EXCHANGE

PAPER = get_broker("paper")
BITCOIN = Instrument(symbol="BTC/USD", asset_class=AssetClass.CRYPTO)
PRICES = st.decimals("0.0001", "1000000", places=4)
STEPS = st.sampled_from([Decimal(text) for text in ("1", "0.01", "0.0001", "0.00000001", "5")])


def quote(bid: Any = "100", ask: Any = "100.02", last: Any = "100.01") -> Quote:
    prices = (None if price is None else Decimal(price) for price in (bid, ask, last))
    lowest, highest, traded = prices
    return Quote(instrument=AAPL, bid=lowest, ask=highest, last=traded, at=NOON, source="test")


def order(rules: InstrumentRules = RULES, told: Quote | None = None) -> OrderRequest:
    return far_order(PAPER, AAPL, rules, told or quote())


@pytest.mark.parametrize(
    "told",
    [
        quote(None, None, None),
        quote("0", None, None),
        quote("-1", "NaN", "Infinity"),
    ],
)
def test_without_a_usable_price_there_is_no_order(told: Quote) -> None:
    with pytest.raises(InvalidInput, match="no price to stay away from"):
        order(told=told)


def test_at_the_lowest_price_of_all_there_is_nothing_below() -> None:
    with pytest.raises(InvalidInput, match="no tick below"):
        order(told=quote("0.01", None, None))


def test_a_kind_of_instrument_that_the_broker_does_not_trade_is_refused() -> None:
    with pytest.raises(NotSupported):
        far_order(get_broker("kraken"), AAPL, RULES, quote())


@pytest.mark.parametrize(
    ("told", "limit"),
    [
        (quote(), "50.00"),
        (quote("99.99", "100.00", "100.00"), "49.99"),
        (quote(None, "100.00", None), "50.00"),
        (quote(None, None, "7.01"), "3.50"),
        (quote("100", "100.02", "20"), "10.00"),  # one of the prices is wrong: the lowest counts
    ],
)
def test_the_limit_is_half_of_the_lowest_price_on_the_tick_below(told: Quote, limit: str) -> None:
    assert order(told=told).limit_price == Decimal(limit)


@pytest.mark.parametrize(
    ("rules", "quantity"),
    [
        ({}, "1"),
        ({"minimum_quantity": Decimal(3)}, "3"),
        ({"minimum_quantity": Decimal("2.5")}, "3"),
        ({"minimum_notional": Decimal(120)}, "3"),
        ({"quantity_step": Decimal("0.001"), "minimum_quantity": Decimal("0.001")}, "0.001"),
        (
            {
                "quantity_step": Decimal("0.001"),
                "minimum_quantity": Decimal("0.001"),
                "minimum_notional": Decimal(1),
            },
            "0.020",
        ),
    ],
)
def test_the_quantity_is_the_smallest_that_meets_every_minimum(
    rules: dict[str, Decimal], quantity: str
) -> None:
    assert order(replace(RULES, **rules)).quantity == Decimal(quantity)


@given(price=PRICES, step=STEPS, tick=STEPS, least=PRICES, worth=st.none() | PRICES)
def test_whatever_the_rules_the_order_keeps_them_and_stays_far(
    price: Decimal, step: Decimal, tick: Decimal, least: Decimal, worth: Decimal | None
) -> None:
    rules = InstrumentRules(
        quantity_step=step, price_tick=tick, minimum_quantity=least, minimum_notional=worth
    )
    try:
        request = order(rules, quote(price, None, None))
    except InvalidInput:
        assert price / 2 < tick
        return

    assert request.quantity is not None
    assert request.limit_price is not None
    assert 0 < request.limit_price <= price / 2
    assert request.limit_price % tick == request.quantity % step == 0
    assert request.quantity >= least
    assert worth is None or request.quantity * request.limit_price >= worth


def test_it_is_a_limit_buy_for_today_and_for_coins_until_canceled() -> None:
    share, coin = order(), far_order(PAPER, BITCOIN, RULES, quote())

    assert (share.side, share.type) == (Side.BUY, OrderType.LIMIT)
    assert share.time_in_force is TimeInForce.DAY
    assert coin.time_in_force is TimeInForce.GTC


def test_it_is_sent_under_a_fresh_id_of_ours() -> None:
    link = Link(
        link_id="link",
        user_id=ANNA,
        broker=EXCHANGE,
        environment=Environment.PAPER,
        label="",
        created_at=NOON,
    )

    first, second = (about_to_be_sent(order(), link, ACCOUNT, NOON) for _ in range(2))

    assert is_order_id(first.order_id)
    assert first.order_id != second.order_id
    assert (first.state, first.sent_at) == (OrderState.SENDING, NOON)
    assert (first.broker, first.account_id) == (EXCHANGE, ACCOUNT.account_id)
