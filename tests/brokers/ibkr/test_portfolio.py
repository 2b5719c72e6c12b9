"""Accounts, balances and holdings: what TWS tells, and nothing that it does not."""

from decimal import Decimal
from types import SimpleNamespace

import pytest

from floorbroker.brokers.ibkr import mapping
from floorbroker.brokers.ibkr.adapter import IbkrAdapter
from floorbroker.brokers.ibkr.questions import Patience
from floorbroker.brokers.ibkr.told import amount, number
from floorbroker.domain.errors import ApiError, NotSupported, OrderRejected
from floorbroker.domain.order import Order
from floorbroker.domain.orders import Absent
from floorbroker.domain.portfolio import BrokerAccount
from tests.brokers.ibkr.at_ibkr import (
    NOON,
    SHORT,
    adapter_in,
    context_at,
    gateways_at,
    order_of,
    request_of,
)
from tests.fakes.clock import ManualClock
from tests.simulators.tws import Fault, TwsSimulator

ACCOUNT = "DU1234567"


async def test_an_account_is_told_with_its_currency_and_whether_it_is_on_margin(
    simulator: TwsSimulator, adapter: IbkrAdapter
) -> None:
    (on_margin,) = await adapter.accounts()
    simulator.set_value(ACCOUNT, "BuyingPower", "100000.00")
    (of_cash,) = await adapter.accounts()

    assert (on_margin.number, on_margin.currency) == (ACCOUNT, "USD")
    assert on_margin.may_short
    assert not of_cash.may_short


async def test_balances_are_those_of_the_account(
    simulator: TwsSimulator, adapter: IbkrAdapter, account: BrokerAccount
) -> None:
    simulator.hold(ACCOUNT, "AAPL", 10, "180")

    told = await adapter.balances(account)

    assert (told.cash.amount, told.equity.amount) == (100_000, Decimal("101899.50"))
    assert told.buying_power.amount > 0
    assert told.day_profit is not None
    assert told.day_profit.amount == Decimal("99.50")
    assert told.margin_used is not None
    assert 0 < told.margin_used.amount < told.equity.amount
    assert told.as_of == NOON


class TestWithoutProfit:
    """A profit that TWS does not tell is none, not zero."""

    @pytest.fixture
    def patience(self) -> Patience:
        return SHORT

    async def test_it_is_left_out(
        self, simulator: TwsSimulator, adapter: IbkrAdapter, account: BrokerAccount
    ) -> None:
        simulator.fail("read", Fault.LATE, delay=0.001)  # the values come, a little later
        simulator.fail("read", Fault.SILENCE, times=2)  # the end of their subscription is one

        told = await adapter.balances(account)

        assert told.day_profit is None
        assert told.equity.amount == 100_000


async def test_values_that_are_not_ready_are_no_balance(
    simulator: TwsSimulator, adapter: IbkrAdapter, account: BrokerAccount
) -> None:
    values = {("NetLiquidation", "USD"): "1", ("TotalCashValue", "USD"): "1"}
    ready = {**values, ("BuyingPower", "USD"): "1"}

    with pytest.raises(ApiError):
        mapping.balances(values, None, NOON)
    with pytest.raises(ApiError):
        mapping.balances({**ready, ("AccountReady", ""): "false"}, None, NOON)
    assert mapping.balances(ready, None, NOON).realised_profit is None


async def test_the_base_currency_is_not_taken_for_dollars() -> None:
    values = {
        ("NetLiquidation", "EUR"): "100.50",
        ("TotalCashValue", "EUR"): "50",
        ("BuyingPower", "EUR"): "200",
        ("RealizedPnL", "BASE"): "7",
        ("RealizedPnL", "USD"): "9",
    }

    told = mapping.balances(values, Decimal(3), NOON)

    assert {told.cash.currency, told.equity.currency, told.buying_power.currency} == {"EUR"}
    assert told.realised_profit is not None
    assert (told.realised_profit.amount, told.realised_profit.currency) == (7, "EUR")


async def test_holdings_have_what_they_cost_and_tws_price(
    simulator: TwsSimulator, adapter: IbkrAdapter, account: BrokerAccount
) -> None:
    simulator.set_price("AAPL  261218C00200000", bid="3.10", ask="3.20", last="3.15")
    simulator.hold(ACCOUNT, "AAPL", 10, "180")
    simulator.hold(ACCOUNT, "AAPL  261218C00200000", -2, "2.50")

    held = {one.instrument.symbol: one for one in await adapter.positions(account)}

    share, option = held["AAPL"], held["AAPL261218C00200000"]
    assert (share.quantity, share.average_price, share.market_price) == (
        10,
        180,
        Decimal("189.95"),
    )
    assert (option.quantity, option.average_price) == (-2, Decimal("2.5"))
    assert option.instrument.multiplier == 100


