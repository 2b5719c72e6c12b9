"""What a broker pushes wakes the look at that order; it is believed only once it was looked at."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import cast

import pytest

from floorbroker.brokers.port import BrokerAdapter, OrderNews
from floorbroker.domain.errors import ApiError, BrokerConnectionError
from floorbroker.domain.ids import BrokerId, LinkId, OrderId
from floorbroker.domain.order import Order
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.people import Link
from floorbroker.services.pushed_news import PushedNews
from tests.fakes.clock import ManualClock
from tests.fakes.exchange.venue import Venue, accepted, filled
from tests.floor import BEN, House
from tests.services.conftest import Build

PUSHES = BrokerId("ibkr")
SILENT = BrokerId("webull")


class Stream:
    """An adapter of which only the stream is used."""

    def __init__(self) -> None:
        self.listeners = 0
        self._news: asyncio.Queue[OrderNews | BrokerConnectionError] = asyncio.Queue()

    def push(self, order_id: OrderId) -> None:
        self._news.put_nowait(OrderNews(order_id=order_id, receipt=accepted("untrue")))

    def breaks(self) -> None:
        self._news.put_nowait(BrokerConnectionError(broker=PUSHES))

    async def order_events(self) -> AsyncIterator[OrderNews]:
        self.listeners += 1
        while True:
            news = await self._news.get()
            if isinstance(news, BrokerConnectionError):
                raise news
            yield news


@pytest.fixture
def house(build: Build, venue: Venue) -> House:
    return build(venue=venue)


@pytest.fixture
def stream() -> Stream:
    return Stream()


@pytest.fixture
def news(house: House) -> PushedNews:
    return PushedNews(
        house.stored_orders, house.reconciler, house.supervisor, house.clock, pauses=(0.0, 0.0)
    )


async def listening(
    house: House, news: PushedNews, stream: Stream
) -> tuple[Link, "asyncio.Task[None]"]:
    link = replace(await house.link(), broker=PUSHES)
    task = news.listen(link, cast("BrokerAdapter", stream))
    assert task is not None
    return link, task


async def looked(house: House) -> None:
    """Until whatever was pushed has been looked at."""
    for _ in range(10):
        await asyncio.sleep(0)
    await house.supervisor.settled(timedelta(seconds=5))


def fills(venue: Venue, order: Order, house: House) -> None:
    assert order.broker_order_id is not None
    venue.book[order.order_id] = filled(order.broker_order_id, Decimal(10), house.clock.now())


async def test_a_push_leads_to_a_look_at_once(
    house: House, news: PushedNews, stream: Stream, venue: Venue
) -> None:
    await listening(house, news, stream)
    order = await house.resting()
    fills(venue, order, house)

    stream.push(order.order_id)
    await looked(house)

    assert (await house.stored(order)).state is OrderState.FILLED
    assert venue.count("find_order") == 1


async def test_what_was_pushed_is_not_believed(
    house: House, news: PushedNews, stream: Stream
) -> None:
    await listening(house, news, stream)
    order = await house.resting()

    stream.push(order.order_id)
    await looked(house)

    assert (await house.stored(order)).broker_order_id == order.broker_order_id


async def test_many_pushes_at_once_lead_to_no_more_than_two_looks(
    house: House, news: PushedNews, stream: Stream, venue: Venue
) -> None:
    await listening(house, news, stream)
    order = await house.resting()

    for _ in range(20):
        stream.push(order.order_id)
    await looked(house)

    assert 1 <= venue.count("find_order") <= 2


async def test_no_more_links_than_there_are_places_are_listened_to_at_once(house: House) -> None:
    news = PushedNews(house.stored_orders, house.reconciler, house.supervisor, house.clock, most=1)
    first, second = Stream(), Stream()
    link, task = await listening(house, news, first)
    news.listen(link, cast("BrokerAdapter", second))
    await looked(house)
    before = (first.listeners, second.listeners)

    task.cancel()
    await looked(house)

    assert before == (1, 0)
    assert second.listeners == 1


async def test_a_push_during_a_look_leads_to_another_one(
    house: House, news: PushedNews, stream: Stream, venue: Venue
) -> None:
    await listening(house, news, stream)
    order = await house.resting()
    venue.blocked["find_order"] = asyncio.Event()
    stream.push(order.order_id)
    await venue.heard("find_order")

    stream.push(order.order_id)
    for _ in range(10):
        await asyncio.sleep(0)
    venue.blocked.pop("find_order").set()
    await looked(house)

    assert venue.count("find_order") == 2


async def test_orders_of_others_and_of_other_links_are_not_looked_at(
    house: House, news: PushedNews, stream: Stream, venue: Venue
) -> None:
    await listening(house, news, stream)
    await house.link(BEN)
    foreign = await house.resting(BEN)
    own = await house.resting()
    elsewhere = replace(own, link_id=LinkId("another"))
    assert await house.stored_orders.advance(await house.stored(own), elsewhere) is not None

    for order in (foreign, own):
        stream.push(order.order_id)
    stream.push(OrderId("0" * 18))
    await looked(house)

    assert venue.count("find_order") == 0


async def test_an_order_at_its_end_is_not_looked_at(
    house: House, news: PushedNews, stream: Stream, venue: Venue
) -> None:
    venue.on_place = lambda one: filled(f"X-{one.order_id}", Decimal(10), house.clock.now())
    await listening(house, news, stream)
    order = await house.bought()
    assert order.state is OrderState.FILLED

    stream.push(order.order_id)
    await looked(house)

    assert venue.count("find_order") == 0


async def test_a_look_that_fails_leaves_the_order_to_the_next_poll(
    house: House, news: PushedNews, stream: Stream, venue: Venue
) -> None:
    _, task = await listening(house, news, stream)
    order = await house.resting()
    venue.failing["find_order"] = ApiError(broker=PUSHES)

    stream.push(order.order_id)
    await looked(house)

    assert not task.done()
    assert (await house.stored(order)).check_at is not None


async def test_while_somebody_awaits_an_answer_the_push_waits(
    house: House, news: PushedNews, stream: Stream, venue: Venue
) -> None:
    await listening(house, news, stream)
    draft = await house.draft(limit="90.00")
    venue.blocked["place_order"] = asyncio.Event()
    click = asyncio.ensure_future(house.confirm(draft))
    await venue.heard("place_order")

    stream.push(draft.order_id)
    for _ in range(50):
        await asyncio.sleep(0)
    looks = venue.count("find_order")
    venue.blocked.pop("place_order").set()
    await click

    assert looks == 0


async def test_a_broker_that_pushes_nothing_is_not_listened_to(
    house: House, news: PushedNews, stream: Stream
) -> None:
    link = replace(await house.link(), broker=SILENT)

    assert news.listen(link, cast("BrokerAdapter", stream)) is None
    assert stream.listeners == 0


async def test_listening_ends_with_the_process_and_holds_up_no_drain(
    house: House, news: PushedNews, stream: Stream
) -> None:
    _, task = await listening(house, news, stream)
    await asyncio.sleep(0)

    assert await house.supervisor.drain(timedelta(seconds=5)) == 0
    await house.supervisor.stop()

    assert task.cancelled()


class Rests:
    """How long somebody rests, without resting; ends after the last of them."""

    def __init__(self, most: int) -> None:
        self.taken: list[float] = []
        self.over = asyncio.Event()
        self._most = most

    async def __call__(self, seconds: float) -> None:
        self.taken.append(seconds)
        if len(self.taken) >= self._most:
            self.over.set()
            await asyncio.Event().wait()
        await asyncio.sleep(0)


class Lost(Stream):
    """A gateway that is gone: every attempt to listen fails at once."""

    def __init__(self, clock: ManualClock) -> None:
        super().__init__()
        self.clock = clock
        self.stands_at: int | None = None

    async def order_events(self) -> AsyncIterator[OrderNews]:
        self.listeners += 1
        if self.listeners == self.stands_at:
            self.clock.advance(3600)
        raise BrokerConnectionError(broker=PUSHES)
        yield  # a generator


async def test_a_gateway_that_stays_lost_is_asked_ever_more_rarely(house: House) -> None:
    rests = Rests(9)
    news = PushedNews(
        house.stored_orders, house.reconciler, house.supervisor, house.clock, pause=rests
    )

    await listening(house, news, Lost(house.clock))
    await asyncio.wait_for(rests.over.wait(), timeout=5)

    assert rests.taken == [5, 10, 20, 40, 80, 160, 300, 300, 300]


async def test_a_stream_that_stood_for_a_while_is_listened_to_again_soon(house: House) -> None:
    rests, stream = Rests(5), Lost(house.clock)
    stream.stands_at = 4
    news = PushedNews(
        house.stored_orders, house.reconciler, house.supervisor, house.clock, pause=rests
    )

    await listening(house, news, stream)
    await asyncio.wait_for(rests.over.wait(), timeout=5)

    assert rests.taken == [5, 10, 20, 5, 10]
