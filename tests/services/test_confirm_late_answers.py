"""Answers that come late, to nobody, in part, or before anything was sent."""

import asyncio

import pytest

from floorbroker.domain.errors import (
    ApiError,
    BrokerConnectionError,
)
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import Receipt
from tests.fakes.clock import ManualClock
from tests.fakes.exchange.venue import Venue
from tests.floor import House, caller
from tests.services.conftest import Build
from tests.simulators.paper_faults import Counting, Hanging


async def test_the_work_is_finished_when_the_caller_is_canceled_while_sending(
    build: Build,
) -> None:
    broker = Hanging()
    house = build(faults=broker)
    draft = await house.draft()
    click = asyncio.ensure_future(house.confirm(draft))
    await broker.saved.wait()

    click.cancel()
    with pytest.raises(asyncio.CancelledError):
        await click
    broker.released.set()
    await house.stop()

    assert (await house.stored(draft)).state is OrderState.FILLED
    assert broker.orders_received == 1


async def test_a_broker_that_cannot_be_reached_before_sending_leaves_the_draft(
    build: Build, venue: Venue
) -> None:
    drafting = build(venue=venue)
    await drafting.link()
    draft = await drafting.draft(limit="90.00")
    restarted = build(venue=venue)
    venue.failing["connect"] = BrokerConnectionError(broker="alpaca")

    with pytest.raises(BrokerConnectionError):
        await restarted.confirm(draft)

    assert (await restarted.stored(draft)).state is OrderState.DRAFT
    venue.failing.clear()
    assert (await restarted.confirm(draft)).state is OrderState.ACCEPTED


async def test_an_answer_that_comes_after_read_back_moved_the_order_is_still_kept(
    build: Build, clock: ManualClock, venue: Venue
) -> None:
    """The claim lapses while the request hangs; the broker knows nothing yet, then answers."""
    house = build(venue=venue)
    await house.link()
    draft = await house.draft(limit="90.00")
    answer = asyncio.Event()
    venue.blocked["place_order"] = answer
    click = asyncio.ensure_future(house.confirm(draft))
    await venue.heard("place_order")
    clock.advance(31)
    venue.failing["find_order"] = ApiError(broker="alpaca")
    await house.reconciler.sweep()
    assert (await house.stored(draft)).state is OrderState.UNKNOWN

    answer.set()
    order = await click

    assert order.state is OrderState.ACCEPTED
    assert order == await house.stored(order)


async def test_a_partial_fill_at_once_is_kept(build: Build, broker: Counting) -> None:
    house = build(faults=broker)

    order = await house.bought("180")  # beyond 25,000 USD the paper market fills in parts

    assert order.state is OrderState.PARTIALLY_FILLED
    assert 0 < order.filled_quantity < 180
    assert order.check_at is not None


async def test_drafting_and_reviewing_ask_for_no_order(house: House, broker: Counting) -> None:
    draft = await house.draft()
    await house.orders.get(caller(), draft.order_id)
    await house.reconciler.sweep()
    await house.notifier.sweep()

    assert broker.orders_received == 0


async def test_a_receipt_in_any_working_or_ended_state_is_taken_at_its_word(
    build: Build, venue: Venue
) -> None:
    house = build(venue=venue)
    await house.link()
    for state in (OrderState.ACCEPTED, OrderState.EXPIRED, OrderState.CANCELED):
        venue.on_place = lambda _, s=state: Receipt(broker_order_id="X", state=s)

        order = await house.confirm(await house.draft(limit="90.00"))

        assert order.state is state
        assert (order.check_at is None) is state.final
