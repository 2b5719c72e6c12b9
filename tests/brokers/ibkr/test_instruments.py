"""Instruments, searched and looked up at the simulator."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal

import pytest

from floorbroker.brokers.ibkr.errors import Refusal
from floorbroker.domain.errors import (
    AmbiguousSymbol,
    BrokerConnectionError,
    NotSupported,
    SymbolNotFound,
)
from floorbroker.domain.instruments import AssetClass
from tests.brokers.ibkr.at_market import (
    APPLE,
    CALL,
    DETAILS,
    QUOTES,
    RULES,
    SEARCHES,
    Desk,
    market_at,
)
from tests.simulators.tws import Fault


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with market_at() as desk:
        yield desk


@pytest.mark.parametrize(
    ("typed", "symbol", "kind", "exchange"),
    [
        ("aapl", "AAPL", AssetClass.EQUITY, "NASDAQ"),
        ("SPY", "SPY", AssetClass.EQUITY, "ARCA"),
        (CALL, CALL, AssetClass.OPTION, None),
        ("ESZ6", "ESZ6", AssetClass.FUTURE, "CME"),
        ("ES-202703", "ESH7", AssetClass.FUTURE, "CME"),
        ("eur/usd", "EUR/USD", AssetClass.FOREX, "IDEALPRO"),
        ("BTC/USD", "BTC/USD", AssetClass.CRYPTO, "PAXOS"),
        ("VOD-NASDAQ", "VOD", AssetClass.EQUITY, "NASDAQ"),
    ],
)
async def test_each_kind_is_found_by_its_symbol(
    desk: Desk, typed: str, symbol: str, kind: AssetClass, exchange: str | None
) -> None:
    found = await desk.instruments.named(typed)

    assert (found.symbol, found.asset_class, found.exchange) == (symbol, kind, exchange)
    assert found.currency == "USD"


async def test_a_share_class_is_found_with_a_dot(desk: Desk) -> None:
    desk.simulator.list_contract("BRK B", primary="NYSE", name="BERKSHIRE HATHAWAY INC-CL B")

    found = await desk.instruments.named("brk/b")

    assert (found.symbol, found.name) == ("BRK.B", "BERKSHIRE HATHAWAY INC-CL B")


async def test_what_was_found_is_not_asked_for_again_for_a_day(desk: Desk) -> None:
    await desk.instruments.named("AAPL")
    await desk.instruments.named("aapl")
    assert desk.asked(DETAILS) == 1
    desk.clock.advance(timedelta(days=1).total_seconds())

    await desk.instruments.named("AAPL")

    assert desk.asked(DETAILS) == 2


async def test_an_unknown_symbol_is_told_as_such_and_asked_for_again(desk: Desk) -> None:
    with pytest.raises(SymbolNotFound, match="QZXQZX"):
        await desk.instruments.named("QZXQZX")
    desk.simulator.list_contract("QZXQZX")

    assert (await desk.instruments.named("QZXQZX")).symbol == "QZXQZX"


async def test_a_share_in_other_money_is_refused_with_its_currency(desk: Desk) -> None:
    desk.simulator.list_contract("BARC", currency="GBP", primary="LSE")

    with pytest.raises(NotSupported, match=r"BARC is priced in GBP\. .*US dollars"):
        await desk.instruments.named("BARC")


async def test_of_two_listings_only_the_one_in_dollars_counts(desk: Desk) -> None:
    assert (await desk.instruments.named("VOD")).exchange == "NASDAQ"


async def test_two_of_one_name_are_told_apart_by_their_exchange(desk: Desk) -> None:
    other = desk.simulator.list_contract("VOD", primary="NYSE", name="VODACOM LTD")
    with pytest.raises(AmbiguousSymbol, match=r"VOD-NASDAQ \(VODAFONE.*VOD-NYSE \(VODACOM"):
        await desk.instruments.named("VOD")

    chosen = await desk.instruments.named("vod-nyse")

    assert chosen.symbol == "VOD-NYSE"
    assert (await desk.instruments.contract(chosen)).conId == other.con_id


async def test_a_future_that_is_quoted_in_cents_is_refused(desk: Desk) -> None:
    silence = desk.simulator.fail("read", Fault.SILENCE)
    waiting = asyncio.create_task(desk.instruments.named("ZCZ6"))
    await silence.reached.wait()
    request = desk.messages(DETAILS)[0][2]

    desk.tell(
        *(10, request, "ZC", "FUT", "20261214", "", "", "CBOT", "USD", "ZCZ6", "ZC", "ZC", 7),
        *("0.25", "5000", "LMT,MKT", "CBOT", 100, 0, "Corn Futures", "", "202612", "", "", ""),
        *("US/Central", "", "", "", 0, 0, 1, "ZC", "IND", "67", "20261214", "", 1, 1, 1),
    )
    desk.tell(52, 1, request)

    with pytest.raises(NotSupported, match="1/100 of a dollar"):
        await waiting


async def test_a_coin_is_found_wherever_the_account_may_trade_it(desk: Desk) -> None:
    desk.simulator.delist(desk.simulator.contract("BTC"))
    desk.simulator.list_contract("BTC", "CRYPTO", exchanges=("ZEROHASH",))

    found = await desk.instruments.named("BTC/USD")

    assert found.exchange == "ZEROHASH"
    assert (await desk.instruments.contract(found)).exchange == "ZEROHASH"


async def test_the_contract_of_an_order_is_complete(desk: Desk) -> None:
    share = await desk.instruments.contract(APPLE)
    future = await desk.instruments.contract(await desk.instruments.named("ESZ6"))

    assert (share.conId, share.exchange, share.secType) == (265598, "SMART", "STK")
    assert (future.exchange, future.multiplier) == ("CME", "50")
    assert future.conId == desk.simulator.contract("ESZ6").con_id


async def test_a_contract_of_the_brokers_is_told_as_the_same_instrument(desk: Desk) -> None:
    for symbol in ("AAPL", CALL, "ESZ6", "EUR/USD", "BTC/USD"):
        found = await desk.instruments.named(symbol)

        told = desk.instruments.of(await desk.instruments.contract(found))

        assert told is not None
        assert (told.symbol, told.multiplier, told.expiry) == (
            found.symbol,
            found.multiplier,
            found.expiry,
        )


@pytest.mark.parametrize(
    ("symbol", "tick", "step"),
    [
        ("AAPL", "0.01", "1"),
        ("ESZ6", "0.25", "1"),
        ("EUR/USD", "0.00005", "1"),
        ("BTC/USD", "0.25", "0.00000001"),
    ],
)
async def test_rules_are_those_of_details_and_market_rule(
    desk: Desk, symbol: str, tick: str, step: str
) -> None:
    rules = await desk.instruments.rules(await desk.instruments.named(symbol))

    assert (rules.price_tick, rules.quantity_step) == (Decimal(tick), Decimal(step))
    assert rules.minimum_quantity == rules.quantity_step
    assert desk.asked(QUOTES) == 0


@pytest.mark.parametrize(("price", "tick"), [("2.90", "0.01"), ("3.10", "0.05")])
async def test_the_tick_of_an_option_is_that_of_its_price(
    desk: Desk, price: str, tick: str
) -> None:
    option = await desk.instruments.named(CALL)
    desk.simulator.set_price(
        desk.simulator.contract("AAPL  261218C00200000"), bid=price, ask=price, last=price
    )

    rules = [await desk.instruments.rules(option) for _ in range(2)]

    assert [one.price_tick for one in rules] == [Decimal(tick)] * 2
    assert (desk.asked(RULES), desk.asked(QUOTES)) == (1, 1)


async def test_the_tick_of_an_option_without_a_price_is_the_finest(desk: Desk) -> None:
    desk.simulator.market_data = "none"

    rules = await desk.instruments.rules(await desk.instruments.named(CALL))

    assert rules.price_tick == Decimal("0.01")


async def test_shares_are_searched_by_symbol_and_by_name(desk: Desk) -> None:
    by_symbol = await desk.instruments.search("aap")
    by_name = await desk.instruments.search("Vodafone")

    assert [one.symbol for one in by_symbol] == ["AAPL"]
    assert [(one.symbol, one.exchange) for one in by_name] == [("VOD", "NASDAQ")]


async def test_pairs_coins_futures_and_options_are_found_too(desk: Desk) -> None:
    assert [one.symbol for one in await desk.instruments.search("eur")] == ["EUR/USD"]
    assert (await desk.instruments.search("BTC"))[0].symbol == "BTC/USD"
    assert [one.symbol for one in await desk.instruments.search("esz6")] == ["ESZ6"]


async def test_a_search_is_asked_once(desk: Desk) -> None:
    first = await desk.instruments.search("aap")

    assert await desk.instruments.search(" AAP ") == first
    assert desk.asked(SEARCHES) == 1


@pytest.mark.parametrize("typed", ["", "  ", "ä", "x" * 65, "A\x00B"])
async def test_what_begins_nothing_is_not_searched_for(desk: Desk, typed: str) -> None:
    assert list(await desk.instruments.search(typed)) == []
    assert desk.asked(SEARCHES) == 0


async def test_another_error_of_the_gateway_is_no_unknown_symbol(desk: Desk) -> None:
    desk.simulator.fail("read", Fault.ERROR(322, "Duplicate ticker id"))

    with pytest.raises(Refusal) as refused:
        await desk.instruments.named("AAPL")

    assert refused.value.code == 322
    assert (await desk.instruments.named("AAPL")).symbol == "AAPL"


async def test_a_market_rule_that_is_not_told_is_asked_for_again(desk: Desk) -> None:
    await desk.instruments.named("ESZ6")
    desk.simulator.set_rule(67, ("0", "0.5"))
    desk.simulator.fail("read", Fault.SILENCE)
    future = await desk.instruments.named("ESZ6")

    assert (await desk.instruments.rules(future)).price_tick == Decimal("0.25")
    assert (await desk.instruments.rules(future)).price_tick == Decimal("0.5")


async def test_a_look_up_ends_with_its_connection(desk: Desk) -> None:
    desk.simulator.fail("read", Fault.DROP_BEFORE)

    with pytest.raises(BrokerConnectionError):
        await desk.instruments.named("AAPL")
