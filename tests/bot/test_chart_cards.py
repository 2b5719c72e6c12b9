"""The card of a chart names who says so: the feed where the broker has several."""

from dataclasses import replace
from decimal import Decimal

import pytest

from floorbroker.bot.replies.chart_cards import chart_card
from floorbroker.charts.price import PriceChart, Style
from floorbroker.domain.market import Bar, Timeframe
from floorbroker.services.charting import Charted
from floorbroker.services.sources import Answered
from tests.bot.drawn import account, drawn
from tests.domain.building import AAPL, NOON

BAR = Bar(
    at=NOON,
    open=Decimal(187),
    high=Decimal(189),
    low=Decimal(186),
    close=Decimal(188),
    volume=Decimal(1),
)


@pytest.mark.parametrize(
    ("of_the_bar", "of_nobody", "said"),
    [
        ("", "", "Source Paper trading"),
        ("Alpaca, IEX exchange only", "", "Source Alpaca, IEX exchange only"),
        ("", "Yahoo, unofficial and delayed", "Source Yahoo, unofficial and delayed"),
    ],
)
def test_a_chart_names_its_feed(of_the_bar: str, of_nobody: str, said: str) -> None:
    bars = (replace(BAR, source=of_the_bar),)
    chart = PriceChart(
        symbol="AAPL",
        bars=bars,
        timeframe=Timeframe.DAY,
        span="1 month",
        style=Style.CANDLES,
    )
    answered = Answered(account=account(), instrument=AAPL, value=bars, source=of_nobody)

    shown = drawn(chart_card(Charted(answered=answered, chart=chart, picture=None), NOON))

    shown.assert_fits()
    assert said in shown.text
