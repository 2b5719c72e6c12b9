"""Prices, names and contracts: the right thing, its age, and nothing made up."""

from datetime import date
from decimal import Decimal

import pytest

from floorbroker.brokers.etrade.adapter import EtradeAdapter
from floorbroker.brokers.etrade.products import contract_of
from floorbroker.domain.errors import ApiError, BrokerError, SymbolNotFound
from floorbroker.domain.instruments import AssetClass, Instrument, OptionRight
from tests.brokers.etrade.at_etrade import APPLE, CALL, EXPIRY, Told
from tests.fakes.clock import NOON
from tests.simulators.etrade import EtradeSimulator, Fault
from tests.simulators.etrade.faults import QUOTES


async def test_a_quote_has_its_own_time_and_age(
    adapter: EtradeAdapter, simulator: EtradeSimulator
) -> None:
    quote = await adapter.quote(APPLE)

    assert [quote.bid, quote.ask, quote.last] == [
        Decimal("199.9"),
        Decimal("200.1"),
        Decimal(200),
    ]
    assert (quote.at, quote.source, quote.delayed) == (NOON, "E*TRADE", False)


@pytest.mark.parametrize(
    ("status", "delayed"),
    [
        ("REALTIME", False),
        ("EH_REALTIME", False),
        ("DELAYED", True),
        ("CLOSING", True),
        ("EH_CLOSED", True),
    ],
)
async def test_what_does_not_claim_to_be_of_now_is_told_as_delayed(
    adapter: EtradeAdapter, simulator: EtradeSimulator, status: str, delayed: bool
) -> None:
    simulator.market.set("AAPL", bid="199", ask="201", status=status)

    assert (await adapter.quote(APPLE)).delayed is delayed


async def test_the_price_of_a_contract_is_asked_for_by_its_terms(adapter: EtradeAdapter) -> None:
    quote = await adapter.quote(CALL)

    assert quote.instrument == CALL
    assert [quote.bid, quote.ask] == [Decimal("4.9"), Decimal("5.1")]


async def test_nobody_there_is_no_price_of_zero(
    adapter: EtradeAdapter, simulator: EtradeSimulator
) -> None:
    simulator.market.set("AAPL", bid="0", ask="200", last="0", previous_close="1")
    only_ask = await adapter.quote(APPLE)
    simulator.market.set("AAPL", bid="0", ask="0", last="0", previous_close="1")

    assert [only_ask.bid, only_ask.ask, only_ask.last] == [None, Decimal(200), None]
    with pytest.raises(BrokerError, match="no price"):
        await adapter.quote(APPLE)


async def test_an_unknown_symbol_and_a_forgotten_one_are_not_found(
    adapter: EtradeAdapter, simulator: EtradeSimulator
) -> None:
    simulator.market.forget("F")

    for symbol in ("QZXQZX", "F", "BTC/USD", "AAPL261218P00999000", "TOOLONGSYM"):
        with pytest.raises(SymbolNotFound):
            await adapter.instrument(symbol)


@pytest.mark.parametrize("symbol", ["../accounts", "AAPL,F", "AAPL:2026", "A B", "aapl"])
async def test_what_is_no_symbol_never_becomes_a_path(
    adapter: EtradeAdapter, simulator: EtradeSimulator, symbol: str
) -> None:
    asked = len(simulator.received)

    with pytest.raises(SymbolNotFound):
        await adapter.instrument(symbol)

    assert len(simulator.received) == asked


async def test_a_symbol_with_a_class_is_found_as_people_write_it(
    adapter: EtradeAdapter, simulator: EtradeSimulator
) -> None:
    simulator.market.set("BRK.B", bid="400", ask="401", name="BERKSHIRE HATHAWAY INC CL B")

    found = {(await adapter.instrument(one)).symbol for one in ("BRK.B", "BRK-B", "BRK/B")}

    assert found == {"BRK.B"}


async def test_a_contract_is_found_by_the_markets_symbol_of_it(adapter: EtradeAdapter) -> None:
    found = await adapter.instrument("AAPL261218C00200000")

    assert found == CALL
    assert found.multiplier == 100
    assert found.right is OptionRight.CALL


async def test_a_search_finds_symbols_and_parts_of_names(
    adapter: EtradeAdapter, simulator: EtradeSimulator
) -> None:
    simulator.market.set("FORD", bid="1", ask="1", name="FORWARD INDUSTRIES INC")

    assert [one.symbol for one in await adapter.search_instruments("motor")] == []
    assert [one.symbol for one in await adapter.search_instruments("mtr")] == ["F"]
    assert [one.symbol for one in await adapter.search_instruments("ford")] == ["FORD", "F"]
    assert [one.symbol for one in await adapter.search_instruments("aapl")] == ["AAPL"]
    assert await adapter.search_instruments("../x?y") == []
    assert await adapter.search_instruments("  ") == []


