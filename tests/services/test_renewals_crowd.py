"""Fifty people trade through several lives of their access: nobody's order is lost to a renewal."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from typing import Final

import pytest
import pytest_asyncio

from floorbroker.domain.ids import UserId
from floorbroker.domain.order import Order
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import Receipt
from floorbroker.domain.people import Link
from tests.fakes.clock import ManualClock
from tests.fakes.exchange.venue import Venue, accepted
from tests.fakes.signed.provider import Provider
from tests.floor import SIGNED, House, caller, settings
from tests.services.conftest import Build
from tests.services.signed_in import Waiting, linked, present, stored

PEOPLE: Final = tuple(UserId(f"2000000000000000{number:02}") for number in range(50))
ROUNDS: Final = 6
STEP: Final = (15 * 60, 25 * 60)
"""Seconds between two rounds: access is renewed after twenty-five minutes, so some do in each."""


class Crowd:
    """People at two processes that share a store, a site and a venue."""

    def __init__(self, houses: tuple[House, House], provider: Provider, seed: int) -> None:
        """`seed` says who does what when."""
        self.houses = houses
        self.provider = provider
        self.luck = random.Random(seed)
        self.links: dict[UserId, Link] = {}
        self.orders: list[Order] = []

    async def sign_in(self) -> None:
        """Everybody signs in, at moments of their own."""
        for person in PEOPLE:
            self.links[person] = await linked(self.houses[0], self.provider, person)
            self.houses[0].clock.advance(self.luck.randrange(60))

    async def round(self) -> None:
        """Everybody trades, some of them twice at once; then a while passes."""
        trading = [self._trade(person) for person in PEOPLE]
        trading += [self._trade(self.luck.choice(PEOPLE)) for _ in range(20)]
        self.luck.shuffle(trading)
        self.orders += await asyncio.gather(*trading)
        self.houses[0].clock.advance(self.luck.randrange(*STEP))
        await self.luck.choice(self.houses).sessions.close_idle()

    async def _trade(self, person: UserId) -> Order:
        """Review and Confirm may be at different processes, and the clock goes on meanwhile."""
        clock, by = self.houses[0].clock, caller(person)
        await self._idle()
        draft = await self.luck.choice(self.houses).draft(by, limit="90.00")
        clock.advance(self.luck.random() / 5)
        await self._idle()
        return await self.luck.choice(self.houses).confirm(draft, by)

    async def _idle(self) -> None:
        for _ in range(self.luck.randrange(20)):
            await asyncio.sleep(0)


@pytest.fixture
def placed(venue: Venue) -> Counter[str]:
    """How often each order reached the venue."""
    counted: Counter[str] = Counter()

    def place(order: Order) -> Receipt:
        counted[order.order_id] += 1
        return accepted(f"X-{order.order_id}")

    venue.on_place = place
    return counted


@pytest.fixture
def provider(clock: ManualClock) -> Provider:
    return Provider(clock)


@pytest_asyncio.fixture
async def crowd(
    request: pytest.FixtureRequest, build: Build, venue: Venue, provider: Provider
) -> AsyncIterator[Crowd]:
    # The clock of all moves while an order is on its way, which is no time at all for a broker.
    chosen = settings(order_deadline_seconds=30, claim_seconds=120, review_seconds=600)
    parts = {"venue": venue, "scripted": SIGNED, "provider": provider, "chosen": chosen}
    houses = (build(**parts, pause=Waiting()), build(**parts, pause=Waiting()))
    crowd = Crowd(houses, provider, request.param)
    await crowd.sign_in()
    yield crowd


@pytest.mark.parametrize("crowd", [1], indirect=True)
async def test_every_order_is_taken_once_and_nobodys_access_is_used_for_another(
    crowd: Crowd, provider: Provider, placed: Counter[str]
) -> None:
    for _ in range(ROUNDS):
        await crowd.round()

    assert {order.state for order in crowd.orders} == {OrderState.ACCEPTED}
    assert placed == Counter(order.order_id for order in crowd.orders)
    assert (provider.refused, provider.reused) == (0, 0)
    assert provider.asked == provider.renewals >= 2 * len(PEOPLE)
    assert {by for by, _ in provider.uses} == set(PEOPLE)
    assert all(by == owner for by, owner in provider.uses)
    for person, link in crowd.links.items():
        given = await stored(crowd.houses[1], link)
        assert all(value.endswith(f"-of-{person}") for value in given.values())
        assert (await present(crowd.houses[0], link)).renewing_until is None


@pytest.mark.parametrize("crowd", [3], indirect=True)
async def test_people_whose_access_is_taken_back_fail_alone(
    crowd: Crowd, provider: Provider, placed: Counter[str], clock: ManualClock
) -> None:
    await crowd.round()
    revoked = frozenset(PEOPLE[::7])
    for person in revoked:
        provider.revoke(person)
    clock.advance(2 * STEP[1])

    async def trade(person: UserId) -> Order:
        by, house = caller(person), crowd.luck.choice(crowd.houses)
        return await house.confirm(await house.draft(by, limit="90.00"), by)

    answers = await asyncio.gather(*(trade(person) for person in PEOPLE), return_exceptions=True)

    took = {
        person
        for person, answer in zip(PEOPLE, answers, strict=True)
        if isinstance(answer, Order) and answer.state is OrderState.ACCEPTED
    }
    assert took == set(PEOPLE) - revoked
    assert set(placed.values()) == {1}
    assert all(by == owner for by, owner in provider.uses)
