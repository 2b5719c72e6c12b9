"""What a price chart is made of."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from floorbroker.charts.allocation import Share
from floorbroker.charts.equity import Worth
from floorbroker.charts.indicators import moving_average, relative_strength
from floorbroker.charts.price import Mark, PriceChart
from floorbroker.domain.market import Timeframe
from floorbroker.domain.orders import Side
from tests.charts.drawings import OPEN, allocation, candles, equity, walk


def test_an_average_begins_when_there_are_enough_closes() -> None:
    assert moving_average([1.0, 2.0, 3.0, 7.0], 3) == [None, None, 2.0, 4.0]
    assert moving_average([1.0, 2.0], 3) == [None, None]


def test_the_relative_strength_of_a_known_series() -> None:
    # Two gains of 2, one loss of 1 over three changes, then a loss of 3, smoothed over 3:
    # gains 4/3 -> 8/9, losses 1/3 -> 11/9.
    strengths = relative_strength([10.0, 12.0, 14.0, 13.0, 10.0], length=3)

    assert strengths[:3] == [None, None, None]
    assert strengths[3] == pytest.approx(80.0)
    assert strengths[4] == pytest.approx(100 - 100 / (1 + 8 / 11))


def test_strength_without_losses_is_full_and_without_any_change_half() -> None:
    assert relative_strength([1.0, 2.0, 3.0], length=2)[-1] == 100
    assert relative_strength([1.0, 1.0, 1.0], length=2)[-1] == 50
    assert relative_strength([1.0, 2.0], length=14) == [None, None]


def test_a_chart_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="bar"):
        replace(candles(), bars=())
    with pytest.raises(ValueError, match="value"):
        replace(allocation(), shares=(Share(name="Cash", value=Decimal(0)),))
    with pytest.raises(ValueError, match="two points"):
        replace(equity(), points=(Worth(at=OPEN, value=Decimal(1)),))


def test_a_fill_is_marked_on_the_bar_in_which_it_happened() -> None:
    bars = walk(3, timedelta(minutes=5))
    moments = {
        bars[0].at - timedelta(seconds=1): None,
        bars[0].at: 0,
        bars[1].at + timedelta(minutes=4): 1,
        bars[2].at + timedelta(minutes=4): 2,
        bars[2].at + timedelta(hours=5): 2,
    }

    for moment, place in moments.items():
        mark = Mark(at=moment, side=Side.BUY, price=Decimal(190))
        chart = PriceChart(
            symbol="KO", bars=bars, timeframe=Timeframe.FIVE_MINUTES, span="1 day", marks=(mark,)
        )
        assert [at for at, _ in chart.placed()] == ([] if place is None else [place])


def test_times_of_day_are_written_in_the_chart_s_zone_and_days_as_their_own_date() -> None:
    intraday = PriceChart(
        symbol="KO", bars=walk(1, timedelta(minutes=5)), timeframe=Timeframe.MINUTE, span="1 day"
    )
    midnight = replace(walk(1, timedelta(days=1))[0], at=datetime(2026, 8, 4, tzinfo=UTC))
    daily = PriceChart(symbol="KO", bars=(midnight,), timeframe=Timeframe.DAY, span="1 day")

    assert intraday.labels()[1] == ["09:30"]
    assert daily.labels()[1] == ["04 Aug"]


def test_one_bar_without_any_move_can_be_drawn() -> None:
    still = Decimal(5)
    bar = replace(
        walk(1, timedelta(days=1))[0], open=still, high=still, low=still, close=still,
        volume=Decimal(0),
    )  # fmt: skip
    chart = PriceChart(
        symbol="KO", bars=(bar,), timeframe=Timeframe.DAY, span="1 day", strength=True
    )

    assert chart.png().startswith(b"\x89PNG")
