"""Options of the paper market: what is listed, what it costs, and how it ends."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from math import exp

import pytest

from floorbroker.brokers.paper.adapter import ACCOUNT, PaperAdapter
from floorbroker.brokers.paper.contracts import expiries, expiry_moment, strikes
from floorbroker.brokers.paper.instruments import listing
from floorbroker.brokers.paper.premiums import RATE, VOLATILITY
from floorbroker.domain.errors import NotSupported, OrderRejected, SymbolNotFound
from floorbroker.domain.instruments import Instrument, OptionRight
from floorbroker.domain.money import usd
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import OrderRequest, OrderType, PositionEffect, Side, TimeInForce
from tests.brokers.paper.conftest import MakeAdapter, MakeOrder, found
from tests.fakes.clock import NOON, ManualClock

AAPL = listing("AAPL").instrument
BITCOIN = listing("BTC/USD").instrument
CENTS = Decimal("0.02")


def request(contract: Instrument, side: Side = Side.BUY, quantity: int = 2) -> OrderRequest:
    """At the market."""
    return OrderRequest(instrument=contract, side=side, quantity=Decimal(quantity))


async def near_the_money(
    adapter: PaperAdapter, right: OptionRight = OptionRight.CALL
) -> Instrument:
    """The contract at 230 of the next expiry."""
    expiry = (await adapter.option_expiries(AAPL))[0]
    chain = await adapter.option_chain(AAPL, expiry)
    return next(one for one in chain if one.strike == 230 and one.right is right)


def test_expiries_are_six_fridays_and_the_third_fridays_of_a_year() -> None:
    found_days = expiries(datetime(2026, 3, 4, 12, tzinfo=UTC))

    assert found_days[:6] == [date(2026, 3, 6) + timedelta(weeks=week) for week in range(6)]
    assert found_days[6:] == [
        date(2026, 4, 17),
        date(2026, 5, 15),
        date(2026, 6, 19),
        date(2026, 7, 17),
        date(2026, 8, 21),
        date(2026, 9, 18),
        date(2026, 10, 16),
        date(2026, 11, 20),
        date(2026, 12, 18),
        date(2027, 1, 15),
        date(2027, 2, 19),
        date(2027, 3, 19),
    ]


def test_what_expires_today_is_listed_until_the_close_in_new_york() -> None:
    friday = date(2026, 3, 6)
    close = datetime(2026, 3, 6, 21, tzinfo=UTC)

    assert expiry_moment(friday) == close
    assert friday in expiries(close - timedelta(seconds=1))
    assert friday not in expiries(close)


@pytest.mark.parametrize(
    ("base", "first", "last", "count"),
    [("10", "5", "15", 21), ("44", "22", "66", 45), ("230", "115", "345", 93)],
)
def test_strikes_lie_evenly_around_the_base_price(
    base: str, first: str, last: str, count: int
) -> None:
    found_strikes = strikes(Decimal(base))

    assert (found_strikes[0], found_strikes[-1]) == (Decimal(first), Decimal(last))
    assert len(found_strikes) == count


async def test_a_chain_has_a_call_and_a_put_at_each_strike(adapter: PaperAdapter) -> None:
    expiry = (await adapter.option_expiries(AAPL))[2]

    chain = await adapter.option_chain(AAPL, expiry)

    assert len(chain) == 2 * len(strikes(Decimal(230)))
    assert {one.multiplier for one in chain} == {Decimal(100)}
    assert [one.right for one in chain[:2]] == [OptionRight.CALL, OptionRight.PUT]
    assert await adapter.instrument(chain[40].symbol) == chain[40]


async def test_what_has_no_options_has_no_chain(adapter: PaperAdapter) -> None:
    assert await adapter.option_expiries(BITCOIN) == []
    assert await adapter.option_chain(BITCOIN, date(2026, 3, 6)) == []
    assert await adapter.option_chain(AAPL, date(2026, 3, 5)) == []


async def test_a_class_of_shares_with_a_dot_has_contracts_too(adapter: PaperAdapter) -> None:
    share = await adapter.instrument("BRK.B")
    expiry = (await adapter.option_expiries(share))[0]

    chain = await adapter.option_chain(share, expiry)

    assert chain[0].symbol.startswith("BRKB26")
    assert {one.underlying for one in chain} == {"BRK.B"}


async def test_call_and_put_agree_with_the_share(adapter: PaperAdapter, clock: ManualClock) -> None:
    call = await near_the_money(adapter)
    put = await near_the_money(adapter, OptionRight.PUT)
    share = (await adapter.quote(AAPL)).last
    prices = [(await adapter.quote(one)).last for one in (call, put)]
    assert call.expiry is not None
    assert share is not None

    years = (expiry_moment(call.expiry) - clock.now()).total_seconds() / (365 * 86_400)

    assert prices[0] is not None
    assert prices[1] is not None
    parity = share - Decimal(230 * exp(-RATE * years))
    assert abs(prices[0] - prices[1] - parity) < CENTS


async def test_a_contract_is_told_with_its_open_interest_and_greeks(adapter: PaperAdapter) -> None:
    call = await near_the_money(adapter)

    (told,) = await adapter.option_quotes([call])

    assert told.contract == call
    assert told.quote == await adapter.quote(call)
    assert told.quote is not None
    assert "simulated" in told.quote.source
    assert told.open_interest is not None
    assert told.open_interest > 100
    assert told.greeks == await adapter.greeks(call)
    assert told.greeks is not None
    assert told.greeks.implied_volatility == Decimal(str(VOLATILITY))
    assert told.greeks.delta is not None
    assert Decimal("0.2") < told.greeks.delta < Decimal("0.8")
    with pytest.raises(NotSupported):
        await adapter.greeks(AAPL)


async def test_a_contract_is_bought_for_a_hundred_times_its_price(
    adapter: PaperAdapter, order: MakeOrder
) -> None:
    call = await near_the_money(adapter)
    before = await adapter.balances(ACCOUNT)

    receipt = await adapter.place_order(order(request(call)))

    (position,) = await adapter.positions(ACCOUNT)
    after = await adapter.balances(ACCOUNT)
    price = receipt.fills[0].price
    assert receipt.state is OrderState.FILLED
    assert (position.instrument, position.quantity) == (call, 2)
    assert position.average_price == price
    assert before.cash.amount - after.cash.amount == price * 200


async def test_more_than_the_cash_pays_for_is_refused(
    adapter: PaperAdapter, order: MakeOrder
) -> None:
    call = await near_the_money(adapter)
    ask = (await adapter.quote(call)).ask
    assert ask is not None
    too_many = int(100_000 / (ask * 100)) + 1

    with pytest.raises(OrderRejected, match="cash"):
        await adapter.place_order(order(request(call, quantity=too_many)))


async def test_contracts_are_not_sold_short(adapter: PaperAdapter, order: MakeOrder) -> None:
    call = await near_the_money(adapter)
    short = OrderRequest(
        instrument=call, side=Side.SELL, quantity=Decimal(1), effect=PositionEffect.SHORT
    )

    with pytest.raises(OrderRejected, match="selling shares"):
        await adapter.place_order(order(short))


@pytest.mark.parametrize("right", list(OptionRight))
async def test_what_is_held_at_expiry_is_paid_out_in_cash(
    make_adapter: MakeAdapter, order: MakeOrder, clock: ManualClock, right: OptionRight
) -> None:
    adapter = make_adapter()
    contract = await near_the_money(adapter, right)
    await adapter.place_order(order(request(contract)))
    paid = (await adapter.balances(ACCOUNT)).cash
    assert contract.expiry is not None
    ends = expiry_moment(contract.expiry)

    clock.advance((ends - NOON).total_seconds())
    share = (await adapter.quote(AAPL)).last
    clock.advance(3 * 86_400)
    balances = await make_adapter().balances(ACCOUNT)

    assert share is not None
    sign = 1 if right is OptionRight.CALL else -1
    inside = max((share - 230) * sign, Decimal(0))
    assert abs(balances.cash.amount - paid.amount - inside * 200) <= 200 * CENTS
    assert balances.equity == balances.cash
    assert balances.realised_profit == usd(balances.cash.amount - 100_000)
    assert await adapter.positions(ACCOUNT) == ()


async def test_an_order_ends_with_its_contract(
    adapter: PaperAdapter, order: MakeOrder, clock: ManualClock
) -> None:
    call = await near_the_money(adapter)
    resting = order(
        OrderRequest(
            instrument=call,
            side=Side.BUY,
            quantity=Decimal(1),
            type=OrderType.LIMIT,
            limit_price=Decimal("0.01"),
            time_in_force=TimeInForce.GTC,
        )
    )
    high = await adapter.quote(call)
    await adapter.place_order(resting)

    clock.advance(20 * 86_400)

    receipt = await found(adapter, resting)
    assert high.bid is not None
    assert receipt.state in {OrderState.EXPIRED, OrderState.FILLED}
    assert await adapter.open_orders(ACCOUNT) == ()


async def test_what_has_expired_is_neither_quoted_nor_traded(
    adapter: PaperAdapter, order: MakeOrder, clock: ManualClock
) -> None:
    call = await near_the_money(adapter)
    clock.advance(20 * 86_400)

    with pytest.raises(SymbolNotFound, match="has expired"):
        await adapter.quote(call)
    with pytest.raises(OrderRejected, match="has expired"):
        await adapter.place_order(order(request(call)))


@pytest.mark.parametrize(
    "symbol", ["AAPL260305C00230000", "AAPL260306C00231000", "QQQQ260306C00230000"]
)
async def test_what_is_not_listed_is_not_found(adapter: PaperAdapter, symbol: str) -> None:
    with pytest.raises(SymbolNotFound):
        await adapter.instrument(symbol)


async def test_what_is_listed_later_is_not_found_yet(
    adapter: PaperAdapter, order: MakeOrder
) -> None:
    with pytest.raises(SymbolNotFound, match="not listed yet"):
        await adapter.instrument("AAPL280121C00230000")
