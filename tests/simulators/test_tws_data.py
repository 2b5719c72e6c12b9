"""The TWS simulator: quotes, depth, candles."""

from collections.abc import AsyncIterator
from datetime import UTC, date, timedelta
from decimal import Decimal
from math import isnan
from typing import Any

import pytest

from tests.simulators.tws import Bar, Greeks
from tests.simulators.tws_clients import World, opened, stock


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with opened() as world:
        yield world


def option(expiry: str = "20261218", strike: float = 190, right: str = "C") -> Any:
    import ib_insync

    return ib_insync.Option("AAPL", expiry, strike, right, "SMART")


async def snapshot(world: World, contract: Any) -> Any:
    (ticker,) = await world.ib.reqTickersAsync(contract)
    return ticker


async def test_a_snapshot_has_live_prices_and_ends(world: World) -> None:
    ticker = await snapshot(world, stock())

    assert (ticker.bid, ticker.ask, ticker.last, ticker.close) == (189.9, 190.0, 189.95, 188.0)
    assert (ticker.bidSize, ticker.lastSize, ticker.volume) == (500, 100, 1_000_000)
    assert (ticker.marketDataType, ticker.minTick) == (1, 0.01)
    assert world.codes == []


async def test_what_has_no_price_is_minus_one(world: World) -> None:
    ticker = await snapshot(world, stock("IBM"))

    assert (ticker.bid, ticker.ask, ticker.bidSize) == (-1, -1, 0)
    assert isnan(ticker.last)
    assert not ticker.hasBidAsk()


async def test_a_stream_ticks_until_it_is_cancelled(world: World) -> None:
    contract = stock()
    ticker = world.ib.reqMktData(contract)
    await world.settled()
    assert ticker.last == 189.95

    world.sim.set_price("AAPL", bid="190.10", last="190.15")
    await world.settled()
    assert (ticker.bid, ticker.last) == (190.1, 190.15)
    world.ib.cancelMktData(contract)
    await world.settled()
    world.sim.set_price("AAPL", bid="191.00")
    await world.settled()

    assert ticker.bid == 190.1


async def test_without_a_subscription_live_data_is_refused(world: World) -> None:
    world.sim.market_data = "delayed"

    ticker = await snapshot(world, stock())

    assert world.codes == [354]
    assert "Delayed market data is available" in world.errors[-1][2]
    assert isnan(ticker.bid)


@pytest.mark.parametrize(
    ("has", "asks", "gets", "told"),
    [
        ("live", 3, 1, []),
        ("frozen", 2, 2, []),
        ("frozen", 1, 1, []),
        ("delayed", 3, 3, [10167]),
        ("delayed", 4, 3, [10167]),
        ("delayed_frozen", 4, 4, [10167]),
    ],
)
async def test_the_kind_of_data_is_told(
    world: World, has: str, asks: int, gets: int, told: list[int]
) -> None:
    world.sim.market_data = has
    world.ib.reqMarketDataType(asks)

    ticker = await snapshot(world, stock())

    assert (ticker.marketDataType, ticker.bid, ticker.close) == (gets, 189.9, 188.0)
    assert world.codes == told
    kinds = {tick.tickType for tick in ticker.ticks}
    assert (66 in kinds) == (gets >= 3)
    assert (1 in kinds) == (gets < 3)


async def test_without_any_data_everything_is_refused(world: World) -> None:
    world.sim.market_data = "none"
    world.ib.reqMarketDataType(3)

    await snapshot(world, stock())

    assert world.codes == [354]


async def test_only_kinds_of_data_that_exist_can_be_had(world: World) -> None:
    with pytest.raises(ValueError, match="fresh"):
        world.sim.market_data = "fresh"


@pytest.mark.parametrize("delayed", [False, True])
async def test_an_option_has_its_greeks(world: World, delayed: bool) -> None:
    if delayed:
        world.sim.market_data = "delayed"
        world.ib.reqMarketDataType(3)
    world.sim.set_price("AAPL  261218C00190000", bid="5.10", ask="5.20")
    world.sim.set_greeks(
        "AAPL  261218C00190000",
        Greeks(
            implied_volatility=Decimal("0.25"),
            delta=Decimal("0.51"),
            price=Decimal("5.15"),
            gamma=Decimal("0.02"),
            vega=Decimal("0.2"),
            theta=Decimal("-0.1"),
            underlying=Decimal("189.95"),
        ),
    )

    ticker = await snapshot(world, option())

    assert (ticker.modelGreeks.impliedVol, ticker.modelGreeks.delta) == (0.25, 0.51)
    assert (ticker.modelGreeks.theta, ticker.modelGreeks.undPrice) == (-0.1, 189.95)
    assert ticker.ask == 5.2


