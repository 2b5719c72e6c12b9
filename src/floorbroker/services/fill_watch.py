"""Looks for fills for people's alerts: of one order, or of whatever an account fills.

News of orders that were sent here has its own messages. What an alert adds: orders that were placed
elsewhere, and one's own where fills are silent or off in the notifications. Nothing is told twice.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

import structlog

from floorbroker.brokers.port import BrokerOrder
from floorbroker.domain.clock import Clock
from floorbroker.domain.errors import FloorbrokerError, StoreUnavailable
from floorbroker.domain.news import NewsKind, NewsLevel
from floorbroker.domain.order import Order
from floorbroker.domain.order_state import UNRESOLVED, WORKING, OrderState
from floorbroker.domain.own_alerts import AlertKind, Firing, OwnAlert, Standing, awake, fired
from floorbroker.domain.people import AccountKey, Link
from floorbroker.services.accounts import Accounts
from floorbroker.services.alert_links import AlertLinks
from floorbroker.services.alert_pauses import AlertPauses
from floorbroker.services.listing import SENT
from floorbroker.services.sessions import Sessions
from floorbroker.storage.orders import Orders
from floorbroker.storage.own_alerts import StoredAlerts

PATIENCE_SECONDS: Final = 20.0
BACK: Final = timedelta(days=7)
"""So far back the list of ended orders is read."""

_FIRST_PAUSE: Final = timedelta(minutes=1)
_LONGEST_PAUSE: Final = timedelta(minutes=15)
_MOST: Final = 200
_MOST_KNOWN: Final = 600
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Listed:
    """What an account's broker lists: ids of what is open, and what has filled."""

    open_ids: tuple[str, ...]
    filled: tuple[BrokerOrder, ...]


