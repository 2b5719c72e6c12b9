"""The TWS simulator: orders from arrival to their end, as ib_insync sees them."""

from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import pytest

from tests.simulators.tws_clients import (
    ACCOUNT,
    World,
    limit,
    market,
    opened,
    statuses,
    stock,
)


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with opened() as world:
        yield world


async def test_a_market_order_goes_through_its_statuses_to_its_fill(world: World) -> None:
    trade = await world.place(stock(), market(orderRef="abc"))

    assert statuses(trade) == ["PendingSubmit", "PreSubmitted", "Submitted", "Filled"]
    assert trade.orderStatus.avgFillPrice == 190.0
    (fill,) = trade.fills
    assert (fill.execution.side, fill.execution.shares, fill.execution.price) == ("BOT", 5, 190.0)
    assert fill.execution.orderRef == "abc"
    assert fill.commissionReport.commission == 1.0
    assert world.last.statuses == ["PreSubmitted", "Submitted", "Filled"]
    assert world.sim.orders_received == 1


async def test_a_sale_is_sold_and_tells_what_was_realized(world: World) -> None:
    world.sim.hold(ACCOUNT, "AAPL", 10, "150")

    trade = await world.place(stock(), market("SELL", 4))

    (fill,) = trade.fills
    assert fill.execution.side == "SLD"
    assert fill.commissionReport.realizedPNL == pytest.approx((189.90 - 150) * 4 - 1)
    assert world.sim.accounts[ACCOUNT].held(world.sim.contract("AAPL")) == 6


async def test_a_limit_order_rests_until_the_market_comes(world: World) -> None:
    trade = await world.place(stock(), limit(price=185.0))
    assert statuses(trade) == ["PendingSubmit", "PreSubmitted", "Submitted"]

    world.sim.set_price("AAPL", bid="184.80", ask="184.90")
    await world.settled()

    assert trade.orderStatus.status == "Filled"
    assert trade.orderStatus.avgFillPrice == 184.9


async def test_partial_fills_by_hand_add_up(world: World) -> None:
    trade = await world.place(stock(), limit(quantity=5, price=180.0))

    world.sim.fill(world.last, 2, "180")
    await world.settled()
    assert (trade.orderStatus.status, trade.orderStatus.filled) == ("Submitted", 2)
    assert trade.orderStatus.remaining == 3
    world.sim.fill(world.last, 3, "179")
    await world.settled()

    assert trade.orderStatus.status == "Filled"
    assert trade.orderStatus.avgFillPrice == pytest.approx(179.4)
    assert [fill.execution.cumQty for fill in trade.fills] == [2, 5]
    assert all(fill.commissionReport.commission == 1.0 for fill in trade.fills)


async def test_a_cancel_goes_through_pending_cancel_and_ends_with_202(world: World) -> None:
    trade = await world.place(stock(), limit())

    await world.cancel(trade)

    assert statuses(trade)[-2:] == ["PendingCancel", "Cancelled"]
    assert world.errors[-1] == (trade.order.orderId, 202, "Order Canceled - reason:")
    assert world.last.statuses[-2:] == ["PendingCancel", "Cancelled"]
    assert world.sim.cancels_received == 1


async def test_a_cancel_that_waits_can_be_overtaken_by_a_fill(world: World) -> None:
    trade = await world.place(stock(), limit())
    world.sim.let_cancels_wait()

    await world.cancel(trade)
    assert trade.orderStatus.status == "PendingCancel"
    world.sim.fill(world.last)
    world.sim.finish_cancels()
    await world.settled()

    assert trade.orderStatus.status == "Filled"
    assert 202 not in world.codes


async def test_a_cancel_that_waits_is_carried_out_later(world: World) -> None:
    trade = await world.place(stock(), limit())
    world.sim.let_cancels_wait()
    await world.cancel(trade)

    world.sim.finish_cancels()
    await world.settled()

    assert trade.orderStatus.status == "Cancelled"


async def test_a_filled_order_cannot_be_cancelled(world: World) -> None:
    trade = await world.place(stock(), market())

    world.ib.client.cancelOrder(trade.order.orderId)
    await world.settled()

    about, code, words = world.errors[-1]
    assert (about, code) == (trade.order.orderId, 10148)
    assert words.endswith("state: Filled.")


async def test_an_order_of_another_client_is_seen_but_not_cancelled(world: World) -> None:
    trade = await world.place(stock(), limit(orderRef="hers"))
    other = await world.connect(client_id=2)

    (seen,) = await other.reqAllOpenOrdersAsync()
    other.client.cancelOrder(trade.order.orderId)
    await world.settled(other)

    assert (seen.order.clientId, seen.order.orderRef) == (1, "hers")
    assert seen.order.permId == trade.order.permId
    assert await other.reqOpenOrdersAsync() == []
    assert world.codes == [10147]
    assert not world.last.ended


