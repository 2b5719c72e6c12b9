"""Looks at what expires soon, for people's alerts: each contract is told once."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

import structlog

from floorbroker.domain.clock import Clock
from floorbroker.domain.errors import FloorbrokerError, StoreUnavailable
from floorbroker.domain.instruments import Instrument
from floorbroker.domain.own_alerts import AlertKind, Firing, OwnAlert, awake, fired
from floorbroker.domain.people import AccountKey
from floorbroker.services.accounts import Accounts
from floorbroker.services.alert_links import AlertLinks
from floorbroker.services.alert_pauses import AlertPauses
from floorbroker.services.gates import EXCHANGE_ZONE
from floorbroker.services.sessions import Sessions
from floorbroker.storage.own_alerts import StoredAlerts

PATIENCE_SECONDS: Final = 20.0
_FIRST_PAUSE: Final = timedelta(minutes=10)
_LONGEST_PAUSE: Final = timedelta(hours=2)
_MOST_GONE: Final = 200
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
        *,
        patience_seconds: float = PATIENCE_SECONDS,
    ) -> None:
        """A link that does not answer within `patience_seconds` is asked again later."""
        self._alerts = alerts
        self._links = links
        self._accounts = accounts
        self._sessions = sessions
        self._clock = clock
        self._patience = patience_seconds
        self._pauses = AlertPauses(clock, _FIRST_PAUSE, _LONGEST_PAUSE)

    async def sweep(self) -> None:
        """Looks at every such alert, one after the other: nothing here is urgent."""
        async for alert in self._alerts.at_work(frozenset({AlertKind.EXPIRY})):
            if alert.ends_at <= self._clock.now():
                continue
            try:
                held = await self._held(alert)
                if held is not None:
                    await self._judge(alert, held)
            except StoreUnavailable:
                raise
            except (FloorbrokerError, TimeoutError) as error:
                self._failed(alert, error)
                _log.info("expiries_not_read", broker=alert.broker, error=type(error).__name__)
            except Exception as error:  # noqa: BLE001  # the edge: the other alerts are looked at
                self._failed(alert, FloorbrokerError())
                _log.exception("expiry_watch_broke", error=type(error).__name__)

    def _failed(self, alert: OwnAlert, error: FloorbrokerError | TimeoutError) -> None:
        if alert.instrument is None:  # else the link was not asked
            self._pauses.failed(alert.link_id, error)

    async def _held(self, alert: OwnAlert) -> Sequence[Instrument] | None:
        """What may expire; None where it cannot be known now."""
        if alert.instrument is not None:
            return [alert.instrument]
        if self._pauses.hold(alert.link_id):
            return None
        link = await self._links.working([alert])
        if link is None or alert.account_id is None or alert.account_id in link.excluded:
            return None
        async with asyncio.timeout(self._patience):
            key = AccountKey(link_id=alert.link_id, account_id=alert.account_id)
            account = await self._accounts.of_order(alert.user_id, key)
            async with self._sessions.lease(link) as adapter:
                positions = await adapter.positions(account.account)
        self._pauses.worked(alert.link_id)
        return [one.instrument for one in positions if one.quantity]

    async def _judge(self, alert: OwnAlert, held: Sequence[Instrument]) -> None:
        now = self._clock.now()
        today, days = now.astimezone(EXCHANGE_ZONE).date(), alert.days or 0
        near = [
            one for one in held if one.expiry is not None and 0 <= (one.expiry - today).days <= days
        ]
        new = [one for one in near if one.symbol not in alert.known]
        there = tuple(sorted({one.symbol for one in near}))
        gone = tuple(one for one in alert.known if one not in there)[-_MOST_GONE:]
        after = replace(awake(alert), known=(*gone, *there), armed=True)
        if new and alert.armed:
            lines = [_line(one, today) for one in new]
            after = fired(after, Firing.of_lines(alert.times + 1, now, lines))
            after = replace(after, armed=True)  # what comes near next is news as well
        if after != alert:
            await self._alerts.advance(alert, after)


def _line(instrument: Instrument, today: date) -> str:
    expiry = instrument.expiry
    assert expiry is not None  # noqa: S101  # the caller has looked
    days = (expiry - today).days
    when = "today" if days == 0 else "tomorrow" if days == 1 else f"in {days} days"
    return f"{instrument.name or instrument.symbol} expires {when}, on {expiry.isoformat()}."
