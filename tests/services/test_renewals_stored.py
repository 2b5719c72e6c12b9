"""A token that came in a renewal is stored before it is used, whatever the store does."""

from datetime import timedelta

import pytest

from floorbroker.domain.errors import BrokerError, SessionExpired
from floorbroker.domain.order_state import OrderState
from tests.fakes.clock import ManualClock
from tests.fakes.exchange.venue import Venue
from tests.fakes.flaky_documents import FlakyDocuments
from tests.fakes.signed.provider import Provider
from tests.floor import ANNA, SIGNED, House
from tests.services.conftest import Build
from tests.services.signed_in import DUE, Waiting, linked, present, stored, tried_use, use

WRITE = ("replace", "links")
SETTLED = timedelta(seconds=5)


@pytest.fixture
def provider(clock: ManualClock) -> Provider:
    return Provider(clock)


@pytest.fixture
def house(build: Build, venue: Venue, provider: Provider, clock: ManualClock) -> House:
    return build(venue=venue, scripted=SIGNED, provider=provider, pause=Waiting(clock))


def fail_after_the_claim(store: FlakyDocuments, times: int = 1_000_000) -> None:
    """The claim is stored, what comes after it is not."""
    store.fail(*WRITE, skip=1, times=times)


async def test_it_is_in_the_store_when_the_broker_first_sees_it(
    house: House, provider: Provider, venue: Venue, store: FlakyDocuments, clock: ManualClock
) -> None:
    link = await linked(house, provider)
    await use(house, link)
    before = await stored(house, link)
    clock.advance(DUE)
    seen: list[tuple[bool, int]] = []

    async def at_the_broker() -> bool:
        return await stored(house, link) != before

    async def while_it_is_stored() -> None:
        seen.append((await at_the_broker(), len(provider.uses)))

    async def while_it_is_claimed() -> None:
        store.before[WRITE] = while_it_is_stored

    used = len(provider.uses)
    store.before[WRITE] = while_it_is_claimed
    await use(house, link)

    assert seen == [(False, used)]  # not stored yet, and not used yet
    assert await at_the_broker()
    assert len(provider.uses) == used + 1


async def test_one_that_cannot_be_stored_is_not_used_and_neither_is_the_old_one(
    house: House, provider: Provider, store: FlakyDocuments, clock: ManualClock
) -> None:
    link = await linked(house, provider)
    await use(house, link)
    before = await stored(house, link)
    clock.advance(DUE)
    used = len(provider.uses)
    fail_after_the_claim(store)

    first = await tried_use(house, link)
    second = await tried_use(house, link)
    await house.supervisor.settled(SETTLED)

    assert first is not None
    assert "cannot reach its storage" in first.message
    assert second is not None
    assert not isinstance(first, SessionExpired)
    assert len(provider.uses) == used
    assert (provider.asked, provider.reused) == (1, 0)
    assert await stored(house, link) == before
    assert (await present(house, link)).dead_since is None


async def test_it_is_stored_by_the_next_use_if_the_store_was_away_for_long(
    house: House, provider: Provider, store: FlakyDocuments, clock: ManualClock
) -> None:
    link = await linked(house, provider)
    clock.advance(DUE)
    fail_after_the_claim(store)
    assert await tried_use(house, link) is not None
    await house.supervisor.settled(SETTLED)
    clock.advance(120)
    store.recover()

    await use(house, link)

    assert (provider.asked, provider.reused, provider.refused) == (1, 0, 0)
    assert (await present(house, link)).renewing_until is None


async def test_it_is_stored_without_a_next_use_if_the_store_was_away_for_a_moment(
    house: House, provider: Provider, store: FlakyDocuments, clock: ManualClock
) -> None:
    link = await linked(house, provider)
    before = await stored(house, link)
    clock.advance(DUE)
    fail_after_the_claim(store, times=3)

    error = await tried_use(house, link)
    await house.supervisor.settled(SETTLED)

    assert error is not None
    assert await stored(house, link) != before
    assert (await present(house, link)).renewing_until is None
    assert provider.asked == 1


async def test_of_a_store_whose_answer_was_lost_the_new_one_is_used(
    house: House, provider: Provider, store: FlakyDocuments, clock: ManualClock
) -> None:
    link = await linked(house, provider)
    clock.advance(DUE)
    store.fail(*WRITE, skip=1, times=1, done=True)
    assert await tried_use(house, link) is not None

    await use(house, link)

    assert (provider.asked, provider.reused, provider.refused) == (1, 0, 0)


async def test_a_store_that_fails_before_the_claim_asks_nobody(
    house: House, provider: Provider, store: FlakyDocuments, clock: ManualClock
) -> None:
    link = await linked(house, provider)
    clock.advance(DUE)
    store.fail(*WRITE, times=1)
    assert isinstance(await tried_use(house, link), BrokerError)
    assert provider.asked == 0

    await use(house, link)

    assert (provider.asked, provider.refused) == (1, 0)


async def test_an_order_whose_access_cannot_be_stored_is_not_sent_and_can_be_confirmed_later(
    house: House, provider: Provider, venue: Venue, store: FlakyDocuments, clock: ManualClock
) -> None:
    await linked(house, provider)
    clock.advance(DUE - 60)
    draft = await house.draft(limit="90.00")
    clock.advance(60)
    fail_after_the_claim(store, times=1)

    with pytest.raises(BrokerError, match="cannot reach its storage"):
        await house.confirm(draft)
    assert venue.count("place_order") == 0
    assert (await house.stored(draft)).state is OrderState.DRAFT

    assert (await house.confirm(draft)).state is OrderState.ACCEPTED
    assert venue.count("place_order") == 1
    assert provider.asked == 1


async def test_a_link_that_is_removed_while_its_token_waits_for_the_store_takes_it_no_more(
    house: House, provider: Provider, store: FlakyDocuments, clock: ManualClock
) -> None:
    link = await linked(house, provider)
    clock.advance(DUE)
    fail_after_the_claim(store)
    assert await tried_use(house, link) is not None
    await house.supervisor.settled(SETTLED)
    store.recover()
    await house.links.remove(ANNA, link.link_id)

    with pytest.raises(SessionExpired, match="removed"):
        await house.renewals.renewed(link, {}, refused=False)

    kept = await present(house, link)
    assert (kept.removed, kept.sealed) == (True, "")
