"""From draft to broker: once, by the right person, in time, near the price that was shown."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from floorbroker.domain.errors import DraftExpired, NotYours
from floorbroker.domain.order import Order
from floorbroker.domain.order_state import OrderState
from tests.fakes.clock import ManualClock
from tests.fakes.flaky_documents import FlakyDocuments
from tests.floor import ANNA, BEN, House, caller, opened
from tests.services.conftest import Build
from tests.simulators.paper_faults import Counting


async def test_a_confirmed_market_order_is_filled(house: House, broker: Counting) -> None:
    draft = await house.draft(quantity="10")

    order = await house.confirm(draft)

    assert order.state is OrderState.FILLED
    assert order.filled_quantity == 10
    assert order == await house.stored(order)
    assert broker.orders_received == 1


async def test_the_order_is_stored_as_sending_before_the_broker_hears_of_it(
    build: Build, clock: ManualClock
) -> None:
    seen: list[Order] = []

    class Looking(Counting):
        async def before(self, operation: str) -> None:
            if operation == "place_order":
                seen.append(await house.stored(draft))

    house = build(faults=Looking())
    draft = await house.draft()

    await house.confirm(draft)

    [order] = seen
    assert order.state is OrderState.SENDING
    assert order.claim is not None
    assert order.claim.until == order.check_at == clock.now() + timedelta(seconds=30)


async def test_a_second_click_sends_nothing_and_shows_the_same_order(
    house: House, broker: Counting
) -> None:
    first = await house.confirm(draft := await house.draft())

    second = await house.confirm(draft)

    assert second.state is first.state is OrderState.FILLED
    assert broker.orders_received == 1


async def test_twenty_clicks_at_once_send_one_order(house: House, broker: Counting) -> None:
    draft = await house.draft()

    answers = await asyncio.gather(*(house.confirm(draft) for _ in range(20)))

    assert broker.orders_received == 1
    assert {answer.state for answer in answers} <= {OrderState.SENDING, OrderState.FILLED}
    assert [answer.state for answer in answers].count(OrderState.FILLED) >= 1
    assert (await house.stored(draft)).filled_quantity == 10


async def test_twenty_clicks_in_two_processes_send_one_order(
    build: Build, tmp_path: Path, broker: Counting
) -> None:
    here = build(faults=broker)
    elsewhere = await opened(tmp_path / "floor.db")
    there = build(on=elsewhere, faults=broker)
    draft = await here.draft()

    answers = await asyncio.gather(*(h.confirm(draft) for h in (here, there) for _ in range(10)))

    assert broker.orders_received == 1
    assert {answer.state for answer in answers} <= {OrderState.SENDING, OrderState.FILLED}
    await there.stop()
    await elsewhere.close()


async def test_a_redelivered_command_makes_one_draft(house: House) -> None:
    by = caller()

    first = await house.draft(by, quantity="10")
    again = await house.draft(by, quantity="10")

    assert again == first


async def test_a_command_delivered_five_times_at_once_makes_one_draft(house: House) -> None:
    by = caller()
    await house.accounts.open_paper(ANNA)

    drafts = await asyncio.gather(*(house.draft(by) for _ in range(5)))

    assert len({draft.order_id for draft in drafts}) == 1


async def test_a_foreign_confirm_finds_nothing_and_sends_nothing(
    house: House, broker: Counting
) -> None:
    draft = await house.draft()

    with pytest.raises(NotYours):
        await house.orders.confirm(caller(BEN), draft.order_id, None)

    assert broker.orders_received == 0
    assert (await house.stored(draft)).state is OrderState.DRAFT


async def test_a_review_that_is_a_minute_old_lapses(
    house: House, broker: Counting, clock: ManualClock
) -> None:
    draft = await house.draft()
    clock.advance(60)

    with pytest.raises(DraftExpired):
        await house.confirm(draft)

    assert broker.orders_received == 0
    assert (await house.stored(draft)).state is OrderState.LAPSED
    with pytest.raises(DraftExpired):
        await house.confirm(draft)


async def test_a_review_is_good_until_just_before_its_minute_is_over(
    house: House, clock: ManualClock
) -> None:
    draft = await house.draft()
    clock.advance(59.9)

    assert (await house.confirm(draft)).state is OrderState.FILLED


async def test_a_late_second_click_is_not_told_that_nothing_was_sent(
    house: House, store: FlakyDocuments, clock: ManualClock, broker: Counting
) -> None:
    """The first click wins between the look at the clock and the compare-and-set of the second."""
    draft = await house.draft()
    clock.advance(60)

    async def first_click_of_a_slower_clock() -> None:
        clock.advance(-1)
        await house.confirm(draft)
        clock.advance(1)

    store.before["replace", "orders"] = first_click_of_a_slower_clock

    order = await house.confirm(draft)

    assert order.state is OrderState.FILLED
    assert broker.orders_received == 1


async def test_a_discarded_draft_is_never_sent(house: House, broker: Counting) -> None:
    draft = await house.draft()

    gone = await house.orders.discard(caller(), draft.order_id)

    assert gone.state is OrderState.DISCARDED
    with pytest.raises(DraftExpired, match="canceled this review"):
        await house.confirm(draft)
    assert broker.orders_received == 0


async def test_discarding_what_was_sent_changes_nothing(house: House) -> None:
    order = await house.confirm(await house.draft())

    assert await house.orders.discard(caller(), order.order_id) == await house.stored(order)
