"""Whatever closes or cancels goes ahead of a crowd that waits for the same broker."""

import asyncio

from floorbroker.domain.order_state import OrderState
from floorbroker.services.lanes import Lanes
from tests.fakes.clock import ManualClock
from tests.fakes.exchange.venue import Venue, held
from tests.floor import BEN, caller
from tests.services.conftest import Build


async def test_a_close_and_a_cancel_pass_a_full_lane(
    build: Build, venue: Venue, clock: ManualClock
) -> None:
    house = build(venue=venue, lanes=Lanes(at_once=1, most_waiting=1))
    await house.link()
    await house.link(BEN)
    resting = await house.resting()
    stuck = await house.draft(caller(BEN), limit="90.00")
    venue.positions = (held(10, clock.now()),)
    close = await house.drafts.draft_close(caller(), "AAPL", None, None)
    async with house.desk.lanes.lane(resting.broker):
        click = asyncio.ensure_future(house.confirm(stuck))
        await asyncio.sleep(0)

        closed = await house.confirm(close)
        canceled = await house.changes.cancel(caller(), resting.order_id)

        assert closed.state is OrderState.ACCEPTED
        assert canceled.state is OrderState.CANCELED
    assert (await click).state is OrderState.ACCEPTED
