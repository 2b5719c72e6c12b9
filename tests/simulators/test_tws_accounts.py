"""The TWS simulator: balances, positions and profit, asked for and kept told."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.simulators.tws_clients import ACCOUNT, World, market, opened, stock, until


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with opened() as world:
        yield world


def value(ib: Any, tag: str, currency: str = "USD") -> str:
    """As it was told last."""
    (found,) = {
        v.value for v in ib.accountValues(ACCOUNT) if (v.tag, v.currency) == (tag, currency)
    }
    return str(found)


async def test_the_start_up_reads_everything(world: World) -> None:
    world.sim.hold(ACCOUNT, "AAPL", 10, "150")
    other = await world.connect(client_id=2)

    (position,) = other.positions()
    (item,) = other.portfolio()

    assert (position.account, position.contract.conId) == (ACCOUNT, 265598)
    assert (position.position, position.avgCost) == (10, 150)
    assert (position.contract.exchange, position.contract.right) == ("", "")
    assert (item.marketPrice, item.marketValue, item.unrealizedPNL) == (189.95, 1899.5, 399.5)
    assert item.contract.primaryExchange == "NASDAQ"
    assert value(other, "NetLiquidation") == "101899.50"
    assert value(other, "AccountType", "") == "INDIVIDUAL"


async def test_a_fill_moves_cash_and_positions_and_is_told(world: World) -> None:
    await world.place(stock(), market(quantity=10))

    (position,) = world.ib.positions()
    assert position.avgCost == pytest.approx(190.1)  # with the commission
    assert value(world.ib, "TotalCashValue") == "98099.00"
    await world.place(stock(), market("SELL", 10))

    assert world.ib.positions() == []
    assert world.ib.portfolio() == []
    assert value(world.ib, "TotalCashValue") == "99997.00"
    assert value(world.ib, "RealizedPnL") == "-3.00"


async def test_a_sale_beyond_what_is_held_turns_the_position(world: World) -> None:
    world.sim.hold(ACCOUNT, "AAPL", 4, "150")

    await world.place(stock(), market("SELL", 10))

    (position,) = world.ib.positions()
    assert position.position == -6
    assert position.avgCost == pytest.approx(189.90 - 0.1)


async def test_cash_is_kept_by_currency(world: World) -> None:
    world.sim.set_price("EUR.USD", bid="1.09", ask="1.11")
    world.sim.set_cash(ACCOUNT, 1000, "EUR")
    await world.settled()

    assert value(world.ib, "CashBalance", "EUR") == "1000.00"
    assert value(world.ib, "ExchangeRate", "EUR") == "1.1000"
    assert value(world.ib, "CashBalance", "BASE") == "101100.00"
    assert value(world.ib, "NetLiquidation") == "101100.00"


async def test_the_summary_has_the_tags_that_were_asked_for(world: World) -> None:
    rows = await world.ib.accountSummaryAsync()

    shown = {(row.tag, row.currency): row.value for row in rows}
    assert shown["NetLiquidation", "USD"] == "100000.00"
    assert shown["BuyingPower", "USD"] == "400000.00"
    assert shown["CashBalance", "BASE"] == "100000.00"
    assert ("AccountCode", "") not in shown


async def test_values_that_follow_from_nothing_can_be_said(world: World) -> None:
    world.sim.set_value(ACCOUNT, "AccountType", "CASH")
    world.sim.set_cash(ACCOUNT, 5)
    await world.settled()

    assert value(world.ib, "AccountType", "") == "CASH"


async def test_profit_is_told_when_prices_change(world: World) -> None:
    world.sim.hold(ACCOUNT, "AAPL", 10, "150")
    whole = world.ib.reqPnL(ACCOUNT)
    single = world.ib.reqPnLSingle(ACCOUNT, "", 265598)
    await world.settled()
    assert (whole.unrealizedPnL, single.position, single.value) == (399.5, 10, 1899.5)

    world.sim.set_price("AAPL", bid="199.90", ask="200.10")
    await world.settled()

    assert whole.unrealizedPnL == single.unrealizedPnL == 500.0
    world.ib.cancelPnL(ACCOUNT)
    world.sim.set_price("AAPL", bid="209.90", ask="210.10")
    await world.settled()
    assert whole.unrealizedPnL == 500.0
    assert single.unrealizedPnL == 600.0


async def test_profit_of_what_is_not_held_is_not_a_number_that_counts(world: World) -> None:
    single = world.ib.reqPnLSingle(ACCOUNT, "", 8314)
    await world.settled()

    assert single.position == 0
    assert single.value > 1e300


async def test_values_come_for_each_of_several_accounts() -> None:
    async with opened(accounts=("U111", "DU222")) as world:
        world.sim.set_cash("U111", 7)
        world.sim.hold("DU222", "MSFT", 3, "400")
        await world.settled()

        cash = {v.account: v.value for v in world.ib.accountValues() if v.tag == "TotalCashValue"}
        assert cash == {"U111": "7.00", "DU222": "100000.00"}
        assert [p.account for p in world.ib.positions()] == ["DU222"]
        assert world.ib.positions("U111") == []


async def test_an_account_of_somebody_else_is_refused(world: World) -> None:
    world.ib.client.reqPnL(900, "DU999", "")
    await world.settled()

    assert world.errors[-1][:2] == (900, 321)


async def test_the_positions_of_one_account_can_be_asked_for(world: World) -> None:
    world.sim.hold(ACCOUNT, "AAPL", 10, "150")
    told: list[Any] = []
    world.ib.wrapper.positionMulti = lambda *row: told.append(row)
    world.ib.wrapper.positionMultiEnd = told.append

    world.ib.client.reqPositionsMulti(901, ACCOUNT, "")
    await world.settled()

    assert told[0][:2] == (901, ACCOUNT)
    assert told[0][4:] == (10, 150)
    assert told[1:] == [901]


async def test_the_clock_of_tws_is_the_simulator_s(world: World) -> None:
    assert await world.ib.reqCurrentTimeAsync() == world.watch.at


async def test_a_client_that_asked_for_no_updates_gets_none(world: World) -> None:
    world.ib.client.cancelPositions()
    await world.settled()

    world.sim.hold(ACCOUNT, "AAPL", 10, "150")
    await until(world.ib.portfolio)

    assert world.ib.positions() == []
