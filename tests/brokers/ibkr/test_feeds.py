"""Streams of quotes: shared, resumed and let go."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import replace
from decimal import Decimal
from types import SimpleNamespace

import pytest

from floorbroker.brokers.ibkr.feeds import Feeds
from floorbroker.domain.errors import BrokerError, NotSupported, RateLimited
from floorbroker.domain.instruments import AssetClass, Instrument
from floorbroker.domain.market import Quote
from tests.brokers.ibkr.at_market import APPLE, QUOTES, QUOTES_CANCELED, Desk, market_at
from tests.simulators.tws import Fault
from tests.simulators.tws_clients import until

MICROSOFT = Instrument(symbol="MSFT", asset_class=AssetClass.EQUITY)
PATIENCE = 10


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with market_at() as desk:
        yield desk


async def next_of(stream: AsyncIterator[Quote]) -> Quote:
    """The next quote, which must come."""
    async with asyncio.timeout(PATIENCE):
        return await anext(stream)


async def until_last(stream: AsyncIterator[Quote], price: str) -> Quote:
    """The first quote with that last price: ticks come one by one."""
    async with asyncio.timeout(PATIENCE):
        async for quote in stream:
            if quote.last == Decimal(price):
                return quote
    raise AssertionError("the stream has ended")


async def test_quotes_come_as_they_change(desk: Desk) -> None:
    async with aclosing(desk.market.stream([APPLE])) as stream:
        await until_last(stream, "189.95")
        desk.simulator.set_price("AAPL", bid="190.10", last="190.15")

        quote = await until_last(stream, "190.15")

    assert (quote.bid, quote.instrument) == (Decimal("190.1"), APPLE)
    assert quote.source == "Interactive Brokers"


async def test_two_listeners_share_a_subscription_and_the_last_one_cancels_it(desk: Desk) -> None:
    first, second = desk.market.stream([APPLE]), desk.market.stream([APPLE])
    await next_of(first)
    await next_of(second)
    assert desk.asked(QUOTES) == 1

    await first.aclose()
    desk.simulator.set_price("AAPL", last="191")
    quote = await until_last(second, "191")

    assert quote.last == 191
    assert desk.asked(QUOTES_CANCELED) == 0
    await second.aclose()
    await desk.until_asked(QUOTES_CANCELED)
    assert desk.asked(QUOTES) == desk.asked(QUOTES_CANCELED) == 1


async def test_a_quote_takes_part_in_a_stream_and_leaves_it_alone(desk: Desk) -> None:
    async with aclosing(desk.market.stream([APPLE])) as stream:
        await until_last(stream, "189.95")
        quote = await desk.market.quote(APPLE)
        desk.simulator.set_price("AAPL", last="192")

        assert quote.last == Decimal("189.95")
        assert (await until_last(stream, "192")).last == 192
        assert (desk.asked(QUOTES), desk.asked(QUOTES_CANCELED)) == (1, 0)


async def test_a_quote_of_a_silent_stream_is_as_old_as_its_last_tick(desk: Desk) -> None:
    async with aclosing(desk.market.stream([APPLE])) as stream:
        await until_last(stream, "189.95")
        heard = desk.clock.now()
        desk.clock.advance(300)

        quote = await desk.market.quote(APPLE)

    assert quote.at == heard


async def test_several_instruments_come_in_one_stream(desk: Desk) -> None:
    desk.simulator.set_price("MSFT", bid="400", ask="401", last="400.50")
    seen: set[str] = set()

    async with aclosing(desk.market.stream([APPLE, MICROSOFT])) as stream:
        while seen != {"AAPL", "MSFT"}:
            seen.add((await next_of(stream)).instrument.symbol)

    await desk.until_asked(QUOTES_CANCELED, 2)
    assert desk.asked(QUOTES) == 2


async def test_a_stream_goes_on_after_its_connection_was_cut(desk: Desk) -> None:
    first, second = desk.market.stream([APPLE]), desk.market.stream([APPLE])
    await next_of(first)
    await next_of(second)

    await desk.again()
    await desk.until_asked(QUOTES, 2)
    desk.simulator.set_price("AAPL", last="193")

    assert (await until_last(first, "193")).last == 193
    assert (await until_last(second, "193")).last == 193
    assert desk.asked(QUOTES) == 2
    for stream in (first, second):
        await stream.aclose()
    await desk.until_asked(QUOTES_CANCELED)
    assert desk.line.pacing.lines.taken == 0


async def test_nothing_old_is_told_while_the_connection_is_away(desk: Desk) -> None:
    async with aclosing(desk.market.stream([APPLE])) as stream:
        await until_last(stream, "189.95")
        desk.simulator.be_unreachable()
        await desk.line.lost
        desk.simulator.set_price("AAPL", last="194")
        desk.simulator.be_reachable()
        told = {(await next_of(stream)).last}
        while Decimal(194) not in told:
            told.add((await next_of(stream)).last)

    assert told <= {None, Decimal(194)}


async def test_a_quote_has_nothing_of_before_the_connection_was_cut(desk: Desk) -> None:
    async with aclosing(desk.market.stream([APPLE])) as stream:
        await until_last(stream, "189.95")
        desk.simulator.be_unreachable()
        await desk.line.lost
        desk.simulator.set_price("AAPL", bid="199.90", ask="200.10", last="200")
        desk.simulator.be_reachable()
        await desk.gateway.up()

        assert (await desk.market.quote(APPLE)).last == 200


async def test_a_stream_asks_anew_when_the_gateway_lost_what_was_subscribed_to(
    desk: Desk,
) -> None:
    async with aclosing(desk.market.stream([APPLE])) as stream:
        await until_last(stream, "189.95")

        desk.simulator.lose_server()
        desk.simulator.regain_server(lost_data=True)
        await desk.until_asked(QUOTES, 2)
        desk.simulator.set_price("AAPL", last="195")

        assert (await until_last(stream, "195")).last == 195


async def test_a_refused_stream_ends_with_the_reason(desk: Desk) -> None:
    desk.simulator.market_data = "none"

    with pytest.raises(NotSupported, match="no subscription"):
        await next_of(desk.market.stream([APPLE]))


async def test_a_stream_that_is_refused_later_ends_for_everybody(desk: Desk) -> None:
    streams = [desk.market.stream([APPLE]) for _ in range(2)]
    for stream in streams:
        await until_last(stream, "189.95")
    (request,) = desk.messages(QUOTES)

    desk.tell(4, 2, request[2], 10197, "No market data during competing live session", "")
    await until(lambda: desk.asked(QUOTES_CANCELED) == 1)

    # whoever asks now asks anew, though nobody has read of the failure yet
    assert (await desk.market.quote(APPLE)).bid == Decimal("189.9")
    for stream in streams:
        with pytest.raises(NotSupported, match="competing live session"):
            await until_last(stream, "0")


async def test_a_stream_that_nobody_answers_is_let_go_when_nobody_listens(desk: Desk) -> None:
    await desk.instruments.named("AAPL")
    silence = desk.simulator.fail("read", Fault.SILENCE)
    waiting = asyncio.create_task(next_of(desk.market.stream([APPLE])))
    await silence.reached.wait()

    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)

    await desk.until_asked(QUOTES_CANCELED)
    await until(lambda: desk.line.pacing.lines.taken == 0)


async def test_nobody_waits_for_ever_when_something_of_ours_breaks(desk: Desk) -> None:
    listed = await desk.instruments.listed("AAPL")
    broken = replace(listed, contract=SimpleNamespace(conId=1))

    async with Feeds(desk.line, desk.clock).listening([broken]) as (listener, (feed,)):
        async with asyncio.timeout(PATIENCE):
            await listener.news()

        assert type(feed.failure) is BrokerError


async def test_beyond_the_lines_of_the_account_a_stream_is_refused(desk: Desk) -> None:
    taken = [desk.line.pacing.lines.one() for _ in range(100)]
    for one in taken:
        one.__enter__()

    with pytest.raises(RateLimited, match="100"):
        await next_of(desk.market.stream([APPLE]))

    for one in taken:
        one.__exit__(None, None, None)
    assert desk.asked(QUOTES) == 0


async def test_late_ticks_of_a_canceled_stream_disturb_nobody(desk: Desk) -> None:
    async with aclosing(desk.market.stream([APPLE])) as stream:
        await next_of(stream)
    (request,) = desk.messages(QUOTES)
    await desk.until_asked(QUOTES_CANCELED)

    desk.tell(1, 6, request[2], 1, Decimal("1.00"), Decimal(1), 1)

    assert (await desk.market.quote(APPLE)).bid == Decimal("189.9")
