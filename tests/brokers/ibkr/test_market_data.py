"""Quotes, Greeks and hours at the simulator."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from floorbroker.domain.errors import (
    ApiError,
    BrokerConnectionError,
    BrokerError,
    MarketClosed,
    NotSupported,
    RateLimited,
    SymbolNotFound,
)
from floorbroker.domain.instruments import Instrument
from floorbroker.domain.market import Market
from tests.brokers.ibkr.at_market import (
    APPLE,
    CALL,
    QUOTES,
    QUOTES_CANCELED,
    WEDNESDAY,
    Desk,
    market_at,
)
from tests.simulators.tws import Fault, Greeks
from tests.simulators.tws_clients import until

SIMULATED_CALL = "AAPL  261218C00200000"
MODEL = Greeks(
    implied_volatility=Decimal("0.2845"),
    delta=Decimal("0.52"),
    price=Decimal("5.10"),
    gamma=Decimal("0.012"),
    vega=Decimal("0.31"),
    theta=Decimal("-0.08"),
    underlying=Decimal("189.95"),
)


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with market_at() as desk:
        yield desk


async def call(desk: Desk) -> Instrument:
    """An option of AAPL."""
    return await desk.instruments.named(CALL)


# Quotes


async def test_a_live_quote_has_both_sides_the_last_price_and_is_of_now(desk: Desk) -> None:
    desk.clock.advance(60)

    quote = await desk.market.quote(APPLE)

    assert (quote.bid, quote.ask, quote.last) == (
        Decimal("189.9"),
        Decimal("190"),
        Decimal("189.95"),
    )
    assert (quote.source, quote.delayed) == ("Interactive Brokers", False)
    assert quote.at == WEDNESDAY + timedelta(seconds=60)
    assert quote.instrument == APPLE


@pytest.mark.parametrize(
    ("has", "asks_for", "words"),
    [
        ("live", 1, "Interactive Brokers"),
        ("live", 3, "Interactive Brokers"),
        ("frozen", 2, "Interactive Brokers, frozen at the close"),
        ("delayed", 3, "Interactive Brokers, delayed"),
        ("delayed_frozen", 4, "Interactive Brokers, delayed and frozen at the close"),
        ("delayed_frozen", 3, "Interactive Brokers, delayed"),
    ],
)
async def test_the_kind_of_prices_is_told_in_words(has: str, asks_for: int, words: str) -> None:
    async with market_at(data_type=asks_for) as desk:
        desk.simulator.market_data = has
        desk.clock.advance(600)

        quote = await desk.market.quote(APPLE)

        assert quote.source == words
        assert quote.delayed is (words != "Interactive Brokers")
        assert quote.bid == Decimal("189.9")
        late = timedelta(0) if quote.delayed else timedelta(seconds=600)
        assert quote.at == WEDNESDAY + late


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        ((1, 2, 4), "Interactive Brokers, not said to be live"),
        ((66, 67, 68), "Interactive Brokers, delayed"),
    ],
)
async def test_prices_of_which_nobody_says_that_they_are_live_are_not_told_as_live(
    desk: Desk, numbers: tuple[int, int, int], words: str
) -> None:
    await desk.instruments.named("AAPL")
    silence = desk.simulator.fail("read", Fault.SILENCE)
    waiting = asyncio.create_task(desk.market.quote(APPLE))
    await silence.reached.wait()
    (request,) = desk.messages(QUOTES)

    for number, price in zip(numbers, ("1.00", "1.02", "1.01"), strict=True):
        desk.tell(1, 6, request[2], number, Decimal(price), Decimal(100), 1)
    quote = await waiting

    assert [quote.bid, quote.ask, quote.last] == [1, Decimal("1.02"), Decimal("1.01")]
    assert (quote.source, quote.delayed) == (words, True)


async def test_one_quote_is_one_request_that_is_let_go_at_once(desk: Desk) -> None:
    await desk.market.quote(APPLE)
    await desk.until_asked(QUOTES_CANCELED)

    (request,) = desk.messages(QUOTES)
    assert desk.messages(QUOTES_CANCELED) == [["2", "2", request[2]]]
    assert request[3] == "265598"
    assert request[-4:-1] == ["", "0", "0"]


async def test_the_next_quote_has_nothing_of_the_one_before(desk: Desk) -> None:
    await desk.market.quote(APPLE)
    desk.simulator.set_price("AAPL", bid=None, ask="191", last="190.50")

    quote = await desk.market.quote(APPLE)

    assert (quote.bid, quote.ask, quote.last) == (None, Decimal(191), Decimal("190.5"))


async def test_the_sdk_keeps_nothing_of_what_is_over(desk: Desk) -> None:
    wrapper = desk.line.ib.wrapper
    for _ in range(3):
        await desk.market.quote(APPLE)
    await desk.until_asked(QUOTES_CANCELED, 3)

    assert not wrapper.tickers
    assert not wrapper.ticker2ReqId["mktData"]
    assert desk.line.pacing.lines.taken == 0


async def test_a_lone_last_price_is_a_quote_with_its_own_time(desk: Desk) -> None:
    desk.simulator.set_price("MSFT", last="400")
    desk.clock.advance(900)

    quote = await desk.market.quote(await desk.instruments.named("MSFT"))

    assert (quote.bid, quote.ask, quote.last) == (None, None, Decimal(400))
    assert quote.at == WEDNESDAY


async def test_without_any_price_the_market_is_closed(desk: Desk) -> None:
    with pytest.raises(MarketClosed):
        await desk.market.quote(await desk.instruments.named("MSFT"))

    await desk.until_asked(QUOTES_CANCELED)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (354, NotSupported),
        (10089, NotSupported),
        (10197, NotSupported),
        (200, SymbolNotFound),
        (101, RateLimited),
        (504, ApiError),
    ],
)
async def test_a_refused_quote_says_why_in_the_vendors_words(
    desk: Desk, code: int, kind: type[BrokerError]
) -> None:
    await desk.instruments.named("AAPL")
    desk.simulator.fail("read", Fault.ERROR(code, "The vendor's own words."))

    with pytest.raises(kind, match="The vendor's own words"):
        await desk.market.quote(APPLE)

    assert (await desk.market.quote(APPLE)).bid == Decimal("189.9")


async def test_live_prices_without_a_subscription_are_refused_with_the_setting_that_helps() -> None:
    async with market_at(data_type=1) as desk:
        desk.simulator.market_data = "delayed"

        with pytest.raises(NotSupported, match="IB_MARKET_DATA_TYPE=3"):
            await desk.market.quote(APPLE)


async def test_a_quote_that_nobody_answers_ends_and_is_let_go(desk: Desk) -> None:
    await desk.instruments.named("AAPL")
    desk.simulator.fail("read", Fault.SILENCE)

    with pytest.raises(MarketClosed):
        await desk.market.quote(APPLE)

    await desk.until_asked(QUOTES_CANCELED)
    assert desk.line.pacing.lines.taken == 0


async def test_a_quote_ends_with_its_connection() -> None:
    async with market_at(patience=30) as desk:
        await desk.instruments.named("AAPL")
        desk.simulator.fail("read", Fault.DROP_BEFORE)

        with pytest.raises(BrokerConnectionError):
            await desk.market.quote(APPLE)


@pytest.mark.parametrize("version", [157, 163, 176])
async def test_every_version_of_the_protocol_is_read(version: int) -> None:
    async with market_at(server_version=version) as desk:
        quote = await desk.market.quote(APPLE)
        rules = await desk.instruments.rules(APPLE)

        assert quote.bid == Decimal("189.9")
        assert (rules.quantity_step, rules.price_tick) == (Decimal(1), Decimal("0.01"))


# Greeks


@pytest.mark.parametrize(("has", "delayed"), [("live", False), ("delayed", True)])
async def test_greeks_are_those_of_the_brokers_model(desk: Desk, has: str, delayed: bool) -> None:
    desk.simulator.market_data = has
    desk.simulator.set_greeks(SIMULATED_CALL, MODEL)

    greeks = await desk.market.greeks(await call(desk))

    assert (greeks.delta, greeks.gamma) == (Decimal("0.52"), Decimal("0.012"))
    assert (greeks.theta, greeks.vega) == (Decimal("-0.08"), Decimal("0.31"))
    assert greeks.implied_volatility == Decimal("0.2845")
    assert greeks.underlying_price == Decimal("189.95")
    assert greeks.delayed is delayed
    assert "its own model" in greeks.source


async def test_greeks_that_were_not_computed_are_none(desk: Desk) -> None:
    with pytest.raises(MarketClosed):
        await desk.market.greeks(await call(desk))


async def test_a_share_has_no_greeks(desk: Desk) -> None:
    with pytest.raises(NotSupported):
        await desk.market.greeks(APPLE)

    assert desk.asked(QUOTES) == 0


# Hours


async def test_the_hours_of_shares_are_those_of_a_fund_that_follows_them(desk: Desk) -> None:
    hours = await desk.market.hours(Market.US_EQUITIES)

    assert (hours.market, hours.open_now) == (Market.US_EQUITIES, True)
    assert hours.next_close == datetime(2026, 11, 18, 21, 0, tzinfo=UTC)
    assert hours.next_open == datetime(2026, 11, 19, 14, 30, tzinfo=UTC)


async def test_the_hours_of_coins_are_all_in_which_they_trade(desk: Desk) -> None:
    desk.simulator.delist(desk.simulator.contract("BTC"))
    told = ";".join(f"202611{day}:0000-202611{day}:2359" for day in range(18, 24))
    desk.simulator.list_contract("BTC", "CRYPTO", trading_hours=told, liquid_hours=told)

    hours = await desk.market.hours(Market.CRYPTO)

    assert (hours.open_now, hours.next_close) == (True, None)


async def test_hours_are_asked_for_anew_after_an_hour(desk: Desk) -> None:
    await desk.market.hours(Market.US_EQUITIES)
    await desk.market.hours(Market.US_EQUITIES)
    asked = len(desk.simulator.received)
    desk.clock.advance(3600)
    tomorrow = "20261119:0930-20261119:1300"
    fund: dict[str, Any] = {"con_id": 5, "primary": "ARCA", "liquid_hours": tomorrow}
    desk.simulator.delist("SPY")
    desk.simulator.list_contract("SPY", **fund)

    hours = await desk.market.hours(Market.US_EQUITIES)

    assert len(desk.simulator.received) == asked + 1
    assert hours.next_close == datetime(2026, 11, 19, 18, 0, tzinfo=UTC)


async def test_hours_that_cannot_be_read_are_told_as_such(desk: Desk) -> None:
    desk.simulator.delist("SPY")
    desk.simulator.list_contract("SPY", primary="ARCA", liquid_hours="always")

    with pytest.raises(BrokerError, match="cannot be read"):
        await desk.market.hours(Market.US_EQUITIES)


# What a price cost lately


async def test_a_rough_price_is_asked_for_once_in_ten_minutes(desk: Desk) -> None:
    first = await desk.market.rough_price(APPLE)
    desk.simulator.set_price("AAPL", last="200")

    assert first == await desk.market.rough_price(APPLE) == Decimal("189.95")
    desk.clock.advance(600)
    assert await desk.market.rough_price(APPLE) == Decimal(200)


async def test_without_prices_the_rough_price_is_none_for_a_minute(desk: Desk) -> None:
    desk.simulator.market_data = "none"
    assert await desk.market.rough_price(APPLE) is None
    desk.simulator.market_data = "live"

    assert await desk.market.rough_price(APPLE) is None
    assert desk.asked(QUOTES) == 1
    desk.clock.advance(60)
    assert await desk.market.rough_price(APPLE) == Decimal("189.95")


async def test_nobody_waits_long_for_a_rough_price() -> None:
    async with market_at(patience=0.1) as desk:
        await desk.instruments.named("AAPL")
        silence = desk.simulator.fail("read", Fault.SILENCE)

        assert await desk.market.rough_price(APPLE) is None
        assert silence.hits == 1
        await desk.until_asked(QUOTES_CANCELED)


async def test_two_quotes_at_once_are_one_request(desk: Desk) -> None:
    both = await asyncio.gather(*(desk.market.quote(APPLE) for _ in range(5)))

    assert {one.bid for one in both} == {Decimal("189.9")}
    assert desk.asked(QUOTES) == 1
    await until(lambda: desk.asked(QUOTES_CANCELED) == 1)


# Chains


def priced(desk: Desk) -> None:
    desk.simulator.set_price(SIMULATED_CALL, bid="3.10", ask="3.20", last="3.15")


async def test_a_chain_is_told_with_prices_and_greeks_and_without_what_is_not_asked_for(
    desk: Desk,
) -> None:
    priced(desk)
    desk.simulator.set_greeks(SIMULATED_CALL, MODEL)

    (told,) = await desk.market.option_quotes([await call(desk)])

    assert told.quote is not None
    assert told.greeks is not None
    assert told.greeks.implied_volatility == Decimal("0.2845")
    assert told.open_interest is None


async def test_of_half_a_chain_the_half_is_told_that_has_prices(desk: Desk) -> None:
    priced(desk)
    contract = await call(desk)
    assert contract.expiry is not None
    chain = await desk.market.chain(APPLE, contract.expiry)

    told = await desk.market.option_quotes(chain)

    assert [one.contract for one in told] == [one for one in chain if one == contract]
    assert len(chain) > 1


async def test_a_chain_that_is_forbidden_is_told_as_such(desk: Desk) -> None:
    desk.simulator.market_data = "none"

    with pytest.raises(NotSupported):
        await desk.market.option_quotes([await call(desk)])


async def test_every_listening_for_a_chain_ends(desk: Desk) -> None:
    priced(desk)
    await desk.market.option_quotes([await call(desk)])
    await until(lambda: desk.asked(QUOTES_CANCELED) == desk.asked(QUOTES))

    assert desk.asked(QUOTES) == 1
