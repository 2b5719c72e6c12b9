"""Access that ends on a certain day: its owner is told in time."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, Protocol

import structlog

from floorbroker.domain.clock import Clock
from floorbroker.domain.errors import StoreUnavailable
from floorbroker.domain.people import Link
from floorbroker.storage.people import People

BEFORE: Final = (timedelta(hours=48), timedelta(hours=12), timedelta(hours=1))
_AT_ONCE: Final = 100
_log = structlog.get_logger(__name__)


class EndMessenger(Protocol):
    """The way to a person whose link is about to end."""

    async def tell_ending(self, link: Link) -> bool:
        """Sends a direct message; False where that way is closed."""
        ...


class Reminders:
    """Tells people two days, twelve hours and one hour before they have to link again."""

    def __init__(self, people: People, messenger: EndMessenger, clock: Clock) -> None:
        """See the module's first line."""
        self._people = people
        self._messenger = messenger
        self._clock = clock

    async def sweep(self) -> int:
        """Tells everybody whose time it is; how many there were."""
        due = await self._people.links_to_remind(self._clock.now(), limit=_AT_ONCE)
        for link in due:
            try:
                await self._remind(link)
            except StoreUnavailable:
                raise
            except Exception as error:  # noqa: BLE001  # the edge: the others are told
                _log.exception("reminder_failed", error=type(error).__name__)
        return len(due)

    async def _remind(self, link: Link) -> None:
        """Once for each time: whoever stores the next one sends the message."""
        now = self._clock.now()
        following = next_reminder(link.ends_at, linked_at=link.linked_at, after=now)
        stored = await self._people.save_link(replace(link, remind_at=following))
        if stored is None or stored.dead_since is not None or not _will_end(stored, now):
            return
        if not await self._messenger.tell_ending(stored):
            _log.info("end_of_link_not_told", broker=link.broker)


def _will_end(link: Link, now: datetime) -> bool:
    return not link.removed and link.ends_at is not None and link.ends_at > now


def next_reminder(
    ends_at: datetime | None, *, linked_at: datetime | None, after: datetime
) -> datetime | None:
    """When the person is told next, later than `after`; None: no more.

    An access that lives for hours is not announced when it has hardly begun: no reminder comes
    before half of its life is over.
    """
    if ends_at is None or linked_at is None:
        return None
    half = linked_at + (ends_at - linked_at) / 2
    times = (ends_at - before for before in BEFORE)
    return next((at for at in times if at > after and at >= half), None)
