"""A renewal without an answer ends nothing: the next use asks again."""

import asyncio
from datetime import timedelta

import pytest

from floorbroker.brokers.shared.grants import ApplicationRefused
from floorbroker.domain.error_codes import ErrorCode
from floorbroker.domain.errors import (
    ApiError,
    BrokerConnectionError,
    BrokerError,
    BrokerTimeout,
    RateLimited,
    SessionExpired,
)
from floorbroker.storage.documents import Documents
from tests.fakes.clock import ManualClock
from tests.fakes.exchange.venue import Venue
from tests.fakes.signed.provider import Provider
from tests.floor import SIGNED, House
from tests.rotating import NEW, Process, changed, process
from tests.services.conftest import Build
from tests.services.signed_in import DUE, Waiting, linked, present, tried_use, use

SETTLED = timedelta(seconds=5)


@pytest.fixture
def provider(clock: ManualClock) -> Provider:
    return Provider(clock)


@pytest.fixture
def house(build: Build, venue: Venue, provider: Provider, clock: ManualClock) -> House:
    return build(venue=venue, scripted=SIGNED, provider=provider, pause=Waiting(clock))


@pytest.fixture
def other(documents: Documents) -> Process:
    """Another process, which changes links."""
    return process(documents, NEW)


@pytest.mark.parametrize(
    "failure", [BrokerTimeout, BrokerConnectionError, ApiError, RateLimited, ApplicationRefused]
)
async def test_a_renewal_without_an_answer_is_not_the_end_and_the_next_use_asks_again(
    house: House, provider: Provider, clock: ManualClock, failure: type[BrokerError]
) -> None:
    link = await linked(house, provider)
    await use(house, link)
    clock.advance(DUE)
    provider.before = failure(broker="alpaca")
    assert type(await tried_use(house, link)) is failure
    await house.supervisor.settled(SETTLED)
    assert (await present(house, link)).dead_since is None
    provider.before, now = None, clock.now()

    await use(house, link)

    assert (provider.asked, provider.renewals, provider.refused) == (2, 1, 0)
    assert clock.now() == now  # and nobody waited for a claim that was over


async def test_the_next_use_asks_at_once_although_the_link_was_changed_meanwhile(
    house: House, provider: Provider, clock: ManualClock, other: Process
) -> None:
    link = await linked(house, provider)
    await use(house, link)
    clock.advance(DUE)
    provider.held_before = asyncio.Event()
    provider.before = BrokerTimeout(broker="alpaca")
    waiting = asyncio.create_task(tried_use(house, link))
    await provider.was_asked(1)
    await changed(other, link, label="renamed")
    provider.held_before.set()
    assert isinstance(await waiting, BrokerTimeout)
    provider.before, now = None, clock.now()

    await use(house, link)

    assert clock.now() == now
    assert (await present(house, link)).label == "renamed"


async def test_a_timeout_after_which_the_old_token_is_dead_is_told_when_it_is_known(
    house: House, provider: Provider, clock: ManualClock
) -> None:
    link = await linked(house, provider)
    await use(house, link)
    clock.advance(DUE)
    provider.after = BrokerTimeout(broker="alpaca")

    first = await tried_use(house, link)
    await house.supervisor.settled(SETTLED)
    alive = (await present(house, link)).dead_since is None
    provider.after = None
    second = await tried_use(house, link)
    await house.supervisor.settled(SETTLED)

    assert isinstance(first, BrokerTimeout)
    assert alive
    assert isinstance(second, SessionExpired)
    assert (await present(house, link)).dead_code is ErrorCode.SESSION_EXPIRED


async def test_a_timeout_where_nothing_rotates_costs_nothing(
    house: House, provider: Provider, clock: ManualClock
) -> None:
    provider.rotates = False
    link = await linked(house, provider)
    await use(house, link)
    clock.advance(DUE)
    provider.after = BrokerTimeout(broker="alpaca")
    await tried_use(house, link)
    provider.after = None

    await use(house, link)

    assert (provider.renewals, provider.refused) == (2, 0)
