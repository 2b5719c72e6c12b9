"""What a failing or busy store means for orders and reads."""

import json
from decimal import Decimal

import pytest

from floorbroker.brokers.paper.adapter import ACCOUNT, PaperAdapter
from floorbroker.domain.connections import ConnectionState
from floorbroker.domain.errors import (
    ApiError,
    BrokerConnectionError,
    BrokerError,
    NotSent,
    OutcomeUnknown,
)
from floorbroker.domain.orders import Absent, OrderChanges
from tests.brokers.paper.conftest import MakeOrder
from tests.brokers.paper.scripted import asked
from tests.contract.placing import LINK, USER
from tests.fakes.clock import ManualClock
from tests.fakes.paper_books import MemoryPaperBooks

RESTING = asked("buy", "100", limit_price="150.00", time_in_force="gtc")


@pytest.mark.parametrize(
    ("down", "error"), [("load", NotSent), ("save", OutcomeUnknown)], ids=["load", "save"]
)
@pytest.mark.parametrize("call", ["place", "cancel", "modify"])
async def test_a_failing_store_says_whether_anything_may_have_been_stored(
    adapter: PaperAdapter,
    order: MakeOrder,
    books: MemoryPaperBooks,
    call: str,
    down: str,
    error: type[BrokerError],
) -> None:
    resting = order(RESTING)
    await adapter.place_order(resting)
    books.down_for = {down}
    calls = {
        "place": lambda: adapter.place_order(order(RESTING)),
        "cancel": lambda: adapter.cancel_order(resting),
        "modify": lambda: adapter.modify_order(resting, OrderChanges(quantity=Decimal(1))),
    }

    with pytest.raises(error) as failure:
        await calls[call]()

    assert type(failure.value) is error


async def test_a_read_without_a_store_is_a_failed_connection(
    adapter: PaperAdapter, books: MemoryPaperBooks
) -> None:
    books.down_for = {"load"}

    with pytest.raises(BrokerConnectionError):
        await adapter.connect()

    assert adapter.status().state is ConnectionState.FAILED


async def test_an_order_that_always_meets_somebody_faster_is_not_sent(
    adapter: PaperAdapter, order: MakeOrder, books: MemoryPaperBooks
) -> None:
    first, second = order(RESTING), order(RESTING)
    await adapter.place_order(first)
    books.before_save = lambda: books.touch(USER, LINK)

    with pytest.raises(NotSent):
        await adapter.place_order(second)

    books.before_save = None
    assert await adapter.find_order(second) == Absent()


async def test_a_read_that_always_meets_somebody_faster_gives_up(
    adapter: PaperAdapter, order: MakeOrder, books: MemoryPaperBooks, clock: ManualClock
) -> None:
    await adapter.place_order(order(asked("buy", "200")))
    clock.advance(15)
    books.before_save = lambda: books.touch(USER, LINK)

    with pytest.raises(ApiError, match="busy"):
        await adapter.balances(ACCOUNT)


async def test_a_book_of_a_newer_version_is_left_alone(
    adapter: PaperAdapter, order: MakeOrder, books: MemoryPaperBooks
) -> None:
    await books.save(USER, LINK, {"book_version": 99}, expected_version=0)

    with pytest.raises(ApiError, match="newer version"):
        await adapter.balances(ACCOUNT)
    with pytest.raises(NotSent, match="newer version"):
        await adapter.place_order(order(RESTING))

    assert await books.load(USER, LINK) == ({"book_version": 99}, 1)


async def test_a_stored_book_holds_text_and_no_floats(
    adapter: PaperAdapter, order: MakeOrder, books: MemoryPaperBooks
) -> None:
    await adapter.place_order(order(asked("buy", "200", take_profit="900.00")))
    await adapter.place_order(order(asked("sell", "1", type="trailing_stop", trail_percent="5")))

    stored = await books.load(USER, LINK)

    assert stored is not None
    floats: list[str] = []
    json.loads(json.dumps(stored[0]), parse_float=floats.append)
    assert floats == []
    assert stored[0]["book_version"] == 1
