"""What can be traded: looked up strictly, fetched once for everybody, and lean."""

import asyncio
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from floorbroker.brokers.alpaca import answers, options
from floorbroker.brokers.alpaca.adapter import AlpacaAdapter
from floorbroker.brokers.alpaca.catalogue import Catalogue
from floorbroker.brokers.shared.cache import SharedCache
from floorbroker.brokers.shared.transport import Transport
from floorbroker.domain.errors import ApiError, SymbolNotFound
from floorbroker.domain.instruments import AssetClass, Instrument
from tests.brokers.alpaca import recorded
from tests.brokers.alpaca.at_alpaca import APPLE, BITCOIN, CALL, KEY, SECRET, adapter_at
from tests.fakes.clock import ManualClock
from tests.simulators.alpaca import AlpacaSimulator, Fault, Person
from tests.simulators.alpaca.assets import Asset

EXPIRY = date(2026, 3, 20)


def asked_for(simulator: AlpacaSimulator, path: str) -> int:
    return sum(one.path == path for one in simulator.received)


# Unknown and unreadable


@pytest.mark.parametrize(
    "symbol",
    [
        "QZXQZX",
        "TWTR",  # inactive
        "",
        "../orders",
        "AAPL/../../orders",
        "AAPL?status=all",
        "aapl",
        "AAPL\n",
        "ＡＡＰＬ",
        "A" * 40,
        "QZX/USD",
        "AAPL260320C00999000",
        "037833100",  # Apple's CUSIP, which the address would take
    ],
)
async def test_what_is_not_traded_is_told_as_such(adapter: AlpacaAdapter, symbol: str) -> None:
    with pytest.raises(SymbolNotFound):
        await adapter.instrument(symbol)


async def test_the_address_of_an_asset_takes_ids_and_a_person_does_not(
    adapter: AlpacaAdapter, simulator: AlpacaSimulator
) -> None:
    apple = simulator.catalogue.assets["AAPL"]
    simulator.catalogue.assets["037833100"] = replace(apple, symbol="AAPL")

    with pytest.raises(SymbolNotFound):
        await adapter.instrument("037833100")


@pytest.mark.parametrize(
    "fault", [Fault.BAD_GATEWAY, Fault.EMPTY_OBJECT, Fault.LIST, Fault.INVALID_JSON]
)
async def test_a_look_up_that_fails_does_not_say_that_there_is_nothing(
    adapter: AlpacaAdapter, simulator: AlpacaSimulator, fault: Fault
) -> None:
    simulator.fail("/v2/assets.*", fault)

    for asking in (adapter.instrument("AAPL"), adapter.instrument("BTCUSD")):
        with pytest.raises(ApiError):
            await asking
    with pytest.raises(ApiError):
        await adapter.search_instruments("AA")

    simulator.work()
    assert (await adapter.instrument("AAPL")).symbol == "AAPL"


# Found


@pytest.mark.parametrize(
    ("typed", "symbol", "kind"),
    [
        ("AAPL", "AAPL", AssetClass.EQUITY),
        ("BRK.B", "BRK.B", AssetClass.EQUITY),
        ("BRK-B", "BRK.B", AssetClass.EQUITY),
        ("BRK/B", "BRK.B", AssetClass.EQUITY),
        ("BTC/USD", "BTC/USD", AssetClass.CRYPTO),
        ("BTCUSD", "BTC/USD", AssetClass.CRYPTO),
        ("BTC-USD", "BTC/USD", AssetClass.CRYPTO),
        ("AAPL260320C00200000", "AAPL260320C00200000", AssetClass.OPTION),
    ],
)
async def test_an_instrument_is_found_as_people_write_it(
    adapter: AlpacaAdapter, typed: str, symbol: str, kind: AssetClass
) -> None:
    found = await adapter.instrument(typed)

    assert (found.symbol, found.asset_class) == (symbol, kind)
    assert found.name


async def test_an_option_has_the_contracts_own_terms(adapter: AlpacaAdapter) -> None:
    found = await adapter.instrument(CALL.symbol)

    assert replace(found, name="") == CALL


async def test_symbols_come_before_names_and_an_exact_one_first(
    adapter: AlpacaAdapter, simulator: AlpacaSimulator
) -> None:
    simulator.catalogue.add(
        Asset(symbol="AP", name="Ampco-Pittsburgh"), Asset(symbol="APP", name="AppLovin")
    )

    found = await adapter.search_instruments("ap")

    assert [one.symbol for one in found] == ["AP", "APP", "AAPL"]


