"""A person's own alerts: listed, removed, shown, and their prepared orders reviewed.

Nothing here looks at the market (`alert_rounds.py` does) and nothing here sends an order: Review
makes a draft as `/buy` and `/sell` do, judged by the gates and limits of that moment. What a person
armed is sent by `alert_orders.py`.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Final

from floorbroker.domain.clock import Clock
from floorbroker.domain.errors import DraftExpired, NotYours, PolicyRefused
from floorbroker.domain.ids import UserId
from floorbroker.domain.order import Order
from floorbroker.domain.own_alerts import MOST, OwnAlert, told
from floorbroker.domain.people import Person
from floorbroker.domain.placing import Stage
from floorbroker.domain.quiet_hours import QuietHours, parse_quiet_hours
from floorbroker.services.accounts import Accounts
from floorbroker.services.alert_telling import HOLD
from floorbroker.services.alert_wishes import ticket_of
from floorbroker.services.callers import Caller
from floorbroker.services.drafts import Drafts
from floorbroker.services.never_sent import NeverSent
from floorbroker.storage.own_alerts import StoredAlerts

_TRIES: Final = 5


class OwnAlerts:
    """Alerts of the person who asks; no method reaches anybody else's."""

    def __init__(
        self,
        alerts: StoredAlerts,
        accounts: Accounts,
        drafts: Drafts,
        never: NeverSent,
        clock: Clock,
    ) -> None:
        """`never` makes sure of an armed order that is about to go out."""
        self._alerts = alerts
        self._accounts = accounts
        self._drafts = drafts
        self._never = never
        self._clock = clock

    async def of(self, user_id: UserId) -> Sequence[OwnAlert]:
        """The person's alerts at work, oldest first."""
        return await self._alerts.of(user_id, limit=2 * MOST)

    async def remove(self, user_id: UserId, alert_id: str) -> OwnAlert:
        """Removes one, whatever it has to tell; its order does not go out any more.

        Raises:
            NotYours: There is none of that id.
            PolicyRefused: Its order is on its way already, and the alert tells of that.
            DraftExpired: It never stood still.
        """
        for _ in range(_TRIES):
            alert = await self._alerts.get(user_id, alert_id)
            if alert is None:
                raise NotYours("There is no such alert. /alert list shows yours.")
            if await self._goes_out(alert):
                raise PolicyRefused("Its order was sent at this moment. /orders shows it.")
            if await self._alerts.remove(alert):  # as it was looked at: it may fire meanwhile
                return alert
        raise DraftExpired("The alert kept changing, so it is still there. Press again.")

    async def _goes_out(self, alert: OwnAlert) -> bool:
        """Whether its order was sent, and its person not told yet; one that is due never will."""
        if alert.placing is None or alert.stage not in {Stage.DUE, Stage.SENT}:
            return False
        if alert.stage is Stage.SENT:
            return alert.tell_at is not None
        return await self._never.sure(alert, alert.placing, "You removed the alert.") is not None

    async def draft(self, caller: Caller, alert_id: str) -> Order:
        """A draft of the order that a fired alert carries, as if it were typed now.

        Raises:
            DraftExpired: It fired too long ago, or is not there any more.
            FloorbrokerError: As for any other draft; nothing was sent.
        """
        alert = await self._alerts.get(caller.user_id, alert_id)
        if alert is None or not alert.reviewable(self._clock.now()) or alert.prepared is None:
            raise DraftExpired("This alert is over. /buy or /sell does the same with new eyes.")
        return await self._drafts.draft(caller, ticket_of(alert.prepared))

    async def unseen(self, user_id: UserId, *, most: int) -> Sequence[OwnAlert]:
        """Those that no message could tell of."""
        return await self._alerts.unseen(user_id, limit=most) if most > 0 else []

    async def seen(self, alerts: Sequence[OwnAlert]) -> None:
        """The person has been shown these."""
        for alert in alerts:
            now = self._clock.now()
            await self._alerts.change(alert, partial(told, shown=alert, now=now, reached=True))

    async def quiet(self, user_id: UserId) -> QuietHours | None:
        """The person's quiet hours."""
        return (await self._accounts.person(user_id)).quiet

    async def set_quiet(self, user_id: UserId, start: str, end: str, zone: str) -> QuietHours:
        """Sets the hours in which no alert rings.

        Raises:
            InvalidInput: A time or the zone cannot be read.
        """
        hours = parse_quiet_hours(start, end, zone)
        await self._accounts.update(user_id, lambda person: replace(person, quiet=hours))
        await self._bring_forward(user_id)
        return hours

    async def end_quiet(self, user_id: UserId) -> Person:
        """Alerts ring at any hour again."""
        person = await self._accounts.update(user_id, lambda person: replace(person, quiet=None))
        await self._bring_forward(user_id)
        return person

    async def _bring_forward(self, user_id: UserId) -> None:
        """What waits for the end of earlier quiet hours is looked at now; the new ones hold it."""
        now = self._clock.now()
        # What is being told at this moment is put off too, but for no longer than that.
        for alert in await self._alerts.put_off(user_id, now + 2 * HOLD):
            await self._alerts.change(alert, partial(_due, at=now, waits=alert.tell_at))


def _due(alert: OwnAlert, at: datetime, waits: datetime | None) -> OwnAlert:
    return replace(alert, tell_at=at) if alert.tell_at == waits else alert
