"""News of orders as OpenD pushes them."""

import asyncio
from collections.abc import AsyncIterator
from decimal import Decimal

import pytest

from floorbroker.brokers.moomoo.adapter import MoomooAdapter
from floorbroker.brokers.moomoo.pushes import MOST_WAITING, Pushes
from floorbroker.brokers.port import OrderNews
from floorbroker.domain.errors import BrokerConnectionError
from floorbroker.domain.order import Order
from floorbroker.domain.order_state import OrderState
from tests.brokers.moomoo.at_moomoo import looked_at, placed
from tests.simulators.opend import LIVE_ID, PAPER_ID, Error, OpenDSimulator


async def until_final(news: AsyncIterator[OrderNews]) -> list[OrderNews]:
    heard = []
    async with asyncio.timeout(5):
        async for one in news:
            heard.append(one)
            if one.receipt.state.final:
                return heard
    raise AssertionError("unreached")


async def test_an_order_is_followed_to_its_end_on_paper(
    adapter: MoomooAdapter, simulator: OpenDSimulator, resting: Order
) -> None:
    news = adapter.order_events()
    await adapter.place_order(resting)
    simulator.fill(resting.order_id, 4, "100")
    simulator.fill(resting.order_id, 6, "99.50")

    heard = await until_final(news)

    assert {one.order_id for one in heard} == {resting.order_id}
    last = heard[-1].receipt
    assert last.state is OrderState.FILLED
    assert [(fill.quantity, fill.price) for fill in last.fills] == [
        (Decimal(4), Decimal(100)),
        (Decimal(6), Decimal("99.5")),
    ]


async def test_the_fills_of_news_and_of_a_look_are_the_same(
    adapter: MoomooAdapter, simulator: OpenDSimulator, resting: Order
) -> None:
    news = adapter.order_events()
    order = await placed(adapter, resting)
    simulator.fill(resting.order_id, 4, "100")
    simulator.fill(resting.order_id, 6, "99.50")
    heard = await until_final(news)

    receipt = await looked_at(adapter, order)

    assert receipt.fills == heard[-1].receipt.fills
    assert len(receipt.fills) == 2


async def test_with_real_money_the_fills_are_deals(
    live: MoomooAdapter, simulator: OpenDSimulator, live_resting: Order
) -> None:
    simulator.locked = False
    news = live.order_events()
    await live.place_order(live_resting)
    simulator.fill(live_resting.order_id, 10, "100")

    heard = await until_final(news)

    (fill,) = heard[-1].receipt.fills
    assert fill.fill_id == str(simulator.deals[0].id)
    assert fill.fee == Decimal("1.99")


async def test_news_whose_deals_cannot_be_read_is_news_of_an_order_at_work(
    live: MoomooAdapter, simulator: OpenDSimulator, live_resting: Order
) -> None:
    simulator.locked = False
    news = live.order_events()
    await live.place_order(live_resting)
    simulator.fail("read", Error("Something is wrong"), times=None)
    simulator.fill(live_resting.order_id, 10, "100")

    async with asyncio.timeout(5):
        heard = [await anext(news) for _ in range(3)]

    assert {(one.order_id, one.receipt.state) for one in heard} == {
        (live_resting.order_id, OrderState.ACCEPTED)
    }


async def test_orders_that_did_not_come_from_here_are_no_news(
    adapter: MoomooAdapter, simulator: OpenDSimulator, resting: Order
) -> None:
    news = adapter.order_events()
    simulator.place_elsewhere(PAPER_ID, "US.AAPL")
    await adapter.place_order(resting)

    async with asyncio.timeout(5):
        first = await anext(news)

    assert first.order_id == resting.order_id


async def test_the_other_environments_orders_are_no_news(
    adapter: MoomooAdapter, simulator: OpenDSimulator, resting: Order, live_resting: Order
) -> None:
    news = adapter.order_events()
    simulator.place_elsewhere(LIVE_ID, "US.AAPL", remark=str(live_resting.order_id))
    await adapter.place_order(resting)

    async with asyncio.timeout(5):
        first = await anext(news)

    assert first.order_id == resting.order_id


async def test_news_end_when_the_connection_does(
    adapter: MoomooAdapter, simulator: OpenDSimulator
) -> None:
    news = adapter.order_events()
    waiting = asyncio.ensure_future(anext(news))
    await asyncio.sleep(0)

    simulator.drop()

    async with asyncio.timeout(5):
        with pytest.raises(BrokerConnectionError):
            await waiting


async def test_news_that_nobody_reads_are_let_go() -> None:
    left: list[Pushes] = []
    pushes = Pushes(("a",), left.append)

    for _ in range(MOST_WAITING + 1):
        pushes.put("a", None)
        pushes.put("b", None)

    assert left == [pushes]
    with pytest.raises(BrokerConnectionError):
        await anext(pushes)


async def test_who_listens_no_more_is_forgotten(
    adapter: MoomooAdapter, simulator: OpenDSimulator, resting: Order
) -> None:
    news = adapter.order_events()
    await adapter.place_order(resting)
    await anext(news)

    await news.aclose()  # type: ignore[attr-defined] # an async generator's

    assert adapter._gateway.wire._listeners == set()
