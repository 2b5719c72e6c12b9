"""Balances and holdings, in dollars and in units of ours."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from floorbroker.brokers.webull import answers, mapping
from floorbroker.brokers.webull.adapter import WebullAdapter
from floorbroker.domain.errors import ApiError
from floorbroker.domain.instruments import AssetClass
from floorbroker.domain.portfolio import BrokerAccount
from tests.brokers.webull.answering import Told
from tests.brokers.webull.at_webull import CALL
from tests.fakes.clock import NOON
from tests.simulators.webull import Fault, Person, WebullSimulator

BALANCES = "/trading/assets/balances/get"
POSITIONS = "/trading/assets/positions/list"


@pytest.fixture
async def account(adapter: WebullAdapter) -> BrokerAccount:
    return (await adapter.accounts())[0]


async def test_a_margin_account_buys_for_more_than_its_cash(
    adapter: WebullAdapter, account: BrokerAccount, anna: Person, simulator: WebullSimulator
) -> None:
    simulator.give(anna.account, "AAPL", "10", price="100")

    balances = await adapter.balances(account)

    assert balances.cash.amount == 1_000_000
    assert balances.equity.amount == Decimal("1001899.5")
    assert balances.buying_power.amount > balances.cash.amount
    assert {balances.cash.currency, balances.equity.currency} == {"USD"}
    assert balances.day_profit is not None
    assert balances.as_of == NOON


async def test_a_cash_account_buys_for_its_cash(adapter: WebullAdapter) -> None:
    coins = (await adapter.accounts())[1]

    balances = await adapter.balances(coins)

    assert balances.buying_power == balances.cash


ASSETS: dict[str, Any] = {"total_cash_balance": "5.5", "total_net_liquidation_value": "7"}


@pytest.mark.parametrize(
    ("assets", "power"),
    [
        ([], "5.5"),
        ([{"currency": "USD"}], "5.5"),
        ([{"currency": "USD", "buying_power": ""}], "5.5"),
        ([{"currency": "USD", "buying_power": "0"}], "0"),
        ([{"currency": "USD", "buying_power": "3"}], "3"),
        ([{"currency": "USD", "overnight_buying_power": "4"}], "4"),
        ([{"currency": "HKD", "buying_power": "99"}, {"buying_power": "3"}], "3"),
    ],
)
async def test_what_may_be_bought_for_is_taken_from_where_it_is_told(
    adapter: WebullAdapter,
    account: BrokerAccount,
    simulator: WebullSimulator,
    assets: list[dict[str, str]],
    power: str,
) -> None:
    simulator.refuse_with(BALANCES, Told({**ASSETS, "account_currency_assets": assets}))

    balances = await adapter.balances(account)

    assert balances.buying_power.amount == Decimal(power)
    assert balances.day_profit is None


@pytest.mark.parametrize(
    "odd",
    [
        {**ASSETS, "total_asset_currency": "HKD"},
        {"total_cash_balance": "5"},
        {**ASSETS, "total_cash_balance": "NaN"},
        {**ASSETS, "total_cash_balance": None},
        [],
    ],
    ids=str,
)
async def test_balances_that_are_none_are_not_guessed(
    adapter: WebullAdapter, account: BrokerAccount, simulator: WebullSimulator, odd: object
) -> None:
    simulator.refuse_with(BALANCES, Told(odd))

    with pytest.raises(ApiError):
        await adapter.balances(account)


async def test_shares_contracts_and_short_positions_are_told_by_unit(
    adapter: WebullAdapter, account: BrokerAccount, anna: Person, simulator: WebullSimulator
) -> None:
    simulator.give(anna.account, "AAPL", "2.5", price="100")
    simulator.give(anna.account, "BRK.B", "-3", price="500")
    simulator.give(anna.account, "AAPL261218C00240000", "2", price="4.5")

    found = {one.instrument.symbol: one for one in await adapter.positions(account)}

    share, short, call = (found[symbol] for symbol in ("AAPL", "BRK.B", "AAPL261218C00240000"))
    assert (share.quantity, share.average_price) == (Decimal("2.5"), Decimal(100))
    assert share.instrument.asset_class is AssetClass.EQUITY
    assert short.quantity == -3
    assert (call.quantity, call.average_price) == (Decimal(2), Decimal("4.5"))
    assert replace(call.instrument, name="") == CALL
    assert call.market_price is not None
    assert call.market_value == call.quantity * call.market_price * 100


async def test_coins_are_pairs_with_the_dollar(
    adapter: WebullAdapter, anna: Person, simulator: WebullSimulator
) -> None:
    simulator.give(anna.accounts[1], "BTCUSD", "0.12345678")

    (held,) = await adapter.positions((await adapter.accounts())[1])

    assert held.instrument.symbol == "BTC/USD"
    assert held.instrument.asset_class is AssetClass.CRYPTO
    assert held.quantity == Decimal("0.12345678")


async def test_nothing_held_is_no_position(
    adapter: WebullAdapter, account: BrokerAccount, simulator: WebullSimulator
) -> None:
    nothing = {"symbol": "AAPL", "instrument_type": "EQUITY", "quantity": "0"}
    simulator.refuse_with(POSITIONS, Told([nothing]))

    assert await adapter.positions(account) == ()


@pytest.mark.parametrize(
    "odd",
    [
        {"symbol": "ESZ6", "instrument_type": "FUTURES"},
        {"symbol": "", "instrument_type": "EQUITY"},
        {"symbol": "AAPL", "instrument_type": "OPTION", "option_strategy": "VERTICAL"},
        {"symbol": "AAPL", "instrument_type": "OPTION", "legs": None},
        {"symbol": "AAPL", "instrument_type": "OPTION", "legs": [{"symbol": "AAPL"}]},
        {
            "symbol": "AAPL",
            "instrument_type": "OPTION",
            "option_strategy": "SINGLE",
            "legs": [{"option_expire_date": "soon", "option_exercise_price": ""}],
        },
    ],
    ids=str,
)
async def test_what_is_not_traded_here_is_shown_under_a_name_that_no_order_can_have(
    adapter: WebullAdapter, account: BrokerAccount, simulator: WebullSimulator, odd: dict[str, Any]
) -> None:
    told = {"quantity": "2", "cost_price": "5", "last_price": "6", **odd}
    simulator.refuse_with(POSITIONS, Told([told]))

    (held,) = await adapter.positions(account)

    assert held.instrument.symbol.startswith("(")
    assert held.quantity == 2
    assert (held.average_price, held.market_price, held.market_value) == (None, None, None)


@pytest.mark.parametrize("fault", [Fault.EMPTY_OBJECT, Fault.INVALID_JSON, Fault.EMPTY_BODY])
async def test_holdings_that_cannot_be_read_are_not_told_as_none(
    adapter: WebullAdapter, account: BrokerAccount, simulator: WebullSimulator, fault: Fault
) -> None:
    simulator.fail(POSITIONS, fault)

    with pytest.raises(ApiError):
        await adapter.positions(account)


@pytest.mark.parametrize(
    ("told", "at"),
    [
        (1772643600000, NOON),
        ("1772643600000", NOON),
        ("2026-03-04T17:00:00.000Z", NOON),
        ("2026-03-04T17:00:00.000+0000", NOON),
        ("2026-03-04T12:00:00-05:00", NOON),
        ("2026-03-04T17:00:00", None),
        ("soon", None),
        ("", None),
        (0, None),
        (-1, None),
        (10**15, None),
        (True, None),
        (None, None),
        ([], None),
    ],
)
def test_webulls_three_ways_of_telling_a_time(told: object, at: datetime | None) -> None:
    read = answers.Snapshot.model_validate({"symbol": "AAPL", "quote_time": told})

    assert read.quote_time == at
    assert read.quote_time is None or read.quote_time.tzinfo is UTC


def test_an_account_keeps_the_currency_of_its_numbers() -> None:
    (account,) = mapping.accounts(
        [answers.Account(account_id="A1", account_number="N1", account_class="INDIVIDUAL_CASH")]
    )

    assert (account.currency, account.name) == ("USD", "Webull")