@pytest.mark.parametrize("text", ["", "  ", "\x00", "zzzz", "'; DROP TABLE", "😀"])
async def test_searching_for_nothing_finds_nothing(adapter: AlpacaAdapter, text: str) -> None:
    assert list(await adapter.search_instruments(text)) == []


async def test_at_most_twenty_five_are_found(
    adapter: AlpacaAdapter, simulator: AlpacaSimulator
) -> None:
    simulator.catalogue.add(*(Asset(symbol=f"Q{n:03d}", name="Q") for n in range(100)))

    assert len(await adapter.search_instruments("Q")) == 25


# Once for everybody


async def test_the_lists_are_fetched_once_however_many_people_ask(
    simulator: AlpacaSimulator, anna: Person, transport: Transport, clock: ManualClock
) -> None:
    simulator.add_person("PKBEN000000000000001", SECRET)
    cache = SharedCache(clock)
    adapters = [
        adapter_at(simulator.url, simulator.data_url, transport, clock, key=key, cache=cache)
        for key in (KEY, "PKBEN000000000000001")
    ]

    await asyncio.gather(*(one.search_instruments("AA") for one in adapters * 10))
    await asyncio.gather(*(one.instrument("AAPL") for one in adapters * 10))

    assert asked_for(simulator, "/v2/assets") == 2  # shares and coins
    assert asked_for(simulator, "/v2/assets/AAPL") == 1


async def test_a_listing_is_asked_for_again_after_a_while(
    adapter: AlpacaAdapter, simulator: AlpacaSimulator, clock: ManualClock
) -> None:
    await adapter.instrument("AAPL")
    apple = simulator.catalogue.assets["AAPL"]
    simulator.catalogue.add(replace(apple, tradable=False))

    before = await adapter.instrument("AAPL")
    clock.advance(3600)

    assert before.symbol == "AAPL"
    with pytest.raises(SymbolNotFound):
        await adapter.instrument("AAPL")


# Rules


async def test_a_share_that_can_be_divided_has_nine_digits_and_starts_at_a_dollar(
    adapter: AlpacaAdapter,
) -> None:
    rules = await adapter.instrument_rules(APPLE)

    assert rules.fractional
    assert rules.quantity_step == rules.minimum_quantity == Decimal("0.000000001")
    assert rules.minimum_notional == 1
    assert rules.price_tick == Decimal("0.01")


async def test_a_share_below_a_dollar_has_finer_prices(adapter: AlpacaAdapter) -> None:
    rules = await adapter.instrument_rules(Instrument(symbol="OCGN", asset_class=AssetClass.EQUITY))

    assert not rules.fractional
    assert rules.quantity_step == 1
    assert rules.price_tick == Decimal("0.0001")


async def test_a_share_without_a_price_has_prices_in_cents(
    adapter: AlpacaAdapter, simulator: AlpacaSimulator
) -> None:
    simulator.fail("data", Fault.BAD_GATEWAY)

    rules = await adapter.instrument_rules(APPLE)

    assert rules.price_tick == Decimal("0.01")


async def test_a_coin_has_its_own_steps(adapter: AlpacaAdapter, simulator: AlpacaSimulator) -> None:
    simulator.catalogue.add(
        replace(
            simulator.catalogue.assets["BTC/USD"],
            min_order_size=Decimal("0.00003"),
            min_trade_increment=Decimal("0.0001"),
            price_increment=Decimal(1),
        )
    )

    rules = await adapter.instrument_rules(BITCOIN)

    assert rules.quantity_step == Decimal("0.0001")
    assert rules.minimum_quantity == Decimal("0.0001")
    assert rules.price_tick == 1


async def test_an_option_comes_in_whole_contracts(adapter: AlpacaAdapter) -> None:
    rules = await adapter.instrument_rules(CALL)

    assert rules.quantity_step == rules.minimum_quantity == 1


# Chains


async def test_a_chain_has_every_tradable_contract_of_its_expiry(
    adapter: AlpacaAdapter, simulator: AlpacaSimulator
) -> None:
    add = simulator.catalogue.add_contract
    halted = add("AAPL", EXPIRY, "210", "call")
    add("AAPL", EXPIRY, "200", "put")
    add("AAPL", date(2026, 3, 27), "200", "call")
    add("MSFT", EXPIRY, "200", "call")
    contracts = simulator.catalogue.contracts
    contracts[halted] = replace(contracts[halted], tradable=False)

    chain = await adapter.option_chain(APPLE, EXPIRY)

    assert [one.symbol for one in chain] == ["AAPL260320C00200000", "AAPL260320P00200000"]
    assert all(one.expiry == EXPIRY and one.underlying == "AAPL" for one in chain)


