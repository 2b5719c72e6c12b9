"""Names that people write, rules, prices and bars."""

from datetime import timedelta
from decimal import Decimal

import pytest

from floorbroker.brokers.coinbase.adapter import CoinbaseAdapter
from floorbroker.brokers.coinbase.catalogue import Catalogue, Prices
from floorbroker.domain.errors import ApiError, BrokerError, RateLimited, SymbolNotFound
from floorbroker.domain.instruments import AssetClass, Instrument
from floorbroker.domain.market import Timeframe
from tests.brokers.coinbase.at_coinbase import BITCOIN, asked_for
from tests.fakes.clock import NOON, ManualClock
from tests.simulators.coinbase import CoinbaseSimulator, Fault, Product

BOOK = "/api/v3/brokerage/market/product_book"


@pytest.mark.parametrize("text", ["BTC/USD", "BTC-USD", "btcusd", "BTCUSD", "btc/usd"])
async def test_a_pair_is_found_by_every_name_that_people_write(
    adapter: CoinbaseAdapter, text: str
) -> None:
    found = await adapter.instrument(text)

    assert (found.symbol, found.currency, found.name) == ("BTC/USD", "USD", "Bitcoin")
    assert found.asset_class is AssetClass.CRYPTO


@pytest.mark.parametrize(
    "symbol", ["QZXQZX", "", "/", "BTC", "BTC/USDC", "BTC/EUR", "OLD/USD", "../orders"]
)
async def test_what_is_not_traded_here_is_not_found(adapter: CoinbaseAdapter, symbol: str) -> None:
    with pytest.raises(SymbolNotFound):
        await adapter.instrument(symbol)


async def test_a_pair_that_is_not_offered_is_told_apart_from_none(
    adapter: CoinbaseAdapter, simulator: CoinbaseSimulator
) -> None:
    simulator.catalogue.add(Product(base="EUR", quote="USD"))

    for symbol in ("BTC/USDC", "EUR/USD"):
        with pytest.raises(SymbolNotFound, match="only coins against dollars"):
            await adapter.instrument(symbol)


@pytest.mark.parametrize(
    ("text", "symbols"),
    [
        ("BTC", ["BTC/USD"]),
        ("doge", ["DOGE/USD"]),
        ("btc/u", ["BTC/USD"]),
        ("bitc", ["BTC/USD"]),
        ("Ether", ["ETH/USD"]),
        ("S", ["SOL/USD"]),
        ("OLD", []),
        ("", []),
        ("Q", []),
    ],
)
async def test_a_search_goes_by_symbol_and_by_name(
    adapter: CoinbaseAdapter, text: str, symbols: list[str]
) -> None:
    found = await adapter.search_instruments(text)

    assert [one.symbol for one in found] == symbols


async def test_a_search_begins_with_the_coin_itself(
    adapter: CoinbaseAdapter, simulator: CoinbaseSimulator
) -> None:
    simulator.catalogue.add(
        Product(base="SOLVE", quote="USD"), Product(base="ASOL", quote="USD", base_name="Sol A")
    )

    found = await adapter.search_instruments("SOL")

    assert [one.symbol for one in found] == ["SOL/USD", "SOLVE/USD", "ASOL/USD"]


async def test_rules_are_coinbases_own_figures(
    adapter: CoinbaseAdapter, simulator: CoinbaseSimulator
) -> None:
    simulator.change_product("BTC-USD", base_increment="0.0001", price_increment="0.05")

    bitcoin = await adapter.instrument_rules(BITCOIN)
    doge = await adapter.instrument_rules(
        Instrument(symbol="DOGE/USD", asset_class=AssetClass.CRYPTO)
    )

    assert (bitcoin.quantity_step, bitcoin.price_tick) == (Decimal("0.0001"), Decimal("0.05"))
    assert (bitcoin.minimum_quantity, bitcoin.minimum_notional) == (Decimal("0.0001"), Decimal(1))
    assert (doge.quantity_step, doge.price_tick) == (Decimal("0.1"), Decimal("0.00001"))
    assert doge.minimum_quantity == Decimal("0.1")
    assert bitcoin.fractional


async def test_the_list_of_products_is_fetched_every_ten_minutes(
    adapter: CoinbaseAdapter, simulator: CoinbaseSimulator, clock: ManualClock
) -> None:
    for _ in range(3):
        await adapter.instrument("BTCUSD")
    before = asked_for(simulator, "/market/products")
    clock.advance(601)
    await adapter.instrument("BTCUSD")

    assert before == 1
    assert asked_for(simulator, "/market/products") == 2


async def test_what_everybody_may_see_is_asked_for_without_a_key(
    adapter: CoinbaseAdapter, simulator: CoinbaseSimulator
) -> None:
    await adapter.quote(BITCOIN)

    public = [one for one in simulator.received if "/market/" in one.path]
    assert len(public) == 2
    assert {one.person for one in public} == {None}


async def test_a_quote_has_the_time_of_the_book_and_its_source(
    adapter: CoinbaseAdapter, simulator: CoinbaseSimulator, clock: ManualClock
) -> None:
    clock.advance(20)
    first = await adapter.quote(BITCOIN)
    simulator.market.set("BTC-USD", bid="61000", ask="61010")
    clock.advance(2)
    second = await adapter.quote(BITCOIN)

    assert (first.bid, first.ask, first.last) == (Decimal(60000), Decimal(60010), None)
    assert (first.at, first.source, first.delayed) == (NOON, "Coinbase's spot exchange", False)
    assert (second.bid, second.at) == (Decimal(61000), NOON + timedelta(seconds=20))


