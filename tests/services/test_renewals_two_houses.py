"""Two processes on one store renew a link's access once between them, on every engine."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from floorbroker.domain.errors import BrokerError, BrokerTimeout
from floorbroker.domain.people import Link
from floorbroker.services.fresh_access import CLAIM
from floorbroker.services.renewals import PATIENCE_SECONDS
from floorbroker.storage.indexes import INDEXES
from tests.fakes.clock import ManualClock
from tests.fakes.exchange.venue import ACCOUNT, Venue
from tests.fakes.signed.provider import REFRESH_LIFE, Provider
from tests.floor import SIGNED, House, built
from tests.services.signed_in import DUE, Waiting, linked, present, stored, tried_use, use
from tests.stores import ENGINES, Store

Two = tuple[House, House]
SETTLED = timedelta(seconds=5)


@pytest.fixture
def provider(clock: ManualClock) -> Provider:
    return Provider(clock)


@pytest.fixture
def waiting() -> Waiting:
    return Waiting()


@pytest_asyncio.fixture(params=ENGINES)
async def two(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    clock: ManualClock,
    venue: Venue,
    provider: Provider,
    waiting: Waiting,
) -> AsyncIterator[Two]:
    """Two processes, each with its own connection to one database."""
    sqlite = request.param == "sqlite"
    place = str(tmp_path / "two.db") if sqlite else request.getfixturevalue("mongo_uri")
    shared = Store(request.param, place)

    async def one() -> House:
        documents = shared.open()
        await documents.start(INDEXES)
        return built(
            documents, clock, venue=venue, scripted=SIGNED, provider=provider, pause=waiting
        )

    first, second = await one(), await one()
    yield first, second
    await first.stop()
    await second.stop()
    await shared.close()


async def due_in_both(two: Two, provider: Provider, clock: ManualClock) -> Link:
    """A link of which both have an open lease, and whose access is to be renewed now."""
    link = await linked(two[0], provider)
    for house in two:
        await use(house, link)
    clock.advance(DUE)
    return link


async def test_many_uses_of_both_at_once_renew_once(
    two: Two, provider: Provider, clock: ManualClock
) -> None:
    link = await due_in_both(two, provider, clock)

    await asyncio.gather(*(use(house, link) for house in two for _ in range(10)))

    assert (provider.asked, provider.reused, provider.refused) == (1, 0, 0)
    assert await stored(two[0], link) == await stored(two[1], link)


async def test_two_whose_access_was_refused_at_once_renew_once(
    two: Two, provider: Provider, clock: ManualClock
) -> None:
    link = await linked(two[0], provider)
    for house in two:
        await use(house, link)
    provider.end_access()

    await asyncio.gather(*(use(house, link) for house in two for _ in range(10)))

    assert (provider.asked, provider.reused) == (1, 0)


async def test_the_one_that_waits_is_served_when_the_other_has_renewed(
    two: Two, provider: Provider, clock: ManualClock, waiting: Waiting
) -> None:
    link = await due_in_both(two, provider, clock)
    provider.held_after = asyncio.Event()
    first = asyncio.create_task(use(two[0], link))
    await provider.has_renewed(1)
    second = asyncio.create_task(use(two[1], link))
    await waiting.begun.wait()

    provider.held_after.set()
    await asyncio.gather(first, second)

    assert (provider.asked, provider.refused) == (1, 0)


async def test_what_dies_while_it_renews_is_waited_for_until_its_claim_lapses(
    two: Two, provider: Provider, clock: ManualClock, waiting: Waiting
) -> None:
    dies, lives = two
    link = await due_in_both(two, provider, clock)
    provider.held_before = asyncio.Event()
    lost = asyncio.create_task(use(dies, link))
    await provider.was_asked(1)
    await dies.supervisor.stop()
    await asyncio.gather(lost, return_exceptions=True)
    provider.held_before = None
    waiting.clock, begun = clock, clock.now()

    early = await tried_use(lives, link)
    waited = clock.now() - begun
    clock.move_to(begun + CLAIM)
    await use(lives, link)

    assert isinstance(early, BrokerTimeout)
    assert waited == pytest.approx(timedelta(seconds=PATIENCE_SECONDS), abs=timedelta(seconds=1))
    assert (provider.asked, provider.renewals, provider.refused) == (2, 1, 0)
    assert (await present(lives, link)).dead_since is None


async def test_a_refusal_that_comes_after_another_has_renewed_ends_nothing(
    two: Two, provider: Provider, clock: ManualClock
) -> None:
    late, quick = two
    provider.strict = False
    link = await due_in_both(two, provider, clock)
    held = provider.held_before = asyncio.Event()
    asking = asyncio.create_task(use(late, link))
    await provider.was_asked(1)
    provider.held_before = None
    clock.advance(CLAIM.total_seconds())
    await use(quick, link)

    held.set()
    await asking
    await late.supervisor.settled(SETTLED)

    assert (provider.asked, provider.renewals, provider.reused) == (2, 1, 1)
    assert (await present(quick, link)).dead_since is None
    await use(late, link)


async def test_what_comes_after_another_has_renewed_does_not_take_its_place(
    two: Two, provider: Provider, clock: ManualClock
) -> None:
    late, quick = two
    provider.rotates = False
    link = await due_in_both(two, provider, clock)
    held = provider.held_after = asyncio.Event()
    asking = asyncio.create_task(use(late, link))
    await provider.has_renewed(1)
    provider.held_after = None
    clock.advance(CLAIM.total_seconds())
    await use(quick, link)
    newest = await stored(quick, link)

    held.set()
    await asking

    assert await stored(quick, link) == newest
    assert provider.refused == 0


async def test_a_lease_of_one_goes_on_past_an_end_that_the_other_has_moved(
    two: Two, provider: Provider, clock: ManualClock
) -> None:
    provider.slides = True
    idle, busy = two
    link = await linked(busy, provider)
    async with idle.sessions.lease(link) as adapter:
        clock.advance(REFRESH_LIFE.total_seconds() - 3600)
        await use(busy, link)
        clock.advance(7200)

        await adapter.positions(ACCOUNT)

    moved = (await present(idle, link)).ends_at
    assert link.ends_at is not None
    assert moved is not None
    assert moved > link.ends_at
    assert provider.refused == 0


async def test_a_link_that_dies_in_one_is_dead_in_the_other_without_another_question(
    two: Two, provider: Provider, clock: ManualClock
) -> None:
    link = await due_in_both(two, provider, clock)
    provider.revoke(link.user_id)

    errors = await asyncio.gather(*(tried_use(house, link) for house in two))
    for house in two:
        await house.supervisor.settled(SETTLED)
        errors.append(await tried_use(house, link))

    assert all(isinstance(error, BrokerError) for error in errors)
    assert {error.code.value for error in errors if error is not None} == {"SESSION_EXPIRED"}
    assert provider.asked == 1
