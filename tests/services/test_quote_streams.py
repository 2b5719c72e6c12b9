"""One upstream a link and instrument: shared, ended with the last subscriber, one person's own."""

import asyncio
from dataclasses import replace
from datetime import UTC, timedelta
from decimal import Decimal

import pytest

from floorbroker.domain.errors import (
    BrokerConnectionError,
    Busy,
    NotLinked,
    RateLimited,
)
from floorbroker.domain.market import EventType, MarketEvent
from floorbroker.services.quote_feed import Heard, Subscription
from floorbroker.services.quote_upstream import BURST, Patience
from floorbroker.storage.codec import to_document
from tests.fakes.clock import NOON
from tests.floor import ANNA, BEN, House
from tests.services.conftest import Build
from tests.services.following import (
    APPLE,
    Breaking,
    Rests,
    hub_of,
    next_of,
    nothing_left,
    paper,
    paper_of,
    sample,
)


@pytest.fixture
def market() -> Breaking:
    return Breaking()


@pytest.fixture
def house(build: Build, market: Breaking) -> House:
    return build(faults=market, push_seconds=0.001)


@pytest.fixture
def rests(house: House) -> Rests:
    return Rests(house.clock)


async def test_two_subscribers_share_an_upstream_and_the_last_one_ends_it(house: House) -> None:
    hub, link = hub_of(house), await paper_of(house)

    async with nothing_left(house), hub.subscribe(link, APPLE) as first:
        async with hub.subscribe(link, APPLE) as second:
            heard = await next_of(first), await next_of(second)
            together = hub.upstreams
        alone = hub.upstreams
        house.clock.advance(10)
        later = await next_of(first)

    assert heard[0] is heard[1]
    assert (together, alone, hub.upstreams) == (1, 1, 0)
    assert later.event.timestamp > heard[0].event.timestamp
    assert sample(house, "market_streams") == 0


async def test_a_price_that_is_known_is_heard_at_once(house: House) -> None:
    hub, link = hub_of(house), await paper_of(house)

    async with hub.subscribe(link, APPLE) as first:
        known = await next_of(first)
        async with hub.subscribe(link, APPLE) as second:
            assert await next_of(second) is known


async def test_two_people_never_share_an_upstream(house: House) -> None:
    hub = hub_of(house)
    annas, bens = await paper_of(house), await paper_of(house, BEN)

    async with hub.subscribe(annas, APPLE) as hers, hub.subscribe(bens, APPLE) as his:
        await next_of(hers)
        await next_of(his)

        assert hub.upstreams == 2
        assert house.sessions.number_open == 2


async def test_whoever_is_slow_finds_the_latest_price_only(house: House) -> None:
    hub, link = hub_of(house), await paper_of(house)
    async with hub.subscribe(link, APPLE) as quick, hub.subscribe(link, APPLE) as slow:
        await next_of(quick)
        for _ in range(20):
            house.clock.advance(10)
            last = await next_of(quick)

        assert await next_of(slow) is last


async def test_an_event_has_the_form_that_was_asked_for(house: House) -> None:
    hub, link = hub_of(house), await paper_of(house)

    async with hub.subscribe(link, APPLE) as events:
        heard = await next_of(events)

    event = heard.event
    assert (event.type, event.symbol, event.timestamp.tzinfo) == (EventType.QUOTE, "AAPL", UTC)
    assert all(isinstance(one, Decimal) for one in (event.bid, event.ask, event.last))
    document = to_document(event)
    asked = {"type", "symbol", "timestamp", "bid", "ask", "last", "volume", "source"}
    assert document.keys() - asked == {"delayed", "halted"}
    assert document["timestamp"].endswith("Z")
    assert heard.pushed
    assert heard.took.total_seconds() >= 0


def test_the_price_of_an_event_is_the_last_one_or_lies_between_bid_and_ask() -> None:
    event = MarketEvent(
        type=EventType.QUOTE,
        symbol="EUR/USD",
        timestamp=NOON,
        bid=Decimal("1.08"),
        ask=Decimal("1.10"),
        last=None,
        volume=None,
        source="x",
    )

    assert event.price == Decimal("1.09")
    assert replace(event, last=Decimal("1.085")).price == Decimal("1.085")
    assert replace(event, bid=None).price is None


async def test_a_stream_that_breaks_is_tried_again_ever_more_rarely_and_asked_meanwhile(
    house: House, market: Breaking, rests: Rests
) -> None:
    hub, link = hub_of(house, rests), await paper_of(house)
    async with hub.subscribe(link, APPLE) as events:
        await next_of(events)
        market.error = BrokerConnectionError(broker="paper")
        pauses = [await rests.passes() for _ in range(4)]
        trouble = events.trouble
        market.error = None
        while not (await _next_or_pause(events, rests)).pushed:
            house.clock.advance(1)

        assert isinstance(trouble, BrokerConnectionError)
        assert pauses == [5, 10, 20, 40]
        assert events.trouble is None


