"""Looks for fills in accounts, for people's alerts: of orders that were placed elsewhere.

News of orders that were sent here has its own messages. What an alert adds: orders that were placed
elsewhere, and one's own where their ends are silent or off in the notifications. Nothing is told
twice. The fill of one order from here is `order_fills.py`.
"""

import asyncio
import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Final

import structlog

from floorbroker.brokers.port import BrokerOrder
from floorbroker.domain.clock import Clock
from floorbroker.domain.errors import BrokerTimeout, FloorbrokerError, StoreUnavailable
from floorbroker.domain.ids import BrokerId, LinkId
from floorbroker.domain.modes import Environment
from floorbroker.domain.order import Order
from floorbroker.domain.order_state import UNRESOLVED, WORKING
from floorbroker.domain.own_alerts import AlertKind, Firing, OwnAlert, awake, fired
from floorbroker.domain.people import AccountKey, Link
from floorbroker.services.accounts import Accounts
from floorbroker.services.alert_links import AlertLinks
from floorbroker.services.alert_pauses import AlertPauses
from floorbroker.services.fill_words import filled_there, has_filled, loud, others_line, own_line
from floorbroker.services.listing import SENT
from floorbroker.services.sessions import Sessions
from floorbroker.storage.orders import Orders
from floorbroker.storage.own_alerts import StoredAlerts

PATIENCE_SECONDS: Final = 20.0
BEGINS_SECONDS: Final = 20.0
"""So long a round begins looks. With the last one's patience it ends well within its turn."""

CONCURRENT: Final = 4
"""Links at one broker that are looked at at the same time."""

BACK: Final = timedelta(days=7)
"""So far back the list of ended orders is read."""

_FIRST_PAUSE: Final = timedelta(minutes=1)
_LONGEST_PAUSE: Final = timedelta(minutes=15)
_MOST: Final = 200
_MOST_KNOWN: Final = 600
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Listed:
    """What an account's broker lists, and then the store of the person's own orders there."""

    working: Sequence[BrokerOrder]
    ended: Sequence[BrokerOrder]
    ours: Sequence[Order]


@dataclass(slots=True)
class _AtBroker:
    """One broker's part of a round: it is away if it is silent to one link and answers none.

    Attributes:
        doubtful: For links that failed when they were asked last: they wait for each other only.
    """

    slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(CONCURRENT))
    doubtful: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(1))
    answers: int = 0
    away: bool = False


