"""Many symbols and many subscribers: the latest price reaches each, and nothing stays behind."""

import asyncio

from floorbroker.brokers.paper.catalogue import SHARES
from floorbroker.domain.ids import UserId
from floorbroker.services.quote_feed import Heard
from tests.services.conftest import Build
from tests.services.following import hub_of, next_of, nothing_left, paper, paper_of, sample
from tests.simulators.tws_clients import until

PEOPLE = [UserId(str(200000000000000000 + number)) for number in range(10)]
SYMBOLS = [symbol for symbol, _, _ in SHARES[:20]]
OF_ONE = 3
"""Subscribers of each symbol of each person: two that keep up, one that reads at the end only."""

Key = tuple[int, str, int]


async def test_two_hundred_upstreams_with_three_subscribers_each(build: Build) -> None:
    house = build(push_seconds=0.01)
    hub = hub_of(house, most_of_one=len(SYMBOLS) * OF_ONE)
    links = [await paper_of(house, one) for one in PEOPLE]
    last: dict[Key, Heard] = {}
    stop = asyncio.Event()

    async def follow(number: int, symbol: str, one: int) -> None:
        async with hub.subscribe(links[number], paper(symbol)) as events:
            last[number, symbol, one] = await next_of(events)
            if one == 0:
                await stop.wait()
                last[number, symbol, one] = await next_of(events)
                return
            async for heard in events:
                last[number, symbol, one] = heard

    def of_now(*ones: int) -> bool:
        now = house.clock.now()
        return all(h.event.timestamp == now for key, h in last.items() if key[2] in ones)

    async with nothing_left(house), asyncio.timeout(60):
        keys = [(n, s, one) for n in range(len(PEOPLE)) for s in SYMBOLS for one in range(OF_ONE)]
        tasks = {asyncio.create_task(follow(*key)) for key in keys}
        await until(lambda: len(last) == len(keys))
        upstreams = hub.upstreams
        for _ in range(10):
            house.clock.advance(60)
            await asyncio.sleep(0)
        await until(lambda: of_now(1, 2))
        stop.set()
        await until(lambda: of_now(0, 1, 2))
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    assert upstreams == len(PEOPLE) * len(SYMBOLS) == 200
    assert hub.upstreams == 0
    assert sample(house, "market_streams") == 0
    assert sample(house, "market_delivery_seconds_count") > len(keys)
