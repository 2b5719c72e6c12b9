"""What changes at the very last moment: another process that closes, a link that is removed."""

import asyncio
from decimal import Decimal

import pytest

from floorbroker.domain.errors import NotLinked
from floorbroker.domain.order import Order
from floorbroker.domain.order_state import OrderState
from floorbroker.services.lanes import Lanes
from tests.fakes.clock import ManualClock
from tests.fakes.exchange.venue import Venue, held
from tests.floor import ANNA, caller
from tests.services.conftest import Build


async def test_two_processes_that_close_the_same_holding_do_not_sell_it_twice(
    build: Build, venue: Venue, clock: ManualClock
) -> None:
    houses = build(venue=venue), build(venue=venue)
    await houses[0].link()
    venue.positions = (held(10, clock.now()),)
    closes = [await house.drafts.draft_close(caller(), "AAPL", None, None) for house in houses]
    looked = venue.count("positions")
    venue.blocked["positions"] = asyncio.Event()
    clicks = [
        asyncio.ensure_future(house.confirm(close))
        for house, close in zip(houses, closes, strict=True)
    ]
    await venue.heard("positions", looked + 2)
    venue.blocked["positions"].set()

    ended: list[Order] = await asyncio.gather(*clicks)

    assert venue.count("place_order") <= 1
    for order in ended:
        if order.state is OrderState.NOT_PLACED:
            assert "began to close the same holding" in order.reason
        else:
            assert order.request.quantity == Decimal(10)


async def test_an_order_that_waits_for_its_turn_does_not_leave_through_a_removed_link(
    build: Build, venue: Venue
) -> None:
    house = build(venue=venue, lanes=Lanes(at_once=1))
    link = await house.link()
    draft = await house.draft(limit="90.00")
    async with house.desk.lanes.lane(draft.broker):
        click = asyncio.ensure_future(house.confirm(draft))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        await house.draft(limit="90.00")  # the click waits by now
        assert house.desk.lanes.waiting() == {draft.broker: 1}
        await house.links.remove(ANNA, link.link_id)

    with pytest.raises(NotLinked):
        await click

    assert venue.count("place_order") == 0