async def test_what_was_sold_is_not_held_any_more(
    simulator: TwsSimulator, adapter: IbkrAdapter, account: BrokerAccount
) -> None:
    simulator.hold(ACCOUNT, "AAPL", 10, "180")
    before = await adapter.positions(account)
    simulator.hold(ACCOUNT, "AAPL", 0, "180")

    assert len(before) == 1
    assert await adapter.positions(account) == []


async def test_what_is_not_in_dollars_is_shown_and_cannot_be_ordered(
    simulator: TwsSimulator, adapter: IbkrAdapter, account: BrokerAccount
) -> None:
    pounds = next(
        one
        for one in simulator._market.listing.contracts
        if (one.symbol, one.currency) == ("VOD", "GBP")
    )
    simulator.hold(ACCOUNT, pounds, 5, "1")

    (held,) = await adapter.positions(account)

    assert held.instrument.currency == "GBP"
    assert held.instrument.symbol.startswith("(")


async def test_two_accounts_of_a_login_are_kept_apart(clock: ManualClock) -> None:
    async with TwsSimulator(now=clock.now, accounts=("DU1", "DU2")) as simulator:
        simulator.set_price("AAPL", bid="189.90", ask="190.00", last="189.95")
        simulator.set_cash("DU2", 5)
        simulator.hold("DU2", "AAPL", 3, "180")
        gateways = gateways_at(simulator, clock)
        adapter = adapter_in(context_at(gateways, clock))
        await adapter.connect()
        one, two = await adapter.accounts()

        cash = [(await adapter.balances(each)).cash.amount for each in (one, two)]
        held = [await adapter.positions(each) for each in (one, two)]
        await adapter.place_order(order_of(request_of(), account="DU1"))

        assert cash == [100_000, 5]
        assert [len(each) for each in held] == [0, 1]
        assert simulator.orders[0].account == "DU1"
        await gateways.aclose()


async def test_an_account_that_the_login_lost_is_told_as_such(
    adapter: IbkrAdapter, account: BrokerAccount
) -> None:
    gone = BrokerAccount(account_id=account.account_id[:-1] + "9", number="x")  # type: ignore[arg-type] # another one

    with pytest.raises(NotSupported, match="does not reach this account"):
        await adapter.balances(gone)


# Previews


async def test_a_preview_has_margin_and_commission_and_becomes_no_order(
    simulator: TwsSimulator, adapter: IbkrAdapter, resting: Order
) -> None:
    told = await adapter.preview_order(resting)

    assert (told.cost, told.fees) == (1500, 1)
    assert told.margin_required is not None
    assert simulator.orders_received == 0
    assert simulator.orders == []
    assert await adapter.find_order(resting) == Absent()


async def test_a_market_orders_preview_is_at_the_price_that_it_would_meet(
    adapter: IbkrAdapter,
) -> None:
    assert (await adapter.preview_order(order_of(request_of()))).cost == 1900


async def test_what_tws_would_refuse_is_refused_at_the_preview(
    simulator: TwsSimulator, adapter: IbkrAdapter
) -> None:
    too_much = order_of(request_of(quantity=Decimal(10_000)))

    with pytest.raises(OrderRejected, match="MUST EXCEED THE INITIAL MARGIN"):
        await adapter.preview_order(too_much)

    assert simulator.orders_received == 0


def test_a_preview_without_a_commission_is_none() -> None:
    state = SimpleNamespace(
        commission=1.7976931348623157e308,
        maxCommission=1.7976931348623157e308,
        initMarginChange="",
        initMarginAfter="",
        equityWithLoanAfter="",
    )

    with pytest.raises(ApiError, match="no commission"):
        mapping.preview(state, request_of(), Decimal(1))
    state.maxCommission = 1.5
    told = mapping.preview(state, request_of(), Decimal(1))
    assert (told.fees, told.margin_required, told.margin_available) == (Decimal("1.5"), None, None)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (1.7976931348623157e308, None),
        ("1.7976931348623157E308", None),
        ("", None),
        ("NaN", None),
        (float("inf"), None),
        (0.1, Decimal("0.1")),
        (1.1, Decimal("1.1")),
        ("-3.50", Decimal("-3.5")),
        (100.0, Decimal(100)),
    ],
)
def test_numbers_are_read_as_they_were_written(told: object, expected: Decimal | None) -> None:
    assert number(told) == expected
    assert amount(told) == (expected or 0)
