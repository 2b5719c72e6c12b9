import math
import os
import subprocess
import sys
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise
from statistics import pstdev

import pytest

from floorbroker.brokers.paper.bars import bar, bar_starts
from floorbroker.brokers.paper.hours import TradingHours
from floorbroker.brokers.paper.instruments import LISTINGS, listing
from floorbroker.brokers.paper.market import PaperMarket
from floorbroker.domain.market import Timeframe
from floorbroker.domain.orders import Side
from tests.fakes.clock import NOON

MARKET = PaperMarket("seed", TradingHours(enforced=False))
DAY = timedelta(days=1)

PRINT_PRICES = """
from datetime import timedelta
from floorbroker.brokers.paper.hours import TradingHours
from floorbroker.brokers.paper.instruments import listing
from floorbroker.brokers.paper.market import PaperMarket
from tests.fakes.clock import NOON
market = PaperMarket("seed", TradingHours(enforced=False))
print(*[market.last(listing("AAPL"), NOON + timedelta(minutes=7 * n)) for n in range(50)])
"""


def test_another_process_sees_the_same_prices() -> None:
    here = [MARKET.last(listing("AAPL"), NOON + timedelta(minutes=7 * n)) for n in range(50)]

    paths = os.pathsep.join(path for path in sys.path if path)
    there = subprocess.run(
        [sys.executable, "-c", PRINT_PRICES],
        env={"PYTHONHASHSEED": "77", "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        check=True,
    )

    assert there.stdout.split() == [str(price) for price in here]


def test_the_order_in_which_prices_are_asked_for_does_not_matter() -> None:
    moments = [NOON + timedelta(seconds=31 * n) for n in range(200)]

    forwards = [MARKET.last(listing("TSLA"), at) for at in moments]
    backwards = [MARKET.last(listing("TSLA"), at) for at in reversed(moments)]

    assert forwards == backwards[::-1]


@pytest.mark.parametrize("other", ["seed 2", ""])
def test_another_seed_is_another_market(other: str) -> None:
    another = PaperMarket(other, TradingHours(enforced=False))
    moments = [NOON + n * DAY for n in range(20)]

    ours = [MARKET.last(listing("AAPL"), at) for at in moments]

    assert ours != [another.last(listing("AAPL"), at) for at in moments]


@pytest.mark.parametrize("symbol", ["AAPL", "SPY", "BTC/USD", "DOGE/USD"])
def test_a_day_moves_the_price_by_about_two_percent(symbol: str) -> None:
    closes = [math.log(MARKET.middle(listing(symbol), NOON + n * DAY)) for n in range(1_000)]

    volatility = pstdev(after - before for before, after in pairwise(closes))

    assert 0.017 < volatility < 0.023


def test_a_minute_moves_the_price_as_little_as_a_minute_should() -> None:
    minute = timedelta(minutes=1)
    closes = [math.log(MARKET.middle(listing("AAPL"), NOON + n * minute)) for n in range(2_000)]

    volatility = pstdev(after - before for before, after in pairwise(closes))

    assert 0.0003 < volatility < 0.0008


@pytest.mark.parametrize("symbol", sorted(LISTINGS))
def test_prices_stay_around_the_base_for_years(symbol: str) -> None:
    line = listing(symbol)

    prices = [MARKET.middle(line, NOON + 9 * n * DAY) for n in range(200)]

    assert min(prices) > 0.6 * float(line.base_price)
    assert max(prices) < 1.7 * float(line.base_price)


@pytest.mark.parametrize("symbol", sorted(LISTINGS))
def test_bid_and_ask_stand_on_ticks_around_the_last_price_a_few_basis_points_apart(
    symbol: str,
) -> None:
    line = listing(symbol)
    tick = line.rules.price_tick
    for hours in range(100):
        quote = MARKET.quote(line, NOON + timedelta(hours=hours))

        assert quote.bid is not None
        assert quote.ask is not None
        assert quote.last is not None
        assert quote.bid % tick == quote.ask % tick == quote.last % tick == 0
        assert quote.bid <= quote.last <= quote.ask
        assert tick <= quote.ask - quote.bid <= max(quote.last * Decimal("0.001"), 2 * tick)


def test_a_quote_says_its_time_that_it_is_simulated_and_what_was_traded_today() -> None:
    quote = MARKET.quote(listing("AAPL"), NOON)

    assert quote.at == NOON
    assert "simulated" in quote.source
    assert quote.volume is not None
    assert 1_000_000 < quote.volume < 100_000_000
    assert quote.touch(Side.BUY) == quote.ask


def test_bars_open_and_close_on_the_market_s_own_prices() -> None:
    line, now = listing("AAPL"), NOON
    start = NOON - timedelta(hours=5)

    starts = list(bar_starts(MARKET, line, Timeframe.HOUR, start=start, end=now, now=now))
    bars = [bar(MARKET, line, Timeframe.HOUR, at, now) for at in starts]

    assert starts == [start + timedelta(hours=n) for n in range(5)]
    assert [b.open for b in bars] == [MARKET.last(line, at) for at in starts]
    assert [b.close for b in bars[:-1]] == [b.open for b in bars[1:]]
    assert all(b.low < b.high and b.volume > 0 for b in bars)


def test_a_running_bar_closes_now() -> None:
    line = listing("AAPL")
    now = NOON + timedelta(minutes=20)

    running = bar(MARKET, line, Timeframe.HOUR, NOON, now)

    assert running.close == MARKET.last(line, now)


def test_bars_start_at_whole_multiples_within_the_range_and_never_in_the_future() -> None:
    line = listing("AAPL")
    start, end = NOON - timedelta(minutes=12), NOON + timedelta(hours=1)

    starts = list(bar_starts(MARKET, line, Timeframe.FIVE_MINUTES, start=start, end=end, now=NOON))

    assert starts == [NOON - timedelta(minutes=10), NOON - timedelta(minutes=5)]


def test_a_thousand_bars_are_the_most() -> None:
    start = NOON - timedelta(days=5)

    starts = bar_starts(MARKET, listing("AAPL"), Timeframe.MINUTE, start=start, end=NOON, now=NOON)

    assert len(list(starts)) == 1_000


def test_closed_hours_have_no_bars() -> None:
    market = PaperMarket("seed", TradingHours(enforced=True))
    week = {"start": NOON - timedelta(days=7), "end": NOON, "now": NOON}

    days = list(bar_starts(market, listing("AAPL"), Timeframe.DAY, **week))
    hours = list(bar_starts(market, listing("AAPL"), Timeframe.HOUR, **week))
    coin_days = list(bar_starts(market, listing("BTC/USD"), Timeframe.DAY, **week))

    assert len(days) == 5
    assert len(hours) == 5 * 16
    assert len(coin_days) == 7
