"""The Webull simulator: instruments and market data."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from tests.simulators.webull import Bar
from tests.simulators.webull_clients import Refused
from tests.simulators.webull_world import World, opened

SNAPSHOTS = "/market-data/stocks/snapshots/list"
CONTRACTS = "/trading/instruments/options/contracts/list"
CALL = "AAPL261218C00240000"


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with opened() as world:
        yield world


def bar(day: int) -> Bar:
    """Of a day in November."""
    one = Decimal(day)
    return Bar(
        at=datetime(2026, 11, day, 5, tzinfo=UTC),
        open=one,
        high=one + 2,
        low=one - 1,
        close=one + 1,
        volume=Decimal(1000),
    )


async def test_a_share_s_snapshot_has_text_numbers_and_integer_times(world: World) -> None:
    shown = await world.client.get(SNAPSHOTS, symbols="AAPL,NOPE,MSFT", category="US_STOCK")

    aapl = shown[0]
    assert [one["symbol"] for one in shown] == ["AAPL", "MSFT"]
    assert (aapl["bid"], aapl["ask"], aapl["price"]) == ("239.9", "240.1", "240")
    assert (aapl["pre_close"], aapl["change"], aapl["change_ratio"]) == ("238", "2", "0.008403")
    assert aapl["quote_time"] == 1795021200000
    assert aapl["instrument_id"] == "913256135"


async def test_options_and_coins_have_snapshots_too(world: World) -> None:
    options = await world.client.get(
        "/market-data/options/snapshots/list", symbols=CALL, category="US_OPTION"
    )
    coins = await world.client.get(
        "/market-data/crypto/snapshots/list", symbols="BTCUSD", category="US_CRYPTO"
    )

    assert (options[0]["ask"], options[0]["strike_price"]) == ("10.1", "240")
    assert options[0]["delta"] == "0.5"
    assert coins[0]["price"] == "77853.25"
    assert "volume" not in coins[0]


async def test_bars_of_shares_are_asked_for_with_a_body_and_come_newest_first(
    world: World,
) -> None:
    world.sim.market.add_bars("AAPL", "D", *(bar(day) for day in (16, 18, 17)))
    body = {"symbols": ["AAPL"], "category": "US_STOCK", "timespan": "D", "count": 2}

    answer = await world.client.post("/market-data/stocks/bars/list", body)

    (found,) = answer["result"]
    assert [one["time"] for one in found["result"]] == [
        "2026-11-18T05:00:00.000+0000",
        "2026-11-17T05:00:00.000+0000",
    ]
    assert found["result"][0]["close"] == "19"
    assert world.sim.orders_received == 0


async def test_bars_can_be_bounded_by_milliseconds(world: World) -> None:
    world.sim.market.add_bars("AAPL", "D", *(bar(day) for day in (16, 17, 18)))
    noon = int(datetime(2026, 11, 17, 12, tzinfo=UTC).timestamp() * 1000)
    body = {"symbols": ["AAPL"], "category": "US_STOCK", "timespan": "D", "end_time": noon}

    answer = await world.client.post("/market-data/stocks/bars/list", body)

    assert [one["close"] for one in answer["result"][0]["result"]] == ["18", "17"]


async def test_bars_of_options_and_coins_are_a_bare_list(world: World) -> None:
    world.sim.market.add_bars(CALL, "M5", bar(18))
    world.sim.market.add_bars("BTCUSD", "D", bar(18))

    options = await world.client.get(
        "/market-data/options/bars/list", symbols=CALL, category="US_OPTION", timespan="M5"
    )
    coins = await world.client.get(
        "/market-data/crypto/bars/list",
        symbols="BTCUSD",
        category="US_CRYPTO",
        timespan="D",
        real_time_required="true",
    )

    assert options[0]["result"][0]["volume"] == "1000"
    assert "volume" not in coins[0]["result"][0]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"category": "US_OPTION"}, "UNSUPPORTED_CATEGORY"),
        ({"timespan": "H1"}, "ILLEGAL_PARAMETER"),
        ({"count": 1201}, "ILLEGAL_PARAMETER"),
        ({"symbols": []}, "ILLEGAL_PARAMETER"),
        ({"symbols": ["AAPL"] * 101}, "ILLEGAL_PARAMETER"),
    ],
)
async def test_market_data_repeats_the_status_in_a_refusal(
    world: World, changed: dict[str, object], code: str
) -> None:
    body = {"symbols": ["AAPL"], "category": "US_STOCK", "timespan": "D", **changed}

    with pytest.raises(Refused) as failure:
        await world.client.post("/market-data/stocks/bars/list", body)

    assert failure.value.status == failure.value.body["status"] == 417
    assert failure.value.code == code


async def test_depth_is_one_level_and_ticks_have_text_times(world: World) -> None:
    depth = await world.client.get(
        "/market-data/stocks/depths/list", symbol="AAPL", category="US_STOCK"
    )
    ticks = await world.client.get(
        "/market-data/stocks/ticks/list", symbol="AAPL", category="US_STOCK"
    )
    with pytest.raises(Refused) as failure:
        await world.client.get(
            "/market-data/stocks/depths/list", symbol="AAPL", category="US_STOCK", depth="5"
        )

    assert depth["asks"] == [{"price": "240.1000", "size": "100"}]
    assert ticks["result"][0]["time"] == "1795021200000"
    assert ticks["result"][0]["trading_session"] == "RTH"
    assert failure.value.body["message"] == "depth not more than 1"


async def test_market_data_that_is_not_paid_for_is_refused(world: World) -> None:
    world.sim.unsubscribe(world.app, "STOCK QUOTES")

    with pytest.raises(Refused) as failure:
        await world.client.get(SNAPSHOTS, symbols="AAPL", category="US_STOCK")

    assert (failure.value.status, failure.value.code) == (403, "MARKET_DATA_NOT_SUBSCRIBED")
    assert failure.value.body["message"].endswith("please subscribe to STOCK QUOTES.")
    assert await world.status(await world.place()) == "SUBMITTED"


async def test_shares_have_profiles(world: World) -> None:
    path = "/trading/instruments/stocks/profiles/list"

    named = await world.client.get(path, category="US_STOCK", symbols="AAPL,NOPE")
    funds = await world.client.get(path, category="US_STOCK", sub_category="ETF")

    assert [one["symbol"] for one in named["data"]] == ["AAPL"]
    assert named["data"][0]["fractionable"] is True
    assert named["data"][0]["lot_size"] == "1.0000000000"
    assert [one["symbol"] for one in funds["data"]] == ["SPY"]
    assert "pagination_key" not in named


async def test_coins_have_profiles(world: World) -> None:
    answer = await world.client.get(
        "/trading/instruments/crypto/profiles/list", category="US_CRYPTO"
    )

    assert [one["symbol"] for one in answer["data"]] == ["BTCUSD", "ETHUSD"]
    assert answer["data"][0]["min_trade_amt"] == "2.0000000000"


async def test_contracts_are_found_by_their_underlying(world: World) -> None:
    calls = await world.client.get(
        CONTRACTS, category="US_OPTION", underlying_symbols="AAPL", option_type="CALL"
    )
    some = await world.client.get(
        CONTRACTS,
        category="US_OPTION",
        underlying_symbols="AAPL",
        strike_price_gte="235",
        strike_price_lte="245",
        start_date="2026-12-18",
        end_date="2026-12-18",
    )
    none = await world.client.get(
        CONTRACTS, category="US_OPTION", underlying_symbols="AAPL", start_date="2026-12-19"
    )

    assert [one["symbol"] for one in calls["data"]] == [
        "AAPL261218C00230000",
        CALL,
        "AAPL261218C00250000",
    ]
    assert {one["strike_price"] for one in some["data"]} == {"240.0000000000"}
    assert calls["data"][0]["root_symbol"] == "AAPL"
    assert none == {"data": []}


async def test_a_chain_needs_an_underlying(world: World) -> None:
    with pytest.raises(Refused) as failure:
        await world.client.get(CONTRACTS, category="US_OPTION")

    assert failure.value.code == "OPENAPI_PARAM_ERR"


async def test_a_weekly_series_is_ordered_by_its_root(world: World) -> None:
    world.sim.catalogue.list_option("SPXW", date(2026, 11, 20), "PUT", "6000", underlying="SPX")
    leg = {
        "symbol": "SPXW",
        "option_expire_date": "2026-11-20",
        "option_type": "PUT",
        "strike_price": "6000",
    }

    wrong = await world.refused(world.option(symbol="SPX", leg={**leg, "symbol": "SPX"}))
    placed = await world.place(world.option(symbol="SPXW", leg=leg))

    assert wrong == "OPENAPI_PARAM_ERR"
    assert (await world.order(placed))["symbol"] == "SPX"