async def test_coins_have_no_chain(adapter: AlpacaAdapter) -> None:
    assert list(await adapter.option_chain(BITCOIN, EXPIRY)) == []


# The catalogue itself


@pytest.mark.parametrize(
    "told", [[1], [{}], ["AAPL"], None, [{"tradable": True}], {"a": 1}, {}, []], ids=str
)
def test_anything_else_than_a_list_of_assets_is_no_catalogue(told: object) -> None:
    with pytest.raises((TypeError, ValueError, KeyError)):
        Catalogue.read(told)


def test_assets_that_are_not_traded_are_left_out() -> None:
    catalogue = Catalogue.read([recorded.asset(), recorded.asset(symbol="TWTR", tradable=False)])

    assert [line.symbol for line in catalogue.by_symbol.of("")] == ["AAPL"]


async def test_the_expiries_are_all_that_are_listed_and_not_only_this_weeks(
    adapter: AlpacaAdapter, simulator: AlpacaSimulator
) -> None:
    add = simulator.catalogue.add_contract
    for day in (date(2026, 3, 27), date(2027, 1, 15)):
        add("AAPL", day, "200", "call")
    add(
        "AAPL", date(2026, 4, 17), "900", "call"
    )  # far from the price, as others of its day are not

    found = await adapter.option_expiries(APPLE)

    assert found == [EXPIRY, date(2026, 3, 27), date(2027, 1, 15)]
    assert await adapter.option_expiries(BITCOIN) == []


async def test_strikes_that_are_all_far_from_the_price_are_found_all_the_same(
    adapter: AlpacaAdapter, simulator: AlpacaSimulator
) -> None:
    simulator.market.set("MSFT", bid="430", ask="431")
    simulator.catalogue.add_contract("MSFT", EXPIRY, "100", "call")
    microsoft = Instrument(symbol="MSFT", asset_class=AssetClass.EQUITY)

    assert await adapter.option_expiries(microsoft) == [EXPIRY]


async def test_the_prices_of_a_chain_come_in_one_request(
    adapter: AlpacaAdapter, simulator: AlpacaSimulator
) -> None:
    add = simulator.catalogue.add_contract
    put = add("AAPL", EXPIRY, "200", "put")
    unquoted = add("AAPL", EXPIRY, "205", "call")
    simulator.market.set(put, bid="4.90", ask="5.10")
    await adapter.option_quotes(await adapter.option_chain(APPLE, EXPIRY))  # OPRA is refused once
    chain = await adapter.option_chain(APPLE, EXPIRY)
    asked = len(simulator.received)

    told = await adapter.option_quotes(chain)

    assert len(simulator.received) == asked + 1
    prices = {one.contract.symbol: one.quote for one in told}
    assert prices[put] is not None
    assert prices[put].ask == Decimal("5.10")  # type: ignore[union-attr]  # just seen
    assert prices.get(unquoted) is None
    assert await adapter.option_quotes([]) == ()


def test_open_interest_greeks_and_volatility_are_read_where_alpaca_tells_them() -> None:
    """Shaped like the samples of Alpaca's reference: get-options-contracts and optionsnapshots."""
    contract = answers.OptionContract.model_validate(
        {
            "symbol": "AAPL260320C00200000",
            "tradable": True,
            "expiration_date": "2026-03-20",
            "underlying_symbol": "AAPL",
            "type": "call",
            "strike_price": "200",
            "open_interest": "237",
        }
    )
    snapshot = answers.Snapshot.model_validate(
        {
            "latestQuote": {"t": "2026-03-04T15:00:00Z", "bp": 5, "ap": Decimal("5.2")},
            "greeks": {"delta": Decimal("0.55"), "vega": Decimal("0.2")},
            "impliedVolatility": Decimal("0.31"),
        }
    )
    about = options.contract(contract)
    assert contract.open_interest is not None

    told = options.option_quote(about, snapshot, "opra", {about.symbol: contract.open_interest})
    bare = options.option_quote(about, None, "opra", {})

    assert told.open_interest == 237
    assert told.greeks is not None
    assert (told.greeks.delta, told.greeks.gamma) == (Decimal("0.55"), None)
    assert told.greeks.implied_volatility == Decimal("0.31")
    assert (bare.quote, bare.open_interest, bare.greeks) == (None, None, None)
