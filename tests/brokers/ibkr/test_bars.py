"""Bars, and the questions that they are asked with."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floorbroker.brokers.ibkr import bars
from floorbroker.domain.errors import (
    ApiError,
    BrokerConnectionError,
    BrokerError,
    NotSupported,
    RateLimited,
)
from floorbroker.domain.market import Timeframe
from tests.brokers.ibkr.at_market import APPLE, BARS, BARS_CANCELED, WEDNESDAY, Desk, market_at
from tests.simulators.tws import Bar, Fault

OPEN = datetime(2026, 11, 18, 14, 30, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with market_at() as desk:
        yield desk


def candle(at: datetime, close: str = "190.25", volume: str = "1200") -> Bar:
    """One of AAPL."""
    return Bar(
        at=at,
        open=Decimal("190.10"),
        high=Decimal("190.50"),
        low=Decimal("189.95"),
        close=Decimal(close),
        volume=Decimal(volume),
    )


async def test_bars_are_those_that_start_within_the_range(desk: Desk) -> None:
    desk.simulator.set_bars("AAPL", "1 min", [candle(OPEN + n * MINUTE) for n in range(20)])

    found = await desk.market.bars(APPLE, Timeframe.MINUTE, OPEN + 2 * MINUTE, OPEN + 5 * MINUTE)

    assert [bar.at for bar in found] == [OPEN + n * MINUTE for n in (2, 3, 4)]
    assert (found[0].open, found[0].high, found[0].low, found[0].close) == (
        Decimal("190.1"),
        Decimal("190.5"),
        Decimal("189.95"),
        Decimal("190.25"),
    )
    assert found[0].volume == 1200


@pytest.mark.parametrize(
    ("timeframe", "size"),
    [
        (Timeframe.MINUTE, "1 min"),
        (Timeframe.FIVE_MINUTES, "5 mins"),
        (Timeframe.HOUR, "1 hour"),
        (Timeframe.DAY, "1 day"),
    ],
)
async def test_each_timeframe_has_the_vendors_own_size(
    desk: Desk, timeframe: Timeframe, size: str
) -> None:
    midnight = datetime(2026, 11, 17, 5, 0, tzinfo=UTC)
    desk.simulator.set_bars("AAPL", size, [candle(midnight)])

    found = await desk.market.bars(APPLE, timeframe, midnight - DAY, midnight + DAY)

    assert [bar.at for bar in found] == [midnight]


async def test_a_question_names_its_end_in_utc_and_asks_for_regular_sessions(desk: Desk) -> None:
    start = OPEN.astimezone(ZoneInfo("America/New_York"))

    await desk.market.bars(APPLE, Timeframe.MINUTE, start, start + 90 * MINUTE)

    (question,) = desk.messages(BARS)
    assert "20261118 16:00:00 UTC" in question
    assert question[question.index("5400 S") :][:4] == ["5400 S", "1", "TRADES", "2"]


@pytest.mark.parametrize(
    ("symbol", "what", "regular"),
    [("EUR/USD", "MIDPOINT", "0"), ("BTC/USD", "AGGTRADES", "0"), ("ESZ6", "TRADES", "0")],
)
async def test_what_is_asked_for_is_what_there_is_of_that_kind(
    desk: Desk, symbol: str, what: str, regular: str
) -> None:
    instrument = await desk.instruments.named(symbol)

    await desk.market.bars(instrument, Timeframe.HOUR, OPEN - DAY, OPEN)

    (question,) = desk.messages(BARS)
    at = question.index(what)
    assert question[at - 1] == regular


async def test_a_thousand_bars_at_most_and_the_first_of_them(desk: Desk) -> None:
    start = WEDNESDAY - timedelta(days=3)
    desk.simulator.set_bars("AAPL", "1 min", [candle(start + n * MINUTE) for n in range(1500)])

    found = await desk.market.bars(APPLE, Timeframe.MINUTE, start, WEDNESDAY)

    assert len(found) == 1000
    assert found[0].at == start


async def test_a_longer_range_than_one_question_reaches_is_cut_at_its_end(desk: Desk) -> None:
    start = WEDNESDAY - timedelta(days=20)

    await desk.market.bars(APPLE, Timeframe.MINUTE, start, WEDNESDAY)

    (question,) = desk.messages(BARS)
    assert "20261103 17:00:00 UTC" in question
    assert "5 D" in question


async def test_nothing_is_asked_about_the_future_or_an_empty_range(desk: Desk) -> None:
    later = WEDNESDAY + DAY
    assert list(await desk.market.bars(APPLE, Timeframe.DAY, later, later + DAY)) == []
    assert list(await desk.market.bars(APPLE, Timeframe.DAY, OPEN, OPEN)) == []

    assert desk.asked(BARS) == 0


async def test_a_range_that_reaches_into_the_future_ends_now(desk: Desk) -> None:
    desk.simulator.set_bars("AAPL", "1 min", [candle(WEDNESDAY - MINUTE)])

    found = await desk.market.bars(APPLE, Timeframe.MINUTE, OPEN, WEDNESDAY + DAY)

    assert len(found) == 1
    assert "20261118 17:00:00 UTC" in desk.messages(BARS)[0]


async def test_no_data_is_no_bars(desk: Desk) -> None:
    assert list(await desk.market.bars(APPLE, Timeframe.DAY, OPEN - DAY, OPEN)) == []


async def test_the_same_question_gets_the_same_answer_without_being_asked_again(
    desk: Desk,
) -> None:
    desk.simulator.set_bars("AAPL", "1 min", [candle(OPEN)])
    first = await desk.market.bars(APPLE, Timeframe.MINUTE, OPEN, OPEN + MINUTE)
    second = await desk.market.bars(APPLE, Timeframe.MINUTE, OPEN, OPEN + MINUTE)

    assert first == second != []
    assert desk.asked(BARS) == 1


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("Historical data request pacing violation", RateLimited),
        ("No market data permissions for ISLAND STK", NotSupported),
        ("API historical data query cancelled: 7", ApiError),
    ],
)
async def test_a_refused_question_says_why(desk: Desk, words: str, kind: type[BrokerError]) -> None:
    await desk.instruments.named("AAPL")
    desk.simulator.fail("read", Fault.ERROR(162, words))

    with pytest.raises(kind, match=words):
        await desk.market.bars(APPLE, Timeframe.DAY, OPEN - DAY, OPEN)


async def test_a_question_that_failed_is_not_repeated_within_15_seconds(desk: Desk) -> None:
    await desk.instruments.named("AAPL")
    desk.simulator.fail("read", Fault.ERROR(162, "Server error"))
    with pytest.raises(ApiError):
        await desk.market.bars(APPLE, Timeframe.DAY, OPEN - DAY, OPEN)

    with pytest.raises(RateLimited, match="Nothing was asked"):
        await desk.market.bars(APPLE, Timeframe.DAY, OPEN - DAY, OPEN)

    assert desk.asked(BARS) == 1


async def test_a_question_that_is_not_waited_for_any_more_is_canceled(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bars, "_SECONDS", 0.05)
    await desk.instruments.named("AAPL")
    desk.simulator.fail("read", Fault.SILENCE)

    with pytest.raises(BrokerError):
        await desk.market.bars(APPLE, Timeframe.DAY, OPEN - DAY, OPEN)

    await desk.until_asked(BARS_CANCELED)
    assert desk.messages(BARS_CANCELED)[0][-1] == desk.messages(BARS)[0][1]


async def test_a_question_ends_with_its_connection(desk: Desk) -> None:
    await desk.instruments.named("AAPL")
    desk.simulator.fail("read", Fault.DROP_BEFORE)

    with pytest.raises(BrokerConnectionError):
        await desk.market.bars(APPLE, Timeframe.DAY, OPEN - DAY, OPEN)


@pytest.mark.parametrize(
    ("span", "text"),
    [
        (timedelta(seconds=1), "60 S"),
        (timedelta(minutes=90), "5400 S"),
        (DAY, "86400 S"),
        (DAY + timedelta(seconds=1), "2 D"),
        (timedelta(days=30), "30 D"),
        (timedelta(days=365), "365 D"),
        (timedelta(days=366), "2 Y"),
        (timedelta(days=5 * 365), "5 Y"),
    ],
)
def test_a_duration_is_written_as_the_vendor_does(span: timedelta, text: str) -> None:
    assert bars.duration(span) == text


@given(st.timedeltas(timedelta(seconds=1), timedelta(days=5 * 365)))
def test_a_duration_is_never_shorter_than_what_it_stands_for(span: timedelta) -> None:
    number, unit = bars.duration(span).split(" ")

    seconds = int(number) * {"S": 1, "D": 86_400, "Y": 365 * 86_400}[unit]

    assert seconds >= span.total_seconds()


@pytest.mark.parametrize(
    ("told", "at"),
    [
        (date(2026, 3, 6), "2026-03-06 05:00"),
        (date(2026, 3, 9), "2026-03-09 04:00"),
        (date(2026, 10, 30), "2026-10-30 04:00"),
        (date(2026, 11, 2), "2026-11-02 05:00"),
        (datetime(2026, 3, 9, 13, 30, tzinfo=UTC), "2026-03-09 13:30"),
        (datetime(2026, 3, 9, 9, 30), "2026-03-09 13:30"),  # noqa: DTZ001 # as old gateways tell it
    ],
)
def test_a_day_begins_at_midnight_of_its_market_in_summer_and_winter(told: date, at: str) -> None:
    one = SimpleNamespace(date=told, open=1.0, high=2.0, low=0.5, close=1.5, volume=-1.0)

    (bar,) = bars.read([one], ZoneInfo("America/New_York"))

    assert bar.at == datetime.fromisoformat(at).replace(tzinfo=UTC)
    assert bar.volume == 0
