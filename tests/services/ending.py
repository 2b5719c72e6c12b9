"""Links whose access ends, and what their owners are told until then."""

from dataclasses import replace
from datetime import datetime, timedelta

from floorbroker.domain.people import Link
from floorbroker.services.reminders import next_reminder
from tests.floor import House


def end_of(link: Link) -> datetime:
    assert link.ends_at is not None
    return link.ends_at


async def ending(house: House, life: timedelta, name: str = "short") -> Link:
    """A link whose access was given now, for so long."""
    link, now = await house.link(name=name), house.clock.now()
    ends_at = now + life
    remind_at = next_reminder(ends_at, linked_at=now, after=now)
    fresh = replace(link, linked_at=now, ends_at=ends_at, remind_at=remind_at)
    stored = await house.stored_people.save_link(fresh)
    assert stored is not None
    return stored


async def told_until(house: House, moment: datetime) -> list[datetime]:
    """When messages were sent, with a sweep every minute until `moment`."""
    moments = []
    while house.clock.now() < moment:
        await house.reminders.sweep()
        moments += [house.clock.now()] * len(house.messenger.endings)
        house.messenger.endings.clear()
        house.clock.advance(60)
    return moments