async def test_prices_of_what_is_not_listed_are_refused(world: World) -> None:
    await snapshot(world, stock("NOSUCH"))

    assert world.codes == [200]


async def test_a_snapshot_has_no_generic_ticks(world: World) -> None:
    world.ib.client.reqMktData(900, stock(), "233", True, False, [])
    await world.settled()

    assert world.errors[-1][:2] == (900, 321)


# Depth


@pytest.mark.parametrize("smart", [False, True])
async def test_the_book_is_told_row_by_row(world: World, smart: bool) -> None:
    world.sim.set_depth("AAPL", [("189.90", 5), ("189.80", 7)], [("190.00", 3), ("190.10", 4)])
    contract = stock()
    ticker = world.ib.reqMktDepth(contract, numRows=5, isSmartDepth=smart)
    await world.settled()
    assert [(row.price, row.size) for row in ticker.domBids] == [(189.9, 5), (189.8, 7)]
    assert ticker.domAsks[0].marketMaker == ("NASDAQ" if smart else "")

    world.sim.set_depth("AAPL", [("189.90", 6)], [("190.00", 3), ("190.10", 4), ("190.20", 1)])
    await world.settled()

    assert [(row.price, row.size) for row in ticker.domBids] == [(189.9, 6)]
    assert [row.price for row in ticker.domAsks] == [190.0, 190.1, 190.2]
    world.ib.cancelMktDepth(contract, isSmartDepth=smart)
    await world.settled()
    assert world.codes == []


async def test_what_has_no_book_is_refused(world: World) -> None:
    world.ib.reqMktDepth(stock("IBM"))
    await world.settled()

    assert world.codes == [10092]


# Candles


def bars(world: World, count: int, step: timedelta) -> list[Bar]:
    """The last ones up to now; each begins at a price one higher."""
    return [
        Bar(
            at=world.watch.at - step * (count - n),
            open=Decimal(100 + n),
            high=Decimal(103 + n),
            low=Decimal(99 + n),
            close=Decimal(102 + n),
        )
        for n in range(count)
    ]


async def history(world: World, duration: str, size: str, **fields: Any) -> Any:
    given = {"endDateTime": "", "whatToShow": "TRADES", "useRTH": True, "formatDate": 1, **fields}
    return await world.ib.reqHistoricalDataAsync(
        stock(), durationStr=duration, barSizeSetting=size, **given
    )


async def test_days_come_as_dates(world: World) -> None:
    world.sim.set_bars("AAPL", "1 day", bars(world, 10, timedelta(days=1)))

    found = await history(world, "3 D", "1 day")

    assert [bar.date for bar in found] == [date(2026, 11, day) for day in (15, 16, 17)]
    assert (found[-1].open, found[-1].high, found[-1].close) == (109, 112, 111)


@pytest.mark.parametrize("as_epoch", [1, 2])
async def test_minutes_come_with_their_zone(world: World, as_epoch: int) -> None:
    world.sim.set_bars("AAPL", "5 mins", bars(world, 10, timedelta(minutes=5)))

    found = await history(world, "900 S", "5 mins", formatDate=as_epoch)

    assert [bar.date.astimezone(UTC) for bar in found] == [
        world.watch.at - timedelta(minutes=ago) for ago in (15, 10, 5)
    ]


async def test_candles_before_a_moment(world: World) -> None:
    world.sim.set_bars("AAPL", "5 mins", bars(world, 10, timedelta(minutes=5)))

    end = world.watch.at - timedelta(minutes=30)
    found = await history(world, "1 D", "5 mins", endDateTime=end)

    assert found[-1].date.astimezone(UTC) == end


async def test_no_candles_are_an_error(world: World) -> None:
    assert len(await history(world, "1 D", "5 mins")) == 0
    assert world.codes == [162]


@pytest.mark.parametrize(
    ("duration", "size", "fields"),
    [
        ("1 D", "7 mins", {}),
        ("1 X", "5 mins", {}),
        ("1 D", "5 mins", {"whatToShow": "GOSSIP"}),
    ],
)
async def test_candles_that_do_not_exist_are_refused(
    world: World, duration: str, size: str, fields: dict[str, str]
) -> None:
    await history(world, duration, size, **fields)

    assert world.codes == [321]


async def test_an_end_that_is_no_time_is_refused(world: World) -> None:
    await history(world, "1 D", "5 mins", endDateTime="yesterday")

    assert world.codes == [10314]


async def test_the_first_moment_there_is_data_for(world: World) -> None:
    world.sim.set_bars("AAPL", "1 day", bars(world, 10, timedelta(days=1)))

    first = await world.ib.reqHeadTimeStampAsync(stock(), "TRADES", True, 2)

    assert first == world.watch.at - timedelta(days=10)
