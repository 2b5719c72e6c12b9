"""Bars of the simulated market: the curve, sampled at six moments a bar."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from floorbroker.brokers.paper.instruments import Listing
from floorbroker.brokers.paper.market import PaperMarket, on_tick
from floorbroker.domain.market import Bar, Timeframe
from floorbroker.domain.orders import Session

LENGTHS: Final = {
    Timeframe.MINUTE: timedelta(minutes=1),
    Timeframe.FIVE_MINUTES: timedelta(minutes=5),
    Timeframe.HOUR: timedelta(hours=1),
    Timeframe.DAY: timedelta(days=1),
}
_SAMPLES: Final = 6
_BARS_AT_MOST: Final = 1_000
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def bar_starts(
    market: PaperMarket,
    listing: Listing,
    timeframe: Timeframe,
    *,
    start: datetime,
    end: datetime,
    now: datetime,
) -> Iterator[datetime]:
    """Starts within [start, end) and before `now`, oldest first, at most 1,000.

    Bars begin at whole multiples of their length (UTC). Where shares have hours, bars that begin
    outside the extended session are left out; a day's bar stands for a weekday.
    """
    length = LENGTHS[timeframe]
    at = _EPOCH + -((_EPOCH - start) // length) * length
    count = 0
    while at < min(end, now) and count < _BARS_AT_MOST:
        if _trades(market, listing, timeframe, at):
            count += 1
            yield at
        at += length


def _trades(market: PaperMarket, listing: Listing, timeframe: Timeframe, at: datetime) -> bool:
    if timeframe is Timeframe.DAY:
        return listing.crypto or not market.hours.enforced or at.weekday() < 5
    return market.hours.open_at(at, Session.EXTENDED, crypto=listing.crypto)


def bar(
    market: PaperMarket, listing: Listing, timeframe: Timeframe, at: datetime, now: datetime
) -> Bar:
    """The bar that starts at `at`; a running one closes at `now`."""
    end = min(at + LENGTHS[timeframe], now)
    step = (end - at) / _SAMPLES
    curve = [market.middle(listing, at + step * n) for n in range(_SAMPLES + 1)]
    tick = listing.rules.price_tick
    return Bar(
        at=at,
        open=on_tick(curve[0], tick),
        high=on_tick(max(curve), tick),
        low=on_tick(min(curve), tick),
        close=on_tick(curve[-1], tick),
        volume=market.volume(listing, at, end),
    )
