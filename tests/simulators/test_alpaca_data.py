"""The Alpaca simulator: market data through alpaca-py's historical clients."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta

import pytest
import requests
from alpaca.common.enums import Sort
from alpaca.common.exceptions import APIError
from alpaca.data.enums import DataFeed
from alpaca.data.requests import (
    CryptoBarsRequest,
    CryptoLatestQuoteRequest,
    CryptoLatestTradeRequest,
    CryptoSnapshotRequest,
    OptionChainRequest,
    OptionLatestQuoteRequest,
    OptionSnapshotRequest,
    StockBarsRequest,
    StockLatestQuoteRequest,
    StockLatestTradeRequest,
    StockSnapshotRequest,
)
from alpaca.data.timeframe import TimeFrame

from tests.simulators.alpaca_clients import KEY, SECRET, World, opened


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with opened() as world:
        yield world


async def test_quotes_and_trades_of_shares(world: World) -> None:
    both = ["AAPL", "MSFT"]
    quotes = await asyncio.to_thread(
        world.stocks.get_stock_latest_quote, StockLatestQuoteRequest(symbol_or_symbols=both)
    )
    trades = await asyncio.to_thread(
        world.stocks.get_stock_latest_trade, StockLatestTradeRequest(symbol_or_symbols=both)
    )

    # What is unknown is left out.
    assert quotes.keys() == trades.keys() == {"AAPL"}
    assert (quotes["AAPL"].bid_price, quotes["AAPL"].ask_price) == (189.9, 190)
    assert quotes["AAPL"].timestamp == world.watch.at
    assert trades["AAPL"].price == 189.95


async def test_one_symbol_in_the_path(world: World) -> None:
    headers = {"APCA-API-KEY-ID": KEY, "APCA-API-SECRET-KEY": SECRET}
    base = f"{world.sim.data_url}/v2/stocks"

    def shown(path: str) -> requests.Response:
        return requests.get(f"{base}/{path}", headers=headers, timeout=5)

    quote = await asyncio.to_thread(shown, "AAPL/quotes/latest")
    unknown = await asyncio.to_thread(shown, "MSFT/quotes/latest")
    strange = await asyncio.to_thread(shown, "quotes/latest?symbols=BTC/USD")

    assert quote.json()["quote"]["ap"] == 190
    assert quote.json()["symbol"] == "AAPL"
    assert unknown.status_code == 404
    assert strange.status_code == 400


async def test_a_snapshot_has_the_quote_and_the_days(world: World) -> None:
    world.sim.market.make_bars("AAPL", "1Day", 2)

    snapshots = await asyncio.to_thread(
        world.stocks.get_stock_snapshot, StockSnapshotRequest(symbol_or_symbols=["AAPL", "MSFT"])
    )

    assert snapshots["AAPL"].latest_quote.ask_price == 190
    assert snapshots["AAPL"].daily_bar.timestamp > snapshots["AAPL"].previous_daily_bar.timestamp
    assert snapshots.keys() == {"AAPL"}


async def test_bars_within_their_range_oldest_first(world: World) -> None:
    world.sim.market.make_bars("AAPL", "1Day", 10)
    request = StockBarsRequest(
        symbol_or_symbols="AAPL",
        timeframe=TimeFrame.Day,
        start=world.watch.at - timedelta(days=7),
        end=world.watch.at,
        feed=DataFeed.IEX,
    )

    bars = (await asyncio.to_thread(world.stocks.get_stock_bars, request))["AAPL"]

    # New York's midnights of trading days.
    assert [bar.timestamp for bar in bars] == [
        datetime(2026, 11, day, 5, tzinfo=UTC) for day in (12, 13, 16, 17, 18)
    ]
    assert all(bar.low <= min(bar.open, bar.close) for bar in bars)
    assert all(bar.high >= max(bar.open, bar.close) for bar in bars)


async def test_bars_come_in_pages_over_all_symbols(world: World) -> None:
    world.sim.market.set("MSFT", bid="400", ask="400.10")
    for symbol in ("AAPL", "MSFT"):
        world.sim.market.make_bars(symbol, "5Min", 3)
    path, query = "/stocks/bars", {"symbols": "AAPL,MSFT", "timeframe": "5T", "feed": "iex"}

    first = await asyncio.to_thread(world.stocks.get, path, {**query, "limit": "4"})
    token = first["next_page_token"]
    rest = await asyncio.to_thread(world.stocks.get, path, {**query, "page_token": token})
    newest = await asyncio.to_thread(
        world.stocks.get, path, {**query, "sort": Sort.DESC.value, "limit": "1"}
    )

    assert {symbol: len(bars) for symbol, bars in first["bars"].items()} == {"AAPL": 3, "MSFT": 1}
    assert {symbol: len(bars) for symbol, bars in rest["bars"].items()} == {"MSFT": 2}
    assert rest["next_page_token"] is None
    assert newest["bars"]["AAPL"][0]["t"] == first["bars"]["AAPL"][2]["t"]


async def test_recent_bars_of_all_exchanges_need_a_subscription(world: World) -> None:
    world.sim.market.make_bars("AAPL", "1Day", 10)
    request = StockBarsRequest(
        symbol_or_symbols="AAPL", timeframe=TimeFrame.Day, end=world.watch.at
    )

    with pytest.raises(APIError, match="subscription does not permit querying recent SIP data"):
        await asyncio.to_thread(world.stocks.get_stock_bars, request)
    world.person.sip = True
    bars = await asyncio.to_thread(world.stocks.get_stock_bars, request)

    assert len(bars["AAPL"]) == 1


@pytest.mark.parametrize(
    "query",
    [
        {"timeframe": "60Min"},
        {"timeframe": "1Day", "limit": "10001"},
        {"timeframe": "1Day", "start": "soon"},
        {"timeframe": "1Day", "symbols": "BTC/USD"},
        {"timeframe": "1Day", "page_token": "%%"},
    ],
)
async def test_parameters_that_cannot_be_are_refused(world: World, query: dict[str, str]) -> None:
    with pytest.raises(APIError) as failure:
        await asyncio.to_thread(
            world.stocks.get, "/stocks/bars", {"symbols": "AAPL", "feed": "iex", **query}
        )

    assert failure.value.status_code == 400


async def test_coins_are_quoted_by_pair_and_need_no_key(world: World) -> None:
    symbol = "BTC/USD"
    world.sim.market.make_bars(symbol, "1Day", 3)
    coins = world.coins
    quotes = await asyncio.to_thread(
        coins.get_crypto_latest_quote, CryptoLatestQuoteRequest(symbol_or_symbols=symbol)
    )
    trades = await asyncio.to_thread(
        coins.get_crypto_latest_trade, CryptoLatestTradeRequest(symbol_or_symbols=symbol)
    )
    snapshots = await asyncio.to_thread(
        coins.get_crypto_snapshot, CryptoSnapshotRequest(symbol_or_symbols=symbol)
    )
    request = CryptoBarsRequest(
        symbol_or_symbols=symbol, timeframe=TimeFrame.Day, start=datetime(2026, 11, 16, tzinfo=UTC)
    )
    bars = await asyncio.to_thread(coins.get_crypto_bars, request)
    url = f"{world.sim.data_url}/v1beta3/crypto/us/latest/quotes?symbols=BTC%2FUSD"
    without_key = await asyncio.to_thread(requests.get, url, timeout=5)

    assert (quotes[symbol].bid_price, trades[symbol].price) == (60000, 60005)
    assert snapshots[symbol].latest_quote.ask_price == 60010
    assert [bar.timestamp.date() for bar in bars[symbol]] == [
        date(2026, 11, day) for day in (16, 17, 18)
    ]
    assert without_key.json()["quotes"]["BTC/USD"]["ap"] == 60010


async def test_a_coin_without_its_slash_is_refused(world: World) -> None:
    request = CryptoLatestQuoteRequest(symbol_or_symbols="BTCUSD")

    with pytest.raises(APIError, match="BTCUSD does not match") as failure:
        await asyncio.to_thread(world.coins.get_crypto_latest_quote, request)

    assert failure.value.status_code == 400


async def test_options_are_quoted_and_a_chain_is_listed(world: World) -> None:
    expiry = date(2026, 12, 18)
    symbols = [
        world.sim.catalogue.add_contract("AAPL", expiry, strike, right)
        for strike in ("190", "195")
        for right in ("call", "put")
    ]
    for symbol in symbols:
        world.sim.market.set(symbol, bid="4.90", ask="5.10")
    quotes = await asyncio.to_thread(
        world.options.get_option_latest_quote,
        OptionLatestQuoteRequest(symbol_or_symbols=symbols[:2]),
    )
    snapshots = await asyncio.to_thread(
        world.options.get_option_snapshot, OptionSnapshotRequest(symbol_or_symbols=symbols[:1])
    )
    request = OptionChainRequest(
        underlying_symbol="AAPL", type="call", expiration_date=expiry, strike_price_gte=195
    )
    chain = await asyncio.to_thread(world.options.get_option_chain, request)
    page = await asyncio.to_thread(world.options.get, "/options/snapshots/AAPL", {"limit": "3"})

    assert quotes.keys() == set(symbols[:2])
    assert snapshots[symbols[0]].latest_quote.ask_price == 5.1
    assert list(chain) == ["AAPL261218C00195000"]
    assert (len(page["snapshots"]), page["next_page_token"]) == (3, "3")


def test_a_time_frame_that_is_none_is_told_to_the_test() -> None:
    async def ask() -> None:
        async with opened() as world:
            world.sim.market.make_bars("AAPL", "often", 1)

    with pytest.raises(ValueError, match="often"):
        asyncio.run(ask())
