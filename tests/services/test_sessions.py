"""Leases: one connection a link, never shared between people, let go when idle or removed."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta

import pytest

from floorbroker.brokers.port import BrokerAdapter
from floorbroker.domain.errors import BrokerConnectionError, Busy, NotLinked
from floorbroker.domain.people import Link
from floorbroker.services.sessions import IDLE
from tests.fakes.clock import ManualClock
from tests.fakes.exchange.venue import Venue
from tests.floor import ANNA, BEN, House
from tests.services.conftest import Build


@pytest.fixture
def house(build: Build, venue: Venue) -> House:
    return build(venue=venue)


async def _use(house: House, link: object) -> object:
    async with house.sessions.lease(link) as adapter:  # type: ignore[arg-type]  # links only
        await asyncio.sleep(0)
        return adapter


async def test_fifty_at_once_connect_once(house: House, venue: Venue) -> None:
    link = await house.link()

    adapters = await asyncio.gather(*(_use(house, link) for _ in range(50)))

    assert venue.count("connect") == 1
    assert len(set(map(id, adapters))) == 1


async def test_accounts_are_asked_for_once_a_session(house: House, venue: Venue) -> None:
    link = await house.link()

    first = await house.sessions.accounts(link)
    second = await house.sessions.accounts(link)

    assert first == second == venue.accounts
    assert venue.count("accounts") == 1


async def test_a_connect_that_failed_is_closed_and_tried_again_by_the_next_lease(
    house: House, venue: Venue
) -> None:
    link = await house.link()
    venue.failing["connect"] = BrokerConnectionError(broker="alpaca")
    with pytest.raises(BrokerConnectionError):
        await _use(house, link)
    assert venue.closed == 1
    venue.failing.clear()

    await _use(house, link)

    assert venue.count("connect") == 2
    assert venue.closed == 1


async def test_a_canceled_connect_is_closed_too(house: House, venue: Venue) -> None:
    link = await house.link()
    venue.blocked["connect"] = asyncio.Event()
    opening = asyncio.ensure_future(_use(house, link))
    await venue.heard("connect")

    opening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await opening

    assert venue.closed == 1
    del venue.blocked["connect"]
    await _use(house, link)
    assert len(venue.opened) == 1


async def test_two_people_never_share_an_adapter(house: House, venue: Venue) -> None:
    mine, theirs = await house.link(ANNA), await house.link(BEN)

    a, b = await _use(house, mine), await _use(house, theirs)

    assert a is not b
    assert venue.opened == [(ANNA, mine.link_id), (BEN, theirs.link_id)]


async def test_an_idle_lease_ends_after_a_quarter_of_an_hour(
    house: House, venue: Venue, clock: ManualClock
) -> None:
    link = await house.link()
    await _use(house, link)
    clock.advance(IDLE.total_seconds())
    await house.sessions.close_idle()
    assert venue.closed == 0

    clock.advance(1)
    await house.sessions.close_idle()

    assert venue.closed == 1
    await _use(house, link)
    assert venue.count("connect") == 2


async def test_a_lease_in_use_is_never_idle(house: House, venue: Venue, clock: ManualClock) -> None:
    link = await house.link()
    async with house.sessions.lease(link):
        clock.advance(IDLE.total_seconds() * 2)
        await house.sessions.close_idle()
        assert venue.closed == 0


async def test_every_use_counts_anew(house: House, venue: Venue, clock: ManualClock) -> None:
    link = await house.link()
    for _ in range(3):
        await _use(house, link)
        clock.advance(IDLE.total_seconds() - 1)
        await house.sessions.close_idle()

    assert venue.closed == 0
    assert venue.count("connect") == 1


async def test_removal_closes_the_adapter_and_the_link_opens_no_more(
    house: House, venue: Venue
) -> None:
    link = await house.link()
    await _use(house, link)

    removed = await house.links.remove(ANNA, link.link_id)

    assert venue.closed == 1
    with pytest.raises(NotLinked):
        await _use(house, removed.link)


async def test_a_removal_while_the_adapter_opens_leaves_none_open(
    house: House, venue: Venue
) -> None:
    link = await house.link()
    venue.blocked["connect"] = asyncio.Event()
    waiting = [asyncio.ensure_future(house.sessions.accounts(link)) for _ in range(5)]
    await venue.heard("connect")

    await house.sessions.close(link.link_id)
    venue.blocked["connect"].set()
    answers = await asyncio.gather(*waiting, return_exceptions=True)

    assert {type(answer) for answer in answers} == {NotLinked}
    assert venue.closed == venue.count("connect") == 1


async def test_the_least_recently_used_makes_room(
    build: Build, venue: Venue, clock: ManualClock
) -> None:
    house = build(venue=venue, most_sessions=2)
    first, second = await house.link(name="1"), await house.link(name="2")
    third = await house.link(name="3")
    for link in (first, second, first, third):
        clock.advance(1)
        await _use(house, link)

    assert venue.closed == 1
    await _use(house, first)
    assert venue.count("connect") == 3


async def test_when_all_are_in_use_the_next_is_told_to_come_back(
    build: Build, venue: Venue
) -> None:
    house = build(venue=venue, most_sessions=2)
    async with AsyncExitStack() as used:
        for name in "12":
            await used.enter_async_context(house.sessions.lease(await house.link(name=name)))
        third = await house.link(name="3")

        with pytest.raises(Busy):
            await _use(house, third)

    await _use(house, third)


async def test_a_crowd_never_opens_more_than_the_bound(build: Build, venue: Venue) -> None:
    house = build(venue=venue, most_sessions=3)
    links = [await house.link(name=str(number)) for number in range(12)]
    for link in links[:3]:
        await _use(house, link)

    await asyncio.gather(*(_use(house, link) for link in links[3:]), return_exceptions=True)

    assert len(venue.opened) - venue.closed <= 3


async def test_the_end_of_the_process_closes_every_adapter(house: House, venue: Venue) -> None:
    for name in "123":
        await _use(house, await house.link(name=name))

    await house.sessions.close_all()

    assert venue.closed == len(venue.opened) == 3


async def test_a_removed_link_is_not_opened_from_an_old_copy(house: House) -> None:
    link = await house.link()

    with pytest.raises(NotLinked):
        await _use(house, replace(link, removed=True))


def test_a_lease_is_kept_for_minutes_not_days() -> None:
    assert timedelta(minutes=1) <= IDLE <= timedelta(hours=1)


async def test_what_began_with_a_session_ends_with_it(build: Build, venue: Venue) -> None:
    house = build(venue=venue)
    link = await house.link()
    begun: list[asyncio.Task[None]] = []

    def listen(told: Link, _: BrokerAdapter) -> "asyncio.Task[None]":
        assert told.link_id == link.link_id
        begun.append(house.supervisor.keep("listening", asyncio.sleep(60)))
        return begun[-1]

    house.sessions.announce_to(listen)
    async with house.sessions.lease(link), house.sessions.lease(link):
        pass
    [task] = begun
    assert not task.done()

    await house.sessions.close(link.link_id)
    await asyncio.sleep(0)

    assert task.cancelled()