class FillWatch:
    """Own orders come from the store, where read-back keeps them; the others from the broker."""

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
        """A link that does not answer within `patience_seconds` is asked again later."""
        self._alerts = alerts
        self._orders = orders
        self._links = links
        self._accounts = accounts
        self._sessions = sessions
        self._clock = clock
        self._patience = patience_seconds
        self._pauses = AlertPauses(clock, _FIRST_PAUSE, _LONGEST_PAUSE)

    async def sweep(self) -> None:
        """Looks at every such alert, one after the other; a link that hangs only once."""
        async for alert in self._alerts.at_work(frozenset({AlertKind.FILL})):
            if alert.ends_at <= self._clock.now():
                continue
            try:
                if alert.order_id is not None:
                    await self._order(alert)
                elif not self._pauses.hold(alert.link_id):
                    await self._account(alert)
            except StoreUnavailable:
                raise
            except (FloorbrokerError, TimeoutError) as error:
                self._failed(alert, error)
                _log.info("fills_not_read", broker=alert.broker, error=type(error).__name__)
            except Exception as error:  # noqa: BLE001  # the edge: the other alerts are looked at
                self._failed(alert, FloorbrokerError())
                _log.exception("fill_watch_broke", error=type(error).__name__)

    def _failed(self, alert: OwnAlert, error: FloorbrokerError | TimeoutError) -> None:
        if alert.order_id is None:  # else the link was not asked
            self._pauses.failed(alert.link_id, error)

    async def _order(self, alert: OwnAlert) -> None:
        """One order of ours: filled, or ended without it, which its own news tells."""
        assert alert.order_id is not None  # noqa: S101  # the sweep has looked
        order = await self._orders.get(alert.user_id, alert.order_id)
        now = self._clock.now()
        if order is not None and order.state is OrderState.FILLED:
            after = replace(alert, standing=Standing.DONE, ends_at=now)
            if alert.armed and (alert.prepared is not None or not await self._loud(alert)):
                lines = (_own_line(order),)
                after = fired(alert, Firing(number=alert.times + 1, at=now, lines=lines))
        elif order is None or order.state.final:
            after = replace(alert, standing=Standing.DONE, ends_at=now)
        else:
            after = replace(alert, armed=True)
        if after != alert:
            await self._alerts.advance(alert, after)

    async def _account(self, alert: OwnAlert) -> None:
        """Everything of one account; what was filled before the first look is not news."""
        link = await self._links.working([alert])
        if link is None or alert.account_id is None or alert.account_id in link.excluded:
            return
        key = AccountKey(link_id=alert.link_id, account_id=alert.account_id)
        listed = await self._listed(alert, link, key)
        self._pauses.worked(alert.link_id)
        # Read after the broker's lists, so that an order sent meanwhile is known to be ours.
        ours = [
            order
            for states in (WORKING | UNRESOLVED, SENT)
            for order in await self._orders.of_account(
                alert.user_id, key.link_id, key.account_id, states=states, limit=_MOST
            )
        ]
        ids = {str(known) for one in ours for known in _ids(one)}
        others = [
            one
            for one in listed.filled
            if one.receipt.broker_order_id not in ids and not await self._ours(alert, one, ids)
        ]
        in_doubt = {
            one.request.instrument.symbol
            for one in ours
            if one.state in UNRESOLVED and one.broker_order_id is None
        }
        # It may be ours: once that order's outcome is known, the next look knows.
        perhaps = [one for one in others if one.instrument.symbol in in_doubt]
        open_ids = (*listed.open_ids, *(one.receipt.broker_order_id for one in perhaps))
        lines = {
            one.receipt.broker_order_id: f"{one.description}: filled. It was placed elsewhere."
            for one in others
            if one not in perhaps
        }
        if not await self._loud(alert):
            lines |= {
                str(one.order_id): _own_line(one)
                for one in ours
                if one.state is OrderState.FILLED and one.events[-1].at >= alert.created_at
            }
        new = {one: line for one, line in lines.items() if one not in alert.known}
        known = (*alert.known, *new)[-_MOST_KNOWN:]
        after = replace(awake(alert), known=known, open_ids=open_ids, armed=True)
        if new and alert.armed:
            firing = Firing.of_lines(alert.times + 1, self._clock.now(), tuple(new.values()))
            after = fired(after, firing)
        if after != alert:
            await self._alerts.advance(alert, after)

    async def _listed(self, alert: OwnAlert, link: Link, key: AccountKey) -> _Listed:
        now = self._clock.now()
        async with asyncio.timeout(self._patience):
            account = await self._accounts.of_order(alert.user_id, key)
            async with self._sessions.lease(link) as adapter:
                working = await adapter.open_orders(account.account)
                ended = await adapter.order_history(account.account, now - BACK, now)
        return _Listed(
            open_ids=tuple(sorted(one.receipt.broker_order_id for one in working))[:_MOST],
            filled=tuple(one for one in ended if _is_news(one, alert)),
        )

    async def _ours(self, alert: OwnAlert, one: BrokerOrder, ids: set[str]) -> bool:
        """Whether the broker names an order of ours, also one of long ago that `ids` leave out."""
        if one.order_id is None:
            return False
        if one.order_id in ids:
            return True
        if one.receipt.broker_order_id in alert.known:
            return False  # told as another's: it was looked for then
        return await self._orders.get(alert.user_id, one.order_id) is not None

    async def _loud(self, alert: OwnAlert) -> bool:
        """Whether fills of orders that were sent here reach the person without an alert."""
        person = await self._accounts.person(alert.user_id)
        return person.level(NewsKind.FILLED) is NewsLevel.ON


def _is_news(one: BrokerOrder, alert: OwnAlert) -> bool:
    """Filled since the alert was set: it was open at a look since then, or given since then."""
    if one.receipt.state is not OrderState.FILLED or not one.receipt.broker_order_id:
        return False
    return one.at >= alert.created_at or one.receipt.broker_order_id in alert.open_ids


def _ids(order: Order) -> Sequence[str]:
    legs = (leg.broker_order_id for leg in order.legs)
    known = (order.order_id, order.broker_order_id, *order.replaced, *legs)
    return [one for one in known if one]


def _own_line(order: Order) -> str:
    request, average = order.request, order.average_price
    price = "" if average is None else f" at {average.normalize():f} {request.instrument.currency}"
    verb = request.side.value.capitalize()
    return f"{verb} {order.filled_quantity:f} {request.instrument.symbol}: filled{price}."
