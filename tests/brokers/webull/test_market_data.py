"""Quotes and bars, as far as a key's subscription goes."""

import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from floorbroker.brokers.webull.adapter import WebullAdapter
from floorbroker.domain.errors import ApiError, BrokerError, NotSupported
from floorbroker.domain.instruments import AssetClass, Instrument
from floorbroker.domain.market import Timeframe
from tests.brokers.webull.answering import Told
from tests.brokers.webull.at_webull import APPLE, BITCOIN, CALL, Renewed
from tests.fakes.clock import NOON, ManualClock
from tests.simulators.webull import App, Bar, Fault, WebullSimulator

AN_HOUR, A_DAY = timedelta(hours=1), timedelta(days=1)
SHARES = "/market-data/stocks/snapshots/list"


@pytest.mark.parametrize(
    ("instrument", "bid", "ask"),
    [
        (APPLE, "189.90", "190.00"),
        (CALL, "5.90", "6.10"),
        (BITCOIN, "83500.10", "83510.20"),
    ],
    ids=lambda one: getattr(one, "symbol", one),
)
async def test_a_quote_has_bid_ask_and_the_time_of_its_source(
    adapter: WebullAdapter, instrument: Instrument, bid: str, ask: str, clock: ManualClock
) -> None:
    clock.advance(5)

    quote = await adapter.quote(instrument)

    assert (quote.bid, quote.ask) == (Decimal(bid), Decimal(ask))
    assert quote.last is not None
    assert quote.instrument == instrument
    assert quote.at == quote.last_at == NOON
    assert quote.source == "Webull"
    assert not quote.delayed


async def test_each_quote_is_fetched_for_whoever_asks(
    adapter: WebullAdapter, simulator: WebullSimulator
) -> None:
    await adapter.quote(APPLE)
    simulator.market.set("AAPL", bid="200", ask="201")

    assert (await adapter.quote(APPLE)).bid == 200


USUAL: dict[str, Any] = {"symbol": "AAPL", "bid": "1", "ask": "2", "quote_time": 1}


@pytest.mark.parametrize(
    ("odd", "bid", "ask"),
    [({"bid": "0"}, None, 2), ({"ask": ""}, 1, None), ({"bid": None, "price": "3"}, None, 2)],
)
async def test_nobody_quoting_is_no_price_of_zero(
    adapter: WebullAdapter,
    simulator: WebullSimulator,
    odd: dict[str, Any],
    bid: int | None,
    ask: int | None,
) -> None:
    simulator.refuse_with(SHARES, Told([{**USUAL, **odd}]))

    quote = await adapter.quote(APPLE)

    assert (quote.bid, quote.ask) == (bid, ask)


async def test_no_price_is_of_the_future(
    adapter: WebullAdapter, simulator: WebullSimulator, clock: ManualClock
) -> None:
    simulator.refuse_with(SHARES, Told([{**USUAL, "quote_time": 10**13}]))

    assert (await adapter.quote(APPLE)).at == clock.now()


@pytest.mark.parametrize(
    "nothing",
    [
        [],
        [{**USUAL, "symbol": "MSFT"}],
        [{"symbol": "AAPL", "quote_time": 1}],
        [{"symbol": "AAPL", "bid": "0", "ask": "0", "price": "0", "quote_time": 1}],
        [{"symbol": "AAPL", "bid": "1", "ask": "2"}],
    ],
    ids=str,
)
async def test_what_is_no_price_is_told_as_none(
    adapter: WebullAdapter, simulator: WebullSimulator, nothing: list[dict[str, Any]]
) -> None:
    simulator.refuse_with(SHARES, Told(nothing))

    with pytest.raises(BrokerError, match="no price"):
        await adapter.quote(APPLE)


async def test_a_kind_without_a_market_here_has_no_prices(adapter: WebullAdapter) -> None:
    with pytest.raises(NotSupported):
        await adapter.quote(Instrument(symbol="EUR/USD", asset_class=AssetClass.FOREX))


# Subscriptions


async def test_prices_that_are_not_subscribed_to_are_asked_for_once(
    adapter: WebullAdapter, app: App, simulator: WebullSimulator
) -> None:
    simulator.unsubscribe(app, "STOCK QUOTES")

    with pytest.raises(NotSupported, match="please subscribe to STOCK QUOTES"):
        await adapter.quote(APPLE)
    asked = len(simulator.received)
    with pytest.raises(NotSupported, match="please subscribe to STOCK QUOTES"):
        await adapter.quote(APPLE)
    with pytest.raises(NotSupported):
        await adapter.bars(APPLE, Timeframe.DAY, NOON - A_DAY, NOON)

    assert len(simulator.received) == asked
    assert (await adapter.quote(BITCOIN)).bid is not None