async def test_a_removed_link_ends_its_subscriptions_and_is_opened_no_more(house: House) -> None:
    hub, link = hub_of(house), await paper_of(house)
    async with hub.subscribe(link, APPLE) as events:
        await next_of(events)

        await house.links.remove(ANNA, link.link_id)

        with pytest.raises(NotLinked):
            await _to_the_end(events)
    assert not house.sessions.is_open(link.link_id)
    assert hub.upstreams == 0


async def test_a_session_that_is_closed_is_followed_by_a_new_one(
    house: House, rests: Rests
) -> None:
    hub, link = hub_of(house, rests), await paper_of(house)
    async with hub.subscribe(link, APPLE) as events:
        before = await next_of(events)

        await house.sessions.close(link.link_id)
        house.clock.advance(10)
        after = await _next_or_pause(events, rests)

        assert after.event.timestamp > before.event.timestamp
        assert house.sessions.is_open(link.link_id)


async def test_a_link_that_was_linked_anew_elsewhere_is_followed_with_its_new_credential(
    house: House, rests: Rests
) -> None:
    patience = Patience(pause=rests, first_look=0.01, quiet=0.01)
    hub, link = hub_of(house, patience=patience), await paper_of(house)
    async with hub.subscribe(link, APPLE) as events:
        await next_of(events)
        first = house.sessions.over(link.link_id)

        house.clock.advance(10)
        stored = await house.accounts.link(ANNA, link.link_id)
        assert await house.stored_people.save_link(replace(stored, linked_at=house.clock.now()))
        await asyncio.wait_for(first.wait(), 10)
        assert await _next_or_pause(events, rests)

        assert not house.sessions.over(link.link_id).is_set()


async def test_one_person_follows_so_much_and_is_told_that_it_is_too_much(house: House) -> None:
    hub, link = hub_of(house, most_of_one=2), await paper_of(house)
    bens = await paper_of(house, BEN)

    async with hub.subscribe(link, APPLE), hub.subscribe(link, paper("MSFT")):
        with pytest.raises(Busy, match="as many prices"):
            async with hub.subscribe(link, paper("TSLA")):
                pass
        async with hub.subscribe(bens, APPLE):
            assert hub.upstreams == 3
    async with hub.subscribe(link, paper("TSLA")):
        assert hub.upstreams == 1


async def test_all_people_together_follow_so_many_links(house: House) -> None:
    hub, link = hub_of(house, most_links=1), await paper_of(house)
    bens = await paper_of(house, BEN)

    async with hub.subscribe(link, APPLE), hub.subscribe(link, paper("MSFT")):
        with pytest.raises(Busy, match="Too many people"):
            async with hub.subscribe(bens, APPLE):
                pass
    async with hub.subscribe(bens, APPLE):
        assert hub.upstreams == 1


async def test_the_end_of_the_process_ends_every_subscription(house: House) -> None:
    hub, link = hub_of(house), await paper_of(house)
    async with hub.subscribe(link, APPLE) as events:
        await next_of(events)

        await house.supervisor.stop()

        with pytest.raises(StopAsyncIteration):
            await _to_the_end(events)
    with pytest.raises(Busy):
        async with hub.subscribe(link, APPLE):
            pass


async def test_how_old_prices_are_and_what_the_process_adds_is_measured(house: House) -> None:
    hub, link = hub_of(house), await paper_of(house)
    async with hub.subscribe(link, APPLE) as events:
        await next_of(events)
        house.clock.advance(10)
        await next_of(events)

    assert sample(house, "market_event_seconds_count", broker="paper") == 1
    assert sample(house, "market_delivery_seconds_count") == 2


async def test_questions_beside_a_stream_that_is_silent_take_their_turns(
    build: Build, market: Breaking
) -> None:
    house = build(faults=market, push_seconds=1000)
    rests = Rests(house.clock)
    patience = Patience(pause=rests, first_look=0.01, quiet=0.01)
    hub, link = hub_of(house, patience=patience), await paper_of(house)

    async with hub.subscribe(link, APPLE):
        pause = await rests.next()

    assert pause == 1
    assert market.operations.count("quote") == 1 + BURST  # the stream's own, and the questions


async def test_who_says_beside_a_stream_that_it_is_too_much_is_asked_less(
    build: Build, market: Breaking
) -> None:
    house = build(faults=market, push_seconds=1000)
    rests = Rests(house.clock)
    patience = Patience(pause=rests, first_look=0.05, quiet=0.05)
    hub, link = hub_of(house, patience=patience), await paper_of(house)

    async with hub.subscribe(link, APPLE) as events:
        await next_of(events)
        market.error = RateLimited(broker="paper", retry_after=timedelta(seconds=30))

        assert 30 <= await rests.next() <= 31


async def _to_the_end(events: Subscription) -> None:
    while True:
        await next_of(events)


async def _next_or_pause(events: Subscription, rests: Rests) -> Heard:
    """The next event; pauses meanwhile pass."""
    waiting = asyncio.ensure_future(next_of(events))
    while not waiting.done():
        passing = asyncio.ensure_future(rests.passes())
        await asyncio.wait({waiting, passing}, return_when=asyncio.FIRST_COMPLETED)
        passing.cancel()
        await asyncio.gather(passing, return_exceptions=True)
    return waiting.result()
