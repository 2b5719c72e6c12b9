"""Names that people write, rules, prices and bars."""

from datetime import timedelta
from decimal import Decimal

import pytest

from floorbroker.brokers.kraken import mapping
from floorbroker.brokers.kraken.adapter import KrakenAdapter
from floorbroker.brokers.kraken.catalogue import Catalogue, Prices
from floorbroker.domain.errors import ApiError, BrokerError, RateLimited, SymbolNotFound
from floorbroker.domain.instruments import AssetClass
from floorbroker.domain.market import Timeframe
from tests.brokers.kraken.at_kraken import BITCOIN
from tests.fakes.clock import NOON, ManualClock
from tests.simulators.kraken import Fault, KrakenSimulator
from tests.simulators.kraken.pairs import Pair


@pytest.mark.parametrize(
    "text", ["BTC/USD", "BTC-USD", "btcusd", "BTCUSD", "XBTUSD", "XBT/USD", "XXBTZUSD"]
)
async def test_a_pair_is_found_by_every_name_that_people_write(
    adapter: KrakenAdapter, text: str
) -> None:
    found = await adapter.instrument(text)

    assert (found.symbol, found.currency) == ("BTC/USD", "USD")
    assert found.asset_class is AssetClass.CRYPTO


async def test_old_names_become_those_of_today(adapter: KrakenAdapter) -> None:
    assert (await adapter.instrument("XDGUSD")).symbol == "DOGE/USD"


@pytest.mark.parametrize(
    "symbol", ["QZXQZX", "", "/", "BTC", "ETH/BTC", "ETHXBT", "BTC/EUR", "ACA/EUR"]
)
async def test_what_is_not_traded_here_is_not_found(adapter: KrakenAdapter, symbol: str) -> None:
    with pytest.raises(SymbolNotFound):
        await adapter.instrument(symbol)


async def test_pairs_of_two_monies_are_not_traded_here(
    adapter: KrakenAdapter, simulator: KrakenSimulator
) -> None:
    simulator.catalogue.add_pairs([_euros()])

    with pytest.raises(SymbolNotFound, match="not traded here"):
        await adapter.instrument("EUR/USD")


@pytest.mark.parametrize(
    ("text", "symbols"),
    [
        ("BTC", ["BTC/USD"]),
        ("xbt", ["BTC/USD"]),
        ("DOGE", ["DOGE/USD"]),
        ("btc/u", ["BTC/USD"]),
        ("ETH", ["ETH/USD"]),
        ("", []),
        ("Q", []),
    ],
)
async def test_a_search_begins_with_the_coin_in_dollars(
    adapter: KrakenAdapter, text: str, symbols: list[str]
) -> None:
    found = await adapter.search_instruments(text)

    assert [one.symbol for one in found] == symbols


async def test_rules_are_krakens_own_figures(adapter: KrakenAdapter) -> None:
    rules = await adapter.instrument_rules(BITCOIN)

    assert rules.quantity_step == Decimal("0.00000001")
    assert rules.price_tick == Decimal("0.1")
    assert rules.minimum_quantity == Decimal("0.00005")
    assert rules.minimum_notional == Decimal("0.5")
    assert rules.fractional


async def test_the_list_of_pairs_is_fetched_once_an_hour(
    adapter: KrakenAdapter, simulator: KrakenSimulator, clock: ManualClock
) -> None:
    for _ in range(3):
        await adapter.instrument("BTCUSD")
    before = sum("AssetPairs" in one.path for one in simulator.received)
    clock.advance(3601)
    await adapter.instrument("BTCUSD")

    assert before == 1
    assert sum("AssetPairs" in one.path for one in simulator.received) == 2


async def test_a_quote_has_the_time_of_the_question_and_its_source(
    adapter: KrakenAdapter, simulator: KrakenSimulator, clock: ManualClock
) -> None:
    first = await adapter.quote(BITCOIN)
    simulator.market.set("XBTUSD", bid="61000.0", ask="61010.0")
    clock.advance(2)
    second = await adapter.quote(BITCOIN)

    assert (first.bid, first.ask, first.last) == (60000, 60010, 60005)
    assert (first.at, first.source, first.delayed) == (NOON, "Kraken's spot exchange", False)
    assert first.volume == 1000
    assert (second.bid, second.at) == (61000, clock.now())


async def test_nobody_quoting_is_told_as_no_price(
    adapter: KrakenAdapter, simulator: KrakenSimulator
) -> None:
    simulator.market.forget("XBTUSD")

    with pytest.raises(BrokerError, match="no price"):
        await adapter.quote(BITCOIN)


async def test_a_one_sided_book_has_one_side(
    adapter: KrakenAdapter, simulator: KrakenSimulator
) -> None:
    simulator.market.set("XBTUSD", bid="0", ask="60010.0", last="60000.0")

    quote = await adapter.quote(BITCOIN)

    assert (quote.bid, quote.ask) == (None, 60010)


