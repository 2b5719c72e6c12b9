"""Tells people what their alerts have seen: by direct message, else at the next command.

Whoever tells claims it first, for a minute. A process that dies between sending and noting leaves
a claim that lapses, and another one sends the same again under the same nonce: Discord then gives
back the message that is there, for some minutes, and makes no second one.
"""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Final, Protocol

import structlog

from floorbroker.domain.clock import Clock
from floorbroker.domain.own_alerts import OwnAlert, told
from floorbroker.services.leaps import Leaps
from floorbroker.storage.own_alerts import StoredAlerts
from floorbroker.storage.people import People

HOLD: Final = timedelta(seconds=60)
"""For so long nobody else tells the same."""

LEAVING: Final = timedelta(hours=1)
"""Whoever is to be erased is told nothing; who stays after all is told by then."""

EVEN_FOR: Final = timedelta(minutes=10)
"""Nothing is forgotten by a clock that leapt within that time."""

_AT_ONCE: Final = 100
_log = structlog.get_logger(__name__)


class AlertMessenger(Protocol):
    """The way to a person whose alert has something to tell."""

    async def tell_alert(self, alert: OwnAlert) -> bool:
        """Sends a direct message, the same one only once; False where that way is closed."""
        ...


class AlertTelling:
    """Delivers what is due."""

    def __init__(
        self,
        alerts: StoredAlerts,
        people: People,
        messenger: AlertMessenger,
        leaps: Leaps,
        clock: Clock,
    ) -> None:
        """See the module's first lines."""
        self._alerts = alerts
        self._people = people
        self._messenger = messenger
        self._leaps = leaps
        self._clock = clock

    async def sweep(self) -> int:
        """Tells everything that is due, and forgets what is over; how much was due."""
        now = self._clock.now()
        due = await self._alerts.to_tell(now, limit=_AT_ONCE)
        answers = await asyncio.gather(*(self._tell(one) for one in due), return_exceptions=True)
        if self._leaps.even_for() >= EVEN_FOR:
            await self._alerts.forget(now)
        for answer in answers:
            if isinstance(answer, BaseException):
                raise answer
        return len(due)

    async def _tell(self, alert: OwnAlert) -> None:
        now = self._clock.now()
        person = await self._people.person(alert.user_id)
        later = None
        if person is not None and person.leaving is not None:
            later = now + LEAVING
        elif person is not None and person.quiet is not None:
            later = person.quiet.until(now)
        held = await self._alerts.advance(alert, replace(alert, tell_at=later or now + HOLD))
        if held is None or later is not None:
            return
        if await self._alerts.get(held.user_id, held.alert_id) is None:
            return  # removed or erased meanwhile
        reached = await self._messenger.tell_alert(held)
        if not reached:
            _log.info("own_alert_kept_for_next_command", kind=held.kind)
        await self._alerts.change(held, lambda one: told(one, held, now, reached=reached))
