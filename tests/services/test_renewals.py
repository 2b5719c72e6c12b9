"""Access that is renewed in time, and to the end whoever goes away meanwhile."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from floorbroker.brokers.shared.hiding import HIDDEN
from floorbroker.domain.errors import ApiError, SessionExpired
from floorbroker.domain.order_state import OrderState
from tests.fakes.clock import ManualClock
from tests.fakes.exchange.venue import ACCOUNT, Venue
from tests.fakes.signed.provider import REFRESH_LIFE, Provider
from tests.floor import ANNA, SIGNED, House, caller
from tests.services.conftest import Build
from tests.services.signed_in import DUE, Waiting, linked, present, stored, tried_use, use

SOON = timedelta(seconds=5)


@pytest.fixture
def provider(clock: ManualClock) -> Provider:
    return Provider(clock)


@pytest.fixture
def waiting() -> Waiting:
    return Waiting()


@pytest.fixture
def house(build: Build, venue: Venue, provider: Provider, waiting: Waiting) -> House:
    return build(venue=venue, scripted=SIGNED, provider=provider, pause=waiting)


# In time


async def test_access_is_renewed_before_it_ends_and_not_earlier(
    house: House, provider: Provider, clock: ManualClock
) -> None:
    link = await linked(house, provider)
    clock.advance(DUE - 1)
    await use(house, link)
    assert provider.asked == 0

    clock.advance(1)
    await use(house, link)
    await use(house, link)

    assert (provider.asked, provider.renewals, provider.refused) == (1, 1, 0)


async def test_what_is_renewed_is_in_the_store_with_its_times(
    house: House, provider: Provider, clock: ManualClock
) -> None:
    link = await linked(house, provider)
    before = await stored(house, link)
    clock.advance(DUE)

    await use(house, link)

    after = await present(house, link)
    given = house.credentials.opened(after)
    assert given["access_token"] != before["access_token"]
    assert given["refresh_token"] != before["refresh_token"]
    assert after.renew_at == clock.now() + timedelta(seconds=DUE)
    assert after.renewing_until is None
    assert (after.linked_at, after.ends_at) == (link.linked_at, link.ends_at)


async def test_a_week_of_use_never_meets_the_end_of_access(
    house: House, provider: Provider, clock: ManualClock
) -> None:
    link = await linked(house, provider)
    steps = int(REFRESH_LIFE / timedelta(minutes=13))

    for _ in range(steps):
        await use(house, link)
        clock.advance(13 * 60)

    assert provider.renewals == pytest.approx(steps / 2, abs=2)
    assert (provider.refused, provider.reused) == (0, 0)


async def test_access_that_ends_before_its_time_is_replaced_and_the_read_goes_on(
    house: House, provider: Provider
) -> None:
    link = await linked(house, provider)
    await use(house, link)
    provider.end_access()

    await use(house, link)

    assert (provider.refused, provider.renewals) == (1, 1)


async def test_at_its_end_a_link_is_refused_without_asking_and_no_order_leaves(
    house: House, provider: Provider, venue: Venue, clock: ManualClock
) -> None:
    link = await linked(house, provider)
    draft = await house.draft(limit="90.00")
    assert link.ends_at is not None
    asked = len(venue.requests)
    clock.move_to(link.ends_at)

    error = await tried_use(house, link)
    with pytest.raises(SessionExpired):
        await house.confirm(draft)

    assert isinstance(error, SessionExpired)
    assert (provider.asked, len(venue.requests)) == (0, asked)
    assert (await house.stored(draft)).state is OrderState.DRAFT


async def test_a_lease_that_stays_open_past_the_end_is_refused_too(
    house: House, provider: Provider, clock: ManualClock
) -> None:
    link = await linked(house, provider)
    async with house.sessions.lease(link) as adapter:
        clock.advance(REFRESH_LIFE.total_seconds())
        with pytest.raises(SessionExpired):
            await adapter.positions(ACCOUNT)

    assert provider.asked == 0


async def test_access_that_nobody_can_renew_ends_without_a_question(
    house: House, provider: Provider, venue: Venue, clock: ManualClock
) -> None:
    link = await linked(house, provider)
    assert await house.stored_people.save_link(replace(link, renew_at=None))
    await use(house, link)
    asked = len(venue.requests)
    clock.advance(REFRESH_LIFE.total_seconds())

    error = await tried_use(house, link)

    assert isinstance(error, SessionExpired)
    assert (len(venue.requests), provider.refused) == (asked, 0)


# To the end


@pytest.mark.parametrize("moment", ["held_before", "held_after"])
async def test_what_came_for_a_caller_who_is_gone_is_stored_all_the_same(
    house: House, provider: Provider, clock: ManualClock, moment: str
) -> None:
    link = await linked(house, provider)
    before = await stored(house, link)
    clock.advance(DUE)
    answer = asyncio.Event()
    setattr(provider, moment, answer)
    waiting = asyncio.create_task(use(house, link))
    await provider.was_asked(1)

    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    answer.set()
    await house.supervisor.settled(SOON)

    assert await stored(house, link) != before
    await use(house, link)
    assert (provider.asked, provider.reused, provider.refused) == (1, 0, 0)


@pytest.mark.parametrize("number", [0, 2, 4])
async def test_who_waits_goes_on_when_another_one_is_gone(
    house: House, provider: Provider, clock: ManualClock, number: int
) -> None:
    link = await linked(house, provider)
    await use(house, link)
    clock.advance(DUE)
    provider.held_after = asyncio.Event()
    tasks = [asyncio.create_task(use(house, link)) for _ in range(5)]
    await provider.has_renewed(1)
    gone = tasks.pop(number)

    gone.cancel()
    await asyncio.wait({gone})
    provider.held_after.set()
    await asyncio.gather(*tasks)

    assert gone.cancelled()
    assert (provider.asked, provider.refused) == (1, 0)


async def test_an_orderly_end_of_the_process_waits_for_a_renewal(
    house: House, provider: Provider, clock: ManualClock
) -> None:
    link = await linked(house, provider)
    before = await stored(house, link)
    clock.advance(DUE)
    provider.held_after = asyncio.Event()
    waiting = asyncio.create_task(use(house, link))
    await provider.has_renewed(1)

    draining = asyncio.create_task(house.supervisor.drain(SOON))
    await asyncio.sleep(0)
    provider.held_after.set()

    assert await draining == 0
    assert await stored(house, link) != before
    await waiting


# What is said of it


async def test_a_renewed_token_is_hidden_when_the_broker_repeats_it(
    house: House, provider: Provider, venue: Venue, clock: ManualClock
) -> None:
    link = await linked(house, provider)
    first = (await stored(house, link))["access_token"]
    await use(house, link)
    clock.advance(DUE)
    await use(house, link)
    second = (await stored(house, link))["access_token"]
    venue.failing["positions"] = ApiError(f"{first}, {second}", detail=second, broker="alpaca")

    error = await tried_use(house, link)

    assert error is not None
    assert error.message == f"{HIDDEN}, {HIDDEN}"
    assert error.detail == HIDDEN
    assert first not in repr(error.args)
    assert second not in repr(error.args)


async def test_a_link_without_an_end_is_never_renewed(
    build: Build, venue: Venue, provider: Provider, clock: ManualClock
) -> None:
    house = build(venue=venue, provider=provider)  # the plain exchange: nothing to sign in to
    link = await house.link(ANNA)
    clock.advance(REFRESH_LIFE.total_seconds() * 2)

    await use(house, link)
    await house.confirm(await house.draft(caller(), limit="90.00"))

    assert provider.asked == 0
    assert venue.count("place_order") == 1
