"""The depth of a book at the simulator."""

import asyncio
from collections.abc import AsyncIterator
from decimal import Decimal
from types import SimpleNamespace

import pytest

from floorbroker.brokers.ibkr import books
from floorbroker.brokers.ibkr.books import Books
from floorbroker.domain.errors import (
    BrokerConnectionError,
    BrokerError,
    MarketClosed,
    NotSupported,
    RateLimited,
)
from tests.brokers.ibkr.at_market import (
    APPLE,
    BOOKS,
    BOOKS_CANCELED,
    WEDNESDAY,
    Desk,
    market_at,
)
from tests.simulators.tws import Fault


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with market_at() as desk:
        desk.simulator.set_depth(
            "AAPL", [("189.90", 100), ("189.80", 200)], [("190.00", 50), ("190.10", 70)]
        )
        yield desk


async def test_both_sides_are_told_best_price_first_and_let_go(desk: Desk) -> None:
    depth = await desk.market.depth(APPLE)
    await desk.until_asked(BOOKS_CANCELED)

    assert [(one.price, one.size) for one in depth.bids] == [
        (Decimal("189.9"), Decimal(100)),
        (Decimal("189.8"), Decimal(200)),
    ]
    assert [(one.price, one.size) for one in depth.asks] == [
        (Decimal(190), Decimal(50)),
        (Decimal("190.1"), Decimal(70)),
    ]
    assert (depth.at, depth.source) == (WEDNESDAY, "Interactive Brokers")
    (asked,), (canceled,) = desk.messages(BOOKS), desk.messages(BOOKS_CANCELED)
    assert canceled[2] == asked[2]
    assert (asked[-2], canceled[3]) == ("1", "1")


async def test_at_a_single_exchange_it_is_that_exchanges_book(desk: Desk) -> None:
    future = desk.simulator.contract("ESZ6")
    desk.simulator.set_depth(future, [("5000.25", 3)], [])

    depth = await desk.market.depth(await desk.instruments.named("ESZ6"))

    assert ([one.price for one in depth.bids], depth.asks) == ([Decimal("5000.25")], ())
    assert desk.messages(BOOKS)[0][-2] == "0"


async def test_the_sdk_keeps_nothing_of_a_book(desk: Desk) -> None:
    await desk.market.depth(APPLE)

    assert not desk.line.ib.wrapper.tickers
    assert not desk.line.ib.wrapper.ticker2ReqId["mktDepth"]
    assert desk.line.pacing.books.taken == 0


async def test_three_books_at_a_time_and_not_a_fourth(desk: Desk) -> None:
    await desk.instruments.named("AAPL")
    found = await asyncio.gather(
        *(desk.market.depth(APPLE) for _ in range(4)), return_exceptions=True
    )

    assert [type(one) for one in found].count(RateLimited) == 1
    assert desk.asked(BOOKS) == 3
    assert (await desk.market.depth(APPLE)).bids


@pytest.mark.parametrize(
    ("code", "kind"), [(10092, NotSupported), (354, NotSupported), (309, RateLimited)]
)
async def test_a_refused_book_says_why(desk: Desk, code: int, kind: type[BrokerError]) -> None:
    await desk.instruments.named("AAPL")
    desk.simulator.fail("read", Fault.ERROR(code, "The vendor's own words."))

    with pytest.raises(kind, match="The vendor's own words"):
        await desk.market.depth(APPLE)

    assert desk.line.pacing.books.taken == 0


async def test_a_book_that_nobody_tells_ends_after_a_while(desk: Desk) -> None:
    listed = await desk.instruments.listed("AAPL")
    desk.simulator.fail("read", Fault.SILENCE)

    with pytest.raises(MarketClosed):
        await Books(desk.line, desk.clock, patience=0.05).of(listed)

    await desk.until_asked(BOOKS_CANCELED)


async def test_a_book_ends_with_its_connection(desk: Desk) -> None:
    await desk.instruments.named("AAPL")
    desk.simulator.fail("read", Fault.DROP_BEFORE)

    with pytest.raises(BrokerConnectionError):
        await desk.market.depth(APPLE)

    assert desk.line.pacing.books.taken == 0


async def test_who_gives_up_lets_the_book_go(desk: Desk) -> None:
    await desk.instruments.named("AAPL")
    silence = desk.simulator.fail("read", Fault.SILENCE)
    waiting = asyncio.create_task(desk.market.depth(APPLE))
    await silence.reached.wait()

    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)

    await desk.until_asked(BOOKS_CANCELED)
    assert desk.line.pacing.books.taken == 0


def test_orders_of_one_price_are_one_level_and_empty_rows_none() -> None:
    rows = [
        SimpleNamespace(price=189.9, size=100.0),
        SimpleNamespace(price=190.0, size=5.0),
        SimpleNamespace(price=189.9, size=50.0),
        SimpleNamespace(price=0.0, size=7.0),
        SimpleNamespace(price=189.0, size=0.0),
    ]

    depth = books.depth(APPLE, rows, rows, WEDNESDAY)

    assert [(one.price, one.size) for one in depth.bids] == [
        (Decimal(190), Decimal(5)),
        (Decimal("189.9"), Decimal(150)),
    ]
    assert [one.price for one in depth.asks] == [Decimal("189.9"), Decimal(190)]
