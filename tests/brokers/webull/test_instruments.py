"""What can be traded: found, named, and how each may be ordered."""

from dataclasses import replace
from decimal import Decimal

import pytest

from floorbroker.brokers.context import BrokerContext
from floorbroker.brokers.webull.adapter import WebullAdapter
from floorbroker.domain.errors import ApiError, SymbolNotFound
from floorbroker.domain.instruments import AssetClass
from tests.brokers.webull.at_webull import APPLE, BERKSHIRE, BITCOIN, CALL, KEY, SECRET, adapter_in
from tests.fakes.clock import ManualClock
from tests.simulators.webull import Fault, WebullSimulator

SHARES = "/trading/instruments/stocks/profiles/list"
COINS = "/trading/instruments/crypto/profiles/list"


# By name


@pytest.mark.parametrize("typed", ["BRK.B", "BRK-B", "BRK/B"])
async def test_a_share_is_found_with_any_sign_before_its_class(
    adapter: WebullAdapter, typed: str
) -> None:
    found = await adapter.instrument(typed)

    assert found.symbol == "BRK.B"
    assert found.asset_class is AssetClass.EQUITY
    assert found.name == "BERKSHIRE HATHAWAY"


@pytest.mark.parametrize("typed", ["BTC/USD", "BTC-USD", "BTCUSD"])
async def test_a_coin_is_found_with_and_without_a_separator(
    adapter: WebullAdapter, typed: str
) -> None:
    found = await adapter.instrument(typed)

    assert (found.symbol, found.asset_class) == ("BTC/USD", AssetClass.CRYPTO)


async def test_a_contract_is_found_by_the_symbol_that_the_market_uses(
    adapter: WebullAdapter,
) -> None:
    found = await adapter.instrument("AAPL261218C00240000")

    assert replace(found, name="") == CALL
    assert found.name == "AAPL 18 Dec 2026 240 call"


@pytest.mark.parametrize(
    "typed", ["QZXQZX", "QZX/USD", "AAPL261218C00999000", "AAPL,MSFT", "A" * 30]
)
async def test_what_webull_does_not_list_is_not_found(adapter: WebullAdapter, typed: str) -> None:
    with pytest.raises(SymbolNotFound):
        await adapter.instrument(typed)


@pytest.mark.parametrize("symbol", ["AAPL", "BTC/USD", "AAPL261218C00240000"])
async def test_what_is_not_traded_any_more_is_not_found_and_what_may_be_closed_is(
    adapter: WebullAdapter, simulator: WebullSimulator, context: BrokerContext, symbol: str
) -> None:
    simulator.change_instrument(symbol.replace("/", ""), status="NT")
    with pytest.raises(SymbolNotFound):
        await adapter.instrument(symbol)
    context.cache._values.clear()
    simulator.change_instrument(symbol.replace("/", ""), status="CO")

    assert (await adapter.instrument(symbol)).symbol == symbol


async def test_lists_are_fetched_once_for_everybody(
    adapter: WebullAdapter, context: BrokerContext, simulator: WebullSimulator
) -> None:
    another = adapter_in(context)
    for one in (adapter, another):
        await one.instrument("AAPL")
        await one.instrument("BTC/USD")

    paths = [one.path for one in simulator.received]
    assert (paths.count(SHARES), paths.count(COINS)) == (1, 1)
    await another.close()


async def test_another_address_has_lists_of_its_own(
    adapter: WebullAdapter, context: BrokerContext, clock: ManualClock
) -> None:
    async with WebullSimulator(now=clock.now) as elsewhere:
        bert = elsewhere.add_person("bert")
        elsewhere.add_app(KEY, SECRET, person=bert)
        elsewhere.change_instrument("AAPL", name="ANOTHER APPLE")
        endpoints = {**context.endpoints, "paper": elsewhere.url}
        another = adapter_in(replace(context, endpoints=endpoints))

        here, there = [await one.instrument("AAPL") for one in (adapter, another)]
        await another.close()

    assert [here.name, there.name] == ["APPLE INC", "ANOTHER APPLE"]


# Searching


