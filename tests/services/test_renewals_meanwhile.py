"""What becomes of a link while its access is renewed is not lost, and not undone."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from floorbroker.domain.errors import AuthenticationFailed, BrokerError, SessionExpired
from floorbroker.domain.ids import AccountId
from floorbroker.domain.people import Link
from floorbroker.storage.documents import Documents
from floorbroker.vault.keyring import parse_keyring
from tests.fakes.clock import ManualClock
from tests.fakes.exchange.venue import Venue
from tests.fakes.flaky_documents import FlakyDocuments
from tests.fakes.signed.provider import REFRESH_LIFE, Provider
from tests.floor import ANNA, SIGNED, House
from tests.rotating import BOTH, NEW, OLD, Process, changed, process
from tests.services.conftest import Build
from tests.services.signed_in import DUE, Waiting, linked, present, stored, tried_use, use

WRITE = ("replace", "links")
SETTLED = timedelta(seconds=5)

Asking = asyncio.Task[BrokerError | None]
"""A use that waits for the renewal, and what went wrong with it."""


@pytest.fixture
def provider(clock: ManualClock) -> Provider:
    return Provider(clock)


@pytest.fixture
def begin(
    build: Build, venue: Venue, provider: Provider, clock: ManualClock
) -> Callable[[str], House]:
    """A process with these master keys."""

    def one(keys: str) -> House:
        return build(
            venue=venue,
            scripted=SIGNED,
            provider=provider,
            pause=Waiting(clock),
            keyring=parse_keyring(keys),
        )

    return one


@pytest.fixture
def house(begin: Callable[[str], House]) -> House:
    return begin(OLD)


@pytest.fixture
def other(documents: Documents) -> Process:
    """Another process on the store."""
    return process(documents, BOTH)


@asynccontextmanager
async def renewing(house: House, provider: Provider, link: Link) -> AsyncIterator[Asking]:
    """While the block runs, the site has renewed the access and has not answered yet."""
    house.clock.advance(DUE)
    renewals = provider.renewals
    provider.held_after = asyncio.Event()
    asking = asyncio.create_task(tried_use(house, link))
    await provider.has_renewed(renewals + 1)
    yield asking
    provider.held_after.set()
    await asking
    await house.supervisor.settled(SETTLED)


async def test_a_name_and_an_excluded_account_given_meanwhile_stay(
    house: House, provider: Provider, other: Process
) -> None:
    link = await linked(house, provider)
    before = await stored(house, link)
    out = frozenset({AccountId(f"A-{ANNA}")})

    async with renewing(house, provider, link):
        await changed(other, link, label="renamed", excluded=out)

    after = await present(house, link)
    assert (after.label, after.excluded, after.renewing_until) == ("renamed", out, None)
    assert house.credentials.opened(after) != before
    await use(house, link)
    assert (provider.asked, provider.refused) == (1, 0)


async def test_a_change_at_the_moment_of_storing_stays_too(
    house: House, provider: Provider, other: Process, store: FlakyDocuments
) -> None:
    link = await linked(house, provider)
    before = await stored(house, link)
    labels: list[str] = []

    async def rename() -> None:
        if len(labels) < 3:
            store.before[WRITE] = rename
        labels.append(f"label {len(labels)}")
        await changed(other, link, label=labels[-1])

    async with renewing(house, provider, link) as asking:
        store.before[WRITE] = rename

    assert await asking is None  # nobody noticed
    after = await present(house, link)
    assert (after.label, len(labels)) == (labels[-1], 4)
    assert house.credentials.opened(after) != before


async def test_a_link_that_is_marked_dead_for_its_old_access_lives_with_the_new_one(
    house: House, provider: Provider
) -> None:
    link = await linked(house, provider)

    async with renewing(house, provider, link):
        await house.health.died(link, AuthenticationFailed(broker="alpaca"))
        assert (await present(house, link)).dead_since is not None

    assert (await present(house, link)).dead_since is None
    await use(house, link)


@pytest.mark.parametrize("at_the_moment_of_storing", [False, True])
async def test_master_keys_are_rotated_meanwhile_and_both_the_token_and_the_new_seal_stay(
    house: House,
    begin: Callable[[str], House],
    provider: Provider,
    other: Process,
    store: FlakyDocuments,
    at_the_moment_of_storing: bool,
) -> None:
    link = await linked(house, provider)  # sealed with the old key
    serving, before = begin(BOTH), await stored(house, link)

    async def rotate() -> None:
        assert (await other.rotation.run()).unreadable == 0

    async with renewing(serving, provider, link):
        if at_the_moment_of_storing:
            store.before[WRITE] = rotate
        else:
            await rotate()

    after = await present(serving, link)
    later = process(store, NEW)
    assert after.sealed_by == "new"
    assert later.credentials.opened(after) != before
    await use(serving, link)
    assert (provider.asked, provider.reused, provider.refused) == (1, 0, 0)


async def test_a_link_that_is_removed_meanwhile_stays_removed_and_empty(
    house: House, provider: Provider
) -> None:
    link = await linked(house, provider)

    async with renewing(house, provider, link):
        await house.links.remove(ANNA, link.link_id)

    after = await present(house, link)
    assert (after.removed, after.sealed, after.sealed_by) == (True, "", "")


async def test_a_link_that_is_removed_while_it_waits_asks_nobody(
    house: House, provider: Provider, clock: ManualClock
) -> None:
    link = await linked(house, provider)
    async with house.sessions.apart(link) as adapter:
        clock.advance(DUE)
        await house.links.remove(ANNA, link.link_id)
        with pytest.raises(SessionExpired, match="removed"):
            await adapter.connect()

    assert provider.asked == 0


async def relink_after(house: House, provider: Provider, link: Link) -> Link:
    house.clock.advance(1)
    return await linked(house, provider, relinks=link.link_id)


async def relink_at_once(house: House, provider: Provider, link: Link) -> Link:
    return await linked(house, provider, relinks=link.link_id)


@pytest.mark.parametrize("relink", [relink_after, relink_at_once])
async def test_a_link_that_is_given_other_access_meanwhile_keeps_that(
    house: House,
    provider: Provider,
    relink: Callable[[House, Provider, Link], Awaitable[Link]],
) -> None:
    link = await linked(house, provider)

    async with renewing(house, provider, link):
        fresh = await relink(house, provider, link)
        given = await stored(house, link)

    after = await present(house, link)
    assert (after.linked_at, after.dead_since) == (fresh.linked_at, None)
    assert house.credentials.opened(after) == given
    await use(house, link)
    assert provider.asked == 1


async def test_other_access_is_not_held_up_by_a_renewal_of_the_one_before(
    house: House, provider: Provider, clock: ManualClock
) -> None:
    link = await linked(house, provider)

    async with renewing(house, provider, link):
        clock.advance(1)
        again = await linked(house, provider, relinks=link.link_id)
        provider.end_access()
        held, provider.held_after = provider.held_after, None
        await use(house, again)  # asks for its own renewal, and does not wait for the other
        provider.held_after = held

    await use(house, link)
    assert (await present(house, link)).dead_since is None


async def test_a_renewal_that_moves_the_end_moves_the_reminder_with_it(
    house: House, provider: Provider, clock: ManualClock
) -> None:
    provider.slides = True
    link = await linked(house, provider)
    assert link.ends_at is not None
    clock.move_to(link.ends_at - timedelta(hours=50))

    await use(house, link)
    clock.advance(3 * 3600)

    assert await house.reminders.sweep() == 0
    moved = await present(house, link)
    assert moved.ends_at is not None
    assert moved.remind_at == moved.ends_at - timedelta(hours=48)


async def test_a_renewal_that_leaves_the_end_leaves_a_reminder_that_is_due(
    house: House, provider: Provider, clock: ManualClock
) -> None:
    link = await linked(house, provider)
    clock.advance((REFRESH_LIFE - timedelta(hours=47)).total_seconds())

    await use(house, link)
    await house.reminders.sweep()

    assert len(house.messenger.endings) == 1
