"""The E*TRADE simulator: quotes, names, option chains and expirations."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from etrade_python import (
    ETradeResponseError,
    OptionChainRequest,
    OptionExpirationsRequest,
    QuotesRequest,
)

from tests.simulators.etrade_clients import EXPIRY, World, opened, refusal

WEEKLY = date(2026, 11, 27)


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with opened() as world:
        yield world


async def test_a_quote_has_its_prices_under_all_and_its_name_under_product(world: World) -> None:
    quote = await world.client.market.get_quote("AAPL")

    assert quote.product is not None
    assert quote.all is not None
    assert quote.product.symbol == "AAPL"
    assert (quote.all.bid, quote.all.ask) == (Decimal("199.9"), Decimal("200.1"))
    assert quote.all.last_trade == Decimal(200)
    assert quote.all.company_name == "APPLE INC COM"
    assert quote.quote_status == "REALTIME"
    assert quote.date_time == quote.date_time_utc == world.watch.at


async def test_a_delayed_quote_says_so_and_how_old_it_is(world: World) -> None:
    world.sim.market.set("AAPL", bid="1", ask="2", delayed=True)
    world.sim.market.age("AAPL", minutes=15)

    quote = await world.client.market.get_quote("AAPL")

    assert quote.quote_status == "DELAYED"
    assert quote.date_time_utc == world.watch.at - timedelta(minutes=15)


async def test_the_quote_of_an_option_is_asked_for_by_its_parts(world: World) -> None:
    quote = await world.client.market.get_quote("AAPL:2026:12:18:CALL:200")

    assert quote.product is not None
    assert quote.product.strike_price == Decimal(200)
    assert quote.all is not None
    assert quote.all.osi_key == "AAPL--261218C00200000"


async def test_a_symbol_that_is_unknown_is_told_beside_the_others(world: World) -> None:
    answer = await world.client.market.get_quotes(["AAPL", "NONE"])

    assert len(answer.quotes) == 1
    assert answer.messages is not None
    assert answer.messages.messages[0].description == "NONE is an invalid symbol"


async def test_unknown_symbols_alone_are_an_answer_that_the_sdk_cannot_read(world: World) -> None:
    with pytest.raises(ETradeResponseError, match="missing collection"):
        await world.client.market.get_quote("NONE")


async def test_twenty_five_symbols_a_request_and_fifty_by_asking(world: World) -> None:
    names = [f"S{n}" for n in range(50)]
    for name in names:
        world.sim.market.set(name, bid="1", ask="2")

    few = await world.client.market.get_quotes(names[:25])
    many = await world.client.market.get_quotes(names, QuotesRequest(override_symbol_count=True))

    assert (len(few.quotes), len(many.quotes)) == (25, 50)


@pytest.mark.parametrize(
    ("flag", "block"), [("INTRADAY", "intraday"), ("FUNDAMENTAL", "fundamental")]
)
async def test_other_fields_stand_in_other_blocks(world: World, flag: str, block: str) -> None:
    quote = await world.client.market.get_quote("AAPL", QuotesRequest(detail_flag=flag))

    assert quote.all is None
    assert getattr(quote, block).last_trade == Decimal(200)


async def test_the_sdk_drops_extended_hours(world: World) -> None:
    """E*TRADE writes ExtendedHourQuoteDetail where etrade-python looks for ehQuote."""
    world.sim.market.set("AAPL", bid="1", ask="2", status="EH_REALTIME")

    quote = await world.client.market.get_quote("AAPL")

    assert quote.quote_status == "EH_REALTIME"
    assert quote.all is not None
    assert quote.all.eh_quote is None


async def test_a_look_up_goes_by_the_company_s_name(world: World) -> None:
    found = await world.client.market.lookup_product("apple inc")

    assert [(one.symbol, one.type) for one in found.products] == [("AAPL", "EQUITY")]
    assert (await refusal(world.client.market.lookup_product("nobody")))[1] == "10033"


async def test_expirations_are_those_with_contracts_and_those_that_were_added(
    world: World,
) -> None:
    world.sim.market.add_expiration("AAPL", WEEKLY)

    every = await world.client.market.get_option_expirations("AAPL")
    monthly = await world.client.market.get_option_expirations(
        "AAPL", OptionExpirationsRequest(expiry_type="MONTHLY")
    )

    assert [(one.day, one.expiry_type) for one in every.expiration_dates] == [
        (27, "WEEKLY"),
        (18, "MONTHLY"),
    ]
    assert [one.day for one in monthly.expiration_dates] == [18]


async def test_a_day_that_has_passed_is_no_expiration(world: World) -> None:
    world.watch.advance(days=31)
    token = world.sim.grant(world.person, world.app.key)
    await world.link.use(token.token, token.secret)

    refused = await refusal(world.client.market.get_option_expirations("AAPL"))

    assert refused == (400, "10032", "No options are available for this symbol.")


async def test_a_chain_has_calls_and_puts_by_strike(world: World) -> None:
    greeks = {"delta": "-0.45", "iv": "0.31"}
    for strike in ("190", "210"):
        world.sim.market.set_option("AAPL", EXPIRY, strike, "PUT", bid="1", ask="2", greeks=greeks)

    chain = await world.client.market.get_option_chain(
        "AAPL", OptionChainRequest(expiry_year=2026, expiry_month=12, expiry_day=18)
    )

    low, middle, high = chain.option_pairs
    assert low.put is not None
    assert low.put.option_greek is not None
    assert middle.call is not None
    assert high.put is not None
    assert (low.call, middle.put) == (None, None)
    assert (low.put.strike_price, high.put.in_the_money) == (Decimal(190), "y")
    assert low.put.option_greek.delta == Decimal("-0.45")
    assert middle.call.display_symbol == "AAPL Dec 18 '26 $200 Call"
    assert chain.near_price == Decimal(200)
    assert chain.selected is not None
    assert chain.selected.day == 18


async def test_a_chain_can_be_cut(world: World) -> None:
    for strike in ("150", "210", "250"):
        world.sim.market.set_option("AAPL", EXPIRY, strike, "CALL", bid="1", ask="2")
    request = OptionChainRequest(no_of_strikes=2, strike_price_near=Decimal(240), chain_type="CALL")

    chain = await world.client.market.get_option_chain("AAPL", request)

    strikes = [one.call.strike_price for one in chain.option_pairs if one.call]
    assert strikes == [Decimal(210), Decimal(250)]


async def test_without_a_day_the_nearest_chain_is_answered(world: World) -> None:
    world.sim.market.set_option("AAPL", WEEKLY, "205", "CALL", bid="1", ask="2")

    chain = await world.client.market.get_option_chain("AAPL")

    assert chain.selected is not None
    assert (chain.selected.month, chain.selected.day) == (11, 27)


@pytest.mark.parametrize(
    ("symbol", "fields", "words"),
    [
        ("NONE", {}, "The symbol entered is invalid. Please enter another symbol."),
        ("F", {}, "No options are available for this symbol."),
        (
            "AAPL",
            {"expiry_year": 2027, "expiry_month": 1},
            "There are no options for the given month.",
        ),
        (
            "AAPL",
            {"expiry_year": 2026, "expiry_month": 12, "expiry_day": 4},
            "There are no options available for the given symbol or expiration date.",
        ),
        (
            "AAPL",
            {"chain_type": "PUT"},
            "There are no options available for the given symbol or expiration date.",
        ),
    ],
)
async def test_a_chain_that_is_not_there(
    world: World, symbol: str, fields: dict[str, Any], words: str
) -> None:
    request = OptionChainRequest(**fields)

    refused = await refusal(world.client.market.get_option_chain(symbol, request))

    assert (refused[0], refused[2]) == (400, words)


async def test_the_sdk_blackens_codes_in_which_a_value_of_the_query_comes(world: World) -> None:
    """10031 with expiryMonth=1: whoever reads codes must read them of requests without a query."""
    plain = OptionChainRequest(expiry_year=2027)
    month = OptionChainRequest(expiry_year=2027, expiry_month=1)

    first = await refusal(world.client.market.get_option_chain("AAPL", plain))
    second = await refusal(world.client.market.get_option_chain("AAPL", month))

    assert first[1] == "10031"
    assert second[1] == "[REDACTED]003[REDACTED]"
