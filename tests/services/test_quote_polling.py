"""A broker that streams nothing is asked politely: in turns, slower where it says so."""

import asyncio
from datetime import timedelta
from decimal import Decimal

import pytest

from floorbroker.domain.errors import (
    ApiError,
    AuthenticationFailed,
    NotLinked,
    NotSupported,
    RateLimited,
    SessionExpired,
    StoreUnavailable,
)
from floorbroker.domain.instruments import Instrument
from floorbroker.domain.people import Link
from floorbroker.services.quote_streams import QuoteStreams
from floorbroker.services.quote_upstream import BURST
from tests.fakes.exchange.venue import Venue
from tests.fakes.flaky_documents import FlakyDocuments
from tests.floor import ANNA, SECOND, House
from tests.services.conftest import Build
from tests.services.following import APPLE, Rests, hub_of, next_of, nothing_left, paper


@pytest.fixture
def house(build: Build, venue: Venue) -> House:
    return build(second=venue)


@pytest.fixture
def rests(house: House) -> Rests:
    return Rests(house.clock)


async def test_it_is_asked_every_few_seconds_and_tells_what_is_new(
    house: House, venue: Venue, rests: Rests
) -> None:
    hub, link = hub_of(house, rests), await house.link(broker=SECOND)

    async with nothing_left(house), hub.subscribe(link, APPLE) as events:
        first = await next_of(events)
        venue.last = Decimal("101.00")
        pause = await rests.passes()
        second = await next_of(events)

    assert (first.event.last, second.event.last) == (100, 101)
    assert not first.pushed
    assert pause == 5


async def test_a_price_that_stays_the_same_is_no_news(
    house: House, venue: Venue, rests: Rests
) -> None:
    hub, link = hub_of(house, rests), await house.link(broker=SECOND)
    venue.quoted_at = house.clock.now()
    async with hub.subscribe(link, APPLE) as events:
        await next_of(events)
        for _ in range(3):
            await rests.passes()
        await venue.heard("quote", 4)
        venue.quoted_at, venue.last = house.clock.now(), Decimal(105)
        await rests.passes()

        assert (await next_of(events)).event.last == 105


async def test_a_price_of_a_time_to_come_does_not_keep_out_those_after_it(
    house: House, venue: Venue, rests: Rests
) -> None:
    hub, link = hub_of(house, rests), await house.link(broker=SECOND)
    venue.quoted_at = house.clock.now() + timedelta(hours=1)
    async with hub.subscribe(link, APPLE) as events:
        await next_of(events)
        venue.quoted_at, venue.last = None, Decimal(105)
        await rests.passes()

        assert (await next_of(events)).event.last == 105


async def test_a_few_symbols_of_a_link_are_asked_for_at_once_the_others_in_turns(
    house: House, venue: Venue, rests: Rests
) -> None:
    hub, link = hub_of(house, rests), await house.link(broker=SECOND)
    symbols = [paper(f"T{number}") for number in range(BURST + 4)]
    begun = [asyncio.ensure_future(_first(hub, link, one)) for one in symbols]
    await venue.heard("quote", BURST)

    pauses = [rests.next() for _ in range(BURST + 4)]
    waited = sorted([await one for one in pauses])
    for one in begun:
        one.cancel()
    await asyncio.gather(*begun, return_exceptions=True)

    assert waited == [1, 2, 3, 4, *[5] * BURST]


async def test_who_looks_again_and_again_is_no_newcomer(
    house: House, venue: Venue, rests: Rests
) -> None:
    hub, link = hub_of(house, rests), await house.link(broker=SECOND)
    for _ in range(BURST):
        async with hub.subscribe(link, APPLE) as events:
            await next_of(events)
            assert await rests.next() == 5

    async with hub.subscribe(link, APPLE):
        assert await rests.next() == 1
    house.clock.advance(60)
    async with hub.subscribe(link, APPLE) as events:
        assert await next_of(events)


async def test_who_says_that_it_is_too_much_is_asked_less(
    house: House, venue: Venue, rests: Rests
) -> None:
    hub, link = hub_of(house, rests), await house.link(broker=SECOND)
    venue.failing["quote"] = RateLimited(broker="alpaca", retry_after=timedelta(seconds=30))
    async with hub.subscribe(link, APPLE) as events:
        pauses = [await rests.passes() for _ in range(2)]
        trouble = events.trouble
        del venue.failing["quote"]
        await rests.passes()

        assert await next_of(events)
    assert sum(pauses) == 30
    assert isinstance(trouble, RateLimited)


async def test_failures_that_pass_are_asked_about_ever_more_rarely(
    house: House, venue: Venue, rests: Rests
) -> None:
    hub, link = hub_of(house, rests), await house.link(broker=SECOND)
    venue.failing["quote"] = ApiError(broker="alpaca")
    async with hub.subscribe(link, APPLE) as events:
        pauses = [await rests.passes() for _ in range(5)]
        venue.failing.clear()
        await rests.passes()
        await next_of(events)
        again = await rests.passes()

    assert pauses == [10, 20, 40, 60, 60]
    assert again == 5


@pytest.mark.parametrize("error", [NotSupported(), AuthenticationFailed(), SessionExpired()])
async def test_what_lasts_ends_the_subscription_with_its_own_words(
    house: House, venue: Venue, rests: Rests, error: Exception
) -> None:
    hub, link = hub_of(house, rests), await house.link(broker=SECOND)
    venue.failing["quote"] = error

    async with nothing_left(house), hub.subscribe(link, APPLE) as events:
        with pytest.raises(type(error)):
            await next_of(events)
    assert venue.count("quote") == 1


async def test_after_a_lasting_failure_the_next_subscriber_begins_anew(
    house: House, venue: Venue, rests: Rests
) -> None:
    hub, link = hub_of(house, rests), await house.link(broker=SECOND)
    venue.failing["quote"] = NotSupported()
    async with hub.subscribe(link, APPLE) as failed:
        with pytest.raises(NotSupported):
            await next_of(failed)
        venue.failing.clear()

        async with hub.subscribe(link, APPLE) as events:
            assert (await next_of(events)).event.last == 100
            assert hub.upstreams == 1
    assert hub.upstreams == 0


async def test_a_removed_link_is_asked_no_more(house: House, venue: Venue, rests: Rests) -> None:
    hub, link = hub_of(house, rests), await house.link(broker=SECOND)
    async with hub.subscribe(link, APPLE) as events:
        await next_of(events)
        await house.links.remove(ANNA, link.link_id)
        await rests.passes()

        with pytest.raises(NotLinked):
            await next_of(events)
    assert venue.count("quote") == 1
    assert not house.sessions.is_open(link.link_id)


async def test_a_store_that_fails_for_a_moment_costs_a_question_only(
    house: House, venue: Venue, rests: Rests, store: FlakyDocuments
) -> None:
    hub, link = hub_of(house, rests), await house.link(broker=SECOND)
    async with hub.subscribe(link, APPLE) as events:
        await next_of(events)
        store.fail("get", "links")
        await rests.passes()
        await rests.passes()
        trouble = events.trouble
        store.recover()
        venue.last = Decimal(105)
        await rests.passes()

        assert (await next_of(events)).event.last == 105
    assert isinstance(trouble, StoreUnavailable)


async def _first(hub: QuoteStreams, link: Link, instrument: Instrument) -> None:
    async with hub.subscribe(link, instrument) as events:
        await next_of(events)
        await asyncio.Event().wait()
