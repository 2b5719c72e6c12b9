"""News of orders as Alpaca pushes them: of ours only, and never more than a reason to look."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from decimal import Decimal
from typing import cast
from uuid import uuid4

import pytest

from floorbroker.brokers.alpaca.adapter import AlpacaAdapter
from floorbroker.brokers.port import OrderNews
from floorbroker.brokers.shared.transport import Transport
from floorbroker.domain.errors import (
    ApiError,
    AuthenticationFailed,
    BrokerConnectionError,
    BrokerError,
    BrokerTimeout,
    RateLimited,
)
from floorbroker.domain.order import Order
from floorbroker.domain.order_state import OrderState
from tests.brokers.alpaca.at_alpaca import DEARER, KEY, SECRET, adapter_at, followed
from tests.fakes.clock import ManualClock
from tests.simulators.alpaca import AlpacaSimulator, Person
from tests.simulators.alpaca.trade_stream import UPDATES, TradeStream

LONG = 20.0
TOKEN = "a-token-of-annas-0123"


@pytest.fixture
async def transport() -> AsyncIterator[Transport]:
    transport = Transport()
    yield transport
    await transport.aclose()


@pytest.fixture
def stream(simulator: AlpacaSimulator) -> TradeStream:
    return simulator.trade_stream


class Listener:
    """Hears news in the background."""

    def __init__(self, adapter: AlpacaAdapter) -> None:
        self._news: asyncio.Queue[OrderNews] = asyncio.Queue()
        self.task = asyncio.create_task(self._listen(adapter))

    async def _listen(self, adapter: AlpacaAdapter) -> None:
        events = cast("AsyncGenerator[OrderNews, None]", adapter.order_events())
        async for one in events:
            self._news.put_nowait(one)

    async def next(self) -> OrderNews:
        """The next one, which must come."""
        async with asyncio.timeout(LONG):
            return await self._news.get()

    async def failure(self) -> BrokerError:
        """What ends it."""
        async with asyncio.timeout(LONG):
            with pytest.raises(BrokerError) as failed:
                await self.task
        return failed.value

    async def leave(self) -> None:
        """Listens no more."""
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)


@pytest.fixture
async def listener(adapter: AlpacaAdapter, stream: TradeStream) -> AsyncIterator[Listener]:
    """Let in already."""
    listener = Listener(adapter)
    await stream.until(lambda: stream.listening == 1)
    yield listener
    await listener.leave()


# When there are none


async def test_a_key_that_is_refused_is_told_as_such(
    adapter: AlpacaAdapter, simulator: AlpacaSimulator
) -> None:
    simulator.revoke(KEY)

    assert isinstance(await Listener(adapter).failure(), AuthenticationFailed)


@pytest.mark.parametrize(("status", "error"), [(429, RateLimited), (503, ApiError)])
async def test_a_host_that_opens_no_websocket_is_told_as_such(
    adapter: AlpacaAdapter, stream: TradeStream, status: int, error: type[Exception]
) -> None:
    stream.refuses = status

    assert isinstance(await Listener(adapter).failure(), error)


async def test_a_stream_that_says_nothing_is_given_up(
    simulator: AlpacaSimulator,
    anna: Person,
    stream: TradeStream,
    transport: Transport,
    clock: ManualClock,
) -> None:
    stream.silent = True
    url = simulator.url
    adapter = adapter_at(url, simulator.data_url, transport, clock, patience=0.05)

    assert isinstance(await Listener(adapter).failure(), BrokerTimeout)
    await adapter.close()


async def test_an_answer_to_the_login_that_cannot_be_read_is_no_login(
    adapter: AlpacaAdapter, stream: TradeStream
) -> None:
    stream.silent = True
    listener = Listener(adapter)
    await stream.until(lambda: bool(stream.heard))

    stream.say([1])

    assert isinstance(await listener.failure(), ApiError)


async def test_a_connection_that_breaks_ends_the_news_and_the_next_opens_anew(
    adapter: AlpacaAdapter, stream: TradeStream, listener: Listener
) -> None:
    stream.cut()
    failure = await listener.failure()
    again = Listener(adapter)
    await stream.until(lambda: stream.listening == 1)

    assert isinstance(failure, BrokerConnectionError)
    assert stream.opened == 2
    await again.leave()


async def test_closing_ends_the_news_and_nobody_listens_any_more(
    adapter: AlpacaAdapter, stream: TradeStream, listener: Listener
) -> None:
    await adapter.close()

    async with asyncio.timeout(LONG):
        await listener.task
    await stream.until(lambda: not stream.standing)
    with pytest.raises(BrokerConnectionError):
        adapter.order_events()


async def test_whoever_leaves_closes_the_connection(
    stream: TradeStream, listener: Listener
) -> None:
    await listener.leave()

    await stream.until(lambda: not stream.standing)


# What is told


async def test_an_order_is_followed_to_its_end(
    adapter: AlpacaAdapter, simulator: AlpacaSimulator, listener: Listener, resting: Order
) -> None:
    await adapter.place_order(resting)
    simulator.fill(resting.order_id, "4", "100")
    simulator.fill(resting.order_id, "6", "99.50")

    heard = [await listener.next() for _ in range(3)]

    assert {one.order_id for one in heard} == {resting.order_id}
    # Whether it has ended is read, with its executions; a push is a reason to look and no more.
    assert {one.receipt.state for one in heard} == {OrderState.ACCEPTED}
    assert (await followed(adapter, resting)).state is OrderState.FILLED


async def test_a_cancel_is_told(
    adapter: AlpacaAdapter, simulator: AlpacaSimulator, listener: Listener, resting: Order
) -> None:
    await adapter.place_order(resting)
    order = await followed(adapter, resting)

    await adapter.cancel_order(order)
    heard = [await listener.next() for _ in range(2)]

    assert [one.receipt.state for one in heard] == [OrderState.ACCEPTED, OrderState.CANCELED]


async def test_an_order_that_took_the_place_of_ours_is_ours(
    adapter: AlpacaAdapter, simulator: AlpacaSimulator, listener: Listener, resting: Order
) -> None:
    await adapter.place_order(resting)
    order = await followed(adapter, resting)
    await adapter.modify_order(order, DEARER)
    newest = simulator.orders[-1]
    assert newest.client_order_id != resting.order_id

    simulator.fill(newest.id, "10", "100")
    heard = [await listener.next() for _ in range(3)]
    while heard[-1].receipt.broker_order_id != newest.id:
        heard.append(await listener.next())

    assert {one.order_id for one in heard} == {resting.order_id}


async def test_the_closing_orders_of_a_bracket_are_its_own_news(
    adapter: AlpacaAdapter, simulator: AlpacaSimulator, listener: Listener, bracket: Order
) -> None:
    await adapter.place_order(bracket)
    profit = simulator.order(bracket.order_id).legs[0]
    simulator.fill(bracket.order_id, "10", "100")
    simulator.fill(profit.id, "10", "120")

    heard = [await listener.next()]
    while heard[-1].receipt.broker_order_id != profit.id or not simulator.order(profit.id).ended:
        heard.append(await listener.next())

    assert {one.order_id for one in heard} == {bracket.order_id}


async def test_orders_that_did_not_come_from_here_are_no_news(
    adapter: AlpacaAdapter,
    simulator: AlpacaSimulator,
    stream: TradeStream,
    listener: Listener,
    resting: Order,
) -> None:
    await adapter.place_order(resting)
    await listener.next()
    ours = simulator.order(resting.order_id)
    names = {"id": str(uuid4()), "client_order_id": "made in the dashboard"}

    stream.say({"stream": UPDATES, "data": {"event": "new", "order": ours.wire() | names}})
    simulator.set_status(resting.order_id, "done_for_day")
    news = await listener.next()

    assert (news.order_id, news.receipt.broker_order_id) == (resting.order_id, ours.id)


async def test_another_person_hears_nothing_of_it(
    adapter: AlpacaAdapter,
    simulator: AlpacaSimulator,
    listener: Listener,
    resting: Order,
    transport: Transport,
    clock: ManualClock,
) -> None:
    simulator.add_person("PKBEN000000000000001", SECRET)
    url = simulator.url
    bens = adapter_at(url, simulator.data_url, transport, clock, key="PKBEN000000000000001")
    his = Listener(bens)
    await simulator.trade_stream.until(lambda: simulator.trade_stream.listening == 2)

    await adapter.place_order(resting)
    await listener.next()
    simulator.trade_stream.cut()

    # Whatever was told before the connection ended has been heard by now.
    assert isinstance(await his.failure(), BrokerConnectionError)
    assert his._news.empty()
    await bens.close()


async def test_a_token_listens_too(
    simulator: AlpacaSimulator,
    anna: Person,
    stream: TradeStream,
    transport: Transport,
    clock: ManualClock,
) -> None:
    simulator.add_token(TOKEN, anna)
    url = simulator.url
    adapter = adapter_at(url, simulator.data_url, transport, clock, token=TOKEN)
    listener = Listener(adapter)

    await stream.until(lambda: stream.listening == 1)

    await listener.leave()
    await adapter.close()


@pytest.mark.parametrize(
    "message",
    [
        [],
        {"stream": "account_updates", "data": {}},
        {"stream": "trade_updates"},
        {"stream": "trade_updates", "data": {"order": {"id": "x"}}},
    ],
)
async def test_what_cannot_be_read_is_passed_over(
    adapter: AlpacaAdapter,
    stream: TradeStream,
    listener: Listener,
    resting: Order,
    message: object,
) -> None:
    stream.say(message)
    await adapter.place_order(resting)

    assert (await listener.next()).order_id == resting.order_id


async def test_the_key_stands_in_no_address(stream: TradeStream, listener: Listener) -> None:
    (visitor,) = stream.standing

    assert not visitor.query
    assert stream.heard[0]["data"] == {"key_id": KEY, "secret_key": SECRET}


async def test_the_amount_that_is_filled_is_not_taken_from_a_push(
    adapter: AlpacaAdapter, simulator: AlpacaSimulator, listener: Listener, resting: Order
) -> None:
    await adapter.place_order(resting)
    await listener.next()

    simulator.fill(resting.order_id, "4", "100")
    news = await listener.next()

    assert news.receipt.fills == ()
    assert news.receipt.quantity == Decimal(10)