async def test_quotes_of_the_last_second_serve_everybody(
    adapter: CoinbaseAdapter, simulator: CoinbaseSimulator
) -> None:
    for _ in range(3):
        await adapter.quote(BITCOIN)

    assert asked_for(simulator, "/product_book") == 1


async def test_nobody_quoting_is_told_as_no_price(
    adapter: CoinbaseAdapter, simulator: CoinbaseSimulator
) -> None:
    simulator.market.set("BTC-USD", bid="0", ask="0")

    with pytest.raises(BrokerError, match="no price"):
        await adapter.quote(BITCOIN)


async def test_a_one_sided_book_has_one_side(
    adapter: CoinbaseAdapter, simulator: CoinbaseSimulator
) -> None:
    simulator.market.set("BTC-USD", bid="0", ask="60010")

    quote = await adapter.quote(BITCOIN)

    assert (quote.bid, quote.ask) == (None, Decimal(60010))


@pytest.mark.parametrize("fault", [Fault.EMPTY_OBJECT, Fault.LIST, Fault.INVALID_JSON])
async def test_what_is_no_book_is_no_price(
    adapter: CoinbaseAdapter, simulator: CoinbaseSimulator, fault: Fault
) -> None:
    await adapter.instrument("BTCUSD")
    simulator.fail(BOOK, fault)

    with pytest.raises(ApiError):
        await adapter.quote(BITCOIN)


async def test_bars_lie_within_their_range_oldest_first(
    adapter: CoinbaseAdapter, simulator: CoinbaseSimulator
) -> None:
    simulator.market.make_candles("BTC-USD", "ONE_HOUR", 48)
    start, end = NOON - timedelta(hours=10), NOON - timedelta(hours=2)

    bars = await adapter.bars(BITCOIN, Timeframe.HOUR, start, end)

    assert [bar.at for bar in bars] == [start + timedelta(hours=n) for n in range(8)]
    assert {type(bar.close) for bar in bars} == {Decimal}
    assert {bar.volume for bar in bars} == {Decimal(10)}


async def test_a_long_range_is_asked_for_piece_by_piece_without_gaps(
    adapter: CoinbaseAdapter, simulator: CoinbaseSimulator
) -> None:
    simulator.market.make_candles("BTC-USD", "ONE_MINUTE", 1200)
    start = NOON - timedelta(minutes=1150, seconds=17)

    bars = await adapter.bars(BITCOIN, Timeframe.MINUTE, start, NOON)

    first = NOON - timedelta(minutes=1150)
    assert [bar.at for bar in bars] == [first + timedelta(minutes=n) for n in range(1000)]
    assert asked_for(simulator, "/candles") == 4


async def test_an_empty_range_is_not_asked_for(
    adapter: CoinbaseAdapter, simulator: CoinbaseSimulator
) -> None:
    assert await adapter.bars(BITCOIN, Timeframe.DAY, NOON, NOON) == []
    assert asked_for(simulator, "/candles") == 0


async def test_what_are_no_candles_are_no_bars(
    adapter: CoinbaseAdapter, simulator: CoinbaseSimulator
) -> None:
    await adapter.instrument("BTCUSD")
    simulator.fail("data", Fault.EMPTY_OBJECT)

    with pytest.raises(ApiError):
        await adapter.bars(BITCOIN, Timeframe.DAY, NOON - timedelta(days=3), NOON)


async def test_public_questions_keep_within_what_one_address_may_ask(
    adapter: CoinbaseAdapter, simulator: CoinbaseSimulator, clock: ManualClock
) -> None:
    simulator.fail(BOOK, Fault.TOO_MANY_REQUESTS, times=1)
    with pytest.raises(RateLimited):
        await adapter.quote(BITCOIN)
    asked = len(simulator.received)

    with pytest.raises(RateLimited):
        await adapter.quote(BITCOIN)

    assert len(simulator.received) == asked
    clock.advance(4)
    await adapter.quote(BITCOIN)


async def test_a_product_that_cannot_be_read_does_not_hide_the_others(
    adapter: CoinbaseAdapter, simulator: CoinbaseSimulator
) -> None:
    simulator.catalogue.add(
        Product(base="BIP", quote="20DEC30-CDE"),
        Product(base="../X", quote="USD"),
        Product(base="ZERO", quote="USD", base_increment="0"),
        Product(base="NAN", quote="USD", base_increment="NaN"),
    )

    assert (await adapter.instrument("BTCUSD")).symbol == "BTC/USD"
    for symbol in ("BIP-20DEC30-CDE", "../X/USD", "ZERO/USD", "NAN/USD"):
        with pytest.raises(SymbolNotFound):
            await adapter.instrument(symbol)


@pytest.mark.parametrize("told", [[], {}, None, {"products": []}, {"products": [{}, None, 7]}])
def test_no_products_and_no_prices_are_never_the_truth(told: object) -> None:
    for read in (Catalogue.read, Prices.read):
        with pytest.raises((ValueError, TypeError, KeyError)):
            read(told)


@pytest.mark.parametrize("flag", ["trading_disabled", "is_disabled", "cancel_only"])
async def test_a_product_that_does_not_trade_is_told_as_halted_until_it_does(
    adapter: CoinbaseAdapter, simulator: CoinbaseSimulator, clock: ManualClock, flag: str
) -> None:
    simulator.change_product("BTC-USD", **{flag: True})
    halted = await adapter.quote(BITCOIN)

    simulator.change_product("BTC-USD", **{flag: False})
    clock.advance(60)
    trading = await adapter.quote(BITCOIN)

    assert (halted.halted, trading.halted) == (True, False)
