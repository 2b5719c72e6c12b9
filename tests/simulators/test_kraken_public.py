"""The Kraken simulator: status, names and market data."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from tests.simulators.kraken_clients import World, opened


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with opened() as world:
        yield world


async def test_status_and_time_are_told_without_a_key(world: World) -> None:
    world.api.key = world.api.secret = ""

    status = await world.public("SystemStatus")
    now = await world.public("Time")

    assert status == {"status": "online", "timestamp": "2026-11-18T17:00:00Z"}
    assert now == {"unixtime": 1795021200, "rfc1123": "Wed, 18 Nov 2026 17:00:00 +0000"}
    assert [one.person for one in world.sim.received] == [None, None]


async def test_assets_have_old_and_new_ids(world: World) -> None:
    every = await world.public("Assets")
    some = await world.public("Assets", asset="BTC,ZUSD,SOL")

    assert {"ZUSD", "XXBT", "XETH", "SOL", "ADA"} <= every.keys()
    assert {name: asset["altname"] for name, asset in some.items()} == {
        "XXBT": "XBT",
        "ZUSD": "USD",
        "SOL": "SOL",
    }
    assert (some["ZUSD"]["decimals"], some["XXBT"]["decimals"]) == (4, 10)
    unknown = await world.public_answer("Assets", asset="FOO")
    assert unknown == {"error": ["EQuery:Unknown asset"]}


async def test_pairs_tell_names_decimals_and_minima_and_no_fees(world: World) -> None:
    pairs = await world.public("AssetPairs")

    bitcoin, solana = pairs["XXBTZUSD"], pairs["SOLUSD"]
    assert {name: bitcoin[name] for name in ("altname", "wsname", "base", "quote")} == {
        "altname": "XBTUSD",
        "wsname": "XBT/USD",
        "base": "XXBT",
        "quote": "ZUSD",
    }
    assert [bitcoin[f"{what}_decimals"] for what in ("pair", "lot", "cost")] == [1, 8, 5]
    minima = ("ordermin", "costmin", "tick_size", "status")
    assert [bitcoin[name] for name in minima] == ["0.00005", "0.5", "0.1", "online"]
    assert (solana["altname"], solana["base"]) == ("SOLUSD", "SOL")
    assert pairs["ACAEUR"]["status"] == "cancel_only"
    assert all(pair["fees"] == pair["fees_maker"] == [] for pair in pairs.values())


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("XXBTZUSD", "XXBTZUSD"),
        ("XBTUSD", "XXBTZUSD"),
        ("BTC/USD", "BTC/USD"),
        ("ETHUSD", "XETHZUSD"),
        ("SOLUSD", "SOLUSD"),
        ("DOGE/USD", "DOGE/USD"),
    ],
)
async def test_a_pair_comes_back_under_its_id_or_as_its_new_name(
    world: World, asked: str, shown: str
) -> None:
    assert list(await world.public("AssetPairs", pair=asked)) == [shown]


@pytest.mark.parametrize("method", ["AssetPairs", "Ticker", "OHLC", "Depth"])
@pytest.mark.parametrize("name", ["FOOUSD", "XBT/USD", "XDG/USD"])
async def test_unknown_pairs_are_told_as_such(world: World, method: str, name: str) -> None:
    answer = await world.public_answer(method, pair=name)

    assert answer == {"error": ["EQuery:Unknown asset pair"]}


async def test_the_ticker_has_asks_bids_and_the_last_price(world: World) -> None:
    one = await world.public("Ticker", pair="XBTUSD")
    every = await world.public("Ticker")
    world.sim.market.forget("ETHUSD")
    forgotten = await world.public("Ticker", pair="ETHUSD")

    assert one["XXBTZUSD"]["a"] == ["60010.00000", "10", "10.000"]
    assert one["XXBTZUSD"]["b"] == ["60000.00000", "10", "10.000"]
    assert one["XXBTZUSD"]["c"] == ["60005.00000", "0.01000000"]
    assert one["XXBTZUSD"]["o"] == "60005.00000"
    assert every.keys() == {"XXBTZUSD", "XETHZUSD", "SOLUSD"}
    assert forgotten["XETHZUSD"]["a"][0] == "0.00000"


async def test_bars_end_with_the_one_that_is_still_forming(world: World) -> None:
    world.sim.market.make_bars("XBTUSD", 1440, 3)

    answer = await world.public("OHLC", pair="XBTUSD", interval=1440)

    rows = answer["XXBTZUSD"]
    today = int((world.watch.at - timedelta(hours=17)).timestamp())
    assert [row[0] for row in rows] == [today - 2 * 86400, today - 86400, today]
    assert answer["last"] == today - 86400
    assert rows[-1][1:5] == ["59885.0", "60245.0", "59705.0", "60065.0"]
    assert [type(value) for value in rows[0]] == [int, *[str] * 6, int]
    since = await world.public("OHLC", pair="XBTUSD", interval=1440, since=today - 86400)
    assert [row[0] for row in since["XXBTZUSD"]] == [today]


async def test_bars_are_of_known_lengths_and_720_at_most(world: World) -> None:
    world.sim.market.make_bars("XBTUSD", 1, 800)

    wrong = await world.public_answer("OHLC", pair="XBTUSD", interval=7)

    assert wrong == {"error": ["EGeneral:Invalid arguments:interval"]}
    assert len((await world.public("OHLC", pair="XBTUSD"))["XXBTZUSD"]) == 720
    assert await world.public("OHLC", pair="SOLUSD") == {"SOLUSD": [], "last": 0}
    without = await world.public_answer("OHLC")
    assert without == {"error": ["EGeneral:Invalid arguments:pair"]}


async def test_the_book_has_levels_of_price_volume_and_time(world: World) -> None:
    book = await world.public("Depth", pair="XBTUSD", count=2)

    assert book == {
        "XXBTZUSD": {
            "asks": [["60010.00000", "10.000", 1795021200], ["60010.10000", "10.000", 1795021200]],
            "bids": [["60000.00000", "10.000", 1795021200], ["59999.90000", "10.000", 1795021200]],
        }
    }
    wrong = await world.public_answer("Depth", pair="XBTUSD", count=501)
    assert wrong == {"error": ["EGeneral:Invalid arguments:count"]}
