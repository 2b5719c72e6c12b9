"""Many who need the same access renewed at once: one asks, and all are served."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta

import pytest

from floorbroker.storage.documents import Document, Documents
from tests.fakes.clock import ManualClock
from tests.fakes.exchange.venue import ACCOUNT, Venue
from tests.fakes.flaky_documents import FlakyDocuments
from tests.fakes.signed.provider import Provider
from tests.floor import SIGNED, House
from tests.services.conftest import Build
from tests.services.signed_in import DUE, Waiting, linked, stored, use

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


async def test_fifty_uses_at_once_renew_once_and_nobody_looks_at_the_clock(
    house: House, provider: Provider, clock: ManualClock, waiting: Waiting
) -> None:
    link = await linked(house, provider)
    await use(house, link)
    clock.advance(DUE)

    await asyncio.gather(*(use(house, link) for _ in range(50)))

    assert (provider.asked, provider.reused, provider.refused) == (1, 0, 0)
    assert not waiting.begun.is_set()


async def test_fifty_whose_access_was_refused_at_once_renew_once(
    house: House, provider: Provider
) -> None:
    link = await linked(house, provider)
    await use(house, link)
    provider.end_access()

    await asyncio.gather(*(use(house, link) for _ in range(50)))

    assert (provider.asked, provider.reused) == (1, 0)


async def test_an_adapter_apart_and_a_lease_renew_once_between_them(
    house: House, provider: Provider, clock: ManualClock
) -> None:
    link = await linked(house, provider)
    clock.advance(DUE)

    async with house.sessions.apart(link) as adapter:
        await asyncio.gather(adapter.connect(), use(house, link))
        await adapter.positions(ACCOUNT)

    assert (provider.asked, provider.refused) == (1, 0)


class Gate(FlakyDocuments):
    """Keeps what it has read until it is opened."""

    def __init__(self, engine: Documents) -> None:
        super().__init__(engine)
        self.shut: asyncio.Event | None = None
        self.reached = asyncio.Event()

    async def get(self, collection: str, document_id: str) -> Document | None:
        found = await super().get(collection, document_id)
        if self.shut is not None:
            self.reached.set()
            await self.shut.wait()
        return found


@pytest.mark.timeout(20)
async def test_who_comes_in_the_very_moment_in_which_another_is_served_asks_for_himself(
    build: Build, documents: Documents, venue: Venue, provider: Provider
) -> None:
    gate = Gate(documents)
    house = build(on=gate, venue=venue, scripted=SIGNED, provider=provider)
    link = await linked(house, provider)
    given = await stored(house, link)
    opened = gate.shut = asyncio.Event()

    async def whose_access_is_refused() -> Mapping[str, str]:
        await opened.wait()  # behind the other one, which is done then, and not yet forgotten
        gate.shut = None
        return (await house.renewals.renewed(link, given, refused=True))[1]

    first = asyncio.create_task(house.renewals.renewed(link, {}, refused=False))
    await gate.reached.wait()
    second = asyncio.create_task(whose_access_is_refused())
    await asyncio.sleep(0)
    opened.set()

    assert (await first)[1] == given
    assert await second != given
    assert provider.asked == 1
