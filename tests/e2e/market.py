"""The paper market as a test may know it beforehand: a pure function of the time."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from floorbroker.brokers.paper.catalogue import SHARES
from floorbroker.brokers.paper.hours import TradingHours
from floorbroker.brokers.paper.instruments import listing
from floorbroker.brokers.paper.market import PaperMarket
from floorbroker.config import Settings
from floorbroker.domain.orders import Side

_STEP = timedelta(seconds=15)


@dataclass(frozen=True, slots=True)
class Bargain:
    """A share whose ask reaches `limit` only after a while."""

    symbol: str
    limit: Decimal


def bargain(settings: Settings, now: datetime, *, after: timedelta, within: timedelta) -> Bargain:
    """A limit price that the market first reaches between `after` and `within` from now."""
    market = PaperMarket(settings.paper_seed, TradingHours(enforced=False))
    for symbol, _, _ in SHARES:
        line = listing(symbol)

        def lowest(start: timedelta, end: timedelta, line: object = line) -> Decimal:
            steps = range(start // _STEP, end // _STEP)
            return min(market.touch(line, Side.BUY, now + step * _STEP) for step in steps)

        before, later = lowest(timedelta(0), after), lowest(after, within)
        if later < before - line.rules.price_tick:
            return Bargain(symbol, later)
    raise AssertionError("Every share becomes dearer.")


@dataclass(frozen=True, slots=True)
class Rise:
    """A share whose price reaches `level` at `at`, and has not been so high before."""

    symbol: str
    level: Decimal
    at: datetime


def rise(settings: Settings, now: datetime, *, after: timedelta, within: timedelta) -> Rise:
    """A price that a share reaches for the first time between `after` and `within` from now."""
    market = PaperMarket(settings.paper_seed, TradingHours(enforced=False))
    for symbol, _, _ in SHARES:
        line = listing(symbol)
        prices = [
            (market.last(line, now + step * _STEP), now + step * _STEP)
            for step in range(within // _STEP)
        ]
        early = max(price for price, at in prices if at - now < after)
        for price, at in prices:
            if at - now >= after and price > early:
                return Rise(symbol, price, at)
    raise AssertionError("No share rises.")
