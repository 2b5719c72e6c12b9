"""The contract: accounts, balances and instruments."""

from datetime import timedelta
from decimal import Decimal

import pytest

from floorbroker.brokers.port import BrokerAdapter
from floorbroker.domain.errors import (
    SymbolNotFound,
)
from floorbroker.domain.instruments import Instrument
from floorbroker.domain.portfolio import BrokerAccount
from tests.contract.fixtures import BrokerFixtures

ZERO = timedelta(0)


class AccountContract(BrokerFixtures):
    """Amounts beside their currency, times in UTC, symbols that lead back to themselves."""

    async def test_every_account_has_an_id_a_number_and_a_currency(
        self, adapter: BrokerAdapter
    ) -> None:
        await adapter.connect()

        accounts = await adapter.accounts()

        assert accounts
        assert all(a.account_id and a.number and a.currency for a in accounts)
        assert len({a.account_id for a in accounts}) == len(accounts)

    async def test_balances_are_decimals_in_one_currency_with_a_time_in_utc(
        self, adapter: BrokerAdapter, account: BrokerAccount
    ) -> None:
        balances = await adapter.balances(account)

        amounts = (balances.cash, balances.equity, balances.buying_power)
        assert {type(money.amount) for money in amounts} == {Decimal}
        assert {money.currency for money in amounts} == {account.currency}
        assert balances.as_of.utcoffset() == ZERO

    async def test_an_instrument_is_found_by_its_own_symbol(
        self, adapter: BrokerAdapter, account: BrokerAccount, tradable: Instrument
    ) -> None:
        found = await adapter.instrument(tradable.symbol)

        assert found.symbol == tradable.symbol
        assert found.asset_class is tradable.asset_class

    async def test_searching_the_beginning_of_a_symbol_finds_it(
        self, adapter: BrokerAdapter, account: BrokerAccount, tradable: Instrument
    ) -> None:
        found = await adapter.search_instruments(tradable.symbol[:3])

        assert tradable.symbol in {instrument.symbol for instrument in found}
        assert len(found) <= 25

    async def test_an_unknown_symbol_is_told_as_such(
        self, adapter: BrokerAdapter, account: BrokerAccount
    ) -> None:
        with pytest.raises(SymbolNotFound):
            await adapter.instrument("QZXQZX")

    async def test_steps_and_ticks_are_above_zero(
        self, adapter: BrokerAdapter, account: BrokerAccount, tradable: Instrument
    ) -> None:
        rules = await adapter.instrument_rules(tradable)

        assert rules.quantity_step > 0
        assert rules.price_tick > 0
        assert rules.minimum_quantity > 0
