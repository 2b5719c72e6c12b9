"""The Binance simulator: the market data that needs no key."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from tests.simulators.binance.market import Bar
from tests.simulators.binance_clients import World, opened

DAY = 86_400_000


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with opened() as world:
        yield world


async def test_the_exchange_tells_its_rules(world: World) -> None:
    info = await world.client.get_exchange_info()

    names = [one["symbol"] for one in info["symbols"]]
    assert {"BTCUSDT", "BTCFDUSD", "ETHEUR", "LUNAUSDT"} <= set(names)
    assert [one["rateLimitType"] for one in info["rateLimits"]] == [
        "REQUEST_WEIGHT",
        "ORDERS",
        "ORDERS",
        "RAW_REQUESTS",
    ]
    assert info["timezone"] == "UTC"


async def test_a_symbol_tells_its_filters_and_permissions(world: World) -> None:
    info = await world.client._get("exchangeInfo", data={"symbol": "BTCUSDT"})

    (symbol,) = info["symbols"]
    filters = {one["filterType"]: one for one in symbol["filters"]}
    assert filters["LOT_SIZE"]["stepSize"] == "0.00001000"
    assert filters["PRICE_FILTER"]["tickSize"] == "0.01000000"
    assert filters["NOTIONAL"]["minNotional"] == "5.00000000"
    assert "MIN_NOTIONAL" not in filters
    assert symbol["permissionSets"] == [["SPOT", "MARGIN"]]
    assert (symbol["baseAsset"], symbol["quoteAsset"]) == ("BTC", "USDT")
    assert "STOP_LOSS" in symbol["orderTypes"]


async def test_symbols_are_chosen_by_list_state_and_permission(world: World) -> None:
    async def names(**data: str) -> set[str]:
        info = await world.client._get("exchangeInfo", data=data)
        return {one["symbol"] for one in info["symbols"]}

    world.sim.catalogue.symbols["SOLUSDT"].permission_sets = (("TRD_GRP_004",),)
    assert await names(symbols='["BTCUSDT","ETHEUR"]') == {"BTCUSDT", "ETHEUR"}
    assert await names(symbolStatus="BREAK") == {"LUNAUSDT"}
    assert "SOLUSDT" not in await names()
    assert await names(permissions="TRD_GRP_004") == {"SOLUSDT"}


async def test_tickers_of_one_of_some_and_of_all(world: World) -> None:
    one = await world.client.get_orderbook_ticker(symbol="BTCUSDT")
    some = await world.client.get_orderbook_tickers(symbols='["BTCUSDT","BNBUSDT"]')
    all_of_them = await world.client.get_all_tickers()
    price = await world.client.get_symbol_ticker(symbol="BTCUSDT")

    assert one == {
        "symbol": "BTCUSDT",
        "bidPrice": "60000.00000000",
        "bidQty": "100.00000000",
        "askPrice": "60010.00000000",
        "askQty": "100.00000000",
    }
    assert [ticker["symbol"] for ticker in some] == ["BTCUSDT", "BNBUSDT"]
    assert {"symbol": "BTCFDUSD", "price": "0.00000000"} in all_of_them
    assert price == {"symbol": "BTCUSDT", "price": "60005.00000000"}


async def test_a_day_s_statistics(world: World) -> None:
    world.sim.market.set("BTCUSDT", bid="66000", ask="66010", last="66005.5")
    await world.market(quantity="0.1")

    day = await world.client.get_ticker(symbol="BTCUSDT")
    mini = await world.client.get_ticker(symbol="BTCUSDT", type="MINI")

    assert (day["openPrice"], day["lastPrice"]) == ("60005.00000000", "66010.00000000")
    assert day["priceChangePercent"] == "10.007"
    assert (day["volume"], day["count"]) == ("0.10000000", 1)
    assert day["closeTime"] - day["openTime"] == DAY
    assert "bidPrice" not in mini


async def test_the_book_and_the_average(world: World) -> None:
    world.sim.market.set_book(
        "BTCUSDT",
        bids=[("60000", "1"), ("59990", "2")],
        asks=[("60010", "3")],
        last="60000",
    )

    depth = await world.client.get_order_book(symbol="BTCUSDT", limit=1)
    average = await world.client.get_avg_price(symbol="BTCUSDT")

    assert depth["bids"] == [["60000.00000000", "1.00000000"]]
    assert depth["asks"] == [["60010.00000000", "3.00000000"]]
    assert average["price"] == "60000.00000000"


async def test_klines_in_their_range(world: World) -> None:
    world.sim.market.make_bars("BTCUSDT", "1d", 30)
    midnight = int(datetime(2026, 11, 18, tzinfo=UTC).timestamp() * 1000)

    newest = await world.client.get_klines(symbol="BTCUSDT", interval="1d", limit=2)
    ranged = await world.client.get_klines(
        symbol="BTCUSDT", interval="1d", startTime=midnight - 3 * DAY, endTime=midnight - 1
    )
    none = await world.client.get_klines(symbol="BTCUSDT", interval="1h")

    assert [row[0] for row in newest] == [midnight - DAY, midnight]
    assert [row[0] for row in ranged] == [midnight - n * DAY for n in (3, 2, 1)]
    assert newest[-1][6] == midnight + DAY - 1
    assert all(Decimal(row[3]) <= Decimal(row[1]) <= Decimal(row[2]) for row in newest)
    assert none == []


async def test_klines_of_a_month_are_given_by_the_test(world: World) -> None:
    bar = Bar(
        at=datetime(2026, 11, 1, tzinfo=UTC),
        open=Decimal(1),
        high=Decimal(3),
        low=Decimal(1),
        close=Decimal(2),
        volume=Decimal(5),
    )
    world.sim.market.set_bars("BTCUSDT", "1M", [bar])

    (row,) = await world.client.get_klines(symbol="BTCUSDT", interval="1M")

    assert row[1:6] == ["1.00000000", "3.00000000", "1.00000000", "2.00000000", "5.00000000"]
    with pytest.raises(KeyError):
        world.sim.market.make_bars("BTCUSDT", "1M", 2)
