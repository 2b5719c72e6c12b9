"""The TWS simulator: what it does wrong when it is told to."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest

from tests.simulators.tws import Fault
from tests.simulators.tws_clients import World, limit, market, opened, statuses, stock, until


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with opened() as world:
        yield world


async def broken(world: World) -> None:
    await until(lambda: not world.ib.isConnected())


async def test_an_order_is_cut_off_before_it_is_taken(world: World) -> None:
    world.sim.fail("order", Fault.DROP_BEFORE)

    world.ib.placeOrder(stock(), market())
    await broken(world)

    assert world.sim.orders == []
    assert world.sim.orders_received == 1


async def test_an_order_is_taken_before_it_is_cut_off(world: World) -> None:
    world.sim.fail("order", Fault.DROP_AFTER)

    trade = world.ib.placeOrder(stock(), market(orderRef="mine"))
    await broken(world)
    assert statuses(trade) == ["PendingSubmit"]
    again = await world.connect()

    assert world.sim.order("mine").status == "Filled"
    (fill,) = again.fills()
    assert fill.execution.orderRef == "mine"
    assert world.sim.orders_received == 1


async def test_an_order_is_met_with_silence(world: World) -> None:
    trouble = world.sim.fail("order", Fault.SILENCE)

    trade = await world.place(stock(), market())

    assert trouble.reached.is_set()
    assert statuses(trade) == ["PendingSubmit"]
    assert world.sim.orders == []


async def test_an_order_is_taken_in_silence(world: World) -> None:
    world.sim.fail("order", Fault.SILENCE_AFTER)

    trade = await world.place(stock(), market(orderRef="mine"))

    assert statuses(trade) == ["PendingSubmit"]
    assert world.sim.order("mine").status == "Filled"
    (fill,) = await world.ib.reqExecutionsAsync()
    assert fill.execution.orderRef == "mine"


async def test_what_happens_later_to_an_order_in_silence_is_told(world: World) -> None:
    world.sim.fail("order", Fault.SILENCE_AFTER)
    trade = await world.place(stock(), limit())

    world.sim.fill(world.last)
    await world.settled()

    assert trade.orderStatus.status == "Filled"


async def test_an_answer_comes_late(world: World) -> None:
    trouble = world.sim.fail("order", Fault.LATE)
    trade = await world.place(stock(), market())
    assert statuses(trade) == ["PendingSubmit"]
    assert world.last.status == "Filled"

    trouble.release()
    await until(lambda: trade.orderStatus.status == "Filled")

    assert len(trade.fills) == 1


async def test_a_late_answer_comes_by_itself(world: World) -> None:
    world.sim.fail("order", Fault.LATE, delay=0.01)

    trade = await world.place(stock(), market())

    await until(lambda: trade.orderStatus.status == "Filled")


async def test_a_late_answer_is_given_up_at_the_end(world: World) -> None:
    world.sim.fail("order", Fault.LATE)

    trade = await world.place(stock(), market())

    assert statuses(trade) == ["PendingSubmit"]


async def test_rubbish_tells_nothing(world: World, caplog: pytest.LogCaptureFixture) -> None:
    world.sim.fail("order", Fault.RUBBISH)

    with caplog.at_level(logging.CRITICAL, "ib_insync"):
        trade = await world.place(stock(), market())

    assert statuses(trade) == ["PendingSubmit"]
    assert world.last.status == "Filled"


async def test_an_error_of_choice(world: World) -> None:
    world.sim.fail("order", Fault.ERROR(201, "Order rejected - reason:bad weather"))

    trade = await world.place(stock(), market())

    assert world.errors[-1] == (trade.order.orderId, 201, "Order rejected - reason:bad weather")
    assert world.sim.orders == []
    assert trade.orderStatus.status == "Cancelled"


async def test_a_fault_is_for_so_many_messages(world: World) -> None:
    trouble = world.sim.fail("order", Fault.SILENCE, times=2)

    for _ in range(3):
        await world.place(stock(), market())

    assert trouble.hits == 2
    assert (len(world.sim.orders), world.sim.orders_received) == (1, 3)


async def test_a_fault_for_orders_passes_reads_and_what_ifs_by(world: World) -> None:
    world.sim.fail("order", Fault.SILENCE)

    state = await world.ib.whatIfOrderAsync(stock(), limit())
    await world.ib.reqPositionsAsync()

    assert state.status == "PreSubmitted"


async def test_a_read_gets_no_answer(world: World) -> None:
    world.sim.fail("read", Fault.SILENCE)

    with pytest.raises(asyncio.TimeoutError):
        await asyncio.wait_for(world.ib.reqPositionsAsync(), 0.05)
    await world.ib.reqPositionsAsync()


async def test_a_read_gets_an_error_under_its_own_number(world: World) -> None:
    world.sim.fail("read", Fault.ERROR(322, "Error processing request"))
    request = world.ib.client._reqIdSeq

    assert await world.ib.reqContractDetailsAsync(stock()) == []
    assert world.errors[-1] == (request, 322, "Error processing request")


async def test_a_read_is_cut_off(world: World) -> None:
    world.sim.fail("any", Fault.DROP_BEFORE)

    with pytest.raises(ConnectionError):
        await world.ib.reqPositionsAsync()


@pytest.mark.parametrize(
    ("fault", "status"),
    [(Fault.DROP_BEFORE, "Submitted"), (Fault.DROP_AFTER, "Cancelled")],
)
async def test_a_cancel_is_cut_off(world: World, fault: Fault, status: str) -> None:
    trade = await world.place(stock(), limit())
    world.sim.fail("cancel", fault)

    world.ib.cancelOrder(trade.order)
    await broken(world)

    assert world.last.status == status
    assert world.sim.cancels_received == 1


@pytest.mark.parametrize(
    ("fault", "price"), [(Fault.SILENCE, 180), (Fault.SILENCE_AFTER, 181), (Fault.RUBBISH, 181)]
)
async def test_a_change_gets_no_answer(world: World, fault: Fault, price: int) -> None:
    trade = await world.place(stock(), limit(price=180.0))
    world.sim.fail("change", fault)

    trade.order.lmtPrice = 181.0
    with suppress(ValueError):
        await world.place(trade.contract, trade.order)

    assert world.last.limit_price == price
    assert world.sim.changes_received == 1


async def test_a_refused_change_looks_like_a_cancel_to_ib_insync(world: World) -> None:
    trade = await world.place(stock(), limit(price=180.0))
    world.sim.fail("change", Fault.ERROR(201, "Order rejected - reason:no"))

    trade.order.lmtPrice = 181.0
    await world.place(trade.contract, trade.order)

    assert trade.orderStatus.status == "Cancelled"
    assert not world.last.ended
    assert world.last.limit_price == 180


async def test_only_faults_that_exist_can_be_asked_for(world: World) -> None:
    with pytest.raises(ValueError, match="breakfast"):
        world.sim.fail("breakfast", Fault.SILENCE)
