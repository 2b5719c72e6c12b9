"""A broker that pushes prices, but not this one, or not to us now: it is asked."""

import asyncio
from datetime import timedelta
from typing import Final

import pytest

from floorbroker.domain.errors import BrokerTimeout, FloorbrokerError, NotSupported, RateLimited
from floorbroker.services.quote_feed import Subscription
from floorbroker.services.quote_upstream import Patience
from tests.floor import House
from tests.services.conftest import Build
from tests.services.following import APPLE, LONG, Breaking, Rests, hub_of, next_of, paper_of

USUAL: Final = 5


class Refusing(Breaking):
    """Pushes nothing: what is asked first, which is the stream, fails; what is asked next works.

    Attributes:
        refusal: How it fails; None lets the next stream stand.
        troubles: What subscribers could see of it when the question after it came.
    """

    def __init__(self) -> None:
        super().__init__()
        self.refusal: FloorbrokerError | None = None
        self.events: Subscription | None = None
        self.troubles: list[FloorbrokerError | None] = []
        self._failed = False

    async def before(self, operation: str) -> None:
        await super().before(operation)
        if operation != "quote":
            return
        if self._failed:
            assert self.events is not None
            self.troubles.append(self.events.trouble)
        elif self.refusal is not None:
            self._failed = True
            raise self.refusal


class Mute(Breaking):
    """A stream that tells nothing and breaks, once it was asked beside it; questions work.

    Attributes:
        opened: How many streams there were.
    """

    def __init__(self) -> None:
        super().__init__()
        self.opened = 0
        self._asked = asyncio.Event()

    async def before(self, operation: str) -> None:
        await super().before(operation)
        task = asyncio.current_task()
        if operation != "quote" or task is None or "_listen" not in str(task.get_coro()):
            return
        self.opened += 1
        self._asked.clear()
        await self._asked.wait()
        for _ in range(50):  # until the answer has been told
            await asyncio.sleep(0)
        raise BrokerTimeout(broker="paper")

    async def after(self, operation: str) -> None:
        if operation == "quote":
            self._asked.set()


@pytest.fixture
def market() -> Refusing:
    return Refusing()


@pytest.fixture
def house(build: Build, market: Refusing) -> House:
    return build(faults=market, push_seconds=0.001)


@pytest.fixture
def rests(house: House) -> Rests:
    return Rests(house.clock)


async def test_what_is_not_pushed_is_asked_for_as_long_as_somebody_listens(
    house: House, market: Refusing, rests: Rests
) -> None:
    hub, link = hub_of(house, rests), await paper_of(house)
    market.refusal = NotSupported(broker="paper")
    async with hub.subscribe(link, APPLE) as events:
        market.events = events
        first = await next_of(events)
        pauses = [await rests.passes() for _ in range(4)]
        last = await next_of(events)

    assert not first.pushed
    assert not last.pushed
    assert pauses == [USUAL] * 4
    assert market.troubles == [None] * len(market.troubles)


async def test_a_place_that_somebody_else_has_is_no_trouble_of_the_prices(
    house: House, market: Refusing, rests: Rests
) -> None:
    hub, link = hub_of(house, rests), await paper_of(house)
    market.refusal = RateLimited(broker="paper", retry_after=timedelta(seconds=5))
    async with hub.subscribe(link, APPLE) as events:
        market.events = events
        asked = await next_of(events)
        await rests.passes()
        house.clock.advance(10)
        pushed = await next_of(events)

    assert (asked.pushed, pushed.pushed) == (False, True)
    assert market.troubles[0] is None


async def test_a_stream_is_left_alone_for_as_long_as_the_broker_wants(
    house: House, market: Refusing, rests: Rests
) -> None:
    hub, link = hub_of(house, rests), await paper_of(house)
    market.refusal = RateLimited(broker="paper", retry_after=timedelta(seconds=32))
    async with hub.subscribe(link, APPLE) as events:
        market.events = events
        await next_of(events)
        pauses = [await rests.passes() for _ in range(7)]
        pushed = await next_of(events)
        while not pushed.pushed:
            pushed = await next_of(events)

    assert pauses == [USUAL] * 6 + [2]


async def test_a_stream_that_opens_and_tells_nothing_is_tried_ever_more_rarely(
    build: Build,
) -> None:
    mute = Mute()
    house = build(faults=mute, push_seconds=0.001)
    rests = Rests(house.clock)
    patience = Patience(pause=rests, first_look=0.001, quiet=LONG)
    hub, link = hub_of(house, patience=patience), await paper_of(house)
    async with hub.subscribe(link, APPLE) as events:
        pauses = [await rests.passes() for _ in range(14)]
        await next_of(events)

    assert pauses == [USUAL] * 14
    assert mute.opened == 4  # in the beginning, and after 5, 15 and 35 seconds
