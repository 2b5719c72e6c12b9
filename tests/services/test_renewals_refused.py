"""A renewal that is refused ends a link, once, before anything of an order is sent."""

import asyncio
from datetime import timedelta

import pytest

from floorbroker.brokers.shared.hiding import HIDDEN
from floorbroker.domain.error_codes import ErrorCode
from floorbroker.domain.errors import AuthenticationFailed, BrokerError, SessionExpired
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


async def test_a_refused_renewal_ends_the_link_and_blocks_orders_before_anything_is_sent(
    house: House, provider: Provider, venue: Venue, clock: ManualClock
) -> None:
    link = await linked(house, provider)
    draft = await house.draft(limit="90.00")
    clock.advance(DUE)
    provider.revoke(ANNA)

    with pytest.raises(SessionExpired):
        await use(house, link)
    await house.supervisor.settled(SETTLED)
    with pytest.raises(SessionExpired, match="no longer accepts the access"):
        await house.confirm(draft)

    dead = await present(house, link)
    assert (dead.dead_code, dead.dead_since) == (ErrorCode.SESSION_EXPIRED, clock.now())
    assert venue.count("place_order") == 0
    assert provider.asked == 1


async def test_an_order_that_meets_a_refused_renewal_stays_a_draft(
    house: House, provider: Provider, venue: Venue, clock: ManualClock
) -> None:
    await linked(house, provider)
    clock.advance(DUE - 60)
    draft = await house.draft(limit="90.00")
    clock.advance(60)
    provider.revoke(ANNA)

    for _ in range(3):
        with pytest.raises(SessionExpired):
            await house.confirm(draft)

    assert (await house.stored(draft)).state is OrderState.DRAFT
    assert venue.count("place_order") == 0
    assert provider.asked == 1


async def test_fifty_who_meet_it_at_once_ask_once(
    house: House, provider: Provider, clock: ManualClock
) -> None:
    link = await linked(house, provider)
    await use(house, link)
    clock.advance(DUE)
    provider.revoke(ANNA)

    errors = await asyncio.gather(*(tried_use(house, link) for _ in range(50)))

    assert {type(error) for error in errors} == {SessionExpired}
    assert provider.asked == 1


async def test_who_comes_before_the_link_is_marked_does_not_ask_again(
    build: Build, venue: Venue, provider: Provider, store: FlakyDocuments, clock: ManualClock
) -> None:
    waiting = Waiting()
    house = build(venue=venue, scripted=SIGNED, provider=provider, pause=waiting)
    link = await linked(house, provider)
    await use(house, link)
    clock.advance(DUE)
    provider.revoke(ANNA)
    others: list[asyncio.Task[BrokerError | None]] = []

    async def another() -> None:
        others.append(asyncio.create_task(tried_use(house, link)))
        await waiting.begun.wait()

    async def while_it_is_claimed() -> None:
        store.before[WRITE] = another  # the next write is the mark

    store.before[WRITE] = while_it_is_claimed
    first = await tried_use(house, link)
    await house.supervisor.settled(SETTLED)

    assert isinstance(first, SessionExpired)
    assert [type(await other) for other in others] == [SessionExpired]
    assert provider.asked == 1
    assert (await present(house, link)).dead_since is not None


async def test_the_end_of_a_link_is_in_the_trail_once(
    house: House, provider: Provider, clock: ManualClock
) -> None:
    link = await linked(house, provider)
    clock.advance(DUE)
    provider.revoke(ANNA)

    for _ in range(3):
        await tried_use(house, link)
        await house.supervisor.settled(SETTLED)

    entries = await house.documents.find("audit", {}, order=("number", 1), limit=50)
    assert [entry["action"] for entry in entries].count("link_died") == 1


@pytest.mark.parametrize("open_already", [True, False])
async def test_what_a_refusal_repeats_of_the_token_is_hidden(
    house: House, provider: Provider, clock: ManualClock, open_already: bool
) -> None:
    link = await linked(house, provider)
    used = await stored(house, link)
    if open_already:
        await use(house, link)
    clock.advance(DUE)
    provider.revoke(ANNA)

    error = await tried_use(house, link)

    assert error is not None
    assert error.message == f"{HIDDEN} was used."
    assert not any(value in repr(error.args) for value in used.values())


async def test_signing_in_again_brings_a_dead_link_back(
    house: House, provider: Provider, clock: ManualClock
) -> None:
    link = await linked(house, provider)
    clock.advance(DUE)
    provider.revoke(ANNA)
    await tried_use(house, link)
    await house.supervisor.settled(SETTLED)

    again = await linked(house, provider, relinks=link.link_id)

    assert (again.link_id, again.dead_since, again.renewing_until) == (link.link_id, None, None)
    await use(house, link)
    assert provider.refused == 0


# Refused requests


async def test_an_order_refused_for_access_that_ended_early_does_not_end_the_link(
    house: House, provider: Provider, venue: Venue
) -> None:
    link = await linked(house, provider)
    draft = await house.draft(limit="90.00")
    provider.end_access()

    order = await house.confirm(draft)
    await house.supervisor.settled(SETTLED)

    assert (order.state, order.refusal) == (
        OrderState.REJECTED,
        ErrorCode.AUTHENTICATION_FAILED,
    )
    assert (await present(house, link)).dead_since is None
    assert (await house.bought(limit="90.00")).state is OrderState.ACCEPTED
    assert venue.count("place_order") == 1


async def test_a_link_that_died_of_refused_requests_can_be_tried_out_when_its_access_is_due(
    house: House, provider: Provider, venue: Venue, clock: ManualClock
) -> None:
    link = await linked(house, provider)
    venue.failing["positions"] = AuthenticationFailed(broker="alpaca")
    await tried_use(house, link)
    await house.supervisor.settled(SETTLED)
    assert (await present(house, link)).dead_since is not None
    venue.failing.clear()
    clock.advance(DUE)

    accounts, failed = await house.accounts.accounts(ANNA, anew=True)

    assert (len(accounts), failed) == (1, [])
    assert (await present(house, link)).dead_since is None
    assert provider.renewals == 1
