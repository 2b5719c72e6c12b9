"""What an order has filled: by totals on paper, by deals with real money."""

from datetime import timedelta
from decimal import Decimal

from floorbroker.brokers.moomoo.adapter import MoomooAdapter
from floorbroker.domain.modes import Environment
from floorbroker.domain.order import Order
from floorbroker.domain.order_state import OrderState
from tests.brokers.moomoo.at_moomoo import (
    followed,
    looked_at,
    order_of,
    placed,
    request,
)
from tests.fakes.clock import ManualClock
from tests.simulators.opend import Error, OpenDSimulator

_S = OrderState
DAY = timedelta(days=1)
LIVE = Environment.LIVE


# Fills on paper: from totals


async def test_paper_fills_are_what_was_added_since_the_last_look(
    adapter: MoomooAdapter, simulator: OpenDSimulator, resting: Order
) -> None:
    order = await placed(adapter, resting)
    simulator.fill(resting.order_id, 4, "100")
    order = await followed(adapter, order)
    simulator.fill(resting.order_id, 6, "99.50")

    order = await followed(adapter, order)

    assert [(fill.quantity, fill.price) for fill in order.fills] == [
        (Decimal(4), Decimal(100)),
        (Decimal(6), Decimal("99.5")),
    ]
    assert order.state is _S.FILLED
    assert "Trd_GetOrderFillList" not in simulator.names()


async def test_paper_fills_that_nobody_looked_at_between_are_one_at_the_average(
    adapter: MoomooAdapter, simulator: OpenDSimulator, resting: Order
) -> None:
    order = await placed(adapter, resting)
    for price in ("100", "99"):
        simulator.fill(resting.order_id, 5, price)

    receipt = await looked_at(adapter, order)

    assert [(fill.quantity, fill.price) for fill in receipt.fills] == [
        (Decimal(10), Decimal("99.5"))
    ]


async def test_a_canceled_rest_keeps_what_was_filled(
    adapter: MoomooAdapter, simulator: OpenDSimulator, resting: Order
) -> None:
    order = await placed(adapter, resting)
    simulator.fill(resting.order_id, 4, "100")
    await adapter.cancel_order(order)

    receipt = await looked_at(adapter, order)

    assert receipt.state is _S.CANCELED
    assert sum(fill.quantity for fill in receipt.fills) == 4


# Fills with real money: deals


async def test_live_fills_are_moomoos_deals_with_their_ids_and_the_fee(
    live: MoomooAdapter, simulator: OpenDSimulator, live_resting: Order
) -> None:
    simulator.locked = False
    order = await placed(live, live_resting)
    simulator.fill(live_resting.order_id, 4, "100")
    first = await followed(live, order)
    simulator.fill(live_resting.order_id, 6, "99.50")

    order = await followed(live, first)

    assert [fill.fill_id for fill in order.fills] == [str(deal.id) for deal in simulator.deals]
    assert [fill.price for fill in order.fills] == [Decimal(100), Decimal("99.5")]
    assert [fill.fee for fill in order.fills] == [Decimal(0), Decimal("1.99")]
    assert order.state is _S.FILLED


async def test_the_deals_of_earlier_days_are_read_too(
    live: MoomooAdapter, simulator: OpenDSimulator, clock: ManualClock, live_resting: Order
) -> None:
    simulator.locked = False
    order = await placed(live, live_resting)
    simulator.fill(live_resting.order_id, 4, "100")
    clock.advance(DAY.total_seconds())
    simulator.fill(live_resting.order_id, 6, "100")

    receipt = await looked_at(live, order)

    assert receipt.state is _S.FILLED
    assert sum(fill.quantity for fill in receipt.fills) == 10


async def test_an_order_counts_as_working_while_deals_are_missing(
    live: MoomooAdapter, simulator: OpenDSimulator
) -> None:
    simulator.locked = False
    order = await placed(live, order_of(request(), LIVE))
    kept, simulator.deals[:] = list(simulator.deals), []

    early = await looked_at(live, order)
    simulator.deals[:] = kept
    late = await looked_at(live, order)

    assert (early.state, early.fills) == (_S.ACCEPTED, ())
    assert late.state is _S.FILLED
    assert [fill.fill_id for fill in late.fills] == [str(deal.id) for deal in kept]


async def test_a_canceled_order_counts_as_working_while_deals_are_missing(
    live: MoomooAdapter, simulator: OpenDSimulator, live_resting: Order
) -> None:
    simulator.locked = False
    order = await placed(live, live_resting)
    simulator.fill(live_resting.order_id, 4, "100")
    await live.cancel_order(order)
    kept, simulator.deals[:] = list(simulator.deals), []

    early = await looked_at(live, order)
    simulator.deals[:] = kept
    late = await looked_at(live, order)

    assert (early.state, early.fills) == (_S.ACCEPTED, ())
    assert late.state is _S.CANCELED
    assert [fill.quantity for fill in late.fills] == [Decimal(4)]


async def test_each_order_has_its_own_deals(live: MoomooAdapter, simulator: OpenDSimulator) -> None:
    simulator.locked = False
    first = await placed(live, order_of(request(), LIVE))
    second = await placed(live, order_of(request(quantity=Decimal(2)), LIVE))

    assert [fill.quantity for fill in (await looked_at(live, first)).fills] == [Decimal(1)]
    assert [fill.quantity for fill in (await looked_at(live, second)).fills] == [Decimal(2)]


async def test_a_fee_that_is_not_told_now_holds_no_fill_back(
    live: MoomooAdapter, simulator: OpenDSimulator
) -> None:
    simulator.locked = False
    order = await placed(live, order_of(request(), LIVE))
    simulator.fail("Trd_GetOrderFee", Error("Something is wrong"))

    receipt = await looked_at(live, order)

    assert receipt.state is _S.FILLED
    assert [fill.fee for fill in receipt.fills] == [Decimal(0)]
