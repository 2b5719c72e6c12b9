"""The links that people's alerts look through: one that does not work puts them to sleep."""

from collections.abc import Sequence

from floorbroker.domain.clock import Clock
from floorbroker.domain.errors import NotLinked
from floorbroker.domain.own_alerts import OwnAlert, asleep, cut_off
from floorbroker.domain.people import Link
from floorbroker.services.accounts import Accounts
from floorbroker.services.link_health import ended
from floorbroker.storage.own_alerts import StoredAlerts


class AlertLinks:
    """Finds the working link of some alerts, or tells their person once that they sleep."""

    def __init__(self, alerts: StoredAlerts, accounts: Accounts, clock: Clock) -> None:
        """See the module's first line."""
        self._alerts = alerts
        self._accounts = accounts
        self._clock = clock

    async def working(self, alerts: Sequence[OwnAlert]) -> Link | None:
        """The one link of these alerts; None where nothing can be looked at through it."""
        first = alerts[0]
        try:
            link = await self._accounts.link(first.user_id, first.link_id)
        except NotLinked:
            await self._cut_off(first)
            return None
        if (await self._accounts.person(first.user_id)).leaving is not None:
            return None
        if link.dead_since is not None or ended(link, self._clock):
            await self._sleep(alerts)
            return None
        return link

    async def _cut_off(self, alert: OwnAlert) -> None:
        """Ends every alert that looked through the link; one message tells of them all."""
        now, told = self._clock.now(), False
        for one in await self._alerts.of(alert.user_id, limit=1_000):
            if one.link_id != alert.link_id or not one.looks_through_link:
                continue
            stored = await self._alerts.advance(one, cut_off(one, now, tell=not told))
            if stored is None:
                return  # somebody else is at it, or the next look is
            told = told or stored.asleep_news

    async def _sleep(self, alerts: Sequence[OwnAlert]) -> None:
        """Marks them; one message tells of all alerts of a link."""
        awake = [alert for alert in alerts if alert.asleep_since is None]
        if not awake:
            return
        own = await self._alerts.of(awake[0].user_id, limit=1_000)
        told = any(one.link_id == awake[0].link_id and one.asleep_since is not None for one in own)
        now = self._clock.now()
        for alert in awake:
            marked = asleep(alert, now, tell=not told)
            stored = await self._alerts.advance(alert, marked)
            told = told or (stored is not None and stored.asleep_news)
