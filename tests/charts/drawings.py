"""What the pictures in docs/pictures and their references show: always the same."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final

from floorbroker.charts.allocation import AllocationChart, Share
from floorbroker.charts.equity import EquityChart, Worth
from floorbroker.charts.picture import Drawing
from floorbroker.charts.price import Mark, PriceChart, Style
from floorbroker.domain.market import Bar, Timeframe
from floorbroker.domain.modes import Environment
from floorbroker.domain.orders import Side

OPEN: Final = datetime(2026, 8, 3, 13, 30, tzinfo=UTC)
_WEEKEND: Final = 5


def walk(count: int, step: timedelta, start: float = 190.0) -> tuple[Bar, ...]:
    """Bars of a market that wanders; daily ones leave out the weekends."""
    chance, price, at, bars = random.Random(1), start, OPEN, []
    while len(bars) < count:
        if step < timedelta(days=1) or at.weekday() < _WEEKEND:
            first, price = price, price * (1 + chance.gauss(0.0008, 0.012))
            high = max(first, price) * (1 + abs(chance.gauss(0, 0.004)))
            low = min(first, price) * (1 - abs(chance.gauss(0, 0.004)))
            bars.append(
                Bar(
                    at=at,
                    open=_cents(first),
                    high=_cents(high),
                    low=_cents(low),
                    close=_cents(price),
                    volume=Decimal(chance.randrange(10**6, 9 * 10**7)),
                )
            )
        at += step
    return tuple(bars)


def _cents(price: float) -> Decimal:
    return Decimal(f"{price:.2f}")


def another(number: int) -> PriceChart:
    """Like `candles`, and not the same as one of another number."""
    chart = candles()
    last = replace(chart.bars[-1], volume=Decimal(number + 1))
    return replace(chart, bars=(*chart.bars[:-1], last), symbol=f"C{number}")


def candles() -> PriceChart:
    """Three months of days with everything on it."""
    bars = walk(66, timedelta(days=1))
    return PriceChart(
        symbol="AAPL",
        bars=bars,
        timeframe=Timeframe.DAY,
        span="3 months",
        averages=(20, 50),
        strength=True,
        marks=(
            Mark(at=bars[10].at, side=Side.BUY, price=bars[10].low),
            Mark(at=bars[40].at, side=Side.SELL, price=bars[40].high),
        ),
    )


def line() -> PriceChart:
    """A day in five-minute steps."""
    return PriceChart(
        symbol="BTC/USD",
        bars=walk(288, timedelta(minutes=5), 68_000),
        timeframe=Timeframe.FIVE_MINUTES,
        span="1 day",
        style=Style.LINE,
    )


def allocation() -> AllocationChart:
    """More holdings than have a bar of their own, one of a long name."""
    values = {
        "Cash": 8000, "AAPL": 5200, "MSFT": 4100, "NVDA": 2500, "BTC/USD": 1200, "KO": 300,
        "XOM": 220, "AAPL261218C00200000": 150, "IBM": 90, "F": 20, "T": 10,
    }  # fmt: skip
    shares = tuple(Share(name=name, value=Decimal(value)) for name, value in values.items())
    return AllocationChart(
        shares=shares,
        currency="USD",
        environment=Environment.LIVE,
        note="Not in it: PAPER USD; 500.00 USD of cash owed; SAP (EUR); GME, AMC, KOSS and 2 more, "
        "without a price. Short, shown by its size: NVDA.",
    )


def equity() -> EquityChart:
    """Three months of days."""
    chance = random.Random(1)
    points = tuple(
        Worth(at=OPEN + timedelta(days=day), value=Decimal(100_000 + day * 40 + wave))
        for day, wave in enumerate(chance.randrange(-900, 900) for _ in range(80))
    )
    return EquityChart(
        points=points, currency="USD", environment=Environment.PAPER, span="3 months"
    )


def equity_of_several() -> EquityChart:
    """A real account that is worth much, beside others that are not in the line."""
    points = tuple(replace(point, value=point.value * 117) for point in equity().points)
    return replace(
        equity(),
        points=points,
        environment=Environment.LIVE,
        note="Not in it: LIVE EUR; PAPER USD; what did not answer.",
    )


DRAWINGS: Final[dict[str, Drawing]] = {
    "candles": candles(),
    "line": line(),
    "allocation": allocation(),
    "equity": equity(),
    "equity-of-several": equity_of_several(),
}
