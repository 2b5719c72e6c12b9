"""What a portfolio holds and is worth, truthfully, whatever Coinbase calls it."""

from decimal import Decimal

import pytest

from floorbroker.brokers.coinbase import answers, mapping
from floorbroker.brokers.coinbase.adapter import CoinbaseAdapter
from floorbroker.brokers.coinbase.catalogue import Catalogue, Prices
from floorbroker.domain.errors import ApiError
from floorbroker.domain.instruments import AssetClass
from floorbroker.domain.portfolio import BrokerAccount, Position
from tests.brokers.coinbase.at_coinbase import asked_for, request, resting_request
from tests.brokers.coinbase.conftest import Ordering
from tests.fakes.clock import NOON, ManualClock
from tests.simulators.coinbase import CoinbaseSimulator, Fault, Person, Product
from tests.simulators.serving import Answer, Refusal, json_answer


async def held(adapter: CoinbaseAdapter, account: BrokerAccount) -> dict[str, Position]:
    return {one.instrument.symbol: one for one in await adapter.positions(account)}


async def test_dollars_are_cash_and_what_orders_hold_cannot_be_spent(
    adapter: CoinbaseAdapter, account: BrokerAccount, clock: ManualClock, ordered: Ordering
) -> None:
    await adapter.place_order(ordered(resting_request(quantity=Decimal(1))))

    balances = await adapter.balances(account)

    assert balances.cash.amount == balances.equity.amount == 100_000
    assert balances.buying_power.amount == Decimal("49750")  # 50,000 and its fee are held
    assert {balances.cash.currency, balances.equity.currency} == {"USD"}
    assert balances.as_of == clock.now()
    assert (balances.day_profit, balances.realised_profit) == (None, None)


async def test_coins_are_positions_without_a_price_that_nobody_tells(
    adapter: CoinbaseAdapter, account: BrokerAccount, anna: Person, simulator: CoinbaseSimulator
) -> None:
    simulator.catalogue.add(Product(base="ACA", quote="USDC"))
    simulator.market.set("ACA-USDC", bid="0.04", ask="0.06")
    for asset, amount in {"BTC": "0.5", "SOL": "10", "ACA": "1000", "ETH": "0", "X": "7"}.items():
        simulator.give(anna, asset, amount)

    positions = await held(adapter, account)

    assert positions.keys() == {"BTC/USD", "SOL/USD", "ACA/USDC", "X/USD"}
    bitcoin = positions["BTC/USD"]
    assert (bitcoin.quantity, bitcoin.market_price) == (Decimal("0.5"), Decimal(60005))
    assert (bitcoin.average_price, bitcoin.profit) == (None, None)
    assert bitcoin.as_of == NOON
    assert positions["ACA/USDC"].instrument.currency == "USDC"
    assert positions["ACA/USDC"].market_price == Decimal("0.05")
    assert positions["X/USD"].market_price is None


async def test_other_money_is_shown_against_the_dollar(
    adapter: CoinbaseAdapter, account: BrokerAccount, anna: Person, simulator: CoinbaseSimulator
) -> None:
    simulator.catalogue.add(Product(base="USDC", quote="EUR"))
    simulator.market.set("USDC-EUR", bid="0.79", ask="0.81")
    simulator.give(anna, "EUR", "500")
    simulator.give(anna, "USDC", "25.5")

    positions = await held(adapter, account)
    balances = await adapter.balances(account)

    assert positions["EUR/USD"].quantity == 500
    assert positions["EUR/USD"].instrument.asset_class is AssetClass.FOREX
    assert positions["EUR/USD"].market_price == Decimal("1.25")
    assert positions["USDC/USD"].market_price == 1
    assert balances.equity.amount == 100_000 + 625 + Decimal("25.5")
    assert balances.cash.amount == 100_000


async def test_equity_counts_everything_that_a_price_leads_to_dollars(
    adapter: CoinbaseAdapter, account: BrokerAccount, anna: Person, simulator: CoinbaseSimulator
) -> None:
    for asset, amount in {"BTC": "0.5", "ETH": "2", "X": "1000"}.items():
        simulator.give(anna, asset, amount)

    balances = await adapter.balances(account)

    assert balances.equity.amount == 100_000 + Decimal("0.5") * 60005 + 2 * 3000