async def test_whoever_signed_in_has_no_prices_and_keeps_their_access(
    guest: WebullAdapter, tokens: Renewed
) -> None:
    for instrument in (APPLE, BITCOIN, CALL):
        with pytest.raises(NotSupported, match="no such prices"):
            await guest.quote(instrument)

    assert tokens.refused == 0
    assert await guest.accounts()


async def test_a_price_that_is_refused_for_another_reason_is_asked_for_again(
    adapter: WebullAdapter, simulator: WebullSimulator
) -> None:
    simulator.refuse(SHARES, "FORBIDDEN", "Not now", status=403, times=1)

    with pytest.raises(BrokerError, match="Not now"):
        await adapter.quote(APPLE)

    assert (await adapter.quote(APPLE)).bid is not None


# Bars


def hours_of(count: int, price: str = "10") -> list[Bar]:
    """One an hour, the last of them an hour ago."""
    value = Decimal(price)
    return [
        Bar(
            at=NOON - number * AN_HOUR,
            open=value,
            high=value + 1,
            low=value - 1,
            close=value,
            volume=Decimal(number),
        )
        for number in range(count, 0, -1)
    ]


NAMES = {"AAPL": APPLE, "BTCUSD": BITCOIN, "AAPL261218C00240000": CALL}


@pytest.mark.parametrize("name", NAMES)
async def test_bars_are_those_that_begin_within_the_range_oldest_first(
    adapter: WebullAdapter, simulator: WebullSimulator, name: str
) -> None:
    simulator.market.add_bars(name, "M60", *hours_of(30))

    bars = await adapter.bars(NAMES[name], Timeframe.HOUR, NOON - 5 * AN_HOUR, NOON - 2 * AN_HOUR)

    assert [bar.at for bar in bars] == [NOON - hours * AN_HOUR for hours in (5, 4, 3)]
    assert [bars[0].open, bars[0].high, bars[0].low, bars[0].close] == [10, 11, 9, 10]
    volumes = [0, 0, 0] if name == "BTCUSD" else [5, 4, 3]
    assert [bar.volume for bar in bars] == volumes


async def test_bars_of_shares_are_asked_for_by_their_range(
    adapter: WebullAdapter, simulator: WebullSimulator
) -> None:
    simulator.market.add_bars("AAPL", "D", *hours_of(2))

    await adapter.bars(APPLE, Timeframe.DAY, NOON - A_DAY, NOON)

    body = json.loads(simulator.received[-1].body)
    assert body == {
        "symbols": ["AAPL"],
        "category": "US_STOCK",
        "timespan": "D",
        "count": 1000,
        "start_time": int((NOON - A_DAY).timestamp() * 1000),
        "end_time": int(NOON.timestamp() * 1000),
    }


async def test_at_most_a_thousand_bars_and_of_these_the_newest(
    adapter: WebullAdapter, simulator: WebullSimulator
) -> None:
    simulator.market.add_bars("AAPL", "M60", *hours_of(1100))

    bars = await adapter.bars(APPLE, Timeframe.HOUR, NOON - 1100 * AN_HOUR, NOON)

    assert len(bars) == 1000
    assert bars[-1].at == NOON - AN_HOUR


async def test_an_empty_range_asks_nobody(
    adapter: WebullAdapter, simulator: WebullSimulator
) -> None:
    asked = len(simulator.received)

    assert await adapter.bars(APPLE, Timeframe.DAY, NOON, NOON) == []
    assert len(simulator.received) == asked


async def test_bars_of_something_else_are_not_taken_for_what_was_asked(
    adapter: WebullAdapter, simulator: WebullSimulator
) -> None:
    other = {"result": [{"symbol": "MSFT", "result": []}]}
    simulator.refuse_with("/market-data/stocks/bars/list", Told(other))

    with pytest.raises(ApiError):
        await adapter.bars(APPLE, Timeframe.DAY, NOON - A_DAY, NOON)


async def test_what_has_no_bars_has_none(adapter: WebullAdapter) -> None:
    msft = replace(APPLE, symbol="MSFT")

    assert await adapter.bars(msft, Timeframe.DAY, NOON - A_DAY, NOON) == []


@pytest.mark.parametrize("fault", [Fault.EMPTY_OBJECT, Fault.INVALID_JSON, Fault.BAD_GATEWAY])
async def test_prices_that_cannot_be_read_are_told_as_such(
    adapter: WebullAdapter, simulator: WebullSimulator, fault: Fault
) -> None:
    simulator.fail("data", fault)

    with pytest.raises(ApiError):
        await adapter.quote(APPLE)
    with pytest.raises(ApiError):
        await adapter.bars(APPLE, Timeframe.DAY, NOON - A_DAY, NOON)
