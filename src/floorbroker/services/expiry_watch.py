"""Looks at what expires soon, for people's alerts: each contract is told once."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Final

import structlog

from floorbroker.domain.clock import Clock
from floorbroker.domain.errors import BrokerTimeout, FloorbrokerError, StoreUnavailable
from floorbroker.domain.ids import BrokerId
from floorbroker.domain.instruments import Instrument
from floorbroker.domain.own_alerts import AlertKind, Firing, OwnAlert, awake, fired
from floorbroker.domain.people import AccountKey
from floorbroker.services.accounts import Accounts
from floorbroker.services.alert_links import AlertLinks
from floorbroker.services.gates import EXCHANGE_ZONE
from floorbroker.services.sessions import Sessions
from floorbroker.storage.own_alerts import StoredAlerts

PATIENCE_SECONDS: Final = 20.0
_MOST_KNOWN: Final = 200
_log = structlog.get_logger(__name__)


class ExpiryWatch:
    """A named contract needs no broker; what an account holds is read through its own link."""

    def __init__(
        self,
        alerts: StoredAlerts,
        links: AlertLinks,
        accounts: Accounts,
        sessions: Sessions,
        clock: Clock,
    ) -> None:
        """See the module's first line."""
        self._alerts = alerts
        self._links = links
        self._accounts = accounts
        self._sessions = sessions
        self._clock = clock

    async def sweep(self) -> None:
        """Looks at every such alert, one after the other: nothing here is urgent."""
        away: set[BrokerId] = set()
        async for alert in self._alerts.at_work(frozenset({AlertKind.EXPIRY})):
            if alert.broker in away and alert.instrument is None:
                continue
            try:
                held = await self._held(alert)
            except StoreUnavailable:
                raise
            except (FloorbrokerError, TimeoutError) as error:
                if isinstance(error, TimeoutError | BrokerTimeout):
                    away.add(alert.broker)
                _log.info("expiries_not_read", broker=alert.broker, error=type(error).__name__)
                continue
            if held is not None:
                await self._judge(alert, held)

    async def _held(self, alert: OwnAlert) -> Sequence[Instrument] | None:
        """What may expire; None where it cannot be known now."""
        if alert.instrument is not None:
            return [alert.instrument]
        link = await self._links.working([alert])
        if link is None or alert.account_id is None:
            return None
        async with asyncio.timeout(PATIENCE_SECONDS):
            key = AccountKey(link_id=alert.link_id, account_id=alert.account_id)
            account = await self._accounts.of_order(alert.user_id, key)
            async with self._sessions.lease(link) as adapter:
                positions = await adapter.positions(account.account)
        return [one.instrument for one in positions if one.quantity]

    async def _judge(self, alert: OwnAlert, held: Sequence[Instrument]) -> None:
        now = self._clock.now()
        today, days = now.astimezone(EXCHANGE_ZONE).date(), alert.days or 0
        near = [
            one for one in held if one.expiry is not None and 0 <= (one.expiry - today).days <= days
        ]
        new = [one for one in near if one.symbol not in alert.known]
        known = (*alert.known, *(one.symbol for one in new))[-_MOST_KNOWN:]
        after = replace(awake(alert), known=known, armed=True)
        if new and alert.armed:
            lines = tuple(_line(one, today) for one in new)
            after = fired(after, Firing(number=alert.times + 1, at=now, lines=lines))
        if after != alert:
            await self._alerts.advance(alert, after)


def _line(instrument: Instrument, today: date) -> str:
    expiry = instrument.expiry
    assert expiry is not None  # noqa: S101  # the caller has looked
    days = (expiry - today).days
    when = "today" if days == 0 else "tomorrow" if days == 1 else f"in {days} days"
    return f"{instrument.name or instrument.symbol} expires {when}, on {expiry.isoformat()}."
