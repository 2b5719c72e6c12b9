"""Balances and holdings as E*TRADE tells them."""

from decimal import Decimal

import pytest

from floorbroker.brokers.context import BrokerContext
from floorbroker.brokers.etrade.adapter import EtradeAdapter
from floorbroker.domain.errors import ApiError
from floorbroker.domain.instruments import AssetClass
from floorbroker.domain.portfolio import BrokerAccount
from tests.brokers.etrade.at_etrade import CALL, CONTRACT, adapter_in, credential
from tests.fakes.clock import ManualClock
from tests.simulators.etrade import Account, App, EtradeSimulator, Fault, Person
from tests.simulators.etrade.faults import BALANCE, PORTFOLIO


async def test_balances_of_an_account_on_margin(
    adapter: EtradeAdapter,
    account: BrokerAccount,
    simulator: EtradeSimulator,
    anna: Person,
    clock: ManualClock,
) -> None:
    simulator.give(anna.account, "AAPL", "100")

    told = await adapter.balances(account)

    assert (told.cash.amount, told.cash.currency) == (Decimal(100000), "USD")
    assert told.equity.amount == 120000
    assert told.buying_power.amount == 220000
    assert told.as_of == clock.now()


async def test_balances_of_a_cash_account_without_what_orders_hold(
    context: BrokerContext, simulator: EtradeSimulator, app: App, clock: ManualClock
) -> None:
    ben = simulator.add_person("ben", accounts=[Account(cash=Decimal(1000))])
    simulator.place_elsewhere(ben, "F", "BUY", "10", limit="10")
    adapter = adapter_in(context, credential(simulator.grant(ben, app.key), clock.now()))
    await adapter.connect()
    (account,) = await adapter.accounts()

    told = await adapter.balances(account)

    assert [told.cash.amount, told.buying_power.amount] == [Decimal(1000), Decimal(900)]


async def test_positions_are_shares_and_contracts_long_and_short(
    adapter: EtradeAdapter, account: BrokerAccount, simulator: EtradeSimulator, anna: Person
) -> None:
    simulator.give(anna.account, "AAPL", "10", cost="1950")
    simulator.give(anna.account, "F", "-20", cost="-250")
    simulator.give(anna.account, CONTRACT, "2", cost="900")

    told = {one.instrument.symbol: one for one in await adapter.positions(account)}

    assert {symbol: one.quantity for symbol, one in told.items()} == {
        "AAPL": 10,
        "F": -20,
        CALL.symbol: 2,
    }
    assert told["AAPL"].average_price == 195
    assert told["F"].average_price == Decimal("12.5")
    assert told["F"].market_price == 12
    contract = told[CALL.symbol]
    assert contract.instrument.asset_class is AssetClass.OPTION
    assert (contract.instrument.strike, contract.instrument.expiry) == (CALL.strike, CALL.expiry)
    assert contract.average_price == Decimal("4.5")
    assert contract.market_value == 1000


async def test_positions_come_from_all_pages(
    adapter: EtradeAdapter, account: BrokerAccount, simulator: EtradeSimulator, anna: Person
) -> None:
    for number in range(230):
        symbol = f"A{number}"
        simulator.market.set(symbol, bid="1", ask="1")
        simulator.give(anna.account, symbol, "1")

    assert len(await adapter.positions(account)) == 230


async def test_an_empty_account_has_no_positions(
    adapter: EtradeAdapter, account: BrokerAccount
) -> None:
    assert await adapter.positions(account) == []


@pytest.mark.parametrize(
    "fault", [Fault.EMPTY_OBJECT, Fault.LIST, Fault.INVALID_JSON, Fault.BAD_GATEWAY]
)
async def test_what_cannot_be_read_is_not_nothing(
    adapter: EtradeAdapter, account: BrokerAccount, simulator: EtradeSimulator, fault: Fault
) -> None:
    simulator.fail(BALANCE, fault)
    simulator.fail(PORTFOLIO, fault)

    with pytest.raises(ApiError):
        await adapter.balances(account)
    with pytest.raises(ApiError):
        await adapter.positions(account)
