"""Who follows which prices: one upstream a link and instrument, however many listen to it.

The first subscriber starts it, the last one ends it. A feed belongs to one link and so to one
person: what a broker shows to one it need not show to another.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from floorbroker.brokers.registry import get_broker
from floorbroker.brokers.spec import Capability
from floorbroker.domain.clock import Clock
from floorbroker.domain.errors import Busy, NotSupported
from floorbroker.domain.ids import LinkId, UserId
from floorbroker.domain.instruments import Instrument
from floorbroker.domain.people import Link
from floorbroker.observability.metrics import Metrics
from floorbroker.services.accounts import Accounts
from floorbroker.services.quote_feed import Feed, Subscription
from floorbroker.services.quote_upstream import Patience, Turns, Upstream
from floorbroker.services.sessions import Sessions
from floorbroker.services.supervisor import Supervisor

MOST_OF_ONE: Final = 60
"""Subscriptions of one person: a full watch list twice, while one card takes another's place."""

MOST_LINKS: Final = 500
"""Links that are followed at once. Each may hold a lease, and orders need leases too: this is a
quarter of `sessions.MOST`."""


@dataclass(frozen=True, slots=True)
class _Running:
    feed: Feed
    task: "asyncio.Task[None]"


class QuoteStreams:
    """Gives out subscriptions; every upstream is the supervisor's."""

    def __init__(
        self,
        accounts: Accounts,
        sessions: Sessions,
        supervisor: Supervisor,
        metrics: Metrics,
        clock: Clock,
        *,
        most_of_one: int = MOST_OF_ONE,
        most_links: int = MOST_LINKS,
        patience: Patience | None = None,
    ) -> None:
        """`patience` stands in for the usual one."""
        self._accounts = accounts
        self._sessions = sessions
        self._supervisor = supervisor
        self._metrics = metrics
        self._clock = clock
        self._most_of_one = most_of_one
        self._most_links = most_links
        self._patience = patience or Patience()
        self._running: dict[tuple[LinkId, str], _Running] = {}
        self._of_link: Counter[LinkId] = Counter()
        self._of_one: Counter[UserId] = Counter()
        self._turns: dict[LinkId, Turns] = {}

    @property
    def upstreams(self) -> int:
        """How many instruments are followed at present."""
        return len(self._running)

    @asynccontextmanager
    async def subscribe(self, link: Link, instrument: Instrument) -> AsyncIterator[Subscription]:
        """The prices of `instrument` as `link` shows them, for as long as the block lasts.

        Raises:
            NotSupported: The broker shows no prices.
            Busy: The person follows too much, all people together do, or the process ends.
        """
        user_id = link.user_id
        self._check(link)
        feed = self._feed(link, instrument)
        subscription = Subscription(feed)
        feed.subscribers.add(subscription)
        self._of_one[user_id] += 1
        try:
            yield subscription
        finally:
            feed.subscribers.discard(subscription)
            self._of_one[user_id] -= 1
            if not self._of_one[user_id]:
                del self._of_one[user_id]
            if not feed.subscribers:
                self._end(feed)

    def _check(self, link: Link) -> None:
        spec = get_broker(link.broker)
        if not spec.capabilities & {Capability.STREAM_QUOTES, Capability.QUOTES}:
            raise NotSupported(f"{spec.name} does not show quotes.", broker=spec.id)
        if self._supervisor.draining:
            raise Busy
        if self._of_one[link.user_id] >= self._most_of_one:
            raise Busy("You follow as many prices at once as this bot allows. Stop a card first.")
        if link.link_id not in self._of_link and len(self._of_link) >= self._most_links:
            raise Busy("Too many people follow prices at this moment.")

    def _feed(self, link: Link, instrument: Instrument) -> Feed:
        key = (link.link_id, instrument.symbol)
        running = self._running.get(key)
        if running is not None and not running.feed.over:
            return running.feed
        if running is not None:  # it failed, and those who heard so have not left yet
            self._forget(key)
        feed = Feed(link, instrument, self._clock, self._metrics)
        # Kept until it has rested: who looks again and again is no newcomer.
        self._turns = {
            known: turns
            for known, turns in self._turns.items()
            if known in self._of_link or not turns.rested
        }
        turns = self._turns.setdefault(link.link_id, Turns(self._clock, self._patience))
        upstream = Upstream(
            feed,
            turns,
            accounts=self._accounts,
            sessions=self._sessions,
            clock=self._clock,
            patience=self._patience,
        )
        task = self._supervisor.keep(f"quotes {link.broker}", upstream.live())
        self._running[key] = _Running(feed, task)
        self._of_link[link.link_id] += 1
        self._metrics.market_streams(len(self._running))
        return feed

    def _end(self, feed: Feed) -> None:
        key = (feed.link.link_id, feed.instrument.symbol)
        running = self._running.get(key)
        if running is not None and running.feed is feed:
            running.task.cancel()
            self._forget(key)

    def _forget(self, key: tuple[LinkId, str]) -> None:
        del self._running[key]
        link_id = key[0]
        self._of_link[link_id] -= 1
        if not self._of_link[link_id]:
            del self._of_link[link_id]
        self._metrics.market_streams(len(self._running))