async def test_a_search_finds_symbols_and_those_with_one_letter_more(
    adapter: WebullAdapter,
) -> None:
    found = [one.symbol for one in await adapter.search_instruments("aap")]
    exact = [one.symbol for one in await adapter.search_instruments(" aapl ")]

    assert found == ["AAPL"]
    assert exact[0] == "AAPL"


@pytest.mark.parametrize(("typed", "first"), [("BTC", "BTC/USD"), ("eth/u", "ETH/USD")])
async def test_a_search_finds_coins_by_their_beginning(
    adapter: WebullAdapter, typed: str, first: str
) -> None:
    assert (await adapter.search_instruments(typed))[0].symbol == first


@pytest.mark.parametrize("typed", ["", "  ", "A B", "AAPL,MSFT", "ä", "&category=X"])
async def test_a_search_for_what_is_no_symbol_finds_nothing(
    adapter: WebullAdapter, typed: str
) -> None:
    assert await adapter.search_instruments(typed) == []


async def test_what_was_found_is_not_asked_for_again(
    adapter: WebullAdapter, simulator: WebullSimulator
) -> None:
    for typed in ("AAPL", "aapl", "AAPL "):
        assert await adapter.search_instruments(typed)
    for _ in range(2):
        assert await adapter.search_instruments("QZXQZX") == []

    paths = [one.path for one in simulator.received]
    assert paths.count(SHARES) == 3


async def test_a_server_that_refuses_the_whole_list_is_asked_for_the_symbol_alone(
    adapter: WebullAdapter, simulator: WebullSimulator
) -> None:
    simulator.refuse(SHARES, "OPENAPI_PARAM_ERR", "invalid symbols", times=1)

    found = await adapter.search_instruments("AAPL")

    assert [one.symbol for one in found] == ["AAPL"]


async def test_who_is_not_shown_coins_finds_shares(
    adapter: WebullAdapter, simulator: WebullSimulator
) -> None:
    simulator.refuse(COINS, "FORBIDDEN", "No permission", status=403)

    assert [one.symbol for one in await adapter.search_instruments("AAPL")] == ["AAPL"]


async def test_lists_that_cannot_be_read_are_not_told_as_empty(
    adapter: WebullAdapter, simulator: WebullSimulator
) -> None:
    simulator.fail("read", Fault.EMPTY_OBJECT)

    with pytest.raises(ApiError):
        await adapter.search_instruments("AAPL")
    with pytest.raises(ApiError):
        await adapter.instrument("BTC/USD")


# Rules


async def test_parts_of_a_share_where_webull_trades_them(adapter: WebullAdapter) -> None:
    parts = await adapter.instrument_rules(APPLE)
    whole = await adapter.instrument_rules(BERKSHIRE)

    assert (parts.quantity_step, parts.fractional) == (Decimal("0.00001"), True)
    assert (whole.quantity_step, whole.fractional) == (Decimal(1), False)
    assert parts.price_tick == whole.price_tick == Decimal("0.01")


async def test_a_share_below_a_dollar_has_a_finer_tick(adapter: WebullAdapter) -> None:
    rules = await adapter.instrument_rules(replace(APPLE, symbol="F"))

    assert rules.price_tick == Decimal("0.0001")


async def test_without_a_price_the_tick_is_a_cent(
    adapter: WebullAdapter, simulator: WebullSimulator
) -> None:
    simulator.fail("data", Fault.BAD_GATEWAY)

    rules = await adapter.instrument_rules(replace(APPLE, symbol="F"))

    assert rules.price_tick == Decimal("0.01")


async def test_coins_have_steps_of_their_own_and_two_dollars_at_least(
    adapter: WebullAdapter,
) -> None:
    rules = await adapter.instrument_rules(BITCOIN)

    assert rules.quantity_step == rules.minimum_quantity == Decimal("0.00000001")
    assert rules.price_tick == Decimal("0.01")
    assert rules.minimum_notional == 2


async def test_contracts_are_whole(adapter: WebullAdapter) -> None:
    rules = await adapter.instrument_rules(CALL)

    assert (rules.quantity_step, rules.fractional) == (Decimal(1), False)
