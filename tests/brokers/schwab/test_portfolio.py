"""Balances and holdings."""

from decimal import Decimal

import pytest

from floorbroker.brokers.context import BrokerContext
from floorbroker.brokers.schwab.adapter import SchwabAdapter
from floorbroker.domain.errors import ApiError
from floorbroker.domain.instruments import AssetClass
from floorbroker.domain.portfolio import BrokerAccount
from tests.brokers.schwab.at_schwab import CALL, SCHWABS_CALL, Access, Canned, adapter_in
from tests.fakes.clock import NOON
from tests.simulators.schwab import CASH, Person, SchwabSimulator


async def test_a_margin_account_can_buy_for_more_than_its_cash(
    adapter: SchwabAdapter, account: BrokerAccount, simulator: SchwabSimulator, anna: Person
) -> None:
    simulator.give(anna.account, "AAPL", "10", "150")
    simulator.set_balances(anna.account, buyingPower=201899.5)

    balances = await adapter.balances(account)

    assert (balances.cash.amount, balances.cash.currency) == (Decimal("100000.0"), "USD")
    assert balances.equity.amount == Decimal("101899.5")
    assert balances.buying_power.amount == Decimal("201899.5")
    assert balances.as_of == NOON
    assert balances.day_profit is None


async def test_a_cash_account_can_buy_for_what_is_free(
    simulator: SchwabSimulator, context: BrokerContext, access: Access
) -> None:
    bea = simulator.add_person("bea", ["33334444"], kind=CASH, cash="500")
    simulator.set_balances(bea.account, cashAvailableForTrading=450.25)
    access.given = Access(simulator, bea).given
    adapter = adapter_in(context)
    await adapter.connect()
    (account,) = await adapter.accounts()

    balances = await adapter.balances(account)

    assert balances.buying_power.amount == Decimal("450.25")


@pytest.mark.parametrize("missing", ["buyingPower", "cashBalance", "liquidationValue"])
async def test_a_figure_that_is_missing_is_not_made_up(
    adapter: SchwabAdapter,
    account: BrokerAccount,
    simulator: SchwabSimulator,
    missing: str,
) -> None:
    figures = {"buyingPower": 2.0, "cashBalance": 1.0, "liquidationValue": 1.0}
    del figures[missing]
    told = {"accountNumber": account.number, "type": "MARGIN", "currentBalances": figures}
    simulator.refuse_with("account", Canned({"securitiesAccount": told}))

    with pytest.raises(ApiError):
        await adapter.balances(account)


async def test_holdings_of_every_kind(
    adapter: SchwabAdapter, account: BrokerAccount, simulator: SchwabSimulator, anna: Person
) -> None:
    for symbol, quantity, price in (
        ("AAPL", "10", "150.25"),
        ("MSFT", "-5", "400"),
        ("BRK/B", "1", "470"),
        ("SPY", "2", "500"),
        (SCHWABS_CALL, "3", "2.50"),
    ):
        simulator.give(anna.account, symbol, quantity, price)
    simulator.market.set("SPY", bid="509", ask="511")

    held = {one.instrument.symbol: one for one in await adapter.positions(account)}

    assert {symbol: one.quantity for symbol, one in held.items()} == {
        "AAPL": 10,
        "MSFT": -5,
        "BRK.B": 1,
        "SPY": 2,
        CALL.symbol: 3,
    }
    assert held["AAPL"].average_price == Decimal("150.25")
    assert held["AAPL"].market_price == Decimal("189.95")
    assert held["MSFT"].market_price == Decimal("409.95")
    option = held[CALL.symbol]
    assert option.instrument.asset_class is AssetClass.OPTION
    assert [option.instrument.strike, option.instrument.multiplier] == [200, 100]
    assert option.market_price == Decimal("3.15")
    assert option.market_value == Decimal("945.00")


async def test_a_holding_of_a_kind_that_nobody_knows_is_told_all_the_same(
    adapter: SchwabAdapter, account: BrokerAccount, simulator: SchwabSimulator
) -> None:
    bond = {
        "longQuantity": 10.0,
        "shortQuantity": 0.0,
        "instrument": {"assetType": "FIXED_INCOME", "symbol": "912797MK0", "cusip": "912797MK0"},
    }
    nothing = {**bond, "longQuantity": 0.0}
    told = {
        "accountNumber": account.number,
        "type": "MARGIN",
        "positions": [bond, nothing],
    }
    simulator.refuse_with("account", Canned({"securitiesAccount": told}))

    (position,) = await adapter.positions(account)

    assert position.instrument.symbol == "912797MK0"
    assert position.quantity == 10
    assert (position.average_price, position.market_price) == (None, None)


async def test_an_account_without_holdings_has_none(
    adapter: SchwabAdapter, account: BrokerAccount
) -> None:
    assert await adapter.positions(account) == ()