async def test_an_answer_about_another_symbol_is_none(
    adapter: EtradeAdapter, simulator: EtradeSimulator
) -> None:
    body = (
        b'{"QuoteResponse": {"QuoteData": [{"dateTimeUTC": 1772643600, "quoteStatus": "REALTIME",'
        b' "All": {"bid": 1, "ask": 2}, "Product": {"symbol": "AAPU", "securityType": "EQ"}}]}}'
    )
    simulator.refuse_with(QUOTES, Told(body))

    with pytest.raises(SymbolNotFound):
        await adapter.quote(APPLE)


async def test_a_quote_that_cannot_be_read_is_no_price(
    adapter: EtradeAdapter, simulator: EtradeSimulator
) -> None:
    simulator.fail(QUOTES, Fault.INVALID_JSON)

    with pytest.raises(ApiError):
        await adapter.quote(APPLE)


async def test_a_chain_has_every_contract_of_that_day_and_of_no_other(
    adapter: EtradeAdapter, simulator: EtradeSimulator
) -> None:
    simulator.market.set_option("AAPL", EXPIRY, "190", "PUT", bid="1", ask="2")
    simulator.market.set_option("AAPL", EXPIRY, "190", "CALL", bid="1", ask="2")
    simulator.market.set_option("AAPL", date(2026, 12, 24), "195", "CALL", bid="1", ask="2")

    chain = await adapter.option_chain(APPLE, EXPIRY)
    none = [
        await adapter.option_chain(APPLE, day)
        for day in (date(2026, 12, 19), date(2027, 1, 15), date(2026, 3, 20))
    ]

    assert [one.symbol for one in chain] == [
        "AAPL261218C00190000",
        "AAPL261218P00190000",
        "AAPL261218C00200000",
    ]
    assert {one.expiry for one in chain} == {EXPIRY}
    assert none == [[], [], []]
    assert await adapter.option_chain(CALL, EXPIRY) == []


async def test_the_nearest_day_is_not_the_one_that_was_asked_for(
    adapter: EtradeAdapter, simulator: EtradeSimulator
) -> None:
    body = (
        b'{"OptionChainResponse": {"SelectedED": {"year": 2026, "month": 12, "day": 11},'
        b' "OptionPair": [{"Call": {"symbol": "AAPL", "strikePrice": 200}}]}}'
    )
    simulator.refuse_with("/v1/market/optionchains.json", Told(body))

    assert await adapter.option_chain(APPLE, EXPIRY) == []


async def test_a_share_without_options_has_none(adapter: EtradeAdapter) -> None:
    ford = Instrument(symbol="F", asset_class=AssetClass.EQUITY)

    assert await adapter.option_chain(ford, EXPIRY) == []


async def test_steps_are_cents_and_below_a_dollar_finer(
    adapter: EtradeAdapter, simulator: EtradeSimulator
) -> None:
    simulator.market.set("PENNY", bid="0.31", ask="0.32")
    penny = Instrument(symbol="PENNY", asset_class=AssetClass.EQUITY)

    ticks = [(await adapter.instrument_rules(one)).price_tick for one in (APPLE, penny, CALL)]

    assert ticks == [Decimal("0.01"), Decimal("0.0001"), Decimal("0.01")]


@pytest.mark.parametrize(
    "symbol",
    [
        "AAPL",
        "AAPL261318C00200000",
        "AAPL261218X00200000",
        "AAPL261218C00000000",
        "1AAPL261218C00200000",
        "A" * 30,
    ],
)
def test_what_is_no_contract_is_none(symbol: str) -> None:
    assert contract_of(symbol) is None


async def test_the_expiries_are_the_days_of_its_contracts(
    adapter: EtradeAdapter, simulator: EtradeSimulator
) -> None:
    later = date(2026, 12, 24)
    simulator.market.set_option("AAPL", later, "195", "CALL", bid="1", ask="2")
    ford = Instrument(symbol="F", asset_class=AssetClass.EQUITY)

    assert await adapter.option_expiries(APPLE) == [EXPIRY, later]
    assert await adapter.option_expiries(ford) == []
    assert await adapter.option_expiries(CALL) == []


async def test_the_prices_of_a_chain_come_with_greeks_and_what_stands_open(
    adapter: EtradeAdapter, simulator: EtradeSimulator
) -> None:
    greeks = {"delta": "-0.45", "iv": "0.31"}
    simulator.market.set_option("AAPL", EXPIRY, "190", "PUT", bid="1", ask="2", greeks=greeks)
    chain = await adapter.option_chain(APPLE, EXPIRY)

    put, call = await adapter.option_quotes(chain)

    assert put.quote is not None
    assert (put.quote.bid, put.quote.ask) == (1, 2)
    assert put.open_interest == 0
    assert put.greeks is not None
    assert (put.greeks.delta, put.greeks.implied_volatility) == (Decimal("-0.45"), Decimal("0.31"))
    assert call.greeks is None


async def test_prices_of_another_day_are_none(
    adapter: EtradeAdapter, simulator: EtradeSimulator
) -> None:
    body = (
        b'{"OptionChainResponse": {"SelectedED": {"year": 2026, "month": 12, "day": 11},'
        b' "OptionPair": [{"Call": {"symbol": "AAPL", "strikePrice": 200}}]}}'
    )
    simulator.refuse_with("/v1/market/optionchains.json", Told(body))

    assert await adapter.option_quotes([CALL]) == []
