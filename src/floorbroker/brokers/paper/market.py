"""The simulated market: what one unit costs at a moment, the same in every process."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from math import ceil, floor
from typing import Final

from floorbroker.brokers.paper.contracts import expiry_moment
from floorbroker.brokers.paper.hours import TradingHours, last_midnight
from floorbroker.brokers.paper.instruments import Listing
from floorbroker.brokers.paper.noise import factor, gaussian
from floorbroker.brokers.paper.premiums import premium, traded
from floorbroker.domain.market import Quote
from floorbroker.domain.orders import Side

SOURCE: Final = "Paper market (simulated)"
_DAY: Final = timedelta(days=1)
_DOLLARS_A_DAY: Final = 5_000_000_000
_VOLUME_OCTAVE: Final = -1
"""Keeps the hashes of volumes apart from those of prices."""


@dataclass(frozen=True, slots=True)
class PaperMarket:
    """Prices as a pure function of seed, symbol and time; nothing is remembered."""

    seed: str
    hours: TradingHours

    def middle(self, listing: Listing, at: datetime) -> float:
        """Between bid and ask, before rounding to ticks; of a contract until it expires."""
        if listing.underlying is not None and listing.instrument.expiry is not None:
            at = min(at, expiry_moment(listing.instrument.expiry))
            return premium(listing.instrument, self.middle(listing.underlying, at), at)
        return float(listing.base_price) * factor(self.seed, listing.symbol, at.timestamp())

    def last(self, listing: Listing, at: datetime) -> Decimal:
        """The price that stops and valuations look at, on the tick."""
        return on_tick(self.middle(listing, at), listing.rules.price_tick)

    def touch(self, listing: Listing, side: Side, at: datetime) -> Decimal:
        """What an order of `side` meets first: the ask for a buyer, the bid for a seller."""
        tick = listing.rules.price_tick
        middle, half = self.middle(listing, at), listing.spread_bps / 20_000
        if side is Side.BUY:
            return ceil(middle * (1 + half) / float(tick)) * tick
        return max(floor(middle * (1 - half) / float(tick)), 1) * tick

    def value(self, listing: Listing, at: datetime) -> Decimal:
        """The last price made by then, which while the market is closed is the close."""
        return self.last(listing, self.hours.price_time(at, crypto=listing.crypto))

    def quote(self, listing: Listing, now: datetime) -> Quote:
        """The present quote; while the market is closed, that of the close."""
        at = self.hours.price_time(now, crypto=listing.crypto)
        return Quote(
            instrument=listing.instrument,
            bid=self.touch(listing, Side.SELL, at),
            ask=self.touch(listing, Side.BUY, at),
            last=self.last(listing, at),
            at=at,
            source=SOURCE,
            volume=self.volume(listing, last_midnight(at), at),
        )

    def volume(self, listing: Listing, start: datetime, end: datetime) -> Decimal:
        """Whole units traded between two moments: plausible, not the sum of shorter spans."""
        if listing.underlying is not None:
            return traded(self.seed, listing, end)
        daily = _DOLLARS_A_DAY / float(listing.base_price)
        mood = gaussian(self.seed, listing.symbol, _VOLUME_OCTAVE, int(start.timestamp()))
        share = max((end - start) / _DAY, 0)
        return Decimal(round(daily * share * max(1 + 0.3 * mood, 0.2)))


def on_tick(price: float, tick: Decimal) -> Decimal:
    """`price` rounded to the nearest tick, at least one tick."""
    return max(round(price / float(tick)), 1) * tick
