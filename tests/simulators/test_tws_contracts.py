"""The TWS simulator: what can be traded, and orders for what is no stock."""

from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import pytest

from tests.simulators.tws_clients import ACCOUNT, World, limit, market, opened, stock


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with opened() as world:
        yield world


def option(expiry: str = "20261218", strike: float = 190, right: str = "C") -> Any:
    import ib_insync

    return ib_insync.Option("AAPL", expiry, strike, right, "SMART")


async def details(world: World, contract: Any) -> list[Any]:
    found = await world.ib.reqContractDetailsAsync(contract)
    return list(found)


async def test_a_stock_is_found_with_its_details(world: World) -> None:
    (found,) = await details(world, stock())

    assert found.contract.conId == 265598
    assert (found.contract.primaryExchange, found.stockType) == ("NASDAQ", "COMMON")
    assert found.validExchanges.startswith("SMART,NASDAQ")
    assert found.marketRuleIds.split(",")[0] == "26"
    assert found.timeZoneId == "US/Eastern"
    assert found.liquidHours.startswith("20261118:0930-20261118:1600;20261119:0930")
    assert found.tradingHours.startswith("20261118:0400-20261118:2000;")
    assert "20261121:CLOSED" in found.tradingHours.split(";")


async def test_a_contract_is_found_by_its_number_alone(world: World) -> None:
    import ib_insync

    (found,) = await details(world, ib_insync.Contract(conId=265598))

    assert (found.contract.symbol, found.contract.exchange) == ("AAPL", "SMART")


async def test_a_symbol_of_two_markets_is_found_twice(world: World) -> None:
    both = await details(world, stock("VOD", currency=""))

    assert {one.contract.currency for one in both} == {"USD", "GBP"}
    (london,) = await details(world, stock("VOD", currency="GBP"))
    assert london.contract.primaryExchange == "LSE"


async def test_what_is_not_listed_is_200(world: World) -> None:
    assert await details(world, stock("NOSUCH")) == []
    assert world.errors[-1][1:] == (
        200,
        "No security definition has been found for the request",
    )


async def test_a_request_without_a_kind_is_refused(world: World) -> None:
    import ib_insync

    await details(world, ib_insync.Contract(symbol="AAPL"))

    assert world.codes == [321]


async def test_more_can_be_listed_and_taken_off(world: World) -> None:
    made = world.sim.list_contract("ACME", primary="NYSE", name="ACME INC")
    (found,) = await details(world, stock("ACME"))
    assert found.contract.conId == made.con_id

    world.sim.delist("ACME")

    assert await details(world, stock("ACME")) == []


async def test_a_contract_is_described_differently(world: World) -> None:
    world.sim.change_contract("AAPL", liquid_hours="20261118:CLOSED", name="APPLE CAFÉ")

    (found,) = await details(world, stock())

    assert (found.liquidHours, found.longName) == ("20261118:CLOSED", "APPLE CAFÉ")


async def test_contracts_are_qualified(world: World) -> None:
    import ib_insync

    contracts = [option(), ib_insync.Forex("EURUSD"), ib_insync.Crypto("BTC", "PAXOS", "USD")]
    contracts.append(ib_insync.Future("ES", "202612", "CME"))

    qualified = await world.ib.qualifyContractsAsync(*contracts)

    assert [c.localSymbol for c in qualified] == [
        "AAPL  261218C00190000",
        "EUR.USD",
        "BTC.USD",
        "ESZ6",
    ]
    assert [c.multiplier for c in qualified] == ["100", "", "", "50"]
    assert qualified[3].lastTradeDateOrContractMonth == "20261218"


async def test_symbols_are_suggested(world: World) -> None:
    found = await world.ib.reqMatchingSymbolsAsync("appl")
    exact = await world.ib.reqMatchingSymbolsAsync("AAPL")
    nothing = await world.ib.reqMatchingSymbolsAsync("zzz")

    assert [one.contract.symbol for one in found] == ["AAPL"]
    assert found[0].derivativeSecTypes == ["OPT"]
    assert (exact[0].contract.conId, exact[0].contract.description) == (265598, "APPLE INC")
    assert nothing == []


