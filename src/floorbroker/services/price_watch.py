"""Looks at prices for people's alerts: politely, and each person's only through their own link.

What one person's broker shows them is never used for another: the right to see it is theirs. All
alerts of one link and symbol share one request. The steady clock paces it, so that a clock that is
set makes no flood and no silence.
"""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final

import structlog

from floorbroker.domain.clock import Clock
from floorbroker.domain.crossing import APART, believable, crossed
from floorbroker.domain.errors import BrokerTimeout, FloorbrokerError, StoreUnavailable
from floorbroker.domain.ids import BrokerId, LinkId
from floorbroker.domain.market import Quote
from floorbroker.domain.own_alerts import PRICED, Firing, OwnAlert, awake, fired
from floorbroker.services.alert_links import AlertLinks
from floorbroker.services.sessions import Sessions
from floorbroker.storage.own_alerts import StoredAlerts

PACE: Final = timedelta(seconds=15)
"""One request a link and symbol, at most, in that time."""

CLOSED: Final = timedelta(minutes=1)
"""The same while the price is an old one, as that of a closed market is."""

SLOWEST: Final = timedelta(minutes=15)
"""A link that keeps failing is asked at least this often."""

CONCURRENT: Final = 4
"""Requests at one broker at the same time."""

PATIENCE_SECONDS: Final = 10.0
_SLACK: Final = 0.5
_log = structlog.get_logger(__name__)

Key = tuple[LinkId, str]


class PriceWatch:
    """One process at a time sweeps; what fires is stored by a compare-and-set all the same."""

    def __init__(
        self,
        alerts: StoredAlerts,
        links: AlertLinks,
        sessions: Sessions,
        clock: Clock,
        *,
        patience_seconds: float = PATIENCE_SECONDS,
    ) -> None:
        """A broker that does not answer within `patience_seconds` is asked again later."""
        self._alerts = alerts
        self._links = links
        self._sessions = sessions
        self._clock = clock
        self._patience = patience_seconds
        self._due: dict[Key, float] = {}
        self._failures: dict[Key, int] = {}

    async def sweep(self) -> int:
        """Looks at every price that is due; how many requests there were."""
        groups: dict[Key, list[OwnAlert]] = defaultdict(list)
        async for alert in self._alerts.at_work(PRICED):
            if alert.instrument is not None and alert.ends_at > self._clock.now():
                groups[alert.link_id, alert.instrument.symbol].append(alert)
        for key in self._due.keys() - groups.keys():
            self._due.pop(key)
            self._failures.pop(key, None)
        steady = self._clock.steady()
        due = [key for key in groups if self._due.get(key, steady) <= steady + _SLACK]
        slots: dict[BrokerId, asyncio.Semaphore] = defaultdict(
            lambda: asyncio.Semaphore(CONCURRENT)
        )
        away: set[BrokerId] = set()
        looks = (self._guarded(key, groups[key], slots, away) for key in due)
        for ended in await asyncio.gather(*looks, return_exceptions=True):
            if ended is not None:
                raise ended
        return len(due)

    async def _guarded(
        self,
        key: Key,
        alerts: Sequence[OwnAlert],
        slots: dict[BrokerId, asyncio.Semaphore],
        away: set[BrokerId],
    ) -> None:
        broker = alerts[0].broker
        async with slots[broker]:
            if broker in away:
                return  # one that hangs must not hold up the others' prices
            try:
                pace = await self._look(alerts)
                self._failures.pop(key, None)
            except StoreUnavailable:
                raise
            except FloorbrokerError as error:
                if isinstance(error, BrokerTimeout):
                    away.add(broker)
                pace = self._slower(key, error)
                _log.info("price_not_read", broker=broker, code=error.code)
            except Exception as error:  # noqa: BLE001  # the edge: the other prices are looked at
                pace = self._slower(key, FloorbrokerError())
                _log.exception("price_watch_broke", broker=broker, error=type(error).__name__)
            self._due[key] = self._clock.steady() + pace.total_seconds()

    def _slower(self, key: Key, error: FloorbrokerError) -> timedelta:
        """Twice the time after each failure, and no less than the broker itself asks for."""
        failures = self._failures[key] = min(self._failures.get(key, 0) + 1, 10)
        asked = error.retry_after or timedelta(0)
        return min(max(PACE * (1 << failures), asked), max(SLOWEST, asked))

    async def _look(self, alerts: Sequence[OwnAlert]) -> timedelta:
        """Judges them by one quote; how long until the next one."""
        link = await self._links.working(alerts)
        if link is None:
            return CLOSED
        instrument = alerts[0].instrument
        assert instrument is not None  # noqa: S101  # the sweep has looked
        try:
            async with (
                asyncio.timeout(self._patience),
                self._sessions.lease(link) as adapter,
            ):
                quote = await adapter.quote(instrument)
        except TimeoutError as error:
            raise BrokerTimeout(broker=link.broker) from error
        for alert in alerts:
            await self._judge(alert, quote)
        return PACE if believable(quote, self._clock.now()) is not None else CLOSED

    async def _judge(self, alert: OwnAlert, quote: Quote) -> None:
        """What nobody can believe changes nothing; what fires is stored before it is told."""
        now, level = self._clock.now(), alert.level
        price = believable(quote, now)
        if level is None or price is None:
            return
        rested = alert.rested(now, APART)
        armed, fires = crossed(level, price, armed=alert.armed, rested=rested)
        after = replace(awake(alert), armed=armed)
        if fires:
            after = fired(
                alert,
                Firing(
                    number=alert.times + 1,
                    at=now,
                    price=price,
                    price_at=quote.at,
                    source=quote.source,
                    delayed=quote.delayed,
                ),
            )
        if after == alert or await self._alerts.advance(alert, after) is None:
            return  # nothing new, or somebody else has changed it: the next look judges anew
        if fires:
            _log.info("own_alert_fired", kind=alert.kind)