@pytest.mark.parametrize("fault", [Fault.EMPTY_OBJECT, Fault.LIST, Fault.INVALID_JSON])
async def test_what_is_no_ticker_is_no_price(
    adapter: KrakenAdapter, simulator: KrakenSimulator, fault: Fault
) -> None:
    await adapter.instrument("BTCUSD")
    simulator.fail("data", fault)

    with pytest.raises(ApiError):
        await adapter.quote(BITCOIN)


async def test_bars_lie_within_their_range_oldest_first(
    adapter: KrakenAdapter, simulator: KrakenSimulator
) -> None:
    simulator.market.make_bars("XBTUSD", 60, 48)
    start, end = NOON - timedelta(hours=10), NOON - timedelta(hours=2)

    bars = await adapter.bars(BITCOIN, Timeframe.HOUR, start, end)

    assert [bar.at for bar in bars] == [start + timedelta(hours=n) for n in range(8)]
    assert all(isinstance(bar.close, Decimal) and bar.volume == 100 for bar in bars)


async def test_an_empty_range_is_not_asked_for(
    adapter: KrakenAdapter, simulator: KrakenSimulator
) -> None:
    before = len(simulator.received)

    assert await adapter.bars(BITCOIN, Timeframe.DAY, NOON, NOON) == []
    assert len(simulator.received) == before


@pytest.mark.parametrize("row", [[], ["x", "1", "1", "1", "1", "1", "1", 1], 7, ["1"] * 3])
def test_a_row_that_is_no_bar_is_no_bar(row: object) -> None:
    with pytest.raises((ValueError, TypeError, IndexError)):
        mapping.bars([row], NOON - timedelta(days=2), NOON)


async def test_public_questions_keep_within_what_one_address_may_ask(
    adapter: KrakenAdapter, simulator: KrakenSimulator, clock: ManualClock
) -> None:
    with pytest.raises(RateLimited):
        for _ in range(300):
            clock.advance(2)
            await adapter.quote(BITCOIN)

    # The library counts in the machine's own time, and a new window may begin meanwhile.
    assert len([one for one in simulator.received if "public" in one.path]) < 120


def _euros() -> Pair:
    return Pair(
        id="ZEURZUSD",
        altname="EURUSD",
        wsname="EUR/USD",
        base="ZEUR",
        quote="ZUSD",
        pair_decimals=5,
        ordermin=Decimal("0.5"),
        costmin=Decimal("0.5"),
        tick_size=Decimal("0.00001"),
    )


async def test_with_a_pair_of_euros_and_dollars_euros_have_a_worth(
    adapter: KrakenAdapter, simulator: KrakenSimulator, clock: ManualClock
) -> None:
    simulator.catalogue.add_pairs([_euros()])
    simulator.market.set("EURUSD", bid="1.0800", ask="1.0802", last="1.0801")
    (account,) = await adapter.accounts()
    person = simulator.key(next(iter(simulator._gate.keys))).person
    simulator.set_balance(person, "EUR", "1000")
    simulator.set_balance(person, "ACA", "1000")

    balances = await adapter.balances(account)
    positions = {one.instrument.symbol: one for one in await adapter.positions(account)}

    assert positions["EUR/USD"].market_price == Decimal("1.0801")
    # ACA is priced in euros only: over them it comes to dollars.
    assert balances.equity.amount == 100_000 + Decimal("1080.1") + 50 * Decimal("1.0801")


async def test_a_pair_that_cannot_be_read_does_not_hide_the_others(
    adapter: KrakenAdapter, simulator: KrakenSimulator
) -> None:
    strange = _euros()
    strange.altname = "../orders"
    simulator.catalogue.add_pairs([strange])

    assert (await adapter.instrument("BTCUSD")).symbol == "BTC/USD"
    with pytest.raises(SymbolNotFound):
        await adapter.instrument("EURUSD")


@pytest.mark.parametrize("told", [[], {}, None, {"XXBTZUSD": {}}, {"XXBTZUSD": {"c": ["0"]}}])
def test_no_pairs_and_no_prices_are_never_the_truth(told: object) -> None:
    for read in (Catalogue.read, Prices.read):
        with pytest.raises((ValueError, TypeError)):
            read(told)


async def test_a_pair_that_takes_only_cancels_is_told_as_halted_until_it_trades_again(
    adapter: KrakenAdapter, simulator: KrakenSimulator, clock: ManualClock
) -> None:
    simulator.set_pair_status("XXBTZUSD", "cancel_only")
    halted = await adapter.quote(BITCOIN)

    simulator.set_pair_status("XXBTZUSD", "online")
    clock.advance(60)
    trading = await adapter.quote(BITCOIN)

    assert (halted.halted, trading.halted) == (True, False)