async def test_the_chain_of_a_stock_has_its_expiries_and_strikes(world: World) -> None:
    chains = await world.ib.reqSecDefOptParamsAsync("AAPL", "", "STK", 265598)

    smart = next(chain for chain in chains if chain.exchange == "SMART")
    assert smart.expirations == ["20261218", "20270115"]
    assert smart.strikes == [180, 190, 200]
    assert (smart.tradingClass, smart.multiplier) == ("AAPL", "100")
    assert await world.ib.reqSecDefOptParamsAsync("IBM", "", "STK", 8314) == []


async def test_a_market_rule_has_its_steps(world: World) -> None:
    steps = await world.ib.reqMarketRuleAsync(32)

    assert [(step.lowEdge, step.increment) for step in steps] == [(0, 0.01), (3, 0.05)]


async def test_the_rule_is_what_prices_are_held_to(world: World) -> None:
    world.sim.set_price("AAPL  261218C00190000", bid="5.10", ask="5.20")
    await world.place(option(), limit(price=5.12, quantity=1))
    assert world.codes == [110]

    await world.place(option(), limit(price=5.15, quantity=1))
    await world.place(option(), limit(price=2.99, quantity=1))

    assert world.codes == [110]
    assert len(world.sim.orders) == 2


# Orders for other kinds


async def test_an_option_costs_its_price_a_hundred_times(world: World) -> None:
    world.sim.set_price("AAPL  261218C00190000", bid="5.10", ask="5.20")

    trade = await world.place(option(), market(quantity=2))

    assert trade.orderStatus.avgFillPrice == 5.2
    assert trade.fills[0].commissionReport.commission == 1.3
    assert trade.fills[0].contract.localSymbol == "AAPL  261218C00190000"
    (position,) = world.ib.positions()
    assert position.avgCost == pytest.approx(520.65)
    assert world.sim.accounts[ACCOUNT].cash["USD"] == Decimal("98958.70")


async def test_a_future_costs_its_margin_and_settles_its_profit(world: World) -> None:
    import ib_insync

    future = ib_insync.Future("ES", "20261218", "CME")
    world.sim.set_price("ESZ6", bid="6000", ask="6000.25")
    await world.place(future, market(quantity=1))
    cash = world.sim.accounts[ACCOUNT].cash["USD"]
    assert cash == Decimal("99997.75")

    world.sim.set_price("ESZ6", bid="6010.25", ask="6010.50")
    trade = await world.place(future, market("SELL", 1))

    assert trade.fills[0].commissionReport.realizedPNL == pytest.approx(500 - 4.5)
    assert world.sim.accounts[ACCOUNT].cash["USD"] == Decimal("100495.50")


async def test_a_pair_moves_both_currencies(world: World) -> None:
    import ib_insync

    world.sim.set_price("EUR.USD", bid="1.0999", ask="1.1000")

    trade = await world.place(ib_insync.Forex("EURUSD"), market(quantity=20_000))

    assert trade.orderStatus.status == "Filled"
    cash = world.sim.accounts[ACCOUNT].cash
    assert (cash["EUR"], cash["USD"]) == (Decimal(20_000), Decimal(77_998))


async def test_coins_are_bought_for_money(world: World) -> None:
    import ib_insync

    world.sim.set_price("BTC.USD", bid="49990", ask="50000")
    coin = ib_insync.Crypto("BTC", "PAXOS", "USD")

    trade = await world.place(coin, market(quantity=0, cashQty=100.0, tif="IOC"))
    sale = await world.place(coin, market("SELL", 0.001, tif="IOC"))

    assert trade.orderStatus.filled == 0.002
    assert world.last.ticket.cash_quantity is None
    assert sale.orderStatus.status == "Filled"
    assert world.sim.accounts[ACCOUNT].held(world.sim.contract("BTC")) == Decimal("0.001")


async def test_coins_are_not_sold_short(world: World) -> None:
    import ib_insync

    world.sim.set_price("BTC.USD", bid="49990", ask="50000")

    await world.place(ib_insync.Crypto("BTC", "PAXOS", "USD"), market("SELL", 1, tif="IOC"))

    assert world.codes == [201]
    assert world.last.status == "Inactive"
