"""What is heard of one instrument through one link, and those who hear it.

Nobody is waited for: a subscriber who is slow finds the latest event and none of those before it,
so that memory stays the same however much happens.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import perf_counter

from floorbroker.domain.clock import Clock
from floorbroker.domain.errors import FloorbrokerError
from floorbroker.domain.instruments import Instrument
from floorbroker.domain.market import MarketEvent, Quote
from floorbroker.domain.people import Link
from floorbroker.observability.metrics import Metrics


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """An event as a subscriber gets it.

    Attributes:
        took: From the source's own time to our event; never negative.
        pushed: The broker sent it by itself; otherwise it was asked for.
        arrived: When the adapter handed the price over, by `perf_counter`.
    """

    event: MarketEvent
    took: timedelta
    pushed: bool
    arrived: float


class Subscription:
    """One subscriber's end: iterates over what is new, the latest only.

    The iteration ends when the process does. It raises what keeps the prices away for good: the
    link was removed, its access is refused, the broker does not offer them.
    """

    def __init__(self, feed: "Feed") -> None:
        """What the feed knows already is news to this subscriber."""
        self._feed = feed
        self._news = feed.latest
        self._told = asyncio.Event()

    @property
    def trouble(self) -> FloorbrokerError | None:
        """What keeps prices away at present, while it is tried again; None while all is well."""
        return self._feed.trouble

    def __aiter__(self) -> "Subscription":
        """Itself: there is one reader."""
        return self

    async def __anext__(self) -> Heard:
        """The next event."""
        waited = False
        while self._news is None:
            if self._feed.over:
                raise self._feed.failure or StopAsyncIteration
            waited = True
            self._told.clear()
            await self._told.wait()
        heard, self._news = self._news, None
        if waited:
            self._feed.delivered(heard)
        return heard

    def tell(self, heard: Heard) -> None:
        """In place of whatever was not read yet."""
        self._news = heard
        self._told.set()

    def end(self) -> None:
        """Nothing will come any more."""
        self._told.set()


class Feed:
    """One instrument as one link sees it. Entitlements differ, so no two links share one.

    Attributes:
        latest: The last event; None before the first.
        told: How many events there were.
        trouble: See `Subscription.trouble`.
        over: Nothing will come any more.
        failure: Why; None where the process ends or nobody listens.
    """

    def __init__(self, link: Link, instrument: Instrument, clock: Clock, metrics: Metrics) -> None:
        """Nobody listens."""
        self.link = link
        self.instrument = instrument
        self.subscribers: set[Subscription] = set()
        self.latest: Heard | None = None
        self.told = 0
        self.trouble: FloorbrokerError | None = None
        self.over = False
        self.failure: FloorbrokerError | None = None
        self._upto: datetime | None = None
        self._clock = clock
        self._metrics = metrics

    def tell(self, quote: Quote, *, pushed: bool) -> None:
        """Passes a price on, unless it is the one that is known, or older."""
        arrived = perf_counter()
        self.trouble = None
        event = MarketEvent.of(quote)
        known, now = self.latest, self._clock.now()
        if known is not None and event == known.event:
            return
        if self._upto is not None and event.timestamp < self._upto:
            return
        # A time to come, by a source's own clock, must not keep out all that is heard until then.
        self._upto = min(event.timestamp, now)
        took = quote.age(now)
        if pushed and known is not None and not event.delayed:
            # The first one of a stream may be hours old: the last trade of a quiet paper.
            self._metrics.price_heard(self.link.broker, took.total_seconds())
        self.told += 1
        self.latest = heard = Heard(event=event, took=took, pushed=pushed, arrived=arrived)
        for subscriber in self.subscribers:
            subscriber.tell(heard)

    def delivered(self, heard: Heard) -> None:
        """A subscriber who waited has it."""
        self._metrics.price_delivered(perf_counter() - heard.arrived)

    def end(self, failure: FloorbrokerError | None = None) -> None:
        """Nothing will come any more; the first reason stands."""
        if self.over:
            return
        self.over, self.failure = True, failure
        for subscriber in self.subscribers:
            subscriber.end()
