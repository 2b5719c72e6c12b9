"""A reminder that was cut short or not taken is sent again, and one that was told is not."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from floorbroker.domain.people import Link
from tests.floor import House
from tests.services.conftest import Build
from tests.services.ending import end_of, ending, told_until
from tests.services.signed_in import present

HOUR = timedelta(hours=1)


@pytest.fixture
def house(build: Build) -> House:
    return build()


@pytest.fixture
def other(build: Build) -> House:
    """Another process."""
    return build()


async def test_a_way_to_people_that_breaks_does_not_keep_the_others_from_hearing(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("one", "two"):
        await ending(house, 8 * HOUR, name)
    tell, broken = house.messenger.tell_ending, iter([True])

    async def breaks_once(link: Link) -> bool:
        if next(broken, False):
            raise ConnectionResetError
        return await tell(link)

    monkeypatch.setattr(house.messenger, "tell_ending", breaks_once)
    house.clock.advance(7 * 3600)

    await house.reminders.sweep()
    first = len(house.messenger.endings)
    house.clock.advance(60)
    await house.reminders.sweep()

    assert first == 1
    assert sorted(link.label for link in house.messenger.endings) == ["one", "two"]
    assert await house.reminders.sweep() == 0


async def test_a_reminder_of_a_process_that_died_while_it_sent_is_sent_by_another(
    house: House, other: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = await ending(house, 8 * HOUR)
    sending = asyncio.Event()

    async def hangs(_: Link) -> bool:
        sending.set()
        await asyncio.Event().wait()
        return True

    monkeypatch.setattr(house.messenger, "tell_ending", hangs)
    house.clock.move_to(end_of(link) - HOUR)
    dying = asyncio.ensure_future(house.reminders.sweep())
    await sending.wait()
    dying.cancel()

    at_once = await other.reminders.sweep()
    house.clock.advance(60)
    await other.reminders.sweep()
    house.clock.advance(60)

    assert at_once == 0
    assert [one.link_id for one in other.messenger.endings] == [link.link_id]
    assert await other.reminders.sweep() == 0


async def test_a_change_of_the_link_while_it_is_told_neither_gets_lost_nor_tells_twice(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = await ending(house, 8 * HOUR)
    tell = house.messenger.tell_ending

    async def renamed(held: Link) -> bool:
        assert await house.stored_people.save_link(replace(held, label="new")) is not None
        return await tell(held)

    monkeypatch.setattr(house.messenger, "tell_ending", renamed)

    moments = await told_until(house, end_of(link))

    assert moments == [end_of(link) - HOUR]
    assert (await present(house, link)).label == "new"