class FillWatch:
    """Each person's account through their own link; all alerts of an account share the requests."""

    def __init__(  # each is a place in which a fill can be seen
        self,
        *,
        alerts: StoredAlerts,
        orders: Orders,
        links: AlertLinks,
        accounts: Accounts,
        sessions: Sessions,
        clock: Clock,
        patience_seconds: float = PATIENCE_SECONDS,
    ) -> None:
        """An account that is not told of within `patience_seconds` is asked for again later."""
        self._alerts = alerts
        self._orders = orders
        self._links = links
        self._accounts = accounts
        self._sessions = sessions
        self._clock = clock
        self._patience = patience_seconds
        self._pauses = AlertPauses(clock, _FIRST_PAUSE, _LONGEST_PAUSE)
        self._looked: dict[AccountKey, float] = {}

    async def sweep(self) -> None:
        """Looks at the accounts, links side by side; what is left over comes first next time."""
        accounts: dict[AccountKey, list[OwnAlert]] = defaultdict(list)
        async for alert in self._alerts.at_work(frozenset({AlertKind.FILL})):
            if alert.order_id is not None or alert.ends_at <= self._clock.now():
                continue
            if alert.account_id is not None:
                key = AccountKey(link_id=alert.link_id, account_id=alert.account_id)
                accounts[key].append(alert)
        self._looked = {key: at for key, at in self._looked.items() if key in accounts}
        links: dict[LinkId, dict[AccountKey, list[OwnAlert]]] = defaultdict(dict)
        for key in sorted(accounts, key=lambda one: self._looked.get(one, -math.inf)):
            if not self._pauses.hold(key.link_id):
                links[key.link_id][key] = accounts[key]
        brokers: dict[tuple[BrokerId, Environment], _AtBroker] = defaultdict(_AtBroker)
        until = self._clock.steady() + BEGINS_SECONDS
        looks = []
        for own in links.values():
            first = next(iter(own.values()))[0]
            looks.append(self._guarded(own, brokers[first.broker, first.environment], until))
        for ended in await asyncio.gather(*looks, return_exceptions=True):
            if ended is not None:
                raise ended

    async def _guarded(
        self, accounts: Mapping[AccountKey, Sequence[OwnAlert]], at: _AtBroker, until: float
    ) -> None:
        """One link; the first of its accounts that fails ends the look."""
        alerts = [alert for those in accounts.values() for alert in those]
        link_id, broker = alerts[0].link_id, alerts[0].broker
        async with at.doubtful if self._pauses.failing(link_id) else at.slots:
            answers = at.answers
            try:
                link = None if self._over(at, until) else await self._links.working(alerts)
                for key, those in accounts.items():
                    if link is None or self._over(at, until):
                        return
                    self._looked[key] = self._clock.steady()
                    if key.account_id in link.excluded:
                        continue
                    answers = at.answers
                    listed = await self._listed(link, key)
                    at.answers += 1
                    self._pauses.worked(link_id)
                    for alert in those:
                        await self._judge(alert, listed)
            except StoreUnavailable:
                raise
            except FloorbrokerError as error:
                if isinstance(error, BrokerTimeout) and at.answers == answers:
                    at.away = True
                self._pauses.failed(link_id, error)
                _log.info("fills_not_read", broker=broker, code=error.code)
            except Exception as error:  # noqa: BLE001  # the edge: the other links are looked at
                self._pauses.failed(link_id, FloorbrokerError())
                _log.exception("fill_watch_broke", broker=broker, error=type(error).__name__)

    def _over(self, at: _AtBroker, until: float) -> bool:
        """Whether no look at that broker begins any more in this round."""
        return at.away or self._clock.steady() > until

    async def _listed(self, link: Link, key: AccountKey) -> _Listed:
        now = self._clock.now()
        try:
            async with asyncio.timeout(self._patience):
                account = await self._accounts.of_order(link.user_id, key)
                async with self._sessions.lease(link) as adapter:
                    working = await adapter.open_orders(account.account)
                    ended = await adapter.order_history(account.account, now - BACK, now)
        except TimeoutError as error:
            raise BrokerTimeout(broker=link.broker) from error
        # Read after the broker's lists, so that an order sent meanwhile is known to be ours.
        ours = [
            order
            for states in (WORKING | UNRESOLVED, SENT)
            for order in await self._orders.of_account(
                link.user_id, key.link_id, key.account_id, states=states, limit=_MOST
            )
        ]
        return _Listed(working=working, ended=ended, ours=ours)

    async def _judge(self, alert: OwnAlert, listed: _Listed) -> None:
        """What was filled before the first look is not news."""
        ids = {str(known) for one in listed.ours for known in _ids(one)}
        others = [
            one
            for one in listed.ended
            if _is_news(one, alert)
            and one.receipt.broker_order_id not in ids
            and not await self._ours(alert, one, ids)
        ]
        in_doubt = {
            one.request.instrument.symbol
            for one in listed.ours
            if one.state in UNRESOLVED and one.broker_order_id is None
        }
        # It may be ours: once that order's outcome is known, the next look knows.
        perhaps = [one for one in others if one.instrument.symbol in in_doubt]
        working = sorted(one.receipt.broker_order_id for one in listed.working)[:_MOST]
        open_ids = (*working, *(one.receipt.broker_order_id for one in perhaps))
        lines = {
            one.receipt.broker_order_id: others_line(one) for one in others if one not in perhaps
        }
        person = await self._accounts.person(alert.user_id)
        lines |= {
            str(one.order_id): own_line(one)
            for one in listed.ours
            if has_filled(one) and one.events[-1].at >= alert.created_at and not loud(person, one)
        }
        new = {one: line for one, line in lines.items() if one not in alert.known}
        known = (*alert.known, *new)[-_MOST_KNOWN:]
        after = replace(awake(alert), known=known, open_ids=open_ids, armed=True)
        if new and alert.armed:
            firing = Firing.of_lines(alert.times + 1, self._clock.now(), tuple(new.values()))
            after = replace(fired(after, firing), armed=True)  # what fills next is news as well
        if after != alert:
            await self._alerts.advance(alert, after)

    async def _ours(self, alert: OwnAlert, one: BrokerOrder, ids: set[str]) -> bool:
        """Whether the broker names an order of ours, also one of long ago that `ids` leave out."""
        if one.order_id is None:
            return False
        if one.order_id in ids:
            return True
        if one.receipt.broker_order_id in alert.known:
            return False  # told as another's: it was looked for then
        return await self._orders.get(alert.user_id, one.order_id) is not None


def _is_news(one: BrokerOrder, alert: OwnAlert) -> bool:
    """Ended with a fill since the alert was set: open at a look since then, or given since then."""
    if not filled_there(one) or not one.receipt.broker_order_id:
        return False
    return one.at >= alert.created_at or one.receipt.broker_order_id in alert.open_ids


def _ids(order: Order) -> Sequence[str]:
    legs = (leg.broker_order_id for leg in order.legs)
    known = (order.order_id, order.broker_order_id, *order.replaced, *legs)
    return [one for one in known if one]
