"""Balances, holdings, pairs, prices and bars."""

from datetime import timedelta
from decimal import Decimal

import pytest

from floorbroker.brokers.binance.adapter import BinanceAdapter
from floorbroker.brokers.binance.catalogue import Prices
from floorbroker.domain.errors import BrokerError, SymbolNotFound
from floorbroker.domain.instruments import AssetClass
from floorbroker.domain.market import Timeframe
from floorbroker.domain.portfolio import BrokerAccount
from tests.brokers.binance.at_binance import BITCOIN, order_of, resting_request
from tests.fakes.clock import NOON, ManualClock
from tests.simulators.binance import BinanceSimulator, Fault, Person, Symbol


@pytest.fixture
async def account(adapter: BinanceAdapter) -> BrokerAccount:
    return (await adapter.accounts())[0]


async def test_cash_is_usdt_and_what_orders_hold_cannot_be_used(
    adapter: BinanceAdapter, anna: Person, account: BrokerAccount, simulator: BinanceSimulator
) -> None:
    await adapter.place_order(order_of(resting_request(), anna.uid))
    simulator.give(anna, "BTC", "2")

    told = await adapter.balances(account)

    last = Decimal("83505.15")
    assert (told.cash.amount, told.cash.currency) == (Decimal(1_000_000), "USDT")
    assert told.buying_power.amount == 950_000
    assert told.equity.amount == 1_000_000 + 2 * last


async def test_what_is_held_is_shown_in_its_best_pair_without_what_it_cost(
    adapter: BinanceAdapter, anna: Person, account: BrokerAccount, simulator: BinanceSimulator
) -> None:
    simulator.market.set("ETHEUR", bid="2300", ask="2302")
    simulator.catalogue.add(Symbol(base="EUR", quote="USDT"))
    simulator.market.set("EURUSDT", bid="1.10", ask="1.12")
    for asset in ("BTC", "EUR", "LDBTC", "LUNA"):
        simulator.give(anna, asset, "2")

    held = {one.instrument.symbol: one for one in await adapter.positions(account)}

    assert held.keys() == {"BTC/USDT", "EUR/USDT", "LDBTC", "LUNA/USDT"}
    assert {one.average_price for one in held.values()} == {None}
    assert {one.quantity for one in held.values()} == {Decimal(2)}
    assert held["BTC/USDT"].market_price == Decimal("83505.15")
    assert held["EUR/USDT"].instrument.asset_class is AssetClass.FOREX
    assert held["EUR/USDT"].market_price == Decimal("1.11")
    assert held["LDBTC"].market_price is held["LUNA/USDT"].market_price is None


async def test_a_holding_is_free_and_locked_together(
    adapter: BinanceAdapter, anna: Person, account: BrokerAccount, simulator: BinanceSimulator
) -> None:
    simulator.give(anna, "BTC", "2")
    anna.balance("BTC").locked = Decimal("0.5")

    (held,) = await adapter.positions(account)

    assert held.quantity == Decimal("2.5")


def test_prices_lead_to_usdt_directly_backwards_and_over_another() -> None:
    listed = [
        {"symbol": "BTCUSDT", "price": "80000"},
        {"symbol": "USDTTRY", "price": "40"},
        {"symbol": "NEWUSDC", "price": "2"},
        {"symbol": "USDCUSDT", "price": "1.01"},
        {"symbol": "DEADUSDT", "price": "0.00000000"},
    ]

    prices = Prices.read(listed)

    assert prices.in_cash("USDT") == 1
    assert prices.in_cash("BTC") == 80000
    assert prices.in_cash("TRY") == Decimal("0.025")
    assert prices.in_cash("NEW") == Decimal("2.02")
    assert prices.in_cash("DEAD") is None


# Pairs


@pytest.mark.parametrize("written", ["BTC/USDT", "BTC-USDT", "BTCUSDT"])
async def test_a_pair_is_found_as_people_write_it(adapter: BinanceAdapter, written: str) -> None:
    found = await adapter.instrument(written)

    assert (found.symbol, found.currency) == ("BTC/USDT", "USDT")
    assert found.asset_class is AssetClass.CRYPTO


async def test_what_begins_so_is_listed_best_first_and_only_if_it_trades(
    adapter: BinanceAdapter,
) -> None:
    coins = [one.symbol for one in await adapter.search_instruments("btc")]

    assert coins == ["BTC/USDT", "BTC/FDUSD"]
    assert await adapter.search_instruments("LUNA") == []
    assert await adapter.search_instruments(" ") == []