@pytest.mark.parametrize(
    ("kind", "platform", "symbol"),
    [
        ("ACCOUNT_TYPE_VAULT", "ACCOUNT_PLATFORM_CONSUMER", "BTC.VAULT"),
        ("ACCOUNT_TYPE_CRYPTO", "ACCOUNT_PLATFORM_CFM_CONSUMER", "BTC.CFM"),
        ("ACCOUNT_TYPE_CRYPTO", "ACCOUNT_PLATFORM_INTX", "BTC.INTX"),
        ("", "", "BTC.OTHER"),
    ],
)
def test_what_stands_apart_keeps_its_name_and_is_not_what_can_be_sold(
    kind: str, platform: str, symbol: str
) -> None:
    def one(currency: str) -> answers.Account:
        amount = {"value": "3", "currency": currency}
        given = {"currency": currency, "available_balance": amount, "hold": {"value": "0"}}
        return answers.Account.model_validate({**given, "type": kind, "platform": platform})

    prices = Prices({"BTC-USD": Decimal(60005)})
    catalogue = names_of(Product(base="BTC", quote="USD"))

    positions = mapping.positions([one("BTC")], catalogue, prices, NOON)
    balances = mapping.balances([one("BTC"), one("USD")], prices, NOON)

    assert [(one.instrument.symbol, one.quantity) for one in positions] == [(symbol, Decimal(3))]
    assert positions[0].market_price == 60005
    assert balances.equity.amount == 3 * 60005 + 3
    assert (balances.cash.amount, balances.buying_power.amount) == (Decimal(0), Decimal(0))


def names_of(*products: Product) -> Catalogue:
    listed = [one.wire("1", aliases=(), tradability=False) for one in products]
    return Catalogue.read({"products": listed})


async def test_several_pages_of_accounts_are_all_counted(
    adapter: CoinbaseAdapter, account: BrokerAccount, anna: Person, simulator: CoinbaseSimulator
) -> None:
    for number in range(300):
        simulator.give(anna, f"C{number}", "1")
    simulator.give(anna, "BTC", "0.5")

    positions = await held(adapter, account)

    assert len(positions) == 301
    assert positions["BTC/USD"].quantity == Decimal("0.5")
    assert asked_for(simulator, "/brokerage/accounts") == 2


class CutOff(Refusal):
    """A first page that says that there are more, and not where."""

    def answer(self) -> Answer:
        return json_answer({"accounts": [], "has_next": True, "cursor": "", "size": 0})


async def test_a_list_of_accounts_that_is_cut_off_is_no_empty_pocket(
    adapter: CoinbaseAdapter, account: BrokerAccount, simulator: CoinbaseSimulator
) -> None:
    simulator.refuse_with("/api/v3/brokerage/accounts", CutOff("cut off"))

    with pytest.raises(ApiError):
        await adapter.positions(account)


async def test_another_portfolio_is_not_counted(
    adapter: CoinbaseAdapter, account: BrokerAccount, anna: Person, simulator: CoinbaseSimulator
) -> None:
    savings = simulator.add_portfolio(anna, "Savings", cash="1000")
    anna.key.portfolio = savings  # the key shows it, and it is not the one that was reviewed

    balances = await adapter.balances(account)

    assert balances.cash.amount == 0


async def test_balances_and_positions_together_cost_one_question(
    adapter: CoinbaseAdapter,
    account: BrokerAccount,
    simulator: CoinbaseSimulator,
    clock: ManualClock,
) -> None:
    await adapter.balances(account)
    await adapter.positions(account)
    together = asked_for(simulator, "/brokerage/accounts")
    clock.advance(2)
    await adapter.positions(account)

    assert together == 1
    assert asked_for(simulator, "/brokerage/accounts") == 2


async def test_after_an_order_nothing_old_is_told(
    adapter: CoinbaseAdapter, account: BrokerAccount, ordered: Ordering
) -> None:
    before = await held(adapter, account)

    await adapter.place_order(ordered(request()))

    assert before == {}
    assert (await held(adapter, account))["BTC/USD"].quantity == Decimal("0.1")


async def test_without_prices_nothing_is_told_of_the_worth(
    adapter: CoinbaseAdapter, account: BrokerAccount, simulator: CoinbaseSimulator
) -> None:
    simulator.fail("/api/v3/brokerage/market/products", Fault.BAD_GATEWAY)

    with pytest.raises(ApiError):
        await adapter.balances(account)


async def test_prices_of_holdings_are_fetched_for_everybody_at_once(
    adapter: CoinbaseAdapter,
    account: BrokerAccount,
    simulator: CoinbaseSimulator,
    clock: ManualClock,
) -> None:
    for _ in range(3):
        await adapter.balances(account)
        clock.advance(1)

    assert asked_for(simulator, "/market/products") == 1
    assert (await adapter.balances(account)).as_of == NOON