async def test_a_global_cancel_ends_the_orders_of_everybody(world: World) -> None:
    trade = await world.place(stock(), limit())
    other = await world.connect(client_id=2)

    other.reqGlobalCancel()
    await world.settled(other)
    await world.settled()

    assert trade.orderStatus.status == "Cancelled"
    assert world.sim.cancels_received == 1


async def test_a_change_keeps_the_order_and_its_number(world: World) -> None:
    trade = await world.place(stock(), limit(price=180.0))
    perm_id = trade.order.permId

    trade.order.lmtPrice, trade.order.totalQuantity = 181.5, 7
    await world.place(trade.contract, trade.order)

    assert (world.last.limit_price, world.last.quantity) == (Decimal("181.5"), Decimal(7))
    assert (world.last.perm_id, world.last.changes) == (perm_id, 1)
    assert (world.sim.orders_received, world.sim.changes_received) == (1, 1)
    assert trade.orderStatus.status == "Submitted"


async def test_a_change_to_a_better_price_fills(world: World) -> None:
    trade = await world.place(stock(), limit(price=180.0))

    trade.order.lmtPrice = 191.0
    await world.place(trade.contract, trade.order)

    assert trade.orderStatus.status == "Filled"


async def test_a_filled_order_cannot_be_changed(world: World) -> None:
    trade = await world.place(stock(), market())

    world.ib.client.placeOrder(trade.order.orderId, stock(), limit())
    await world.settled()

    assert world.errors[-1][:2] == (trade.order.orderId, 104)


async def test_a_cancelled_order_s_id_is_used_up(world: World) -> None:
    trade = await world.place(stock(), limit())
    await world.cancel(trade)

    world.ib.client.placeOrder(trade.order.orderId, stock(), limit())
    await world.settled()

    assert world.errors[-1][:2] == (trade.order.orderId, 103)


async def test_a_change_may_not_turn_the_order_round(world: World) -> None:
    trade = await world.place(stock(), limit())

    world.ib.client.placeOrder(trade.order.orderId, stock(), limit("SELL", 5, 200.0))
    await world.settled()

    assert world.errors[-1][1] == 105
    assert world.last.action == "BUY"


async def test_an_id_below_the_last_one_is_a_duplicate(world: World) -> None:
    trade = await world.place(stock(), limit())

    world.ib.client.placeOrder(trade.order.orderId - 1, stock(), limit())
    await world.settled()

    assert world.errors[-1][:2] == (trade.order.orderId - 1, 103)
    assert len(world.sim.orders) == 1
    assert world.sim.orders_received == 2


async def test_completed_orders_have_their_references(world: World) -> None:
    bought = await world.place(stock(), market(orderRef="bought"))
    cancelled = await world.place(stock(), limit(orderRef="cancelled"))
    await world.cancel(cancelled)
    await world.place(stock(), limit(orderRef="open"))

    done = await world.ib.reqCompletedOrdersAsync(False)

    assert [(d.order.orderRef, d.orderStatus.status) for d in done] == [
        ("bought", "Filled"),
        ("cancelled", "Cancelled"),
    ]
    assert done[0].order.permId == bought.order.permId
    assert done[0].order.filledQuantity == 5
    assert done[0].order.account == ACCOUNT


async def test_orders_of_tws_itself_are_seen_by_everybody(world: World) -> None:
    by_hand = world.sim.place_elsewhere(
        ACCOUNT, "AAPL", "BUY", 3, type="LMT", limit_price="170", order_ref="by hand"
    )

    (seen,) = await world.ib.reqAllOpenOrdersAsync()

    assert (seen.order.orderId, seen.order.permId) == (0, by_hand.perm_id)
    assert await world.ib.reqOpenOrdersAsync() == []


async def test_client_zero_binds_them(world: World) -> None:
    world.sim.place_elsewhere(ACCOUNT, "AAPL", "BUY", 3, type="LMT", limit_price="170")
    first = await world.connect(client_id=0)

    (bound,) = await first.reqOpenOrdersAsync()
    first.cancelOrder(bound.order)
    await world.settled(first)

    assert bound.order.orderId < 0
    assert world.last.status == "Cancelled"


async def test_executions_are_filtered(world: World) -> None:
    import ib_insync

    await world.place(stock(), market())
    world.watch.advance(hours=1)
    await world.place(stock(), market("SELL", 2))

    async def found(**wanted: Any) -> int:
        return len(await world.ib.reqExecutionsAsync(ib_insync.ExecutionFilter(**wanted)))

    assert await found() == 2
    assert await found(side="SELL") == 1
    assert await found(symbol="MSFT") == 0
    assert await found(clientId=2) == 0
    assert await found(acctCode=ACCOUNT, secType="STK") == 2
    assert await found(time="20261118 12:30:00") == 1
    assert await found(time="20261118-17:30:00") == 0
