"""Instruments, prices, bars, chains and hours."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from floorbroker.brokers.schwab.adapter import SchwabAdapter
from floorbroker.domain.errors import ApiError, BrokerError, SymbolNotFound
from floorbroker.domain.instruments import AssetClass, Instrument, OptionRight
from floorbroker.domain.market import Timeframe
from floorbroker.domain.orders import Side
from tests.brokers.schwab.at_schwab import (
    APPLE,
    CALL,
    EXPIRY,
    SCHWABS_CALL,
    Canned,
)
from tests.fakes.clock import NOON
from tests.simulators.schwab import Bar, SchwabSimulator

# Instruments


@pytest.mark.parametrize("typed", ["AAPL", "aapl"])
async def test_a_share_is_found_by_its_symbol(adapter: SchwabAdapter, typed: str) -> None:
    share = await adapter.instrument(typed)

    assert (share.symbol, share.asset_class, share.name) == ("AAPL", AssetClass.EQUITY, "Apple Inc")
    assert share.exchange == "NASDAQ"


@pytest.mark.parametrize("typed", ["BRK.B", "BRK/B", "brk-b"])
async def test_a_share_class_is_written_in_one_way(adapter: SchwabAdapter, typed: str) -> None:
    assert (await adapter.instrument(typed)).symbol == "BRK.B"


async def test_an_option_is_found_with_its_terms(adapter: SchwabAdapter) -> None:
    option = await adapter.instrument(CALL.symbol)

    assert (option.underlying, option.expiry, option.right) == ("AAPL", EXPIRY, OptionRight.CALL)
    assert [option.strike, option.multiplier] == [200, 100]


@pytest.mark.parametrize(
    "symbol",
    ["QZXQZX", "AAPL260320C00999000", "$SPX", "BTC/USD/X", "A,B", "../x", "A261320C001"],
)
async def test_what_nobody_trades_is_told_as_such(adapter: SchwabAdapter, symbol: str) -> None:
    with pytest.raises(SymbolNotFound):
        await adapter.instrument(symbol)


async def test_what_cannot_be_ordered_is_no_instrument_here(
    adapter: SchwabAdapter, simulator: SchwabSimulator
) -> None:
    fund = {"symbol": "SWPPX", "description": "A fund", "assetType": "MUTUAL_FUND"}
    simulator.refuse_with("instruments", Canned({"instruments": [fund]}))

    with pytest.raises(SymbolNotFound):
        await adapter.instrument("SWPPX")


async def test_shares_are_suggested_by_the_beginning_of_their_symbol(
    adapter: SchwabAdapter, simulator: SchwabSimulator
) -> None:
    found = await adapter.search_instruments("b")
    asked = len(simulator.received)
    again = await adapter.search_instruments("B")

    assert [one.symbol for one in found] == ["BAC", "BRK.B"]
    assert again == found
    assert len(simulator.received) == asked


@pytest.mark.parametrize("typed", ["", ".*", "A|B", "A,B", "(", "x" * 40, "ä"])
async def test_what_begins_no_symbol_is_not_asked_for(
    adapter: SchwabAdapter, simulator: SchwabSimulator, typed: str
) -> None:
    asked = len(simulator.received)

    assert await adapter.search_instruments(typed) == []
    assert len(simulator.received) == asked


async def test_nothing_that_begins_so_is_no_suggestion_and_an_outage_is_told(
    adapter: SchwabAdapter, simulator: SchwabSimulator
) -> None:
    simulator.refuse("instruments", status=404, message="Not found", times=1)
    none = await adapter.search_instruments("zz")
    simulator.refuse("instruments", status=500, message="Try later", times=1)

    assert list(none) == []
    with pytest.raises(ApiError):
        await adapter.search_instruments("zy")


async def test_a_dot_is_no_wildcard(adapter: SchwabAdapter) -> None:
    assert not await adapter.search_instruments("BR.")
    assert [one.symbol for one in await adapter.search_instruments("BRK.")] == ["BRK.B"]


async def test_ticks_follow_the_price(adapter: SchwabAdapter) -> None:
    dear = await adapter.instrument_rules(APPLE)
    cheap = await adapter.instrument_rules(Instrument(symbol="BAC", asset_class=AssetClass.EQUITY))
    option = await adapter.instrument_rules(CALL)

    assert (dear.price_tick, cheap.price_tick) == (Decimal("0.01"), Decimal("0.0001"))
    assert [option.price_tick, option.quantity_step] == [Decimal("0.01"), 1]
    assert {dear.quantity_step, dear.minimum_quantity, cheap.quantity_step} == {1}
    assert not dear.fractional


# Prices


async def test_a_quote_tells_its_time_and_whether_it_is_delayed(
    adapter: SchwabAdapter, simulator: SchwabSimulator
) -> None:
    at = NOON - timedelta(minutes=20)
    now = await adapter.quote(APPLE)
    simulator.market.set("AAPL", bid="189", ask="191", delayed=True, at=at)
    old = await adapter.quote(APPLE)

    assert (now.bid, now.ask, now.last) == (Decimal("189.9"), Decimal(190), Decimal("189.95"))
    assert (now.at, now.delayed, now.source) == (NOON, False, "Charles Schwab")
    assert (now.last_at, old.last_at) == (NOON, at)
    assert (old.at, old.delayed) == (at, True)


async def test_a_share_class_and_an_option_have_prices(adapter: SchwabAdapter) -> None:
    class_b = await adapter.quote(Instrument(symbol="BRK.B", asset_class=AssetClass.EQUITY))
    option = await adapter.quote(CALL)

    assert class_b.ask == Decimal("480.1")
    assert (option.bid, option.ask) == (Decimal("3.1"), Decimal("3.2"))


async def test_nobody_on_one_side_is_no_price(
    adapter: SchwabAdapter, simulator: SchwabSimulator
) -> None:
    simulator.market.set("AAPL", bid="0", ask="190", last="0")

    quote = await adapter.quote(APPLE)

    assert (quote.bid, quote.ask, quote.last) == (None, Decimal(190), None)


async def test_what_was_never_quoted_has_no_price(
    adapter: SchwabAdapter, simulator: SchwabSimulator
) -> None:
    simulator.market.set("AAPL", bid="0", ask="0", last="0")

    with pytest.raises(BrokerError, match="no price"):
        await adapter.quote(APPLE)


@pytest.mark.parametrize("symbol", ["QZXQZX", "errors", "AAPL,MSFT"])
async def test_what_nobody_has_is_no_quote(adapter: SchwabAdapter, symbol: str) -> None:
    with pytest.raises(SymbolNotFound):
        await adapter.quote(Instrument(symbol=symbol, asset_class=AssetClass.EQUITY))


async def test_an_answer_without_the_symbol_is_no_quote(
    adapter: SchwabAdapter, simulator: SchwabSimulator
) -> None:
    simulator.refuse_with("quotes", Canned({"errors": {"invalidSymbols": ["AAPL"]}}))

    with pytest.raises(SymbolNotFound):
        await adapter.quote(APPLE)


# Bars


def bar(at: datetime, price: int, volume: int = 100) -> Bar:
    base = Decimal(price)
    return Bar(at=at, open=base, high=base + 2, low=base - 2, close=base + 1, volume=volume)


@pytest.mark.parametrize(
    ("timeframe", "kind", "frequency", "step"),
    [
        (Timeframe.MINUTE, "minute", 1, timedelta(minutes=1)),
        (Timeframe.FIVE_MINUTES, "minute", 5, timedelta(minutes=5)),
        (Timeframe.DAY, "daily", 1, timedelta(days=1)),
    ],
)
async def test_bars_lie_within_their_range(
    adapter: SchwabAdapter,
    simulator: SchwabSimulator,
    timeframe: Timeframe,
    kind: str,
    frequency: int,
    step: timedelta,
) -> None:
    around = [bar(NOON + step * n, 100 + n) for n in range(-5, 5)]
    simulator.market.give_bars("AAPL", kind, frequency, around)

    bars = await adapter.bars(APPLE, timeframe, NOON - step * 2, NOON + step * 2)

    assert [one.at for one in bars] == [NOON + step * n for n in range(-2, 2)]
    assert [bars[0].open, bars[0].high, bars[0].low, bars[0].close] == [98, 100, 96, 99]


async def test_an_hour_is_put_together_of_its_halves(
    adapter: SchwabAdapter, simulator: SchwabSimulator
) -> None:
    half = timedelta(minutes=30)
    halves = [bar(NOON + half * n, 100 + n, 10) for n in range(-1, 3)]
    simulator.market.give_bars("AAPL", "minute", 30, halves)

    first, second = await adapter.bars(APPLE, Timeframe.HOUR, NOON, NOON + timedelta(hours=2))

    assert (first.at, second.at) == (NOON, NOON + timedelta(hours=1))
    assert [first.open, first.high, first.low, first.close] == [100, 103, 98, 102]
    assert [first.volume, second.volume] == [20, 10]


async def test_a_thousand_bars_are_enough(
    adapter: SchwabAdapter, simulator: SchwabSimulator
) -> None:
    simulator.market.make_bars("AAPL", "minute", 1, 1500)

    bars = await adapter.bars(APPLE, Timeframe.MINUTE, NOON - timedelta(days=2), NOON)

    assert len(bars) == 1000
    assert bars[0].at == NOON - timedelta(minutes=1500)


async def test_no_range_asks_for_nothing_and_no_symbol_is_told(
    adapter: SchwabAdapter, simulator: SchwabSimulator
) -> None:
    asked = len(simulator.received)

    assert await adapter.bars(APPLE, Timeframe.DAY, NOON, NOON) == []
    assert len(simulator.received) == asked
    with pytest.raises(SymbolNotFound):
        nobodys = Instrument(symbol="QZX", asset_class=AssetClass.EQUITY)
        await adapter.bars(nobodys, Timeframe.DAY, NOON - timedelta(days=1), NOON)


# Chains


async def test_a_chain_has_calls_and_puts_of_one_expiry(
    adapter: SchwabAdapter, simulator: SchwabSimulator
) -> None:
    simulator.listing.add_contracts("AAPL", EXPIRY, "195")
    simulator.listing.add_contracts("AAPL", EXPIRY + timedelta(days=7), "200")

    chain = await adapter.option_chain(APPLE, EXPIRY)

    call, put = OptionRight.CALL, OptionRight.PUT
    assert [one.strike for one in chain] == [195, 195, 200, 200]
    assert [one.right for one in chain] == [call, put, call, put]
    assert CALL.symbol in {one.symbol for one in chain}


async def test_a_contract_for_something_else_than_the_usual_shares_is_left_out(
    adapter: SchwabAdapter, simulator: SchwabSimulator
) -> None:
    usual = {"symbol": SCHWABS_CALL, "multiplier": 100.0, "nonStandard": False}
    odd = {"symbol": "AAPL1 260320C00200000", "multiplier": 100.0, "nonStandard": True}
    rubbish = {"symbol": "no contract", "multiplier": 100.0}
    told = {"callExpDateMap": {"2026-03-20:16": {"200.0": [usual, odd, rubbish]}}}
    simulator.refuse_with("chains", Canned(told))

    (only,) = await adapter.option_chain(APPLE, EXPIRY)

    assert only.symbol == CALL.symbol


async def test_what_has_no_options_has_no_chain(adapter: SchwabAdapter) -> None:
    with pytest.raises(SymbolNotFound):
        await adapter.option_chain(Instrument(symbol="BAC", asset_class=AssetClass.EQUITY), EXPIRY)


async def test_a_halted_share_is_told_as_halted(
    adapter: SchwabAdapter, simulator: SchwabSimulator
) -> None:
    before = await adapter.quote(APPLE)
    quotes = simulator.market.quotes
    quotes["AAPL"] = replace(quotes["AAPL"], status="Halted")

    assert (before.halted, (await adapter.quote(APPLE)).halted) == (False, True)


async def test_the_expiries_are_those_to_come(
    adapter: SchwabAdapter, simulator: SchwabSimulator
) -> None:
    simulator.listing.add_contracts("AAPL", EXPIRY + timedelta(days=7), "200")

    assert await adapter.option_expiries(APPLE) == [EXPIRY, EXPIRY + timedelta(days=7)]
    with pytest.raises(SymbolNotFound):
        await adapter.option_expiries(Instrument(symbol="BAC", asset_class=AssetClass.EQUITY))


async def test_the_prices_of_a_chain_come_in_one_request_with_what_stands_open(
    adapter: SchwabAdapter, simulator: SchwabSimulator
) -> None:
    simulator.market.set_greeks(SCHWABS_CALL, delta="0.55", volatility="24.5")
    chain = await adapter.option_chain(APPLE, EXPIRY)
    asked = len(simulator.received)

    told = {one.contract.symbol: one for one in await adapter.option_quotes(chain)}

    assert len(simulator.received) == asked + 1
    assert list(told) == [one.symbol for one in chain]
    known = told[CALL.symbol]
    assert known.quote is not None
    assert known.quote.touch(Side.BUY) == (await adapter.quote(CALL)).ask
    assert known.open_interest is not None
    assert known.greeks is not None
    assert known.greeks.delta == Decimal("0.55")
    assert known.greeks.implied_volatility == Decimal("0.245")


async def test_a_contract_that_nobody_quotes_is_there_without_a_price_or_figures(
    adapter: SchwabAdapter, simulator: SchwabSimulator
) -> None:
    bare = {"symbol": SCHWABS_CALL, "delta": -999.0, "volatility": "NaN", "bid": 0.0}
    told = {"callExpDateMap": {"2026-03-20:16": {"200.0": [bare]}}}
    simulator.refuse_with("chains", Canned(told))

    (only,) = await adapter.option_quotes([CALL])

    assert (only.quote, only.open_interest, only.greeks) == (None, None, None)


async def test_no_contracts_ask_for_nothing(
    adapter: SchwabAdapter, simulator: SchwabSimulator
) -> None:
    asked = len(simulator.received)

    assert await adapter.option_quotes([]) == ()
    assert len(simulator.received) == asked
