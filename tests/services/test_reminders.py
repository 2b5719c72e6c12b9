"""People are told two days, half a day and an hour before their access ends; each time once."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from floorbroker.domain.error_codes import ErrorCode
from floorbroker.domain.errors import StoreUnavailable
from tests.fakes.clock import ManualClock
from tests.fakes.exchange.venue import Venue
from tests.fakes.flaky_documents import FlakyDocuments
from tests.fakes.signed.provider import REFRESH_LIFE, Provider
from tests.floor import ANNA, BEN, SIGNED, House
from tests.services.conftest import Build
from tests.services.ending import end_of, ending, told_until
from tests.services.signed_in import linked, present

HOUR = timedelta(hours=1)
TIMES = (48 * HOUR, 12 * HOUR, HOUR)


@pytest.fixture
def provider(clock: ManualClock) -> Provider:
    return Provider(clock)


@pytest.fixture
def house(build: Build, venue: Venue, provider: Provider) -> House:
    return build(venue=venue, scripted=SIGNED, provider=provider)


@pytest.fixture
def other(build: Build, venue: Venue, provider: Provider) -> House:
    """Another process."""
    return build(venue=venue, scripted=SIGNED, provider=provider)


# Each time once


async def test_a_week_of_access_is_announced_three_times(
    house: House, provider: Provider, clock: ManualClock
) -> None:
    link = await linked(house, provider)
    clock.move_to(end_of(link) - 49 * HOUR)

    moments = await told_until(house, end_of(link) + HOUR)

    assert moments == [end_of(link) - before for before in TIMES]


@pytest.mark.parametrize("before", TIMES)
async def test_it_is_not_announced_a_second_too_early(
    house: House, provider: Provider, clock: ManualClock, before: timedelta
) -> None:
    link = await linked(house, provider)
    clock.move_to(end_of(link) - before - timedelta(seconds=1))
    await house.reminders.sweep()
    house.messenger.endings.clear()

    await house.reminders.sweep()
    assert house.messenger.endings == []
    clock.advance(1)
    await house.reminders.sweep()

    [told] = house.messenger.endings
    assert (told.link_id, told.user_id, told.ends_at) == (link.link_id, ANNA, link.ends_at)


@pytest.mark.parametrize("before", TIMES)
async def test_two_processes_tell_it_once(
    house: House, other: House, provider: Provider, clock: ManualClock, before: timedelta
) -> None:
    for person in (ANNA, BEN):
        link = await linked(house, provider, person)
    clock.move_to(end_of(link) - before)

    await asyncio.gather(*(one.reminders.sweep() for one in (house, other) * 3))

    told = [*house.messenger.endings, *other.messenger.endings]
    assert sorted(link.user_id for link in told) == [ANNA, BEN]


async def test_of_two_at_the_same_moment_the_slower_one_is_silent(
    house: House, other: House, provider: Provider, store: FlakyDocuments, clock: ManualClock
) -> None:
    link = await linked(house, provider)
    clock.move_to(end_of(link) - HOUR)
    store.before["replace", "links"] = other.reminders.sweep

    await house.reminders.sweep()

    assert len(other.messenger.endings) == 1
    assert house.messenger.endings == []


async def test_who_was_away_for_days_is_told_once_and_then_as_usual(
    house: House, provider: Provider, clock: ManualClock
) -> None:
    link = await linked(house, provider)
    clock.move_to(end_of(link) - 10 * HOUR)

    moments = await told_until(house, end_of(link))

    assert moments == [end_of(link) - 10 * HOUR, end_of(link) - HOUR]


async def test_a_store_that_fails_tells_nobody_and_they_are_told_later(
    house: House, provider: Provider, store: FlakyDocuments, clock: ManualClock
) -> None:
    link = await linked(house, provider)
    clock.move_to(end_of(link) - HOUR)
    store.fail("replace", "links", times=1)
    with pytest.raises(StoreUnavailable):
        await house.reminders.sweep()
    assert house.messenger.endings == []

    await house.reminders.sweep()

    assert len(house.messenger.endings) == 1


async def test_more_than_a_sweep_takes_are_told_in_the_next_one(
    house: House, clock: ManualClock
) -> None:
    for number in range(101):
        await ending(house, 20 * HOUR, f"link{number}")
    clock.advance((19 * HOUR).total_seconds())

    assert [await house.reminders.sweep() for _ in range(3)] == [100, 1, 0]

    assert len({link.link_id for link in house.messenger.endings}) == 101


# None that says too much


@pytest.mark.parametrize(
    ("life", "times"),
    [
        (7 * 24 * HOUR, [48 * HOUR, 12 * HOUR, HOUR]),
        (96 * HOUR, [48 * HOUR, 12 * HOUR, HOUR]),
        (95 * HOUR, [12 * HOUR, HOUR]),
        (24 * HOUR, [12 * HOUR, HOUR]),
        (15 * HOUR, [HOUR]),
        (2 * HOUR, [HOUR]),
        (1.9 * HOUR, []),
        (HOUR / 2, []),
    ],
)
async def test_no_reminder_comes_before_half_of_the_access_is_over(
    house: House, life: timedelta, times: list[timedelta]
) -> None:
    link = await ending(house, life)
    house.clock.advance((life - min(life, 49 * HOUR)).total_seconds())

    moments = await told_until(house, end_of(link) + HOUR)

    assert [end_of(link) - moment for moment in moments] == times


async def test_a_removed_link_is_not_announced(
    house: House, provider: Provider, clock: ManualClock
) -> None:
    link = await linked(house, provider)
    await house.links.remove(ANNA, link.link_id)
    clock.move_to(end_of(link) - HOUR)

    assert await house.reminders.sweep() == 0
    assert house.messenger.endings == []


async def test_a_link_that_is_removed_at_that_moment_is_not_announced(
    house: House, other: House, provider: Provider, store: FlakyDocuments, clock: ManualClock
) -> None:
    link = await linked(house, provider)
    clock.move_to(end_of(link) - HOUR)

    async def remove() -> None:
        await other.links.remove(ANNA, link.link_id)

    store.before["replace", "links"] = remove
    await house.reminders.sweep()

    assert house.messenger.endings == []
    assert (await present(house, link)).removed


async def test_signing_in_again_sets_new_times(
    house: House, provider: Provider, clock: ManualClock
) -> None:
    first = await linked(house, provider)
    clock.move_to(end_of(first) - 20 * HOUR)
    again = await linked(house, provider, relinks=first.link_id)
    house.messenger.endings.clear()

    clock.move_to(end_of(first) - HOUR)
    assert await house.reminders.sweep() == 0
    clock.move_to(end_of(again) - 49 * HOUR)
    moments = await told_until(house, end_of(again))

    assert moments == [end_of(again) - before for before in TIMES]


async def test_an_end_that_is_past_is_not_announced_and_not_looked_at_again(
    house: House, provider: Provider, clock: ManualClock
) -> None:
    link = await linked(house, provider)
    clock.move_to(end_of(link))

    assert await house.reminders.sweep() == 1
    assert await house.reminders.sweep() == 0

    assert house.messenger.endings == []
    assert (await present(house, link)).remind_at is None


async def test_access_without_an_end_is_never_announced(house: House, clock: ManualClock) -> None:
    await house.link()
    clock.advance(REFRESH_LIFE.total_seconds())

    assert await house.reminders.sweep() == 0


async def test_closed_messages_lose_one_reminder_and_not_the_next(
    house: House, provider: Provider, clock: ManualClock
) -> None:
    link = await linked(house, provider)
    clock.move_to(end_of(link) - 12 * HOUR)
    house.messenger.dm_open = False
    assert await house.reminders.sweep() == 1
    assert await house.reminders.sweep() == 0

    house.messenger.dm_open = True
    moments = await told_until(house, end_of(link))

    assert moments == [end_of(link) - HOUR]


async def test_a_link_that_died_already_is_not_announced(house: House) -> None:
    link = await ending(house, 8 * HOUR)
    dead = replace(link, dead_since=house.clock.now(), dead_code=ErrorCode.SESSION_EXPIRED)
    assert await house.stored_people.save_link(dead) is not None

    assert await told_until(house, end_of(link)) == []
