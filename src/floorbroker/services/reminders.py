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
_TRIES: Final = 10
_HOLD: Final = timedelta(minutes=1)
"""For so long nobody else sends the same reminder."""

_log = structlog.get_logger(__name__)


class EndMessenger(Protocol):
    """The way to a person whose link is about to end."""

    async def tell_ending(self, link: Link) -> bool:
        """Sends a direct message; False where that way is closed.

        Raises:
            Exception: It cannot be sent now; sent again soon, it stays one message.
        """
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
        """Held, then sent, then noted: what is cut short or not taken is sent again later."""
        now = self._clock.now()
        held = await self._people.save_link(replace(link, remind_at=now + _HOLD))
        if held is None:
            return
        wanted = held.dead_since is None and _will_end(held, now)
        if wanted and not await self._messenger.tell_ending(held):
            _log.info("end_of_link_not_told", broker=link.broker)
        await self._note(held, next_reminder(held.ends_at, linked_at=held.linked_at, after=now))

    async def _note(self, held: Link, following: datetime | None) -> None:
        """The next time, unless the link was given another one meanwhile: by signing in again."""
        link: Link | None = held
        for _ in range(_TRIES):
            if link is None or link.remind_at != held.remind_at:
                return
            if await self._people.save_link(replace(link, remind_at=following)) is not None:
                return
            link = await self._people.link(held.user_id, held.link_id)


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
