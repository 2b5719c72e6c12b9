"""The Schwab simulator: quotes, candles, chains, hours, instruments, as schwab-py asks for them."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from schwab.client import AsyncClient

from tests.simulators.schwab import Bar
from tests.simulators.schwab_clients import World, opened

CALL = "AAPL  261218C00190000"


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with opened() as world:
        world.sim.listing.add_contracts("AAPL", date(2026, 12, 18), "180", "190", "200")
        world.sim.listing.add_contracts("AAPL", date(2026, 12, 24), "190")
        world.sim.market.set(CALL, bid="6.40", ask="6.50")
        world.sim.market.set_greeks(CALL, delta="0.55", volatility="24.5")
        yield world


async def test_quotes_of_several_symbols_with_the_unknown_ones_apart(world: World) -> None:
    world.sim.market.set("MSFT", bid="400", ask="401", last="400.25", delayed=True)

    shown = (await world.client.get_quotes(["AAPL", "MSFT", "NOSUCH", CALL])).json()

    assert shown["errors"] == {"invalidSymbols": ["NOSUCH"]}
    assert (shown["AAPL"]["quote"]["bidPrice"], shown["AAPL"]["quote"]["askPrice"]) == (189.9, 190)
    assert (shown["AAPL"]["realtime"], shown["MSFT"]["realtime"]) == (True, False)
    assert shown["MSFT"]["quote"]["lastPrice"] == 400.25
    assert shown["AAPL"]["quote"]["quoteTime"] == 1795021200000
    assert shown[CALL]["assetMainType"] == "OPTION"
    assert (shown[CALL]["quote"]["delta"], shown[CALL]["quote"]["askPrice"]) == (0.55, 6.5)


async def test_only_the_roots_that_are_asked_for_are_shown(world: World) -> None:
    shown = (await world.client.get_quotes("AAPL", fields=["quote", "reference"])).json()
    wrong = await world.client.get_quotes("AAPL", fields=["prices"])

    assert set(shown["AAPL"]) & {"quote", "reference", "fundamental", "regular", "extended"} == {
        "quote",
        "reference",
    }
    assert wrong.status_code == 400
    assert wrong.json()["errors"][0]["source"] == {"parameter": "fields"}


async def test_one_quote_by_path_also_with_a_slash_where_it_is_escaped(world: World) -> None:
    world.sim.market.set("BRK/B", bid="480", ask="481")

    plain = await world.client.get_quote("AAPL")
    escaped = await world.client.get_quote("BRK%2FB")
    slash = await world.client.get_quote("BRK/B")
    unknown = await world.client.get_quote("NOSUCH")

    assert list(plain.json()) == ["AAPL"]
    assert list(escaped.json()) == ["BRK/B"]
    assert (slash.status_code, unknown.status_code) == (404, 404)
    assert unknown.json()["errors"][0]["title"] == "Not Found"


async def test_candles_of_the_schwab_py_helpers_between_two_times(world: World) -> None:
    at = datetime(2026, 11, 18, 15, tzinfo=UTC)
    one, two = (Decimal(n) for n in (1, 2))
    bars = [
        Bar(at=at + n * timedelta(minutes=5), open=one, high=two, low=one, close=two)
        for n in range(4)
    ]
    world.sim.market.give_bars("AAPL", "minute", 5, bars)

    answer = await world.client.get_price_history_every_five_minutes(
        "AAPL", start_datetime=at + timedelta(minutes=5), end_datetime=at + timedelta(minutes=10)
    )

    shown = answer.json()
    assert (shown["symbol"], shown["empty"]) == ("AAPL", False)
    assert [row["datetime"] for row in shown["candles"]] == [1795014300000, 1795014600000]
    assert shown["candles"][0] == {
        "open": 1.0,
        "high": 2.0,
        "low": 1.0,
        "close": 2.0,
        "volume": 1000,
        "datetime": 1795014300000,
    }


async def test_candles_that_nobody_has_and_combinations_that_cannot_be(world: World) -> None:
    history = AsyncClient.PriceHistory
    world.sim.market.make_bars("AAPL", "daily", 1, 5)

    window = {"start_datetime": datetime(2026, 1, 1, tzinfo=UTC), "end_datetime": world.watch.at}
    daily = (await world.client.get_price_history_every_day("AAPL", **window)).json()
    none = (await world.client.get_price_history_every_minute("AAPL", **window)).json()
    unknown = await world.client.get_price_history("NOSUCH")
    wrong = await world.client.get_price_history(
        "AAPL",
        period_type=history.PeriodType.DAY.value,
        frequency_type=history.FrequencyType.DAILY.value,
    )

    assert len(daily["candles"]) == 5
    assert (none["candles"], none["empty"]) == ([], True)
    assert (unknown.status_code, wrong.status_code) == (404, 400)


async def test_a_chain_has_its_contracts_by_day_and_strike_with_greeks(world: World) -> None:
    answer = await world.client.get_option_chain("AAPL", include_underlying_quote=True)

    shown = answer.json()
    assert shown["status"] == "SUCCESS"
    assert shown["underlying"]["ask"] == 190.0
    assert list(shown["callExpDateMap"]) == ["2026-12-18:30", "2026-12-24:36"]
    (contract,) = shown["callExpDateMap"]["2026-12-18:30"]["190.0"]
    assert (contract["symbol"], contract["putCall"]) == (CALL, "CALL")
    assert (contract["bid"], contract["ask"], contract["delta"]) == (6.4, 6.5, 0.55)
    assert (contract["volatility"], contract["expirationType"]) == (24.5, "S")
    assert contract["expirationDate"] == "2026-12-18T21:00:00.000+00:00"
    (put,) = shown["putExpDateMap"]["2026-12-18:30"]["190.0"]
    assert (put["delta"], put["inTheMoney"]) == (-999.0, True)


async def test_a_chain_can_be_narrowed(world: World) -> None:
    ask = world.client.get_option_chain

    calls = (await ask("AAPL", contract_type="CALL", to_date=date(2026, 12, 20))).json()
    near = (await ask("AAPL", strike_count=1, from_date=date(2026, 12, 18))).json()
    strike = (await ask("AAPL", strike=180.0)).json()
    unknown = await ask("NOSUCH")

    assert calls["putExpDateMap"] == {}
    assert list(calls["callExpDateMap"]["2026-12-18:30"]) == ["180.0", "190.0", "200.0"]
    assert list(near["callExpDateMap"]["2026-12-18:30"]) == ["190.0"]
    assert list(strike["callExpDateMap"]) == ["2026-12-18:30"]
    assert unknown.status_code == 404


async def test_expirations_without_their_contracts(world: World) -> None:
    rows = (await world.client.get_option_expiration_chain("AAPL")).json()["expirationList"]

    assert [(row["expirationDate"], row["daysToExpiration"]) for row in rows] == [
        ("2026-12-18", 30),
        ("2026-12-24", 36),
    ]


async def test_hours_of_an_open_and_of_a_closed_day(world: World) -> None:
    today = (await world.client.get_market_hours(["equity", "option"])).json()
    sunday = (await world.client.get_market_hours(["equity"], date=date(2026, 11, 22))).json()
    wrong = await world.client.get_market_hours(["moon"])

    hours = today["equity"]["EQ"]["sessionHours"]["regularMarket"]
    assert hours == [{"start": "2026-11-18T09:30:00-05:00", "end": "2026-11-18T16:00:00-05:00"}]
    assert set(today["option"]) == {"EQO", "IND"}
    assert sunday["equity"]["EQ"]["isOpen"] is False
    assert "sessionHours" not in sunday["equity"]["EQ"]
    assert wrong.status_code == 400


async def test_the_market_may_follow_the_clock(world: World) -> None:
    world.sim.market.open = None
    noon = world.sim.market.open_now
    world.watch.advance(hours=4)

    assert (noon, world.sim.market.open_now) == (True, False)


async def test_instruments_are_found_by_symbol_description_and_cusip(world: World) -> None:
    ask = world.client.get_instruments

    both = (await ask(["AAPL", "SPY"], "symbol-search")).json()["instruments"]
    pattern = (await ask("[AM].*", "symbol-regex")).json()["instruments"]
    words = (await ask("bank", "desc-search")).json()["instruments"]
    cusip = (await world.client.get_instrument_by_cusip("037833100")).json()
    nobody = (await ask("NOSUCH", "symbol-search")).json()["instruments"]

    assert [(one["symbol"], one["assetType"]) for one in both] == [
        ("AAPL", "EQUITY"),
        ("SPY", "ETF"),
    ]
    assert [one["symbol"] for one in pattern] == ["AAPL", "MSFT"]
    assert [one["symbol"] for one in words] == ["BAC"]
    assert (cusip["symbol"], nobody) == ("AAPL", [])
