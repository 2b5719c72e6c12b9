"""What an account holds and is worth, truthfully, whatever Kraken calls it."""

from decimal import Decimal

import pytest

from floorbroker.brokers.kraken.adapter import KrakenAdapter
from floorbroker.domain.errors import ApiError
from floorbroker.domain.instruments import AssetClass
from floorbroker.domain.portfolio import BrokerAccount, Position
from tests.brokers.kraken.at_kraken import order_of, request, resting_request
from tests.fakes.clock import NOON, ManualClock
from tests.simulators.kraken import Fault, KrakenSimulator, Person


async def held(adapter: KrakenAdapter, account: BrokerAccount) -> dict[str, Position]:
    return {one.instrument.symbol: one for one in await adapter.positions(account)}


async def test_dollars_are_cash_and_what_orders_hold_cannot_be_spent(
    adapter: KrakenAdapter, account: BrokerAccount, clock: ManualClock
) -> None:
    await adapter.place_order(order_of(resting_request(quantity=Decimal(1))))

    balances = await adapter.balances(account)

    assert balances.cash.amount == balances.equity.amount == 100_000
    assert balances.buying_power.amount == Decimal("49600")  # 50,000 and its fee are held
    assert {balances.cash.currency, balances.equity.currency} == {"USD"}
    assert balances.as_of == clock.now()
    assert (balances.day_profit, balances.realised_profit) == (None, None)


async def test_coins_are_positions_in_their_best_pair_without_a_price_that_nobody_tells(
    adapter: KrakenAdapter, account: BrokerAccount, anna: Person, simulator: KrakenSimulator
) -> None:
    for asset, amount in {"BTC": "0.5", "SOL": "10", "ACA": "1000", "ADA": "0"}.items():
        simulator.set_balance(anna, asset, amount)

    positions = await held(adapter, account)

    assert positions.keys() == {"BTC/USD", "SOL/USD", "ACA/EUR"}
    bitcoin = positions["BTC/USD"]
    assert (bitcoin.quantity, bitcoin.market_price) == (Decimal("0.5"), 60005)
    assert (bitcoin.average_price, bitcoin.profit) == (None, None)
    assert bitcoin.as_of == NOON
    assert positions["ACA/EUR"].instrument.currency == "EUR"
    assert positions["ACA/EUR"].market_price == Decimal("0.05")


async def test_money_in_another_currency_is_shown_against_the_dollar(
    adapter: KrakenAdapter, account: BrokerAccount, anna: Person, simulator: KrakenSimulator
) -> None:
    simulator.set_balance(anna, "EUR", "500")

    positions = await held(adapter, account)

    assert positions["EUR/USD"].quantity == 500
    assert positions["EUR/USD"].instrument.asset_class is AssetClass.FOREX
    # This simulator lists no pair of euros and dollars.
    assert positions["EUR/USD"].market_price is None


async def test_equity_counts_everything_that_some_pair_leads_to_dollars(
    adapter: KrakenAdapter, account: BrokerAccount, anna: Person, simulator: KrakenSimulator
) -> None:
    simulator.market.forget("ETHUSD")
    for asset, amount in {"BTC": "0.5", "ETH": "2", "ACA": "1000"}.items():
        simulator.set_balance(anna, asset, amount)

    balances = await adapter.balances(account)

    bitcoins = Decimal("0.5") * 60005
    ethers = 2 * Decimal("0.05") * 60005  # over bitcoin, for want of a price in dollars
    assert balances.equity.amount == 100_000 + bitcoins + ethers
    assert balances.cash.amount == 100_000


@pytest.mark.parametrize(
    ("asset", "symbol", "price"),
    [("XBT.F", "BTC.F", 60005), ("SOL.S", "SOL.S", 150), ("USD.HOLD", "USD.HOLD", 1)],
)
async def test_what_stands_apart_at_kraken_keeps_its_name_and_is_not_what_can_be_sold(
    adapter: KrakenAdapter,
    account: BrokerAccount,
    anna: Person,
    asset: str,
    symbol: str,
    price: int,
) -> None:
    anna.balances[asset] = Decimal(3)

    positions = await held(adapter, account)

    assert positions.keys() == {symbol}
    assert (positions[symbol].quantity, positions[symbol].market_price) == (3, price)
    balances = await adapter.balances(account)
    assert balances.equity.amount == 100_000 + 3 * price
    assert balances.cash.amount == 100_000


async def test_a_coin_that_nobody_lists_is_shown_without_a_price(
    adapter: KrakenAdapter, account: BrokerAccount, anna: Person
) -> None:
    anna.balances["GONE"] = Decimal(7)

    positions = await held(adapter, account)

    assert positions["GONE/USD"].quantity == 7
    assert positions["GONE/USD"].market_price is None


async def test_balances_and_positions_together_cost_one_question(
    adapter: KrakenAdapter, account: BrokerAccount, simulator: KrakenSimulator, clock: ManualClock
) -> None:
    await adapter.balances(account)
    await adapter.positions(account)
    together = sum("Balance" in one.path for one in simulator.received)
    clock.advance(2)
    await adapter.positions(account)

    assert together == 1
    assert sum("Balance" in one.path for one in simulator.received) == 2


async def test_after_an_order_nothing_old_is_told(
    adapter: KrakenAdapter, account: BrokerAccount
) -> None:
    before = await held(adapter, account)

    await adapter.place_order(order_of(request()))

    assert before == {}
    assert (await held(adapter, account))["BTC/USD"].quantity == Decimal("0.1")


async def test_without_prices_nothing_is_told_of_the_worth(
    adapter: KrakenAdapter, account: BrokerAccount, simulator: KrakenSimulator
) -> None:
    simulator.fail("/0/public/Ticker", Fault.BAD_GATEWAY)

    with pytest.raises(ApiError):
        await adapter.balances(account)


async def test_prices_of_holdings_are_fetched_for_everybody_at_once(
    adapter: KrakenAdapter, account: BrokerAccount, simulator: KrakenSimulator, clock: ManualClock
) -> None:
    for _ in range(3):
        await adapter.balances(account)
        clock.advance(1)

    assert sum(one.path == "/0/public/Ticker" for one in simulator.received) == 1
    assert (await adapter.balances(account)).as_of == NOON