async def test_pairs_priced_in_coins_are_not_traded_here(
    adapter: BinanceAdapter, simulator: BinanceSimulator
) -> None:
    simulator.catalogue.add(Symbol(base="ETH", quote="BTC"), Symbol(base="EUR", quote="USDT"))

    for symbol in ("ETH/BTC", "EUR/USDT"):
        with pytest.raises(SymbolNotFound, match="only coins"):
            await adapter.instrument(symbol)


async def test_symbols_in_other_letters_are_left_out(
    adapter: BinanceAdapter, simulator: BinanceSimulator
) -> None:
    simulator.catalogue.add(Symbol(base="币安人生", quote="USDT"))

    assert (await adapter.instrument("BTC/USDT")).currency == "USDT"
    assert await adapter.search_instruments("币") == []


@pytest.mark.parametrize("fault", [Fault.EMPTY_OBJECT, Fault.LIST, Fault.INVALID_JSON])
async def test_a_list_that_cannot_be_read_is_no_empty_list(
    adapter: BinanceAdapter, simulator: BinanceSimulator, fault: Fault
) -> None:
    simulator.fail("/api/v3/exchangeInfo", fault)

    with pytest.raises(BrokerError, match="cannot be read"):
        await adapter.instrument("BTC/USDT")

    simulator.work()
    assert (await adapter.instrument("BTC/USDT")).currency == "USDT"


# Prices


async def test_a_quote_has_both_sides_its_own_time_and_its_source(
    adapter: BinanceAdapter, clock: ManualClock
) -> None:
    clock.advance(30)

    quote = await adapter.quote(BITCOIN)

    assert (quote.bid, quote.ask) == (Decimal("83500.1"), Decimal("83510.2"))
    assert quote.last == Decimal("83505.15")
    assert quote.at == NOON
    assert quote.source == "Binance's spot exchange"
    assert not quote.delayed


async def test_a_price_is_never_of_the_future(
    adapter: BinanceAdapter, clock: ManualClock, simulator: BinanceSimulator
) -> None:
    simulator.market.books["BTCUSDT"].at = NOON + timedelta(seconds=5)

    assert (await adapter.quote(BITCOIN)).at == NOON


async def test_a_pair_on_halt_is_told_as_halted_until_it_trades_again(
    adapter: BinanceAdapter, clock: ManualClock, simulator: BinanceSimulator
) -> None:
    simulator.catalogue.symbols["BTCUSDT"].status = "HALT"
    halted = await adapter.quote(BITCOIN)

    simulator.catalogue.symbols["BTCUSDT"].status = "TRADING"
    clock.advance(60)
    trading = await adapter.quote(BITCOIN)

    assert (halted.halted, trading.halted) == (True, False)


async def test_a_side_without_an_offer_has_no_price_and_no_price_at_all_is_told(
    adapter: BinanceAdapter, clock: ManualClock, simulator: BinanceSimulator
) -> None:
    simulator.market.set_book("BTCUSDT", bids=[], asks=[("83510", "1")], last="83505")
    one_sided = await adapter.quote(BITCOIN)
    del simulator.market.books["BTCUSDT"]
    clock.advance(2)

    assert (one_sided.bid, one_sided.ask) == (None, Decimal(83510))
    with pytest.raises(BrokerError, match="no price"):
        await adapter.quote(BITCOIN)


async def test_bars_are_those_that_start_within_the_range(
    adapter: BinanceAdapter, simulator: BinanceSimulator
) -> None:
    simulator.market.make_bars("BTCUSDT", "1h", 48)
    end = NOON.replace(minute=0, second=0, microsecond=0)

    bars = await adapter.bars(BITCOIN, Timeframe.HOUR, end - timedelta(hours=3), end)
    none = await adapter.bars(BITCOIN, Timeframe.HOUR, end, end)

    assert [bar.at for bar in bars] == [end - timedelta(hours=hours) for hours in (3, 2, 1)]
    assert all(bar.low <= bar.open <= bar.high for bar in bars)
    assert none == []


async def test_a_row_that_is_none_is_unreadable(
    adapter: BinanceAdapter, simulator: BinanceSimulator
) -> None:
    simulator.fail("/api/v3/klines", Fault.EMPTY_OBJECT)

    with pytest.raises(BrokerError, match="cannot be read"):
        await adapter.bars(BITCOIN, Timeframe.DAY, NOON - timedelta(days=2), NOON)
