"""One line of prices: opened once, shared, and honest about its end."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import timedelta
from decimal import Decimal

import pytest

from floorbroker.brokers.kraken.errors import for_read
from floorbroker.brokers.shared.price_line import PriceLine
from floorbroker.brokers.shared.transport import Transport
from floorbroker.domain.errors import (
    ApiError,
    AuthenticationFailed,
    BrokerConnectionError,
    BrokerError,
    BrokerTimeout,
    RateLimited,
    SymbolNotFound,
)
from floorbroker.domain.instruments import AssetClass, Instrument
from floorbroker.domain.market import Quote
from tests.brokers.following import Follower, open_lines
from tests.brokers.shared.prices_server import PlainStream, PlainTalk, PricesServer
from tests.brokers.shared.told_server import Said, ToldServer
from tests.fakes.clock import NOON

NAMES = ("AAPL", "MSFT", "NONE")
SHARES = {name: Instrument(symbol=name, asset_class=AssetClass.EQUITY) for name in NAMES}


@pytest.fixture
async def server() -> AsyncIterator[PricesServer]:
    async with PricesServer() as server:
        yield server


@pytest.fixture
def stream(server: PricesServer) -> PlainStream:
    return server.stream


@pytest.fixture
async def transport() -> AsyncIterator[Transport]:
    transport = Transport()
    yield transport
    await transport.aclose()


@pytest.fixture
async def line(server: PricesServer, transport: Transport) -> AsyncIterator[PriceLine]:
    line = line_to(server.url, transport)
    yield line
    await line.close()


def line_to(
    url: str, transport: Transport, *, word: str = "sesame", patience: float = 1.0
) -> PriceLine:
    return PriceLine(transport, lambda: PlainTalk(url, word), for_read, patience=patience)


def follow(line: PriceLine, name: str) -> Follower:
    return Follower(lambda: line.quotes({name: SHARES[name]}))


async def subscribed(stream: PlainStream, *names: str) -> None:
    await stream.until(lambda: any(one.subscribed >= set(names) for one in stream.standing))


# What is heard


async def test_prices_arrive_with_the_vendors_time_and_source(
    line: PriceLine, stream: PlainStream
) -> None:
    follower = follow(line, "AAPL")
    await subscribed(stream, "AAPL")

    stream.push("AAPL", NOON, bid="1.10", ask="1.20", last="1.15", volume="7")
    quote = await follower.next()

    assert quote == Quote(
        instrument=SHARES["AAPL"],
        bid=Decimal("1.10"),
        ask=Decimal("1.20"),
        last=Decimal("1.15"),
        volume=Decimal(7),
        at=NOON,
        source="nobody",
    )
    await follower.leave()


async def test_what_a_message_leaves_out_is_as_it_was_told_before(
    line: PriceLine, stream: PlainStream
) -> None:
    follower, later = follow(line, "AAPL"), NOON + timedelta(seconds=1)
    await subscribed(stream, "AAPL")
    stream.push("AAPL", later, bid="1.10", ask="1.20")
    await follower.next()

    stream.push("AAPL", NOON, last="1.15", ask=None)
    quote = await follower.next()

    assert (quote.bid, quote.ask, quote.last) == (Decimal("1.10"), None, Decimal("1.15"))
    assert quote.at == later
    await follower.leave()


async def test_a_price_that_nobody_quotes_is_no_quote(line: PriceLine, stream: PlainStream) -> None:
    follower = follow(line, "AAPL")
    await subscribed(stream, "AAPL")

    stream.push("AAPL", NOON, volume="7")
    stream.push("AAPL", NOON, last="2")
    await follower.next()

    assert [quote.last for quote in follower.quotes] == [2]
    await follower.leave()


async def test_a_slow_reader_finds_the_latest_and_none_before_it(
    line: PriceLine, stream: PlainStream
) -> None:
    async with aclosing(line.quotes({"AAPL": SHARES["AAPL"]})) as slow:
        waiting = asyncio.ensure_future(anext(slow))
        await subscribed(stream, "AAPL")
        stream.push("AAPL", NOON, last="1")
        await waiting
        quick = follow(line, "AAPL")
        for price in range(2, 500):
            stream.push("AAPL", NOON, last=str(price))
        while (await quick.next()).last != 499:
            pass

        latest = await anext(slow)

    assert latest.last == 499
    await quick.leave()


# One connection


async def test_all_share_one_connection_and_one_message_subscribes_what_comes_together(
    line: PriceLine, stream: PlainStream
) -> None:
    followers = [follow(line, name) for name in ("AAPL", "MSFT", "AAPL")]
    await subscribed(stream, "AAPL", "MSFT")
    stream.push("AAPL", NOON, last="1")
    stream.push("MSFT", NOON, last="2")

    heard = [(await one.next()).last for one in followers]

    assert heard == [1, 2, 1]
    assert stream.opened == 1
    assert [one for one in stream.heard if "begin" in one] == [{"begin": ["AAPL", "MSFT"]}]
    for one in followers:
        await one.leave()


async def test_who_comes_later_hears_at_once_what_is_known(
    line: PriceLine, stream: PlainStream
) -> None:
    first = follow(line, "AAPL")
    await subscribed(stream, "AAPL")
    stream.push("AAPL", NOON, last="1")
    await first.next()

    second = follow(line, "AAPL")

    assert (await second.next()).last == 1
    await first.leave()
    await second.leave()


async def test_the_last_listener_of_a_name_unsubscribes_and_the_last_of_all_closes(
    line: PriceLine, stream: PlainStream
) -> None:
    apple, other, micro = (follow(line, name) for name in ("AAPL", "AAPL", "MSFT"))
    await subscribed(stream, "AAPL", "MSFT")

    await apple.leave()
    stream.push("AAPL", NOON, last="1")
    await other.next()
    await other.leave()
    await stream.until(lambda: {"end": ["AAPL"]} in stream.heard)
    assert len(stream.standing) == 1
    await micro.leave()

    await stream.until(lambda: not stream.standing)
    assert [one for one in stream.heard if "end" in one] == [{"end": ["AAPL"]}]
    assert not open_lines()


async def test_what_was_known_before_it_was_unsubscribed_is_not_told_again(
    line: PriceLine, stream: PlainStream
) -> None:
    stays, leaves = follow(line, "MSFT"), follow(line, "AAPL")
    await subscribed(stream, "AAPL", "MSFT")
    stream.push("AAPL", NOON, last="1")
    await leaves.next()
    await leaves.leave()
    await stream.until(lambda: {"end": ["AAPL"]} in stream.heard)

    again = follow(line, "AAPL")
    await stream.until(lambda: "AAPL" in stream.standing[0].subscribed)
    stream.push("AAPL", NOON, last="3")
    await again.next()

    assert [quote.last for quote in again.quotes] == [3]
    assert stream.opened == 1
    await again.leave()
    await stays.leave()


async def test_after_the_last_one_left_the_next_opens_a_new_connection(
    line: PriceLine, stream: PlainStream
) -> None:
    first = follow(line, "AAPL")
    await subscribed(stream, "AAPL")
    await first.leave()

    second = follow(line, "AAPL")
    await stream.until(lambda: stream.opened == 2)
    await subscribed(stream, "AAPL")
    stream.push("AAPL", NOON, last="1")

    assert (await second.next()).last == 1
    await second.leave()


# What goes wrong


async def test_a_broken_connection_is_told_to_all_and_the_next_one_opens_anew(
    line: PriceLine, stream: PlainStream
) -> None:
    apple, micro = follow(line, "AAPL"), follow(line, "MSFT")
    await subscribed(stream, "AAPL", "MSFT")

    stream.cut()

    assert isinstance(await apple.failure(), BrokerConnectionError)
    assert isinstance(await micro.failure(), BrokerConnectionError)
    assert not open_lines()
    again = follow(line, "AAPL")
    await subscribed(stream, "AAPL")
    assert stream.opened == 2
    await again.leave()


async def test_a_goodbye_of_the_vendor_is_an_end_too(line: PriceLine, stream: PlainStream) -> None:
    follower = follow(line, "AAPL")
    await subscribed(stream, "AAPL")

    stream.standing[0].close(1001)

    assert isinstance(await follower.failure(), BrokerConnectionError)


@pytest.mark.parametrize("said", ["{", "7", '{"key": "AAPL", "at": "noon"}', '{"taken": 1}'])
async def test_what_cannot_be_read_ends_the_connection(
    line: PriceLine, stream: PlainStream, said: str
) -> None:
    follower = follow(line, "AAPL")
    await subscribed(stream, "AAPL")

    stream.say(said)

    assert isinstance(await follower.failure(), ApiError)
    assert not open_lines()


async def test_a_message_without_an_end_is_not_read(line: PriceLine, stream: PlainStream) -> None:
    follower = follow(line, "AAPL")
    await subscribed(stream, "AAPL")

    stream.say(" " * 2_000_000)

    assert isinstance(await follower.failure(), ApiError)


async def test_a_refused_login_is_told_as_such(server: PricesServer, transport: Transport) -> None:
    follower = follow(line_to(server.url, transport, word="please"), "AAPL")

    assert isinstance(await follower.failure(), AuthenticationFailed)
    assert not open_lines()


async def test_a_name_that_is_refused_ends_its_own_listeners_only(
    line: PriceLine, stream: PlainStream
) -> None:
    apple, none = follow(line, "AAPL"), follow(line, "NONE")

    assert isinstance(await none.failure(), SymbolNotFound)
    stream.push("AAPL", NOON, last="1")
    assert (await apple.next()).last == 1
    assert [one for one in stream.heard if "begin" in one] == [{"begin": ["AAPL", "NONE"]}]
    await apple.leave()


async def test_a_vendor_that_lets_nobody_in_is_left_after_a_while(
    server: PricesServer, stream: PlainStream, transport: Transport
) -> None:
    stream.silent = True
    follower = follow(line_to(server.url, transport, patience=0.01), "AAPL")

    assert isinstance(await follower.failure(), BrokerTimeout)
    assert not open_lines()


async def test_a_subscription_that_is_not_answered_is_left_after_a_while(
    server: PricesServer, stream: PlainStream, transport: Transport
) -> None:
    stream.takes = False
    follower = follow(line_to(server.url, transport, patience=0.05), "AAPL")

    assert isinstance(await follower.failure(), BrokerTimeout)
    await stream.until(lambda: not stream.standing)
    assert not open_lines()


@pytest.mark.parametrize(("status", "kind"), [(429, RateLimited), (503, ApiError), (404, ApiError)])
async def test_a_door_that_stays_shut_is_told(
    line: PriceLine, stream: PlainStream, status: int, kind: type[BrokerError]
) -> None:
    stream.refuses = status

    assert isinstance(await follow(line, "AAPL").failure(), kind)


async def test_nobody_there_is_a_failed_connection(server: PricesServer, line: PriceLine) -> None:
    server.stop()

    assert isinstance(await follow(line, "AAPL").failure(), BrokerConnectionError)


async def test_a_login_does_not_follow_to_another_place(
    server: PricesServer, stream: PlainStream, transport: Transport
) -> None:
    async with ToldServer(Said(status=307, headers={"Location": server.url})) as elsewhere:
        follower = follow(line_to(elsewhere.url, transport), "AAPL")

        assert isinstance(await follower.failure(), ApiError)

    assert stream.opened == 0


# The end


async def test_closing_ends_all_who_listen_and_whoever_comes_later(
    line: PriceLine, stream: PlainStream
) -> None:
    apple, micro = follow(line, "AAPL"), follow(line, "MSFT")
    await subscribed(stream, "AAPL", "MSFT")

    await line.close()
    late = follow(line, "AAPL")
    for one in (apple, micro, late):
        await one.end()

    await stream.until(lambda: not stream.standing)
    assert stream.opened == 1
    assert not open_lines()


async def test_closing_before_anything_was_opened_ends_who_waits(line: PriceLine) -> None:
    follower = follow(line, "AAPL")
    await asyncio.sleep(0)

    await line.close()

    await follower.end()
    assert not open_lines()
