"""One order once: copies, two processes on one book, a killed process, faults."""

import asyncio
from decimal import Decimal

import pytest

from floorbroker.brokers.paper.adapter import ACCOUNT, PaperAdapter
from floorbroker.domain.errors import (
    BrokerConnectionError,
    BrokerError,
    NotSent,
    OrderRejected,
    OutcomeUnknown,
)
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import OrderChanges
from tests.brokers.paper.conftest import MakeAdapter, MakeOrder, found
from tests.brokers.paper.scripted import asked
from tests.fakes.clock import NOON, ManualClock
from tests.fakes.paper_books import MemoryPaperBooks
from tests.simulators.paper_faults import Counting, Down, Hanging, Refusing, Silent

RESTING = asked("buy", "100", limit_price="150.00", time_in_force="gtc")


async def test_the_same_order_sent_again_is_answered_with_the_one_that_is_there(
    adapter: PaperAdapter, order: MakeOrder, clock: ManualClock, books: MemoryPaperBooks
) -> None:
    bought = order(asked())
    first = await adapter.place_order(bought)
    clock.advance(60)

    again = await adapter.place_order(bought)

    assert again == first
    assert books.saves == 1
    assert (await adapter.positions(ACCOUNT))[0].quantity == 10


async def test_fifty_copies_of_one_order_in_two_processes_buy_once(
    make_adapter: MakeAdapter, order: MakeOrder
) -> None:
    one, two = make_adapter(), make_adapter()
    bought = order(asked())

    receipts = await asyncio.gather(*(adapter.place_order(bought) for adapter in [one, two] * 25))

    assert len({receipt.broker_order_id for receipt in receipts}) == 1
    assert (await one.positions(ACCOUNT))[0].quantity == 10


async def test_two_processes_that_trade_on_one_book_lose_nothing(
    make_adapter: MakeAdapter, order: MakeOrder, clock: ManualClock
) -> None:
    one, two = make_adapter(), make_adapter()
    orders = [order(asked("buy", "1")) for _ in range(40)]

    receipts = await asyncio.gather(
        *(adapter.place_order(o) for adapter, o in zip([one, two] * 20, orders, strict=True))
    )

    history = await one.order_history(ACCOUNT, NOON, clock.now())
    assert len({receipt.broker_order_id for receipt in receipts}) == 40
    assert {o.order_id for o in history} == {o.order_id for o in orders}
    assert (await two.positions(ACCOUNT))[0].quantity == 40


async def test_a_killed_process_leaves_its_accepted_order_behind(
    make_adapter: MakeAdapter, order: MakeOrder
) -> None:
    faults = Hanging()
    dying, resting = make_adapter(faults=faults), order(RESTING)
    task = asyncio.create_task(dying.place_order(resting))
    await faults.saved.wait()

    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert (await found(make_adapter(), resting)).state is OrderState.ACCEPTED


async def test_a_machine_whose_clock_is_behind_trades_at_the_book_s_own_time(
    adapter: PaperAdapter, order: MakeOrder, clock: ManualClock
) -> None:
    first = await adapter.place_order(order(asked()))
    clock.advance(-3_600)

    second = await adapter.place_order(order(asked()))
    await adapter.place_order(order(RESTING))

    resting = await adapter.open_orders(ACCOUNT)
    assert first.fills[0].at == second.fills[0].at == resting[0].at == NOON


async def test_a_silent_acceptance_is_found_by_reading_back(
    make_adapter: MakeAdapter, order: MakeOrder
) -> None:
    faults = Silent()
    adapter, bought = make_adapter(faults=faults), order(asked())

    with pytest.raises(OutcomeUnknown):
        await adapter.place_order(bought)

    assert faults.orders_received == 1
    assert (await found(adapter, bought)).state is OrderState.FILLED


async def test_a_silent_cancel_and_a_silent_change_are_carried_out_too(
    make_adapter: MakeAdapter, order: MakeOrder
) -> None:
    adapter = make_adapter(faults=Silent(frozenset({"cancel_order", "modify_order"})))
    resting = order(RESTING)
    await adapter.place_order(resting)

    with pytest.raises(OutcomeUnknown):
        await adapter.modify_order(resting, OrderChanges(quantity=Decimal(50)))
    with pytest.raises(OutcomeUnknown):
        await adapter.cancel_order(resting)

    receipt = await found(adapter, resting)
    assert (receipt.quantity, receipt.state) == (Decimal(50), OrderState.CANCELED)


@pytest.mark.parametrize(("faults", "error"), [(Refusing(), OrderRejected), (Down(), NotSent)])
async def test_what_fails_before_the_books_stores_nothing(
    make_adapter: MakeAdapter,
    order: MakeOrder,
    books: MemoryPaperBooks,
    faults: Counting,
    error: type[BrokerError],
) -> None:
    adapter = make_adapter(faults=faults)

    with pytest.raises(error):
        await adapter.place_order(order(RESTING))

    assert books.saves == 0
    assert faults.orders_received == 1


async def test_a_closed_adapter_sends_nothing_until_it_is_connected_again(
    adapter: PaperAdapter, order: MakeOrder, books: MemoryPaperBooks
) -> None:
    await adapter.close()

    with pytest.raises(NotSent):
        await adapter.place_order(order(RESTING))
    with pytest.raises(BrokerConnectionError):
        await adapter.balances(ACCOUNT)
    await adapter.connect()
    await adapter.place_order(order(RESTING))

    assert books.saves == 1
