"""Ended orders beyond fifty move to the archive, and nothing is lost on the way."""

from datetime import timedelta

import pytest

from floorbroker.brokers.paper.adapter import ACCOUNT, PaperAdapter
from floorbroker.domain.errors import (
    NotSent,
    OutcomeUnknown,
)
from floorbroker.domain.order import Order
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import Absent
from tests.brokers.paper.conftest import MakeOrder, found
from tests.brokers.paper.scripted import asked
from tests.contract.placing import LINK, USER
from tests.fakes.clock import NOON, ManualClock
from tests.fakes.paper_books import MemoryPaperBooks


async def filled(adapter: PaperAdapter, order: MakeOrder, clock: ManualClock) -> list[Order]:
    """Sixty orders, a second apart, all filled."""
    orders = [order(asked("buy", "0.1")) for _ in range(60)]
    for one in orders:
        await adapter.place_order(one)
        clock.advance(1)
    return orders


async def test_the_oldest_of_more_than_fifty_ended_orders_are_archived_and_still_found(
    adapter: PaperAdapter, order: MakeOrder, clock: ManualClock, books: MemoryPaperBooks
) -> None:
    orders = await filled(adapter, order, clock)

    stored = await books.load(USER, LINK)
    assert stored is not None
    assert len(stored[0]["ended"]) == 50
    assert books.archived_ids(USER, LINK) == [o.order_id for o in orders[:10]]
    assert (await found(adapter, orders[0])).state is OrderState.FILLED


async def test_the_history_joins_book_and_archive_newest_first(
    adapter: PaperAdapter, order: MakeOrder, clock: ManualClock
) -> None:
    orders = await filled(adapter, order, clock)

    everything = await adapter.order_history(ACCOUNT, NOON, clock.now())
    both = await adapter.order_history(
        ACCOUNT, NOON + timedelta(seconds=5), NOON + timedelta(seconds=14)
    )
    archived = await adapter.order_history(ACCOUNT, NOON, NOON + timedelta(seconds=7))

    assert [o.order_id for o in everything] == [o.order_id for o in reversed(orders)]
    assert [o.order_id for o in both] == [o.order_id for o in reversed(orders[5:15])]
    assert [o.order_id for o in archived] == [o.order_id for o in reversed(orders[:8])]


async def test_an_archived_order_sent_again_is_answered_and_not_made_twice(
    adapter: PaperAdapter, order: MakeOrder, clock: ManualClock
) -> None:
    orders = await filled(adapter, order, clock)

    again = await adapter.place_order(orders[0])

    assert again == await found(adapter, orders[0])
    assert (await adapter.positions(ACCOUNT))[0].quantity == 6


async def test_an_order_is_in_the_archive_before_it_leaves_the_book(
    adapter: PaperAdapter, order: MakeOrder, clock: ManualClock, books: MemoryPaperBooks
) -> None:
    orders = await filled(adapter, order, clock)
    last = order(asked("buy", "0.1"))
    books.down_for = {"archive"}

    with pytest.raises(NotSent):
        await adapter.place_order(last)

    books.down_for = set()
    assert await adapter.find_order(last) == Absent()
    assert (await found(adapter, orders[10])).state is OrderState.FILLED


async def test_a_save_that_fails_after_the_archive_leaves_one_order_in_the_history(
    adapter: PaperAdapter, order: MakeOrder, clock: ManualClock, books: MemoryPaperBooks
) -> None:
    await filled(adapter, order, clock)
    books.down_for = {"save"}
    with pytest.raises(OutcomeUnknown):
        await adapter.place_order(order(asked("buy", "0.1")))
    books.down_for = set()

    history = await adapter.order_history(ACCOUNT, NOON, clock.now())

    ids = [o.order_id for o in history]
    assert len(ids) == len(set(ids)) == 60


async def test_a_bracket_s_parent_stays_in_the_book_while_its_legs_work(
    adapter: PaperAdapter, order: MakeOrder, clock: ManualClock, books: MemoryPaperBooks
) -> None:
    bracket = order(asked("buy", "0.1", take_profit="900.00", stop_loss="1.00"))
    await adapter.place_order(bracket)
    await filled(adapter, order, clock)
    while_legs_work = books.archived_ids(USER, LINK)

    receipt = await adapter.cancel_order(bracket)

    assert while_legs_work
    assert bracket.order_id not in while_legs_work
    assert {leg.state for leg in receipt.legs} == {OrderState.CANCELED}


async def test_the_archive_never_gets_what_was_not_saved(
    adapter: PaperAdapter, order: MakeOrder, clock: ManualClock, books: MemoryPaperBooks
) -> None:
    bracket = order(asked("buy", "0.1", take_profit="900.00", stop_loss="1.00"))
    await adapter.place_order(bracket)
    await filled(adapter, order, clock)
    books.down_for = {"save"}

    with pytest.raises(OutcomeUnknown):
        await adapter.cancel_order(bracket)

    books.down_for = set()
    assert bracket.order_id not in books.archived_ids(USER, LINK)
    assert {leg.state for leg in (await found(adapter, bracket)).legs} == {OrderState.ACCEPTED}
