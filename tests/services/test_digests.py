"""A daily summary is sent once a day and person, in time or not at all."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from floorbroker.domain.digests import DigestChoice, DigestTime
from floorbroker.domain.news import USUAL, NewsLevel
from floorbroker.domain.people import Leaving
from floorbroker.services.digests import AT_ONCE, HOLD, LATE
from floorbroker.storage.codec import to_document
from tests.fakes.calendar import FixedCalendar, session
from tests.fakes.clock import ManualClock
from tests.fakes.exchange.venue import Venue
from tests.fakes.flaky_documents import FlakyDocuments
from tests.floor import ANNA, BEN, House
from tests.services.conftest import Build
from tests.services.digested import CALENDAR, SESSIONS, digests_of, wants

SECOND = timedelta(seconds=1)
FIRST, NEXT = SESSIONS[0].closes, SESSIONS[1].closes


@pytest.fixture
def house(build: Build, venue: Venue) -> House:
    return build(venue=venue, calendar=FixedCalendar(CALENDAR))


@pytest.fixture
def other(build: Build, venue: Venue) -> House:
    """Another process."""
    return build(venue=venue, calendar=FixedCalendar(CALENDAR))


def told(*houses: House) -> list[tuple[str, datetime]]:
    return [(who, due) for house in houses for who, _, due in house.messenger.digests]


async def choice_of(house: House) -> DigestChoice:
    person = await house.stored_people.person(ANNA)
    assert person is not None
    return person.digest


async def test_nobody_gets_one_unasked(house: House, clock: ManualClock) -> None:
    await house.bought()
    clock.move_to(FIRST + SECOND)

    assert await digests_of(house).sweep() == 0
    assert told(house) == []


async def test_it_comes_at_the_close_of_each_trading_day(house: House, clock: ManualClock) -> None:
    await wants(house)
    digests, moments = digests_of(house), []

    while clock.now() < SESSIONS[3].closes + timedelta(hours=1):
        await digests.sweep()
        moments += [clock.now()] * len(house.messenger.digests)
        house.messenger.digests.clear()
        clock.advance(1800)

    assert moments == [one.closes for one in SESSIONS[:4]]


async def test_it_does_not_come_a_second_too_early(house: House, clock: ManualClock) -> None:
    await wants(house)
    clock.move_to(FIRST - SECOND)

    assert await digests_of(house).sweep() == 0
    clock.advance(1)
    assert await digests_of(house).sweep() == 1

    assert told(house) == [(ANNA, FIRST)]
    assert (await choice_of(house)).due_at == NEXT


async def test_several_processes_send_one(house: House, other: House, clock: ManualClock) -> None:
    for who in (ANNA, BEN):
        await wants(house, who)
    clock.move_to(FIRST)

    await asyncio.gather(*(digests_of(one).sweep() for one in (house, other) * 3))

    assert sorted(told(house, other)) == [(ANNA, FIRST), (BEN, FIRST)]


async def test_a_process_that_dies_while_it_reads_is_followed_by_another(
    house: House, other: House, venue: Venue, clock: ManualClock
) -> None:
    await house.link()
    await wants(house)
    clock.move_to(FIRST)
    venue.blocked["balances"] = asyncio.Event()
    dying = asyncio.ensure_future(digests_of(house).sweep())
    await venue.heard("balances")
    dying.cancel()
    await asyncio.gather(dying, return_exceptions=True)
    venue.blocked.clear()

    assert await digests_of(other).sweep() == 0
    clock.advance(HOLD.total_seconds())
    assert await digests_of(other).sweep() == 1

    assert told(house, other) == [(ANNA, FIRST)]


async def test_of_one_that_was_slow_and_one_that_took_over_the_slow_one_is_silent(
    house: House, other: House, venue: Venue, clock: ManualClock
) -> None:
    await house.link()
    await wants(house)
    clock.move_to(FIRST)
    gate = venue.blocked["balances"] = asyncio.Event()
    slow = asyncio.ensure_future(digests_of(house).sweep())
    await venue.heard("balances")
    clock.advance(HOLD.total_seconds())
    venue.blocked.clear()
    await digests_of(other).sweep()
    gate.set()
    await slow

    assert told(other) == [(ANNA, FIRST)]
    assert told(house) == []


@pytest.mark.parametrize(("late", "sent"), [(LATE, 1), (LATE + SECOND, 0)])
async def test_one_that_was_missed_comes_within_two_hours_or_not_at_all(
    house: House, clock: ManualClock, late: timedelta, sent: int
) -> None:
    await wants(house)
    clock.move_to(FIRST + late)

    await digests_of(house).sweep()

    assert len(told(house)) == sent
    assert (await choice_of(house)).due_at == NEXT


async def test_after_days_away_only_the_next_one_comes(house: House, clock: ManualClock) -> None:
    await wants(house)
    clock.move_to(SESSIONS[2].closes + timedelta(hours=12))

    for _ in range(3):
        await digests_of(house).sweep()

    assert told(house) == []
    assert (await choice_of(house)).due_at == SESSIONS[3].closes


async def test_closed_messages_drop_it_and_the_person_reads_of_that(
    house: House, clock: ManualClock
) -> None:
    await wants(house)
    clock.move_to(FIRST)
    house.messenger.dm_open = False
    await digests_of(house).sweep()
    await digests_of(house).sweep()
    missed = await choice_of(house)
    assert (missed.missed_at, missed.closed) == (FIRST, True)

    house.messenger.dm_open = True
    clock.move_to(NEXT)
    await digests_of(house).sweep()

    assert told(house) == [(ANNA, NEXT)]
    following = await choice_of(house)
    assert (following.missed_at, following.closed) == (None, False)


async def test_a_way_to_people_that_breaks_sends_nothing_twice(
    house: House, clock: ManualClock
) -> None:
    await wants(house)
    clock.move_to(FIRST)
    house.messenger.broken = True
    await digests_of(house).sweep()
    house.messenger.broken = False
    clock.advance(HOLD.total_seconds())

    await digests_of(house).sweep()

    assert told(house) == []
    missed = await choice_of(house)
    assert (missed.missed_at, missed.closed) == (FIRST, False)


async def test_an_early_close_and_a_calendar_that_is_gone_make_one_and_not_two(
    build: Build, venue: Venue, clock: ManualClock
) -> None:
    early = session("2026-03-04", "14:30", "18:00")
    calendar = FixedCalendar(replace(CALENDAR, days=(early, *SESSIONS[1:])))
    house = build(venue=venue, calendar=calendar)
    await wants(house)
    calendar.known = None

    for hours in (0, 3):
        clock.move_to(early.closes + timedelta(hours=hours, seconds=20))
        await digests_of(house).sweep()

    assert told(house) == [(ANNA, early.closes)]
    assert (await choice_of(house)).due_at == NEXT


async def test_a_process_that_is_about_to_end_begins_none(
    house: House, other: House, clock: ManualClock
) -> None:
    await wants(house)
    clock.move_to(FIRST)
    await house.desk.supervisor.drain(timedelta(0))

    await digests_of(house).sweep()
    await digests_of(other).sweep()

    assert told(house) == []
    assert told(other) == [(ANNA, FIRST)]


async def test_one_whose_process_is_about_to_end_while_it_reads_is_left_to_another(
    house: House, other: House, venue: Venue, clock: ManualClock
) -> None:
    await house.link()
    await wants(house)
    clock.move_to(FIRST)
    gate = venue.blocked["balances"] = asyncio.Event()
    sweeping = asyncio.ensure_future(digests_of(house).sweep())
    await venue.heard("balances")
    await house.desk.supervisor.drain(timedelta(0))
    gate.set()
    await sweeping
    clock.advance(HOLD.total_seconds())

    await digests_of(other).sweep()

    assert told(house) == []
    assert told(other) == [(ANNA, FIRST)]


@pytest.mark.parametrize("times", [1, 2, 3])
async def test_a_store_that_fails_delays_it(
    house: House, store: FlakyDocuments, clock: ManualClock, times: int
) -> None:
    await wants(house)
    clock.move_to(FIRST)
    store.fail("replace", "users", times=times)

    for _ in range(5):
        await digests_of(house).sweep()
        clock.advance(HOLD.total_seconds())

    assert told(house) == [(ANNA, FIRST)]


async def test_a_choice_that_is_made_meanwhile_holds(
    house: House, venue: Venue, clock: ManualClock
) -> None:
    await house.link()
    await wants(house)
    clock.move_to(FIRST)
    gate = venue.blocked["balances"] = asyncio.Event()
    sweeping = asyncio.ensure_future(digests_of(house).sweep())
    await venue.heard("balances")
    await wants(house, at=DigestTime.OFF)
    gate.set()
    await sweeping

    assert told(house) == []
    assert await choice_of(house) == DigestChoice()


async def test_another_setting_that_is_changed_meanwhile_does_not_stop_it(
    house: House, venue: Venue, clock: ManualClock
) -> None:
    await house.link()
    await wants(house)
    clock.move_to(FIRST)
    gate = venue.blocked["balances"] = asyncio.Event()
    sweeping = asyncio.ensure_future(digests_of(house).sweep())
    await venue.heard("balances")
    await house.choose(always_private=True)
    gate.set()
    await sweeping

    assert told(house) == [(ANNA, FIRST)]
    person = await house.stored_people.person(ANNA)
    assert person is not None
    assert person.always_private


@pytest.mark.parametrize("when", ["before", "meanwhile"])
async def test_who_is_about_to_be_erased_gets_none(
    house: House, venue: Venue, clock: ManualClock, when: str
) -> None:
    await house.link()
    await wants(house)
    clock.move_to(FIRST)
    leaving = Leaving(asked_at=FIRST, erase_at=FIRST + timedelta(days=7))
    gate = venue.blocked["balances"] = asyncio.Event()
    if when == "before":
        await house.choose(leaving=leaving)
        gate.set()
    sweeping = asyncio.ensure_future(digests_of(house).sweep())
    if when == "meanwhile":
        await venue.heard("balances")
        await house.choose(leaving=leaving)
        gate.set()
    await sweeping

    assert told(house) == []


async def test_with_all_news_off_none_comes_and_back_on_it_goes_on(
    house: House, clock: ManualClock
) -> None:
    await wants(house)
    await house.choose(notify=False)
    clock.move_to(FIRST)
    await digests_of(house).sweep()
    assert told(house) == []

    await house.choose(notify=True)
    clock.move_to(NEXT)
    await digests_of(house).sweep()

    assert told(house) == [(ANNA, NEXT)]


async def test_who_has_all_news_off_and_chooses_a_summary_gets_that_alone(house: House) -> None:
    await house.choose(notify=False)

    person = await wants(house)

    assert person.summary.at is DigestTime.CLOSE
    assert {person.level(kind) for kind in USUAL} == {NewsLevel.OFF}


async def test_few_peoples_brokers_are_read_at_once(
    house: House, venue: Venue, clock: ManualClock
) -> None:
    people = [f"20000000000000000{number}" for number in range(AT_ONCE + 3)]
    for who in people:
        await house.link(who)  # type: ignore[arg-type] # a plain text will do
        await wants(house, who)  # type: ignore[arg-type]
    clock.move_to(FIRST)
    gate = venue.blocked["balances"] = asyncio.Event()
    sweeping = asyncio.ensure_future(digests_of(house).sweep())
    await venue.heard("balances", AT_ONCE)
    for _ in range(200):
        await asyncio.sleep(0)
    assert venue.count("balances") == AT_ONCE
    gate.set()
    await sweeping

    assert sorted(who for who, _ in told(house)) == people


async def test_a_holiday_that_was_not_known_is_left_out(
    build: Build, venue: Venue, clock: ManualClock
) -> None:
    calendar = FixedCalendar()
    house = build(venue=venue, calendar=calendar)
    clock.move_to(SESSIONS[2].closes)  # the Friday
    await wants(house)
    assert (await choice_of(house)).due_at == SESSIONS[3].closes
    calendar.known = replace(CALENDAR, days=(*SESSIONS[:3], *SESSIONS[4:]))
    clock.move_to(SESSIONS[3].closes)

    await digests_of(house).sweep()

    assert told(house) == []
    assert (await choice_of(house)).due_at == SESSIONS[4].closes


async def test_a_person_of_an_older_version_wants_none(house: House) -> None:
    await house.choose(paused=True)
    document: dict[str, Any] | None = await house.documents.get("users", ANNA)
    assert document is not None
    del document["digest"]
    await house.documents.upsert("users", document)

    assert await choice_of(house) == DigestChoice()


async def test_the_choice_is_in_the_persons_own_document(house: House) -> None:
    person = await wants(house, every_day=True)

    assert to_document(person)["digest"]["at"] == "close"
    assert person.digest.every_day
    assert person.digest.due_at == FIRST
